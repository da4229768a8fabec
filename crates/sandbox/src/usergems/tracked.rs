//! What is tracked: contacts by address, relationship and signal; accounts by name, domain and scope.

use serde_json::{Map, Value};

use super::Task;
use super::entries::Entries;

pub(super) type Record = Map<String, Value>;

/// What tells two entries of one address apart, and what narrows a deletion.
const CONTACT_SCOPE: [&str; 2] = ["relationshipType", "signal"];
/// The same for accounts.
const ACCOUNT_SCOPE: [&str; 4] = ["reportName", "signal", "salesforceId", "customId"];

/// Contacts and accounts, in the order in which they were first added.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    /// By lower-case address.
    contacts: Entries,
    /// By name and domain.
    accounts: Entries,
}

impl Tracked {
    pub(super) fn contacts(&self) -> impl Iterator<Item = &Record> {
        self.contacts.records()
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &Record> {
        self.accounts.records()
    }

    pub(super) fn holds(&self, email: &str) -> bool {
        self.contacts.holds(&email.to_lowercase())
    }

    /// Does what was asked for. What is added again under the same scope is updated; what is
    /// deleted without a scope is deleted everywhere.
    pub(super) fn work(&mut self, task: Task, record: Record) {
        match task {
            Task::AddContact => self.contacts.add(person(&record), record, &CONTACT_SCOPE),
            Task::DeleteContact => self.contacts.remove(&person(&record), &record, &CONTACT_SCOPE),
            Task::AddAccount => self.accounts.add(account(&record), record, &ACCOUNT_SCOPE),
            Task::DeleteAccount => self.accounts.remove(&account(&record), &record, &ACCOUNT_SCOPE),
            Task::PrivacyDelete => self.contacts.remove(&person(&record), &record, &[]),
        }
    }
}

fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Addresses and domains do not distinguish case.
fn person(record: &Record) -> String {
    text(record, "email").to_lowercase()
}

fn account(record: &Record) -> String {
    format!("{}\n{}", text(record, "domain").to_lowercase(), text(record, "name"))
}
