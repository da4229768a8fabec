//! Who is on the staff, by one system and by another, joined by e-mail.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::future::FutureExt;
use futures::stream::{BoxStream, FuturesOrdered, StreamExt};
use serde::{Deserialize, Serialize};

use super::Failed;
use crate::Error;

/// A system that can say who is on the staff.
pub trait Staff: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Everybody on the staff, active or not.
    fn members(&self) -> BoxStream<'static, Result<Member, Error>>;
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
/// let roster = people::roster().of_gong(&gong).of_gainsight(&gainsight).run().await;
/// for row in roster.rows().iter().filter(|row| !row.differences.is_empty()) {
///     println!("{}: {:?}", row.email, row.differences);
/// }
/// # assert!(!roster.rows().is_empty() && roster.failures().is_empty());
/// # Ok(())
/// # }
/// ```
pub fn roster() -> Roster {
    Roster { systems: Vec::new(), dry_run: false }
}

/// Systems whose staff is compared; from [`roster`].
#[must_use = "nothing is read until `run`"]
pub struct Roster {
    systems: Vec<Arc<dyn Staff>>,
    dry_run: bool,
}

/// One person, by every system. Its `Debug` does not tell the address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Row {
    /// The address by which the records were joined, in small letters.
    pub email: String,
    /// What each system knows, in the order they were named.
    pub members: Vec<Option<Member>>,
    /// Where they differ.
    pub differences: Vec<Difference>,
}

/// Where systems differ about one person. Systems are told by their place in the order they were named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// The person is known elsewhere, and not here.
    Missing {
        /// Where.
        system: usize,
    },
    /// Active in one, inactive in the other.
    ActiveIn {
        /// Where the person is active.
        system: usize,
        /// Where not.
        and_not_in: usize,
    },
    /// The name is another one than by the first system that knows one.
    Name {
        /// Where.
        system: usize,
    },
    /// Several records of one system have the address; the first is shown.
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

    /// Members that no address is known of, and the place of their system.
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

    /// Whether it says what would be read, and nothing was.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

impl Roster {
    /// Compares this system too.
    pub fn of_system(mut self, system: impl Staff + 'static) -> Self {
        self.systems.push(Arc::new(system));
        self
    }

    /// Reads nothing; the report names the systems that would be read.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Reads the staff of every system, all at once, and compares. All members are held in memory.
    #[must_use]
    pub fn run(self) -> BoxFuture<'static, RosterReport> {
        let Self { systems, dry_run } = self;
        async move {
            let names = systems.iter().map(|system| system.system()).collect();
            let mut reading = FuturesOrdered::new();
            if !dry_run {
                for system in &systems {
                    reading.push_back(read(system.members()));
                }
            }
            let read: Vec<Read> = reading.collect().await;
            compare(names, read, dry_run)
        }
        .boxed()
    }
}

/// What one system said before it failed, if it did.
struct Read {
    members: Vec<Member>,
    failed: Option<Failed>,
}

async fn read(mut members: BoxStream<'static, Result<Member, Error>>) -> Read {
    let mut read = Read { members: Vec::new(), failed: None };
    while let Some(member) = members.next().await {
        match member {
            Ok(member) => read.members.push(member),
            // The first failure is the cause of any that follow.
            Err(error) => read.failed = read.failed.or_else(|| Some(Failed::from(error))),
        }
    }
    read
}

fn compare(systems: Vec<String>, read: Vec<Read>, dry_run: bool) -> RosterReport {
    let count = read.len();
    let mut known: BTreeMap<String, Vec<Vec<Member>>> = BTreeMap::new();
    let (mut without_email, mut failures) = (Vec::new(), Vec::new());
    let mut aliases: BTreeMap<String, String> = BTreeMap::new();
    for (system, Read { members, failed }) in read.into_iter().enumerate() {
        failures.extend(failed.map(|failed| (system, failed)));
        for member in members {
            let Some(email) = member.email.as_deref().filter(|email| !email.trim().is_empty()) else {
                without_email.push((system, member));
                continue;
            };
            let mut key = email.trim().to_ascii_lowercase();
            if !known.contains_key(&key) {
                let others = member.aliases.iter().map(|alias| alias.trim().to_ascii_lowercase());
                let joined = std::iter::once(key.clone()).chain(others);
                let joined: Vec<String> = joined.collect();
                let same = joined
                    .iter()
                    .find_map(|it| aliases.get(it).or_else(|| known.get_key_value(it).map(|(key, _)| key)));
                key = same.cloned().unwrap_or(key);
            }
            for alias in &member.aliases {
                aliases.entry(alias.trim().to_ascii_lowercase()).or_insert_with(|| key.clone());
            }
            let by_system = known.entry(key).or_insert_with(|| vec![Vec::new(); count]);
            if let Some(records) = by_system.get_mut(system) {
                records.push(member);
            }
        }
    }
    let is_whole: Vec<bool> = (0..count).map(|system| failures.iter().all(|(it, _)| *it != system)).collect();
    let rows = known.into_iter().map(|(email, by_system)| {
        let differences = differences(&by_system, &is_whole);
        let members = by_system.into_iter().map(|records| records.into_iter().next()).collect();
        Row { email, members, differences }
    });
    RosterReport { systems, rows: rows.collect(), without_email, failures, dry_run }
}

fn differences(by_system: &[Vec<Member>], is_whole: &[bool]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let first = |system: usize| by_system.get(system).and_then(|records| records.first());
    let named = (0..by_system.len()).find_map(|system| first(system)?.name.as_deref());
    let active_in =
        (0..by_system.len()).find(|system| first(*system).is_some_and(|it| it.active == Some(true)));
    for (system, records) in by_system.iter().enumerate() {
        match records.as_slice() {
            [] if is_whole.get(system).copied().unwrap_or(false) => {
                differences.push(Difference::Missing { system });
            }
            [_, _, ..] => differences.push(Difference::Duplicate { system, records: records.len() }),
            _ => {}
        }
        let Some(member) = records.first() else { continue };
        if let Some(active_in) = active_in.filter(|_| member.active == Some(false)) {
            differences.push(Difference::ActiveIn { system: active_in, and_not_in: system });
        }
        let other_name =
            |name: &&str| member.name.as_deref().is_some_and(|own| !own.eq_ignore_ascii_case(name));
        if named.as_ref().is_some_and(other_name) {
            differences.push(Difference::Name { system });
        }
    }
    differences
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
        let systems: Vec<String> = self.systems.iter().map(|system| system.system()).collect();
        f.debug_struct("Roster").field("systems", &systems).field("dry_run", &self.dry_run).finish()
    }
}
