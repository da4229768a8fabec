//! Which base URLs a credential may be sent to.

use url::{Host, Url};

use crate::api::{Server, Variable};
use crate::{Error, Kind};

/// A base URL that was checked, and read once for all: reading one is a large part of what a call costs.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end.
    text: String,
    url: Url,
}

impl BaseUrl {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// As it was given, with a slash at its end if it has one.
    pub(crate) fn into_url(self) -> Url {
        self.url
    }

    /// The host, for telemetry.
    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// The URL of a path behind it, whose pieces are escaped already; the first begins with a slash.
    pub(crate) fn with_path(&self, path: &[&str]) -> Url {
        let base = self.url.path().trim_end_matches('/');
        // Joined and not formatted, which takes three times as long.
        let mut whole =
            String::with_capacity(base.len() + path.iter().map(|piece| piece.len()).sum::<usize>());
        whole.push_str(base);
        whole.extend(path.iter().copied());
        let mut url = self.url.clone();
        url.set_path(&whole);
        url
    }
}

/// The base URL that `server` means with `variables` filled in.
///
/// # Errors
/// A variable that must be given and was not, that the server does not have, or whose value could change
/// more than its own place in the URL.
pub(crate) fn from_server(
    server: &Server,
    variables: &[(&'static str, String)],
    allow_insecure: bool,
) -> Result<BaseUrl, Error> {
    if let Some((name, _)) =
        variables.iter().find(|(name, _)| server.variables.iter().all(|v| v.name != *name))
    {
        return Err(invalid(format!("the server has no variable `{name}`")));
    }
    let mut text = server.url.to_owned();
    for variable in server.variables {
        let given =
            variables.iter().rev().find(|(name, _)| *name == variable.name).map(|(_, value)| value.as_str());
        let value = given.or(variable.default).ok_or_else(|| missing(variable))?;
        if value.is_empty() || !value.split('.').all(is_label) {
            return Err(invalid(format!(
                "the server variable `{}` may hold letters, digits, hyphens and single dots only",
                variable.name
            )));
        }
        text = text.replace(&format!("{{{}}}", variable.name), value);
    }
    check(&text, allow_insecure)
}

/// `text` as a base URL: https, or http on loopback; no user, query or fragment; no slash at its end.
///
/// # Errors
/// Anything else, without repeating what was given: it may hold a password.
pub(crate) fn check(text: &str, allow_insecure: bool) -> Result<BaseUrl, Error> {
    let url =
        Url::parse(text.trim()).map_err(|error| invalid(format!("the base URL cannot be read: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(
            "the base URL holds a user or password; give the credential on its own".to_owned(),
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("the base URL holds a query or a fragment".to_owned()));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_insecure || is_loopback(&url) => {}
        _ => {
            return Err(invalid(
                "the base URL is not https, which would send the credential in the clear (http is for loopback only)"
                    .to_owned(),
            ));
        }
    }
    Ok(BaseUrl { text: url.as_str().trim_end_matches('/').to_owned(), url })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn missing(variable: &Variable) -> Error {
    invalid(format!("the server variable `{}` must be given, or the whole base URL", variable.name))
}

fn invalid(detail: String) -> Error {
    Error::setup(Kind::Invalid, detail)
}
