//! One background job: how it stands, and waiting for it to end.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use revops_runtime::job::{
    self, JobToken, Progress, Snapshot, State, TurnError, TurnOptions, WaitError, WaitOptions, turn,
};
use revops_runtime::quota::Turn;
use revops_userpilot::operations::{BULK_IDENTIFY_USERS, GET_JOB};
use revops_userpilot::types::Quantity;
use revops_userpilot::{API, Client};
use tokio::time::Instant;

use super::{Backoff, JobInfo, JobStatus};
use crate::{Call, Error, Operation};

/// A background job, as it stood when it was asked after last. Cheap to clone.
///
/// Its id, or its [`token`](Self::token), is all that another process needs to go on
/// ([`Jobs::get`](super::Jobs::get), [`Jobs::resume`](super::Jobs::resume)).
#[derive(Clone)]
pub struct Job {
    client: Client,
    id: Arc<str>,
    info: Arc<JobInfo>,
}

impl Job {
    /// A job that an answer tells of, if the answer names it.
    pub(super) fn named(client: Client, info: JobInfo) -> Result<Self, Box<JobInfo>> {
        match info.job_id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => Ok(Self { client, id: id.into(), info: Arc::new(info) }),
            None => Err(Box::new(info)),
        }
    }

    pub(super) fn started(client: Client, info: JobInfo, by: &'static Operation) -> Result<Self, Error> {
        Self::named(client, info).map_err(|_| Error::empty(by, "the answer names no job"))
    }

    /// A job whose answer need not repeat the id it was asked for by.
    pub(super) fn of_id(client: Client, id: &str, info: JobInfo) -> Self {
        Self { client, id: id.into(), info: Arc::new(info) }
    }

    /// Its id, which may hold colons.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What another process needs to wait for it; it serialises.
    #[must_use]
    pub fn token(&self) -> JobToken {
        JobToken::new(API.title, &*self.id)
    }

    /// Its state, [`JobStatus::Unknown`] if the vendor did not say.
    #[must_use]
    pub fn status(&self) -> JobStatus {
        self.info.status.clone().unwrap_or_else(|| JobStatus::Unknown("not told".to_owned()))
    }

    /// How many rows it has, if the vendor told.
    #[must_use]
    pub fn total_rows(&self) -> Option<u64> {
        number(self.info.total_rows.as_ref())
    }

    /// How many rows it has worked through, if the vendor told. That is not to say that it took all of them.
    #[must_use]
    pub fn completed_rows(&self) -> Option<u64> {
        number(self.info.completed_rows.as_ref())
    }

    /// All the vendor said of it. Its documents have no errors of single rows; should a job tell of some, they
    /// are in `extra`.
    #[must_use]
    pub fn info(&self) -> &JobInfo {
        &self.info
    }

    /// Asks how it stands now (operation `getJob`).
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if the vendor does not know it any more. How long it
    /// remembers jobs is not documented.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let rows: &[u8] = b"user_id\nuser-1\n";
    /// let job = userpilot.import_reader(rows, "people.csv").await?.refresh().await?;
    /// println!("{}: {:?} of {:?}", job.status(), job.completed_rows(), job.total_rows());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn refresh(&self) -> Call<Job> {
        get(self.client.clone(), self.id.to_string())
    }

    /// Waits until it has ended: from one second between the questions up to half a minute, for an hour,
    /// unless told.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let rows: &[u8] = b"user_id\nuser-1\n";
    /// let job = userpilot.import_reader(rows, "people.csv").await?;
    /// match job.wait().deadline(Duration::from_secs(600)).on_progress(|rows| eprintln!("{rows}")).await {
    ///     Ok(done) => println!("{:?} rows", done.total_rows()),
    ///     Err(error) if error.is_failed() => println!("{error}: {:?}", error.job().info()),
    ///     Err(error) => println!("{error}; later: {}", serde_json::to_string(&error.job().token())?),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self) -> WaitForJob {
        WaitForJob { job: self.clone(), options: WaitOptions::default(), on_progress: None }
    }
}

impl fmt::Debug for Job {
    /// Without the name of its file, which may be a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("id", &self.id).field("status", &self.info.status).finish_non_exhaustive()
    }
}

pub(super) fn get(client: Client, id: String) -> Call<Job> {
    async move {
        if id.is_empty() {
            return Err(Error::invalid(&GET_JOB, "the job's id is empty"));
        }
        let info = client.get_job().job_id(id.as_str()).send().await?.into_inner();
        Ok(Job::of_id(client, &id, info))
    }
    .boxed()
}

