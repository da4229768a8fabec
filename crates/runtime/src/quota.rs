//! Pacing: requests leave no faster than the vendor allows, so that it has no reason to answer 429.
//!
//! A vendor says what may be spent: so many requests a second, an hour, a day, so many at once. Such a set of
//! limits is a *pool*; the documents' overlays name them ([`Api::pools`]) and each operation says which one it
//! draws on. A [`Quota`] holds the pools of one account with a vendor. All clones of a client share one, and
//! so do several clients that are built from the same one, because the vendor counts them together.
//!
//! # How a slot is counted
//!
//! Each pool keeps an exact log of when its last requests were sent. A window of `limit` requests is free for
//! one more when the `limit`-th newest is older than the window, so a burst up to the limit goes at once and
//! then one request for each that grows old. No stretch of time of the window's length, wherever it begins,
//! ever holds more than the limit, which is right for a vendor that slides its windows and for one that starts
//! them at fixed times nobody knows. All windows of a pool hold together.
//!
//! The vendor counts arrivals, though, and we see departures. A slot is therefore kept a little longer than its
//! window: by a [margin](QuotaBuilder::margin) of 1 %, and by as much as the request may have arrived late,
//! judged by its answer ([jitter](QuotaBuilder::jitter)). Where latency varies by more than the margin, a client
//! that is never refused cannot spend a window of one second fully, whoever writes it: the slot of a request
//! that came late is free late, and the next one may be fast. Windows of minutes and more do not notice.
//!
//! What others spend, in another process or before this one began, is not known here: the vendor's 429 says it,
//! and [`Quota::pause`] makes everybody wait for it. A [`Store`] that processes share knows it beforehand.
//!
//! # Why not `governor`
//!
//! Its GCRA keeps one number for each limit instead of a log, and pays for it: with a burst of the limit it lets
//! nearly twice the limit into one window, and without it spreads requests evenly, so that the first hundred of
//! 100 an hour take an hour. It also has no queue in order of arrival, gives no slot back, and keeps one window
//! for each limiter.

mod builder;
mod flight;
mod in_process;
mod lane;
mod log;
mod permit;
mod store;
mod turn;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

pub use builder::{PoolLimits, QuotaBuilder};
pub use in_process::InProcess;
pub use permit::Permit;
pub use store::{Rate, Remaining, Reserved, Store, Ticket};
pub use turn::Turn;

use crate::api::Api;
pub(crate) use lane::Patience;
use lane::{Lane, Shared};
use turn::Turns;

/// What one account may spend with a vendor, and has spent.
///
/// Clones share everything. Make one for each account: the pools of two vendors may have the same names.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), revops_runtime::quota::Refused> {
/// use std::time::Duration;
/// use revops_runtime::api::Window;
/// use revops_runtime::quota::{PoolLimits, Quota, Refused};
///
/// let hour = Window { limit: 2, seconds: 3_600 };
/// let quota = Quota::builder(&[]).pool("users", PoolLimits { windows: vec![hour], concurrency: None }).build();
///
/// for _ in 0..2 {
///     quota.acquire("users", None).await?.sent();
/// }
/// // The third would have to wait for an hour, and we have ten seconds.
/// match quota.acquire("users", Some(Duration::from_secs(10))).await {
///     Err(Refused::Exhausted { pool, wait }) => assert!(pool == "users" && wait.as_secs() >= 3_599),
///     other => panic!("{other:?}"),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Quota {
    lanes: Arc<RwLock<BTreeMap<String, Arc<Lane>>>>,
    shared: Arc<Shared>,
    turns: Arc<Turns>,
    /// Whether the pools of further APIs join; not if the caller said that there are no limits.
    grows: bool,
}

