//! Gong, alive: its users, the pages that cursors lead through, and the history of their settings.

mod history;
mod page;
mod seed;

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::judge::Call;
use crate::mood::Mood;
use crate::operation::Operation;
use crate::population::Population;
use crate::world::Scene;
use crate::{Sandbox, gong::page::Cursor};

/// The published id of the operation that takes a filter.
const BY_FILTER: &str = "listUsersByFilter";
/// Recorded: what a filter that matches nobody is answered with.
const NO_MATCH: &str = "No users found corresponding to the provided filters";

/// Gong as a test sees it and sets it up; from [`Sandbox::gong`].
#[derive(Clone, Copy, Debug)]
pub struct Gong<'a> {
    sandbox: &'a Sandbox,
}

impl Sandbox {
    /// What Gong holds.
    #[must_use]
    pub fn gong(&self) -> Gong<'_> {
        Gong { sandbox: self }
    }
}

impl Gong<'_> {
    /// Every user as Gong serves them, in the order of its pages.
    #[must_use]
    pub fn users(&self) -> Vec<Value> {
        self.sandbox.with(|world| world.gong().users.values().cloned().collect())
    }

    /// The user of this id.
    #[must_use]
    pub fn user(&self, id: &str) -> Option<Value> {
        self.sandbox.with(|world| world.gong().users.get(id).cloned())
    }

    /// Adds a user, or replaces the one of the same `id`; says whether it has an `id` and was taken.
    /// A user that is new comes last. Nothing else is checked: odd users are served as they are, so that
    /// a test can see what its program does with them.
    #[must_use]
    pub fn put_user(&self, user: Value) -> bool {
        self.sandbox.with(|world| {
            let id = user.get("id").and_then(Value::as_str).map(str::to_owned);
            id.map(|id| world.gong().users.insert(id, user)).is_some()
        })
    }

    /// Sets these members of a user, `settings` one by one; what Gong keeps a history of is
    /// written into it. Says whether there is such a user.
    #[must_use]
    pub fn change_user(&self, id: &str, changes: &Value) -> bool {
        self.sandbox.with(|world| {
            let now = world.clock.now();
            world.gong().change(id, changes, now.fixed_offset())
        })
    }

    /// Removes a user with the history of their settings; says whether there was one.
    #[must_use]
    pub fn remove_user(&self, id: &str) -> bool {
        self.sandbox.with(|world| {
            world.gong().history.shift_remove(id);
            world.gong().users.shift_remove(id).is_some()
        })
    }

    /// What changed in a user's settings, the oldest change first.
    #[must_use]
    pub fn settings_history(&self, id: &str) -> Vec<Value> {
        self.sandbox.with(|world| world.gong().changes(id))
    }
}

/// What Gong holds.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// By id, in the order of the pages.
    users: Map<String, Value>,
    /// By the id of the user: an array of changes.
    history: Map<String, Value>,
    answered: u64,
}

/// What a list is asked for; a cursor belongs to one such query.
#[derive(Debug, Hash)]
enum Query {
    All { avatars: bool },
    Filter { ids: Option<BTreeSet<String>>, from: Option<Time>, to: Option<Time> },
}

type Time = DateTime<FixedOffset>;

impl State {
    pub(crate) fn seeded(population: &Population) -> Self {
        let users = seed::users(population);
        let history =
            users.iter().map(|(id, user)| (id.clone(), history::since_creation(id, user))).collect();
        Self { users, history, answered: 0 }
    }

    pub(crate) fn answer(&mut self, call: &Call, scene: &Scene<'_>) -> Answer {
        self.answered += 1;
        let id = call.path.get("id").and_then(Value::as_str).unwrap_or_default();
        match call.operation.id() {
            "listUsers" => {
                let avatars = call.query.get("includeAvatars") == Some(&Value::Bool(true));
                self.page(&Query::All { avatars }, call.query.get("cursor"), scene)
            }
            BY_FILTER => {
                let body = call.body.json();
                match Query::filter(body.get("filter").unwrap_or(&Value::Null)) {
                    Ok(query) => self.page(&query, body.get("cursor"), scene),
                    Err(text) => self.refuse(StatusCode::BAD_REQUEST, text),
                }
            }
            "getUser" => match self.users.get(id) {
                Some(user) => self.ok("user", user.clone()),
                None => self.no_user(id),
            },
            "getUserSettingsHistory" if self.users.contains_key(id) => {
                self.ok("userSettingsHistory", self.changes(id).into())
            }
            "getUserSettingsHistory" => self.no_user(id),
            // A document that has grown is answered by its own example.
            _ => Answer::documented(call.operation),
        }
    }

