//! Objects whose property names follow patterns.

use serde_json::{Value, json};

use super::Schema;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// [`rule::PATTERN_PROPERTIES`].
pub(super) fn patterns_to_additional(schema: &mut Schema, at: &str, notes: &mut Notes) {
    let Some(patterns) = schema.shift_remove("patternProperties") else { return };
    let mut schemas: Vec<Value> = match patterns {
        Value::Object(patterns) => patterns.into_iter().map(|(_, schema)| schema).collect(),
        _ => Vec::new(),
    };
    if schemas.is_empty() {
        notes.record(rule::PATTERN_PROPERTIES, join(at, "patternProperties"), "dropped; it was empty");
        return;
    }
    let silent_of_others = matches!(schema.get("additionalProperties"), None | Some(Value::Bool(false)));
    let additional = if schemas.len() == 1 && silent_of_others { schemas.swap_remove(0) } else { json!({}) };
    notes.record(
        rule::PATTERN_PROPERTIES,
        join(at, "patternProperties"),
        format!("names of any pattern, so wider; `additionalProperties: {additional}`"),
    );
    schema.insert("additionalProperties".to_owned(), additional);
}
