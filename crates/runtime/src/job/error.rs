//! Why waiting ended before the job did, or before one's turn came.

use std::fmt;
use std::time::Duration;

use super::Progress;
use crate::delivery::{Delivery, Failure, Refusal};

/// Why waiting for a job ended without success. The job goes on at the vendor's in every case but `Failed`.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum WaitError<E, J> {
    /// The job has ended badly; this is all the vendor said of it.
    #[error("the job failed")]
    Failed(J),
    /// The job has not ended in time.
    #[error("the job has not ended after {} s{}; wait for it again later", .waited.as_secs(), so_far(.last.as_ref()))]
    Deadline {
        /// How long it was waited for.
        waited: Duration,
        /// How far it was, if the vendor ever told.
        last: Option<Progress>,
    },
    /// The vendor could not be asked after it, too often in a row or for a reason that will not pass.
    #[error("the job could not be asked after, {failures} times in a row: {source}")]
    Poll {
        /// How often in a row.
        failures: u32,
        /// The last failure.
        source: E,
    },
}

fn so_far(progress: Option<&Progress>) -> String {
    progress.map(|progress| format!(" ({progress})")).unwrap_or_default()
}

impl<E: fmt::Debug, J> fmt::Debug for WaitError<E, J> {
    /// Without the job, which may name a person's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_) => f.debug_struct("Failed").finish_non_exhaustive(),
            Self::Deadline { waited, last } => {
                f.debug_struct("Deadline").field("waited", waited).field("last", last).finish()
            }
            Self::Poll { failures, source } => {
                f.debug_struct("Poll").field("failures", failures).field("source", source).finish()
            }
        }
    }
}

/// Why one's turn did not come.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TurnError<E> {
    /// The attempt failed for another reason than that the vendor was busy.
    #[error(transparent)]
    Failed(E),
    /// The vendor was busy all the time.
    #[error("still busy after {} s: {source}", .waited.as_secs())]
    Deadline {
        /// How long it was waited for.
        waited: Duration,
        /// What the vendor said last.
        source: E,
    },
}

impl<E: Failure> Failure for TurnError<E> {
    fn delivery(&self) -> Delivery {
        match self {
            Self::Failed(error) | Self::Deadline { source: error, .. } => error.delivery(),
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Failed(error) if error.is_retryable())
    }

    fn rejects_whole(&self) -> bool {
        matches!(self, Self::Failed(error) if error.rejects_whole())
    }

    fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Failed(error) | Self::Deadline { source: error, .. } => error.refusal(),
        }
    }

    fn is_doubted(&self) -> bool {
        match self {
            Self::Failed(error) | Self::Deadline { source: error, .. } => error.is_doubted(),
        }
    }
}
