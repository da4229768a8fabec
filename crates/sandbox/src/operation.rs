//! One operation as its document describes it.

use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::Vendor;
use crate::credentials::Scheme;
use crate::document::Document;
use crate::headers::same_media_type;
use crate::route::Segment;
use crate::sample::sample;
use crate::schema::Schema;

/// RFC 3986 `unreserved` stays as it is in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One method on one path of a published document.
#[derive(Debug)]
pub struct Operation {
    pub(crate) document: &'static Document,
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// Any one of these admits a request; none means that no credential is asked for.
    pub(crate) schemes: Vec<Scheme>,
    pub(crate) responses: Vec<Response>,
    /// The lowest documented success.
    pub(crate) success: StatusCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum In {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: In,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
    pub(crate) example: Option<&'static Value>,
}

#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    pub(crate) media: Vec<Media>,
}

#[derive(Debug)]
pub(crate) struct Response {
    /// `200`, `4XX` or `default`.
    pub(crate) status: String,
    pub(crate) media: Vec<Media>,
}

#[derive(Debug)]
pub(crate) struct Media {
    pub(crate) name: String,
    pub(crate) schema: Schema,
    pub(crate) example: Option<&'static Value>,
}

/// A request that the document itself gives as an example, or that its schemas imply: every
/// required parameter and the whole body.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExampleRequest {
    /// The path below the vendor's base URL, its parameters filled.
    pub path: String,
    /// The required query parameters.
    pub query: Vec<(String, String)>,
    /// Media type and value; for `multipart/form-data` an object of parts.
    pub body: Option<(String, Value)>,
}

impl Operation {
    /// Whether it is one of Gainsight's SCIM 2.0.
    pub(crate) fn is_scim(&self) -> bool {
        self.path.starts_with("/scim/")
    }

    /// The vendor.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.document.vendor
    }

    /// The document, by its path under `specs/`.
    #[must_use]
    pub fn document(&self) -> &'static str {
        self.document.name
    }

    /// The published operation id; where the document gives none, method and path.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path template below the vendor's base URL.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The status of the answer to a right request.
    #[must_use]
    pub fn success(&self) -> u16 {
        self.success.as_u16()
    }

    /// A right request, which asks for nothing that exists in any one sandbox: see
    /// [`Sandbox::example`](crate::Sandbox::example).
    #[must_use]
    pub fn example(&self) -> ExampleRequest {
        self.example_with(|_| None)
    }

    /// A right request with these values of its path and query parameters.
    pub(crate) fn example_with(&self, mut existing: impl FnMut(&str) -> Option<String>) -> ExampleRequest {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Static(text) => format!("/{text}"),
            Segment::Parameter(name) => {
                let documented =
                    || self.parameter(In::Path, name).map_or_else(|| name.clone(), Parameter::example_text);
                let value = existing(name).unwrap_or_else(documented);
                format!("/{}", utf8_percent_encode(&value.replace(' ', "-"), SEGMENT))
            }
        });
        let path = segments.collect();
        let query = self.parameters.iter().filter(|it| it.place == In::Query && it.required);
        ExampleRequest {
            path,
            query: query
                .map(|it| (it.name.clone(), existing(&it.name).unwrap_or_else(|| it.example_text())))
                .collect(),
            body: self.example_body(),
        }
    }

    /// What the document objects to in an answer to this operation; nothing if it is as promised.
    #[must_use]
    pub fn judge_answer(&self, status: u16, content_type: Option<&str>, body: &[u8]) -> Vec<String> {
        let success = (200..300).contains(&status);
        let Some(response) = self.response(status) else {
            // Only an operation without any documented success has one that is not documented.
            let excepted = success && status == self.success() && body.is_empty();
            return if excepted { Vec::new() } else { vec![format!("status {status} is not documented")] };
        };
        if response.media.is_empty() {
            let silent = body.is_empty() || !success;
            return if silent { Vec::new() } else { vec![format!("status {status} documents no body")] };
        }
        let sent = content_type.unwrap_or_default();
        let Some(media) = response.media.iter().find(|media| same_media_type(&media.name, sent)) else {
            return vec![format!("content type `{sent}` is not documented for status {status}")];
        };
        match serde_json::from_slice(body) {
            Ok(value) => {
                let objections = media.schema.judge(&value).into_iter();
                objections.map(|it| format!("{}: {}", it.pointer, it.text)).collect()
            }
            Err(error) => vec![format!("the body is not JSON: {error}")],
        }
    }

    pub(crate) fn parameter(&self, place: In, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|it| it.place == place && it.is_named(name))
    }

    /// What is documented for a status: itself, else its class (`4XX`), else `default`.
    pub(crate) fn response(&self, status: u16) -> Option<&Response> {
        let candidates = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        candidates
            .iter()
            .find_map(|name| self.responses.iter().find(|it| it.status.eq_ignore_ascii_case(name)))
    }

    fn example_body(&self) -> Option<(String, Value)> {
        // A body that the document declares on a GET is never asked for.
        let body = self.body.as_ref().filter(|_| self.method != Method::GET)?;
        body.media.first().map(|media| (media.name.clone(), media.example()))
    }
}

impl Parameter {
    /// Header names do not distinguish case, the others do.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        if self.place == In::Header { self.name.eq_ignore_ascii_case(name) } else { self.name == name }
    }

    fn example_text(&self) -> String {
        let value = self.example.cloned().unwrap_or_else(|| sample(&self.schema, &self.name));
        match value {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }
}

impl Media {
    /// The documented example, else a value made from the schema.
    pub(crate) fn example(&self) -> Value {
        self.example.cloned().unwrap_or_else(|| sample(&self.schema, "value"))
    }
}