/// Vendors write numbers as texts too.
fn number(quantity: Option<&Quantity>) -> Option<u64> {
    match quantity? {
        Quantity::Number(number) => u64::try_from(*number).ok(),
        Quantity::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn snapshot(job: Job) -> Snapshot<Job> {
    let state = match job.status() {
        JobStatus::Completed => State::Succeeded,
        JobStatus::Failed => State::Failed,
        JobStatus::Unknown(word) => State::Unknown(word),
        running => State::Running(running.to_string()),
    };
    let (done, total) = (job.completed_rows(), job.total_rows());
    Snapshot::new(state, job).rows(done, total)
}

type Tell = Box<dyn FnMut(&Progress) + Send>;

/// Waiting for a job to end; from [`Job::wait`]. It begins when it is awaited. Dropping it leaves the job
/// alone.
#[must_use = "nothing is asked until it is awaited"]
pub struct WaitForJob {
    job: Job,
    options: WaitOptions,
    on_progress: Option<Tell>,
}

impl WaitForJob {
    /// Is told how far the job is, each time it is asked after. Neither rows nor fraction go backwards.
    pub fn on_progress(mut self, tell: impl FnMut(&Progress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(tell));
        self
    }

    /// How long it is waited for at most; an hour unless told. The job goes on after that.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options = self.options.deadline(deadline);
        self
    }

    /// The waits between the questions.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.options = self.options.backoff(backoff);
        self
    }

    /// How many questions in a row may fail, if their failures may pass; 5 unless told.
    pub fn failures(mut self, in_a_row: u32) -> Self {
        self.options = self.options.failures(in_a_row);
        self
    }
}

impl IntoFuture for WaitForJob {
    type Output = Result<Job, JobError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        wait(self)
    }
}

fn wait(WaitForJob { job, options, on_progress }: WaitForJob) -> BoxFuture<'static, Result<Job, JobError>> {
    let mut tell = on_progress.unwrap_or_else(|| Box::new(|_| ()));
    async move {
        let poll = || get(job.client.clone(), job.id.to_string()).map(|asked| asked.map(snapshot));
        let ended = job::wait(poll, options, |progress| tell(progress)).await;
        ended.map_err(|error| match error {
            WaitError::Failed(job) => JobError::Failed { job },
            WaitError::Deadline { waited, last } => JobError::Deadline { job: job.clone(), waited, last },
            WaitError::Poll { failures, source } => JobError::Unknown { job: job.clone(), failures, source },
            // There is no other today.
            _ => JobError::Deadline { job: job.clone(), waited: Duration::ZERO, last: None },
        })
    }
    .boxed()
}

impl fmt::Debug for WaitForJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitForJob")
            .field("job", &self.job)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Why waiting for a job ended without its success.
#[derive(Debug)]
#[non_exhaustive]
pub enum JobError {
    /// The job has failed; what of it was applied, the vendor does not tell.
    Failed {
        /// The job, with all the vendor said of it.
        job: Job,
    },
    /// The job has not ended in time, and goes on.
    Deadline {
        /// The job, as it stood before it was waited for.
        job: Job,
        /// How long it was waited for.
        waited: Duration,
        /// How far it was, if the vendor ever told.
        last: Option<Progress>,
    },
    /// The job could not be asked after, and goes on.
    Unknown {
        /// The job, as it stood before it was waited for.
        job: Job,
        /// How many questions failed in a row.
        failures: u32,
        /// The last failure.
        source: Error,
    },
}

impl JobError {
    /// The job, to look at or to be waited for again.
    #[must_use]
    pub fn job(&self) -> &Job {
        match self {
            Self::Failed { job } | Self::Deadline { job, .. } | Self::Unknown { job, .. } => job,
        }
    }

    /// Whether the job has failed; if not, it goes on and can be waited for again.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the Userpilot job {} ", self.job().id().escape_debug())?;
        match self {
            Self::Failed { .. } => f.write_str("failed"),
            Self::Deadline { waited, last, .. } => {
                write!(f, "has not ended after {} s", waited.as_secs())?;
                last.as_ref().map_or(Ok(()), |last| write!(f, " ({last})"))?;
                f.write_str("; wait for it again later")
            }
            Self::Unknown { failures, source, .. } => {
                write!(f, "could not be asked after, {failures} times in a row: {source}")
            }
        }
    }
}

impl std::error::Error for JobError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unknown { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Begins a job when it has its turn: among all who wait for one by clients that share a quota, and then by asking the
/// vendor. The turn is given along, to be held while the job is followed; without one, it did not come in time, or
/// who has it is silent, and the vendor had the last word.
pub(super) async fn begin_in_turn<Fut: Future<Output = Result<Job, Error>>>(
    client: &Client,
    at_most: Duration,
    mut attempt: impl FnMut() -> Fut,
    is_busy: impl Fn(&Error) -> bool,
) -> (Result<Job, TurnError<Error>>, Option<Turn>) {
    let asked = Instant::now();
    let mine = match BULK_IDENTIFY_USERS.pool {
        Some(pool) => tokio::time::timeout(at_most, client.connection().quota().turn(pool)).await.ok(),
        None => None,
    };
    let attempt = || {
        mine.iter().for_each(Turn::alive);
        attempt()
    };
    let patience = TurnOptions::default().deadline(at_most).waited(asked.elapsed());
    (turn(attempt, is_busy, patience).await, mine)
}