impl Quota {
    /// The pools that the documents of these APIs name. Pools of the same name are one; if their limits
    /// differ, the windows of both hold and the lower concurrency.
    #[must_use]
    pub fn of(apis: &[&'static Api]) -> Self {
        Self::builder(apis).build()
    }

    /// No pools: every request may go at once.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let quota = revops_runtime::quota::Quota::unlimited();
    /// assert!(quota.acquire("company", None).await.is_ok());
    /// assert!(quota.remaining("company").is_empty());
    /// # }
    /// ```
    #[must_use]
    pub fn unlimited() -> Self {
        QuotaBuilder::unlimited().build()
    }

    /// Starts from the pools of these APIs, as [`of`](Self::of) does, and lets them be changed.
    pub fn builder(apis: &[&'static Api]) -> QuotaBuilder {
        QuotaBuilder::new(apis)
    }

    fn new(lanes: BTreeMap<String, Arc<Lane>>, shared: Arc<Shared>, grows: bool) -> Self {
        let turns = Arc::new(Turns::new(Arc::clone(&shared.clock)));
        Self { lanes: Arc::new(RwLock::new(lanes)), shared, turns, grows }
    }

    /// Lets the pools of one more API of the account join; pools that are there already stay as they are. A
    /// quota that is [`unlimited`](Self::unlimited) stays so.
    pub fn include(&self, api: &'static Api) {
        let is_declared = |lane: &Arc<Lane>| !lane.is_implied();
        if !self.grows || api.pools.iter().all(|pool| self.lane(pool.name).as_ref().is_some_and(is_declared))
        {
            return;
        }
        let mut lanes = self.lanes.write().unwrap_or_else(PoisonError::into_inner);
        for pool in api.pools {
            if !lanes.get(pool.name).is_some_and(is_declared) {
                // What it was paused for is known by its name.
                let lane = Lane::new(pool.name.to_owned(), &pool.into(), Arc::clone(&self.shared));
                lanes.insert(pool.name.to_owned(), Arc::new(lane));
            }
        }
    }

    fn lane(&self, pool: &str) -> Option<Arc<Lane>> {
        self.lanes.read().unwrap_or_else(PoisonError::into_inner).get(pool).cloned()
    }

    /// Waits until one request may be sent, in the order of arrival: nobody who came later goes earlier.
    /// A pool the quota does not know has no limits.
    ///
    /// `patience` is the longest wait that makes sense to the caller; `None` is forever. Dropping the future
    /// gives up the place in the queue and leaves nothing behind.
    ///
    /// # Errors
    /// [`Refused::Exhausted`] as soon as the wait is known to be longer than `patience` if all who are ahead stay in
    /// the queue, which for windows and pauses is at once, before any waiting. Where a pool is held up by requests
    /// under way nobody knows for how long, so it is when `patience` is over. Also, at once and whatever the
    /// patience, if a limit of the pool is 0. [`Refused::Closed`] after [`close`](Self::close).
    pub async fn acquire(&self, pool: &str, patience: Option<Duration>) -> Result<Permit, Refused> {
        self.acquire_for(pool, Patience { whole: patience, pause: None }).await
    }

    /// The same for one who does not wait for the end of every pause.
    pub(crate) async fn acquire_for(&self, pool: &str, patience: Patience) -> Result<Permit, Refused> {
        if self.shared.closed.load(Ordering::SeqCst) {
            return Err(Refused::Closed);
        }
        match self.lane(pool) {
            Some(lane) => lane.acquire(patience).await,
            None => Ok(Permit::free()),
        }
    }

    /// Lets nobody have a permit of this pool before `wait` has passed, as a vendor's `Retry-After` asks. It
    /// extends a pause that is in force and never shortens it. Those whose patience is shorter are refused
    /// at once; permits already given stay good. A pool without limits can be paused too.
    pub fn pause(&self, pool: &str, wait: Duration) {
        self.lane(pool).unwrap_or_else(|| self.open(pool)).pause(wait);
    }

    /// A pool without limits, which can be paused all the same.
    fn open(&self, pool: &str) -> Arc<Lane> {
        let mut lanes = self.lanes.write().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry(pool.to_owned());
        Arc::clone(lane.or_insert_with(|| Arc::new(Lane::implied(pool.to_owned(), Arc::clone(&self.shared)))))
    }

    /// Waits for its turn among all who share this quota and ask for one, in the order of arrival: for work that
    /// goes on at the vendor when its request has been answered, such as a background job, and of which the
    /// vendor takes one at a time. It spends nothing, and holds nobody up who does not ask.
    ///
    /// Whoever has the turn gives a [sign of life](Turn::alive) at least once a minute; behind one who does not,
    /// such as a stream that nobody reads, and after [`close`](Self::close), the wait ends without the turn, and
    /// the vendor is to be asked. So it is for jobs of other processes, of which nothing is known here. Dropping
    /// the future gives up the place in the queue.
    ///
    /// ```
    /// # use futures::FutureExt;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let quota = revops_runtime::quota::Quota::of(&[]);
    /// let mine = quota.turn("jobs").await;
    /// assert!(quota.turn("jobs").now_or_never().is_none());
    /// drop(mine); // and the next one has it
    /// let _theirs = quota.turn("jobs").await;
    /// # }
    /// ```
    pub async fn turn(&self, pool: &str) -> Turn {
        self.turns.of(pool).await
    }

    /// What is left of each window of a pool, in the order of its declaration; empty for a pool that is
    /// unknown or has no windows. A permit not yet sent counts as spent.
    #[must_use]
    pub fn remaining(&self, pool: &str) -> Vec<Remaining> {
        let lane = self.lane(pool);
        lane.map(|lane| self.shared.store.remaining(pool, lane.rates())).unwrap_or_default()
    }

    /// Ends it for all clones: who waits is refused, and so is everybody who comes. Permits already given stay
    /// good. There is no way back.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        for lane in self.lanes.read().unwrap_or_else(PoisonError::into_inner).values() {
            lane.close();
        }
        self.turns.close();
    }
}

impl fmt::Debug for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        let pools: Vec<_> = lanes.keys().collect();
        f.debug_struct("Quota").field("pools", &pools).finish_non_exhaustive()
    }
}

/// Why a permit was not given. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The wait would be longer than the caller's patience.
    Exhausted {
        /// The pool that is spent.
        pool: String,
        /// How long to wait at least before another try; [`Duration::MAX`] if the pool allows nothing at all,
        /// zero if it depends on requests under way and nobody knows.
        wait: Duration,
    },
    /// The vendor wants the pool left alone for longer than the caller waits.
    Paused {
        /// The pool that is paused.
        pool: String,
        /// How long the pause still lasts.
        wait: Duration,
    },
    /// The quota was closed.
    Closed,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhausted { pool, wait: Duration::MAX } => {
                write!(f, "the quota pool `{pool}` allows no requests; raise its limit")
            }
            Self::Exhausted { pool, wait: Duration::ZERO } => {
                write!(
                    f,
                    "the quota pool `{pool}` is busy with requests under way; try again when they have ended"
                )
            }
            Self::Exhausted { pool, wait } => {
                write!(
                    f,
                    "the quota pool `{pool}` is spent; try again in {} s",
                    wait.as_millis().div_ceil(1000)
                )
            }
            Self::Paused { pool, wait } => {
                write!(
                    f,
                    "the vendor asks to leave the quota pool `{pool}` alone for another {} s",
                    wait.as_millis().div_ceil(1000)
                )
            }
            Self::Closed => f.write_str("the quota was closed while requests were waiting for it"),
        }
    }
}

impl std::error::Error for Refused {}
