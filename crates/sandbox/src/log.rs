//! What was asked and what was wrong with it, the last thousand of each, and how often.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST,
    TRANSFER_ENCODING, USER_AGENT,
};

use crate::operation::{In, Operation};
use crate::parameters::is_bare;
use crate::{Sandbox, Vendor, Violation};

const CAPACITY: usize = 1000;

/// What is shown of a header whose value may be a secret.
const MASK: &str = "…";

/// One request that was answered, or not. It keeps no value of the query and no body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLine {
    /// When it came, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The vendor it was meant for, if its path says so.
    pub vendor: Option<Vendor>,
    /// The operation that answered it, or `token` for a token endpoint.
    pub operation: Option<&'static str>,
    /// Its method.
    pub method: String,
    /// Its path as sent, without the query.
    pub path: String,
    /// The names in its query, as sent; `…` for one without a value that the document does not declare, as it
    /// could be a value itself.
    pub query: Vec<String>,
    /// Its headers in lower case. Only values that describe the message are shown; any other
    /// could be a secret and is `…`.
    pub headers: Vec<(String, String)>,
    /// How long its body was, as far as it was read.
    pub request_bytes: u64,
    /// The status it was answered with; 0 if a planned fault answered without one.
    pub status: u16,
    /// How long the body of the answer was; 0 if a planned fault answered.
    pub response_bytes: u64,
    /// How long it took to read and answer it, a delay of a planned fault not counted.
    pub duration: Duration,
    /// Whether a planned fault came in place of the answer.
    pub fault: bool,
    /// What is right by the document and may still be a mistake: members of a body that it does not
    /// name, each once, by the JSON pointer to it.
    pub remarks: Vec<String>,
}

/// How often an operation was answered with a status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The vendor, if the path said so.
    pub vendor: Option<Vendor>,
    /// The operation, if path and method said so, or `token` for a token endpoint.
    pub operation: Option<&'static str>,
    /// The status; 0 if a planned fault answered without one.
    pub status: u16,
    /// How often since the start.
    pub count: u64,
}

/// All under one lock, so that a request and its violation appear together.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Rings>);

#[derive(Debug, Default)]
struct Rings {
    requests: VecDeque<RequestLine>,
    violations: VecDeque<Violation>,
    counts: BTreeMap<(Option<Vendor>, Option<&'static str>, u16), u64>,
}

impl Log {
    pub(crate) fn record(&self, line: RequestLine, violation: Option<Violation>) {
        self.with(|rings| {
            *rings.counts.entry((line.vendor, line.operation, line.status)).or_default() += 1;
            push(&mut rings.requests, line);
            if let Some(violation) = violation {
                push(&mut rings.violations, violation);
            }
        });
    }

    pub(crate) fn clear(&self) {
        self.with(|rings| *rings = Rings::default());
    }

    pub(crate) fn requests(&self) -> Vec<RequestLine> {
        self.with(|rings| rings.requests.iter().cloned().collect())
    }

    pub(crate) fn violations(&self) -> Vec<Violation> {
        self.with(|rings| rings.violations.iter().cloned().collect())
    }

    pub(crate) fn counts(&self) -> Vec<Count> {
        let count =
            |(&(vendor, operation, status), &count): (&_, &_)| Count { vendor, operation, status, count };
        self.with(|rings| rings.counts.iter().map(count).collect())
    }

    fn with<T>(&self, use_rings: impl FnOnce(&mut Rings) -> T) -> T {
        use_rings(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn push<T>(ring: &mut VecDeque<T>, item: T) {
    if ring.len() == CAPACITY {
        ring.pop_front();
    }
    ring.push_back(item);
}

/// The headers as the log shows them: a key that was sent under a wrong name is masked, too.
pub(crate) fn masked(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = [
        ACCEPT,
        ACCEPT_ENCODING,
        CONNECTION,
        CONTENT_ENCODING,
        CONTENT_LENGTH,
        CONTENT_TYPE,
        EXPECT,
        HOST,
        TRANSFER_ENCODING,
        USER_AGENT,
    ];
    let show = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = if shown.contains(name) { value.to_str().unwrap_or(MASK) } else { MASK };
        (name.to_string(), value.to_owned())
    };
    headers.iter().map(show).collect()
}

/// The names in a query, as sent; what stands alone could be a value, and is masked unless the operation
/// declares it.
pub(crate) fn names(query: &str, operation: Option<&Operation>) -> Vec<String> {
    let declared = |name: &str| operation.is_some_and(|it| it.parameter(In::Query, name).is_some());
    let shown = |part: &str| {
        let name = part.split_once('=').map_or(part, |(name, _)| name);
        if is_bare(part) && !declared(name) { MASK.to_owned() } else { name.to_owned() }
    };
    query.split('&').filter(|part| !part.is_empty()).map(shown).collect()
}

impl Sandbox {
    /// How often each operation was answered with which status since the start.
    #[must_use]
    pub fn counts(&self) -> Vec<Count> {
        self.log().counts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_the_last_thousand_requests_and_counts_all() {
        let log = Log::default();
        for status in 0..1200 {
            let line = RequestLine {
                at: DateTime::UNIX_EPOCH,
                vendor: None,
                operation: None,
                method: "GET".into(),
                path: "/".into(),
                query: Vec::new(),
                headers: Vec::new(),
                request_bytes: 0,
                status: status % 1100,
                response_bytes: 0,
                duration: Duration::ZERO,
                fault: false,
                remarks: Vec::new(),
            };
            log.record(line, None);
        }
        let statuses: Vec<u16> = log.requests().iter().map(|line| line.status).collect();
        assert_eq!((statuses.len(), statuses[0], statuses[999]), (CAPACITY, 200, 99));
        assert_eq!(log.counts().iter().map(|it| it.count).sum::<u64>(), 1200);
    }

    #[test]
    fn only_values_that_describe_the_message_are_shown() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert("authorisation", "a key under a wrong name".parse().unwrap());
        let expected = [("content-type", "application/json"), ("authorisation", MASK)];
        assert_eq!(masked(&headers), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(names("a=1&b&&c=2=3&d=&e==&f=%3D", None), ["a", MASK, "c", MASK, MASK, MASK]);
    }
}
