//! One thing done to each person in each system: looked up first where the system asks for it.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::Utc;
use futures::future::BoxFuture;
use futures::stream::{self, FuturesOrdered, StreamExt};

use super::report::{Outcome, parse};
use super::{Directory, Email, Entry, Failed, Findings, Identity, Report};
use crate::Call;

/// How many persons are worked on at once in one system. The quota is kept however many there are.
const AT_ONCE: usize = 4;

/// What is done in one system.
pub(super) trait Action<O>: Send + Sync {
    fn system(&self) -> String;
    /// Where the person's records are looked up first.
    fn directory(&self) -> Option<&dyn Directory>;
    /// What to do instead, if it cannot be done here.
    fn impossible(&self) -> Option<String>;
    fn act(&self, email: &Email, found: &[Identity]) -> Call<O>;
}

/// What comes of it when nothing was done.
pub(super) trait Undone: Outcome + Clone + Send + Sync + 'static {
    fn not_an_address() -> Self;
    fn nobody() -> Self;
    fn impossible(found: Vec<Identity>, instead: String) -> Self;
    fn would(found: Vec<Identity>) -> Self;
    fn went_wrong(failed: Failed) -> Self;
}

/// Persons and systems, and what is known already.
pub(super) struct Work<O> {
    pub(super) emails: Vec<String>,
    pub(super) systems: Vec<Arc<dyn Action<O>>>,
    pub(super) known: Option<Report<O>>,
    pub(super) dry_run: bool,
}

impl<O: Undone> Work<O> {
    pub(super) fn run(self) -> BoxFuture<'static, Report<O>> {
        let Self { emails, systems, known, dry_run } = self;
        let (persons, mut entries) = parse(emails, O::not_an_address);
        // Who is named twice is worked on once: the second time would find the first one's work half done.
        let (persons, again) = unique(persons);
        Box::pin(async move {
            let mut all = FuturesOrdered::new();
            for system in &systems {
                all.push_back(in_one(system.as_ref(), &persons, known.as_ref(), dry_run));
            }
            let done: Vec<Vec<Entry<O>>> = all.collect().await;
            for entry in done.into_iter().flatten() {
                let twins = again.iter().filter(|(_, email)| entry.email.as_ref() == Some(email));
                entries.extend(twins.map(|(index, email)| {
                    let email = Some(email.clone());
                    Entry { index: *index, email, ..entry.clone() }
                }));
                entries.push(entry);
            }
            Report::new(entries, dry_run)
        })
    }
}

/// Persons with their places in the input.
type Persons = Vec<(usize, Email)>;

/// Each person once, and those who were named before.
fn unique(persons: Persons) -> (Persons, Persons) {
    let mut known = HashSet::new();
    persons.into_iter().partition(|(_, email)| known.insert(email.key()))
}

async fn in_one<O: Undone>(
    system: &dyn Action<O>,
    persons: &[(usize, Email)],
    known: Option<&Report<O>>,
    dry_run: bool,
) -> Vec<Entry<O>> {
    let name = system.system();
    let entry = |index: usize, email: &Email, outcome: O| {
        let (email, system) = (Some(email.clone()), name.clone());
        Entry { email, index, system, outcome, at: Utc::now() }
    };
    let (mut entries, mut open) = (Vec::new(), Vec::new());
    for (index, email) in persons {
        match known.and_then(|known| known.known(email, &name)) {
            Some(known) => entries.push(Entry { index: *index, ..known.clone() }),
            None => open.push((*index, email.clone())),
        }
    }
    let findings = match look_up(system.directory(), &open).await {
        Ok(findings) => findings,
        Err(failed) => {
            entries.extend(
                open.iter().map(|(index, email)| entry(*index, email, O::went_wrong(failed.clone()))),
            );
            return entries;
        }
    };
    let impossible = system.impossible();
    let mut work = Vec::with_capacity(open.len());
    for (index, email) in &open {
        let found = findings.as_ref().map(|findings| findings.of(email).to_vec());
        let impossible = impossible.clone();
        let entry = &entry;
        work.push(async move {
            let outcome = match (found, impossible) {
                (Some(found), _) if found.is_empty() => O::nobody(),
                (found, Some(instead)) => O::impossible(found.unwrap_or_default(), instead),
                (found, None) if dry_run => O::would(found.unwrap_or_default()),
                (found, None) => match system.act(email, &found.unwrap_or_default()).await {
                    Ok(outcome) => outcome,
                    Err(error) => O::went_wrong(Failed::from(error)),
                },
            };
            entry(*index, email, outcome)
        });
    }
    let done: Vec<Entry<O>> = stream::iter(work).buffered(AT_ONCE).collect().await;
    entries.extend(done);
    entries
}

/// Who the persons are, or nothing if they are not looked up.
async fn look_up(
    directory: Option<&dyn Directory>,
    open: &[(usize, Email)],
) -> Result<Option<Findings>, Failed> {
    let Some(directory) = directory else { return Ok(None) };
    if open.is_empty() {
        return Ok(Some(Findings::default()));
    }
    let emails: Arc<[Email]> = open.iter().map(|(_, email)| email.clone()).collect();
    Ok(Some(directory.find(emails).await?))
}

impl<O> std::fmt::Debug for Work<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let systems: Vec<String> = self.systems.iter().map(|system| system.system()).collect();
        f.debug_struct("Work")
            .field("persons", &self.emails.len())
            .field("systems", &systems)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}
