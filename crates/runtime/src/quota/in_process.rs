//! The store that lives and dies with the process.

use std::collections::BTreeMap;
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;

use super::log::Log;
use super::store::{Rate, Remaining, Reserved, Store, Ticket};
use crate::clock::Clock;

/// Keeps the log of each pool in memory: sixteen bytes for each of the last requests, as many of them as the
/// largest limit of the pool allows, which is at most 1 MiB for a limit of 50,000.
///
/// A new process starts with empty logs. One that restarts often under a daily limit wants a [`Store`] that
/// outlives it.
pub struct InProcess {
    clock: Arc<dyn Clock>,
    logs: Mutex<BTreeMap<String, Log>>,
}

impl InProcess {
    /// A store with no requests in it.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, logs: Mutex::default() }
    }

    /// Runs `work` on the log of `pool`. The lock is held for these few instructions and never across an
    /// await; a log is whole between any two of them, so a poisoned lock is as good as any other.
    fn with<T>(&self, pool: &str, work: impl FnOnce(&mut Log, Duration) -> T) -> T {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        // The time is read under the lock, so that it never goes back from one reservation to the next.
        let now = self.clock.now();
        if let Some(log) = logs.get_mut(pool) {
            return work(log, now);
        }
        work(logs.entry(pool.to_owned()).or_default(), now)
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl Store for InProcess {
    fn reserve<'a>(&'a self, pool: &'a str, rates: &'a [Rate]) -> BoxFuture<'a, Reserved> {
        // Taken at the first poll and answered in it, so that no drop can come between.
        Box::pin(async move {
            match self.with(pool, |log, now| log.reserve(now, rates)) {
                Ok(ticket) => Reserved::Granted(ticket),
                Err(wait) => Reserved::Wait(wait),
            }
        })
    }

    fn forecast<'a>(&'a self, pool: &'a str, rates: &'a [Rate], ahead: usize) -> BoxFuture<'a, Duration> {
        Box::pin(ready(self.with(pool, |log, now| log.forecast(now, rates, ahead))))
    }

    fn sent(&self, pool: &str, ticket: Ticket, late: Duration) {
        self.with(pool, |log, now| log.sent(ticket, now.saturating_add(late)));
    }

    fn earlier(&self, pool: &str, ticket: Ticket, by: Duration) {
        self.with(pool, |log, _| log.earlier(ticket, by));
    }

    fn give_back(&self, pool: &str, ticket: Ticket) {
        self.with(pool, |log, _| log.give_back(ticket));
    }

    fn pause(&self, pool: &str, wait: Duration) {
        self.with(pool, |log, now| log.pause(now.saturating_add(wait)));
    }

    fn paused<'a>(&'a self, pool: &'a str) -> BoxFuture<'a, Duration> {
        Box::pin(ready(self.with(pool, |log, now| log.paused(now))))
    }

    fn remaining(&self, pool: &str, rates: &[Rate]) -> Vec<Remaining> {
        self.with(pool, |log, now| log.remaining(now, rates))
    }
}
