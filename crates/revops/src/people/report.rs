//! What a flow tells of each person in each system.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::email::Email;
use crate::{Delivery, Error};

/// Why a step went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failed {
    /// One line of what happened, without personal data.
    pub reason: String,
    /// Whether doing it again later may succeed.
    pub retryable: bool,
    /// Whether it may have been done all the same.
    pub delivery: Delivery,
}

impl From<&Error> for Failed {
    fn from(error: &Error) -> Self {
        Self { reason: error.to_string(), retryable: error.is_retryable(), delivery: error.delivery() }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// What a flow can come to, for one person in one system.
pub trait Outcome: fmt::Display {
    /// Whether nothing is left to do, so that the flow leaves it alone when it is resumed.
    fn is_final(&self) -> bool;

    /// What went wrong, if something did.
    fn failed(&self) -> Option<&Failed>;
}

/// What became of one person in one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry<O> {
    /// The person; `None` for a text that is no e-mail address, of which `index` tells the place.
    pub email: Option<Email>,
    /// The place of the person in the input.
    pub index: usize,
    /// The system.
    pub system: String,
    /// What became of the person there.
    pub outcome: O,
    /// When that was known.
    pub at: DateTime<Utc>,
}

/// What became of each person in each system, in the order of the input. It serialises, and its `Display` is
/// a table that names the persons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report<O> {
    entries: Vec<Entry<O>>,
    dry_run: bool,
}

impl<O> Report<O> {
    pub(super) fn new(mut entries: Vec<Entry<O>>, dry_run: bool) -> Self {
        entries.sort_by_key(|entry| entry.index);
        Self { entries, dry_run }
    }

    /// Every entry, by person in the order of the input, and by system in the order they were named.
    #[must_use]
    pub fn entries(&self) -> &[Entry<O>] {
        &self.entries
    }

    /// What became of one person.
    pub fn of<'a>(&'a self, email: &'a str) -> impl Iterator<Item = &'a Entry<O>> {
        self.entries.iter().filter(move |entry| entry.email.as_ref().is_some_and(|it| it.is(email)))
    }

    /// Whether it says what would be done, and nothing was.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// What is known already of a person in a system, and needs no doing again.
    pub(super) fn known(&self, email: &Email, system: &str) -> Option<&Entry<O>>
    where
        O: Outcome,
    {
        let mut entries = self.entries.iter().filter(|_| !self.dry_run);
        entries.find(|entry| {
            entry.email.as_ref() == Some(email) && entry.system == system && entry.outcome.is_final()
        })
    }
}

impl<O: Outcome> Report<O> {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.dry_run && self.entries.iter().all(|entry| entry.outcome.is_final())
    }

    /// What went wrong.
    pub fn failures(&self) -> impl Iterator<Item = (&Entry<O>, &Failed)> {
        self.entries.iter().filter_map(|entry| Some((entry, entry.outcome.failed()?)))
    }
}

impl<O: Outcome> fmt::Display for Report<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            writeln!(f, "dry run: nothing was changed")?;
        }
        let person = |entry: &Entry<O>| match &entry.email {
            Some(email) => email.to_string(),
            None => format!("item {} of the input", entry.index),
        };
        let persons: Vec<String> = self.entries.iter().map(person).collect();
        let width = |text: &String| text.chars().count();
        let wide = persons.iter().map(width).max().unwrap_or_default();
        let system_wide = self.entries.iter().map(|entry| width(&entry.system)).max().unwrap_or_default();
        for (person, Entry { system, outcome, .. }) in persons.iter().zip(&self.entries) {
            writeln!(f, "{person:<wide$}  {system:<system_wide$}  {outcome}")?;
        }
        Ok(())
    }
}

/// The persons of an input with their places, and an entry for each text that is no address.
pub(super) fn parse<O>(
    emails: Vec<String>,
    not_an_address: impl Fn() -> O,
) -> (Vec<(usize, Email)>, Vec<Entry<O>>) {
    let (mut persons, mut entries) = (Vec::new(), Vec::new());
    for (index, text) in emails.into_iter().enumerate() {
        match text.parse::<Email>() {
            Ok(email) => persons.push((index, email)),
            Err(_) => entries.push(Entry {
                email: None,
                index,
                system: String::from("-"),
                outcome: not_an_address(),
                at: Utc::now(),
            }),
        }
    }
    (persons, entries)
}
