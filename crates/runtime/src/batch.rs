//! Any number of items sent in chunks, each of which ends in exactly one outcome.
//!
//! A [`Batch`] takes items from an iterator or a stream, sends them in chunks by a closure that knows the
//! vendor, and tells for each item, in the order of the input, what became of it: [`Outcome`]. It sends again
//! only what was not done and may be sent again; a chunk refused as a whole is halved until the item that was
//! the reason stands alone; where nobody can know whether an item was applied, it says so. If every item of a
//! chunk was refused alone, the reason is in all of them: of later chunks that are refused as a whole one item is
//! tried, and the others are [`Outcome::NotApplied`] if that is refused, too.
//!
//! ```
//! use revops_runtime::batch::{Batch, ChunkReply, Outcome};
//! # use revops_runtime::delivery::{Delivery, Failure};
//! # #[derive(Debug, thiserror::Error)] #[error("HTTP 400: the vendor refused the request")] struct Refusal;
//! # impl Failure for Refusal {
//! #     fn delivery(&self) -> Delivery { Delivery::Answered }
//! #     fn is_retryable(&self) -> bool { false }
//! #     fn rejects_whole(&self) -> bool { true }
//! # }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! // A "vendor" that refuses every chunk with a 13 in it.
//! let report = Batch::of(1..=100)
//!     .chunks_of(50)
//!     .concurrency(2)
//!     .report(|chunk: Vec<u32>| async move {
//!         if chunk.contains(&13) { Err(Refusal) } else { Ok(ChunkReply::all_done(chunk)) }
//!     })
//!     .await;
//! assert_eq!(report.written(), 99);
//! let refused: Vec<_> = report.refused().collect();
//! assert_eq!(refused, [(12, "HTTP 400: the vendor refused the request")]);
//! assert_eq!(report.get(13), Some(&Outcome::Done(14)));
//! # });
//! ```

mod chunk;
mod input;
mod outcome;
mod reason;
mod reply;
mod run;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, BoxStream, Stream, StreamExt};

use crate::backoff::Backoff;
use crate::delivery::Failure;
use chunk::{Policy, Streak};
use input::{Input, Key, Terms};

pub use outcome::{Outcome, Report};
pub use reason::Reason;
pub use reply::{ChunkReply, ItemReply};
pub use run::Outcomes;

/// What becomes of items with the same key, before anything is sent. An item that is refused here, by its size or
/// a check, has no part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicates {
    /// The last one is sent, those before it are [`Outcome::Superseded`]. The whole input is held in memory.
    KeepLast,
    /// The first one is sent, those after it are [`Outcome::Superseded`]. The keys are held in memory.
    KeepFirst,
    /// None of them is sent: which one is meant is not for us to know. All are [`Outcome::Refused`]. The whole
    /// input is held in memory.
    Reject,
}

/// Items to be sent in chunks.
///
/// Without [`duplicates`](Self::duplicates), memory does not grow with the input: a chunk for each of those
/// under way and one ahead.
#[must_use = "a batch does nothing until it is run"]
pub struct Batch<I> {
    items: BoxStream<'static, I>,
    chunk: usize,
    terms: Terms<I>,
    duplicates: Option<(Duplicates, Key<I>)>,
    concurrency: usize,
    policy: Policy,
}

impl<I: Clone + Send + 'static> Batch<I> {
    /// The items of an iterator.
    pub fn of(items: impl IntoIterator<Item = I, IntoIter: Send + 'static>) -> Self {
        Self::from_stream(stream::iter(items))
    }

    /// The items of a stream.
    pub fn from_stream(items: impl Stream<Item = I> + Send + 'static) -> Self {
        Self {
            items: items.boxed(),
            chunk: 50,
            terms: Terms { size: None, check: None },
            duplicates: None,
            concurrency: 1,
            policy: Policy {
                resends: 3,
                upsert_safe: false,
                backoff: Backoff::new(Duration::from_millis(500)).factor(2.0),
                streak: Streak::default(),
            },
        }
    }

    /// How many items are sent at once; 50 unless told.
    pub fn chunks_of(mut self, items: usize) -> Self {
        self.chunk = items.max(1);
        self
    }

    /// How many bytes are sent at once, by the size of each item. An item larger than that is refused here.
    pub fn max_bytes(mut self, bytes: usize, size: impl Fn(&I) -> usize + Send + 'static) -> Self {
        self.terms.size = Some((bytes, Box::new(size)));
        self
    }

    /// What an item must satisfy to be sent; one that does not is refused here, with the reason `check` gives.
    pub fn check(mut self, check: impl Fn(&I) -> Result<(), String> + Send + 'static) -> Self {
        self.terms.check = Some(Box::new(check));
        self
    }

    /// How many chunks may be under way at once; 1 unless told. With more than one, items with the same key in
    /// different chunks may arrive in any order.
    pub fn concurrency(mut self, chunks: usize) -> Self {
        self.concurrency = chunks.max(1);
        self
    }

    /// How often an item is sent again at most; 3 unless told. Halving a chunk does not count.
    pub fn resends(mut self, times: u32) -> Self {
        self.policy.resends = times;
        self
    }

    /// The waits before sending again; from half a second, doubled each time, unless told.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.policy.backoff = backoff;
        self
    }

    /// Whether an item that was applied may be sent a second time without harm, as it is matched by a key.
    /// Only then are items sent again of which nobody knows whether they were applied. No unless told.
    pub fn upsert_safe(mut self, safe: bool) -> Self {
        self.policy.upsert_safe = safe;
        self
    }

    /// What becomes of items with the same key. Items without one are all sent.
    pub fn duplicates(
        mut self,
        choice: Duplicates,
        key: impl Fn(&I) -> Option<String> + Send + 'static,
    ) -> Self {
        self.duplicates = Some((choice, Box::new(key)));
        self
    }

    /// Sends the items by `send` as the outcomes are asked for, and gives the outcomes in the order of the
    /// input, each with the index of its item.
    pub fn run<T, E, F, Fut>(self, send: F) -> Outcomes<T>
    where
        T: Send + 'static,
        E: Failure + fmt::Display + Send + 'static,
        F: Fn(Vec<I>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ChunkReply<T>, E>> + Send + 'static,
    {
        let input = Input::new(self.items, self.chunk, self.terms, self.duplicates);
        Outcomes::new(input, self.concurrency, Arc::new(self.policy), Arc::new(send))
    }

    /// Sends the items by `send` and collects what became of them.
    pub async fn report<T, E, F, Fut>(self, send: F) -> Report<T>
    where
        T: Send + 'static,
        E: Failure + fmt::Display + Send + 'static,
        F: Fn(Vec<I>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ChunkReply<T>, E>> + Send + 'static,
    {
        self.run(send).collect().await
    }
}

impl<I> fmt::Debug for Batch<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("chunk", &self.chunk)
            .field("concurrency", &self.concurrency)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
