//! When an attempt is made again, and when enough has been tried.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

use crate::Delivery;
use crate::api::Retry;

/// How often and how patiently a failed attempt is made again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts in all, the first included. 4 by default; 1 for no retry.
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
/// It also remembers which pools the vendor wants left alone for longer than anybody waits.
#[derive(Debug)]
pub(crate) struct Budget {
    tenths: Mutex<u32>,
    barred: Mutex<Vec<(&'static str, Instant)>>,
}

/// In tenths of a token.
const FULL: u32 = 100;
const RETRY: u32 = 10;

impl Default for Budget {
    fn default() -> Self {
        Self { tenths: Mutex::new(FULL), barred: Mutex::default() }
    }
}

impl Budget {
    /// A first attempt is made.
    pub(crate) fn earn(&self) {
        let mut tenths = self.tenths.lock().unwrap_or_else(PoisonError::into_inner);
        *tenths = (*tenths + 1).min(FULL);
    }

    /// An operation succeeded after `retries`: they were worth it, and what they cost comes back. Faults that
    /// come one by one are thus met for as long as they last; only where nothing succeeds is there an end.
    pub(crate) fn refund(&self, retries: u32) {
        let mut tenths = self.tenths.lock().unwrap_or_else(PoisonError::into_inner);
        *tenths = (*tenths).saturating_add(retries.saturating_mul(RETRY)).min(FULL);
    }

    /// Whether a retry may be made; if so, it is paid for.
    pub(crate) fn spend(&self) -> bool {
        let mut tenths = self.tenths.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = *tenths >= RETRY;
        if enough {
            *tenths -= RETRY;
        }
        enough
    }

    /// The vendor asks to leave this pool alone for so long. What is in force is never shortened.
    pub(crate) fn bar(&self, pool: &'static str, wait: Duration) {
        let now = Instant::now();
        let Some(until) = now.checked_add(wait) else { return };
        let mut barred = self.barred.lock().unwrap_or_else(PoisonError::into_inner);
        barred.retain(|(name, end)| *end > now && (*name != pool || *end > until));
        if barred.iter().all(|(name, _)| *name != pool) {
            barred.push((pool, until));
        }
    }

    /// How long this pool is still to be left alone.
    pub(crate) fn barred(&self, pool: &str) -> Option<Duration> {
        let barred = self.barred.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, until) = barred.iter().find(|(name, _)| *name == pool)?;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}
