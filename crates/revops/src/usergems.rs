//! UserGems: contacts to follow when they change jobs, accounts to look for prospects at, people to forget.
//!
//! ```
//! use revops::usergems::UserGems;
//! # use revops_sandbox::{Sandbox, Vendor};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::start().await?;
//! let usergems = UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?; // or UserGems::from_env()?
//! usergems.contacts().track("jane.doe@example.com").relationship("Champion").send().await?;
//! # assert!(sandbox.usergems().is_tracked("jane.doe@example.com"));
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//! Twenty calls a second for the whole company, whoever makes them, and one record a call: 40,000 people take
//! more than half an hour. A success means that the record is in the vendor's queue ([`Queued`]). What
//! becomes of it then, nobody can ask: the API reads nothing back.

mod account;
mod accounts;
mod check;
mod contact;
mod contacts;
mod privacy;
mod untrack;

pub use account::Account;
pub use accounts::{Accounts, AddAccount, AddAccounts, RemoveAccount, RemoveAccounts};
pub use contact::Contact;
pub use contacts::{Contacts, TrackContact, TrackContacts};
pub use privacy::{ErasePeople, Privacy};
pub use revops_usergems as api;
pub use revops_usergems::types::QueueAck as Queued;
pub use untrack::{Scope, Untrack, UntrackContacts, UntrackEverywhere, UntrackWithin};

use crate::Error;
use crate::vendor::builder;

/// UserGems, as a company's one key reaches it. Cheap to clone; clones share connections and quota.
#[derive(Clone, Debug)]
pub struct UserGems {
    client: api::Client,
}

impl UserGems {
    /// A client from the environment: `USERGEMS_API_KEY`; `USERGEMS_BASE_URL`; `REVOPS_CONTRACT`.
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

    /// A client of the sandbox, given the base URL that it names for UserGems. It sends the sandbox's
    /// well-known key.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) if the base URL cannot be used.
    pub fn sandbox(base_url: impl Into<String>) -> Result<Self, Error> {
        Self::builder().api_key("test-api-key").base_url(base_url).build()
    }

    /// The contacts that are followed.
    #[must_use]
    pub fn contacts(&self) -> Contacts {
        Contacts::new(self.client.clone())
    }

    /// The accounts that prospects are looked for at.
    #[must_use]
    pub fn accounts(&self) -> Accounts {
        Accounts::new(self.client.clone())
    }

    /// What people may ask for by law.
    #[must_use]
    pub fn privacy(&self) -> Privacy {
        Privacy::new(self.client.clone())
    }

    /// The generated client beneath, with the same credentials, quota and policies.
    #[must_use]
    pub fn api(&self) -> &api::Client {
        &self.client
    }
}

impl From<api::Client> for UserGems {
    fn from(client: api::Client) -> Self {
        Self { client }
    }
}

builder! {
    UserGems over api::ClientBuilder {
        /// The company's API key.
        api_key(key: crate::SecretString) => api_key_auth;
    }
}
