//! Why a stream of pages ended before the list did.

use std::error::Error as StdError;
use std::fmt;

use super::{Checkpoint, CheckpointMismatch};
use crate::delivery::{Delivery, Failure, Refusal};
use crate::{Error, Kind};

/// Why a stream of pages ended before the list did. The stream's checkpoint stays good after any of them.
#[derive(Debug)]
#[non_exhaustive]
pub enum PagingError<E> {
    /// A page could not be fetched.
    Fetch(E),
    /// The stream was to go on where one of another query stood. Nothing was sent.
    Checkpoint(CheckpointMismatch),
    /// The vendor named a cursor that it had named before, so that the list would never end.
    CursorLoop {
        /// How many pages were read.
        pages: u64,
    },
    /// The vendor sent the same page for different offsets, so that the list would never end.
    RepeatedPage {
        /// The offset that was asked for.
        offset: u64,
    },
    /// The vendor sent page after page without a new record.
    TooManyEmptyPages {
        /// How many in a row.
        pages: u32,
    },
    /// Records moved farther while paging than the overlap of the pages can make up for.
    Moved {
        /// The offset that was asked for.
        offset: u64,
    },
    /// The vendor no longer knows the cursor. Going on means to start anew ([`Checkpoint::restart`]).
    CursorExpired {
        /// Where the stream stood.
        checkpoint: Box<Checkpoint>,
        /// What the vendor answered.
        source: E,
    },
}

// Both by hand: a program compiles anew what is generic, and its formatting above all.
impl<E: fmt::Display> fmt::Display for PagingError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, number, after) = match self {
            Self::Fetch(error) => return error.fmt(f),
            Self::Checkpoint(mismatch) => return mismatch.fmt(f),
            Self::CursorLoop { pages } => {
                ("the vendor's cursors go round in a circle; stopped after ", *pages, " pages")
            }
            Self::RepeatedPage { offset } => {
                ("the vendor sends the same page again at offset ", *offset, "; stopped there")
            }
            Self::TooManyEmptyPages { pages } => {
                ("", u64::from(*pages), " pages in a row without a new record; stopped there")
            }
            Self::Moved { offset } => {
                ("records moved by more than the pages overlap near offset ", *offset, "; read the list anew")
            }
            Self::CursorExpired { checkpoint, .. } => (
                "the vendor no longer knows the cursor after ",
                checkpoint.records(),
                " records; start the list anew",
            ),
        };
        tell(f, before, number, after)
    }
}

fn tell(f: &mut fmt::Formatter<'_>, before: &str, number: u64, after: &str) -> fmt::Result {
    write!(f, "{before}{number}{after}")
}

impl<E: StdError + 'static> StdError for PagingError<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Fetch(error) => error.source(),
            Self::CursorExpired { source, .. } => Some(source),
            _ => None,
        }
    }
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

    fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Fetch(error) => error.refusal(),
            _ => None,
        }
    }

    fn is_doubted(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.is_doubted())
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
