//! Whether a request that failed may have been applied by the vendor.

use std::fmt;

/// What is known of a failed request's fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// It was not applied: it never left, or the vendor said that it did not look at it (a quota answer).
    NotSent,
    /// It left, and nobody knows whether it was applied.
    MaybeProcessed,
    /// The vendor answered it, so what happened is in the answer.
    Answered,
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSent => "not applied",
            Self::MaybeProcessed => "may have been applied",
            Self::Answered => "answered",
        })
    }
}
