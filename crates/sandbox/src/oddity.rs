//! Answers made odd as real ones are: nulls, unknown fields and values, numbers as text.

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::document::Document;
use crate::mood::{Mood, Moods};
use crate::operation::Operation;
use crate::schema::flatten;

/// One record in so many is odd.
const ONE_IN: u64 = 3;
const MOODS: [Mood; 4] = [Mood::Nulls, Mood::UnknownFields, Mood::UnknownValues, Mood::NumbersAsText];
/// No document names it.
const UNKNOWN_FIELD: &str = "sandboxField";
const UNKNOWN_VALUE: &str = "sandbox-value";

/// Counts the records that were answered, so that one in so many is odd.
#[derive(Debug, Default)]
pub(crate) struct Oddities {
    records: u64,
}

impl Oddities {
    /// Makes a part of the records of a successful answer odd, as the moods say. Records are the
    /// objects of a list, and those that have an identity; what is around them stays as it is,
    /// and so do identities: ids, e-mail addresses, cursors, and the index of a record that failed.
    pub(crate) fn apply(&mut self, operation: &Operation, moods: &Moods, answer: &mut Answer) {
        if !answer.status.is_success() || !MOODS.iter().any(|mood| moods.is(*mood)) {
            return;
        }
        let response = operation.response(answer.status.as_u16());
        let (Some(response), Some((media_type, body))) = (response, answer.body.as_mut()) else { return };
        let Some(media) = response.media.iter().find(|media| media.name == *media_type) else { return };
        let mut walk = Walk { document: media.schema.document(), moods, records: &mut self.records };
        walk.visit(body, &[media.schema.value()], false);
    }
}

struct Walk<'a> {
    document: &'a Document,
    moods: &'a Moods,
    records: &'a mut u64,
}

impl<'a> Walk<'a> {
    /// `schemas` are those that the value has to satisfy, or may.
    fn visit(&mut self, value: &mut Value, schemas: &[&'a Value], listed: bool) {
        let schemas = flatten(self.document, schemas, 0);
        match value {
            Value::Array(items) => {
                let of_items: Vec<&Value> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
                for item in items {
                    self.visit(item, &of_items, true);
                }
            }
            Value::Object(members) => {
                if listed || members.keys().any(|name| is_own_id(name)) {
                    *self.records += 1;
                    if (*self.records - 1).is_multiple_of(ONE_IN) {
                        self.make_odd(members, &schemas);
                    }
                    return;
                }
                for (name, member) in members {
                    let of_member = property(&schemas, name);
                    self.visit(member, &of_member, false);
                }
            }
            _ => {}
        }
    }

    /// What is inside a record belongs to it.
    fn make_odd(&self, members: &mut Map<String, Value>, schemas: &[&'a Value]) {
        let odd = *self.records / ONE_IN;
        let mut place = 0;
        for (name, member) in members.iter_mut().filter(|(name, _)| !is_identity(name)) {
            let of_member = flatten(self.document, &property(schemas, name), 0);
            if of_member.is_empty() {
                continue;
            }
            place += 1;
            match member {
                // The other half of the members comes with the next odd record.
                _ if self.moods.is(Mood::Nulls)
                    && (place + odd).is_multiple_of(2)
                    && may_be_missing(schemas, name)
                    && is_plain(member)
                    && of_member.iter().all(|schema| !admits_null(schema) && !is_address(schema)) =>
                {
                    *member = Value::Null;
                }
                // What another mood made a number, such as an epoch for a date, is none to the document.
                Value::Number(number)
                    if self.moods.is(Mood::NumbersAsText) && of_member.iter().any(|it| is_numeric(it)) =>
                {
                    *member = Value::String(number.to_string());
                }
                Value::String(text)
                    if self.moods.is(Mood::UnknownValues)
                        && of_member.iter().any(|schema| schema.get("enum").is_some()) =>
                {
                    UNKNOWN_VALUE.clone_into(text);
                }
                Value::Object(inner) if of_member.iter().any(|schema| schema.get("properties").is_some()) => {
                    self.make_odd(inner, &of_member);
                }
                _ => {}
            }
        }
        let described = schemas.iter().any(|schema| schema.get("properties").is_some());
        if self.moods.is(Mood::UnknownFields) && described {
            members.insert(UNKNOWN_FIELD.to_owned(), Value::String("added without notice".to_owned()));
        }
    }
}

fn property<'a>(schemas: &[&'a Value], name: &str) -> Vec<&'a Value> {
    schemas.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect()
}

fn may_be_missing(schemas: &[&Value], name: &str) -> bool {
    let mut required = schemas
        .iter()
        .filter_map(|schema| schema.get("required")?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    !required.any(|it| it == name)
}

fn admits_null(schema: &Value) -> bool {
    let listed = |key: &str, null: &Value| {
        schema.get(key).and_then(Value::as_array).is_some_and(|values| values.contains(null))
    };
    schema.get("nullable") == Some(&Value::Bool(true))
        || schema.get("type").and_then(Value::as_str) == Some("null")
        || listed("type", &Value::from("null"))
        || listed("enum", &Value::Null)
}

fn is_numeric(schema: &Value) -> bool {
    let numeric = |kind: &Value| matches!(kind.as_str(), Some("number" | "integer"));
    schema.get("type").is_some_and(|kind| match kind {
        Value::Array(kinds) => kinds.iter().any(numeric),
        kind => numeric(kind),
    })
}

fn is_address(schema: &Value) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("email")
}

/// A null in place of a boolean would change what the record says, one in place of an object
/// would hide records.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Number(_) => true,
        Value::Array(items) => !items.iter().any(|item| item.is_object() || item.is_array()),
        Value::Null | Value::Bool(_) | Value::Object(_) => false,
    }
}

/// The id of the object itself, by which an object outside of a list is known for a record.
fn is_own_id(name: &str) -> bool {
    matches!(name, "id" | "Gsid" | "job_id")
}

fn is_identity(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = ["Id", "ID", "_id", "Gsid"].iter().any(|end| name.ends_with(end));
    ends || lower == "id"
        // By it alone who sent many records knows which of them failed.
        || lower == "index"
        || ["email", "cursor", "username", "schemas"].iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_known_by_their_names() {
        for name in [
            "id",
            "Id",
            "userId",
            "job_id",
            "Gsid",
            "CompanyID",
            "emailAddress",
            "nextCursor",
            "userName",
            "index",
        ] {
            assert!(is_identity(name), "{name}");
        }
        for name in ["title", "active", "identity", "paid", "valid", "phoneNumber", "indexed"] {
            assert!(!is_identity(name), "{name}");
        }
    }
}
