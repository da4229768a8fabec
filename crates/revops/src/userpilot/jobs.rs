//! The background jobs of an environment.

use futures::FutureExt;
use revops_runtime::job::JobToken;
use revops_runtime::paging::{CursorPaging, Fingerprint, cursor_pages};
use revops_userpilot::operations::{GET_JOB, LIST_JOBS};
use revops_userpilot::{API, Client};

use super::job::get;
use super::{Job, JobInfo};
use crate::vendor::list;
use crate::{Call, Checkpoint, Error, Page, Rejected};

/// The background jobs of an environment, from [`Userpilot::jobs`](super::Userpilot::jobs). How long the
/// vendor remembers them is not documented.
#[derive(Clone, Debug)]
pub struct Jobs {
    client: Client,
}

impl Jobs {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All jobs (operation `listJobs`). It is one call, and a list like the others.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let mut jobs = userpilot.jobs().list().stream();
    /// while let Some(job) = jobs.try_next().await? {
    ///     println!("{}: {}", job.id(), job.status());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListJobs {
        ListJobs { client: self.client.clone(), resume: None }
    }

    /// One job by its id (operation `getJob`).
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// # let id = userpilot.jobs().list().stream().try_next().await?.map(|job| job.id().to_owned());
    /// # let id = id.unwrap_or_default();
    /// let done = userpilot.jobs().get(id).await?.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, id: impl Into<String>) -> Call<Job> {
        get(self.client.clone(), id.into())
    }

    /// The job that another process wrote down (operation `getJob`).
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) if it is another vendor's job, nothing being sent;
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let rows: &[u8] = b"user_id\nuser-1\n";
    /// let job = userpilot.import_reader(rows, "people.csv").await?;
    /// let saved = serde_json::to_string(&job.token())?;
    /// // … and in another process:
    /// let done = userpilot.jobs().resume(&serde_json::from_str(&saved)?).await?.wait().await?;
    /// # assert_eq!(done.id(), job.id());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn resume(&self, token: &JobToken) -> Call<Job> {
        match token.job_of(API.title) {
            Ok(id) => get(self.client.clone(), id.to_owned()),
            Err(mismatch) => {
                let error = Error::invalid(&GET_JOB, mismatch.to_string());
                async { Err(error) }.boxed()
            }
        }
    }
}

/// All jobs; from [`Jobs::list`].
#[derive(Clone, Debug)]
#[must_use = "a list is read by `stream`, `records` or `pages`"]
pub struct ListJobs {
    client: Client,
    resume: Option<Checkpoint>,
}

impl ListJobs {
    fn paging(self) -> CursorPaging<Job, Error> {
        let Self { client, resume } = self;
        let fetch = move |_| {
            let client = client.clone();
            async move {
                let (jobs, rejected) = client.list_jobs().send().await?.into_parts();
                let records = Page::gathered(jobs, rejected).records.into_iter().enumerate();
                let named = |(index, record): (usize, Result<JobInfo, Rejected>)| {
                    let job = Job::named(client.clone(), record?);
                    job.map_err(|info| {
                        let raw = serde_json::to_value(info).unwrap_or_default();
                        Rejected::new(index, "it has no `job_id`", raw)
                    })
                };
                Ok(Page::new(records.map(named).collect()))
            }
        };
        let query = Fingerprint::of(LIST_JOBS.id, &());
        cursor_pages(query, fetch).key(|job: &Job| Some(job.id().to_owned())).at(resume)
    }
}

list!(ListJobs of Job, operation &LIST_JOBS);
