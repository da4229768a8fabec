//! Awaiting one's turn where a vendor does one thing at a time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::TurnError;
use crate::backoff::Backoff;

/// How long and how patiently a turn is awaited.
#[derive(Debug, Clone)]
#[must_use]
pub struct TurnOptions {
    backoff: Backoff,
    deadline: Duration,
    waited: Duration,
}

impl Default for TurnOptions {
    /// An hour; from one second between the attempts, up to 30.
    fn default() -> Self {
        Self {
            backoff: Backoff::new(Duration::from_secs(1)),
            deadline: Duration::from_secs(3600),
            waited: Duration::ZERO,
        }
    }
}

impl TurnOptions {
    /// The waits between the attempts.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How long the turn is awaited at most.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// For how long it has been awaited already ([`Quota::turn`](crate::quota::Quota::turn)), which counts.
    pub fn waited(mut self, already: Duration) -> Self {
        self.waited = already;
        self
    }
}

/// Repeats `attempt` for as long as its failure is `busy`, until it is accepted or the deadline passes. Any
/// other failure ends it at once, as it may have been accepted.
///
/// ```
/// use revops_runtime::job::{TurnError, TurnOptions, turn};
/// # use revops_runtime::backoff::Backoff;
/// # use std::time::Duration;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
/// # runtime.block_on(async {
/// let mut answers = [Err(409), Err(409), Ok("accepted")].into_iter();
/// let attempt = move || { let answer = answers.next().unwrap(); async move { answer } };
/// # let options = TurnOptions::default().backoff(Backoff::new(Duration::from_millis(1)));
/// # let _ = TurnOptions::default();
/// assert_eq!(turn(attempt, |status| *status == 409, options).await.unwrap(), "accepted");
/// # });
/// ```
///
/// # Errors
/// The attempt failed otherwise, or the vendor was busy until the deadline.
pub async fn turn<T, E, F, Fut>(
    mut attempt: F,
    busy: impl Fn(&E) -> bool,
    options: TurnOptions,
) -> Result<T, TurnError<E>>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let begin = Instant::now();
    let mut waits = options.backoff;
    loop {
        let failure = match attempt().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let waited = options.waited.saturating_add(begin.elapsed());
        match failure {
            error if !busy(&error) => return Err(TurnError::Failed(error)),
            source if waited >= options.deadline => return Err(TurnError::Deadline { waited, source }),
            // The last attempt is made when the time is up, and not before.
            _ => sleep(waits.wait().min(options.deadline.saturating_sub(waited))).await,
        }
    }
}
