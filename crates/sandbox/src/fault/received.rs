//! A request as it came.

use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use tokio::time::Instant;

/// A request, kept as it came.
///
/// Its `Debug` shows neither the query nor any value or body, so that a failed assertion does
/// not print a secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// Its number among all requests of the server, from 0; of a sandbox, among those that are none of its
    /// own page and controls, since it was started or reset.
    pub number: u64,
    /// The number of its connection, from 0.
    pub connection: u64,
    /// When its head was read.
    pub at: Instant,
    /// The bytes of its head, up to and with the empty line.
    pub head: Bytes,
    /// Its method.
    pub method: String,
    /// Its target as sent, each byte as the character of that number.
    pub target: String,
    /// Its headers in their order, with their case and their duplicates; spaces around a value
    /// are left out.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Its body without the framing of chunks; empty when bodies are discarded.
    pub body: Bytes,
    /// How long the body is, also when it was discarded.
    pub body_length: u64,
    /// Whether all of it was read before the act.
    pub complete: bool,
}

impl Received {
    pub(super) fn new(number: u64, connection: u64) -> Self {
        Self {
            number,
            connection,
            at: Instant::now(),
            head: Bytes::new(),
            method: String::new(),
            target: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            body_length: 0,
            complete: false,
        }
    }

    /// A request that another server has read, at this time: the names of its headers are in lower case, its
    /// head is not kept.
    pub(crate) fn read_elsewhere(
        (number, connection): (u64, u64),
        at: Instant,
        parts: &Parts,
        body: Bytes,
        complete: bool,
    ) -> Self {
        let headers = parts.headers.iter();
        Self {
            at,
            method: parts.method.to_string(),
            target: parts.uri.to_string(),
            headers: headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect(),
            body_length: body.len() as u64,
            body,
            complete,
            ..Self::new(number, connection)
        }
    }

    /// The target up to the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// The query as sent, if there is a `?`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The first header of this name, in any case, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next().and_then(|value| std::str::from_utf8(value).ok())
    }

    /// All headers of this name, in any case.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let named = move |(it, _): &&(String, Vec<u8>)| it.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_slice())
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        formatter
            .debug_struct("Received")
            .field("number", &self.number)
            .field("connection", &self.connection)
            .field("method", &self.method)
            .field("path", &self.path())
            .field("headers", &names)
            .field("body_length", &self.body_length)
            .field("complete", &self.complete)
            .finish_non_exhaustive()
    }
}
