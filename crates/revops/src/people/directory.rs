//! Systems in which a person can be looked up.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Email;
use crate::Call;

/// A system in which persons can be looked up by e-mail.
pub trait Directory: Send + Sync {
    /// What the system is called in reports.
    fn system(&self) -> String;

    /// Who these persons are here; who is not named by the findings is nobody here. It is asked for all of
    /// them at once, as some systems can only be read as a whole.
    fn find(&self, emails: Arc<[Email]>) -> Call<Findings>;

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

/// Who was found, by e-mail.
#[derive(Clone, Debug, Default)]
pub struct Findings(HashMap<String, Vec<Identity>>);

impl Findings {
    /// Adds a record of the person with this address.
    pub fn add(&mut self, email: &str, identity: Identity) {
        self.0.entry(email.trim().to_ascii_lowercase()).or_default().push(identity);
    }

    /// The records of a person.
    #[must_use]
    pub fn of(&self, email: &Email) -> &[Identity] {
        self.0.get(&email.key()).map_or(&[], Vec::as_slice)
    }
}

#[cfg(any(feature = "gainsight", feature = "gong"))]
/// A given and a family name as one, if there is one.
#[cfg(any(feature = "gainsight", feature = "gong"))]
pub(super) fn full_name(given: Option<&str>, family: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [given, family].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
