//! A record that could not be decoded, delivered in its place so that it does not cost the page, and a member
//! around the records that was left out for the same reason.

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
    /// What was expected and where: a JSON pointer of members within the record; no data.
    pub reason: String,
    /// The record as the vendor sent it; its text, if that is not JSON (`NaN`, half a surrogate, nested
    /// deeper than is read).
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

/// A member of a page, not of a record in it, that could not be decoded and was left out.
///
/// Neither its `Debug` nor its `Display` prints the value; [`raw`](Self::raw) has it.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("the member {at} was left out: {reason}")]
#[non_exhaustive]
pub struct OddMember {
    /// Where it stood, as a JSON pointer.
    pub at: String,
    /// What was expected; no data.
    pub reason: String,
    /// The value as the vendor sent it.
    pub raw: Value,
}

impl OddMember {
    pub(crate) fn new(at: String, reason: String, raw: Value) -> Self {
        Self { at, reason, raw }
    }
}

impl fmt::Debug for OddMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OddMember")
            .field("at", &self.at)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What was odd about a body that was decoded all the same.
#[derive(Clone, Default)]
pub(crate) struct Oddities {
    /// The records that could not be decoded.
    pub(crate) rejected: Vec<Rejected>,
    /// The members around them that could not be decoded.
    pub(crate) members: Vec<OddMember>,
    /// Whether an object named a member twice that the document names; the last one was taken.
    pub(crate) repeated: bool,
}
