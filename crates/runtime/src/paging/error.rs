//! Why a stream of pages ended before the list did.

use super::{Checkpoint, CheckpointMismatch};
use crate::delivery::{Delivery, Failure};
use crate::{Error, Kind};

/// Why a stream of pages ended before the list did. The stream's checkpoint stays good after any of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PagingError<E> {
    /// A page could not be fetched.
    #[error(transparent)]
    Fetch(E),
    /// The stream was to go on where one of another query stood. Nothing was sent.
    #[error(transparent)]
    Checkpoint(CheckpointMismatch),
    /// The vendor named a cursor that it had named before, so that the list would never end.
    #[error("the vendor's cursors go round in a circle; stopped after {pages} pages")]
    CursorLoop {
        /// How many pages were read.
        pages: u64,
    },
    /// The vendor sent the same page for different offsets, so that the list would never end.
    #[error("the vendor sends the same page again at offset {offset}; stopped there")]
    RepeatedPage {
        /// The offset that was asked for.
        offset: u64,
    },
    /// The vendor sent page after page without a new record.
    #[error("{pages} pages in a row without a new record; stopped there")]
    TooManyEmptyPages {
        /// How many in a row.
        pages: u32,
    },
    /// Records moved farther while paging than the overlap of the pages can make up for.
    #[error("records moved by more than the pages overlap near offset {offset}; read the list anew")]
    Moved {
        /// The offset that was asked for.
        offset: u64,
    },
    /// The vendor no longer knows the cursor. Going on means to start anew ([`Checkpoint::restart`]).
    #[error("the vendor no longer knows the cursor after {} records; start the list anew", .checkpoint.records())]
    CursorExpired {
        /// Where the stream stood.
        checkpoint: Box<Checkpoint>,
        /// What the vendor answered.
        source: E,
    },
}

impl<E: Failure> Failure for PagingError<E> {
    fn delivery(&self) -> Delivery {
        match self {
            Self::Fetch(error) | Self::CursorExpired { source: error, .. } => error.delivery(),
            Self::Checkpoint(_) => Delivery::NotSent,
            _ => Delivery::Answered,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_retryable(),
            _ => false,
        }
    }

    fn rejects_whole(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.rejects_whole())
    }

    fn is_refusal(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.is_refusal())
    }

    fn cursor_expired(&self) -> bool {
        matches!(self, Self::CursorExpired { .. })
    }
}

impl From<PagingError<Error>> for Error {
    /// What a page could not be fetched for is the error itself; the rest is [`Kind::Paging`], or
    /// [`Kind::Invalid`] for a checkpoint of another query.
    fn from(error: PagingError<Error>) -> Self {
        match error {
            PagingError::Fetch(error) => error,
            PagingError::Checkpoint(mismatch) => {
                Self::new(Kind::Invalid, mismatch.operation, CheckpointMismatch::DETAIL)
            }
            other => {
                let operation = match &other {
                    PagingError::CursorExpired { source, .. } => source.operation(),
                    _ => None,
                };
                let error = Self::new(Kind::Paging, operation, other.to_string());
                error.delivered(Delivery::Answered).caused_by(other)
            }
        }
    }
}
