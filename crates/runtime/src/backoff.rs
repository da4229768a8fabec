//! How long to wait before trying again: longer each time, up to a cap, and never in step with others.

use std::time::Duration;

/// Waits that grow by a factor up to a cap, each shortened by chance so that many callers do not return at
/// once. It is an iterator without end.
///
/// ```
/// use revops_runtime::backoff::Backoff;
/// use std::time::Duration;
///
/// let waits: Vec<Duration> = Backoff::new(Duration::from_secs(1)).factor(3.0).jitter(0.0).take(4).collect();
/// assert_eq!(waits, [1, 3, 9, 27].map(Duration::from_secs));
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Backoff {
    next: Duration,
    factor: f64,
    cap: Duration,
    jitter: f64,
}

impl Backoff {
    /// Starts at `start` and grows by half each time, up to 30 seconds, with a jitter of a quarter.
    pub fn new(start: Duration) -> Self {
        Self { next: start, factor: 1.5, cap: Duration::from_secs(30), jitter: 0.25 }
    }

    /// What each wait is multiplied by to give the next; at least 1.
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = if factor.is_finite() { factor.max(1.0) } else { 1.0 };
        self
    }

    /// The longest wait.
    pub fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Which part of a wait chance may take away: 0 for none of it, 1 for all of it.
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        self
    }
}

impl Backoff {
    /// The next wait.
    pub(crate) fn wait(&mut self) -> Duration {
        let whole = self.next.min(self.cap);
        self.next = Duration::try_from_secs_f64(whole.as_secs_f64() * self.factor).unwrap_or(self.cap);
        // The product is never longer than the whole, but its rounding can be longer than a `Duration`.
        Duration::try_from_secs_f64(whole.as_secs_f64() * (1.0 - self.jitter * fastrand::f64()))
            .unwrap_or(whole)
    }
}

impl Iterator for Backoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(self.wait())
    }
}
