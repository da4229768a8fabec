//! Paging by counting: each page is asked for by the offset of its first record.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::FuturesOrdered;
use futures::{FutureExt, StreamExt, stream};

use super::checkpoint::Place;
use super::guard::{EmptyGuard, LoopGuard};
use super::overlap::Overlap;
use super::reading::Keep;
use super::reentry::{self, MARKS, MAX_MARKS};
use super::{
    Checkpoint, CheckpointMismatch, Fetched, Fingerprint, Key, Page, Pages, PagingError, Records, marks,
};
use crate::Operation;
use crate::delivery::Failure;

type Fetch<R, E> = Box<dyn FnMut(u64, u64) -> BoxFuture<'static, Result<Page<R>, E>> + Send>;
type Answer<R, E> = (u64, Result<Page<R>, E>);

/// A list whose pages are asked for by offset, from 0, and by how many records are wanted at most, fetched by
/// `fetch(offset, limit)`. `query` is the fingerprint of what is asked for, without the offset.
///
/// The next page begins after what came back, as servers may send fewer records than asked for. The list ends
/// with an empty page.
///
/// ```
/// # use futures::{TryStreamExt, executor::block_on};
/// # use revops_runtime::paging::{Fingerprint, Page, PagingError, offset_pages};
/// # use revops_runtime::delivery::{Delivery, Failure};
/// # use std::num::NonZeroU64;
/// # #[derive(Debug, thiserror::Error)] #[error("no answer")] struct NoAnswer;
/// # impl Failure for NoAnswer {
/// #     fn delivery(&self) -> Delivery { Delivery::NotSent }
/// #     fn is_retryable(&self) -> bool { true }
/// # }
/// // A "server" of 250 records.
/// let fetch = |offset: u64, limit: u64| async move {
///     Ok::<_, NoAnswer>(Page::of((offset..250).take(limit as usize)).total(250))
/// };
/// let records = offset_pages(Fingerprint::of("search", &()), NonZeroU64::new(100).unwrap(), fetch)
///     .key(|number| Some(number.to_string()))
///     .concurrency(3)
///     .overlap(5)
///     .records();
/// assert_eq!(block_on(records.try_collect::<Vec<_>>())?.len(), 250);
/// # Ok::<(), PagingError<NoAnswer>>(())
/// ```
pub fn offset_pages<R, E, F, Fut>(
    query: Fingerprint,
    page_size: NonZeroU64,
    mut fetch: F,
) -> OffsetPaging<R, E>
where
    F: FnMut(u64, u64) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Page<R>, E>> + Send + 'static,
{
    OffsetPaging {
        query,
        page_size: page_size.get(),
        fetch: Box::new(move |offset, limit| fetch(offset, limit).boxed()),
        at: Checkpoint::start(query),
        key: None,
        short_page_ends: false,
        overlap: 0,
        concurrency: 1,
        max_empty_pages: 10,
        mismatch: None,
        operation: None,
    }
}

/// A list that is paged by offset and not read yet. It becomes [`pages`](Self::pages) or
/// [`records`](Self::records).
#[must_use]
pub struct OffsetPaging<R, E> {
    query: Fingerprint,
    page_size: u64,
    fetch: Fetch<R, E>,
    at: Checkpoint,
    key: Option<Key<R>>,
    short_page_ends: bool,
    overlap: u64,
    concurrency: usize,
    max_empty_pages: u32,
    mismatch: Option<CheckpointMismatch>,
    operation: Option<&'static Operation>,
}

impl<R: Send + 'static, E: Failure + Send + 'static> OffsetPaging<R, E> {
    /// What tells one record from another, such as its id. With it, the records of an interrupted page that
    /// were handed out are left out when the page is fetched again; without it they are repeated.
    pub fn key(mut self, key: impl Fn(&R) -> Option<String> + Send + Sync + 'static) -> Self {
        self.key = Some(Arc::new(key));
        self
    }

    /// Whether a page with fewer records than asked for is the last, which saves a call. Only for vendors
    /// known to fill their pages.
    pub fn short_page_ends(mut self, ends: bool) -> Self {
        self.short_page_ends = ends;
        self
    }

