//! Updates of any number of users or companies, in jobs as large as the vendor takes, one after the other.

mod request;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, Stream, StreamExt};
use revops_runtime::batch::{Batch, ChunkReply, Outcomes, Report};
use revops_runtime::job::Progress;
use revops_runtime::quota::Turn;
use revops_userpilot::Client;

use super::job::begin_in_turn;
use super::properties::size;
use super::report::Halt;
use super::{BulkReport, Company, Job, JobError, User};
use crate::{Error, Kind};
use request::{Record, Request};

/// As many records as the vendor takes in one job.
const RECORDS_PER_JOB: usize = 10_000;
/// As many bytes, less what is around the records. The smaller measure of 50 MB, so that nothing is refused.
const BYTES_PER_JOB: usize = 50_000_000 - 1000;

/// Updates of any number of users or companies, from [`Userpilot::bulk`](super::Userpilot::bulk).
#[derive(Clone, Debug)]
pub struct Bulk {
    client: Client,
}

impl Bulk {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Says who any number of users are (operation `bulkIdentifyUsers`), 10,000 or 50 MB a job.
    ///
    /// ```
    /// use revops::userpilot::User;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    ///
    /// let users = (0..100).map(|number| User::new(format!("user-{number}")).property("plan", "pro"));
    /// let report = userpilot.bulk().users(users).on_progress(|rows| eprintln!("{rows}")).send().await;
    /// println!("{report}"); // 100 written, … in 1 job
    /// # assert_eq!((report.items().written(), report.jobs().len()), (100, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn users(&self, users: impl IntoIterator<Item = User, IntoIter: Send + 'static>) -> BulkUpdate {
        self.users_stream(futures::stream::iter(users))
    }

    /// Says who the users of a stream are ([`users`](Self::users)). Memory holds two jobs of it.
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::userpilot::User;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let users = futures::stream::iter(1..=100).map(|number| User::new(format!("user-{number}")));
    /// let report = userpilot.bulk().users_stream(users).records_per_job(50).send().await;
    /// # assert_eq!((report.items().written(), report.jobs().len()), (100, 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn users_stream(&self, users: impl Stream<Item = User> + Send + 'static) -> BulkUpdate {
        BulkUpdate::of_users(self.client.clone(), users.boxed())
    }

    /// Says what any number of companies are (operation `bulkIdentifyCompanies`), 10,000 or 50 MB a job.
    ///
    /// ```
    /// use revops::userpilot::Company;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    ///
    /// let companies = ["acme", "wood"].map(|id| Company::new(id).property("plan", "pro"));
    /// let report = userpilot.bulk().companies(companies).send().await;
    /// # assert_eq!(report.items().written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn companies(
        &self,
        companies: impl IntoIterator<Item = Company, IntoIter: Send + 'static>,
    ) -> BulkUpdate {
        self.companies_stream(futures::stream::iter(companies))
    }

    /// Says what the companies of a stream are ([`companies`](Self::companies)). Memory holds two jobs of it.
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::userpilot::Company;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let companies = futures::stream::iter(["acme", "wood"]).map(Company::new);
    /// let report = userpilot.bulk().companies_stream(companies).send().await;
    /// # assert_eq!(report.items().written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn companies_stream(&self, companies: impl Stream<Item = Company> + Send + 'static) -> BulkUpdate {
        BulkUpdate::of_companies(self.client.clone(), companies.boxed())
    }
}

/// Users or companies to be updated; from [`Bulk::users`] or [`Bulk::companies`].
///
/// Records go in jobs of up to 10,000 and 50 MB, one job after the other, each begun when the one before it
/// has ended. Each record ends in exactly one [`Outcome`](crate::Outcome), done being told with its [`Job`]. A record that
/// breaks the limits is refused here and does not keep the others. A request that is refused as a whole is
/// halved until the record that was the reason stands alone. Where the answer to a request was lost, or its
/// job failed, its records are unknown, and are not sent again: [`Jobs::list`](super::Jobs::list) may tell.
#[must_use = "nothing is sent until `send` or `stream`"]
pub struct BulkUpdate {
    client: Client,
    records: Batch<Record>,
    wait_turn: Option<Duration>,
    wait_for_jobs: bool,
    deadline: Duration,
    on_progress: Option<Arc<Tell>>,
}

type Tell = dyn Fn(&Progress) + Send + Sync;

impl BulkUpdate {
    fn of_users(client: Client, users: BoxStream<'static, User>) -> Self {
        Self::new(client, users.map(Record::User).boxed())
    }

    fn of_companies(client: Client, companies: BoxStream<'static, Company>) -> Self {
        Self::new(client, companies.map(Record::Company).boxed())
    }

    fn new(client: Client, records: BoxStream<'static, Record>) -> Self {
        let records = Batch::from_stream(records)
            .chunks_of(RECORDS_PER_JOB)
            // A comma stands between records.
            .max_bytes(BYTES_PER_JOB, |record| size(record).saturating_add(1))
            .check(Record::check)
            .resends(0);
        Self {
            client,
            records,
            wait_turn: None,
            wait_for_jobs: true,
            deadline: Duration::from_secs(3600),
            on_progress: None,
        }
    }

