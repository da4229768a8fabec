//! Userpilot: who uses the product and what they do there, one by one, in bulk, or from a file.
//!
//! ```
//! use revops::userpilot::Userpilot;
//! # use revops_sandbox::{Sandbox, Vendor};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::start().await?;
//! let userpilot = Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?; // or Userpilot::from_env()?
//! userpilot.identify("user-1").property("plan", "pro").company("acme").send().await?;
//! userpilot.track("user-1", "report_exported").property("rows", 1250).send().await?;
//! # assert_eq!(sandbox.userpilot().events().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Which of the three ways
//! | way | for | limit | known at the end |
//! |---|---|---|---|
//! | [`identify`](Userpilot::identify), [`track`](Userpilot::track) | as it happens | 600 a minute each | accepted; seen within a quarter of an hour |
//! | [`bulk`](Userpilot::bulk) | what a program has | 10,000 records a job | that each job has ended |
//! | [`import_file`](Userpilot::import_file) | what a file has | 50 MB | that the job has ended |
//!
//! Bulk updates and imports are background jobs, of which the vendor does one at a time, 1,200 rows a minute;
//! another is refused as [busy](crate::Kind::Busy) meanwhile, unless it is told to wait for its turn. A job does
//! not tell which of its rows it left out.
#![doc = include_str!("../docs/userpilot.md")]

mod bulk;
mod companies;
mod file;
mod identify;
mod import;
mod job;
mod jobs;
mod progress;
mod properties;
mod record;
mod report;
mod track;

pub use bulk::{Bulk, BulkUpdate};
pub use companies::{Companies, IdentifyCompanies, IdentifyCompany};
pub use identify::{IdentifyUser, IdentifyUsers};
pub use import::Import;
pub use job::{Job, JobError, WaitForJob};
pub use jobs::{Jobs, ListJobs};
pub use progress::UploadProgress;
pub use properties::Property;
pub use record::{Company, Event, User};
pub use report::BulkReport;
pub use revops_runtime::backoff::Backoff;
pub use revops_runtime::job::{JobToken, Progress};
pub use revops_userpilot as api;
pub use revops_userpilot::types::{Job as JobInfo, JobStatus};
pub use track::{TrackEvent, TrackEvents};

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::io::AsyncRead;

use crate::Error;
use crate::vendor::builder;

/// Userpilot, as the API key of one environment reaches it. Cheap to clone; clones share connections and
/// quota.
#[derive(Clone, Debug)]
pub struct Userpilot {
    client: api::Client,
}

