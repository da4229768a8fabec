//! Rows that go in jobs, of which the vendor does one at a time.

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use revops_runtime::backoff::Backoff;
use revops_runtime::clock::{Clock, TokioClock};
use revops_runtime::delivery::{Delivery, Failure};
use revops_runtime::job::{Snapshot, State, TurnOptions, WaitOptions, turn, wait};
use revops_runtime::quota::Quota;
use revops_userpilot::operations::BULK_IDENTIFY_USERS;
use tokio::time::sleep;

use crate::vendor::{BACK, Way};
use crate::{Client, Outcome, SEED, backoff};

/// The facade's `bulk().users` sends as many in a job; the vendor's limit
/// (<https://docs.userpilot.com/api-references/bulk-updates/users>).
const ROWS_PER_JOB: u64 = 10_000;
/// How fast the vendor works through them (the same page).
const ROWS_PER_MINUTE: u64 = 1_200;

/// So many rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bulk {
    jobs: u64,
    way: Way,
}

/// The vendor: the job under way or done last, and how many requests found it busy.
#[derive(Debug, Default)]
struct Jobs {
    begun: Duration,
    ends: Duration,
    refused: usize,
}

/// One run, shared by its tasks.
struct Run {
    what: Bulk,
    client: Client,
    quota: Quota,
    clock: TokioClock,
    jobs: Mutex<Jobs>,
    taken: AtomicU64,
    sent: AtomicUsize,
    tasks: AtomicU64,
}

/// The vendor has a job under way.
#[derive(Debug)]
struct Busy;

impl Bulk {
    pub(crate) fn new(rows: u64, way: Way) -> Self {
        Self { jobs: rows.div_ceil(ROWS_PER_JOB), way }
    }

    fn one_job() -> Duration {
        Duration::from_secs(60 * ROWS_PER_JOB / ROWS_PER_MINUTE)
    }

    /// How long the vendor works.
    pub(crate) fn allowed(&self) -> Duration {
        Self::one_job() * u32::try_from(self.jobs).unwrap()
    }

    /// The first request must arrive and the last answer come; each other one can arrive when a job ends.
    pub(crate) fn minimum(&self) -> Duration {
        self.way.of(0) + self.allowed() + BACK
    }

    pub(crate) async fn run(&self, client: Client, tasks: usize) -> Outcome {
        let run = Arc::new(Run {
            what: *self,
            client,
            quota: if client == Client::Ours {
                Quota::of(&[&revops_userpilot::API])
            } else {
                Quota::unlimited()
            },
            clock: TokioClock::new(),
            jobs: Mutex::default(),
            taken: AtomicU64::new(0),
            sent: AtomicUsize::new(0),
            tasks: AtomicU64::new(0),
        });
        for ended in join_all((0..tasks).map(|_| tokio::spawn(Arc::clone(&run).work()))).await {
            ended.unwrap();
        }
        let refused = run.jobs.lock().unwrap().refused;
        Outcome { wall: run.clock.now(), refused }
    }
}

impl Run {
    /// One task: takes the next job until none is left, and then sees its last one end.
    async fn work(self: Arc<Self>) {
        let mut random = fastrand::Rng::with_seed(SEED + self.tasks.fetch_add(1, Ordering::SeqCst));
        while self.taken.fetch_add(1, Ordering::SeqCst) < self.what.jobs {
            match self.client {
                // What the facade's `bulk()` does with `wait_turn`. No task ever finds the vendor busy.
                Client::Ours => {
                    let patient = TurnOptions::default().deadline(Duration::MAX);
                    let mine = self.quota.turn(BULK_IDENTIFY_USERS.pool.unwrap()).await;
                    turn(|| self.begin(), |Busy| true, patient).await.unwrap();
                    self.end(WaitOptions::default(), || mine.alive()).await;
                }
                Client::Sequential => {
                    while self.begin().await.is_err() {
                        sleep(Duration::from_secs(1)).await;
                    }
                }
                Client::Unlimited => {
                    let mut refusals = 0;
                    while self.begin().await.is_err() {
                        sleep(backoff(&mut random, refusals)).await;
                        refusals += 1;
                    }
                }
            }
        }
        if self.client != Client::Ours {
            let each_second = Backoff::new(Duration::from_secs(1)).factor(1.0).jitter(0.0);
            self.end(WaitOptions::default().backoff(each_second), || ()).await;
        }
    }

    /// Sends the request that begins a job.
    async fn begin(&self) -> Result<(), Busy> {
        let pool = BULK_IDENTIFY_USERS.pool.unwrap();
        let mut permit = self.quota.acquire(pool, None).await.unwrap();
        permit.sent();
        let now = self.arrives().await;
        let answer = {
            let mut jobs = self.jobs.lock().unwrap();
            if now < jobs.ends {
                jobs.refused += 1;
                Err(Busy)
            } else {
                (jobs.begun, jobs.ends) = (now, now + Bulk::one_job());
                Ok(())
            }
        };
        sleep(BACK).await;
        permit.answered();
        answer
    }

    /// Asks after the job under way until it has ended; `asked` hears of each time.
    async fn end(&self, options: WaitOptions, asked: impl Fn() + Sync) {
        let (begun, ends) = {
            let jobs = self.jobs.lock().unwrap();
            (jobs.begun, jobs.ends)
        };
        let ask = || async {
            let now = self.arrives().await;
            sleep(BACK).await;
            let state = if now < ends { State::Running("processing".into()) } else { State::Succeeded };
            let done = now.min(ends).saturating_sub(begun).as_secs() * ROWS_PER_MINUTE / 60;
            Ok::<_, Busy>(Snapshot::new(state, ()).rows(done, ROWS_PER_JOB))
        };
        wait(ask, options, |_| asked()).await.unwrap();
    }

    async fn arrives(&self) -> Duration {
        sleep(self.what.way.of(self.sent.fetch_add(1, Ordering::SeqCst))).await;
        self.clock.now()
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the vendor has a job under way")
    }
}

impl std::error::Error for Busy {}

impl Failure for Busy {
    fn delivery(&self) -> Delivery {
        Delivery::NotSent
    }

    fn is_retryable(&self) -> bool {
        true
    }
}
