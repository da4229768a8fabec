//! The users of Gainsight, as its own calls show them: list, get, update and deactivate.

use serde_json::{Value, json};

use super::State;
use super::condition::folded;
use super::envelope::{Outcome, QUERY, Refusal, USER_CONFLICT, USER_UPDATE};
use super::field::{Fields, Record, instant, merge};
use super::gsid::Object;
use super::newcomers::List;
use super::search::{SMALL_PAGE, served};
use crate::judge::Call;
use crate::mood::Mood;
use crate::world::Scene;

/// One user. SCIM shows the same one: what the two share is in `record`.
#[derive(Clone, Debug, Default)]
pub(super) struct User {
    /// As `/users` serves it.
    pub(super) record: Record,
    /// SCIM's `userName`, of which no two users have the same.
    pub(super) login: String,
    /// What was sent by SCIM and has no place in the record.
    pub(super) scim: Record,
}

impl User {
    pub(super) fn text(&self, name: &str) -> &str {
        self.record.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

fn no_user(gsid: &str) -> Refusal {
    Refusal::NoUser(format!("no user has the Gsid `{gsid}`"))
}

impl State {
    /// A page that does not exist is empty.
    pub(super) fn list_users(&mut self, call: &Call, scene: &Scene<'_>) -> Outcome {
        let number = |name: &str, default: i64, least: i64| {
            let value = call.query.get(name).and_then(Value::as_i64).unwrap_or(default);
            if value < least {
                return Err(Refusal::Wrong(QUERY, format!("`{name}` is less than {least}")));
            }
            Ok(usize::try_from(value).unwrap_or(usize::MAX))
        };
        let (page, asked) = (number("pageNumber", 0, 0)?, number("pageSize", 25, 1)?);
        let size = if scene.moods.is(Mood::SmallPages) { asked.min(SMALL_PAGE) } else { asked };
        if self.newcomers.come(List::Users, page == 0, scene) {
            self.user_comes(scene);
        }
        let skipped = page.saturating_mul(size);
        let users = self.users.rows().skip(skipped).take(size);
        let records: Vec<Value> = users.map(|user| served(user.record.clone(), scene.moods)).collect();
        if records.is_empty() && scene.moods.is(Mood::EmptyIsAnError) {
            return Err(Refusal::Nothing);
        }
        Ok(Some(json!({"totalCount": self.users.rows().count(), "records": records})))
    }

    pub(super) fn get_user(&self, gsid: &str, scene: &Scene<'_>) -> Outcome {
        let user = self.users.get(gsid).ok_or_else(|| no_user(gsid))?;
        Ok(Some(served(user.record.clone(), scene.moods)))
    }

    pub(super) fn update_user(&mut self, gsid: &str, call: &Call, scene: &Scene<'_>) -> Outcome {
        let fields = Fields::published(call.operation.document, "User", "GainsightUser");
        let nothing = Record::new();
        let sent = call.body.json().as_object().unwrap_or(&nothing);
        if self.users.get(gsid).is_none() {
            return Err(no_user(gsid));
        }
        // The document judges only the fields that it gives to an update.
        if let Some((name, kind)) = fields.misfits(sent).next() {
            return Err(Refusal::Wrong(USER_UPDATE, format!("`{name}` must be {}", kind.name())));
        }
        let address = sent.get("Email").and_then(Value::as_str);
        let taken = address.is_some_and(|address| {
            let mut others = self.users.iter().filter(|(other, _)| *other != gsid);
            others.any(|(_, user)| folded(user.text("Email")).eq(folded(address)))
        });
        if taken {
            let text = "another user has the same `Email`; each user needs one of their own";
            return Err(Refusal::Wrong(USER_CONFLICT, text.to_owned()));
        }
        if let Some(user) = self.users.get_mut(gsid) {
            merge(&mut user.record, sent, scene.now);
        }
        Ok(None)
    }

    pub(super) fn deactivate_user(&mut self, gsid: &str, scene: &Scene<'_>) -> Outcome {
        let user = self.users.get_mut(gsid).ok_or_else(|| no_user(gsid))?;
        if user.record.get("IsActive") != Some(&json!(false)) {
            user.record.insert("IsActive".to_owned(), json!(false));
            user.record.insert("ModifiedDate".to_owned(), json!(instant(scene.now)));
        }
        Ok(None)
    }

    /// One more user like the first, before all others.
    pub(super) fn user_comes(&mut self, scene: &Scene<'_>) {
        let Some(mut user) = self.users.rows().next().cloned() else { return };
        let gsid = self.next_gsid(Object::User);
        user.login = self.newcomer_address();
        user.record.insert("Gsid".to_owned(), json!(gsid));
        user.record.insert("Email".to_owned(), json!(user.login));
        user.record.insert("CreatedDate".to_owned(), json!(instant(scene.now)));
        self.users.set_first(&gsid, user);
    }
}
