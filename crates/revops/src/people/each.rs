//! One thing done to each person in each system: looked up first where the system asks for it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::Utc;
use futures::future::BoxFuture;
use futures::stream::{self, FuturesOrdered, StreamExt};

use super::report::{Known, Outcome, parse};
use super::systems::Systems;
use super::{Directory, Email, Entry, Failed, Findings, FlowError, Identity, Report, Step};

/// How many persons are worked on at once in one system. The quota is kept however many there are.
const AT_ONCE: usize = 4;

/// What is done in one system.
pub(super) trait Action<O>: Send + Sync {
    /// Where the person's records are looked up first.
    fn directory(&self) -> Option<&dyn Directory>;
    /// What to do instead, if it cannot be done here.
    fn impossible(&self) -> Option<String>;
    fn act(&self, email: &Email, found: &[Identity]) -> Step<O>;
}

/// What comes of it when nothing was done, and of doing it again.
pub(super) trait Undone: Outcome + Clone + Send + Sync + 'static {
    fn not_an_address(reason: String) -> Self;
    fn nobody() -> Self;
    fn uncertain(failed: Failed) -> Self;
    fn impossible(found: Vec<Identity>, instead: String) -> Self;
    fn would(found: Vec<Identity>) -> Self;
    fn went_wrong(failed: Failed) -> Self;
    /// The same, with what an earlier run had done before it failed.
    fn after(self, earlier: &Self) -> Self;
    /// The same, and not final, as there may be more of the person than was found.
    fn open(self, why: Failed) -> Self;
}

/// Persons and systems, and what is known already.
pub(super) struct Work<O> {
    pub(super) emails: Vec<String>,
    pub(super) systems: Systems<dyn Action<O>>,
    pub(super) known: Option<Report<O>>,
    pub(super) dry_run: bool,
}

impl<O: Undone> Work<O> {
    pub(super) fn on(emails: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let emails = emails.into_iter().map(Into::into).collect();
        Self { emails, systems: Systems::default(), known: None, dry_run: false }
    }

    pub(super) fn run(self) -> BoxFuture<'static, Result<Report<O>, FlowError>> {
        let Self { emails, systems, known, dry_run } = self;
        let count = emails.len();
        let (persons, mut entries) = parse(emails, O::not_an_address);
        // Who is named twice is worked on once: the second time would find the first one's work half done.
        let (persons, again) = unique(persons);
        Box::pin(async move {
            systems.check()?;
            let earlier = Known::of(known.as_ref());
            let mut all = FuturesOrdered::new();
            for (name, system) in systems.iter() {
                all.push_back(in_one(name, system.as_ref(), &persons, &earlier, dry_run));
            }
            let done: Vec<Vec<Entry<O>>> = all.collect().await;
            let mut twins: HashMap<String, Persons> = HashMap::new();
            for (index, email) in again {
                twins.entry(email.key()).or_default().push((index, email));
            }
            for entry in done.into_iter().flatten() {
                let twins = entry.email.as_ref().and_then(|email| twins.get(&email.key()));
                entries.extend(twins.into_iter().flatten().map(|(index, email)| {
                    let email = Some(email.clone());
                    Entry { index: *index, email, ..entry.clone() }
                }));
                entries.push(entry);
            }
            Ok(Report::new(entries, dry_run, count, known))
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
    name: String,
    system: &dyn Action<O>,
    persons: &[(usize, Email)],
    known: &Known<'_, O>,
    dry_run: bool,
) -> Vec<Entry<O>> {
    let known = |email: &Email| known.get(email, &name);
    let entry = |index: usize, email: &Email, unread: usize, outcome: O| {
        let (email, system) = (Some(email.clone()), name.clone());
        Entry { email, index, system, outcome, unread, at: Utc::now() }
    };
    let (mut entries, mut open) = (Vec::new(), Vec::new());
    for (index, email) in persons {
        match known(email).filter(|known| known.outcome.is_final()) {
            Some(known) => entries.push(Entry { index: *index, ..known.clone() }),
            None => open.push((*index, email.clone())),
        }
    }
    let after = |email: &Email, outcome: O| match known(email) {
        Some(earlier) => outcome.after(&earlier.outcome),
        None => outcome,
    };
    let findings =
        match look_up(system.directory(), &open).await {
            Ok(findings) => findings,
            Err(failed) => {
                entries.extend(open.iter().map(|(index, email)| {
                    entry(*index, email, 0, after(email, O::went_wrong(failed.clone())))
                }));
                return entries;
            }
        };
    let impossible = system.impossible();
    let mut work = Vec::with_capacity(open.len());
    for (index, email) in &open {
        let found = findings.as_ref().map(|findings| findings.of(email).to_vec());
        let unread = findings.as_ref().map_or(0, |findings| findings.unread(email));
        let doubt = findings.as_ref().and_then(|findings| findings.doubt(email));
        // Who was not found is in doubt for the same reason already.
        let remainder = match (&findings, &found) {
            (Some(findings), Some(found)) if !found.is_empty() => findings.remainder(email),
            _ => None,
        };
        let impossible = impossible.clone();
        let (entry, after) = (&entry, &after);
        work.push(async move {
            let outcome = match (found, impossible) {
                (Some(found), _) if found.is_empty() => doubt.map_or_else(O::nobody, O::uncertain),
                (found, Some(instead)) => O::impossible(found.unwrap_or_default(), instead),
                (found, None) if dry_run => O::would(found.unwrap_or_default()),
                (found, None) => {
                    let found = found.unwrap_or_default();
                    system.act(email, &found).await.unwrap_or_else(O::went_wrong)
                }
            };
            let outcome = after(email, outcome);
            let outcome = match remainder {
                Some(why) => outcome.open(why),
                None => outcome,
            };
            entry(*index, email, unread, outcome)
        });
    }
    let done: Vec<Entry<O>> = stream::iter(work).buffered(AT_ONCE).collect().await;
    entries.extend(done);
    entries
}

/// Does one thing after the other for each record of a person, whatever becomes of those before: of which
/// records it was done, and why not of all.
pub(super) async fn on_each(steps: Vec<(String, Step<()>)>) -> (Vec<String>, Option<Failed>) {
    let (mut done, mut failed) = (Vec::new(), None::<Failed>);
    for (id, step) in steps {
        match step.await {
            Ok(()) => done.push(id),
            Err(error) => failed = Some(failed.map_or_else(|| error.clone(), |first| first.and(&error))),
        }
    }
    (done, failed)
}

/// The ids of both, each once.
pub(super) fn joined(earlier: &[String], later: Vec<String>) -> Vec<String> {
    let mut ids = earlier.to_vec();
    ids.extend(later.into_iter().filter(|id| !earlier.contains(id)));
    ids
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
        f.debug_struct("Work")
            .field("persons", &self.emails.len())
            .field("systems", &self.systems.names())
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}
