//! Gainsight CS: people at customers, users of the tenant, who is on a company's team, and users by SCIM.
//!
//! ```
//! use futures::TryStreamExt;
//! use revops::gainsight::{Gainsight, field};
//! # use revops_sandbox::{Sandbox, Vendor};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::start().await?;
//! let gainsight = Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?; // or Gainsight::from_env()?
//! let mut active = gainsight.people().search(field("IsActive").eq(true)).select(["Email"]).stream();
//! while let Some(person) = active.try_next().await? {
//!     println!("{}", person.email.as_deref().unwrap_or("-"));
//! }
//! # Ok(())
//! # }
//! ```
#![doc = include_str!("../docs/gainsight.md")]

mod company_team;
mod filter;
mod lower;
mod people;
pub mod scim;
mod search;
mod upsert;
mod users;

pub use company_team::{CompanyTeam, SearchCompanyTeam, UpsertCompanyTeam};
pub use filter::{Field, Filter, field};
pub use people::People;
pub use revops_gainsight as api;
pub use revops_gainsight::person::types::{PersonRecord as Person, Timestamp};
pub use revops_gainsight::user_management::types::{CompanyTeamRecord as TeamMember, GainsightUser as User};
pub use search::SearchPeople;
pub use upsert::{UpsertPeople, Upserted};
pub use users::{ListUsers, UpdateUser, Users};

use revops_gainsight::{person, user_management};

use crate::vendor::builder;
use crate::{Error, Kind};

/// So many pages of a list by offset may come in a row without a new record. At its end that is no fault: while
/// records are added before it, each page holds what the addition has moved there.
const RESTLESS: u32 = 50;

/// What a deletion comes to: not to be found is no error after an attempt that may have done it.
fn deleted<T>(answer: Result<T, Error>) -> Result<(), Error> {
    match answer {
        Err(error) if error.kind() == Kind::NotFound && error.may_have_been_applied() => Ok(()),
        answer => answer.map(drop),
    }
}

/// Gainsight CS, as one tenant's key reaches it. Cheap to clone; clones share connections and quota.
#[derive(Clone, Debug)]
pub struct Gainsight {
    people: person::Client,
    users: user_management::Client,
}

impl Gainsight {
    /// A client from the environment: `GAINSIGHT_ACCESS_KEY` or `GAINSIGHT_ACCESS_TOKEN`; `GAINSIGHT_DOMAIN`,
    /// or `GAINSIGHT_BASE_URL` for a regional or custom domain; `REVOPS_CONTRACT`.
    ///
    /// # Errors
    /// [`Kind::Credential`] if a variable is missing; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::from(person::Client::from_env()?))
    }

    /// Starts a client whose credentials come from elsewhere.
    pub fn builder() -> Builder {
        Builder(person::Client::builder())
    }

    /// A client of the sandbox, given the base URL that it names for Gainsight. It sends the sandbox's
    /// well-known key, which reaches everything but SCIM in the sandbox's mood `scim-tokens`: there SCIM takes
    /// a token, as the vendor's own does.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if the base URL cannot be used.
    pub fn sandbox(base_url: impl Into<String>) -> Result<Self, Error> {
        Self::builder().access_key("test-access-key").base_url(base_url).build()
    }

    /// The people at customers.
    #[must_use]
    pub fn people(&self) -> People {
        People::new(self.people.clone())
    }

    /// The users of the tenant: the company's own staff.
    #[must_use]
    pub fn users(&self) -> Users {
        Users::new(self.users.clone())
    }

    /// Who of the staff is on the team of which company.
    #[must_use]
    pub fn company_team(&self) -> CompanyTeam {
        CompanyTeam::new(self.users.clone())
    }

    /// The users of the tenant by SCIM 2.0, as identity providers manage them. The vendor's own SCIM takes a
    /// token and no access key.
    #[must_use]
    pub fn scim(&self) -> scim::Scim {
        scim::Scim::new(self.users.clone())
    }

    /// The generated client of people beneath, with the same credentials, quota and policies.
    #[must_use]
    pub fn people_api(&self) -> &person::Client {
        &self.people
    }

    /// The generated client of users, company team and SCIM beneath.
    #[must_use]
    pub fn users_api(&self) -> &user_management::Client {
        &self.users
    }
}

impl From<person::Client> for Gainsight {
    fn from(people: person::Client) -> Self {
        Self { users: user_management::Client::over(people.connection()), people }
    }
}

builder! {
    Gainsight over person::ClientBuilder {
        /// The tenant: `acme` of `https://acme.gainsightcloud.com`. For another host give the whole base URL.
        domain(name: String) => domain;
        /// The tenant's REST access key.
        access_key(key: crate::SecretString) => api_key;
        /// An OAuth access token, which the vendor's SCIM asks for.
        access_token(token: crate::SecretString) => bearer_auth;
    }
}
