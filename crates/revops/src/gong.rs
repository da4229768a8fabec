//! Gong: who is in the account, and how their settings changed.
//!
//! ```
//! use futures::TryStreamExt;
//! use revops::gong::Gong;
//! # use revops_sandbox::{Sandbox, Vendor};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::start().await?;
//! let gong = Gong::sandbox(sandbox.base_url(Vendor::Gong))?; // or Gong::from_env()?
//! let mut users = gong.users().list().stream();
//! while let Some(user) = users.try_next().await? {
//!     println!("{}", user.email_address.as_deref().unwrap_or("-"));
//! }
//! # Ok(())
//! # }
//! ```
#![doc = include_str!("../docs/gong.md")]

mod users;

pub use revops_gong as api;
pub use revops_gong::types::{Setting, SettingsChange, SpokenLanguage, User, UserSettings};
pub use users::{FilterUsers, ListUsers, SettingsHistory, Users};

use crate::Error;
use crate::vendor::builder;

/// Gong, as one account's key reaches it. Cheap to clone; clones share connections and quota.
#[derive(Clone, Debug)]
pub struct Gong {
    client: api::Client,
}

impl Gong {
    /// A client from the environment: `GONG_ACCESS_KEY` with `GONG_ACCESS_KEY_SECRET`, or
    /// `GONG_ACCESS_TOKEN`; `GONG_BASE_URL` if the account has a host of its own; `REVOPS_CONTRACT`.
    ///
    /// # Errors
    /// [`Kind::Credential`](crate::Kind::Credential) if a variable is missing, or one of two that belong
    /// together; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::from(api::Client::from_env()?))
    }

    /// Starts a client whose credentials come from elsewhere.
    pub fn builder() -> Builder {
        Builder(api::Client::builder())
    }

    /// A client of the sandbox, given the base URL that it names for Gong. It sends the sandbox's well-known
    /// key.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) if the base URL cannot be used.
    pub fn sandbox(base_url: impl Into<String>) -> Result<Self, Error> {
        Self::builder().access_key("test-key", "test-secret").base_url(base_url).build()
    }

    /// The users of the account.
    #[must_use]
    pub fn users(&self) -> Users {
        Users::new(self.client.clone())
    }

    /// The generated client beneath, with the same credentials, quota and policies.
    #[must_use]
    pub fn api(&self) -> &api::Client {
        &self.client
    }
}

impl From<api::Client> for Gong {
    fn from(client: api::Client) -> Self {
        Self { client }
    }
}

builder! {
    Gong over api::ClientBuilder {
        /// The access key and its secret, from the account's API page.
        access_key(key: crate::SecretString, secret: crate::SecretString) => basic_auth;
        /// An OAuth access token. Its issuer names the base URL to use with it.
        access_token(token: crate::SecretString) => bearer_auth;
    }
}
