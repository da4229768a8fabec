//! Lists that come in pages, as streams of pages and of records that can be stopped and taken up again.
//!
//! Two ways of paging, one result. [`cursor_pages`] follows the cursor each page names; [`offset_pages`]
//! counts. Both are driven by a closure that fetches one page, and give [`Pages`] or [`Records`]: streams that
//! know at any time where they are ([`Records::checkpoint`]), so that another process can go on from there.
//!
//! What servers get wrong is met here: cursors that repeat or go round in circles, empty pages before the
//! end, totals that lie, pages shorter than asked for, records that move while they are read, cursors that
//! expire. A record that cannot be decoded stays in its place as [`Rejected`] and costs nobody the page.
//!
//! ```
//! use futures::TryStreamExt;
//! use revops_runtime::paging::{Checkpoint, Cursor, Fingerprint, Page, cursor_pages};
//! # use revops_runtime::delivery::{Delivery, Failure};
//! # #[derive(Debug, thiserror::Error)] #[error("no answer")] struct NoAnswer;
//! # impl Failure for NoAnswer {
//! #     fn delivery(&self) -> Delivery { Delivery::NotSent }
//! #     fn is_retryable(&self) -> bool { true }
//! # }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! // A "server" of three records in two pages.
//! let list = || {
//!     cursor_pages(Fingerprint::of("list", &["active"]), |cursor: Option<Cursor>| async move {
//!         Ok::<_, NoAnswer>(match cursor {
//!             None => Page::of([1, 2]).next(Some("second")),
//!             Some(_) => Page::of([3]),
//!         })
//!     })
//!     .key(|number: &i32| Some(number.to_string()))
//! };
//!
//! let mut records = list().records();
//! let _first = records.try_next().await?;
//! let saved = serde_json::to_string(&records.checkpoint())?; // … and the process ends.
//!
//! let checkpoint: Checkpoint = serde_json::from_str(&saved)?;
//! let rest: Vec<_> = list().resume(checkpoint)?.records().try_collect().await?;
//! assert_eq!(rest, [Ok(2), Ok(3)]);
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?; Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod cursor;
mod error;
mod guard;
mod offset;
mod overlap;
mod reading;
mod reentry;
mod stream;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use checkpoint::{Checkpoint, CheckpointMismatch, Fingerprint};
pub use cursor::{CursorPaging, cursor_pages};
pub use error::PagingError;
pub use offset::{OffsetPaging, offset_pages};
pub use stream::{Decoded, Pages, Records};

use crate::rejected::Rejected;
use checkpoint::Place;

/// A record, or what is left of one that could not be decoded.
pub type Record<R> = Result<R, Rejected>;

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Page<R> {
    /// The records in the vendor's order; one that could not be decoded stays in its place.
    pub records: Vec<Record<R>>,
    /// The cursor of the next page, if the vendor pages by cursors and named one.
    pub next: Option<Cursor>,
    /// How many records the vendor says the whole list has. Vendors are often wrong about it, and nothing
    /// here relies on it.
    pub total: Option<u64>,
}

impl<R> Page<R> {
    /// A page of these records, the last one.
    pub fn new(records: Vec<Record<R>>) -> Self {
        Self { records, next: None, total: None }
    }

    /// A page of records that were all decoded, the last one.
    pub fn of(records: impl IntoIterator<Item = R>) -> Self {
        Self::new(records.into_iter().map(Ok).collect())
    }

    /// A page of the records that were decoded, in their order, and of those that were not, each in its place;
    /// the last page.
    pub fn gathered(decoded: Vec<R>, rejected: Vec<Rejected>) -> Self {
        let mut records = Vec::with_capacity(decoded.len() + rejected.len());
        let mut decoded = decoded.into_iter().map(Ok);
        for odd in rejected {
            records.extend(decoded.by_ref().take(odd.index.saturating_sub(records.len())));
            records.push(Err(odd));
        }
        records.extend(decoded);
        Self::new(records)
    }

    /// The page, with the cursor of the next one. `None` and the empty text both mean that there is none.
    pub fn next(mut self, cursor: Option<impl Into<String>>) -> Self {
        self.next = cursor.map(Cursor::new);
        self
    }

    /// The page, with the vendor's word on the length of the whole list.
    pub fn total(mut self, total: impl Into<Option<u64>>) -> Self {
        self.total = total.into();
        self
    }
}

/// What a vendor gives to ask for the next page with. It is opaque, and its `Debug` does not print it, as
/// vendors put the names of their customers into it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// The cursor as the vendor sent it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to send back.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text to send back.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether it means that there is no next page.
    fn is_end(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({} bytes)", self.0.len())
    }
}

/// Tells one record of a list from another.
type Key<R> = Arc<dyn Fn(&R) -> Option<String> + Send + Sync>;

/// A page that was fetched, less the records that were handed out before.
struct Fetched<R> {
    records: Vec<(Record<R>, Option<Fingerprint>)>,
    next: Option<Cursor>,
    total: Option<u64>,
    /// Where the page was fetched, and where the next one is.
    here: Place,
    after: Place,
    /// How many of its records were handed out before an interruption.
    taken: usize,
    /// How many of the first records may have been handed out before it all the same.
    repeats: usize,
}

impl<R> Fetched<R> {
    /// The page without the records that are `known`, those before `doubtful` being in doubt.
    fn new(
        page: Page<R>,
        marks: Vec<Option<Fingerprint>>,
        (here, after): (Place, Place),
        known: &[bool],
        doubtful: usize,
    ) -> Self {
        let is_known = |index: usize| known.get(index).copied().unwrap_or(false);
        let repeats = (0..doubtful.min(marks.len())).filter(|index| !is_known(*index)).count();
        let records = page.records.into_iter().zip(marks).enumerate();
        let records = records.filter(|(index, _)| !is_known(*index)).map(|(_, record)| record).collect();
        Self { records, next: page.next, total: page.total, here, after, taken: 0, repeats }
    }
}

/// What tells each record from the others; a record that could not be decoded is told by all of it.
fn marks<R>(key: Option<&Key<R>>, records: &[Record<R>]) -> Vec<Option<Fingerprint>> {
    let Some(key) = key else { return vec![None; records.len()] };
    let mark = |record: &Record<R>| match record {
        Ok(record) => key(record).map(|key| Fingerprint::of_bytes(key.as_bytes())),
        Err(rejected) => Some(Fingerprint::of_bytes(rejected.raw.to_string().as_bytes())),
    };
    records.iter().map(mark).collect()
}
