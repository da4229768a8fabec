//! What is known of a request that failed: whether it can have been processed, and whether to send it again.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether a request that failed can have been processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It cannot have been processed: nothing of it left, or the vendor never took it.
    NotSent,
    /// It may or may not have been processed; nobody here can know.
    MaybeProcessed,
    /// The vendor answered; the answer tells.
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

/// What paging, batches and jobs must know of an error to go on after it.
///
/// ```
/// use revops_runtime::delivery::{Delivery, Failure};
///
/// struct Status(u16);
///
/// impl Failure for Status {
///     fn delivery(&self) -> Delivery {
///         if matches!(self.0, 502 | 504) { Delivery::MaybeProcessed } else { Delivery::Answered }
///     }
///     fn is_retryable(&self) -> bool {
///         matches!(self.0, 429 | 502 | 503 | 504)
///     }
///     fn rejects_whole(&self) -> bool {
///         matches!(self.0, 400 | 413 | 422)
///     }
///     fn is_refusal(&self) -> bool {
///         (400..500).contains(&self.0) && !self.is_turned_away()
///     }
///     fn is_turned_away(&self) -> bool {
///         matches!(self.0, 401 | 403 | 407)
///     }
///     fn cursor_expired(&self) -> bool {
///         self.0 == 410
///     }
/// }
///
/// assert!(Status(413).rejects_whole());
/// assert_eq!(Status(504).delivery(), Delivery::MaybeProcessed);
/// ```
pub trait Failure {
    /// Whether the request can have been processed.
    fn delivery(&self) -> Delivery;

    /// Whether sending it again may succeed, as far as the failure itself tells.
    fn is_retryable(&self) -> bool;

    /// The request was refused as a whole and nothing of it was done, because of something in it (400, 413,
    /// 422): of many items in it, one may have been the reason.
    fn rejects_whole(&self) -> bool {
        false
    }

    /// The vendor answered that it did not do what was asked, because of what was asked: the same is refused
    /// again. An answer that could not be read is not a refusal.
    fn is_refusal(&self) -> bool {
        self.rejects_whole()
    }

    /// The vendor answered that it did nothing, for a reason that is not in what was asked, such as a credential
    /// that is no longer valid: the same may be taken when that is mended.
    fn is_turned_away(&self) -> bool {
        false
    }

    /// The state of things forbids it, as a duplicate does: an earlier attempt may have brought that about.
    fn is_conflict(&self) -> bool {
        false
    }

    /// Whether an attempt before the one that was answered may have been applied, where one call makes several.
    fn is_doubted(&self) -> bool {
        false
    }

    /// The vendor no longer knows the cursor it was sent.
    fn cursor_expired(&self) -> bool {
        false
    }

    /// The error of the call, if that is what it is, for whoever reports of it and lets its body be looked at.
    fn into_error(self) -> Option<crate::Error>
    where
        Self: Sized,
    {
        None
    }
}
