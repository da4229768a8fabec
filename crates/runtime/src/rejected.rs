//! A record that could not be decoded, delivered in its place so that it does not cost the page.

use std::fmt;

use serde_json::Value;

/// A record that could not be decoded.
///
/// Neither its `Debug` nor its `Display` prints the record, which may hold personal data; [`raw`](Self::raw)
/// has it.
///
/// ```
/// use revops_runtime::rejected::Rejected;
///
/// let rejected = Rejected::new(17, "expected a string at /email", serde_json::json!({"email": 4, "name": "Jane"}));
/// assert_eq!(rejected.to_string(), "record 17 could not be decoded: expected a string at /email");
/// assert!(!format!("{rejected:?}").contains("Jane"));
/// ```
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("record {index} could not be decoded: {reason}")]
#[non_exhaustive]
pub struct Rejected {
    /// Its place in the page, from 0.
    pub index: usize,
    /// What was expected and where; no data.
    pub reason: String,
    /// The record as the vendor sent it.
    pub raw: Value,
}

impl Rejected {
    /// The record at `index` of its page, and why it could not be decoded.
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
