//! How late a request may have arrived, judged by how long its answer took.
//!
//! A vendor counts a request when it arrives, and we know only when it left and when its answer came. What
//! harms is not latency but its variation: a slow request followed a window later by a fast one arrive closer
//! together than they left. A round trip that took `t` where the fastest takes `f` arrived at most `t - f`
//! later than the fastest would have, whichever of the two ways was slow. So that difference, and no more of
//! the latency, is added to the age a request must have before its slot is free again.

use std::time::Duration;

/// How many round trips must be known before the fastest of them is believed to be the fastest there is.
const WARM: u32 = 64;

/// After how many round trips the fastest may be forgotten, so that a path that became slower for good does
/// not cost throughput for good: it counts for this many at least, for twice as many at most.
const GENERATION: u32 = 512;

/// The fastest of the last round trips of one pool.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fastest {
    seen: u32,
    previous: Duration,
    current: Duration,
}

impl Fastest {
    pub(super) fn new() -> Self {
        Self { seen: 0, previous: Duration::MAX, current: Duration::MAX }
    }

    /// By how much a request whose round trip took `took` may have arrived later than the fastest. Until
    /// enough are known, the whole round trip.
    pub(super) fn excess(&mut self, took: Duration) -> Duration {
        if self.seen == WARM + GENERATION {
            self.seen = WARM;
            self.previous = std::mem::replace(&mut self.current, Duration::MAX);
        }
        self.seen += 1;
        self.current = self.current.min(took);
        if self.seen < WARM && self.previous == Duration::MAX {
            return took;
        }
        took.saturating_sub(self.current.min(self.previous))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_round_trip_counts_whole_until_enough_are_known_and_then_by_its_excess() {
        let mut fastest = Fastest::new();
        for _ in 1..WARM {
            assert_eq!(fastest.excess(ms(30)), ms(30));
        }
        assert_eq!(fastest.excess(ms(30)), ms(0));
        assert_eq!(fastest.excess(ms(45)), ms(15));
        assert_eq!(fastest.excess(ms(20)), ms(0));
        assert_eq!(fastest.excess(ms(30)), ms(10));
    }

    #[test]
    fn a_path_that_became_slower_is_learnt_within_two_generations() {
        let mut fastest = Fastest::new();
        for _ in 0..WARM {
            fastest.excess(ms(10));
        }
        for _ in 0..2 * GENERATION {
            fastest.excess(ms(80));
        }
        assert_eq!(fastest.excess(ms(80)), ms(0));
    }
}