impl Userpilot {
    /// A client from the environment: `USERPILOT_API_KEY`; `USERPILOT_ENVIRONMENT` for another region than
    /// `analytex`, or `USERPILOT_BASE_URL` for a dedicated endpoint; `REVOPS_CONTRACT`.
    ///
    /// # Errors
    /// [`Kind::Credential`](crate::Kind::Credential) if the key is missing; the error names the variable.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::from(api::Client::from_env()?))
    }

    /// Starts a client whose credentials come from elsewhere.
    pub fn builder() -> Builder {
        Builder(api::Client::builder())
    }

    /// A client of the sandbox, given the base URL that it names for Userpilot. It sends the sandbox's
    /// well-known key.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) if the base URL cannot be used.
    pub fn sandbox(base_url: impl Into<String>) -> Result<Self, Error> {
        Self::builder().api_key("test-userpilot-key").base_url(base_url).build()
    }

    /// Says who a user is (operation `identifyUser`); what is not said stays. A user nobody has heard of is
    /// added.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let jane = userpilot.identify("user-1").property("name", "Jane Doe").property("seats", 3).remove("trial");
    /// jane.company("acme").company_property("industry", "Trees").send().await?;
    /// # assert_eq!(sandbox.userpilot().user("user-1").unwrap()["metadata"]["seats"], 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn identify(&self, user: impl Into<User>) -> IdentifyUser {
        IdentifyUser::new(self.client.clone(), user.into())
    }

    /// Says who any number of users are, a call for each ([`identify`](Self::identify)). For more than a few
    /// hundred, [`bulk`](Self::bulk) is faster.
    ///
    /// ```
    /// use revops::userpilot::User;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    ///
    /// let users = [User::new("user-1").property("plan", "pro"), User::new("")];
    /// let report = userpilot.identify_all(users).send().await;
    /// println!("{report}"); // 1 written, 1 refused, …
    /// # assert_eq!((report.written(), report.refused().count()), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn identify_all(
        &self,
        users: impl IntoIterator<Item = User, IntoIter: Send + 'static>,
    ) -> IdentifyUsers {
        self.identify_stream(futures::stream::iter(users))
    }

    /// Says who the users of a stream are ([`identify_all`](Self::identify_all)).
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::userpilot::User;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let users = futures::stream::iter(1..=3).map(|number| User::new(format!("user-{number}")));
    /// let report = userpilot.identify_stream(users).send().await;
    /// # assert_eq!(report.written(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn identify_stream(&self, users: impl Stream<Item = User> + Send + 'static) -> IdentifyUsers {
        IdentifyUsers::over(self.client.clone(), users.boxed())
    }

    /// Tells that a user did something (operation `trackEvent`). The user must have been identified before.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// # userpilot.identify("user-1").send().await?;
    /// userpilot.track("user-1", "report_exported").property("rows", 1250).send().await?;
    /// # assert_eq!(sandbox.userpilot().events().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn track(&self, user_id: impl Into<String>, event: impl Into<String>) -> TrackEvent {
        TrackEvent::new(self.client.clone(), Event::new(user_id, event))
    }

    /// Tells any number of events, a call for each, one after the other ([`track`](Self::track)).
    ///
    /// ```
    /// use revops::userpilot::Event;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// # userpilot.identify("user-1").send().await?;
    ///
    /// let events = ["opened", "exported"].map(|name| Event::new("user-1", name));
    /// let report = userpilot.track_all(events).send().await;
    /// for (index, why) in report.unknown() {
    ///     println!("event {index} may have been counted: {why}");
    /// }
    /// # assert_eq!(report.written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn track_all(
        &self,
        events: impl IntoIterator<Item = Event, IntoIter: Send + 'static>,
    ) -> TrackEvents {
        self.track_stream(futures::stream::iter(events))
    }

    /// Tells the events of a stream ([`track_all`](Self::track_all)).
    ///
    /// ```
    /// # use revops::userpilot::Event;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// # userpilot.identify("user-1").send().await?;
    /// let events = futures::stream::iter([Event::new("user-1", "opened"), Event::new("user-1", "exported")]);
    /// let report = userpilot.track_stream(events).send().await;
    /// # assert_eq!(report.written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn track_stream(&self, events: impl Stream<Item = Event> + Send + 'static) -> TrackEvents {
        TrackEvents::over(self.client.clone(), events.boxed())
    }

    /// The companies that users belong to.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// userpilot.company().identify("acme").property("industry", "Trees").send().await?;
    /// # assert!(sandbox.userpilot().company("acme").is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn company(&self) -> Companies {
        Companies::new(self.client.clone())
    }

    /// Updates of any number of users or companies, as background jobs of 10,000 records.
    #[must_use]
    pub fn bulk(&self) -> Bulk {
        Bulk::new(self.client.clone())
    }

    /// Imports a file of users or companies (operation `importData`), as a background job. It is read while
    /// it is sent; memory does not grow with it. Its name must end in `.csv`, `.ndjson` or `.jsonl`.
    ///
    /// How the file begins is judged before it is sent; the lines after that are the vendor's to judge. A job
    /// that left some of them out can say "completed, 3 of 3 rows" all the same and name none: what must be told
    /// line by line is better sent by [`bulk`](Self::bulk), which checks every record and has an outcome for
    /// each, or [`identify_all`](Self::identify_all), where the vendor answers each.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// # let path = std::env::temp_dir().join(format!("people-{}.csv", std::process::id()));
    /// # std::fs::write(&path, "user_id,name\nuser-1,Jane Doe\n")?;
    /// let job = userpilot.import_file(&path).on_progress(|sent| eprintln!("{sent}")).await?;
    /// let done = job.wait().on_progress(|rows| eprintln!("{rows}")).await?;
    /// # assert_eq!(done.total_rows(), Some(1));
    /// # assert!(sandbox.userpilot().user("user-1").is_some());
    /// # std::fs::remove_file(path)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn import_file(&self, path: impl Into<PathBuf>) -> Import {
        Import::of_file(self.client.clone(), path.into())
    }

    /// Imports what a reader gives ([`import_file`](Self::import_file)). The name says what it is, and must
    /// end in `.csv`, `.ndjson` or `.jsonl`.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let rows: &[u8] = b"user_id,name\nuser-1,Jane Doe\n";
    /// let job = userpilot.import_reader(rows, "people.csv").await?;
    /// println!("{} is {}", job.id(), job.status());
    /// # Ok(())
    /// # }
    /// ```
    pub fn import_reader(
        &self,
        reader: impl AsyncRead + Send + 'static,
        file_name: impl Into<String>,
    ) -> Import {
        self.import_stream(file::pieces(reader), file_name)
    }

    /// Imports what a stream gives ([`import_reader`](Self::import_reader)).
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let userpilot = revops::userpilot::Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?;
    /// let lines = (1..=100).map(|number| Ok(format!("{{\"user_id\":\"user-{number}\"}}\n")));
    /// let job = userpilot.import_stream(futures::stream::iter(lines), "people.ndjson").await?;
    /// # assert_eq!(job.total_rows(), Some(100));
    /// # Ok(())
    /// # }
    /// ```
    pub fn import_stream<B: Into<Bytes> + 'static>(
        &self,
        pieces: impl Stream<Item = io::Result<B>> + Send + 'static,
        file_name: impl Into<String>,
    ) -> Import {
        let pieces = pieces.map(|piece| piece.map(Into::into)).boxed();
        Import::of_pieces(self.client.clone(), pieces, file_name.into())
    }

    /// The background jobs of the environment.
    #[must_use]
    pub fn jobs(&self) -> Jobs {
        Jobs::new(self.client.clone())
    }

    /// The generated client beneath, with the same credentials, quota and policies.
    #[must_use]
    pub fn api(&self) -> &api::Client {
        &self.client
    }
}

impl From<api::Client> for Userpilot {
    fn from(client: api::Client) -> Self {
        Self { client }
    }
}

builder! {
    Userpilot over api::ClientBuilder {
        /// The API key of an environment. Its App Token is refused.
        api_key(key: crate::SecretString) => api_token;
        /// The region: `analytex`, which it is unless told, `analytex-eu`, or the name of a dedicated
        /// endpoint.
        environment(name: String) => environment;
    }
}
