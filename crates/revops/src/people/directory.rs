//! Systems in which a person can be looked up.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Email, Failed, Step};
use crate::{Delivery, Rejected};

/// A system in which persons can be looked up by e-mail.
pub trait Directory: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Who these persons are here; who is not named by the findings is nobody here. It is asked for all of
    /// them at once, as some systems can only be read as a whole. A record that cannot be read is no reason to
    /// fail: give it to [`Findings::reject`].
    fn find(&self, emails: Arc<[Email]>) -> Step<Findings>;

    /// Why nobody can be looked up here, and what to do instead. `None` if it can be done.
    fn unreadable(&self) -> Option<String> {
        None
    }
}

/// Who somebody is in one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identity {
    /// The system's id of the record.
    pub id: String,
    /// The name it has for the person.
    pub name: Option<String>,
    /// Whether the person is active there, if the system tells.
    pub active: Option<bool>,
}

impl Identity {
    /// A record of this id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), name: None, active: None }
    }

    /// The record, with a name.
    #[must_use]
    pub fn named(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }

    /// The record, with whether the person is active.
    #[must_use]
    pub fn active(mut self, active: Option<bool>) -> Self {
        self.active = active;
        self
    }
}

/// Who was found, by e-mail, and what could not be read. Its `Debug` names nobody.
#[derive(Clone, Default)]
pub struct Findings {
    found: HashMap<String, Vec<Identity>>,
    /// What could not be read: of this person, or of who knows whom.
    unread: Vec<(Option<String>, Rejected)>,
}

impl Findings {
    /// Adds a record of the person with this address.
    pub fn add(&mut self, email: &str, identity: Identity) {
        self.found.entry(email.trim().to_ascii_lowercase()).or_default().push(identity);
    }

    /// Adds a record that could not be read and may be of any person: who is not found is then not said to be
    /// nobody.
    pub fn reject(&mut self, rejected: Rejected) {
        self.unread.push((None, rejected));
    }

    /// Adds a record that could not be read and came when this person was asked for, so that it is of nobody else.
    pub fn reject_of(&mut self, email: &Email, rejected: Rejected) {
        self.unread.push((Some(email.key()), rejected));
    }

    /// The records of a person.
    #[must_use]
    pub fn of(&self, email: &Email) -> &[Identity] {
        self.found.get(&email.key()).map_or(&[], Vec::as_slice)
    }

    /// How many records could not be read and may be of the person.
    #[must_use]
    pub fn unread(&self, email: &Email) -> usize {
        self.unread_of(email).count()
    }

    fn unread_of(&self, email: &Email) -> impl Iterator<Item = &Rejected> {
        let key = email.key();
        let may_be = move |whose: &Option<String>| whose.as_ref().is_none_or(|whose| *whose == key);
        self.unread.iter().filter(move |(whose, _)| may_be(whose)).map(|(_, rejected)| rejected)
    }

    /// Why nobody can say that the person is not there, if somebody was not found.
    pub(super) fn doubt(&self, email: &Email) -> Option<Failed> {
        if !self.of(email).is_empty() {
            return None;
        }
        let first = self.unread_of(email).next()?;
        let reason = format!(
            "not among the records that could be read, and {}; the first: {first}",
            unread_records(self.unread(email))
        );
        Some(Failed::new(reason).with_delivery(Delivery::Answered).caused_by(first.clone()))
    }
}

impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Findings")
            .field("persons", &self.found.len())
            .field("unread", &self.unread.len())
            .finish_non_exhaustive()
    }
}

/// So many records that could not be read, in words.
pub(super) fn unread_records(count: usize) -> String {
    let records = if count == 1 { "record" } else { "records" };
    format!("{count} {records} could not be read")
}

/// A given and a family name as one, if there is one.
#[cfg(any(feature = "gainsight", feature = "gong"))]
pub(super) fn full_name(given: Option<&str>, family: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [given, family].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
