//! The answer to a wrong request, in the shape of the vendor's own errors.

use axum::response::Response;
use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::Vendor;
use crate::answer::respond;
use crate::gainsight::scim;
use crate::violation::{Place, Reason, join};

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
}

/// The status is that of the first reason; the body names every one.
pub(crate) fn refuse(meant: Meant, allowed: &[&Method], reasons: &[Reason]) -> Response {
    let status = status(reasons);
    let media_type =
        if meant == Meant::Scim { scim::MEDIA_TYPE } else { mime::APPLICATION_JSON.essence_str() };
    let mut response = respond(status, Some((media_type, &body(meant, status, reasons))));
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

fn body(meant: Meant, status: StatusCode, reasons: &[Reason]) -> Value {
    let title = status.canonical_reason().unwrap_or_default();
    match meant {
        Meant::Scim => {
            let in_body = reasons.first().is_some_and(|reason| reason.place == Place::Body);
            scim::error_body(status, in_body.then_some("invalidSyntax"), &join(reasons))
        }
        Meant::Vendor(Vendor::Gong) => {
            let errors: Vec<String> = reasons.iter().map(Reason::to_string).collect();
            json!({"requestId": REQUEST_ID, "errors": errors})
        }
        Meant::Vendor(Vendor::Gainsight) => json!({
            "result": false,
            "errorCode": format!("SANDBOX_{}", status.as_u16()),
            "errorDesc": join(reasons),
            "requestId": REQUEST_ID,
        }),
        Meant::Vendor(Vendor::Userpilot) => {
            let error = |reason: &Reason| {
                json!({
                    "error": title,
                    "error_code": status.as_str(),
                    "message": reason.to_string(),
                    "details": format!("{} {}", reason.place, reason.pointer).trim_end(),
                })
            };
            json!({"errors": reasons.iter().map(error).collect::<Vec<_>>()})
        }
        Meant::Vendor(Vendor::UserGems) | Meant::Nothing => json!({"message": join(reasons)}),
    }
}
