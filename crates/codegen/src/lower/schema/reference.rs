//! A reference beside other keywords.

use serde_json::{Value, json};

use super::Schema;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// [`rule::REFERENCE_SIBLINGS`]. Runs when the keywords that 3.0 does not have are gone, so a reference
/// beside `$comment` alone stays a plain one.
pub(super) fn into_all_of(schema: &mut Schema, at: &str, notes: &mut Notes) {
    if schema.len() < 2 || !schema.get("$ref").is_some_and(Value::is_string) {
        return;
    }
    let Some(reference) = schema.shift_remove("$ref") else { return };
    let siblings = schema.keys().map(|keyword| format!("`{keyword}`")).collect::<Vec<_>>().join(", ");
    notes.record(rule::REFERENCE_SIBLINGS, join(at, "$ref"), format!("into `allOf`, beside {siblings}"));
    prepend(schema, json!({ "$ref": reference }));
}

fn prepend(schema: &mut Schema, branch: Value) {
    match schema.get_mut("allOf") {
        Some(Value::Array(branches)) => branches.insert(0, branch),
        _ => {
            schema.shift_insert(0, "allOf".to_owned(), json!([branch]));
        }
    }
}
