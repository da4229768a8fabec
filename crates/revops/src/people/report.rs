//! What a flow tells of each person in each system.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::directory::unread_records;
use super::{Email, Failed};

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
    /// The place of the person in the input; after all of those, for a person whom only the earlier report
    /// names.
    pub index: usize,
    /// The system.
    pub system: String,
    /// What became of the person there.
    pub outcome: O,
    /// How many records of the system could not be read, or have no id to act on, and may be the person's, so that
    /// there may be more of the person than the outcome tells. Erasing and off-boarding are not complete then.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread: usize,
    /// When that was known.
    pub at: DateTime<Utc>,
}

/// What became of each person in each system, in the order of the input. It serialises, and its `Display` is
/// a table that names the persons. What an earlier report told of others than this run was given comes last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report<O> {
    entries: Vec<Entry<O>>,
    dry_run: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference to the member")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl<O> Report<O> {
    /// What was found out of `persons` persons, and after it what an earlier report tells of others.
    pub(super) fn new(
        mut entries: Vec<Entry<O>>,
        dry_run: bool,
        persons: usize,
        earlier: Option<Self>,
    ) -> Self {
        entries.sort_by_key(|entry| entry.index);
        let mut places = HashMap::new();
        let mut told = HashSet::new();
        for entry in &entries {
            if let Some(email) = &entry.email {
                places.entry(email.key()).or_insert(entry.index);
                told.insert((email.key(), entry.system.clone()));
            }
        }
        let mut next = persons;
        for mut entry in earlier.filter(|earlier| !earlier.dry_run).into_iter().flat_map(|it| it.entries) {
            // A text that is no address names nobody whose line could be kept.
            let Some(key) = entry.email.as_ref().map(Email::key) else { continue };
            if !told.insert((key.clone(), entry.system.clone())) {
                continue;
            }
            entry.index = *places.entry(key).or_insert_with(|| {
                next += 1;
                next - 1
            });
            entries.push(entry);
        }
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
}

/// What an earlier report tells, to be looked up by person and system: a report may have a line for each of very
/// many persons.
pub(super) struct Known<'a, O>(HashMap<&'a str, HashMap<String, &'a Entry<O>>>);

impl<'a, O> Known<'a, O> {
    /// A dry run's report tells nothing.
    pub(super) fn of(earlier: Option<&'a Report<O>>) -> Self {
        let mut by_system: HashMap<&str, HashMap<String, &Entry<O>>> = HashMap::new();
        for entry in earlier.filter(|earlier| !earlier.dry_run).into_iter().flat_map(|it| &it.entries) {
            let Some(email) = &entry.email else { continue };
            by_system.entry(&entry.system).or_default().entry(email.key()).or_insert(entry);
        }
        Self(by_system)
    }

    /// What is known already of a person in a system.
    pub(super) fn get(&self, email: &Email, system: &str) -> Option<&'a Entry<O>> {
        self.0.get(system)?.get(&email.key()).copied()
    }
}

impl<O: Outcome> Report<O> {
    /// Whether nothing is left to do: nothing failed, everything is certain, everybody was given by an address,
    /// and it was no dry run. The report of no persons at all is complete.
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
        for (person, entry) in persons.iter().zip(&self.entries) {
            let Entry { system, outcome, unread, .. } = entry;
            write!(f, "{person:<wide$}  {system:<system_wide$}  {outcome}")?;
            // What failed because of them has said so.
            match unread {
                1.. if outcome.failed().is_none() => writeln!(f, " ({})", unread_records(*unread))?,
                _ => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// The persons of an input with their places, and an entry for each text that is no address.
pub(super) fn parse<O>(
    emails: Vec<String>,
    not_an_address: impl Fn(String) -> O,
) -> (Vec<(usize, Email)>, Vec<Entry<O>>) {
    let (mut persons, mut entries) = (Vec::new(), Vec::new());
    for (index, text) in emails.into_iter().enumerate() {
        match text.parse::<Email>() {
            Ok(email) => persons.push((index, email)),
            Err(invalid) => entries.push(Entry {
                email: None,
                index,
                system: String::from("-"),
                outcome: not_an_address(invalid.reason().to_owned()),
                unread: 0,
                at: Utc::now(),
            }),
        }
    }
    (persons, entries)
}

#[cfg(test)]
mod tests {
    use super::{DateTime, Email, Entry, Known, Report};

    fn entry(index: usize, email: &str, system: &str) -> Entry<&'static str> {
        let outcome = ["first", "second", "third", "fourth"].get(index).copied().unwrap_or_default();
        let email = email.parse::<Email>().ok();
        Entry { email, index, system: system.to_owned(), outcome, unread: 0, at: DateTime::UNIX_EPOCH }
    }

    #[test]
    fn the_first_entry_of_a_person_in_a_system_is_what_is_known() {
        let entries = vec![
            entry(0, "Jane@example.com", "Doors"),
            entry(1, "jane@EXAMPLE.com", "Doors"),
            entry(2, "jane@example.com", "Lockers"),
            entry(3, "no address", "Doors"),
        ];
        let report = |dry_run| Report { entries: entries.clone(), dry_run };
        let (done, dry) = (report(false), report(true));
        let told = |known: &Known<'_, _>, email: &str, system: &str| {
            known.get(&email.parse().ok()?, system).map(|entry| entry.outcome)
        };
        let known = Known::of(Some(&done));
        assert_eq!(told(&known, "JANE@example.com", "Doors"), Some("first"));
        assert_eq!(told(&known, "jane@example.com", "Lockers"), Some("third"));
        assert_eq!(told(&known, "jane@example.com", "doors"), None);
        assert_eq!(told(&known, "joe@example.com", "Doors"), None);
        for nothing in [Known::of(Some(&dry)), Known::of(None)] {
            assert_eq!(told(&nothing, "jane@example.com", "Doors"), None);
        }
    }
}
