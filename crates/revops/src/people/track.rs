//! From a list of one system to others, record by record, as a stream that can be taken up again.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::{BoxFuture, FutureExt};
use futures::stream::FuturesOrdered;
use serde::{Deserialize, Serialize};

use super::systems::Systems;
use super::{Failed, FlowError, Step};
use crate::{Checkpoint, Error, PagingError, Stream};

/// A system that records of type `R` can be written to.
pub trait Target<R>: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Writes one record when the call is awaited, and not before, as a dry run drops it; `None` if there is
    /// nothing to be written of it there.
    fn write(&self, record: &R) -> Option<Step<()>>;
}

/// Writes every record of a list to the targets named next.
///
/// The list is read as fast as its records are written. Each item of the stream tells what became of one
/// record in each target, in the order of the list; [`TrackAll::checkpoint`] tells where to go on. It moves past
/// what failed: keep what was not written, and give it to [`TrackAll::again`].
///
/// ```
/// # use revops::{gainsight::{Filter, Gainsight, Person}, usergems::{Contact, UserGems}};
/// # use revops_sandbox::{Sandbox, Vendor};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = Sandbox::start().await?;
/// # let usergems = UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
/// # let gainsight = Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
/// use futures::TryStreamExt;
/// use revops::people;
///
/// let search = || gainsight.people().search(Filter::all()).select(["Email"]);
/// let contact = |person: &Person| person.email.as_deref().map(Contact::from);
///
/// let mut sync = people::track_all(search().stream()).into_usergems(&usergems, contact);
/// let mut open = Vec::new(); // both of these serialise, to go on in another process
/// while let Some(person) = sync.try_next().await? {
///     if !person.is_written() {
///         open.push(person);
///     }
/// }
/// let place = sync.checkpoint();
///
/// // Later: what failed, and what has come after it.
/// let sync = people::track_all(search().resume(place).stream()).into_usergems(&usergems, contact).again(open);
/// let all: Vec<_> = sync.try_collect().await?;
/// # assert!(all.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn track_all<R>(records: Stream<R>) -> TrackAll<R> {
    TrackAll {
        at: records.checkpoint(),
        records: Some(records),
        again: VecDeque::new(),
        targets: Systems::default(),
        shared: None,
        under_way: FuturesOrdered::new(),
        places: VecDeque::new(),
        concurrency: 8,
        dry_run: false,
    }
}

/// Why a stream of [`track_all`] has an error in place of a record.
#[derive(Debug)]
#[non_exhaustive]
pub enum TrackError {
    /// It was not begun: there is no target, or two have one name. Nothing was sent.
    NotBegun(FlowError),
    /// The list could not be read.
    List(PagingError<Error>),
}

impl fmt::Display for TrackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBegun(error) => error.fmt(f),
            Self::List(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TrackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotBegun(error) => Some(error),
            Self::List(error) => Some(error),
        }
    }
}

/// Records on their way to other systems; from [`track_all`]. It is a stream of [`Tracked`].
#[must_use = "nothing is written until the stream is read"]
pub struct TrackAll<R> {
    records: Option<Stream<R>>,
    /// What is to be written before the list.
    again: VecDeque<Tracked<R>>,
    targets: Systems<dyn Target<R>>,
    /// The targets as the records under way share them, once the stream is begun.
    shared: Option<Targets<R>>,
    under_way: FuturesOrdered<BoxFuture<'static, Result<Tracked<R>, TrackError>>>,
    /// Where the list stood after each record under way.
    places: VecDeque<Checkpoint>,
    at: Checkpoint,
    concurrency: usize,
    dry_run: bool,
}

// Nothing is pinned within it: the futures are boxed.
impl<R> Unpin for TrackAll<R> {}

type Targets<R> = Arc<[(String, Arc<dyn Target<R>>)]>;

/// What became of one record. It serialises if the record does.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
        self.targets.iter().all(|(_, tracking)| tracking.is_done())
    }

    /// Where it went wrong, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &Failed)> {
        self.targets.iter().filter_map(|(system, tracking)| match tracking {
            Tracking::Failed(failed) => Some((system.as_str(), failed)),
            _ => None,
        })
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

