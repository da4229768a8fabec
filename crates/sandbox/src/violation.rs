//! What was wrong with a request, where, and why.

use std::fmt;

use http::StatusCode;

use crate::{RequestLine, Vendor};

/// The part of a request that was judged wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// No published path is this one: 404.
    Route,
    /// The path is published, the method on it is not: 405.
    Method,
    /// The credential is missing or is not one of the sandbox's: 401.
    Credential,
    /// A path parameter: 400.
    Path,
    /// The query: 400.
    Query,
    /// A header other than the credential: 400.
    Header,
    /// The media type of the body: 415.
    MediaType,
    /// The body is larger than the sandbox reads: 413.
    Size,
    /// The body itself: 400.
    Body,
}

impl Place {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Route => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Credential => StatusCode::UNAUTHORIZED,
            Self::Size => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Path | Self::Query | Self::Header | Self::Body => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Route => "route",
            Self::Method => "method",
            Self::Credential => "credential",
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::MediaType => "media type",
            Self::Size => "size",
            Self::Body => "body",
        })
    }
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// The part of the request.
    pub place: Place,
    /// A JSON pointer into that part: into the body, or `/name` of a parameter or header.
    /// Empty for the part as a whole.
    pub pointer: String,
    /// What is wrong, without the values that were sent.
    pub text: String,
}

impl Reason {
    pub(crate) fn new(place: Place, pointer: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place, pointer: pointer.into(), text: text.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, pointer, text } = self;
        if pointer.is_empty() { write!(f, "{place}: {text}") } else { write!(f, "{place} {pointer}: {text}") }
    }
}

/// A request that was judged wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The vendor it was meant for, if its path says so.
    pub vendor: Option<Vendor>,
    /// The operation it was meant for, if its path and method say so.
    pub operation: Option<&'static str>,
    /// Its method.
    pub method: String,
    /// Its path as sent, without the query.
    pub path: String,
    /// The status it was answered with.
    pub status: u16,
    /// Everything that was found wrong, in the order of judging; never empty.
    pub reasons: Vec<Reason>,
}

impl Violation {
    pub(crate) fn of(line: &RequestLine, reasons: Vec<Reason>) -> Self {
        let RequestLine { vendor, operation, method, path, status, .. } = line.clone();
        Self { vendor, operation, method, path, status, reasons }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} → {}: {}", self.method, self.path, self.status, join(&self.reasons))
    }
}

/// The reasons as one line.
fn join(reasons: &[Reason]) -> String {
    let lines: Vec<String> = reasons.iter().map(Reason::to_string).collect();
    lines.join("; ")
}
