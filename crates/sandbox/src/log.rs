//! What was asked and what was wrong with it, the last thousand of each.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::{Vendor, Violation};

const CAPACITY: usize = 1000;

/// One request that was answered. It keeps no header, no query and no body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLine {
    /// The vendor it was meant for, if its path says so.
    pub vendor: Option<Vendor>,
    /// The operation that answered it.
    pub operation: Option<&'static str>,
    /// Its method.
    pub method: String,
    /// Its path as sent, without the query.
    pub path: String,
    /// The status it was answered with.
    pub status: u16,
}

/// Both rings under one lock, so that a request and its violation appear together.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Rings>);

#[derive(Debug, Default)]
struct Rings {
    requests: VecDeque<RequestLine>,
    violations: VecDeque<Violation>,
}

impl Log {
    pub(crate) fn record(&self, line: RequestLine, violation: Option<Violation>) {
        self.with(|rings| {
            push(&mut rings.requests, line);
            if let Some(violation) = violation {
                push(&mut rings.violations, violation);
            }
        });
    }

    pub(crate) fn requests(&self) -> Vec<RequestLine> {
        self.with(|rings| rings.requests.iter().cloned().collect())
    }

    pub(crate) fn violations(&self) -> Vec<Violation> {
        self.with(|rings| rings.violations.iter().cloned().collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_the_last_thousand_requests() {
        let log = Log::default();
        for status in 0..1200 {
            let line =
                RequestLine { vendor: None, operation: None, method: "GET".into(), path: "/".into(), status };
            log.record(line, None);
        }
        let statuses: Vec<u16> = log.requests().iter().map(|line| line.status).collect();
        assert_eq!((statuses.len(), statuses[0], statuses[999]), (CAPACITY, 200, 1199));
    }
}
