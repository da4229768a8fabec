//! Asking after a job until it ends.

use std::time::Duration;

use futures::stream::{self, Stream};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::progress::{Meter, Pace};
use super::{Progress, Snapshot, State, WaitError};
use crate::attempt;
use crate::backoff::Backoff;
use crate::delivery::Failure;

/// How long and how patiently a job is waited for.
#[derive(Debug, Clone)]
#[must_use]
pub struct WaitOptions {
    backoff: Backoff,
    deadline: Duration,
    failures: u32,
}

impl Default for WaitOptions {
    /// An hour; from one second between the questions, up to 30; five failing questions in a row.
    ///
    /// A job that comes on is asked for again when it should have ended by the rows it still has to do, if that is
    /// sooner, but not within a second.
    fn default() -> Self {
        Self {
            backoff: Backoff::new(Duration::from_secs(1)),
            deadline: Duration::from_secs(3600),
            failures: 5,
        }
    }
}

impl WaitOptions {
    /// The waits between the questions.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How long the job is waited for at most.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many questions in a row may fail, if their failures may pass.
    pub fn failures(mut self, in_a_row: u32) -> Self {
        self.failures = in_a_row;
        self
    }
}

/// What is heard of a job while it is waited for.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<J> {
    /// It goes on.
    Progress(Progress),
    /// It has ended well; this is all the vendor said of it.
    Finished(Progress, J),
}

/// Asks after a job by `poll` until it ends, and tells each answer to `on_progress`.
///
/// See the [module](super) for an example.
///
/// # Errors
/// The job failed, did not end in time, or could not be asked after.
pub async fn wait<J, E, F, Fut>(
    poll: F,
    options: WaitOptions,
    mut on_progress: impl FnMut(&Progress) + Send,
) -> Result<J, WaitError<E, J>>
where
    J: Send,
    E: Failure + Send,
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Snapshot<J>, E>> + Send,
{
    let mut watch = Watch::new(poll, options);
    loop {
        match watch.next().await? {
            Event::Progress(progress) => on_progress(&progress),
            Event::Finished(progress, job) => {
                on_progress(&progress);
                return Ok(job);
            }
        }
    }
}

/// Asks after a job by `poll` until it ends; the last event is [`Event::Finished`] or an error. The time
/// begins when the stream is first asked.
///
/// # Errors
/// The job failed, did not end in time, or could not be asked after.
pub fn watch<J, E, F, Fut>(
    poll: F,
    options: WaitOptions,
) -> impl Stream<Item = Result<Event<J>, WaitError<E, J>>> + Send
where
    J: Send,
    E: Failure + Send,
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Snapshot<J>, E>> + Send,
{
    stream::try_unfold(Some(Watch::new(poll, options)), |watch| async move {
        let Some(mut watch) = watch else { return Ok(None) };
        let event = watch.next().await?;
        let goes_on = matches!(event, Event::Progress(_));
        Ok(Some((event, goes_on.then_some(watch))))
    })
}

struct Watch<F> {
    poll: F,
    options: WaitOptions,
    begin: Option<Instant>,
    meter: Meter,
    pace: Pace,
    last: Option<Progress>,
    failures: u32,
}

impl<F> Watch<F> {
    fn new(poll: F, options: WaitOptions) -> Self {
        Self {
            poll,
            options,
            begin: None,
            meter: Meter::default(),
            pace: Pace::default(),
            last: None,
            failures: 0,
        }
    }

    async fn next<J, E, Fut>(&mut self) -> Result<Event<J>, WaitError<E, J>>
    where
        E: Failure,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Snapshot<J>, E>>,
    {
        let mut wait = self.begin.is_some();
        let begin = *self.begin.get_or_insert_with(Instant::now);
        // A time too far away to be told is as good as none.
        let end = attempt::after(begin, self.options.deadline);
        loop {
            if wait {
                let patience = self.options.backoff.wait();
                let patience = self.pace.left().map_or(patience, |left| left.min(patience));
                let next = attempt::after(Instant::now(), patience);
                sleep_until(next.min(end)).await;
                if next >= end {
                    return Err(self.late(begin));
                }
            }
            wait = true;
            let snapshot = match timeout_at(end, (self.poll)()).await {
                Err(_) => return Err(self.late(begin)),
                Ok(Ok(snapshot)) => snapshot,
                Ok(Err(source)) => {
                    self.failures += 1;
                    if !source.is_retryable() || self.failures > self.options.failures {
                        return Err(WaitError::Poll { failures: self.failures, source });
                    }
                    continue;
                }
            };
            self.failures = 0;
            let progress = self.meter.read(&snapshot, begin.elapsed());
            self.pace.note(&progress);
            self.last = Some(progress.clone());
            return match snapshot.state {
                State::Succeeded => Ok(Event::Finished(progress, snapshot.job)),
                State::Failed => Err(WaitError::Failed(snapshot.job)),
                State::Running(_) | State::Unknown(_) => Ok(Event::Progress(progress)),
            };
        }
    }

    fn late<E, J>(&mut self, begin: Instant) -> WaitError<E, J> {
        WaitError::Deadline { waited: begin.elapsed(), last: self.last.take() }
    }
}
