//! The rules for the objects of a document other than its schemas.

use serde_json::{Map, Value, json};

use super::path_item::external;
use super::rule;
use super::structure::Kind;
use crate::pointer::join;
use crate::{Error, Notes};

/// Applies the rules of `kind` to one object.
pub(super) fn lower(kind: Kind, value: &mut Value, at: &str, notes: &mut Notes) -> Result<(), Error> {
    let Some(object) = value.as_object_mut() else { return Ok(()) };
    if kind.may_be_reference()
        && let Some(reference) = object.get("$ref").and_then(Value::as_str)
    {
        if !reference.starts_with('#') {
            return Err(external(reference, &join(at, "$ref")));
        }
        drop_overrides(object, at, notes);
        return Ok(());
    }
    match kind {
        Kind::Document => drop_member(object, "jsonSchemaDialect", at, notes),
        Kind::Info => drop_member(object, "summary", at, notes),
        Kind::License => drop_member(object, "identifier", at, notes),
        Kind::Operation => supply_responses(object, at, notes),
        Kind::Response => supply_description(object, at, notes),
        _ => {}
    }
    Ok(())
}

/// [`rule::ABSENT_PATHS`].
pub(super) fn supply_paths(root: &mut Value, notes: &mut Notes) {
    let Some(document) = root.as_object_mut() else { return };
    if !document.contains_key("paths") {
        document.insert("paths".to_owned(), json!({}));
        notes.record(rule::ABSENT_PATHS, "", "`paths: {}` supplied");
    }
}

/// [`rule::WEBHOOKS`].
pub(super) fn drop_webhooks(root: &mut Value, notes: &mut Notes) {
    let Some(document) = root.as_object_mut() else { return };
    if let Some(webhooks) = document.shift_remove("webhooks") {
        let count = webhooks.as_object().map_or(0, Map::len);
        notes.record(rule::WEBHOOKS, "/webhooks", format!("{count} dropped"));
    }
}

/// [`rule::UNKNOWN_MEMBER`].
fn drop_member(object: &mut Map<String, Value>, name: &str, at: &str, notes: &mut Notes) {
    if object.shift_remove(name).is_some() {
        notes.record(rule::UNKNOWN_MEMBER, join(at, name), "dropped");
    }
}

/// [`rule::ABSENT_RESPONSES`].
fn supply_responses(operation: &mut Map<String, Value>, at: &str, notes: &mut Notes) {
    if !operation.contains_key("responses") {
        operation.insert("responses".to_owned(), json!({"default": {"description": ""}}));
        notes.record(rule::ABSENT_RESPONSES, at, "a `default` response without content supplied");
    }
}

/// [`rule::ABSENT_DESCRIPTION`].
fn supply_description(response: &mut Map<String, Value>, at: &str, notes: &mut Notes) {
    if !response.contains_key("description") {
        response.insert("description".to_owned(), json!(""));
        notes.record(rule::ABSENT_DESCRIPTION, at, "an empty `description` supplied");
    }
}

/// [`rule::REFERENCE_OVERRIDES`].
fn drop_overrides(reference: &mut Map<String, Value>, at: &str, notes: &mut Notes) {
    for name in ["summary", "description"] {
        if reference.shift_remove(name).is_some() {
            notes.record(rule::REFERENCE_OVERRIDES, join(at, name), "dropped from beside `$ref`");
        }
    }
}
