//! The outcomes as they become final, in the order of the input.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use futures::future::{self, FutureExt};
use futures::stream::{self, BoxStream, Stream, StreamExt};

use super::chunk::{Chunk, Failed, Ledger, Policy, Post};
use super::input::{Input, Slot};
use super::{ChunkReply, Outcome};
use crate::delivery::Failure;

type Open = Arc<Mutex<VecDeque<Arc<Ledger>>>>;
/// What the vendor gave for items that it did, by the index of the item, until the outcome is reported.
type Results<T> = Arc<Mutex<HashMap<usize, T>>>;

/// The outcomes of a batch, each with the index of its item, in the order of the input.
///
/// Items are sent as the stream is polled. Dropping it stops the sending; [`cancel`](Self::cancel) stops it and
/// tells what is known of the items that were under way. Dropping the future of `next` loses nothing.
#[must_use = "a batch sends nothing unless its outcomes are asked for"]
pub struct Outcomes<T> {
    chunks: BoxStream<'static, Arc<Ledger>>,
    ready: VecDeque<(usize, Outcome<()>)>,
    results: Results<T>,
    /// The chunks under way, oldest first.
    open: Open,
}

impl<T: Send + 'static> Outcomes<T> {
    pub(super) fn new<I, E, F, Fut>(
        input: Input<I>,
        concurrency: usize,
        policy: Arc<Policy>,
        send: Arc<F>,
    ) -> Self
    where
        I: Clone + Send + 'static,
        E: Failure + fmt::Display + Send + 'static,
        F: Fn(Vec<I>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ChunkReply<T>, E>> + Send + 'static,
    {
        let results = Results::default();
        let kept = Arc::clone(&results);
        let chunks = stream::unfold(input, |mut input| async move { Some((input.next().await?, input)) });
        let chunks = chunks.map(move |slots| {
            let (mut decided, mut items) = (Vec::with_capacity(slots.len()), Vec::with_capacity(slots.len()));
            for (index, slot) in slots {
                decided.push(match slot {
                    Slot::Send(item, _) => {
                        items.push((index, item));
                        (index, None)
                    }
                    Slot::Decided(outcome) => (index, Some(outcome)),
                });
            }
            Chunk::new(decided, post(items, Arc::clone(&send), Arc::clone(&kept)))
        });
        let open = Open::default();
        let chunks = sent(chunks.boxed(), concurrency, policy, Arc::clone(&open));
        Self { chunks, ready: VecDeque::new(), results, open }
    }

    /// Stops the sending and tells what is known of each item that has not been reported: the outcome, if it is
    /// final; [`Outcome::Unknown`], if it was being sent; [`Outcome::NotApplied`], if it had its turn to come.
    /// Items after the last one reported were not sent.
    ///
    /// ```
    /// # use futures::{FutureExt, StreamExt, executor::block_on, future};
    /// # use revops_runtime::batch::{Batch, ChunkReply, Outcome};
    /// # use revops_runtime::delivery::{Delivery, Failure};
    /// # #[derive(Debug, thiserror::Error)] #[error("no answer")] struct NoAnswer;
    /// # impl Failure for NoAnswer {
    /// #     fn delivery(&self) -> Delivery { Delivery::NotSent }
    /// #     fn is_retryable(&self) -> bool { true }
    /// # }
    /// let silent = |_: Vec<u8>| future::pending::<Result<ChunkReply<()>, NoAnswer>>();
    /// let mut outcomes = Batch::of([7]).run(silent);
    /// assert!(outcomes.next().now_or_never().is_none()); // sent, and not answered
    /// let reason = "cancelled while it was being sent".into();
    /// assert_eq!(outcomes.cancel(), [(0, Outcome::Unknown { reason })]);
    /// ```
    pub fn cancel(self) -> Vec<(usize, Outcome<T>)> {
        drop(self.chunks);
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        let outcomes = self.ready.into_iter().chain(open.iter().flat_map(|ledger| ledger.close()));
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.map(|(index, outcome)| (index, whole(outcome, results.remove(&index)))).collect()
    }

    /// Collects the outcomes until `stop` is done, then cancels: the report tells of every item that was sent.
    pub async fn until(mut self, stop: impl Future<Output = ()>) -> super::Report<T> {
        let mut report = super::Report::default();
        let mut stop = Box::pin(stop);
        while let future::Either::Left((Some(outcome), _)) = future::select(self.next(), &mut stop).await {
            report.extend([outcome]);
        }
        report.extend(self.cancel());
        report
    }
}

impl<T> Stream for Outcomes<T> {
    type Item = (usize, Outcome<T>);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some((index, outcome)) = this.ready.pop_front() {
                let result = this.results.lock().unwrap_or_else(PoisonError::into_inner).remove(&index);
                return Poll::Ready(Some((index, whole(outcome, result))));
            }
            let Some(ledger) = ready!(this.chunks.as_mut().poll_next(context)) else {
                return Poll::Ready(None);
            };
            this.open.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            this.ready.extend(ledger.close());
        }
    }
}

impl<T> Unpin for Outcomes<T> {}

impl<T> fmt::Debug for Outcomes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}

/// Sends some of the items of a chunk, and keeps what the vendor gives for them.
fn post<I, T, E, F, Fut>(items: Vec<(usize, I)>, send: Arc<F>, results: Results<T>) -> Post
where
    I: Clone + Send + 'static,
    T: Send + 'static,
    E: Failure + fmt::Display + Send + 'static,
    F: Fn(Vec<I>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<ChunkReply<T>, E>> + Send + 'static,
{
    Box::new(move |places| {
        let chosen = places.iter().filter_map(|place| items.get(*place));
        let (indices, items): (Vec<usize>, Vec<I>) = chosen.cloned().unzip();
        let (answer, results) = (send(items), Arc::clone(&results));
        async move {
            let reply = answer.await.map_err(Failed::of)?;
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(reply.parted(|place, result| {
                if let Some(index) = indices.get(place) {
                    results.insert(*index, result);
                }
            }))
        }
        .boxed()
    })
}

/// Sends chunk after chunk, so many at a time.
fn sent(
    chunks: BoxStream<'static, Chunk>,
    concurrency: usize,
    policy: Arc<Policy>,
    open: Open,
) -> BoxStream<'static, Arc<Ledger>> {
    let send = move |chunk: Chunk| {
        open.lock().unwrap_or_else(PoisonError::into_inner).push_back(Arc::clone(&chunk.ledger));
        chunk.send(Arc::clone(&policy))
    };
    chunks.map(send).buffered(concurrency).boxed()
}

/// The outcome with what the vendor gave for the item.
fn whole<T>(outcome: Outcome<()>, result: Option<T>) -> Outcome<T> {
    match (outcome, result) {
        (Outcome::Done(()), Some(result)) => Outcome::Done(result),
        (Outcome::Done(()), None) => Outcome::Unknown { reason: "its result was lost".into() },
        (Outcome::Refused { reason }, _) => Outcome::Refused { reason },
        (Outcome::NotApplied { reason }, _) => Outcome::NotApplied { reason },
        (Outcome::Unknown { reason }, _) => Outcome::Unknown { reason },
        (Outcome::Superseded { by }, _) => Outcome::Superseded { by },
    }
}
