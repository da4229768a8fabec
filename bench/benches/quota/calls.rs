//! Calls that are counted in windows of time.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use revops_runtime::api::{Api, Pool};
use revops_runtime::clock::{Clock, TokioClock};
use revops_runtime::quota::Quota;
use tokio::time::sleep;

use crate::vendor::{self, BACK, Cut, Vendor, Way};
use crate::{Client, Outcome, SEED, backoff};

/// So many calls that draw on one pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calls {
    api: &'static Api,
    pool: &'static Pool,
    count: usize,
    way: Way,
    asks_to_wait: bool,
}

/// One run, shared by its tasks.
struct Run {
    what: Calls,
    client: Client,
    quota: Quota,
    clock: TokioClock,
    vendor: Mutex<Vendor>,
    taken: AtomicUsize,
    sent: AtomicUsize,
    tasks: AtomicU64,
}

impl Calls {
    pub(crate) fn new(api: &'static Api, pool: &str, count: usize, way: Way) -> Self {
        let pool = api.pools.iter().find(|known| known.name == pool).unwrap();
        Self { api, pool, count, way, asks_to_wait: false }
    }

    /// A refusal carries `Retry-After`, in whole seconds.
    pub(crate) fn asks_to_wait(self) -> Self {
        Self { asks_to_wait: true, ..self }
    }

    /// How long the windows make it last if calls take no time.
    pub(crate) fn allowed(&self) -> Duration {
        vendor::minimum(self.pool.windows, Way::Constant(0), self.count, self.count).saturating_sub(BACK)
    }

    /// The least time for so many tasks.
    pub(crate) fn minimum(&self, tasks: usize) -> Duration {
        vendor::minimum(self.pool.windows, self.way, tasks, self.count)
    }

    pub(crate) async fn run(&self, client: Client, tasks: usize, cut: Cut) -> Outcome {
        let run = Arc::new(Run {
            what: *self,
            client,
            quota: if client == Client::Ours { Quota::of(&[self.api]) } else { Quota::unlimited() },
            clock: TokioClock::new(),
            vendor: Mutex::new(Vendor::new(cut, self.pool.windows)),
            taken: AtomicUsize::new(0),
            sent: AtomicUsize::new(0),
            tasks: AtomicU64::new(0),
        });
        for ended in join_all((0..tasks).map(|_| tokio::spawn(Arc::clone(&run).work()))).await {
            ended.unwrap();
        }
        let refused = run.vendor.lock().unwrap().refused;
        Outcome { wall: run.clock.now(), refused }
    }
}

impl Run {
    /// One task: takes the next call until none is left.
    async fn work(self: Arc<Self>) {
        let mut random = fastrand::Rng::with_seed(SEED + self.tasks.fetch_add(1, Ordering::SeqCst));
        while self.taken.fetch_add(1, Ordering::SeqCst) < self.what.count {
            let mut refusals = 0;
            while let Err(asked) = self.send().await {
                match self.client {
                    // As a call does: the longest pause is that of the vendor, else the shortest window.
                    Client::Ours => self.quota.pause(self.what.pool.name, asked.unwrap_or(self.shortest())),
                    Client::Sequential => sleep(asked.unwrap_or(Duration::from_secs(1))).await,
                    Client::Unlimited => sleep(asked.unwrap_or_else(|| backoff(&mut random, refusals))).await,
                }
                refusals += 1;
            }
        }
    }

    /// Sends one call. Refused, it gives how long the vendor asks to wait.
    async fn send(&self) -> Result<(), Option<Duration>> {
        let mut permit = self.quota.acquire(self.what.pool.name, None).await.unwrap();
        permit.sent();
        sleep(self.what.way.of(self.sent.fetch_add(1, Ordering::SeqCst))).await;
        let answer = self.vendor.lock().unwrap().arrive(self.clock.now());
        sleep(BACK).await;
        permit.answered();
        answer.map_err(|wait| {
            let seconds = wait.as_millis().div_ceil(1_000);
            self.what.asks_to_wait.then(|| Duration::from_secs(u64::try_from(seconds).unwrap()))
        })
    }

    fn shortest(&self) -> Duration {
        let seconds = self.what.pool.windows.iter().map(|window| window.seconds).min();
        Duration::from_secs(seconds.unwrap_or(1).into())
    }
}
