//! The history of a user's settings: what it begins with, and how it grows with each change.

use serde_json::{Map, Value, json};

use super::{State, Time};

/// Who changed what nobody asked for through a test.
const ADMINISTRATOR: &str = "administrator@example.com";
/// The setting that stands beside the others, not among them.
const ACTIVE: &str = "active";

/// The settings a user has now, each set once, when the user was created.
pub(super) fn since_creation(id: &str, user: &Value) -> Value {
    let settings = user.get("settings").and_then(Value::as_object).into_iter().flatten();
    let active = user.get(ACTIVE).map(|value| (ACTIVE, value));
    let settings = settings.map(|(name, value)| (name.as_str(), value)).chain(active);
    let at = user.get("created").and_then(Value::as_str).unwrap_or_default();
    // Of two values the one before was the other.
    let before = |value: &Value| value.as_bool().map_or(Value::Null, |now| Value::Bool(!now));
    settings.map(|(name, value)| change(id, name, &before(value), value, at)).collect()
}

impl State {
    /// What changed in a user's settings, the oldest change first.
    pub(super) fn changes(&self, id: &str) -> Vec<Value> {
        self.history.get(id).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// Sets members of a user; says whether there is such a user.
    pub(super) fn change(&mut self, id: &str, changes: &Value, now: Time) -> bool {
        let Some(user) = self.users.get_mut(id).and_then(Value::as_object_mut) else { return false };
        let (mut history, at) = (Vec::new(), now.to_rfc3339());
        let mut set = |members: &mut Map<String, Value>, name: &str, value: &Value, kept: bool| {
            let before = members.insert(name.to_owned(), value.clone()).unwrap_or_default();
            if kept && before != *value {
                history.push(change(id, name, &before, value, &at));
            }
        };
        for (name, value) in changes.as_object().into_iter().flatten() {
            match (user.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
                (Some(settings), Some(given)) if name == "settings" => {
                    given.iter().for_each(|(name, value)| set(settings, name, value, true));
                }
                _ => set(user, name, value, name == ACTIVE),
            }
        }
        let kept = self.history.entry(id).or_insert_with(|| json!([]));
        if let Some(kept) = kept.as_array_mut() {
            kept.append(&mut history);
        }
        true
    }
}

fn change(id: &str, name: &str, before: &Value, after: &Value, at: &str) -> Value {
    json!({
        "userId": id,
        "settingName": name,
        "previousValue": before.to_string(),
        "newValue": after.to_string(),
        "changedAt": at,
        "changedBy": ADMINISTRATOR,
    })
}
