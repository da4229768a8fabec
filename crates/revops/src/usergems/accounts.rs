//! Accounts that prospects are looked for at: added and removed, one or any number with an outcome for each.

use futures::{FutureExt, Stream, StreamExt};
use revops_usergems::Client;
use revops_usergems::operations::{ADD_ACCOUNT, DELETE_ACCOUNT};

use super::{Account, Queued};
use crate::vendor::each;
use crate::{Call, Error};

/// The accounts that prospects are looked for at, from [`UserGems::accounts`](super::UserGems::accounts).
#[derive(Clone, Debug)]
pub struct Accounts {
    client: Client,
}

impl Accounts {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Looks for prospects at an account (operation `addAccount`), by name and by domain, such as
    /// `example.com`. The vendor wants to know which [report](AddAccount::report_id) it belongs to.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// usergems.accounts().add("Acme", "acme.example.com").report_id(1).signal("q2").send().await?;
    /// # assert_eq!(sandbox.usergems().accounts().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn add(&self, name: impl Into<String>, domain: impl Into<String>) -> AddAccount {
        AddAccount { client: self.client.clone(), account: Account::new(name, domain) }
    }

    /// Looks for prospects at any number of accounts, a call for each ([`add`](Self::add)).
    ///
    /// ```
    /// use revops::usergems::Account;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    ///
    /// let accounts = [("Acme", "acme.example.com"), ("Nowhere", "")];
    /// let accounts = accounts.map(|(name, domain)| Account::new(name, domain).report_id(1));
    /// let report = usergems.accounts().add_all(accounts).send().await;
    /// # assert_eq!((report.written(), report.refused().count()), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_all(
        &self,
        accounts: impl IntoIterator<Item = Account, IntoIter: Send + 'static>,
    ) -> AddAccounts {
        self.add_stream(futures::stream::iter(accounts))
    }

    /// Looks for prospects at the accounts of a stream ([`add_all`](Self::add_all)).
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::usergems::Account;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let numbers = futures::stream::iter(1..=3);
    /// let accounts = numbers.map(|number| Account::new("Acme", format!("acme{number}.example.com")).report_id(1));
    /// let report = usergems.accounts().add_stream(accounts).send().await;
    /// # assert_eq!(report.written(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_stream(&self, accounts: impl Stream<Item = Account> + Send + 'static) -> AddAccounts {
        AddAccounts::new(self.client.clone(), accounts.boxed())
    }

    /// Looks for prospects at an account no longer (operation `deleteAccount`).
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// # usergems.accounts().add("Acme", "acme.example.com").report_id(1).send().await?;
    /// usergems.accounts().remove("Acme", "acme.example.com").send().await?;
    /// # assert_eq!(sandbox.usergems().accounts().len(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn remove(&self, name: impl Into<String>, domain: impl Into<String>) -> RemoveAccount {
        RemoveAccount { client: self.client.clone(), account: Account::new(name, domain) }
    }

    /// Looks for prospects at any number of accounts no longer, a call for each ([`remove`](Self::remove)).
    /// What an account says of its report name, signal and ids narrows its removal.
    ///
    /// ```
    /// # use revops::usergems::Account;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let report = usergems.accounts().remove_all([Account::new("Acme", "acme.example.com")]).send().await;
    /// # assert_eq!(report.written(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn remove_all(
        &self,
        accounts: impl IntoIterator<Item = Account, IntoIter: Send + 'static>,
    ) -> RemoveAccounts {
        self.remove_stream(futures::stream::iter(accounts))
    }

    /// Looks for prospects at the accounts of a stream no longer ([`remove_all`](Self::remove_all)).
    ///
    /// ```
    /// # use revops::usergems::Account;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let gone = futures::stream::iter([Account::new("Acme", "acme.example.com").signal("q2")]);
    /// let report = usergems.accounts().remove_stream(gone).send().await;
    /// # assert_eq!(report.written(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn remove_stream(&self, accounts: impl Stream<Item = Account> + Send + 'static) -> RemoveAccounts {
        RemoveAccounts::new(self.client.clone(), accounts.boxed())
    }
}

/// An account that prospects will be looked for at; from [`Accounts::add`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct AddAccount {
    client: Client,
    account: Account,
}

impl AddAccount {
    pub(super) fn change(self, change: impl FnOnce(Account) -> Account) -> Self {
        Self { account: change(self.account), ..self }
    }

    /// The report the account belongs to, where its id is not a number ([`Account::report_key`]).
    pub fn report_key(self, id: impl Into<String>) -> Self {
        self.change(|account| account.report_key(id))
    }

    /// Sends the account.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for an empty name or what is no domain, nothing being sent; or
    /// by the vendor's word for an account that names no report.
    #[must_use]
    pub fn send(self) -> Call<Queued> {
        add(self.client, self.account)
    }
}

/// An account that prospects will be looked for at no longer; from [`Accounts::remove`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct RemoveAccount {
    client: Client,
    account: Account,
}

impl RemoveAccount {
    /// Only from the report of this name.
    pub fn report_name(self, name: impl Into<String>) -> Self {
        Self { account: self.account.report_name(name), ..self }
    }

    /// Only under this signal.
    pub fn signal(self, signal: impl Into<String>) -> Self {
        Self { account: self.account.signal(signal), ..self }
    }

    /// Only the one with this id in Salesforce.
    pub fn salesforce_id(self, id: impl Into<String>) -> Self {
        Self { account: self.account.salesforce_id(id), ..self }
    }

    /// Only the one with this id of one's own.
    pub fn custom_id(self, id: impl Into<String>) -> Self {
        Self { account: self.account.custom_id(id), ..self }
    }

    /// Sends it.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for an empty name, what is no domain, or an empty text that
    /// would narrow nothing; nothing was sent. If the answer is lost it is not sent again, and the error says
    /// that it may have been applied.
    #[must_use]
    pub fn send(self) -> Call<Queued> {
        remove(self.client, self.account)
    }
}

each! {
    /// Accounts that prospects will be looked for at; from [`Accounts::add_all`].
    AddAccounts of Account => Queued, sent by add, checked by Account::check, calls 4, repeatable true
}

each! {
    /// Accounts that prospects will be looked for at no longer; from [`Accounts::remove_all`]. One whose
    /// answer was lost is [`Outcome::Unknown`](crate::Outcome::Unknown), and is not sent again.
    RemoveAccounts of Account => Queued, sent by remove, checked by Account::check, calls 4, repeatable false
}

fn add(client: Client, account: Account) -> Call<Queued> {
    async move {
        account.check().map_err(|reason| Error::invalid(&ADD_ACCOUNT, reason))?;
        client.add_account().body(account.lower()).send().await.map(crate::Response::into_inner)
    }
    .boxed()
}

fn remove(client: Client, account: Account) -> Call<Queued> {
    async move {
        account.check().map_err(|reason| Error::invalid(&DELETE_ACCOUNT, reason))?;
        account.removal(&client).send().await.map(crate::Response::into_inner)
    }
    .boxed()
}
