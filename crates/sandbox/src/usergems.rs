//! `UserGems`, alive: a queue that acknowledges, and what is tracked once it was worked through.

mod entries;
mod tracked;

use std::collections::VecDeque;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::Sandbox;
use crate::answer::Answer;
use crate::judge::Call;
use crate::operation::Operation;
use crate::world::Scene;
use tracked::Tracked;

/// The document: up to 100 custom signal fields beside the named ones.
const MAX_CUSTOM: usize = 100;
/// So many queued tasks are remembered.
const MEMORY: usize = 100_000;

/// What a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Task {
    /// Track a contact.
    AddContact,
    /// Track a contact no longer, everywhere or under one relationship or signal.
    DeleteContact,
    /// Look for prospects at an account.
    AddAccount,
    /// Look for prospects at an account no longer.
    DeleteAccount,
    /// Forget a person.
    PrivacyDelete,
}

impl Task {
    /// The published id of the operation that asks for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AddContact => "addContact",
            Self::DeleteContact => "deleteContact",
            Self::AddAccount => "addAccount",
            Self::DeleteAccount => "deleteAccount",
            Self::PrivacyDelete => "privacyDelete",
        }
    }

    /// By the published id of the operation.
    fn of(operation: &Operation) -> Option<Self> {
        Some(match operation.id() {
            "addContact" => Self::AddContact,
            "deleteContact" => Self::DeleteContact,
            "addAccount" => Self::AddAccount,
            "deleteAccount" => Self::DeleteAccount,
            "privacyDelete" => Self::PrivacyDelete,
            _ => return None,
        })
    }
}

/// One request that was acknowledged.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Queued {
    /// What it asked for.
    pub task: Task,
    /// The members of its body, or of its query.
    pub record: Value,
    /// When, by the sandbox's clock, counted from its start.
    pub at: Duration,
}

/// `UserGems` as a test sees it, which no client of its API can; from [`Sandbox::usergems`].
#[derive(Clone, Copy, Debug)]
pub struct UserGems<'a> {
    sandbox: &'a Sandbox,
}

impl Sandbox {
    /// What `UserGems` was asked for and what it tracks.
    #[must_use]
    pub fn usergems(&self) -> UserGems<'_> {
        UserGems { sandbox: self }
    }
}

impl UserGems<'_> {
    /// What was queued, the oldest first, up to the last hundred thousand.
    #[must_use]
    pub fn queue(&self) -> Vec<Queued> {
        self.sandbox.with(|world| world.usergems.queue.iter().cloned().collect())
    }

    /// Every tracked contact, once for each relationship and signal it is tracked under.
    #[must_use]
    pub fn contacts(&self) -> Vec<Value> {
        self.sandbox.with(|world| world.usergems.tracked.contacts().cloned().map(Value::Object).collect())
    }

    /// Every account that prospects are looked for at.
    #[must_use]
    pub fn accounts(&self) -> Vec<Value> {
        self.sandbox.with(|world| world.usergems.tracked.accounts().cloned().map(Value::Object).collect())
    }

    /// Whether a person is tracked under any relationship or signal.
    #[must_use]
    pub fn is_tracked(&self, email: &str) -> bool {
        self.sandbox.with(|world| world.usergems.tracked.holds(email))
    }
}

/// What `UserGems` holds.
#[derive(Debug, Default)]
pub(crate) struct State {
    queue: VecDeque<Queued>,
    tracked: Tracked,
}

impl State {
    pub(crate) fn answer(&mut self, call: &Call, scene: &Scene<'_>) -> Answer {
        let sent = match call.body.json() {
            Value::Object(body) => body.clone(),
            _ => call.query.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        };
        let Some(task) = Task::of(call.operation) else { return Answer::documented(call.operation) };
        if task == Task::AddContact && custom(call.operation, &sent) > MAX_CUSTOM {
            let text = format!("a contact has up to {MAX_CUSTOM} custom signal fields");
            return Answer::json(StatusCode::BAD_REQUEST, json!({"message": text}));
        }
        if self.queue.len() == MEMORY {
            self.queue.pop_front();
        }
        self.queue.push_back(Queued { task, record: Value::Object(sent.clone()), at: scene.elapsed });
        self.tracked.work(task, sent);
        // The acknowledgement is in the document's own words.
        Answer::documented(call.operation)
    }

    /// What there is, in plural, and how many of it.
    #[cfg(feature = "page")]
    pub(crate) fn summary(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("requests queued so far", self.queue.len()),
            ("tracked contacts", self.tracked.contacts().count()),
            ("tracked accounts", self.tracked.accounts().count()),
        ]
    }

    #[cfg(feature = "page")]
    pub(crate) fn holdings(&self) -> Value {
        let queue = self.queue.iter();
        let queue = queue
            .map(|it| json!({"task": it.task.name(), "record": it.record, "atSeconds": it.at.as_secs_f64()}));
        json!({
            "queue": queue.collect::<Vec<_>>(),
            "contacts": self.tracked.contacts().collect::<Vec<_>>(),
            "accounts": self.tracked.accounts().collect::<Vec<_>>(),
        })
    }

    /// The last of the queue, the newest first: what was asked for, and about whom or what.
    #[cfg(feature = "page")]
    pub(crate) fn last_queued(&self, count: usize) -> Vec<(&'static str, String)> {
        let about = |record: &Value| {
            let named = ["email", "name", "domain"].into_iter().filter_map(|name| record.get(name)?.as_str());
            named.collect::<Vec<_>>().join(", ")
        };
        self.queue.iter().rev().take(count).map(|it| (it.task.name(), about(&it.record))).collect()
    }

    /// A value with which this parameter of the operation's path leads to something that exists.
    #[expect(clippy::unused_self, reason = "as for the other vendors; no path of this one has parameters")]
    pub(crate) fn existing(&self, _operation: &Operation, _parameter: &str) -> Option<String> {
        None
    }
}

/// How many members no schema names.
fn custom(operation: &Operation, sent: &Map<String, Value>) -> usize {
    let media = operation.body.as_ref().and_then(|body| body.media.first());
    let named = media.and_then(|media| media.schema.value().get("properties"));
    sent.keys().filter(|name| named.is_none_or(|named| named.get(name.as_str()).is_none())).count()
}
