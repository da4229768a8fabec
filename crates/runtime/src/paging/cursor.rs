//! Paging by a cursor that each page names for the next.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};

use super::checkpoint::Place;
use super::guard::{EmptyGuard, LoopGuard};
use super::reading::Keep;
use super::reentry::{self, MARKS};
use super::{
    Checkpoint, CheckpointMismatch, Cursor, Fetched, Fingerprint, Key, Page, Pages, PagingError, Records,
    marks,
};
use crate::Operation;
use crate::delivery::Failure;

type Fetch<R, E> = Box<dyn FnMut(Option<Cursor>) -> BoxFuture<'static, Result<Page<R>, E>> + Send>;

/// A list whose pages each name the cursor of the next one, fetched by `fetch`, which is given no cursor for
/// the first page. `query` is the fingerprint of what is asked for, without the cursor.
///
/// The list ends with a page that names no cursor, or an empty one. A list paged by numbers can be read this
/// way too, if `fetch` makes the number of the next page the cursor.
///
/// See the [module](super) for an example.
pub fn cursor_pages<R, E, F, Fut>(query: Fingerprint, mut fetch: F) -> CursorPaging<R, E>
where
    F: FnMut(Option<Cursor>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Page<R>, E>> + Send + 'static,
{
    CursorPaging {
        query,
        fetch: Box::new(move |cursor| fetch(cursor).boxed()),
        at: Checkpoint::start(query),
        key: None,
        max_empty_pages: 10,
        mismatch: None,
        operation: None,
    }
}

/// A list that is paged by cursor and not read yet. It becomes [`pages`](Self::pages) or
/// [`records`](Self::records).
#[must_use]
pub struct CursorPaging<R, E> {
    query: Fingerprint,
    fetch: Fetch<R, E>,
    at: Checkpoint,
    key: Option<Key<R>>,
    max_empty_pages: u32,
    mismatch: Option<CheckpointMismatch>,
    operation: Option<&'static Operation>,
}

impl<R: Send + 'static, E: Failure + Send + 'static> CursorPaging<R, E> {
    /// What tells one record from another, such as its id. With it, the records of an interrupted page that
    /// were handed out are left out when the page is fetched again; without it they are repeated.
    pub fn key(mut self, key: impl Fn(&R) -> Option<String> + Send + Sync + 'static) -> Self {
        self.key = Some(Arc::new(key));
        self
    }

    /// How many pages in a row may be empty though they name a next one; 10 unless told.
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
        self.at = checkpoint.of(self.query, true)?;
        Ok(self)
    }

    /// Goes on where a stream stood, if one is given. A checkpoint of another query is the stream's first
    /// and only item, [`PagingError::Checkpoint`]; nothing is sent.
    pub fn at(mut self, checkpoint: Option<Checkpoint>) -> Self {
        if let Some(checkpoint) = checkpoint {
            match checkpoint.of(self.query, true) {
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
        let walk = Walk {
            fetch: self.fetch,
            next: self.at.place.clone(),
            again: (self.at.taken > 0).then(|| (self.at.taken, self.at.marks.clone())),
            key: self.key,
            circle: LoopGuard::default(),
            empty: EmptyGuard::new(self.max_empty_pages),
        };
        let source = stream::try_unfold(walk, |mut walk| async move {
            Ok(walk.step().await?.map(|fetched| (fetched, walk)))
        });
        Pages::new(source.boxed(), self.at, Keep { marks: MARKS, across_pages: false })
    }

    /// The records, one after the other.
    pub fn records(self) -> Records<R, E> {
        self.pages().records()
    }
}

impl<R, E> fmt::Debug for CursorPaging<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorPaging").field("at", &self.at).finish_non_exhaustive()
    }
}

struct Walk<R, E> {
    fetch: Fetch<R, E>,
    next: Place,
    /// What of the first page was handed out before an interruption.
    again: Option<(usize, Vec<Fingerprint>)>,
    key: Option<Key<R>>,
    circle: LoopGuard,
    empty: EmptyGuard,
}

impl<R, E> Walk<R, E> {
    async fn step(&mut self) -> Result<Option<Fetched<R>>, PagingError<E>> {
        let here = self.next.clone();
        let cursor = match &here {
            Place::End => return Ok(None),
            Place::Cursor(cursor) => Some(cursor.clone()),
            Place::Start | Place::Offset(_) => None,
        };
        if let Some(cursor) = &cursor
            && self.circle.repeats(Fingerprint::of_bytes(cursor.as_str().as_bytes()))
        {
            return Err(PagingError::CursorLoop { pages: self.circle.seen() + 1 });
        }
        let page = (self.fetch)(cursor).await.map_err(PagingError::Fetch)?;
        let after = page.next.clone().filter(|next| !next.is_end()).map_or(Place::End, Place::Cursor);
        let wasted = page.records.is_empty() && after != Place::End;
        if let Some(pages) = self.empty.exceeded(wasted) {
            return Err(PagingError::TooManyEmptyPages { pages });
        }
        self.next = after.clone();
        let marks = marks(self.key.as_ref(), &page.records);
        let Some((taken, last)) = self.again.take() else {
            return Ok(Some(Fetched::new(page, marks, (here, after), &[], 0)));
        };
        let found = reentry::compare(&last, &marks);
        let fetched = Fetched::new(page, marks, (here, after), &found.known, found.doubtful);
        Ok(Some(Fetched { taken, ..fetched }))
    }
}
