//! Who is on the staff, by one system and by another, joined by e-mail.

mod compare;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{BoxStream, FuturesOrdered, StreamExt};
use serde::{Deserialize, Serialize};

use super::systems::Systems;
use super::{Failed, FlowError};
use compare::compare;

/// A system that can say who is on the staff.
pub trait Staff: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Everybody on the staff, active or not. After an error the stream may go on; what differs is then not told
    /// of who is missing here.
    fn members(&self) -> BoxStream<'static, Result<Member, Failed>>;
}

/// A member of the staff, as one system knows them. Its `Debug` tells neither addresses nor name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Member {
    /// The system's id.
    pub id: String,
    /// The e-mail address, if there is one.
    pub email: Option<String>,
    /// Further addresses of the same person.
    pub aliases: Vec<String>,
    /// The name.
    pub name: Option<String>,
    /// Whether the member is active, if the system tells.
    pub active: Option<bool>,
}

impl Member {
    /// A member of this id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }
}

/// Compares the staff by the systems named next. The first is what the others are compared with.
///
/// All addresses of a record, its aliases among them, are one person, and so are records that share one of them,
/// in whatever order they come. A blank address joins nobody.
///
/// Nothing is written. If a system could not be read to its end, give the report to [`Roster::resume`]: only what is
/// missing is read.
///
/// ```
/// # use revops::{gainsight::Gainsight, gong::Gong};
/// # use revops_sandbox::{Sandbox, Vendor};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = Sandbox::start().await?;
/// # let gong = Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
/// # let gainsight = Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
/// use revops::people;
///
/// let roster = people::roster().of_gong(&gong).of_gainsight(&gainsight).run().await?;
/// for row in roster.rows().iter().filter(|row| !row.differences.is_empty()) {
///     println!("{}: {:?}", row.email, row.differences);
/// }
/// # assert!(!roster.rows().is_empty() && roster.failures().is_empty());
/// # Ok(())
/// # }
/// ```
pub fn roster() -> Roster {
    Roster { systems: Systems::default(), known: None, dry_run: false }
}

/// Systems whose staff is compared; from [`roster`].
#[must_use = "nothing is read until `run`"]
pub struct Roster {
    systems: Systems<dyn Staff>,
    known: Option<RosterReport>,
    dry_run: bool,
}

/// One person, by every system. Its `Debug` does not tell the address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Row {
    /// The first address of the person that is no alias, by the order of systems and records, in small letters.
    pub email: String,
    /// What each system knows, in the order they were named: every record that shares an address with another of
    /// the row, be it an alias.
    pub members: Vec<Vec<Member>>,
    /// Where they differ.
    pub differences: Vec<Difference>,
}

impl Row {
    /// Whether the person is active in the system of this place: in any of its records. `None` if the person is
    /// not there, or the system does not tell.
    #[must_use]
    pub fn is_active_in(&self, system: usize) -> Option<bool> {
        is_active(self.members.get(system)?)
    }
}

/// Whether any record is active; `None` if nothing tells.
fn is_active(records: &[Member]) -> Option<bool> {
    let told = records.iter().filter_map(|record| record.active);
    told.reduce(|one, other| one || other)
}

/// Where systems differ about one person, by all records they have of the person. Systems are told by their place in the order they were named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// The person is known elsewhere, and not here.
    Missing {
        /// Where.
        system: usize,
    },
    /// Active in one, by any of its records, and inactive in the other, by all of them.
    ActiveIn {
        /// Where the person is active.
        system: usize,
        /// Where not.
        and_not_in: usize,
    },
    /// A record has another name than the first record that has one.
    Name {
        /// Where.
        system: usize,
    },
    /// Several records of one system are of the person.
    Duplicate {
        /// Where.
        system: usize,
        /// How many.
        records: usize,
    },
}

/// Who is on the staff, and where the systems differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterReport {
    systems: Vec<String>,
    rows: Vec<Row>,
    without_email: Vec<(usize, Member)>,
    failures: Vec<(usize, Failed)>,
    /// When each system had been read to its end, if it was.
    read_at: Vec<Option<DateTime<Utc>>>,
    dry_run: bool,
}

impl RosterReport {
    /// The systems, in the order they were named.
    #[must_use]
    pub fn systems(&self) -> &[String] {
        &self.systems
    }

    /// Everybody, by address.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Members that no address is known of, not even an alias, and the place of their system.
    #[must_use]
    pub fn without_email(&self) -> &[(usize, Member)] {
        &self.without_email
    }

