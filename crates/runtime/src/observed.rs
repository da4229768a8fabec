//! Speaks the observed contract where it is asked for: other paths, further headers.

use reqwest::Request;
use reqwest::header::{HeaderName, HeaderValue};

use crate::options::Contract;
use crate::{Connection, Operation};

/// Changes the request if the connection speaks [`Contract::Observed`].
pub(crate) fn apply(connection: &Connection, operation: &'static Operation, request: &mut Request) {
    if connection.options().contract != Contract::Observed {
        return;
    }
    for (name, value) in operation.observed_headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            request.headers_mut().entry(name).or_insert(value);
        }
    }
    let Some(observed) = operation.observed_path else { return };
    let base = base_path(connection.base_url());
    let Some(path) = request.url().path().strip_prefix(base) else { return };
    if let Some(path) = fill(operation.path, path, observed) {
        let path = format!("{base}{path}");
        request.url_mut().set_path(&path);
    }
}

/// The path of a base URL, without a slash at its end.
fn base_path(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.find('/').map_or("", |slash| &rest[slash..])
}

/// `observed` with its variables filled with what stands at their place in `path`, a path of `template`.
/// The values are escaped already, each in one segment, and stay so.
fn fill(template: &str, path: &str, observed: &str) -> Option<String> {
    let mut filled = observed.to_owned();
    let (mut names, mut values) = (template.split('/'), path.split('/'));
    loop {
        match (names.next(), values.next()) {
            (None, None) => return Some(filled),
            (Some(name), Some(value)) if name.starts_with('{') => filled = filled.replacen(name, value, 1),
            (Some(name), Some(value)) if name == value => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_keep_their_values_and_their_escapes() {
        assert_eq!(fill("/a/{id}/b", "/a/x%2Fy/b", "/c/{id}").as_deref(), Some("/c/x%2Fy"));
        assert_eq!(
            fill("/users/filter", "/users/filter", "/users/extensive").as_deref(),
            Some("/users/extensive")
        );
        assert_eq!(fill("/a/{id}", "/other/1", "/c/{id}"), None);
    }

    #[test]
    fn the_base_path_is_what_follows_the_host() {
        assert_eq!(base_path("https://api.example.com/v2"), "/v2");
        assert_eq!(base_path("http://127.0.0.1:80"), "");
    }
}
