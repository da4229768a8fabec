//! Systems in which a person can be looked up.

use std::collections::HashMap;
#[cfg(any(feature = "gainsight", feature = "gong"))]
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
#[cfg(any(feature = "gainsight", feature = "gong"))]
use serde_json::Value;

use super::failed::Cause;
use super::{Email, Failed, Step};
use crate::{Delivery, Rejected};

/// A system in which persons can be looked up by e-mail.
pub trait Directory: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Who these persons are here; who is not named by the findings is nobody here. It is asked for all of
    /// them at once, as some systems can only be read as a whole. A record that cannot be read is no reason to
    /// fail: give it to [`Findings::reject`], and so a record that has no id.
    fn find(&self, emails: Arc<[Email]>) -> Step<Findings>;

    /// Why nobody can be looked up here, and what to do instead. `None` if it can be done.
    fn unreadable(&self) -> Option<String> {
        None
    }
}

/// Who somebody is in one system. Its `Debug` does not tell the name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, active, .. } = self;
        f.debug_struct("Identity").field("id", id).field("active", active).finish_non_exhaustive()
    }
}

/// Who was found, by e-mail, and what could not be read. Its `Debug` names nobody.
#[derive(Clone, Default)]
pub struct Findings {
    found: HashMap<String, Vec<Identity>>,
    /// What could not be read of each person, and why. A record may be of many, and is then shared.
    unread_of: HashMap<String, Vec<Cause>>,
    /// What could not be read of who knows whom.
    unread: Vec<Cause>,
    /// Why the list may lack somebody, all of its records being read.
    short: Option<Failed>,
}

impl Findings {
    /// Adds a record of the person with this address.
    pub fn add(&mut self, email: &str, identity: Identity) {
        self.found.entry(Email::key_of(email)).or_default().push(identity);
    }

    /// Adds a record that could not be read, or has no id to act on, and may be of any person: who is not found is
    /// then not said to be nobody, and nobody said to be erased or off-boarded altogether.
    pub fn reject(&mut self, rejected: Rejected) {
        self.unread.push(Arc::new(rejected));
    }

    /// Adds such a record that came when this person was asked for, or names the person, so that it is of nobody
    /// else.
    pub fn reject_of(&mut self, email: &Email, rejected: Rejected) {
        self.unread_of.entry(email.key()).or_default().push(Arc::new(rejected));
    }

    /// Adds such a record of whoever has one of the addresses it tells itself. One that tells none is of any of
    /// those `asked` for, or of any person at all. It was [`Rejected`], or is [`Lacking`].
    #[cfg(any(feature = "gainsight", feature = "gong"))]
    pub(super) fn reject_by(
        &mut self,
        told: Option<Vec<String>>,
        asked: Option<&[Email]>,
        why: impl StdError + Send + Sync + 'static,
    ) {
        let why: Cause = Arc::new(why);
        let asked = || asked.map(|asked| asked.iter().map(Email::key).collect());
        let Some(whose) = told.filter(|told| !told.is_empty()).or_else(asked) else {
            self.unread.push(why);
            return;
        };
        for key in whose {
            self.unread_of.entry(key).or_default().push(Arc::clone(&why));
        }
    }

    /// Says why the list may lack somebody although all of its records were read.
    #[cfg(feature = "gainsight")]
    pub(super) fn came_short(&mut self, why: Failed) {
        self.short = Some(why);
    }

    /// The records of a person.
    #[must_use]
    pub fn of(&self, email: &Email) -> &[Identity] {
        self.found.get(&email.key()).map_or(&[], Vec::as_slice)
    }

    /// How many records could not be read and may be of the person.
    #[must_use]
    pub fn unread(&self, email: &Email) -> usize {
        self.unread_of(email).len() + self.unread.len()
    }

    fn unread_of(&self, email: &Email) -> &[Cause] {
        self.unread_of.get(&email.key()).map_or(&[], Vec::as_slice)
    }

    fn first_unread(&self, email: &Email) -> Option<&Cause> {
        self.unread_of(email).first().or_else(|| self.unread.first())
    }

    /// Why nobody can say that the person is not there, if somebody was not found.
    pub(super) fn doubt(&self, email: &Email) -> Option<Failed> {
        if !self.of(email).is_empty() {
            return None;
        }
        let Some(first) = self.first_unread(email) else { return self.short.clone() };
        let reason = format!(
            "not among the records that could be read, and {}; the first: {first}",
            unread_records(self.unread(email))
        );
        Some(Failed::new(reason).with_delivery(Delivery::Answered).sharing(Arc::clone(first)))
    }

    /// Why there may be more of the person than was found, so that what was done is not all there is to do.
    pub(super) fn remainder(&self, email: &Email) -> Option<Failed> {
        let first = self.first_unread(email)?;
        let reason = format!(
            "{} and may be the person's: look in the vendor's own screens; the first: {first}",
            unread_records(self.unread(email))
        );
        Some(Failed::new(reason).with_delivery(Delivery::Answered).sharing(Arc::clone(first)))
    }
}

impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Findings")
            .field("persons", &self.found.len())
            .field("unread", &(self.unread.len() + self.unread_of.values().map(Vec::len).sum::<usize>()))
            .finish_non_exhaustive()
    }
}

/// A record that was read and lacks what it would be known by or acted on. Told by its place, without its data.
#[cfg(any(feature = "gainsight", feature = "gong"))]
#[derive(Debug)]
pub(super) struct Lacking {
    /// Its place in all of the list, from 0.
    pub(super) place: usize,
    /// The vendor's name of what it lacks.
    pub(super) member: &'static str,
}

#[cfg(any(feature = "gainsight", feature = "gong"))]
impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} of the list has no text at /{}", self.place, self.member)
    }
}

#[cfg(any(feature = "gainsight", feature = "gong"))]
impl StdError for Lacking {}

/// A text that is one.
#[cfg(any(feature = "gainsight", feature = "gong"))]
pub(super) fn text(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// So many records that could not be read, in words.
pub(super) fn unread_records(count: usize) -> String {
    let records = if count == 1 { "record" } else { "records" };
    format!("{count} {records} could not be read")
}

/// The address that a record which could not be read has here all the same, if it is one without doubt.
#[cfg(any(feature = "gainsight", feature = "gong"))]
pub(super) fn told_address(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    text.parse::<Email>().is_ok().then(|| Email::key_of(text))
}

/// A given and a family name as one, if there is one.
#[cfg(any(feature = "gainsight", feature = "gong"))]
pub(super) fn full_name(given: Option<&str>, family: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [given, family].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
