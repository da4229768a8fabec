//! From a list of one system to others, record by record, as a stream that can be taken up again.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::{BoxFuture, FutureExt};
use futures::stream::FuturesOrdered;
use serde::{Deserialize, Serialize};

use super::Failed;
use crate::{Call, Checkpoint, Error, PagingError, Stream};

/// A system that records of type `R` can be written to.
pub trait Target<R>: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Writes one record when the call is awaited, and not before, as a dry run drops it; `None` if there is
    /// nothing to be written of it there.
    fn write(&self, record: &R) -> Option<Call<()>>;
}

/// Writes every record of a list to the targets named next.
///
/// The list is read as fast as its records are written. Each item of the stream tells what became of one
/// record in each target, in the order of the list; [`TrackAll::checkpoint`] tells where to go on.
pub fn track_all<R>(records: Stream<R>) -> TrackAll<R> {
    TrackAll {
        at: records.checkpoint(),
        records: Some(records),
        targets: Arc::new(Vec::new()),
        under_way: FuturesOrdered::new(),
        places: VecDeque::new(),
        concurrency: 8,
        dry_run: false,
    }
}

/// Records on their way to other systems; from [`track_all`]. It is a stream of [`Tracked`].
#[must_use = "nothing is written until the stream is read"]
pub struct TrackAll<R> {
    records: Option<Stream<R>>,
    targets: Arc<Vec<Arc<dyn Target<R>>>>,
    under_way: FuturesOrdered<BoxFuture<'static, Result<Tracked<R>, PagingError<Error>>>>,
    /// Where the list stood after each record under way.
    places: VecDeque<Checkpoint>,
    at: Checkpoint,
    concurrency: usize,
    dry_run: bool,
}

/// What became of one record.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tracked<R> {
    /// The record.
    pub record: R,
    /// What became of it in each target, in the order they were named.
    pub targets: Vec<(String, Tracking)>,
}

impl<R> Tracked<R> {
    /// Whether it was written wherever there was something to write.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.targets.iter().all(|(_, tracking)| matches!(tracking, Tracking::Written | Tracking::Skipped))
    }
}

/// What became of one record in one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tracking {
    /// It was written.
    Written,
    /// There was nothing to be written of it there.
    Skipped,
    /// A dry run would write it.
    WouldWrite,
    /// It went wrong.
    Failed(Failed),
}

impl fmt::Display for Tracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written => f.write_str("written"),
            Self::Skipped => f.write_str("nothing to write"),
            Self::WouldWrite => f.write_str("would be written"),
            Self::Failed(failed) => write!(f, "failed: {failed}"),
        }
    }
}

impl<R: Send + 'static> TrackAll<R> {
    /// Writes there too.
    pub fn into_system(mut self, target: impl Target<R> + 'static) -> Self {
        let mut targets = self.targets.to_vec();
        targets.push(Arc::new(target));
        self.targets = Arc::new(targets);
        self
    }

    /// Writes nothing, and says what would be written.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// How many records are written at once; 8 unless told. Quotas are kept however many there are.
    pub fn concurrency(mut self, records: usize) -> Self {
        self.concurrency = records.max(1);
        self
    }

    /// Where the list stands after the record told of last: to go on, give it to `resume` of the same list.
    /// Records that were under way are written again.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.at.clone()
    }

    fn begin(&mut self, record: R, place: Checkpoint) {
        let (targets, dry_run) = (Arc::clone(&self.targets), self.dry_run);
        let work = async move {
            let mut told = Vec::with_capacity(targets.len());
            for target in targets.iter() {
                let call = target.write(&record);
                let tracking = match call {
                    None => Tracking::Skipped,
                    Some(_) if dry_run => Tracking::WouldWrite,
                    Some(call) => match call.await {
                        Ok(()) => Tracking::Written,
                        Err(error) => Tracking::Failed(Failed::from(error)),
                    },
                };
                told.push((target.system(), tracking));
            }
            Ok(Tracked { record, targets: told })
        };
        self.under_way.push_back(work.boxed());
        self.places.push_back(place);
    }
}

impl<R: Send + 'static> futures::Stream for TrackAll<R> {
    type Item = Result<Tracked<R>, PagingError<Error>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        while this.under_way.len() < this.concurrency {
            let Some(records) = this.records.as_mut() else { break };
            match Pin::new(&mut *records).poll_next(context) {
                Poll::Ready(Some(Ok(record))) => {
                    let place = records.checkpoint();
                    this.begin(record, place);
                }
                // It is told in its place, after what was read before it.
                Poll::Ready(Some(Err(error))) => {
                    this.places.push_back(records.checkpoint());
                    this.under_way.push_back(futures::future::ready(Err(error)).boxed());
                }
                Poll::Ready(None) => this.records = None,
                Poll::Pending => break,
            }
        }
        match Pin::new(&mut this.under_way).poll_next(context) {
            Poll::Ready(Some(tracked)) => {
                if let Some(place) = this.places.pop_front() {
                    this.at = place;
                }
                Poll::Ready(Some(tracked))
            }
            Poll::Ready(None) if this.records.is_none() => Poll::Ready(None),
            // Whatever is waited for, the list or a target, wakes the task.
            _ => Poll::Pending,
        }
    }
}

impl<R> fmt::Debug for TrackAll<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets: Vec<String> = self.targets.iter().map(|target| target.system()).collect();
        f.debug_struct("TrackAll").field("targets", &targets).field("at", &self.at).finish_non_exhaustive()
    }
}
