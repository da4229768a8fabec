//! An answer before it is written: status, headers and a JSON body.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::judge::Call;
use crate::operation::Media;

/// What is answered, still open to be changed by a mood.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Media type and value.
    pub(crate) body: Option<(String, Value)>,
}

impl Answer {
    /// Without a body.
    pub(crate) fn new(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: None }
    }

    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self::new(status).with_body(mime::APPLICATION_JSON.essence_str(), body)
    }

    pub(crate) fn with_body(mut self, media_type: &str, body: Value) -> Self {
        self.body = Some((media_type.to_owned(), body));
        self
    }

    /// A value that no header can hold is left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let body = self.body.as_ref().map(|(media_type, value)| (media_type.as_str(), value));
        let mut response = respond(self.status, body);
        response.headers_mut().extend(self.headers);
        response
    }
}

/// Where a response shows the identity of what was asked for, beside the parameter's own name.
const IDENTITIES: [&str; 2] = ["id", "Gsid"];

/// The first documented success with its example, or a value made from its schema.
/// `url` is the absolute address of the request, without query.
pub(crate) fn sample_answer(call: &Call, url: &str) -> Answer {
    let operation = call.operation;
    let media = operation.response(operation.success()).and_then(|response| response.media.first());
    let Some(media) = media else {
        return Answer::new(operation.success);
    };
    let value = echo(call, media, media.example());
    let created =
        value.get("id").and_then(Value::as_str).filter(|_| operation.success == StatusCode::CREATED);
    let location = created.map(|id| {
        format!("{url}/{}", percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC))
    });
    let answer = Answer::new(operation.success).with_body(&media.name, value);
    match location {
        Some(location) => answer.with_header(LOCATION, &location),
        None => answer,
    }
}

/// What was asked for by its identity answers with it, where the response has a place for it
/// and the schema allows it there.
fn echo(call: &Call, media: &Media, value: Value) -> Value {
    let last = call.operation.segments.last();
    let identity =
        last.and_then(|segment| segment.parameter()).and_then(|name| Some((name, call.path.get(name)?)));
    let Some((name, sent)) = identity.filter(|_| call.operation.method != Method::DELETE) else {
        return value;
    };
    let mut echoed = value.clone();
    let Some(place) = place(&mut echoed, name) else { return value };
    *place = sent.clone();
    if media.schema.judge(&echoed).is_empty() { echoed } else { value }
}

/// The identity in the response or in an object directly inside it.
fn place<'a>(value: &'a mut Value, parameter: &str) -> Option<&'a mut Value> {
    let names = || std::iter::once(parameter).chain(IDENTITIES);
    let object = value.as_object_mut()?;
    if let Some(name) = names().find(|name| object.contains_key(*name)) {
        return object.get_mut(name);
    }
    object.values_mut().filter_map(Value::as_object_mut).find_map(|inner| {
        let name = names().find(|name| inner.contains_key(*name))?;
        inner.get_mut(name)
    })
}

/// A response with a JSON body, or without any.
pub(crate) fn respond(status: StatusCode, body: Option<(&str, &Value)>) -> Response {
    let mut response =
        Response::new(body.map_or_else(Body::empty, |(_, value)| Body::from(value.to_string())));
    *response.status_mut() = status;
    if let Some(media_type) = body.and_then(|(name, _)| HeaderValue::from_str(name).ok()) {
        response.headers_mut().insert(CONTENT_TYPE, media_type);
    }
    response
}
