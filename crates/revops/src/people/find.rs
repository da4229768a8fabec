//! Who a person is in each system that can be read.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use chrono::Utc;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesOrdered, StreamExt};
use serde::{Deserialize, Serialize};

use super::report::{Known, Outcome, parse};
use super::systems::Systems;
use super::{Directory, Email, Entry, Failed, FlowError, Identity, Report};

/// Finds a person in the systems named next.
///
/// ```
/// # use futures::TryStreamExt;
/// # use revops::{gainsight::Gainsight, gong::Gong};
/// # use revops_sandbox::{Sandbox, Vendor};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = Sandbox::start().await?;
/// # let gong = Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
/// # let gainsight = Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
/// # let first = gong.users().list().stream().try_next().await?;
/// # let email = first.and_then(|user| user.email_address).unwrap_or_default();
/// use revops::people;
///
/// let report = people::find(email).in_gong(&gong).in_gainsight(&gainsight).run().await?;
/// print!("{report}");
/// # assert!(report.is_complete());
/// # Ok(())
/// # }
/// ```
pub fn find(email: impl Into<String>) -> Find {
    find_each([email])
}

/// Finds many persons: systems that can only be read as a whole are read once for all of them.
pub fn find_each(emails: impl IntoIterator<Item = impl Into<String>>) -> Find {
    Find {
        emails: emails.into_iter().map(Into::into).collect(),
        systems: Systems::default(),
        known: None,
        dry_run: false,
    }
}

/// Persons to be found; from [`find`].
#[must_use = "nobody is looked for until `run`"]
pub struct Find {
    emails: Vec<String>,
    pub(super) systems: Systems<dyn Directory>,
    known: Option<Report<Found>>,
    dry_run: bool,
}

/// Whether a person was found in one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Found {
    /// These records are of the person.
    Found(Vec<Identity>),
    /// The person is not there.
    Nobody,
    /// The system cannot be read; what to do instead.
    Unreadable {
        /// What to do instead.
        instead: String,
    },
    /// The system would be read; a dry run reads nothing.
    WouldRead,
    /// The person was not found, and some records could not be read: nobody can say that the person is not
    /// there.
    Uncertain(Failed),
    /// The text is no e-mail address; nothing was asked.
    NotAnAddress {
        /// What is wrong with it.
        reason: String,
    },
    /// The system could not be read.
    Failed(Failed),
}

impl Outcome for Found {
    fn is_final(&self) -> bool {
        matches!(self, Self::Found(_) | Self::Nobody | Self::Unreadable { .. })
    }

    fn failed(&self) -> Option<&Failed> {
        if let Self::Failed(failed) | Self::Uncertain(failed) = self { Some(failed) } else { None }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(records) => {
                let show = |record: &Identity| {
                    let state = match record.active {
                        Some(true) => ", active",
                        Some(false) => ", inactive",
                        None => "",
                    };
                    format!("{}{state}", record.id)
                };
                let records: Vec<String> = records.iter().map(show).collect();
                write!(f, "found: {}", records.join("; "))
            }
            Self::Nobody => f.write_str("not there"),
            Self::Unreadable { instead } => write!(f, "cannot be read: {instead}"),
            Self::WouldRead => f.write_str("would be read"),
            Self::Uncertain(failed) => write!(f, "uncertain: {failed}"),
            Self::NotAnAddress { reason } => write!(f, "is no e-mail address: {reason}; nothing was asked"),
            Self::Failed(failed) => write!(f, "failed: {failed}"),
        }
    }
}

impl Find {
    /// Looks there too.
    pub fn in_system(mut self, system: impl Directory + 'static) -> Self {
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

    /// Asks nothing, and says what would be read.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Leaves alone what an earlier report knows, by system and address. What it tells of others is kept.
    pub fn resume(mut self, report: Report<Found>) -> Self {
        self.known = Some(report);
        self
    }

    /// Looks for everybody in every system, all systems at once.
    ///
    /// # Errors
    /// [`FlowError`] if there is no system, or two have one name; nothing was sent. Everything else that can go
    /// wrong is in the report.
    #[must_use = "nothing is done until it is awaited"]
    pub fn run(self) -> BoxFuture<'static, Result<Report<Found>, FlowError>> {
        let Self { emails, systems, known, dry_run } = self;
        let count = emails.len();
        let (emails, mut entries) = parse(emails, |reason| Found::NotAnAddress { reason });
        async move {
            systems.check()?;
            let earlier = Known::of(known.as_ref());
            let mut searches = FuturesOrdered::new();
            for (name, system) in systems.iter() {
                searches.push_back(search(name, system.as_ref(), &emails, &earlier, dry_run));
            }
            let found: Vec<Vec<Entry<Found>>> = searches.collect().await;
            entries.extend(found.into_iter().flatten());
            Ok(Report::new(entries, dry_run, count, known))
        }
        .boxed()
    }
}

async fn search(
    name: String,
    system: &dyn Directory,
    emails: &[(usize, Email)],
    known: &Known<'_, Found>,
    dry_run: bool,
) -> Vec<Entry<Found>> {
    let entry = |(index, email): &(usize, Email), outcome| Entry {
        email: Some(email.clone()),
        index: *index,
        system: name.clone(),
        outcome,
        unread: 0,
        at: Utc::now(),
    };
    let (mut entries, mut open) = (Vec::new(), Vec::new());
    for (index, email) in emails {
        match known.get(email, &name).filter(|known| known.outcome.is_final()) {
            Some(known) => entries.push(Entry { index: *index, ..known.clone() }),
            None => open.push((*index, email.clone())),
        }
    }
    if let Some(instead) = system.unreadable() {
        entries.extend(open.iter().map(|it| entry(it, Found::Unreadable { instead: instead.clone() })));
    } else if dry_run {
        entries.extend(open.iter().map(|it| entry(it, Found::WouldRead)));
    } else if !open.is_empty() {
        // Who is named twice is asked for once, and so has no record twice.
        let mut named = HashSet::new();
        let once = open.iter().filter(|(_, email)| named.insert(email.key()));
        let asked: Arc<[Email]> = once.map(|(_, email)| email.clone()).collect();
        match system.find(asked).await {
            Ok(findings) => entries.extend(open.iter().map(|it| {
                let records = findings.of(&it.1);
                let found = match findings.doubt(&it.1) {
                    Some(failed) => Found::Uncertain(failed),
                    None if records.is_empty() => Found::Nobody,
                    None => Found::Found(records.to_vec()),
                };
                Entry { unread: findings.unread(&it.1), ..entry(it, found) }
            })),
            Err(failed) => entries.extend(open.iter().map(|it| entry(it, Found::Failed(failed.clone())))),
        }
    }
    entries
}

impl fmt::Debug for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Find")
            .field("persons", &self.emails.len())
            .field("systems", &self.systems.names())
            .finish_non_exhaustive()
    }
}
