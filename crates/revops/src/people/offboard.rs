//! Deactivating and de-provisioning a member of the staff.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::each::{Action, Undone, Work, joined, on_each};
use super::report::Outcome;
use super::{Directory, Email, Failed, FlowError, Identity, Report, Step};

/// A system whose users can be deactivated, or that can say what to do instead.
pub trait Offboarding: Send + Sync {
    /// Where the users are looked up; it names the system.
    fn directory(&self) -> &dyn Directory;

    /// What to do instead, if users cannot be deactivated here. Their state is reported all the same.
    fn impossible(&self) -> Option<String> {
        None
    }

    /// Deactivates one user that was found active, or of whom that is not known.
    fn deactivate(&self, user: &Identity) -> Step<()>;
}

/// Deactivates a member of the staff in the systems named next.
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
/// # let first = gainsight.users().list().stream().try_next().await?;
/// # let email = first.and_then(|user| user.email).unwrap_or_default();
/// use revops::people;
///
/// let report = people::offboard(email).in_gainsight(&gainsight).in_gong(&gong).run().await?;
/// print!("{report}");
/// # assert!(report.is_complete(), "{report}");
/// # Ok(())
/// # }
/// ```
pub fn offboard(email: impl Into<String>) -> Offboard {
    offboard_each([email])
}

/// Deactivates many members of the staff: systems that can only be read as a whole are read once for all.
pub fn offboard_each(emails: impl IntoIterator<Item = impl Into<String>>) -> Offboard {
    Offboard(Work::on(emails))
}

/// Members of the staff to be deactivated; from [`offboard`].
#[derive(Debug)]
#[must_use = "nobody is deactivated until `run`"]
pub struct Offboard(pub(super) Work<Offboarded>);

/// What became of a member of the staff in one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Offboarded {
    /// The users of these ids were deactivated. Others of the person that were inactive already are not named.
    Deactivated {
        /// The system's ids of the users.
        ids: Vec<String>,
    },
    /// The person's users there were inactive already; nothing was changed.
    AlreadyInactive {
        /// The system's ids of the users.
        ids: Vec<String>,
    },
    /// Some of the person's users were deactivated and others not, or there are records that may be the person's
    /// and could not be read or have no id: look at those in the vendor's own screens. Going on from the report
    /// looks again, does the rest, and then names all of them.
    Partly {
        /// The system's ids of the users that were deactivated.
        ids: Vec<String>,
        /// Why the others were not.
        failed: Failed,
    },
    /// The person is no user there.
    Nobody,
    /// It cannot be done here.
    NotPossible {
        /// The users as they are.
        users: Vec<Identity>,
        /// What to do instead.
        instead: String,
        /// Why the person may have more users than these, if some records could not be read. Nothing is left to
        /// do if this is `None`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<Failed>,
    },
    /// A dry run found these users to be deactivated.
    WouldDeactivate {
        /// The system's ids of the users.
        ids: Vec<String>,
    },
    /// Nothing was changed, and some records could not be read: nobody can say that the person has no active user
    /// there.
    Uncertain(Failed),
    /// The text is no e-mail address; nothing was asked.
    NotAnAddress {
        /// What is wrong with it.
        reason: String,
    },
    /// It went wrong.
    Failed(Failed),
}

impl Outcome for Offboarded {
    fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Deactivated { .. }
                | Self::AlreadyInactive { .. }
                | Self::Nobody
                | Self::NotPossible { failed: None, .. }
        )
    }

    fn failed(&self) -> Option<&Failed> {
        match self {
            Self::Failed(failed) | Self::Uncertain(failed) | Self::Partly { failed, .. } => Some(failed),
            Self::NotPossible { failed, .. } => failed.as_ref(),
            _ => None,
        }
    }
}

impl Undone for Offboarded {
    fn not_an_address(reason: String) -> Self {
        Self::NotAnAddress { reason }
    }

    fn uncertain(failed: Failed) -> Self {
        Self::Uncertain(failed)
    }

    fn nobody() -> Self {
        Self::Nobody
    }

    fn impossible(users: Vec<Identity>, instead: String) -> Self {
        Self::NotPossible { users, instead, failed: None }
    }

    fn would(found: Vec<Identity>) -> Self {
        match active(&found) {
            active if active.is_empty() => Self::AlreadyInactive { ids: ids(&found) },
            active => Self::WouldDeactivate { ids: ids(active) },
        }
    }

    fn went_wrong(failed: Failed) -> Self {
        Self::Failed(failed)
    }

    fn after(self, earlier: &Self) -> Self {
        let Self::Partly { ids: before, .. } = earlier else { return self };
        match self {
            Self::Deactivated { ids } => Self::Deactivated { ids: joined(before, ids) },
            Self::AlreadyInactive { .. } | Self::Nobody => Self::Deactivated { ids: before.clone() },
            Self::Partly { ids, failed } => Self::Partly { ids: joined(before, ids), failed },
            Self::Failed(failed) | Self::Uncertain(failed) => Self::Partly { ids: before.clone(), failed },
            other => other,
        }
    }

