//! Rule `narrower-scalar-first`: the first branch of a `oneOf` that fits is taken. A whole number fits a float,
//! which cannot hold all of them, and some texts fit a date, which is written back otherwise than it came.

use serde_json::{Map, Value, json};

use crate::{Notes, openapi};

/// Puts the scalars among the branches of a union in the order in which each keeps its values as they are,
/// and drops dates beside texts, which a text keeps exactly.
pub(super) fn order(at: &str, schema: &mut Map<String, Value>, published: &Value, notes: &mut Notes) {
    let Some(Value::Array(branches)) = schema.get_mut("oneOf") else { return };
    let ranks: Vec<Option<Rank>> = branches.iter().map(|branch| rank(published, branch)).collect();
    let has_text = ranks.contains(&Some(Rank::Text));
    let mut scalars: Vec<(Rank, Value)> =
        branches.iter().zip(&ranks).filter_map(|(branch, rank)| Some(((*rank)?, branch.clone()))).collect();
    scalars.sort_by_key(|(rank, _)| *rank);
    let dropped = scalars.iter().filter(|(rank, _)| has_text && *rank == Rank::Date).count();
    scalars.retain(|(rank, _)| !has_text || *rank != Rank::Date);
    let mut sorted = scalars.into_iter().map(|(_, branch)| branch);
    let mut made = Vec::with_capacity(branches.len());
    for (branch, rank) in branches.iter().zip(&ranks) {
        match rank {
            None => made.push(branch.clone()),
            Some(_) => made.extend(sorted.next()),
        }
    }
    if made == *branches {
        return;
    }
    if dropped > 0 {
        notes.record("narrower-scalar-first", at, "a date beside a text stays the text it came as");
    } else {
        notes.record("narrower-scalar-first", at, "the branch that keeps its values exactly comes first");
    }
    *branches = made;
    if branches.len() == 1 {
        single(schema);
    }
}

/// Replaces a union of one branch by the branch.
fn single(schema: &mut Map<String, Value>) {
    let Some(Value::Array(mut branches)) = schema.shift_remove("oneOf") else { return };
    match branches.pop() {
        Some(Value::Object(branch)) if !branch.contains_key("$ref") => {
            for (key, value) in branch {
                schema.entry(key).or_insert(value);
            }
        }
        Some(branch) => match schema.entry("allOf").or_insert_with(|| json!([])) {
            Value::Array(parts) => parts.push(branch),
            other => *other = json!([branch]),
        },
        None => {}
    }
}

/// The kinds of scalars, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Boolean,
    Integer,
    Number,
    /// Any text, as enums are open.
    Text,
    /// A text that becomes a value of another kind.
    Date,
}

fn rank(published: &Value, branch: &Value) -> Option<Rank> {
    let branch = openapi::follow(published, branch)?;
    match branch["type"].as_str() {
        Some("boolean") => Some(Rank::Boolean),
        Some("integer") => Some(Rank::Integer),
        Some("number") => Some(Rank::Number),
        Some("string") if matches!(branch["format"].as_str(), Some("date" | "date-time")) => Some(Rank::Date),
        Some("string") => Some(Rank::Text),
        None if branch["enum"].as_array().is_some_and(|values| values.iter().all(Value::is_string)) => {
            Some(Rank::Text)
        }
        _ => None,
    }
}
