//! The users of Gainsight as SCIM 2.0 shows them (RFC 7643, RFC 7644).

use http::StatusCode;
use http::header::LOCATION;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::State;
use super::condition::folded;
use super::field::{Record, created, instant};
use super::filter;
use super::gsid::Object;
use super::newcomers::List;
use super::search::SMALL_PAGE;
use super::users::User;
use crate::answer::Answer;
use crate::judge::Call;
use crate::mood::Mood;
use crate::world::Scene;

pub(super) const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// Gainsight's own extension of a user.
const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:gainsight:2.0:User";
pub(crate) const MEDIA_TYPE: &str = "application/scim+json";

/// What is kept outside of [`User::scim`], is the server's to say, or is never to be shown again.
const ELSEWHERE: [&str; 6] = ["schemas", "id", "meta", "userName", "active", "password"];

fn answer(status: StatusCode, body: Value) -> Answer {
    Answer::new(status).with_body(MEDIA_TYPE, body)
}

fn error(status: StatusCode, kind: Option<&str>, detail: &str) -> Answer {
    answer(status, error_body(status, kind, detail))
}

/// An error as RFC 7644, section 3.12 has it: the status is text.
pub(crate) fn error_body(status: StatusCode, kind: Option<&str>, detail: &str) -> Value {
    let mut body = json!({"schemas": [ERROR_SCHEMA], "status": status.as_str(), "detail": detail});
    if let Some(kind) = kind {
        body["scimType"] = json!(kind);
    }
    body
}

