//! The keys the sandbox accepts, and whether a request brings one.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::Value;

use crate::Vendor;
use crate::exception::{self, TOKEN};
use crate::operation::{In, Parameter};
use crate::violation::{Place, Reason};

/// Gong: the access key of HTTP Basic.
pub const GONG_ACCESS_KEY: &str = "test-key";
/// Gong: the secret of HTTP Basic.
pub const GONG_ACCESS_KEY_SECRET: &str = "test-secret";
/// Gong: the token of HTTP Bearer.
pub const GONG_ACCESS_TOKEN: &str = "test-token";
/// Gainsight: the header `accessKey`.
pub const GAINSIGHT_ACCESS_KEY: &str = "test-access-key";
/// `UserGems`: the header `X-Api-Key`.
pub const USERGEMS_API_KEY: &str = "test-api-key";
/// Userpilot: the key in `Authorization: Token …`.
pub const USERPILOT_API_KEY: &str = "test-userpilot-key";

/// A header that lets a request in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credential {
    /// The vendor it is for.
    pub vendor: Vendor,
    /// The name of the header.
    pub header: &'static str,
    /// Its whole value.
    pub value: &'static str,
}

pub(crate) const CREDENTIALS: &[Credential] = &[
    Credential { vendor: Vendor::UserGems, header: "X-Api-Key", value: USERGEMS_API_KEY },
    Credential { vendor: Vendor::Userpilot, header: "Authorization", value: "Token test-userpilot-key" },
    Credential { vendor: Vendor::Gainsight, header: "accessKey", value: GAINSIGHT_ACCESS_KEY },
    Credential { vendor: Vendor::Gong, header: "Authorization", value: "Basic dGVzdC1rZXk6dGVzdC1zZWNyZXQ=" },
    Credential { vendor: Vendor::Gong, header: "Authorization", value: "Bearer test-token" },
];

/// The headers in which any of the vendors asks for a credential.
const HEADERS: [&str; 3] = ["authorization", "x-api-key", "accesskey"];

/// A credential that nobody has given out.
const UNKNOWN: &str = "the credential is not one the sandbox accepts";

/// How a document asks for a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// The header `Authorization` with this scheme.
    Authorization(&'static str),
    /// A key alone in a header of this name.
    Header(String),
}

impl Scheme {
    /// From a security scheme object.
    pub(crate) fn read(node: &Value) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default();
        match (text("type"), text("scheme"), text("in")) {
            ("http", scheme, _) if scheme.eq_ignore_ascii_case("basic") => Some(Self::Authorization("Basic")),
            ("http", scheme, _) if scheme.eq_ignore_ascii_case("bearer") => {
                Some(Self::Authorization("Bearer"))
            }
            ("apiKey", _, "header") => Some(Self::Header(text("name").to_owned())),
            _ => None,
        }
    }

    pub(crate) fn header(&self) -> &str {
        match self {
            Self::Authorization(_) => AUTHORIZATION.as_str(),
            Self::Header(name) => name,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Authorization(scheme) => format!("`Authorization: {scheme}`"),
            Self::Header(name) => format!("`{name}`"),
        }
    }
}

/// The credential of a document that declares it as a header parameter.
pub(crate) fn declared_as_parameter(document: &str, parameters: &[Parameter]) -> Option<Scheme> {
    let excepted = exception::covers(TOKEN, document, "/components/parameters/AuthorizationHeader");
    let declared = parameters.iter().any(|it| it.place == In::Header && it.is_named("authorization"));
    (excepted && declared).then_some(Scheme::Authorization("Token"))
}

/// What the moods make of the credentials that a document declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// They are as declared.
    Declared,
    /// The request brings an access token that was given out here, which is enough where the document
    /// knows no bearer too.
    Issued,
    /// Only such a token would do, and the request brings none.
    TokenOnly,
}

