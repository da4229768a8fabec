//! How a list is read: what was fetched becomes pages and records, and where the reader stands is kept.

use std::task::{Context, Poll, ready};
use std::vec;

use futures::stream::{BoxStream, StreamExt};

use super::checkpoint::Place;
use super::{Checkpoint, CheckpointMismatch, Fetched, Fingerprint, Page, Pages, PagingError, Record};
use crate::delivery::Failure;
use crate::rejected::Rejected;

/// A list that is being read, page by page or record by record.
pub(super) trait Reading<T>: Send {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>>;
    fn progress(&self) -> &Progress;
}

/// A list that is being read page by page.
pub(super) trait PageReading<R, E>: Reading<Result<Page<R>, PagingError<E>>> {
    fn records(self: Box<Self>) -> Box<dyn RecordReading<R, E>>;
}

/// A list that is being read record by record.
pub(super) trait RecordReading<R, E>: Reading<Result<Record<R>, PagingError<E>>> {
    fn decoded(self: Box<Self>, on_rejected: OnRejected<E>) -> Box<dyn Reading<Result<R, PagingError<E>>>>;
}

type OnRejected<E> = Box<dyn FnMut(Rejected) -> Result<(), E> + Send>;
type Source<R, E> = BoxStream<'static, Result<Fetched<R>, PagingError<E>>>;

/// What a checkpoint tells of the records handed out last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keep {
    /// How many of them.
    pub(super) marks: usize,
    /// Whether also of those of earlier pages.
    pub(super) across_pages: bool,
}

/// Where a reader stands.
pub(super) struct Progress {
    pub(super) at: Checkpoint,
    keep: Keep,
    /// How many records the whole list has, by the vendor's last word on it.
    pub(super) total: Option<u64>,
    /// How many records of the page handed out last may be repeated.
    pub(super) repeats: usize,
    /// Whether the record handed out last may be.
    pub(super) repeated: bool,
}

impl Progress {
    pub(super) fn checkpoint(&self) -> Checkpoint {
        self.at.clone()
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

impl<R: Send + 'static, E: Failure + Send + 'static> Pages<R, E> {
    pub(super) fn new(source: Source<R, E>, at: Checkpoint, keep: Keep) -> Self {
        let progress = Progress { at, keep, total: None, repeats: 0, repeated: false };
        Self(Box::new(ByPage { source, progress, begun: false }))
    }

    /// A stream that ends before it begins.
    pub(super) fn refused(mismatch: CheckpointMismatch, at: Checkpoint) -> Self {
        let error = Err(PagingError::Checkpoint(mismatch));
        let source = futures::stream::iter([error]).boxed();
        Self::new(source, at, Keep { marks: 0, across_pages: false })
    }
}

struct ByPage<R, E> {
    source: Source<R, E>,
    progress: Progress,
    begun: bool,
}

impl<R, E: Failure> ByPage<R, E> {
    fn poll_fetched(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Fetched<R>, PagingError<E>>>> {
        let progress = &mut self.progress;
        Poll::Ready(match ready!(self.source.as_mut().poll_next(context)) {
            Some(Ok(fetched)) => {
                progress.total = fetched.total.or(progress.total);
                Some(Ok(fetched))
            }
            Some(Err(PagingError::Fetch(source)))
                if matches!(progress.at.place, Place::Cursor(_)) && source.cursor_expired() =>
            {
                Some(Err(PagingError::CursorExpired { checkpoint: Box::new(progress.checkpoint()), source }))
            }
            other => other,
        })
    }
}

impl<R: Send, E: Failure + Send> Reading<Result<Page<R>, PagingError<E>>> for ByPage<R, E> {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<R>, PagingError<E>>>> {
        loop {
            let Some(fetched) = ready!(self.poll_fetched(context)).transpose()? else {
                return Poll::Ready(None);
            };
            self.progress.repeats = fetched.repeats;
            let mut records = Vec::with_capacity(fetched.records.len());
            for (index, (record, mark)) in fetched.records.into_iter().enumerate() {
                if index >= fetched.repeats {
                    self.progress.handed_out(mark);
                }
                records.push(record);
            }
            self.progress.turned(fetched.after);
            if !(records.is_empty() && self.begun) {
                self.begun = true;
                return Poll::Ready(Some(Ok(Page { records, next: fetched.next, total: fetched.total })));
            }
        }
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }
}

impl<R: Send + 'static, E: Failure + Send + 'static> PageReading<R, E> for ByPage<R, E> {
    fn records(self: Box<Self>) -> Box<dyn RecordReading<R, E>> {
        Box::new(ByRecord { pages: *self, page: None })
    }
}

struct ByRecord<R, E> {
    pages: ByPage<R, E>,
    page: Option<Turning<R>>,
}

/// The page that is being handed out.
struct Turning<R> {
    rest: vec::IntoIter<(Record<R>, Option<Fingerprint>)>,
    after: Place,
    repeats: usize,
}

impl<R, E> ByRecord<R, E> {
    /// The next record of the page at hand.
    fn take(&mut self) -> Option<Record<R>> {
        let page = self.page.as_mut()?;
        let (record, mark) = page.rest.next()?;
        let progress = &mut self.pages.progress;
        progress.repeated = page.repeats > 0;
        if progress.repeated {
            page.repeats -= 1;
        } else {
            progress.handed_out(mark);
        }
        self.turn();
        Some(record)
    }

    /// Leaves the page at hand if nothing is left of it.
    fn turn(&mut self) {
        if self.page.as_ref().is_some_and(|page| page.rest.len() == 0)
            && let Some(page) = self.page.take()
        {
            self.pages.progress.turned(page.after);
        }
    }
}

impl<R: Send, E: Failure + Send> Reading<Result<Record<R>, PagingError<E>>> for ByRecord<R, E> {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Record<R>, PagingError<E>>>> {
        loop {
            if let Some(record) = self.take() {
                return Poll::Ready(Some(Ok(record)));
            }
            let Some(fetched) = ready!(self.pages.poll_fetched(context)).transpose()? else {
                return Poll::Ready(None);
            };
            self.pages.progress.at.place = fetched.here;
            self.pages.progress.at.taken = fetched.taken;
            let rest = fetched.records.into_iter();
            self.page = Some(Turning { rest, after: fetched.after, repeats: fetched.repeats });
            self.turn();
        }
    }

    fn progress(&self) -> &Progress {
        &self.pages.progress
    }
}

impl<R: Send + 'static, E: Failure + Send + 'static> RecordReading<R, E> for ByRecord<R, E> {
    fn decoded(self: Box<Self>, on_rejected: OnRejected<E>) -> Box<dyn Reading<Result<R, PagingError<E>>>> {
        Box::new(ByDecoded { records: *self, on_rejected })
    }
}

struct ByDecoded<R, E> {
    records: ByRecord<R, E>,
    on_rejected: OnRejected<E>,
}

impl<R: Send, E: Failure + Send> Reading<Result<R, PagingError<E>>> for ByDecoded<R, E> {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R, PagingError<E>>>> {
        loop {
            match ready!(self.records.poll_next(context)).transpose()? {
                None => return Poll::Ready(None),
                Some(Ok(record)) => return Poll::Ready(Some(Ok(record))),
                Some(Err(rejected)) => {
                    (self.on_rejected)(rejected).map_err(PagingError::Fetch)?;
                }
            }
        }
    }

    fn progress(&self) -> &Progress {
        self.records.progress()
    }
}