impl Tracking {
    fn is_done(&self) -> bool {
        matches!(self, Self::Written | Self::Skipped)
    }
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
        self.targets.add(target.system(), Arc::new(target));
        self
    }

    /// Says which account or tenant the last call added, to tell two of one vendor apart ([`Erase::named`]).
    ///
    /// [`Erase::named`]: super::Erase::named
    pub fn named(mut self, name: impl AsRef<str>) -> Self {
        self.targets.label(name.as_ref());
        self
    }

    /// Writes these first: what an earlier stream told of and could not write. Each is written only to targets in
    /// which it was not written yet, by their names. The checkpoint stays where the list began until all of them
    /// are told of, so keep them that long. One whose answer was lost may have been written already
    /// ([`Failed::delivery`]).
    pub fn again(mut self, tracked: impl IntoIterator<Item = Tracked<R>>) -> Self {
        self.again.extend(tracked);
        self
    }

    /// Writes nothing, and says what would be written. As nothing was, its checkpoint stays where the list began.
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

    /// The targets, shared by the records under way.
    fn shared(&mut self) -> Result<Targets<R>, FlowError> {
        if let Some(shared) = &self.shared {
            return Ok(Arc::clone(shared));
        }
        self.targets.check()?;
        let shared: Targets<R> = self.targets.iter().map(|(name, it)| (name, Arc::clone(it))).collect();
        self.shared = Some(Arc::clone(&shared));
        Ok(shared)
    }

    /// Begins to write a record, of which `earlier` tells where that was done before.
    fn begin(&mut self, targets: Targets<R>, record: R, earlier: Vec<(String, Tracking)>, place: Checkpoint) {
        let dry_run = self.dry_run;
        let work = async move {
            let mut told = Vec::with_capacity(targets.len());
            for (name, target) in targets.iter() {
                let done = earlier.iter().find(|(system, tracking)| system == name && tracking.is_done());
                let tracking = match done {
                    Some((_, tracking)) => tracking.clone(),
                    None => write(target.write(&record), dry_run).await,
                };
                told.push((name.clone(), tracking));
            }
            Ok(Tracked { record, targets: told })
        };
        self.under_way.push_back(work.boxed());
        self.places.push_back(place);
    }
}

async fn write(call: Option<Step<()>>, dry_run: bool) -> Tracking {
    match call {
        None => Tracking::Skipped,
        Some(_) if dry_run => Tracking::WouldWrite,
        Some(call) => call.await.map_or_else(Tracking::Failed, |()| Tracking::Written),
    }
}

impl<R: Send + 'static> futures::Stream for TrackAll<R> {
    type Item = Result<Tracked<R>, TrackError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        while this.under_way.len() < this.concurrency && this.records.is_some() {
            let targets = match this.shared() {
                Ok(targets) => targets,
                Err(error) => {
                    this.records = None;
                    this.again.clear();
                    return Poll::Ready(Some(Err(TrackError::NotBegun(error))));
                }
            };
            if let Some(Tracked { record, targets: earlier }) = this.again.pop_front() {
                // Nothing of the list was told of yet.
                this.begin(targets, record, earlier, this.at.clone());
                continue;
            }
            let Some(records) = this.records.as_mut() else { break };
            match Pin::new(&mut *records).poll_next(context) {
                Poll::Ready(Some(Ok(record))) => {
                    let place = records.checkpoint();
                    this.begin(targets, record, Vec::new(), place);
                }
                // It is told in its place, after what was read before it.
                Poll::Ready(Some(Err(error))) => {
                    this.places.push_back(records.checkpoint());
                    this.under_way.push_back(futures::future::ready(Err(TrackError::List(error))).boxed());
                }
                Poll::Ready(None) => this.records = None,
                Poll::Pending => break,
            }
        }
        match Pin::new(&mut this.under_way).poll_next(context) {
            Poll::Ready(Some(tracked)) => {
                if let Some(place) = this.places.pop_front().filter(|_| !this.dry_run) {
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
        f.debug_struct("TrackAll")
            .field("targets", &self.targets.names())
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
