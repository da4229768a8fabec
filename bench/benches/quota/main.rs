//! How much of what the vendors allow is used: syncs under their real windows, on simulated time.
//!
//! No network and no real time: a run of hours takes milliseconds, and gives the same figures on any machine. The
//! windows are those of the generated clients; the vendor refuses what is above them, cutting time in six ways of
//! which a client knows none. Each client runs once for each, and each figure is the worst of the six by itself.
//! Bulk jobs have no windows, but one may be under way; what is refused there is refused with 409.
//!
//! - `minimum` is the least time in which so many tasks can be done without a single 429, for a client that knows
//!   when each of its requests arrives and not where windows begin. One task that waits for each answer cannot
//!   reach 20 a second where an answer takes 75 ms, so the minimum of 1 task is another than that of 16.
//! - `ours` are tasks that share a client's [`Quota`](revops_runtime::quota::Quota); in bulk they also take turns
//!   and wait for jobs as the facade does. What a call does besides is not simulated.
//! - `sequential` sends one call after the other and, after a 429, waits as long as the vendor asks, else a second.
//! - `unlimited` are tasks that send at will and, after a 429, wait as long as the vendor asks, else 1, 2, 4 … 64
//!   seconds and up to one more.
//!
//! Figures: `wall` in seconds with its ratio to `minimum`; `429`, the calls that were refused; and `use`, the
//! rate by that which the windows allow if calls took no time. The ratio of `use` is to what `minimum` uses, which
//! is all that so many tasks can reach: where latency varies by much of a window, no client without 429 reaches 1
//! (see the text of [`revops_runtime::quota`]).

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![allow(clippy::cast_precision_loss, reason = "counts of calls are far below 2^52")]

mod bulk;
mod calls;
#[path = "../../../crates/runtime/tests/quota/vendor.rs"]
mod vendor;

use std::time::Duration;

use revops_bench::Report;
use revops_runtime::api::Api;
use vendor::{JITTERED, STEADY};

use bulk::Bulk;
use calls::Calls;

/// How many tasks share a client.
const TASKS: [usize; 3] = [1, 4, 16];

/// What seeds the chance in the clients' waits, so that it is the same in every run.
const SEED: u64 = 20_260_726;

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    Ours,
    Sequential,
    Unlimited,
}

impl Client {
    const ALL: [Self; 3] = [Self::Ours, Self::Sequential, Self::Unlimited];

    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Sequential => "sequential",
            Self::Unlimited => "unlimited",
        }
    }

    /// One call at a time is the same whatever the number of tasks.
    fn takes_part(self, tasks: usize) -> bool {
        self != Self::Sequential || tasks == 1
    }
}

/// What became of one run.
#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    wall: Duration,
    refused: usize,
}

impl Outcome {
    /// The worst of both.
    fn or(self, other: Self) -> Self {
        Self { wall: self.wall.max(other.wall), refused: self.refused.max(other.refused) }
    }
}

fn main() -> std::io::Result<()> {
    let mut report = Report::new("quota");
    let one = |api: &'static Api, pool: &str, calls, way| Calls::new(api, pool, calls, way);
    // Pages of 100 users, upserts of 50 people, and one user, contact or identification a call. Only Gong says in
    // a 429 how long to wait.
    let syncs = [
        ("gong 100k users", one(&revops_gong::API, "company", 1_000, STEADY).asks_to_wait()),
        ("gainsight 40k upserts", one(&revops_gainsight::person::API, "objects", 800, STEADY)),
        ("gainsight 2,500 users", one(&revops_gainsight::user_management::API, "users", 2_500, STEADY)),
        ("userpilot 40k identifications", one(&revops_userpilot::API, "identify", 40_000, STEADY)),
        ("usergems 40k contacts", one(&revops_usergems::API, "calls", 40_000, STEADY)),
    ];
    for (name, calls) in &syncs {
        for tasks in TASKS {
            sync(&mut report, &row(name, tasks), calls, tasks);
        }
    }
    // Windows of a second notice latency that varies; those of minutes and more do not.
    let jittered = [
        ("gong 100k users, jittered", one(&revops_gong::API, "company", 1_000, JITTERED).asks_to_wait()),
        ("usergems 40k contacts, jittered", one(&revops_usergems::API, "calls", 40_000, JITTERED)),
    ];
    for (name, calls) in &jittered {
        sync(&mut report, &row(name, 16), calls, 16);
    }
    let rows = Bulk::new(1_000_000, STEADY);
    for tasks in TASKS {
        let row = row("userpilot 1M rows in bulk", tasks);
        let allowed = rows.allowed();
        least(&mut report, &row, rows.minimum(), allowed);
        for client in Client::ALL.into_iter().filter(|client| client.takes_part(tasks)) {
            let outcome = paused(rows.run(client, tasks));
            done(&mut report, &row, client, outcome, allowed, "409");
        }
    }
    report.relate_to("minimum");
    report.write(&revops_bench::root())
}

fn row(name: &str, tasks: usize) -> String {
    format!("{name}/{tasks} task{}", if tasks == 1 { "" } else { "s" })
}

fn sync(report: &mut Report, row: &str, calls: &Calls, tasks: usize) {
    let allowed = calls.allowed();
    least(report, row, calls.minimum(tasks), allowed);
    for client in Client::ALL.into_iter().filter(|client| client.takes_part(tasks)) {
        let runs = vendor::CUTS.map(|cut| paused(calls.run(client, tasks, cut)));
        let worst = runs.into_iter().fold(Outcome::default(), Outcome::or);
        done(report, row, client, worst, allowed, "429");
    }
}

fn least(report: &mut Report, row: &str, minimum: Duration, allowed: Duration) {
    report.counted(format!("{row}/wall/minimum"), minimum.as_secs_f64(), "s");
    report.counted(format!("{row}/use/minimum"), allowed.as_secs_f64() / minimum.as_secs_f64(), "");
}

/// Enters what a client did, its refusals under the status they came with.
fn done(report: &mut Report, row: &str, client: Client, outcome: Outcome, allowed: Duration, status: &str) {
    let (client, wall) = (client.name(), outcome.wall.as_secs_f64());
    report.counted(format!("{row}/wall/{client}"), wall, "s");
    report.counted(format!("{row}/use/{client}"), allowed.as_secs_f64() / wall, "");
    report.counted(format!("{row}/{status}/{client}"), outcome.refused as f64, "");
}

/// Runs on a clock of its own that jumps to the next event.
fn paused<T>(run: impl Future<Output = T>) -> T {
    // The waits of the runtime's `Backoff` draw from the generator of this thread, which all tasks run on.
    fastrand::seed(SEED);
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(run)
}

/// The usual advice for a refused call: wait 1, 2, 4 … 64 seconds and up to one more.
fn backoff(random: &mut fastrand::Rng, refusals: u32) -> Duration {
    let seconds = 2_u64.pow(refusals.min(6));
    Duration::from_millis(seconds * 1_000 + random.u64(0..1_000))
}
