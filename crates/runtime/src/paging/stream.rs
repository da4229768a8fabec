//! The streams: of pages, of records, and of decoded records. Each knows at any time where it stands.
//!
//! What they do stands behind `dyn` ([`super::reading`]): a program that reads ten lists would otherwise compile it
//! ten times.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::Stream;

use super::reading::{PageReading, Reading, RecordReading};
use super::{Checkpoint, Page, PagingError, Record};
use crate::rejected::Rejected;

/// A stream of pages.
///
/// A page without records is passed over unless it is the first. After an error the stream is over, and its
/// [`checkpoint`](Self::checkpoint) is where to go on. Dropping the future of `next` loses nothing.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<R, E>(pub(super) Box<dyn PageReading<R, E>>);

impl<R, E> Pages<R, E> {
    /// How many records the whole list has, by the vendor's last word on it; `None` if it has not said so yet.
    /// Vendors are often wrong about it.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.0.progress().total
    }

    /// Where the stream stands: after the page that was handed out last.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.0.progress().checkpoint()
    }

    /// How many records at the front of the page handed out last may have been handed out before the stream
    /// was interrupted. Only the first page after an interruption can repeat any.
    #[must_use]
    pub fn repeats(&self) -> usize {
        self.0.progress().repeats
    }

    /// The records of the pages that were not handed out yet.
    pub fn records(self) -> Records<R, E> {
        Records(self.0.records())
    }
}

impl<R, E> Stream for Pages<R, E> {
    type Item = Result<Page<R>, PagingError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(context)
    }
}

impl<R, E> fmt::Debug for Pages<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("at", &self.0.progress().at).finish_non_exhaustive()
    }
}

/// A stream of records; one that could not be decoded is delivered in its place.
///
/// It holds one page at a time (or as many as were asked to be fetched at once). After an error the stream is
/// over, and its [`checkpoint`](Self::checkpoint) is where to go on. Dropping the future of `next` loses
/// nothing.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Records<R, E>(pub(super) Box<dyn RecordReading<R, E>>);

impl<R, E> Records<R, E> {
    /// Where the stream stands: after the record that was handed out last.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.0.progress().checkpoint()
    }

    /// How many records the whole list has, by the vendor's word ([`Pages::total`]).
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.0.progress().total
    }

    /// Whether the record handed out last may have been handed out before the stream was interrupted. Only
    /// records of the first page after an interruption can be, and only if the page has changed or the
    /// records have no key.
    #[must_use]
    pub fn may_repeat(&self) -> bool {
        self.0.progress().repeated
    }

    /// The records that could be decoded; what becomes of the others is said by `on_rejected`: `Ok` passes it
    /// over, `Err` puts an error in its place, after which the stream goes on.
    ///
    /// ```
    /// # use futures::{TryStreamExt, executor::block_on};
    /// # use revops_runtime::paging::{Fingerprint, Page, PagingError, cursor_pages};
    /// # use revops_runtime::rejected::Rejected;
    /// # use revops_runtime::delivery::{Delivery, Failure};
    /// # #[derive(Debug, thiserror::Error)] #[error("no answer")] struct NoAnswer;
    /// # impl Failure for NoAnswer {
    /// #     fn delivery(&self) -> Delivery { Delivery::NotSent }
    /// #     fn is_retryable(&self) -> bool { true }
    /// # }
    /// let odd = Rejected::new(1, "expected a number", serde_json::json!("?"));
    /// let pages = cursor_pages(Fingerprint::of("list", &()), move |_| {
    ///     let page = Page::new(vec![Ok(1), Err(odd.clone()), Ok(3)]);
    ///     async move { Ok::<_, NoAnswer>(page) }
    /// });
    /// let numbers = pages.records().decoded(|rejected| {
    ///     eprintln!("{rejected}");
    ///     Ok(())
    /// });
    /// assert_eq!(block_on(numbers.try_collect::<Vec<i32>>())?, [1, 3]);
    /// # Ok::<(), PagingError<NoAnswer>>(())
    /// ```
    pub fn decoded(
        self,
        on_rejected: impl FnMut(Rejected) -> Result<(), E> + Send + 'static,
    ) -> Decoded<R, E> {
        Decoded(self.0.decoded(Box::new(on_rejected)))
    }
}

impl<R, E> Stream for Records<R, E> {
    type Item = Result<Record<R>, PagingError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(context)
    }
}

impl<R, E> fmt::Debug for Records<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("at", &self.0.progress().at).finish_non_exhaustive()
    }
}

/// A stream of the records that could be decoded ([`Records::decoded`]).
#[must_use = "a stream does nothing unless it is polled"]
pub struct Decoded<R, E>(pub(super) Box<dyn Reading<Result<R, PagingError<E>>>>);

impl<R, E> Decoded<R, E> {
    /// Where the stream stands: after the record that was handed out last.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.0.progress().checkpoint()
    }

    /// How many records the whole list has, by the vendor's word ([`Pages::total`]).
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.0.progress().total
    }

    /// Whether the record handed out last may have been handed out before ([`Records::may_repeat`]).
    #[must_use]
    pub fn may_repeat(&self) -> bool {
        self.0.progress().repeated
    }
}

impl<R, E> Stream for Decoded<R, E> {
    type Item = Result<R, PagingError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(context)
    }
}

impl<R, E> fmt::Debug for Decoded<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").field("at", &self.0.progress().at).finish_non_exhaustive()
    }
}
