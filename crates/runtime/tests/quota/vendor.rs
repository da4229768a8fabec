//! A vendor that enforces its windows, the way to it, and the least time any client would need. The benchmark
//! `quota` uses it, too.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use revops_runtime::api::Window;

/// How a vendor cuts time into windows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    /// Windows begin at fixed times, the first one this part of a window before the run (in thousandths).
    Fixed(u32),
    /// Every stretch of the length of the window counts.
    Sliding,
}

/// The cuts that a client meets: it cannot know which one is the vendor's.
pub(crate) const CUTS: [Cut; 6] =
    [Cut::Sliding, Cut::Fixed(0), Cut::Fixed(187), Cut::Fixed(437), Cut::Fixed(700), Cut::Fixed(950)];

/// One way with no variation, and one whose variation is ten times the margin of a window of one second.
pub(crate) const STEADY: Way = Way::Constant(70);
pub(crate) const JITTERED: Way = Way::Jittered(20, 120);

/// Counts arrivals and refuses those above a limit, each window by itself.
pub(crate) struct Vendor {
    cut: Cut,
    windows: Vec<(Window, VecDeque<Duration>)>,
    pub(crate) refused: usize,
}

impl Vendor {
    pub(crate) fn new(cut: Cut, windows: &[Window]) -> Self {
        let windows = windows.iter().map(|window| (*window, VecDeque::new())).collect();
        Self { cut, windows, refused: 0 }
    }

    /// A request arrives; arrivals come in the order of time. Gives how long a refused one would have to wait.
    pub(crate) fn arrive(&mut self, at: Duration) -> Result<(), Duration> {
        let mut refused = None;
        for (window, counted) in &mut self.windows {
            let per = length(*window);
            let ends = |earlier: Duration| match self.cut {
                Cut::Sliding => earlier + per,
                Cut::Fixed(phase) => {
                    let phase = per * phase / 1000;
                    let next = (earlier + phase).as_secs() / per.as_secs() + 1;
                    Duration::from_secs(next * per.as_secs()).saturating_sub(phase)
                }
            };
            while counted.front().is_some_and(|earlier| ends(*earlier) <= at) {
                counted.pop_front();
            }
            if counted.len() >= window.limit as usize {
                let free = counted.front().map_or(at, |earlier| ends(*earlier));
                refused = refused.max(Some(free.saturating_sub(at)));
            }
        }
        if let Some(wait) = refused {
            self.refused += 1;
            return Err(wait);
        }
        for (_, counted) in &mut self.windows {
            counted.push_back(at);
        }
        Ok(())
    }
}

/// How long a request takes to the vendor; its answer takes [`BACK`] more.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    Constant(u64),
    /// Uniform between the two, in milliseconds, drawn from a constant seed.
    Jittered(u64, u64),
}

/// How long an answer takes.
pub(crate) const BACK: Duration = Duration::from_millis(5);

impl Way {
    /// The way of the `number`-th request.
    pub(crate) fn of(self, number: usize) -> Duration {
        Duration::from_millis(match self {
            Self::Constant(millis) => millis,
            Self::Jittered(from, to) => from + mixed(number as u64) % (to - from + 1),
        })
    }

    fn fastest(self) -> Duration {
        Duration::from_millis(match self {
            Self::Constant(millis) | Self::Jittered(millis, _) => millis,
        })
    }
}

/// The least time in which `tasks` tasks can have `calls` calls answered without one 429.
///
/// The client it is computed for knows more than any real one, namely when each earlier request arrives, even
/// those on their way, and how long the fastest way is; but neither how long the next request will take nor
/// where fixed windows begin. It sends the next request as soon as that cannot be too early on the fastest way.
pub(crate) fn minimum(windows: &[Window], way: Way, tasks: usize, calls: usize) -> Duration {
    let longest = windows.iter().map(|window| window.limit as usize).max().unwrap_or(0);
    let mut arrivals = VecDeque::<Duration>::new();
    let mut idle: BinaryHeap<_> = (0..tasks).map(|_| Reverse(Duration::ZERO)).collect();
    let mut end = Duration::ZERO;
    for number in 0..calls {
        let Reverse(ready) = idle.pop().unwrap();
        let free = windows.iter().filter_map(|window| {
            let slot = arrivals.len().checked_sub(window.limit as usize)?;
            Some((arrivals[slot] + length(*window)).saturating_sub(way.fastest()))
        });
        let sent = free.fold(ready, Duration::max);
        let arrival = sent + way.of(number);
        let later = arrivals.iter().rev().take_while(|other| **other > arrival).count();
        arrivals.insert(arrivals.len() - later, arrival);
        if arrivals.len() > longest {
            arrivals.pop_front();
        }
        idle.push(Reverse(arrival + BACK));
        end = end.max(arrival + BACK);
    }
    end
}

fn length(window: Window) -> Duration {
    Duration::from_secs(window.seconds.into())
}

/// One step of splitmix64: a number that looks like chance and is always the same.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
