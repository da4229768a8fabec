//! When an attempt is made again, and when enough has been tried.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Delivery;
use crate::api::Retry;

/// How often and how patiently a failed attempt is made again.
///
/// Above it stands a budget of the client and its clones, so that an outage is not met with a multiple of the
/// traffic: ten retries at hand and one more for each ten calls; what is repeated and then succeeds costs
/// nothing. Two clients that are built apart have two budgets, also where they share a
/// [`Quota`](crate::Quota). Waits for quota are not paid for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts in all, the first included. 4 by default; 1 for no retry. One that went to a connection which the
    /// vendor had closed while it was idle does not count.
    pub attempts: u32,
    /// The longest wait before the second attempt; it doubles with each. The wait is drawn from zero to this
    /// (full jitter), so that clients which failed together do not come back together. 250 ms by default.
    pub base: Duration,
    /// The longest wait the doubling reaches. 20 s by default.
    pub cap: Duration,
    /// The longest `Retry-After` that is waited for; a longer one fails at once and is told in the error.
    /// 120 s by default.
    pub retry_after_cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(20),
            retry_after_cap: Duration::from_secs(120),
        }
    }
}

impl RetryPolicy {
    /// One attempt and no more.
    #[must_use]
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// The wait after attempt number `attempt` (from 1) failed.
    pub(crate) fn backoff(&self, attempt: u32) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        doubled.min(self.cap).mul_f64(fastrand::f64())
    }
}

/// Whether a class of operation may be sent again after a failure of this delivery.
pub(crate) fn allows(class: Retry, delivery: Delivery) -> bool {
    match delivery {
        Delivery::NotSent => true,
        Delivery::MaybeProcessed | Delivery::Answered => matches!(class, Retry::Safe | Retry::UpsertSafe),
    }
}

/// A token bucket that keeps an outage from being met with ever more traffic: each first attempt brings a
/// tenth of a token, each retry takes one. A full outage of a hundred calls or more therefore sees at most
/// 1.2 times the first attempts.
///
/// A connection that the vendor closed while it was idle is no sign of an outage. How many can be idle is known:
/// as many as were in use at once and have brought an answer. So many failures cost nothing, each answer once.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<Account>);

#[derive(Debug)]
struct Account {
    tenths: u32,
    /// Calls that are under way, and the most there ever were.
    under_way: u32,
    most: u32,
    /// How many connections may be idle.
    idle: u32,
}

/// In tenths of a token.
const FULL: u32 = 100;
const RETRY: u32 = 10;

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(Account { tenths: FULL, under_way: 0, most: 0, idle: 0 }))
    }
}

impl Budget {
    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A first attempt is made. What follows it is told by [`succeeded`](Self::succeeded) or
    /// [`failed`](Self::failed).
    pub(crate) fn earn(&self) {
        let mut account = self.account();
        account.tenths = (account.tenths + 1).min(FULL);
        account.under_way += 1;
        account.most = account.most.max(account.under_way);
    }

    /// An operation succeeded after `retries`: they were worth it, and what they cost comes back. Faults that
    /// come one by one are thus met for as long as they last; only where nothing succeeds is there an end.
    pub(crate) fn succeeded(&self, retries: u32) {
        let mut account = self.account();
        account.tenths = account.tenths.saturating_add(retries.saturating_mul(RETRY)).min(FULL);
        account.under_way = account.under_way.saturating_sub(1);
        account.idle = (account.idle + 1).min(account.most);
    }

    /// An operation ended without a success.
    pub(crate) fn failed(&self) {
        let mut account = self.account();
        account.under_way = account.under_way.saturating_sub(1);
    }

    /// Whether a retry may be made; if so, it is paid for.
    pub(crate) fn spend(&self) -> bool {
        let mut account = self.account();
        let enough = account.tenths >= RETRY;
        if enough {
            account.tenths -= RETRY;
        }
        enough
    }

    /// Whether a connection that broke before it brought anything can have been an idle one; it is none any
    /// more.
    pub(crate) fn was_idle(&self) -> bool {
        let mut account = self.account();
        let was = account.idle > 0;
        account.idle = account.idle.saturating_sub(1);
        was
    }
}
