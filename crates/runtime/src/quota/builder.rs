//! How a quota is put together: the pools of documents, what a caller knows better, and where time and logs
//! come from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::lane::{Lane, Shared};
use super::{InProcess, Quota, Store};
use crate::api::{Api, Pool, Window};
use crate::clock::{Clock, TokioClock};

/// By how much the arrival of a request may be later than the fastest one's, at most.
const JITTER: Duration = Duration::from_millis(150);

/// What one pool allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolLimits {
    /// The windows, all of which hold. A limit of 0 refuses every request; a window of 0 seconds is none.
    pub windows: Vec<Window>,
    /// How many requests may be under way at once; `None` for any number. `Some(0)` refuses every request.
    pub concurrency: Option<u32>,
}

impl From<&Pool> for PoolLimits {
    fn from(pool: &Pool) -> Self {
        Self { windows: pool.windows.to_vec(), concurrency: pool.concurrency }
    }
}

impl PoolLimits {
    /// What holds if both hold.
    fn and(&mut self, other: Self) {
        for window in other.windows {
            if !self.windows.contains(&window) {
                self.windows.push(window);
            }
        }
        self.concurrency = match (self.concurrency, other.concurrency) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// Builds a [`Quota`]; made by [`Quota::builder`].
#[must_use]
pub struct QuotaBuilder {
    pools: BTreeMap<String, PoolLimits>,
    /// The pools that the documents name.
    documented: BTreeSet<&'static str>,
    store: Option<Arc<dyn Store>>,
    clock: Option<Arc<dyn Clock>>,
    margin: Option<Duration>,
    jitter: Duration,
    grows: bool,
}

impl QuotaBuilder {
    pub(super) fn new(apis: &[&'static Api]) -> Self {
        let mut pools = BTreeMap::<String, PoolLimits>::new();
        for pool in apis.iter().flat_map(|api| api.pools) {
            pools.entry(pool.name.to_owned()).or_default().and(pool.into());
        }
        let documented = apis.iter().flat_map(|api| api.pools).map(|pool| pool.name).collect();
        Self { pools, documented, store: None, clock: None, margin: None, jitter: JITTER, grows: true }
    }

    pub(super) fn unlimited() -> Self {
        Self { grows: false, ..Self::new(&[]) }
    }

    /// Sets what a pool allows, in the place of what the documents say, or adds a pool they do not name. Pools that
    /// are not set are those of the documents: of the APIs the builder was made of, and of each client it is given
    /// to.
    ///
    /// The names are those of [`Api::pools`]; the builder of each client lists its own. No operation spends from
    /// a pool of another name, so one that is added beside those of documents is told as a `tracing` warning: it
    /// is mostly a misspelt one, whose limits hold nobody back.
    pub fn pool(mut self, name: impl Into<String>, limits: PoolLimits) -> Self {
        let name = name.into();
        if !self.documented.is_empty() && !self.documented.contains(&name.as_str()) {
            tracing::warn!(pool = name, documented = ?self.documented, "no document names this quota pool");
        }
        self.pools.insert(name, limits);
        self
    }

    /// Keeps the logs in `store`; by default in an [`InProcess`] of this quota's own.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Measures waits on `clock`; by default on a [`TokioClock`]. A store given by
    /// [`store`](Self::store) keeps its own.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How much longer than its window a request occupies its slot, the same for all windows. By default 1 %
    /// of the window, at least 5 ms and at most 250 ms: room for the vendor's clock and for what remains
    /// unknown about the fastest way, at a cost of at most 1 % where windows last 500 ms or more.
    pub fn margin(mut self, margin: Duration) -> Self {
        self.margin = Some(margin);
        self
    }

    /// By how much the arrival of a request may be later than the fastest one's, at most; by default 150 ms.
    ///
    /// A slot is kept that much longer until the answer shows how late the request really can have been, so
    /// this costs nothing where answers take equally long, and what they vary by where they do not. It
    /// matters for windows of seconds. Zero trusts the margin alone: more throughput where answers vary
    /// because the vendor computes for some time, more 429 where they vary because the network does.
    pub fn jitter(mut self, jitter: Duration) -> Self {
        self.jitter = jitter;
        self
    }

    /// The quota, with nothing spent.
    #[must_use]
    pub fn build(self) -> Quota {
        let clock = self.clock.unwrap_or_else(|| Arc::new(TokioClock::new()));
        let store = self.store.unwrap_or_else(|| Arc::new(InProcess::new(Arc::clone(&clock))));
        let margin = self.margin;
        let margin = Box::new(move |per| margin.unwrap_or_else(|| default_margin(per)));
        let shared = Shared { store, clock, closed: AtomicBool::new(false), margin, jitter: self.jitter };
        let shared = Arc::new(shared);
        let lanes = self.pools.into_iter().map(|(name, limits)| {
            let lane = Lane::new(name.clone(), &limits, Arc::clone(&shared));
            (name, Arc::new(lane))
        });
        Quota::new(lanes.collect(), shared, self.grows)
    }
}

impl fmt::Debug for QuotaBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuotaBuilder").field("pools", &self.pools).finish_non_exhaustive()
    }
}

/// See [`QuotaBuilder::margin`].
fn default_margin(per: Duration) -> Duration {
    (per / 100).clamp(Duration::from_millis(5), Duration::from_millis(250))
}
