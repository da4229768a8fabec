//! Deleting a person's data where a vendor offers it.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::each::{Action, Undone, Work, joined};
use super::report::Outcome;
use super::{Directory, Email, Failed, FlowError, Identity, Report, Step};

/// A system in which a person's data can be deleted, or that can say what to do instead.
pub trait Erasing: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Where the person's records are looked up first; `None` if deleting takes nothing but the address.
    fn directory(&self) -> Option<&dyn Directory> {
        None
    }

    /// What to do instead, if nothing can be deleted here.
    fn impossible(&self) -> Option<String> {
        None
    }

    /// Deletes the person's data, of which `found` are the records that were looked up. If some of them were
    /// deleted and others not, that is [`Erased::Partly`] and no error, so that the report keeps what was done.
    /// What could not be read ([`Findings::reject`](super::Findings::reject)) keeps the line open, whatever this
    /// says.
    fn erase(&self, email: &Email, found: &[Identity]) -> Step<Erased>;
}

/// Deletes a person's data in the systems named next.
///
/// The report is what a request under data protection law is answered with: what was done, where there was
/// nothing, and where it is not possible and what to do instead.
///
/// ```
/// # use futures::TryStreamExt;
/// # use revops::{gainsight::{Filter, Gainsight}, gong::Gong};
/// # use revops_sandbox::{Sandbox, Vendor};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = Sandbox::start().await?;
/// # let gong = Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
/// # let gainsight = Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
/// # let people = gainsight.people().search(Filter::all()).select(["Email"]);
/// # let email = people.stream().try_next().await?.and_then(|person| person.email).unwrap_or_default();
/// use revops::people;
///
/// let plan = people::erase(&email).in_gainsight(&gainsight).in_gong(&gong).dry_run().run().await?;
/// println!("{plan}");
/// let report = people::erase(&email).in_gainsight(&gainsight).in_gong(&gong).run().await?;
/// for (entry, failed) in report.failures() {
///     eprintln!("{}: {failed}", entry.system);
/// }
/// let report = if report.is_complete() {
///     report
/// } else {
///     people::erase(&email).in_gainsight(&gainsight).in_gong(&gong).resume(report).run().await?
/// };
/// # assert!(report.is_complete());
/// # Ok(())
/// # }
/// ```
pub fn erase(email: impl Into<String>) -> Erase {
    erase_each([email])
}

/// Deletes the data of many persons.
pub fn erase_each(emails: impl IntoIterator<Item = impl Into<String>>) -> Erase {
    Erase(Work::on(emails))
}

/// Persons whose data is to be deleted; from [`erase`].
#[derive(Debug)]
#[must_use = "nothing is deleted until `run`"]
pub struct Erase(Work<Erased>);

/// What became of a person's data in one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Erased {
    /// The vendor has deleted the records of these ids.
    Done {
        /// The vendor's ids of what was deleted.
        ids: Vec<String>,
    },
    /// Some of the person's records are deleted and others not, or there are records that may be the person's and
    /// could not be read or have no id: look at those in the vendor's own screens. Going on from the report looks
    /// again, deletes the rest, and then names all of them.
    Partly {
        /// The vendor's ids of what was deleted; none if it has taken the request and does it in its own time.
        ids: Vec<String>,
        /// Why the others were not.
        failed: Failed,
    },
    /// The vendor has taken the request and does it in its own time; nothing tells when.
    Requested,
    /// There was nothing of the person.
    Nobody,
    /// It cannot be done here.
    NotPossible {
        /// What to do instead.
        instead: String,
    },
    /// A dry run found this much to be deleted, or nothing that can be looked up beforehand.
    WouldErase {
        /// The vendor's ids of what would be deleted.
        ids: Vec<String>,
    },
    /// Nothing was deleted, and some records could not be read: nobody can say that there is nothing of the
    /// person.
    Uncertain(Failed),
    /// The text is no e-mail address; nothing was asked.
    NotAnAddress {
        /// What is wrong with it.
        reason: String,
    },
    /// It went wrong.
    Failed(Failed),
}

impl Outcome for Erased {
    fn is_final(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Requested | Self::Nobody | Self::NotPossible { .. })
    }

    fn failed(&self) -> Option<&Failed> {
        match self {
            Self::Failed(failed) | Self::Uncertain(failed) | Self::Partly { failed, .. } => Some(failed),
            _ => None,
        }
    }
}

impl Undone for Erased {
    fn not_an_address(reason: String) -> Self {
        Self::NotAnAddress { reason }
    }

    fn uncertain(failed: Failed) -> Self {
        Self::Uncertain(failed)
    }

    fn nobody() -> Self {
        Self::Nobody
    }

    fn impossible(_: Vec<Identity>, instead: String) -> Self {
        Self::NotPossible { instead }
    }

    fn would(found: Vec<Identity>) -> Self {
        Self::WouldErase { ids: found.into_iter().map(|identity| identity.id).collect() }
    }

    fn went_wrong(failed: Failed) -> Self {
        Self::Failed(failed)
    }

