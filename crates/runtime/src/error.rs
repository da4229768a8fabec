//! What went wrong, where, and what to do next.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::{Api, Operation};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Headers in which vendors and their gateways name a request, for their support.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "x-traceid", "x-gs-request-id"];

/// An operation that did not succeed, or a client that could not be built.
///
/// Its `Display` is one line a person can act on. It never holds a credential, a body or a query value; what
/// the vendor answered is there on request, by [`status`](Self::status), [`headers`](Self::headers),
/// [`text`](Self::text) and [`body`](Self::body).
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    operation: Option<&'static Operation>,
    detail: String,
    answer: Option<Answer>,
    source: Option<Source>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// What kind of failure it was, which is what a program decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The request was wrong: refused here before anything was sent, or by the vendor with 400 or 422.
    Invalid,
    /// No credential was given that the operation accepts, or the vendor refused it (401).
    Credential,
    /// The credential is known but may not do this (403).
    Permission,
    /// There is no such thing (404, 410).
    NotFound,
    /// The state of things forbids it, such as a duplicate or a running job (409).
    Conflict,
    /// The vendor's quota is used up (429).
    Quota,
    /// The vendor is in trouble (5XX).
    Unavailable,
    /// It took too long.
    Timeout,
    /// No connection could be made; nothing was sent.
    Connect,
    /// The connection broke while sending or receiving.
    Transport,
    /// The vendor answered success with a body that is not what its document promises.
    Decode,
    /// The vendor pointed elsewhere (3XX). Redirects are not followed, as credentials would go along.
    Redirect,
    /// A status that neither the document nor HTTP gives a meaning here.
    UnexpectedStatus,
}

/// The body that a vendor's errors follow, as its document declares it.
pub trait ErrorBody: DeserializeOwned {
    /// The API whose errors look like this.
    fn api() -> &'static Api;
}

impl Error {
    /// A request that was refused here, before anything was sent.
    #[must_use]
    pub fn invalid(operation: &'static Operation, detail: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, Some(operation), detail)
    }

    /// A client that cannot be built from what was given.
    pub(crate) fn setup(kind: Kind, detail: impl Into<String>) -> Self {
        Self::new(kind, None, detail)
    }

    pub(crate) fn new(kind: Kind, operation: Option<&'static Operation>, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, operation, detail: detail.into(), answer: None, source: None }))
    }

    /// What the HTTP client reports. Its own text may hold the URL with its query, so the URL is cut out.
    pub(crate) fn transport(operation: &'static Operation, error: reqwest::Error) -> Self {
        let (kind, detail) = if error.is_builder() {
            (Kind::Invalid, "the request could not be built")
        } else if error.is_timeout() {
            (Kind::Timeout, "no answer in time")
        } else if error.is_connect() {
            (Kind::Connect, "no connection could be made; nothing was sent")
        } else {
            (Kind::Transport, "the connection broke; whether the operation was applied is not known")
        };
        let mut made = Self::new(kind, Some(operation), detail);
        made.0.source = Some(Box::new(error.without_url()));
        made
    }

    /// An answer that is not a success the document names.
    pub(crate) fn status_of(
        operation: &'static Operation,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        let (kind, detail) = match status.as_u16() {
            400 | 422 => (Kind::Invalid, "the vendor refused the request as invalid"),
            401 => (Kind::Credential, "the vendor refused the credential"),
            403 => (Kind::Permission, "the credential may not do this, or not from here"),
            404 | 410 => (Kind::NotFound, "the vendor has no such thing"),
            409 => (Kind::Conflict, "it conflicts with what the vendor holds or is doing"),
            429 => (Kind::Quota, "the vendor's quota is used up"),
            500..=599 => (Kind::Unavailable, "the vendor could not answer"),
            300..=399 => (
                Kind::Redirect,
                "the vendor pointed elsewhere, which is not followed; check the base URL and the credential",
            ),
            _ => (Kind::UnexpectedStatus, "the vendor answered with a status of no particular meaning here"),
        };
        Self::new(kind, Some(operation), detail).answered(status, headers, body)
    }

    /// A success whose body is not what the document promises. What serde reports is cut down to what holds
    /// no data: where, and what was expected there.
    pub(crate) fn decode(
        operation: &'static Operation,
        error: &serde_json::Error,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        let detail = if body.is_empty() {
            "the body is empty although content was promised".to_owned()
        } else {
            let text = error.to_string();
            let expected = match text.split_once(", expected ") {
                Some((_, expected)) => format!("expected {expected}"),
                None if text.starts_with("missing field `") => text,
                None => format!("not valid JSON at line {} column {}", error.line(), error.column()),
            };
            format!("the body is not what the document promises: {expected}")
        };
        Self::new(Kind::Decode, Some(operation), detail).answered(status, headers, body)
    }

    fn answered(mut self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        self.0.answer = Some(Answer { status, headers, body });
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The operation that failed; `None` if a client could not be built.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The HTTP status, if the vendor answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The response headers, if the vendor answered.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The body as the vendor sent it, whatever it is. It may hold personal data.
    #[must_use]
    pub fn bytes(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// The body as text, invalid UTF-8 replaced. It may hold personal data.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        self.bytes().map(|body| String::from_utf8_lossy(body))
    }

    /// The body as the vendor's declared error type, if it is one and comes from that vendor's API.
    #[must_use]
    pub fn body<B: ErrorBody>(&self) -> Option<B> {
        let operation = self.operation()?;
        let ours = B::api().operations.iter().any(|candidate| std::ptr::eq(*candidate, operation));
        if ours { serde_json::from_slice(self.bytes()?).ok() } else { None }
    }

    /// The name the vendor gave the request, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let headers = self.headers()?;
        REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name)?.to_str().ok())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{} {}: ", operation.api, operation.id)?;
        }
        if let Some(status) = self.status() {
            write!(f, "HTTP {}: ", status.as_u16())?;
        }
        f.write_str(&self.0.detail)?;
        if let Some(id) = self.request_id() {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    /// The same facts as `Display`, named; no body and no headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", &self.operation().map(|operation| operation.id))
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("detail", &self.0.detail)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