    /// A value with which this parameter of the operation's path leads to something that exists.
    pub(crate) fn existing(&self, _operation: &Operation, parameter: &str) -> Option<String> {
        self.users.keys().next().filter(|_| parameter == "id").cloned()
    }

    /// The document's example asks for a page that no one began and for people whom nobody knows.
    pub(crate) fn example_body(&self, operation: &Operation) -> Option<Value> {
        let ids: Vec<&String> = self.users.keys().take(2).collect();
        let body = if ids.is_empty() { json!({}) } else { json!({"filter": {"userIds": ids}}) };
        (operation.id() == BY_FILTER).then_some(body)
    }

    /// What there is, in plural, and how many of it.
    #[cfg(feature = "page")]
    pub(crate) fn summary(&self) -> Vec<(&'static str, usize)> {
        let active = |user: &&Value| user.get("active") == Some(&Value::Bool(true));
        let changes = self.history.values().filter_map(Value::as_array).map(Vec::len);
        vec![
            ("users", self.users.len()),
            ("active users", self.users.values().filter(active).count()),
            ("changes of settings", changes.sum()),
        ]
    }

    #[cfg(feature = "page")]
    pub(crate) fn holdings(&self) -> Value {
        json!({"users": self.users.values().collect::<Vec<_>>(), "settingsHistory": self.history})
    }

    fn page(&self, query: &Query, cursor: Option<&Value>, scene: &Scene<'_>) -> Answer {
        let cursor = match cursor.and_then(Value::as_str) {
            Some(text) => Cursor::read(text, query, scene.now),
            None => Ok(Cursor::default()),
        };
        let cursor = match cursor {
            Ok(cursor) => cursor,
            Err(text) => return self.refuse(StatusCode::BAD_REQUEST, text),
        };
        let matching: Vec<&Value> = self.users.values().filter(|user| query.admits(user)).collect();
        if matching.is_empty() && query.restricts() && scene.moods.is(Mood::EmptyIsAnError) {
            return self.refuse(StatusCode::NOT_FOUND, NO_MATCH);
        }
        let (records, users) = cursor.page(&matching, query, scene);
        let users = users.iter().map(|user| query.show(user)).collect();
        let mut answer = self.ok("users", users);
        if let Some(Value::Object(body)) = answer.body.as_mut().map(|(_, body)| body) {
            // Where Gong itself has it: before the users.
            body.shift_insert(1, "records".to_owned(), records);
        }
        answer
    }

    fn ok(&self, name: &str, value: Value) -> Answer {
        let mut body = json!({"requestId": self.request_id()});
        body[name] = value;
        Answer::json(StatusCode::OK, body)
    }

    fn no_user(&self, id: &str) -> Answer {
        self.refuse(StatusCode::NOT_FOUND, format!("User id '{id}' was not found"))
    }

    fn refuse(&self, status: StatusCode, text: impl Into<String>) -> Answer {
        Answer::json(status, json!({"requestId": self.request_id(), "errors": [text.into()]}))
    }

    fn request_id(&self) -> String {
        format!("sandbox-{}", self.answered)
    }
}

impl Query {
    /// The schema has judged the members already; what is an instant for it need not be one in time.
    fn filter(filter: &Value) -> Result<Self, String> {
        let instant = |name: &str| match filter.get(name).and_then(Value::as_str) {
            None => Ok(None),
            Some(text) => match DateTime::parse_from_rfc3339(text) {
                Ok(time) => Ok(Some(time)),
                Err(error) => Err(format!("filter.{name}: {error}")),
            },
        };
        let ids = filter.get("userIds").and_then(Value::as_array);
        let ids = ids.map(|ids| ids.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        Ok(Self::Filter { ids, from: instant("createdFromDateTime")?, to: instant("createdToDateTime")? })
    }

    /// From inclusive, to exclusive.
    fn admits(&self, user: &Value) -> bool {
        let Self::Filter { ids, from, to } = self else { return true };
        let member = |name: &str| user.get(name).and_then(Value::as_str);
        let known = ids.as_ref().is_none_or(|ids| member("id").is_some_and(|id| ids.contains(id)));
        let created = || member("created").and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let in_time =
            || created().is_some_and(|at| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to));
        known && ((from.is_none() && to.is_none()) || in_time())
    }

    fn restricts(&self) -> bool {
        match self {
            Self::All { .. } => false,
            Self::Filter { ids, from, to } => ids.is_some() || from.is_some() || to.is_some(),
        }
    }

    fn show(&self, user: &Value) -> Value {
        let mut user = user.clone();
        let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
        if let Self::All { avatars: true } = self {
            let url = format!("https://avatars.example.com/{id}.png");
            if let Some(members) = user.as_object_mut() {
                members.entry("avatarUrl").or_insert(url.into());
            }
        }
        user
    }
}
