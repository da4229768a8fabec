//! Bounds of numbers.

use serde_json::{Value, json};

use super::Schema;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// [`rule::EXCLUSIVE_BOUND`]. Of an exclusive and an inclusive bound the stricter one remains.
pub(super) fn exclusive_to_flag(schema: &mut Schema, at: &str, notes: &mut Notes) {
    lower(schema, "exclusiveMinimum", "minimum", |exclusive, inclusive| inclusive > exclusive, at, notes);
    lower(schema, "exclusiveMaximum", "maximum", |exclusive, inclusive| inclusive < exclusive, at, notes);
}

fn lower(
    schema: &mut Schema,
    exclusive: &str,
    inclusive: &str,
    inclusive_is_stricter: fn(f64, f64) -> bool,
    at: &str,
    notes: &mut Notes,
) {
    let Some(bound @ Value::Number(_)) = schema.get(exclusive).cloned() else { return };
    let other = schema.get(inclusive).and_then(Value::as_f64);
    let keep_other = match (bound.as_f64(), other) {
        (Some(bound), Some(other)) => inclusive_is_stricter(bound, other),
        _ => false,
    };
    if keep_other {
        schema.shift_remove(exclusive);
        notes.record(rule::EXCLUSIVE_BOUND, join(at, exclusive), format!("`{inclusive}` is stricter"));
    } else {
        notes.record(
            rule::EXCLUSIVE_BOUND,
            join(at, exclusive),
            format!("`{inclusive}: {bound}` and `{exclusive}: true`"),
        );
        schema.insert(inclusive.to_owned(), bound);
        schema.insert(exclusive.to_owned(), json!(true));
    }
}
