//! The clock that waits are measured on: one that only goes forward, and that tests can put in the place of
//! the real one.
//!
//! The wall clock is never asked. It jumps when it is set, and a wait computed from it would jump too.

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;

/// A clock that only goes forward.
///
/// `now` counts from an epoch of the clock's own, so that its values mean something only among themselves.
///
/// ```
/// use std::time::Duration;
/// use revops_runtime::clock::{Clock, TokioClock};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let clock = TokioClock::new();
/// let before = clock.now();
/// clock.sleep(Duration::from_millis(5)).await;
/// assert!(clock.now() - before >= Duration::from_millis(5));
/// # }
/// ```
pub trait Clock: Send + Sync {
    /// The time since the clock's own epoch. It never goes back.
    fn now(&self) -> Duration;

    /// A future that ends when `wait` has passed, never earlier. Dropping it leaves nothing behind.
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of the tokio runtime. Where tokio's time is paused, so is this clock.
///
/// [`sleep`](Clock::sleep) must be awaited inside a tokio runtime whose time driver is enabled; its
/// resolution is one millisecond, rounded up.
#[derive(Clone, Copy)]
pub struct TokioClock {
    epoch: tokio::time::Instant,
}

impl TokioClock {
    /// A clock whose epoch is now.
    #[must_use]
    pub fn new() -> Self {
        Self { epoch: tokio::time::Instant::now() }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TokioClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokioClock")
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        // The timer is made at the first poll, so that making the future needs no runtime; its end is fixed
        // here, so that a late first poll does not move it.
        let end = tokio::time::Instant::now().checked_add(wait);
        Box::pin(async move {
            match end {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        })
    }
}
