//! Judges the headers: the declared ones, and those that look like one of them.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderMap, Version};
use mime::Mime;

use crate::credentials::Scheme;
use crate::exception::{self, HTTP_HEADERS};
use crate::operation::{In, Operation};
use crate::parameters::typed;
use crate::violation::{Place, Reason};

/// `OpenAPI` forbids no header that a document does not declare, and HTTP clients add their own: only
/// one that looks like a declared one, misspelt, is objected to.
pub(crate) fn judge_headers(operation: &Operation, parts: &Parts, reasons: &mut Vec<Reason>) {
    let headers = &parts.headers;
    let parameters =
        operation.parameters.iter().filter(|it| it.place == In::Header).map(|it| it.name.as_str());
    let declared: Vec<&str> = operation.schemes.iter().map(Scheme::header).chain(parameters).collect();
    for name in headers.keys().map(http::HeaderName::as_str) {
        if !declared.iter().any(|it| it.eq_ignore_ascii_case(name))
            && let Some(meant) = declared.iter().find(|it| is_misspelt(name, it))
        {
            reasons.push(header(name, format!("unexpected header `{name}`: is `{meant}` meant?")));
        }
    }
    let hosts = headers.get_all(HOST).iter().count();
    if hosts != 1 && parts.version == Version::HTTP_11 {
        reasons.push(header("host", format!("`Host` came {hosts} times, HTTP/1.1 needs it once")));
    }
    judge_declared(operation, headers, reasons);
    let content_types = headers.get_all(CONTENT_TYPE).iter().count();
    if content_types > 1 {
        reasons.push(header("content-type", format!("`Content-Type` came {content_types} times")));
    }
    judge_accept(operation, headers, reasons);
}

/// Header parameters, except those that are HTTP's own (`OpenAPI`: they shall be ignored).
fn judge_declared(operation: &Operation, headers: &HeaderMap, reasons: &mut Vec<Reason>) {
    let own = exception::covers(HTTP_HEADERS, operation.document.name, "/paths");
    let of_http = |name: &str| {
        own && [ACCEPT, AUTHORIZATION, CONTENT_TYPE].iter().any(|it| it.as_str().eq_ignore_ascii_case(name))
    };
    for parameter in operation.parameters.iter().filter(|it| it.place == In::Header && !of_http(&it.name)) {
        match headers.get(&parameter.name) {
            Some(value) => {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                typed(parameter, text, Place::Header, reasons);
            }
            None if parameter.required => {
                let text = format!("required header `{}` is missing", parameter.name);
                reasons.push(header(&parameter.name, text));
            }
            None => {}
        }
    }
}

/// `Accept` must admit what the operation promises to send.
fn judge_accept(operation: &Operation, headers: &HeaderMap, reasons: &mut Vec<Reason>) {
    let promised = operation.response(operation.success()).and_then(|response| response.media.first());
    let Some(promised) = promised.filter(|_| headers.contains_key(ACCEPT)) else { return };
    let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if !ranges.flat_map(|value| value.split(',')).any(|range| admits(range, &promised.name)) {
        let text = format!("`Accept` does not admit `{}`, which the operation answers with", promised.name);
        reasons.push(header("accept", text));
    }
}

fn admits(range: &str, promised: &str) -> bool {
    let (Ok(range), Ok(promised)) = (range.trim().parse::<Mime>(), promised.parse::<Mime>()) else {
        return false;
    };
    let refused = range.get_param("q").is_some_and(|q| q.as_str().parse() == Ok(0.0_f32));
    let anything = range.type_() == mime::STAR;
    let any_subtype = range.type_() == promised.type_() && range.subtype() == mime::STAR;
    !refused && (anything || any_subtype || range.essence_str() == promised.essence_str())
}

/// Whether two media types are the same but for their parameters.
pub(crate) fn same_media_type(one: &str, other: &str) -> bool {
    let (one, other) = (one.parse::<Mime>(), other.parse::<Mime>());
    one.is_ok_and(|one| other.is_ok_and(|other| one.essence_str() == other.essence_str()))
}

/// Whether one is the other but for hyphens, underscores and a letter or two; short names are too
/// easily alike.
fn is_misspelt(name: &str, declared: &str) -> bool {
    let letters = |text: &str| -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).collect()
    };
    let (name, declared) = (letters(name), letters(declared));
    let most = match declared.len() {
        ..7 => return false,
        7..9 => 1,
        _ => 2,
    };
    distance(&name, &declared) <= most
}

/// How many letters are to be added, left out or changed (Levenshtein).
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut next = vec![index + 1];
        for ((above, diagonal), known) in row.iter().skip(1).zip(&row).zip(other) {
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(letter != known)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

fn header(name: &str, text: String) -> Reason {
    Reason::new(Place::Header, format!("/{}", name.to_ascii_lowercase()), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_admits_its_types_unless_its_quality_is_zero() {
        for range in ["*/*", "application/*;q=0.5", "application/json", "Application/JSON; charset=utf-8"] {
            assert!(admits(range, "application/json"), "{range}");
        }
        for range in ["text/*", "application/scim+json", "*/*;q=0", "*/*; q=0.0", "nonsense", ""] {
            assert!(!admits(range, "application/json"), "{range}");
        }
    }

    #[test]
    fn a_name_that_is_nearly_declared_is_misspelt() {
        for (name, declared) in
            [("x-apikey", "X-Api-Key"), ("access-key", "accessKey"), ("authorisation", "authorization")]
        {
            assert!(is_misspelt(name, declared), "{name}");
        }
        for (name, declared) in
            [("x-request-id", "X-Api-Key"), ("expect", "Accept"), ("accept-language", "accessKey")]
        {
            assert!(!is_misspelt(name, declared), "{name}");
        }
        assert_eq!(distance(b"kitten", b"sitting"), 3);
    }

    #[test]
    fn parameters_do_not_part_media_types() {
        assert!(same_media_type("application/json", "application/JSON; charset=utf-8"));
        assert!(!same_media_type("application/json", "application/scim+json"));
    }
}
