//! The answer to a wrong request, in the shape of the vendor's own errors.

use axum::response::Response;
use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::Vendor;
use crate::answer::respond;
use crate::gainsight::scim;
use crate::violation::{Place, Reason};

/// No vendor issues request ids that begin like this.
const REQUEST_ID: &str = "sandbox";

/// What the refused request was meant for, as far as its path says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// No vendor.
    Nothing,
    /// A vendor's own API.
    Vendor(Vendor),
    /// SCIM, which has a shape of its own for errors.
    Scim,
}

impl Meant {
    pub(crate) fn of(vendor: Option<Vendor>, path: &str) -> Self {
        match vendor {
            Some(Vendor::Gainsight) if path.split('/').any(|segment| segment == "scim") => Self::Scim,
            Some(vendor) => Self::Vendor(vendor),
            None => Self::Nothing,
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        if self == Self::Scim { scim::MEDIA_TYPE } else { mime::APPLICATION_JSON.essence_str() }
    }
}

/// The status is that of the first reason; the body names every one.
pub(crate) fn refuse(meant: Meant, allowed: &[&Method], reasons: &[Reason]) -> Response {
    let status = status(reasons);
    let mut response = respond(status, Some((meant.media_type(), &told(meant, status, reasons))));
    if !allowed.is_empty() {
        let names: Vec<&str> = allowed.iter().map(|method| method.as_str()).collect();
        if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
            response.headers_mut().insert(ALLOW, names);
        }
    }
    response
}

fn status(reasons: &[Reason]) -> StatusCode {
    reasons.first().map_or(StatusCode::BAD_REQUEST, |reason| reason.place.status())
}

/// An error of this status in the vendor's own shape, with one sentence.
pub(crate) fn body(meant: Meant, status: StatusCode, text: &str) -> Value {
    // Its place is not told: nothing is wrong with the request.
    error(meant, status, &[(text.to_owned(), text.to_owned())], false)
}

fn told(meant: Meant, status: StatusCode, reasons: &[Reason]) -> Value {
    let sentence = |reason: &Reason| {
        let details = format!("{} {}", reason.place, reason.pointer).trim_end().to_owned();
        (reason.to_string(), details)
    };
    let sentences: Vec<(String, String)> = reasons.iter().map(sentence).collect();
    error(meant, status, &sentences, reasons.first().is_some_and(|reason| reason.place == Place::Body))
}

/// `sentences` are what is wrong, each with where.
fn error(meant: Meant, status: StatusCode, sentences: &[(String, String)], in_body: bool) -> Value {
    let texts: Vec<&str> = sentences.iter().map(|(text, _)| text.as_str()).collect();
    let title = status.canonical_reason().unwrap_or_default();
    match meant {
        Meant::Scim => scim::error_body(status, in_body.then_some("invalidSyntax"), &texts.join("; ")),
        Meant::Vendor(Vendor::Gong) => {
            json!({"requestId": REQUEST_ID, "errors": texts})
        }
        Meant::Vendor(Vendor::Gainsight) => json!({
            "result": false,
            "errorCode": format!("SANDBOX_{}", status.as_u16()),
            "errorDesc": texts.join("; "),
            "requestId": REQUEST_ID,
        }),
        Meant::Vendor(Vendor::Userpilot) => {
            let error = |(text, details): &(String, String)| {
                json!({
                    "error": title,
                    "error_code": status.as_str(),
                    "message": text,
                    "details": details,
                })
            };
            json!({"errors": sentences.iter().map(error).collect::<Vec<_>>()})
        }
        Meant::Vendor(Vendor::UserGems) | Meant::Nothing => json!({"message": texts.join("; ")}),
    }
}
