//! Deactivating and de-provisioning a member of the staff.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::each::{Action, Undone, Work};
use super::report::Outcome;
use super::{Directory, Email, Failed, Identity, Report};
use crate::Call;

/// A system whose users can be deactivated, or that can say what to do instead.
pub trait Offboarding: Send + Sync {
    /// Where the users are looked up; it names the system.
    fn directory(&self) -> &dyn Directory;

    /// What to do instead, if users cannot be deactivated here. Their state is reported all the same.
    fn impossible(&self) -> Option<String> {
        None
    }

    /// Deactivates one user that was found active, or of whom that is not known.
    fn deactivate(&self, user: &Identity) -> Call<()>;
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
/// let report = people::offboard(email).in_gainsight(&gainsight).in_gong(&gong).run().await;
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
    let emails = emails.into_iter().map(Into::into).collect();
    Offboard(Work { emails, systems: Vec::new(), known: None, dry_run: false })
}

/// Members of the staff to be deactivated; from [`offboard`].
#[derive(Debug)]
#[must_use = "nobody is deactivated until `run`"]
pub struct Offboard(Work<Offboarded>);

/// What became of a member of the staff in one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Offboarded {
    /// The users of these ids are deactivated now, or were before.
    Deactivated {
        /// The system's ids of the users.
        ids: Vec<String>,
    },
    /// The person is no user there.
    Nobody,
    /// It cannot be done here.
    NotPossible {
        /// The users as they are.
        users: Vec<Identity>,
        /// What to do instead.
        instead: String,
    },
    /// A dry run found these users to be deactivated.
    WouldDeactivate {
        /// The system's ids of the users.
        ids: Vec<String>,
    },
    /// The text is no e-mail address; nothing was asked.
    NotAnAddress,
    /// It went wrong.
    Failed(Failed),
}

impl Outcome for Offboarded {
    fn is_final(&self) -> bool {
        !matches!(self, Self::Failed(_) | Self::WouldDeactivate { .. })
    }

    fn failed(&self) -> Option<&Failed> {
        if let Self::Failed(failed) = self { Some(failed) } else { None }
    }
}

impl Undone for Offboarded {
    fn not_an_address() -> Self {
        Self::NotAnAddress
    }

    fn nobody() -> Self {
        Self::Nobody
    }

    fn impossible(users: Vec<Identity>, instead: String) -> Self {
        Self::NotPossible { users, instead }
    }

    fn would(found: Vec<Identity>) -> Self {
        let active = found.into_iter().filter(|user| user.active != Some(false));
        Self::WouldDeactivate { ids: active.map(|user| user.id).collect() }
    }

    fn went_wrong(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl fmt::Display for Offboarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deactivated { ids } => write!(f, "deactivated: {}", ids.join(", ")),
            Self::Nobody => f.write_str("is no user there"),
            Self::NotPossible { users, instead } => {
                let is_active = |user: &Identity| user.active != Some(false);
                let state = if users.iter().any(is_active) { "still active" } else { "inactive already" };
                write!(f, "{state}; not possible here: {instead}")
            }
            Self::WouldDeactivate { ids } if ids.is_empty() => f.write_str("inactive already"),
            Self::WouldDeactivate { ids } => write!(f, "would deactivate {}", ids.join(", ")),
            Self::NotAnAddress => f.write_str("is no e-mail address; nothing was asked"),
            Self::Failed(failed) => write!(f, "failed: {failed}"),
        }
    }
}

/// A system whose users are deactivated, as one of the systems of a flow.
struct Offboarder<S>(S);

impl<S: Offboarding> Action<Offboarded> for Offboarder<S> {
    fn system(&self) -> String {
        self.0.directory().system()
    }

    fn directory(&self) -> Option<&dyn Directory> {
        Some(self.0.directory())
    }

    fn impossible(&self) -> Option<String> {
        self.0.impossible()
    }

    fn act(&self, _: &Email, found: &[Identity]) -> Call<Offboarded> {
        let active = found.iter().filter(|user| user.active != Some(false));
        let calls: Vec<Call<()>> = active.map(|user| self.0.deactivate(user)).collect();
        let ids = found.iter().map(|user| user.id.clone()).collect();
        async move {
            stream::iter(calls).then(|call| call).try_collect::<()>().await?;
            Ok(Offboarded::Deactivated { ids })
        }
        .boxed()
    }
}

impl Offboard {
    /// Deactivates there too.
    pub fn in_system(mut self, system: impl Offboarding + 'static) -> Self {
        self.0.systems.push(Arc::new(Offboarder(system)));
        self
    }

    /// Changes nothing, and says who would be deactivated.
    pub fn dry_run(mut self) -> Self {
        self.0.dry_run = true;
        self
    }

    /// Leaves alone what an earlier report says was done.
    pub fn resume(mut self, report: Report<Offboarded>) -> Self {
        self.0.known = Some(report);
        self
    }

    /// Deactivates everybody in every system.
    #[must_use]
    pub fn run(self) -> BoxFuture<'static, Report<Offboarded>> {
        self.0.run()
    }
}
