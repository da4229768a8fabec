//! A record that could not be decoded, in place of the value it should have been.

use std::fmt;

use serde_json::Value;

/// One odd record of a list whose other records are fine.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Rejected {
    /// Its place in the page, from 0.
    pub index: usize,
    /// What was expected; it holds nothing of the record.
    pub reason: String,
    /// The record as it came, which may hold personal data. `Debug` leaves it out.
    pub raw: Value,
}

impl Rejected {
    /// The record at `index`, which is not what was expected.
    #[must_use]
    pub fn new(index: usize, reason: impl Into<String>, raw: Value) -> Self {
        Self { index, reason: reason.into(), raw }
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("index", &self.index)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} was rejected: {}", self.index, self.reason)
    }
}