    fn open(self, why: Failed) -> Self {
        match self {
            Self::Deactivated { ids } => Self::Partly { ids, failed: why },
            Self::Partly { ids, failed } => Self::Partly { ids, failed: failed.beside(&why) },
            Self::AlreadyInactive { .. } => Self::Uncertain(why.following(&self.to_string())),
            Self::Nobody => Self::Uncertain(why),
            // The users that are known are what is reported of such a system.
            Self::NotPossible { users, instead, failed: None } => {
                Self::NotPossible { users, instead, failed: Some(why) }
            }
            Self::Failed(failed) => Self::Failed(failed.beside(&why)),
            Self::Uncertain(failed) => Self::Uncertain(failed.beside(&why)),
            Self::NotPossible { failed: Some(_), .. }
            | Self::WouldDeactivate { .. }
            | Self::NotAnAddress { .. } => self,
        }
    }
}

/// The users to be deactivated: those that are active, or of whom that is not known.
fn active(found: &[Identity]) -> Vec<&Identity> {
    found.iter().filter(|user| user.active != Some(false)).collect()
}

fn ids<'a>(users: impl IntoIterator<Item = &'a Identity>) -> Vec<String> {
    users.into_iter().map(|user| user.id.clone()).collect()
}

impl fmt::Display for Offboarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deactivated { ids } => write!(f, "deactivated: {}", ids.join(", ")),
            Self::AlreadyInactive { ids } => write!(f, "inactive already: {}", ids.join(", ")),
            Self::Partly { ids, failed } => {
                write!(f, "only partly done: {} deactivated; the rest failed: {failed}", ids.join(", "))
            }
            Self::Nobody => f.write_str("is no user there"),
            Self::NotPossible { users, instead, failed } => {
                let is_active = |user: &Identity| user.active != Some(false);
                let state = if users.iter().any(is_active) { "still active" } else { "inactive already" };
                write!(f, "{state}; not possible here: {instead}")?;
                failed.iter().try_for_each(|failed| write!(f, "; besides, {failed}"))
            }
            Self::WouldDeactivate { ids } => write!(f, "would deactivate {}", ids.join(", ")),
            Self::Uncertain(failed) => write!(f, "uncertain: {failed}"),
            Self::NotAnAddress { reason } => write!(f, "is no e-mail address: {reason}; nothing was asked"),
            Self::Failed(failed) => write!(f, "failed: {failed}"),
        }
    }
}

/// A system whose users are deactivated, as one of the systems of a flow.
struct Offboarder<S>(S);

impl<S: Offboarding> Action<Offboarded> for Offboarder<S> {
    fn directory(&self) -> Option<&dyn Directory> {
        Some(self.0.directory())
    }

    fn impossible(&self) -> Option<String> {
        self.0.impossible()
    }

    fn act(&self, _: &Email, found: &[Identity]) -> Step<Offboarded> {
        let active = active(found);
        if active.is_empty() {
            let ids = ids(found);
            return async move { Ok(Offboarded::AlreadyInactive { ids }) }.boxed();
        }
        let steps = active.into_iter().map(|user| (user.id.clone(), self.0.deactivate(user))).collect();
        async move {
            Ok(match on_each(steps).await {
                (ids, None) => Offboarded::Deactivated { ids },
                (ids, Some(failed)) if ids.is_empty() => Offboarded::Failed(failed),
                (ids, Some(failed)) => Offboarded::Partly { ids, failed },
            })
        }
        .boxed()
    }
}

impl Offboard {
    /// Deactivates there too.
    pub fn in_system(mut self, system: impl Offboarding + 'static) -> Self {
        self.0.systems.add(system.directory().system(), Arc::new(Offboarder(system)));
        self
    }

    /// Says which account or tenant the last call added, to tell two of one vendor apart ([`Erase::named`]).
    ///
    /// [`Erase::named`]: super::Erase::named
    pub fn named(mut self, name: impl AsRef<str>) -> Self {
        self.0.systems.label(name.as_ref());
        self
    }

    /// Changes nothing, and says who would be deactivated.
    pub fn dry_run(mut self) -> Self {
        self.0.dry_run = true;
        self
    }

    /// Leaves alone what an earlier report says was done, by system and address: give it the same systems by the
    /// same names. What it tells of other persons and systems is kept.
    pub fn resume(mut self, report: Report<Offboarded>) -> Self {
        self.0.known = Some(report);
        self
    }

    /// Deactivates everybody in every system.
    ///
    /// # Errors
    /// [`FlowError`] if there is no system, or two have one name; nothing was sent. Everything else that can go
    /// wrong is in the report.
    #[must_use = "nothing is done until it is awaited"]
    pub fn run(self) -> BoxFuture<'static, Result<Report<Offboarded>, FlowError>> {
        self.0.run()
    }
}