    fn after(self, earlier: &Self) -> Self {
        let Self::Partly { ids: before, .. } = earlier else { return self };
        match self {
            Self::Done { ids } => Self::Done { ids: joined(before, ids) },
            // Nothing was deleted under anybody's eyes: the vendor had taken the request, and that is what was done.
            Self::Nobody if before.is_empty() => Self::Requested,
            Self::Nobody => Self::Done { ids: before.clone() },
            Self::Partly { ids, failed } => Self::Partly { ids: joined(before, ids), failed },
            Self::Failed(failed) | Self::Uncertain(failed) => Self::Partly { ids: before.clone(), failed },
            other => other,
        }
    }

    fn open(self, why: Failed) -> Self {
        match self {
            Self::Done { ids } => Self::Partly { ids, failed: why },
            Self::Partly { ids, failed } => Self::Partly { ids, failed: failed.beside(&why) },
            Self::Requested => {
                let failed = why.following("the vendor has taken the request");
                Self::Partly { ids: Vec::new(), failed }
            }
            Self::Nobody => Self::Uncertain(why),
            Self::NotPossible { .. } => Self::Uncertain(why.following(&self.to_string())),
            Self::Failed(failed) => Self::Failed(failed.beside(&why)),
            Self::Uncertain(failed) => Self::Uncertain(failed.beside(&why)),
            Self::WouldErase { .. } | Self::NotAnAddress { .. } => self,
        }
    }
}

impl fmt::Display for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { ids } => write!(f, "done: {} deleted", ids.join(", ")),
            Self::Partly { ids, failed } if ids.is_empty() => write!(f, "only partly done: {failed}"),
            Self::Partly { ids, failed } => {
                write!(f, "only partly done: {} deleted; the rest failed: {failed}", ids.join(", "))
            }
            Self::Requested => f.write_str("requested: the vendor deletes in its own time"),
            Self::Nobody => f.write_str("nothing there"),
            Self::NotPossible { instead } => write!(f, "not possible here: {instead}"),
            Self::WouldErase { ids } if ids.is_empty() => f.write_str("would be asked to delete"),
            Self::WouldErase { ids } => write!(f, "would delete {}", ids.join(", ")),
            Self::Uncertain(failed) => write!(f, "uncertain: {failed}"),
            Self::NotAnAddress { reason } => write!(f, "is no e-mail address: {reason}; nothing was asked"),
            Self::Failed(failed) => write!(f, "failed: {failed}"),
        }
    }
}

/// An erasing system as one of the systems of a flow.
struct Eraser<S>(S);

impl<S: Erasing> Action<Erased> for Eraser<S> {
    fn directory(&self) -> Option<&dyn Directory> {
        self.0.directory()
    }

    fn impossible(&self) -> Option<String> {
        self.0.impossible()
    }

    fn act(&self, email: &Email, found: &[Identity]) -> Step<Erased> {
        self.0.erase(email, found)
    }
}

impl Erase {
    /// Deletes there too.
    pub fn in_system(mut self, system: impl Erasing + 'static) -> Self {
        self.0.systems.add(system.system(), Arc::new(Eraser(system)));
        self
    }

    /// Says which account or tenant the last call added: the report then names its systems with that before
    /// their own names. Two systems of one name are refused, as no report could tell them apart.
    ///
    /// ```
    /// # use revops::gainsight::Gainsight;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (one, other) = (Sandbox::start().await?, Sandbox::start().await?);
    /// # let europe = Gainsight::sandbox(one.base_url(Vendor::Gainsight))?;
    /// # let america = Gainsight::sandbox(other.base_url(Vendor::Gainsight))?;
    /// use revops::people;
    ///
    /// let erase = people::erase("jane.doe@example.com");
    /// let erase = erase.in_gainsight(&europe).named("EU").in_gainsight(&america).named("US");
    /// let report = erase.run().await?;
    /// assert_eq!(report.entries()[0].system, "EU Gainsight people");
    /// # Ok(())
    /// # }
    /// ```
    pub fn named(mut self, name: impl AsRef<str>) -> Self {
        self.0.systems.label(name.as_ref());
        self
    }

    /// Changes nothing, and says what would be deleted. Systems that are looked up first are read.
    pub fn dry_run(mut self) -> Self {
        self.0.dry_run = true;
        self
    }

    /// Leaves alone what an earlier report says was done, by system and address: give it the same systems by the
    /// same names. What it tells of other persons and systems is kept.
    pub fn resume(mut self, report: Report<Erased>) -> Self {
        self.0.known = Some(report);
        self
    }

    /// Deletes everybody's data in every system.
    ///
    /// # Errors
    /// [`FlowError`] if there is no system, or two have one name; nothing was sent. Everything else that can go
    /// wrong is in the report.
    #[must_use = "nothing is done until it is awaited"]
    pub fn run(self) -> BoxFuture<'static, Result<Report<Erased>, FlowError>> {
        self.0.run()
    }
}