    /// Lets each page begin `records` before the end of the one before it, and leaves out what was handed out.
    ///
    /// Records that are deleted while a list is read move later ones forward, past the page to come. With an
    /// overlap that is seen, as the page then does not begin with a record that is known, and pages are
    /// fetched from farther back until one does. Nothing is lost as long as the vendor keeps the order of the
    /// records that stay and at least one of those known remains; if none is found, the stream ends with
    /// [`PagingError::Moved`]. It takes a [`key`](Self::key), without which it does nothing, and a page size
    /// of at least two.
    pub fn overlap(mut self, records: u64) -> Self {
        self.overlap = records;
        self
    }

    /// How many pages may be fetched at once, once the vendor has told how many records there are. That many
    /// pages are held in memory. The order is kept.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.max(1);
        self
    }

    /// How many pages in a row may bring nothing but records that are known; 10 unless told.
    pub fn max_empty_pages(mut self, pages: u32) -> Self {
        self.max_empty_pages = pages;
        self
    }

    /// The operation the pages are fetched by, to be named where a checkpoint does not fit.
    pub fn operation(mut self, operation: &'static Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Goes on where a stream of the same query stood.
    ///
    /// # Errors
    /// The checkpoint was made by another query.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Result<Self, CheckpointMismatch> {
        self.at = checkpoint.of(self.query, false)?;
        Ok(self)
    }

    /// Goes on where a stream stood, if one is given. A checkpoint of another query is the stream's first
    /// and only item, [`PagingError::Checkpoint`]; nothing is sent.
    pub fn at(mut self, checkpoint: Option<Checkpoint>) -> Self {
        if let Some(checkpoint) = checkpoint {
            match checkpoint.of(self.query, false) {
                Ok(at) => self.at = at,
                Err(mismatch) => self.mismatch = Some(mismatch),
            }
        }
        self
    }

    /// The pages, one after the other.
    pub fn pages(self) -> Pages<R, E> {
        if let Some(mismatch) = self.mismatch {
            let operation = mismatch.operation.or(self.operation);
            return Pages::refused(CheckpointMismatch { operation }, self.at);
        }
        let at = &self.at;
        let overlap = if self.key.is_some() { self.overlap.min(self.page_size.saturating_sub(1)) } else { 0 };
        let overlap = (overlap > 0).then(|| Overlap::new(overlap, self.page_size, at));
        let next = match at.place {
            Place::End => None,
            Place::Offset(offset) => Some(offset),
            Place::Start | Place::Cursor(_) => Some(0),
        };
        let interrupted = at.taken > 0 || (overlap.is_some() && !at.marks.is_empty());
        let across_pages = overlap.is_some();
        let walk = Walk {
            fetch: self.fetch,
            page_size: self.page_size,
            key: self.key,
            short_page_ends: self.short_page_ends,
            again: interrupted.then(|| (at.taken, at.marks.clone())),
            unverified: overlap.is_some() && interrupted,
            overlap,
            concurrency: self.concurrency,
            next,
            queue: FuturesOrdered::new(),
            queued: next.unwrap_or(0),
            step: self.page_size,
            total: None,
            circle: LoopGuard::default(),
            empty: EmptyGuard::new(self.max_empty_pages),
        };
        let source = stream::try_unfold(walk, |mut walk| async move {
            Ok(walk.step().await?.map(|fetched| (fetched, walk)))
        });
        let marks = if across_pages { MAX_MARKS } else { MARKS };
        Pages::new(source.boxed(), self.at, Keep { marks, across_pages })
    }

    /// The records, one after the other.
    pub fn records(self) -> Records<R, E> {
        self.pages().records()
    }
}

impl<R, E> fmt::Debug for OffsetPaging<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OffsetPaging").field("at", &self.at).finish_non_exhaustive()
    }
}

struct Walk<R, E> {
    fetch: Fetch<R, E>,
    page_size: u64,
    key: Option<Key<R>>,
    short_page_ends: bool,
    /// What was handed out before an interruption.
    again: Option<(usize, Vec<Fingerprint>)>,
    overlap: Option<Overlap>,
    /// Whether the page to come must begin with a record that is known.
    unverified: bool,
    concurrency: usize,
    /// Where the next page begins; `None` at the end.
    next: Option<u64>,
    /// Pages under way, in their order, and where the one after them is guessed to begin.
    queue: FuturesOrdered<BoxFuture<'static, Answer<R, E>>>,
    queued: u64,
    /// How many records the vendor sends at once.
    step: u64,
    /// How many records there are, so the vendor says. It decides what is fetched ahead, and nothing else.
    total: Option<u64>,
    circle: LoopGuard,
    empty: EmptyGuard,
}

