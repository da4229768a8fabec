//! The answer to a wrong request, in the shape of the vendor's own errors.

use axum::response::Response;
use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::Vendor;
use crate::answer::respond;
use crate::violation::{Reason, join};

/// No vendor issues request ids that begin like this.
const REQUEST_ID: &str = "sandbox";

/// The status is that of the first reason; the body names every one.
pub(crate) fn refuse(vendor: Option<Vendor>, allowed: &[&Method], reasons: &[Reason]) -> Response {
    let status = status(reasons);
    let mut response =
        respond(status, Some((mime::APPLICATION_JSON.essence_str(), &body(vendor, status, reasons))));
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

fn body(vendor: Option<Vendor>, status: StatusCode, reasons: &[Reason]) -> Value {
    let title = status.canonical_reason().unwrap_or_default();
    match vendor {
        Some(Vendor::Gong) => {
            let errors: Vec<String> = reasons.iter().map(Reason::to_string).collect();
            json!({"requestId": REQUEST_ID, "errors": errors})
        }
        Some(Vendor::Gainsight) => json!({
            "result": false,
            "errorCode": format!("SANDBOX_{}", status.as_u16()),
            "errorDesc": join(reasons),
            "requestId": REQUEST_ID,
        }),
        Some(Vendor::Userpilot) => {
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
        Some(Vendor::UserGems) | None => json!({"message": join(reasons)}),
    }
}
