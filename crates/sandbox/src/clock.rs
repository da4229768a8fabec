//! The sandbox's own time: it runs with tokio's clock and can be moved ahead.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// A thousand years of 365 days.
const END: Duration = Duration::from_secs(1000 * 365 * 24 * 60 * 60);

/// The wall clock of when the sandbox began, plus what tokio's clock has run since, plus what it
/// was moved ahead. On a runtime with paused time it stands still until time is advanced.
#[derive(Debug)]
pub(crate) struct Clock {
    began: DateTime<Utc>,
    since: Instant,
    ahead: Duration,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { began: Utc::now(), since: Instant::now(), ahead: Duration::ZERO }
    }

    /// How long the sandbox has run, by its own clock; a thousand years at most, so that nobody who
    /// adds a lifetime to it leaves the calendar.
    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed().saturating_add(self.ahead).min(END)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.elapsed()).unwrap_or(TimeDelta::MAX);
        self.began.checked_add_signed(elapsed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead = self.ahead.saturating_add(by);
    }
}
