//! One schema of JSON Schema 2020-12 to the Schema Object of 3.0.

use serde_json::{Map, Value, json};

use super::path_item::external;
use super::rule;
use crate::pointer::join;
use crate::{Error, Notes};

mod array;
mod bound;
mod keyword;
mod negation;
mod null_branch;
mod object;
mod reference;
mod types;
mod value;

type Schema = Map<String, Value>;

/// What a rule does to a schema whose inner schemas are already lowered.
type Rule = fn(&mut Schema, &str, &mut Notes);

/// The rules in the order in which they run. Those that give 3.1 keywords a 3.0 form come before those that
/// drop what is left; the types come after, so that each branch gets keywords of 3.0 only; the reference
/// moves last, when it is known what stands beside it.
const RULES: [Rule; 13] = [
    value::const_to_enum,
    value::content_to_format,
    value::first_example,
    bound::exclusive_to_flag,
    array::tuple_to_list,
    object::patterns_to_additional,
    keyword::drop_foreign,
    negation::drop_widened,
    array::supply_items,
    null_branch::to_nullable,
    types::to_one_type,
    value::null_in_enum,
    reference::into_all_of,
];

/// Lowers one schema, the inner ones of which are lowered.
pub(super) fn lower(schema: &mut Value, at: &str, notes: &mut Notes) -> Result<(), Error> {
    if let Value::Bool(anything) = *schema {
        notes.record(rule::BOOLEAN_SCHEMA, at, format!("{anything} spelled as an object"));
        *schema = if anything { json!({}) } else { never() };
        return Ok(());
    }
    let Some(schema) = schema.as_object_mut() else { return Ok(()) };
    refuse(schema, at)?;
    for rule in RULES {
        rule(schema, at, notes);
    }
    Ok(())
}

/// The errors among the references.
fn refuse(schema: &Schema, at: &str) -> Result<(), Error> {
    for keyword in ["$dynamicRef", "$recursiveRef"] {
        if schema.contains_key(keyword) {
            return Err(Error::new(
                rule::DYNAMIC_REFERENCE,
                join(at, keyword),
                "what the reference means depends on the schema it is reached from",
            )
            .remedy("Replace it in a repair by a `$ref` to the schema that is meant"));
        }
    }
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) if !reference.starts_with('#') => Err(external(reference, &join(at, "$ref"))),
        _ => Ok(()),
    }
}

/// The schema that no value satisfies.
fn never() -> Value {
    json!({"not": {}})
}
