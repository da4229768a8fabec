//! Judges the headers: the declared ones, the ordinary ones, and no others.

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use mime::Mime;

use crate::exception::{self, HTTP_HEADERS};
use crate::operation::{In, Operation};
use crate::parameters::typed;
use crate::violation::{Place, Reason};

/// What any HTTP client may send, whatever a document says.
const ORDINARY: [&str; 12] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "user-agent",
];

pub(crate) fn judge_headers(operation: &Operation, headers: &HeaderMap, reasons: &mut Vec<Reason>) {
    for name in headers.keys().map(http::HeaderName::as_str) {
        let declared = operation.parameter(In::Header, name).is_some()
            || operation.schemes.iter().any(|scheme| scheme.header().eq_ignore_ascii_case(name));
        if !declared && !ORDINARY.contains(&name) {
            reasons.push(header(name, format!("unexpected header `{name}`")));
        }
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
    fn parameters_do_not_part_media_types() {
        assert!(same_media_type("application/json", "application/JSON; charset=utf-8"));
        assert!(!same_media_type("application/json", "application/scim+json"));
    }
}