fn no_user(id: &str) -> Answer {
    error(StatusCode::NOT_FOUND, None, &format!("no user has the id `{id}`"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// RFC 7643, section 3: `schemas` names what the resource is made of. An extension that is not
/// Gainsight's own may be named if the resource has it.
fn schemas_objection(sent: &Record) -> Option<String> {
    let schemas = sent.get("schemas")?.as_array()?;
    let is = |one: &Value, uri: &str| one.as_str().is_some_and(|one| one.eq_ignore_ascii_case(uri));
    if !schemas.iter().any(|one| is(one, USER_SCHEMA)) {
        return Some(format!("`schemas` has to name `{USER_SCHEMA}`"));
    }
    let known = |one: &Value| {
        is(one, USER_SCHEMA)
            || is(one, EXTENSION)
            || sent.keys().any(|name| name.starts_with("urn:") && is(one, name))
    };
    let unknown = schemas.iter().position(|one| !known(one))?;
    Some(format!("`schemas` has at index {unknown} what is no schema of this user"))
}

/// The address a user is known by: the primary one, else the first.
fn address(emails: &[Value]) -> Option<&Value> {
    let primary = emails.iter().find(|email| email.get("primary") == Some(&json!(true)));
    primary.or_else(|| emails.first()).and_then(|email| email.get("value"))
}

impl User {
    /// As SCIM serves it.
    pub(super) fn resource(&self) -> Value {
        let field = |name: &str| self.record.get(name).cloned();
        let mut resource = self.scim.clone();
        let extensions = self.scim.keys().filter(|name| name.starts_with("urn:"));
        let schemas: Vec<&str> = std::iter::once(USER_SCHEMA).chain(extensions.map(String::as_str)).collect();
        resource.insert("schemas".to_owned(), json!(schemas));
        resource.extend(field("Gsid").map(|gsid| ("id".to_owned(), gsid)));
        resource.insert("userName".to_owned(), json!(self.login));
        let mut name = self.scim.get("name").and_then(Value::as_object).cloned().unwrap_or_default();
        name.extend(field("FirstName").map(|it| ("givenName".to_owned(), it)));
        name.extend(field("LastName").map(|it| ("familyName".to_owned(), it)));
        resource.insert("name".to_owned(), Value::Object(name));
        resource.insert("emails".to_owned(), self.emails());
        resource.extend(field("IsActive").map(|active| ("active".to_owned(), active)));
        let mut meta = Record::from_iter([("resourceType".to_owned(), json!("User"))]);
        meta.extend(field("CreatedDate").map(|it| ("created".to_owned(), it)));
        meta.extend(field("ModifiedDate").map(|it| ("lastModified".to_owned(), it)));
        resource.insert("meta".to_owned(), Value::Object(meta));
        Value::Object(resource)
    }

    /// The addresses that SCIM was told, the one that `/users` shows as it is there.
    fn emails(&self) -> Value {
        let mut emails = self.scim.get("emails").and_then(Value::as_array).cloned().unwrap_or_default();
        let Some(email) = self.record.get("Email") else { return Value::Array(emails) };
        let known = address(&emails).cloned();
        match emails.iter_mut().find(|it| known.is_some() && it.get("value") == known.as_ref()) {
            Some(entry) => entry["value"] = email.clone(),
            None => emails.push(json!({"value": email, "type": "work", "primary": true})),
        }
        Value::Array(emails)
    }

    /// Replaces all that SCIM can say. Who is not said to be active or not stays what they were.
    fn replace(&mut self, sent: &Record) {
        let scim = sent.iter().filter(|(name, _)| !ELSEWHERE.contains(&name.as_str()));
        self.scim = scim.map(|(name, value)| (name.clone(), value.clone())).collect();
        let sent = Value::Object(sent.clone());
        text(&sent, "userName").clone_into(&mut self.login);
        let name = sent.get("name").unwrap_or(&Value::Null);
        for (field, part) in [("FirstName", "givenName"), ("LastName", "familyName")] {
            self.record.insert(field.to_owned(), json!(text(name, part)));
        }
        let emails = sent.get("emails").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        match address(emails) {
            Some(email) => self.record.insert("Email".to_owned(), email.clone()),
            None => self.record.shift_remove("Email"),
        };
        if let Some(active) = sent.get("active") {
            self.record.insert("IsActive".to_owned(), active.clone());
        }
        if let Some(license) = sent.get(EXTENSION).and_then(|it| it.get("LicenseType")?.as_str()) {
            self.record.insert("LicenseType".to_owned(), json!(license));
        }
    }
}

impl State {
    pub(super) fn scim_list(&mut self, call: &Call, scene: &Scene<'_>) -> Answer {
        let number = |name: &str, default: i64, least: i64| {
            let value = call.query.get(name).and_then(Value::as_i64).unwrap_or(default);
            usize::try_from(value.max(least)).unwrap_or(usize::MAX)
        };
        // RFC 7644, section 3.4.2.4: less than 1 is 1, and a negative count is 0.
        let (start, asked) = (number("startIndex", 1, 1), number("count", 100, 0));
        let count = if scene.moods.is(Mood::SmallPages) { asked.min(SMALL_PAGE) } else { asked };
        let filter = match call.query.get("filter").and_then(Value::as_str).map(filter::read).transpose() {
            Ok(filter) => filter,
            Err(reason) => return error(StatusCode::BAD_REQUEST, Some("invalidFilter"), &reason),
        };
        if self.newcomers.come(List::Scim, start == 1, scene) {
            self.user_comes(scene);
        }
        let (mut total, mut page) = (0, Vec::new());
        for user in self.users.rows() {
            let wanted = total + 1 >= start && page.len() < count;
            // Without a filter, only who is on the page needs to be shown.
            let resource = (filter.is_some() || wanted).then(|| user.resource());
            let meant = match (&filter, &resource) {
                (Some(filter), Some(resource)) => filter::holds(filter, resource),
                _ => true,
            };
            if meant {
                total += 1;
                page.extend(resource.filter(|_| wanted));
            }
        }
        let body = json!({
            "schemas": [LIST_SCHEMA],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": page.len(),
            "Resources": page,
        });
        answer(StatusCode::OK, body)
    }

    pub(super) fn scim_create(&mut self, call: &Call, scene: &Scene<'_>) -> Answer {
        let nothing = Record::new();
        let sent = call.body.json().as_object().unwrap_or(&nothing);
        if let Some(refusal) = self.scim_refusal(sent, None) {
            return refusal;
        }
        let gsid = self.next_gsid(Object::User);
        let mut user = User { record: created(&gsid, scene.now), ..User::default() };
        for (name, value) in [("UserType", json!("Internal")), ("IsActive", json!(true))] {
            user.record.insert(name.to_owned(), value);
        }
        user.replace(sent);
        let resource = user.resource();
        self.users.set(&gsid, user);
        let location = format!("{}/{}", scene.url, utf8_percent_encode(&gsid, NON_ALPHANUMERIC));
        answer(StatusCode::CREATED, resource).with_header(LOCATION, &location)
    }

    pub(super) fn scim_get(&self, id: &str) -> Answer {
        self.users.get(id).map_or_else(|| no_user(id), |user| answer(StatusCode::OK, user.resource()))
    }

    pub(super) fn scim_replace(&mut self, id: &str, call: &Call, scene: &Scene<'_>) -> Answer {
        if self.users.get(id).is_none() {
            return no_user(id);
        }
        let nothing = Record::new();
        let sent = call.body.json().as_object().unwrap_or(&nothing);
        if let Some(refusal) = self.scim_refusal(sent, Some(id)) {
            return refusal;
        }
        let Some(user) = self.users.get_mut(id) else { return no_user(id) };
        user.replace(sent);
        user.record.insert("ModifiedDate".to_owned(), json!(instant(scene.now)));
        answer(StatusCode::OK, user.resource())
    }

    pub(super) fn scim_delete(&mut self, id: &str) -> Answer {
        self.users.remove(id).map_or_else(|| no_user(id), |_| Answer::new(StatusCode::NO_CONTENT))
    }

    /// Why this cannot be a user: schemas of something else, no name, or the name of another than `id`.
    fn scim_refusal(&self, sent: &Record, id: Option<&str>) -> Option<Answer> {
        if let Some(detail) = schemas_objection(sent) {
            return Some(error(StatusCode::BAD_REQUEST, Some("invalidValue"), &detail));
        }
        let name = sent.get("userName").and_then(Value::as_str).unwrap_or_default();
        if name.trim().is_empty() {
            let detail = "`userName` is empty";
            return Some(error(StatusCode::BAD_REQUEST, Some("invalidValue"), detail));
        }
        let mut others = self.users.iter().filter(|(other, _)| Some(*other) != id);
        let taken = others.any(|(_, user)| folded(&user.login).eq(folded(name)));
        let detail = "another user has this `userName`; it must be one's own";
        taken.then(|| error(StatusCode::CONFLICT, Some("uniqueness"), detail))
    }
}
