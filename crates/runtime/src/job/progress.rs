//! How far a job is, as the vendor tells it and as it is told on.

use std::fmt;
use std::time::Duration;

/// What state a job is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has not ended; in the vendor's word.
    Running(String),
    /// The vendor says a word for it that nobody knows. It is waited for like one that runs.
    Unknown(String),
    /// It has ended well.
    Succeeded,
    /// It has ended badly.
    Failed,
}

impl State {
    /// Whether it has ended.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }

    /// One word for it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Running(name) | Self::Unknown(name) => name,
            Self::Succeeded => "completed",
            Self::Failed => "failed",
        }
    }
}

/// What a vendor answers when it is asked after a job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Snapshot<J> {
    /// Its state.
    pub state: State,
    /// How many rows, or whatever the vendor counts, are done.
    pub done: Option<u64>,
    /// How many there are.
    pub total: Option<u64>,
    /// All the vendor said.
    pub job: J,
}

impl<J> Snapshot<J> {
    /// A job in this state.
    pub fn new(state: State, job: J) -> Self {
        Self { state, done: None, total: None, job }
    }

    /// How many rows are done, and how many there are.
    pub fn rows(mut self, done: impl Into<Option<u64>>, total: impl Into<Option<u64>>) -> Self {
        (self.done, self.total) = (done.into(), total.into());
        self
    }
}

/// How far a job is. From one to the next, neither `done` nor `fraction` becomes less, even where the vendor's
/// numbers do.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The job's state, in the vendor's word.
    pub state: String,
    /// How many rows are done.
    pub done: u64,
    /// How many there are, as the vendor said last.
    pub total: Option<u64>,
    /// Which part is done, from 0 to 1, if the vendor tells enough.
    pub fraction: Option<f64>,
    /// How long it has been waited for.
    pub elapsed: Duration,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.state)?;
        match (self.total, self.fraction) {
            (Some(total), Some(fraction)) => {
                write!(f, ": {} of {total} ({:.0} %)", self.done, (fraction * 100.0).floor())
            }
            _ if self.done > 0 => write!(f, ": {}", self.done),
            _ => Ok(()),
        }
    }
}

/// Makes progress of what the vendor says, and never goes backwards.
#[derive(Debug, Default)]
pub(super) struct Meter {
    done: u64,
    total: Option<u64>,
    fraction: Option<f64>,
}

impl Meter {
    pub(super) fn read<J>(&mut self, snapshot: &Snapshot<J>, elapsed: Duration) -> Progress {
        self.done = self.done.max(snapshot.done.unwrap_or(0));
        self.total = snapshot.total.or(self.total).map(|total| total.max(self.done));
        let now = match self.total {
            _ if snapshot.state == State::Succeeded => Some(1.0),
            Some(total) if total > 0 && snapshot.done.is_some() => Some(part(self.done, total)),
            _ => None,
        };
        self.fraction = match (self.fraction, now) {
            (Some(before), Some(now)) => Some(before.max(now)),
            (before, now) => before.or(now),
        };
        Progress {
            state: snapshot.state.name().to_owned(),
            done: self.done,
            total: self.total,
            fraction: self.fraction,
            elapsed,
        }
    }
}

/// How fast a job comes on, between the first answer and the last.
#[derive(Debug, Default)]
pub(super) struct Pace {
    first: Option<(f64, Duration)>,
    last: Option<(f64, Duration)>,
    moves: bool,
}

impl Pace {
    /// What is left is never said to be less.
    const LEAST: Duration = Duration::from_secs(1);

    pub(super) fn note(&mut self, progress: &Progress) {
        let Some(fraction) = progress.fraction else { return };
        self.moves = self.last.is_some_and(|(before, _)| fraction > before);
        self.last = Some((fraction, progress.elapsed));
        self.first = self.first.or(self.last);
    }

    /// How long the rest will take if it goes on as it went; nothing if it did not move of late, or is done by
    /// its count and has still not ended.
    pub(super) fn left(&self) -> Option<Duration> {
        let ((first, began), (last, now)) = (self.first?, self.last?);
        if !self.moves || last >= 1.0 {
            return None;
        }
        let left = now.saturating_sub(began).as_secs_f64() * (1.0 - last) / (last - first);
        Duration::try_from_secs_f64(left).ok().map(|left| left.max(Self::LEAST))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a fraction of more than 2^52 rows may be off by a hair")]
fn part(done: u64, total: u64) -> f64 {
    done as f64 / total as f64
}
