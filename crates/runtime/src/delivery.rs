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

/// Why a vendor did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Because of what was asked: the same is refused again.
    Content,
    /// Because of how things stand, as with a duplicate: an earlier attempt of the same may have brought it about.
    Conflict,
    /// For a reason outside of it, such as a credential that is no longer valid: the same may be taken when that is
    /// mended.
    TurnedAway,
}

/// What paging, batches and jobs must know of an error to go on after it.
///
/// ```
/// use revops_runtime::delivery::{Delivery, Failure, Refusal};
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
///     fn refusal(&self) -> Option<Refusal> {
///         match self.0 {
///             401 | 403 => Some(Refusal::TurnedAway),
///             409 => Some(Refusal::Conflict),
///             400..500 => Some(Refusal::Content),
///             _ => None,
///         }
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

    /// Why the vendor did not do what was asked, if it answered so. An answer that could not be read is no
    /// refusal.
    fn refusal(&self) -> Option<Refusal> {
        self.rejects_whole().then_some(Refusal::Content)
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