/// Whether the request brings one of the sandbox's credentials by one of the schemes.
pub(crate) fn judge(
    vendor: Vendor,
    schemes: &[Scheme],
    headers: &HeaderMap,
    access: Access,
) -> Result<(), Reason> {
    let wanted = || {
        let names: Vec<String> = schemes.iter().map(Scheme::describe).collect();
        names.join(" or ")
    };
    let object = |header: &str, text: String| {
        Err(Reason::new(Place::Credential, format!("/{}", header.to_ascii_lowercase()), text))
    };
    // A key of one vendor must not be told to another, and of two nobody can say which counts.
    let alone = |used: &str| {
        let mut others = HEADERS.into_iter().filter(|name| !name.eq_ignore_ascii_case(used));
        match others.find(|name| headers.contains_key(*name)) {
            Some(other) => object(other, "two credentials came, send one".to_owned()),
            None => Ok(()),
        }
    };
    let Some(first) = schemes.first() else { return Ok(()) };
    match access {
        Access::Issued => return alone(AUTHORIZATION.as_str()),
        Access::TokenOnly if headers.contains_key(AUTHORIZATION) => {
            return object(AUTHORIZATION.as_str(), UNKNOWN.to_owned());
        }
        Access::TokenOnly if headers.contains_key(first.header()) => {
            let text = "SCIM takes no access key: send an access token as `Authorization: Bearer`";
            return object(first.header(), text.to_owned());
        }
        Access::TokenOnly => {
            let text = "the credential is missing: send `Authorization: Bearer`";
            return object(AUTHORIZATION.as_str(), text.to_owned());
        }
        Access::Declared => {}
    }
    let Some(scheme) = schemes.iter().find(|scheme| headers.contains_key(scheme.header())) else {
        return object(first.header(), format!("the credential is missing: send {}", wanted()));
    };
    let header = scheme.header();
    let mut sent = headers.get_all(header).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else {
        return object(header, format!("header `{header}` came more than once"));
    };
    let value = value.to_str().unwrap_or_default();
    if !schemes.iter().any(|scheme| scheme.header() == header && uses(scheme, value)) {
        return object(header, format!("the credential is of another scheme: send {}", wanted()));
    }
    let mut known =
        CREDENTIALS.iter().filter(|it| it.vendor == vendor && it.header.eq_ignore_ascii_case(header));
    if known.any(|it| same(scheme, it.value, value)) {
        alone(header)
    } else {
        object(header, UNKNOWN.to_owned())
    }
}

fn uses(scheme: &Scheme, value: &str) -> bool {
    match scheme {
        Scheme::Authorization(name) => split(value).0.eq_ignore_ascii_case(name),
        Scheme::Header(_) => true,
    }
}

/// The name of an `Authorization` scheme does not distinguish case, a key does.
fn same(scheme: &Scheme, known: &str, sent: &str) -> bool {
    match scheme {
        Scheme::Authorization(_) => {
            let ((known_name, known_key), (name, key)) = (split(known), split(sent));
            known_name.eq_ignore_ascii_case(name) && known_key == key
        }
        Scheme::Header(_) => known == sent,
    }
}

fn split(value: &str) -> (&str, &str) {
    value.split_once(' ').unwrap_or((value, ""))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn the_headers_are_made_of_the_published_keys() {
        let pair = STANDARD.encode(format!("{GONG_ACCESS_KEY}:{GONG_ACCESS_KEY_SECRET}"));
        let values: Vec<&str> = CREDENTIALS.iter().map(|it| it.value).collect();
        assert!(values.contains(&format!("Basic {pair}").as_str()));
        assert!(values.contains(&format!("Bearer {GONG_ACCESS_TOKEN}").as_str()));
        assert!(values.contains(&format!("Token {USERPILOT_API_KEY}").as_str()));
    }

    #[test]
    fn the_name_of_the_scheme_does_not_distinguish_case_and_the_key_does() {
        let schemes = [Scheme::Authorization("Basic"), Scheme::Authorization("Bearer")];
        let sent = |value: &str| HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
        assert!(judge(Vendor::Gong, &schemes, &sent("bearer test-token"), Access::Declared).is_ok());
        assert!(judge(Vendor::Gong, &schemes, &sent("Bearer Test-token"), Access::Declared).is_err());
        assert!(judge(Vendor::Gong, &schemes, &sent("Basic test-token"), Access::Declared).is_err());
        assert!(judge(Vendor::Gong, &schemes[..1], &sent("Bearer test-token"), Access::Declared).is_err());
    }
}
