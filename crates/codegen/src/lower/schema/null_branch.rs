//! The branch of a choice that is `null`.

use serde_json::{Value, json};

use super::Schema;
use super::types::only_null;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// Keywords that tell the reader about the schema they stand in; of two the outer one is nearer to the use.
const ANNOTATIONS: [&str; 5] = ["title", "description", "default", "example", "deprecated"];

/// [`rule::NULL_BRANCH`].
pub(super) fn to_nullable(schema: &mut Schema, at: &str, notes: &mut Notes) {
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(keyword) else { continue };
        let before = branches.len();
        branches.retain(|branch| !is_null(branch));
        if branches.len() == before {
            continue;
        }
        let remaining = branches.len();
        if remaining < 2
            && let Some(Value::Array(branches)) = schema.shift_remove(keyword)
        {
            match branches.into_iter().next() {
                Some(branch) => absorb(schema, branch),
                None => only_null(schema),
            }
        }
        schema.insert("nullable".to_owned(), json!(true));
        notes.record(rule::NULL_BRANCH, join(at, keyword), format!("nullable; {remaining} branches remain"));
    }
}

/// Whether a branch, lowered as it is, is the schema of `null`.
fn is_null(branch: &Value) -> bool {
    branch.get("type").is_none() && branch.get("enum").is_some_and(|values| *values == json!([null]))
}

/// Makes the only branch part of the schema: keyword by keyword if none says two things then, by `allOf`
/// otherwise.
fn absorb(schema: &mut Schema, branch: Value) {
    match branch {
        Value::Object(branch) if !branch.contains_key("$ref") && agree(schema, &branch) => {
            for (keyword, value) in branch {
                schema.entry(keyword).or_insert(value);
            }
        }
        branch => match schema.get_mut("allOf") {
            Some(Value::Array(branches)) => branches.push(branch),
            _ => {
                schema.insert("allOf".to_owned(), json!([branch]));
            }
        },
    }
}

fn agree(schema: &Schema, branch: &Schema) -> bool {
    branch.iter().all(|(keyword, value)| {
        ANNOTATIONS.contains(&keyword.as_str()) || schema.get(keyword).is_none_or(|present| present == value)
    })
}
