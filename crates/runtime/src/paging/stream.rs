//! The streams: of pages, of records, and of decoded records. Each knows at any time where it stands.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures::stream::{BoxStream, Stream, StreamExt};

use super::checkpoint::Place;
use super::{Checkpoint, CheckpointMismatch, Fetched, Fingerprint, Page, PagingError, Record};
use crate::delivery::Failure;
use crate::rejected::Rejected;

/// What a checkpoint tells of the records handed out last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keep {
    /// How many of them.
    pub(super) marks: usize,
    /// Whether also of those of earlier pages.
    pub(super) across_pages: bool,
}

/// A stream of pages.
///
/// A page without records is passed over unless it is the first. After an error the stream is over, and its
/// [`checkpoint`](Self::checkpoint) is where to go on. Dropping the future of `next` loses nothing.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<R, E> {
    source: BoxStream<'static, Result<Fetched<R>, PagingError<E>>>,
    at: Checkpoint,
    keep: Keep,
    repeats: usize,
    begun: bool,
    total: Option<u64>,
}

impl<R, E> Pages<R, E> {
    pub(super) fn new(
        source: BoxStream<'static, Result<Fetched<R>, PagingError<E>>>,
        at: Checkpoint,
        keep: Keep,
    ) -> Self {
        Self { source, at, keep, repeats: 0, begun: false, total: None }
    }

    /// A stream that ends before it begins.
    pub(super) fn refused(mismatch: CheckpointMismatch, at: Checkpoint) -> Self
    where
        R: Send + 'static,
        E: Send + 'static,
    {
        let error = Err(PagingError::Checkpoint(mismatch));
        let source = futures::stream::iter([error]).boxed();
        Self::new(source, at, Keep { marks: 0, across_pages: false })
    }

    /// How many records the whole list has, by the vendor's last word on it; `None` if it has not said so yet.
    /// Vendors are often wrong about it.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Where the stream stands: after the page that was handed out last.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.at.clone()
    }

    /// How many records at the front of the page handed out last may have been handed out before the stream
    /// was interrupted. Only the first page after an interruption can repeat any.
    #[must_use]
    pub fn repeats(&self) -> usize {
        self.repeats
    }

    /// The records of the pages that were not handed out yet.
    pub fn records(self) -> Records<R, E> {
        Records { pages: self, page: None, repeated: false }
    }

    /// One more record was handed out.
    fn handed_out(&mut self, mark: Option<Fingerprint>) {
        self.at.records += 1;
        self.at.taken += 1;
        if let Some(mark) = mark {
            self.at.marks.push(mark);
            let excess = self.at.marks.len().saturating_sub(self.keep.marks);
            self.at.marks.drain(..excess);
        }
    }

    /// A page was handed out whole.
    fn turned(&mut self, after: Place) {
        self.at.place = after;
        self.at.taken = 0;
        if !self.keep.across_pages {
            self.at.marks.clear();
        }
    }
}

impl<R, E: Failure> Pages<R, E> {
    fn poll_fetched(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Fetched<R>, PagingError<E>>>> {
        Poll::Ready(match ready!(self.source.as_mut().poll_next(context)) {
            Some(Ok(fetched)) => {
                self.total = fetched.total.or(self.total);
                Some(Ok(fetched))
            }
            Some(Err(PagingError::Fetch(source)))
                if matches!(self.at.place, Place::Cursor(_)) && source.cursor_expired() =>
            {
                Some(Err(PagingError::CursorExpired { checkpoint: Box::new(self.checkpoint()), source }))
            }
            other => other,
        })
    }
}

impl<R, E: Failure> Stream for Pages<R, E> {
    type Item = Result<Page<R>, PagingError<E>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            let Some(fetched) = ready!(this.poll_fetched(context)).transpose()? else {
                return Poll::Ready(None);
            };
            this.repeats = fetched.repeats;
            let mut records = Vec::with_capacity(fetched.records.len());
            for (index, (record, mark)) in fetched.records.into_iter().enumerate() {
                if index >= fetched.repeats {
                    this.handed_out(mark);
                }
                records.push(record);
            }
            this.turned(fetched.after);
            if !(records.is_empty() && this.begun) {
                this.begun = true;
                return Poll::Ready(Some(Ok(Page { records, next: fetched.next, total: fetched.total })));
            }
        }
    }
}

