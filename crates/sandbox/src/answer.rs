//! An answer before it is written: status, headers and a JSON body.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::Operation;

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

    /// The documented success in the document's own words: its example, else a value made from its schema.
    pub(crate) fn documented(operation: &Operation) -> Self {
        let media = operation.response(operation.success()).and_then(|response| response.media.first());
        let answer = Self::new(operation.success);
        match media {
            Some(media) => answer.with_body(&media.name, media.example()),
            None => answer,
        }
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
