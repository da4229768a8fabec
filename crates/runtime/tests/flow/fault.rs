//! What the tests of paging, batches and jobs share: an error that says what a test wants it to say.

use revops_runtime::delivery::{Delivery, Failure, Refusal};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("not sent")]
    NotSent,
    #[error("maybe processed")]
    MaybeProcessed,
    #[error("over the quota")]
    Quota,
    #[error("refused as a whole")]
    Whole,
    #[error("no permission")]
    Permission,
    #[error("no permission any more")]
    DoubtedPermission,
    #[error("a job is in progress")]
    Busy,
    #[error("an answer that cannot be read")]
    Unreadable,
    #[error("the cursor has expired")]
    Expired,
}

impl Failure for Fault {
    fn delivery(&self) -> Delivery {
        match self {
            Self::NotSent => Delivery::NotSent,
            Self::MaybeProcessed => Delivery::MaybeProcessed,
            _ => Delivery::Answered,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::NotSent | Self::MaybeProcessed | Self::Quota)
    }

    fn rejects_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }

    fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Whole | Self::Busy | Self::Expired => Some(Refusal::Content),
            Self::Permission | Self::DoubtedPermission => Some(Refusal::TurnedAway),
            _ => None,
        }
    }

    fn is_doubted(&self) -> bool {
        matches!(self, Self::DoubtedPermission)
    }

    fn cursor_expired(&self) -> bool {
        matches!(self, Self::Expired)
    }
}