    /// Systems that could not be read to their end. What differs because of that is not told: nobody is
    /// missing from a system that was not read.
    #[must_use]
    pub fn failures(&self) -> &[(usize, Failed)] {
        &self.failures
    }

    /// When the system of this place had been read to its end; `None` if it was not. Systems differ in this after
    /// [`Roster::resume`].
    #[must_use]
    pub fn read_at(&self, system: usize) -> Option<DateTime<Utc>> {
        self.read_at.get(system).copied().flatten()
    }

    /// Whether every system was read to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.read_at.iter().all(Option::is_some)
    }

    /// Whether it says what would be read, and nothing was.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// What the system of this name said, if it was read to its end.
    fn known(&self, name: &str) -> Option<Read> {
        let system = self.systems.iter().position(|known| known == name)?;
        let at = self.read_at(system)?;
        let of_rows = self.rows.iter().filter_map(|row| row.members.get(system)).flatten();
        let others = self.without_email.iter().filter(|(it, _)| *it == system).map(|(_, member)| member);
        Some(Read { members: of_rows.chain(others).cloned().collect(), ended: Ok(at) })
    }
}

impl Roster {
    /// Compares this system too.
    pub fn of_system(mut self, system: impl Staff + 'static) -> Self {
        self.systems.add(system.system(), Arc::new(system));
        self
    }

    /// Says which account or tenant the last call added, to tell two of one vendor apart ([`Erase::named`]).
    ///
    /// [`Erase::named`]: super::Erase::named
    pub fn named(mut self, name: impl AsRef<str>) -> Self {
        self.systems.label(name.as_ref());
        self
    }

    /// Reads nothing; the report names the systems that would be read, and compares what an earlier report knows.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Takes from an earlier report what it tells of systems that were read to their end, by name: only the others
    /// are read, from their beginning. What has changed in a system since ([`RosterReport::read_at`]) is not seen.
    ///
    /// ```
    /// # use revops::{gainsight::Gainsight, gong::Gong};
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gong = Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
    /// # let gainsight = Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// use revops::people;
    ///
    /// let roster = || people::roster().of_gong(&gong).of_gainsight(&gainsight);
    /// let mut report = roster().run().await?;
    /// if !report.is_complete() {
    ///     report = roster().resume(report).run().await?;
    /// }
    /// # assert!(report.is_complete());
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(mut self, report: RosterReport) -> Self {
        self.known = Some(report);
        self
    }

    /// Reads the staff of every system, all at once, and compares. All members are held in memory.
    ///
    /// # Errors
    /// [`FlowError`] if there is no system, or two have one name; nothing was sent. A system that cannot be read
    /// is in the report.
    #[must_use = "nothing is done until it is awaited"]
    pub fn run(self) -> BoxFuture<'static, Result<RosterReport, FlowError>> {
        let Self { systems, known, dry_run } = self;
        async move {
            systems.check()?;
            let mut reading = FuturesOrdered::new();
            for (name, system) in systems.iter() {
                let known = known.as_ref().and_then(|report| report.known(&name));
                reading.push_back(async move {
                    match known {
                        Some(known) => known,
                        None if dry_run => Read { members: Vec::new(), ended: Err(None) },
                        None => read(system.members()).await,
                    }
                });
            }
            let read: Vec<Read> = reading.collect().await;
            Ok(compare(systems.names(), read, dry_run))
        }
        .boxed()
    }
}

/// What one system said.
struct Read {
    members: Vec<Member>,
    /// When it had said everything, or why it did not, unless it was not asked.
    ended: Result<DateTime<Utc>, Option<Failed>>,
}

async fn read(mut members: BoxStream<'static, Result<Member, Failed>>) -> Read {
    let (mut read, mut failure) = (Vec::new(), None);
    while let Some(member) = members.next().await {
        match member {
            Ok(member) => read.push(member),
            // The first failure is the cause of any that follow.
            Err(failed) => failure = failure.or(Some(failed)),
        }
    }
    Read { members: read, ended: failure.map_or_else(|| Ok(Utc::now()), |failed| Err(Some(failed))) }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("id", &self.id).field("active", &self.active).finish_non_exhaustive()
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { members, differences, .. } = self;
        let mut row = f.debug_struct("Row");
        row.field("members", members).field("differences", differences).finish_non_exhaustive()
    }
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roster")
            .field("systems", &self.systems.names())
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}
