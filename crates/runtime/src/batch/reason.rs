//! Why an item was not done, in one line, and the error it comes from.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Error;

/// Why an item was not done: a text of one line, and behind it the error of the call, if a call failed.
///
/// It reads as a text and serialises as one; two are the same if their texts are. The [`error`](Self::error) is
/// there in this process only. It has what the vendor answered, on request and nowhere else, as that may hold
/// personal data.
///
/// ```
/// use revops_runtime::batch::Reason;
///
/// let reason = Reason::from("it has no key");
/// assert_eq!((reason.as_str(), reason.len()), ("it has no key", 13));
/// assert!(reason.error().is_none()); // it was refused before anything was sent
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Reason {
    text: String,
    error: Option<Arc<Error>>,
}

impl Reason {
    pub(super) fn new(text: String, error: Option<Arc<Error>>) -> Self {
        Self { text, error }
    }

    /// The same error, with more to say of this item.
    pub(super) fn and(mut self, more: &str) -> Self {
        self.text.push_str("; ");
        self.text.push_str(more);
        self
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The error of the call the item went with, which the items of one call share: its status, headers and
    /// body, where the vendor answered. `None` if no call failed, as when the item was refused before it was sent
    /// or the vendor's answer spoke of this item by itself; and after the reason was read back from a file.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_deref()
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self::new(text, None)
    }
}

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned(), None)
    }
}

impl From<Reason> for String {
    /// The text alone.
    fn from(reason: Reason) -> Self {
        reason.text
    }
}

impl Deref for Reason {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Reason {}

impl PartialEq<str> for Reason {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Reason {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Reason {
    /// The text, as that of a string.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