impl<R: Send + 'static, E: Send + 'static> Walk<R, E> {
    async fn step(&mut self) -> Result<Option<Fetched<R>>, PagingError<E>> {
        loop {
            let Some(offset) = self.next else { return Ok(None) };
            let page = self.page_at(offset).await.map_err(PagingError::Fetch)?;
            let marks = marks(self.key.as_ref(), &page.records);
            if self.unverified && !self.is_verified(&marks) {
                let back = self.overlap.as_mut().and_then(|overlap| overlap.back(offset));
                let back = back.ok_or(PagingError::Moved { offset })?;
                // At the very beginning nothing can have been missed, whatever is there.
                if back < offset {
                    self.next = Some(back);
                    continue;
                }
            }
            return self.accept(offset, page, marks).map(Some);
        }
    }

    /// The page at `offset`: the one under way if it was guessed right, else fetched now. Pages after it are
    /// fetched too, as far as is allowed and sensible.
    async fn page_at(&mut self, offset: u64) -> Result<Page<R>, E> {
        loop {
            if self.queue.is_empty() {
                self.queued = offset;
                self.enqueue();
            }
            while self.queue.len() < self.concurrency && self.total.is_some_and(|total| self.queued < total) {
                self.enqueue();
            }
            match self.queue.next().await {
                Some((fetched, page)) if fetched == offset => return page,
                Some(_) => self.queue.clear(),
                None => {}
            }
        }
    }

    fn enqueue(&mut self) {
        let offset = self.queued;
        let page = (self.fetch)(offset, self.page_size);
        self.queue.push_back(page.map(move |page| (offset, page)).boxed());
        self.queued = self.after(offset, self.step, self.step);
    }

    /// Where the page after one of `came` records begins, of which `new` were new.
    fn after(&self, offset: u64, came: u64, new: u64) -> u64 {
        let end = offset.saturating_add(came);
        match &self.overlap {
            // Past the last record there is nothing to overlap with but the records themselves.
            Some(overlap) if new > 0 || came >= self.step => {
                end - overlap.width().min(came.saturating_sub(1))
            }
            _ => end,
        }
    }

    fn is_verified(&self, marks: &[Option<Fingerprint>]) -> bool {
        match (&self.again, &self.overlap) {
            (Some((_, last)), _) => reentry::compare(last, marks).anchored,
            (None, Some(overlap)) => overlap.begins_known(marks),
            (None, None) => true,
        }
    }

    fn accept(
        &mut self,
        offset: u64,
        page: Page<R>,
        marks: Vec<Option<Fingerprint>>,
    ) -> Result<Fetched<R>, PagingError<E>> {
        let came = page.records.len() as u64;
        let again = self.again.take();
        let (known, doubtful) = match (&again, &self.overlap) {
            (Some((_, last)), _) => {
                let found = reentry::compare(last, &marks);
                (found.known, found.doubtful)
            }
            (None, Some(overlap)) => (overlap.known(&marks), 0),
            (None, None) => (vec![false; marks.len()], 0),
        };
        let new = known.iter().filter(|known| !**known).count() as u64;
        if let Some(overlap) = &mut self.overlap {
            overlap.remember(&marks);
            if let Some(pages) = self.empty.exceeded(new == 0 && came > 0) {
                return Err(PagingError::TooManyEmptyPages { pages });
            }
        } else if self.repeats(&marks) {
            return Err(PagingError::RepeatedPage { offset });
        }
        if page.total.is_some() {
            self.total = page.total;
        }
        let is_last = came == 0 || (self.short_page_ends && came < self.page_size);
        self.next = (!is_last).then(|| self.after(offset, came, new));
        if came > 0 {
            self.step = came;
        }
        self.unverified = self.next.is_some_and(|next| next < offset + came);
        let after = self.next.map_or(Place::End, Place::Offset);
        let here = if offset == 0 { Place::Start } else { Place::Offset(offset) };
        let fetched = Fetched::new(page, marks, (here, after), &known, doubtful);
        Ok(Fetched { taken: again.map_or(0, |(taken, _)| taken), ..fetched })
    }

    /// Whether the same records came before, all of them, which they do if the vendor ignores the offset.
    fn repeats(&mut self, marks: &[Option<Fingerprint>]) -> bool {
        let known: Vec<&Fingerprint> = marks.iter().flatten().collect();
        !known.is_empty() && known.len() == marks.len() && self.circle.repeats(Fingerprint::of_all(known))
    }
}
