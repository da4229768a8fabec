//! The outcomes as they become final, in the order of the input.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use futures::stream::{self, BoxStream, Stream};
use futures::{StreamExt, future};

use super::chunk::{Chunk, Ledger, Policy};
use super::input::Input;
use super::{ChunkReply, Outcome};
use crate::delivery::Failure;

type Open<T> = Arc<Mutex<VecDeque<Arc<Ledger<T>>>>>;

/// The outcomes of a batch, each with the index of its item, in the order of the input.
///
/// Items are sent as the stream is polled. Dropping it stops the sending; [`cancel`](Self::cancel) stops it and
/// tells what is known of the items that were under way. Dropping the future of `next` loses nothing.
#[must_use = "a batch sends nothing unless its outcomes are asked for"]
pub struct Outcomes<T> {
    chunks: BoxStream<'static, Arc<Ledger<T>>>,
    ready: VecDeque<(usize, Outcome<T>)>,
    /// The chunks under way, oldest first.
    open: Open<T>,
}

impl<T: Send + 'static> Outcomes<T> {
    pub(super) fn new<I, E, F, Fut>(
        input: Input<I>,
        concurrency: usize,
        policy: Arc<Policy>,
        send: Arc<F>,
    ) -> Self
    where
        I: Clone + Send + Sync + 'static,
        E: Failure + fmt::Display + Send + 'static,
        F: Fn(Vec<I>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ChunkReply<T>, E>> + Send + 'static,
    {
        let open = Open::default();
        let opened = Arc::clone(&open);
        let chunks = stream::unfold(input, |mut input| async move { Some((input.next().await?, input)) });
        let chunks = chunks.map(move |slots| {
            let chunk = Chunk::new(slots);
            opened.lock().unwrap_or_else(PoisonError::into_inner).push_back(Arc::clone(&chunk.ledger));
            chunk.send(Arc::clone(&policy), Arc::clone(&send))
        });
        Self { chunks: chunks.buffered(concurrency).boxed(), ready: VecDeque::new(), open }
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
        self.ready.into_iter().chain(open.iter().flat_map(|ledger| ledger.close())).collect()
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
            if let Some(outcome) = this.ready.pop_front() {
                return Poll::Ready(Some(outcome));
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