    /// How many records a job has at most; 10,000 unless told, which is the most. With 0 every record is
    /// refused, and nothing is sent.
    pub fn records_per_job(mut self, records: usize) -> Self {
        let check = move |record: &Record| match records {
            0 => Err(format!(
                "a job has from 1 to {RECORDS_PER_JOB} records, and was to have 0; it was not sent"
            )),
            _ => record.check(),
        };
        self.records = self.records.chunks_of(records.min(RECORDS_PER_JOB)).check(check);
        self
    }

    /// For how long to wait, before each job, for jobs of others to end, of which there may be one at a time.
    /// Bulk updates of clients that share a quota have their turns in the order in which they came, and do not ask
    /// the vendor meanwhile; for imports, and for jobs of others or whose end is [not waited for](Self::wait_for_jobs),
    /// the vendor is asked again and again. If it is not said, records that find the vendor busy are [not applied](crate::Outcome::NotApplied).
    pub fn wait_turn(mut self, at_most: Duration) -> Self {
        self.wait_turn = Some(at_most);
        self
    }

    /// Whether records are done when their job has ended well; yes unless told. If not, they are done when
    /// the vendor has accepted the job, and it is for the caller to wait for the last one. Each job is still
    /// begun when the one before it has ended.
    pub fn wait_for_jobs(mut self, wait: bool) -> Self {
        self.wait_for_jobs = wait;
        self
    }

    /// How long one job is waited for at most; an hour unless told. 10,000 records take about eight minutes.
    pub fn deadline(mut self, one_job: Duration) -> Self {
        self.deadline = one_job;
        self
    }

    /// Is told how far the present job is, each time it is asked after.
    pub fn on_progress(mut self, tell: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(tell));
        self
    }

    /// Sends all and collects what became of each record, in the order of the input, and the jobs.
    #[must_use]
    pub fn send(self) -> BoxFuture<'static, BulkReport> {
        self.stream().collect::<Report<Job>>().map(|items| BulkReport { items }).boxed()
    }

    /// Sends as the outcomes are asked for, and gives them in the order of the input, each with the index of
    /// its record and, if it is done, the job it went with. It can be stopped at any time and tells what is
    /// then known ([`Outcomes::cancel`]); a job that was begun goes on.
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::Outcome;
    /// # use revops::userpilot::User;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let mut outcomes = userpilot.bulk().users([User::new("user-1"), User::new("")]).stream();
    /// while let Some((index, outcome)) = outcomes.next().await {
    ///     match outcome {
    ///         Outcome::Done(job) => println!("{index}: with {}", job.id()),
    ///         other => println!("{index}: {other:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> Outcomes<Job> {
        let Self { client, records, wait_turn, wait_for_jobs, deadline, on_progress } = self;
        let line = Arc::new(Line {
            client,
            wait_turn,
            wait_for_jobs,
            deadline,
            on_progress,
            before: Mutex::default(),
        });
        records.run(move |records| Arc::clone(&line).send(records))
    }
}

impl fmt::Debug for BulkUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkUpdate").field("records", &self.records).finish_non_exhaustive()
    }
}

/// What jobs have in common that are begun one after the other.
struct Line {
    client: Client,
    wait_turn: Option<Duration>,
    wait_for_jobs: bool,
    deadline: Duration,
    on_progress: Option<Arc<Tell>>,
    /// The job before, if it may go on.
    before: Mutex<Option<Job>>,
}

impl Line {
    fn send(self: Arc<Self>, records: Vec<Record>) -> BoxFuture<'static, Result<ChunkReply<Job>, Halt>> {
        async move {
            let before = self.before.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(before) = before {
                // How it ended is for the caller to ask; if it has not, the vendor says that it is busy.
                let _ = self.wait(&before, None).await;
            }
            let sent = records.len();
            let request = Request::of(records).map_err(Halt::Send)?;
            // Held while the end of the job is waited for.
            let (begun, mine) = match self.wait_turn {
                None => (request.send(self.client.clone()).await.map_err(Halt::Send), None),
                Some(at_most) => {
                    let attempt = || request.clone().send(self.client.clone());
                    let is_busy = |error: &Error| error.kind() == Kind::Busy;
                    let (begun, mine) = begin_in_turn(&self.client, at_most, attempt, is_busy).await;
                    (begun.map_err(Halt::Turn), mine)
                }
            };
            let mut job = begun?;
            if self.wait_for_jobs {
                match self.wait(&job, mine).await {
                    Ok(done) => job = done,
                    Err(error) => {
                        if !error.is_failed() {
                            self.follow(job);
                        }
                        return Err(Halt::Job(Box::new(error)));
                    }
                }
            } else {
                self.follow(job.clone());
            }
            Ok(ChunkReply::all_done(std::iter::repeat_n(job, sent)))
        }
        .boxed()
    }

    /// The next job waits for this one.
    fn follow(&self, job: Job) {
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = Some(job);
    }

    /// Waits for a job. Who has the turn gives a sign of life each time the job is asked after.
    async fn wait(&self, job: &Job, mine: Option<Turn>) -> Result<Job, JobError> {
        let tell = self.on_progress.clone();
        let told = move |progress: &Progress| {
            if let Some(mine) = &mine {
                mine.alive();
            }
            if let Some(tell) = &tell {
                tell(progress);
            }
        };
        job.wait().deadline(self.deadline).on_progress(told).await
    }
}