impl<R, E> fmt::Debug for Pages<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("at", &self.at).finish_non_exhaustive()
    }
}

/// A stream of records; one that could not be decoded is delivered in its place.
///
/// It holds one page at a time (or as many as were asked to be fetched at once). After an error the stream is
/// over, and its [`checkpoint`](Self::checkpoint) is where to go on. Dropping the future of `next` loses
/// nothing.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Records<R, E> {
    pages: Pages<R, E>,
    page: Option<Turning<R>>,
    repeated: bool,
}

// Records are moved and never pinned.
impl<R, E> Unpin for Records<R, E> {}
impl<R, E> Unpin for Decoded<R, E> {}

/// The page that is being handed out.
struct Turning<R> {
    rest: vec::IntoIter<(Record<R>, Option<Fingerprint>)>,
    after: Place,
    repeats: usize,
}

impl<R, E> Records<R, E> {
    /// Where the stream stands: after the record that was handed out last.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.pages.checkpoint()
    }

    /// How many records the whole list has, by the vendor's word ([`Pages::total`]).
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// Whether the record handed out last may have been handed out before the stream was interrupted. Only
    /// records of the first page after an interruption can be, and only if the page has changed or the
    /// records have no key.
    #[must_use]
    pub fn may_repeat(&self) -> bool {
        self.repeated
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
        Decoded { records: self, on_rejected: Box::new(on_rejected) }
    }

    /// The next record of the page at hand.
    fn take(&mut self) -> Option<Record<R>> {
        let page = self.page.as_mut()?;
        let (record, mark) = page.rest.next()?;
        self.repeated = page.repeats > 0;
        if self.repeated {
            page.repeats -= 1;
        } else {
            self.pages.handed_out(mark);
        }
        self.turn();
        Some(record)
    }

    /// Leaves the page at hand if nothing is left of it.
    fn turn(&mut self) {
        if self.page.as_ref().is_some_and(|page| page.rest.len() == 0)
            && let Some(page) = self.page.take()
        {
            self.pages.turned(page.after);
        }
    }
}

impl<R, E: Failure> Stream for Records<R, E> {
    type Item = Result<Record<R>, PagingError<E>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(record) = this.take() {
                return Poll::Ready(Some(Ok(record)));
            }
            let Some(fetched) = ready!(this.pages.poll_fetched(context)).transpose()? else {
                return Poll::Ready(None);
            };
            this.pages.at.place = fetched.here;
            this.pages.at.taken = fetched.taken;
            let rest = fetched.records.into_iter();
            this.page = Some(Turning { rest, after: fetched.after, repeats: fetched.repeats });
            this.turn();
        }
    }
}

impl<R, E> fmt::Debug for Records<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("at", &self.pages.at).finish_non_exhaustive()
    }
}

/// A stream of the records that could be decoded ([`Records::decoded`]).
#[must_use = "a stream does nothing unless it is polled"]
pub struct Decoded<R, E> {
    records: Records<R, E>,
    on_rejected: Box<dyn FnMut(Rejected) -> Result<(), E> + Send>,
}

impl<R, E> Decoded<R, E> {
    /// Where the stream stands: after the record that was handed out last.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.records.checkpoint()
    }

    /// How many records the whole list has, by the vendor's word ([`Pages::total`]).
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.records.total()
    }

    /// Whether the record handed out last may have been handed out before ([`Records::may_repeat`]).
    #[must_use]
    pub fn may_repeat(&self) -> bool {
        self.records.may_repeat()
    }
}

impl<R, E: Failure> Stream for Decoded<R, E> {
    type Item = Result<R, PagingError<E>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            match ready!(Pin::new(&mut this.records).poll_next(context)).transpose()? {
                None => return Poll::Ready(None),
                Some(Ok(record)) => return Poll::Ready(Some(Ok(record))),
                Some(Err(rejected)) => {
                    (this.on_rejected)(rejected).map_err(PagingError::Fetch)?;
                }
            }
        }
    }
}

impl<R, E> fmt::Debug for Decoded<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").field("at", &self.records.pages.at).finish_non_exhaustive()
    }
}
