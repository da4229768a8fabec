//! Tuples and lists.

use serde_json::{Value, json};

use super::{Schema, never};
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// [`rule::PREFIX_ITEMS`]. The list is not longer than the tuple if nothing may follow its places; places
/// may be left empty from the end in 3.1 too, so no `minItems` is added.
pub(super) fn tuple_to_list(schema: &mut Schema, at: &str, notes: &mut Notes) {
    let Some((keyword, places)) = take_places(schema) else { return };
    let rest = schema.shift_remove(if keyword == "items" { "additionalItems" } else { "items" });
    let closed = rest == Some(never());
    if closed {
        limit(schema, places.len());
    }
    let full = schema.get("maxItems").and_then(Value::as_u64).is_some_and(|max| max <= places.len() as u64);
    let count = places.len();
    let items = match rest {
        _ if closed || full => common(places),
        Some(rest) => common(places.into_iter().chain([rest]).collect()),
        None => json!({}),
    };
    notes.record(
        rule::PREFIX_ITEMS,
        join(at, keyword),
        format!("a list in place of {count} places, so wider; its items are {items}"),
    );
    schema.insert("items".to_owned(), items);
}

/// [`rule::ABSENT_ITEMS`].
pub(super) fn supply_items(schema: &mut Schema, at: &str, notes: &mut Notes) {
    let is_array = match schema.get("type") {
        Some(Value::Array(types)) => types.contains(&json!("array")),
        Some(name) => name == "array",
        None => false,
    };
    if is_array && !schema.contains_key("items") {
        schema.insert("items".to_owned(), json!({}));
        notes.record(rule::ABSENT_ITEMS, at, "`items: {}` supplied");
    }
}

/// The schemas of the places and the keyword they stood under.
fn take_places(schema: &mut Schema) -> Option<(&'static str, Vec<Value>)> {
    for keyword in ["prefixItems", "items"] {
        if schema.get(keyword).is_some_and(Value::is_array)
            && let Some(Value::Array(places)) = schema.shift_remove(keyword)
        {
            return Some((keyword, places));
        }
    }
    None
}

fn limit(schema: &mut Schema, places: usize) {
    let stricter = schema.get("maxItems").and_then(Value::as_u64).is_some_and(|max| max < places as u64);
    if !stricter {
        schema.insert("maxItems".to_owned(), json!(places));
    }
}

/// One schema for values of any of `schemas`.
fn common(mut schemas: Vec<Value>) -> Value {
    let mut distinct: Vec<Value> = Vec::new();
    for schema in schemas.drain(..) {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    match distinct.len() {
        1 => distinct.swap_remove(0),
        _ if disjoint(&distinct) => json!({ "oneOf": distinct }),
        _ => json!({}),
    }
}

/// Whether no value can satisfy two of `schemas`, as far as their types show.
fn disjoint(schemas: &[Value]) -> bool {
    let mut types: Vec<&str> = Vec::new();
    let mut nullable = 0;
    for schema in schemas {
        let name = match schema.get("type").and_then(Value::as_str) {
            Some("integer") => "number",
            Some(name) => name,
            None => return false,
        };
        nullable += usize::from(schema.get("nullable") == Some(&json!(true)));
        if types.contains(&name) || nullable > 1 {
            return false;
        }
        types.push(name);
    }
    !schemas.is_empty()
}
