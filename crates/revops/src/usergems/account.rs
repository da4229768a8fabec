//! An account that prospects are looked for at, by itself or as one of many.

use revops_usergems::{Client, builder, types};
use types::ReportId;

use super::check;
use crate::told::names;

/// An account that prospects are looked for at. It is told from others by its name and domain.
///
/// ```
/// use revops::usergems::Account;
///
/// let acme = Account::new("Acme", "acme.example.com").report_id(1).signal("q2");
/// # let _ = acme;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Account {
    name: String,
    domain: String,
    report_id: Option<ReportId>,
    report_name: Option<String>,
    signal: Option<String>,
    salesforce_id: Option<String>,
    custom_id: Option<String>,
    custom: Option<String>,
}

names!(Account { name, domain, report_id, report_name, signal, salesforce_id, custom_id, custom });

/// The methods of an account; also those of what adds one.
macro_rules! account_methods {
    ($($(#[$docs:meta])* $name:ident: $kind:ty => $field:ident;)*) => {
        impl Account {
            $(
                $(#[$docs])*
                pub fn $name(mut self, $field: impl Into<$kind>) -> Self {
                    self.$field = Some($field.into().into());
                    self
                }
            )*
        }

        impl super::AddAccount {
            $(
                $(#[$docs])*
                pub fn $name(self, $field: impl Into<$kind>) -> Self {
                    self.change(|account| account.$name($field))
                }
            )*
        }
    };
}

account_methods! {
    /// The report the account belongs to, by its number. The vendor refuses an account that names no report
    /// (422), though its document does not say so.
    report_id: i64 => report_id;
    /// The report the account belongs to, by name. A removal is narrowed by this one.
    report_name: String => report_name;
    /// The label that prospects found there are given.
    signal: String => signal;
    /// The account's id in Salesforce.
    salesforce_id: String => salesforce_id;
    /// An id of one's own.
    custom_id: String => custom_id;
    /// A text that comes back with whatever the vendor tells of the account later. A removal does not send
    /// it.
    custom: String => custom;
}

impl Account {
    /// The account of this name and domain, such as `example.com`.
    pub fn new(name: impl Into<String>, domain: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            domain: domain.into(),
            report_id: None,
            report_name: None,
            signal: None,
            salesforce_id: None,
            custom_id: None,
            custom: None,
        }
    }

    /// The report the account belongs to, where its id is not a number: the vendor's example has one, its
    /// help speaks of a text.
    pub fn report_key(mut self, id: impl Into<String>) -> Self {
        self.report_id = Some(ReportId::Text(id.into()));
        self
    }

    /// Why it is not sent.
    pub(super) fn check(&self) -> Result<(), String> {
        check::label("name", Some(&self.name))?;
        check::domain(&self.domain)?;
        if let Some(ReportId::Text(id)) = &self.report_id {
            check::label("report_key", Some(id))?;
        }
        check::label("report_name", self.report_name.as_ref())?;
        check::label("signal", self.signal.as_ref())?;
        check::label("salesforce_id", self.salesforce_id.as_ref())?;
        check::label("custom_id", self.custom_id.as_ref())
    }

    pub(super) fn lower(self) -> types::builder::AddAccountRequest {
        types::AddAccountRequest::builder()
            .name(self.name)
            .domain(self.domain)
            .report_id(self.report_id)
            .report_name(self.report_name)
            .signal(self.signal)
            .salesforce_id(self.salesforce_id)
            .custom_id(self.custom_id)
            .custom(self.custom)
    }

    /// What removes it, narrowed by what it says.
    pub(super) fn removal(self, client: &Client) -> builder::DeleteAccount<'_> {
        let mut call = client.delete_account().name(self.name).domain(self.domain);
        if let Some(name) = self.report_name {
            call = call.report_name(name);
        }
        if let Some(signal) = self.signal {
            call = call.signal(signal);
        }
        if let Some(id) = self.salesforce_id {
            call = call.salesforce_id(id);
        }
        if let Some(id) = self.custom_id {
            call = call.custom_id(id);
        }
        call
    }
}
