//! The values that prove who is calling, and the headers they become.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::api::{Scheme, SchemeKind};
use crate::{Error, Kind};

/// What a caller gives for one security scheme.
#[derive(Clone)]
pub enum Credential {
    /// An API key.
    Key(SecretString),
    /// A user name, or access key, and its password.
    Basic {
        /// The user name or access key.
        username: SecretString,
        /// The password or access key secret.
        password: SecretString,
    },
    /// A bearer token.
    Token(SecretString),
}

/// The header a credential has become. Its value is marked sensitive, so that neither this crate nor the
/// HTTP client prints it.
#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
}

impl Header {
    /// The header that `credential` becomes under `scheme`. One newline at the end of a secret is cut off, as
    /// files and shells add one; everything else that a header cannot hold is an error that does not repeat
    /// the value.
    pub(crate) fn new(scheme: &'static Scheme, credential: &Credential) -> Result<Self, Error> {
        let (name, text) = match (scheme.kind, credential) {
            (SchemeKind::Header { name, prefix }, Credential::Key(key)) => {
                (HeaderName::from_static(name), format!("{prefix}{}", checked(scheme, key)?))
            }
            (SchemeKind::Bearer, Credential::Token(token)) => {
                (AUTHORIZATION, format!("Bearer {}", checked(scheme, token)?))
            }
            (SchemeKind::Basic, Credential::Basic { username, password }) => {
                let (username, password) = (checked(scheme, username)?, checked(scheme, password)?);
                if username.contains(':') {
                    return Err(refused(scheme, "its user name holds a colon, which Basic cannot carry"));
                }
                (AUTHORIZATION, format!("Basic {}", BASE64.encode(format!("{username}:{password}"))))
            }
            _ => return Err(refused(scheme, "it is of another kind than the scheme")),
        };
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| refused(scheme, "it holds characters that a header cannot carry"))?;
        value.set_sensitive(true);
        Ok(Self { name, value })
    }
}

impl Header {
    /// Whether the credential, or a part of it, stands in `text`.
    pub(crate) fn stands_in(&self, text: &str) -> bool {
        let value = self.value.to_str().unwrap_or_default();
        let secret = value.rsplit(' ').next().unwrap_or(value);
        let pair = BASE64.decode(secret).ok().filter(|_| value.starts_with("Basic "));
        let pair = pair.and_then(|pair| String::from_utf8(pair).ok()).unwrap_or_default();
        let parts = std::iter::once(secret).chain(pair.splitn(2, ':'));
        parts.filter(|part| !part.is_empty()).any(|part| text.contains(part))
    }
}

fn checked<'a>(scheme: &Scheme, secret: &'a SecretString) -> Result<&'a str, Error> {
    let text = secret.expose_secret();
    let text = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text);
    if text.trim().is_empty() {
        return Err(refused(scheme, "it is empty or blank"));
    }
    if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err(refused(scheme, "it holds control characters or text that is not ASCII"));
    }
    Ok(text)
}

fn refused(scheme: &Scheme, reason: &str) -> Error {
    Error::setup(Kind::Credential, format!("the credential for `{}` cannot be used: {reason}", scheme.name))
}

impl fmt::Debug for Credential {
    /// The kind alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key(…)",
            Self::Basic { .. } => "Basic(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}
