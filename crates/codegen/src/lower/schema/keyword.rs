//! Keywords that 3.0 does not have.

use serde_json::Value;

use super::Schema;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// The fixed fields of the Schema Object of 3.0.3, and `$ref`.
const OF_3_0: [&str; 36] = [
    "$ref",
    "title",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "enum",
    "type",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "items",
    "properties",
    "additionalProperties",
    "description",
    "format",
    "default",
    "nullable",
    "discriminator",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "example",
    "deprecated",
];

/// Those that say nothing of values.
const OF_IDENTITY: [&str; 8] =
    ["$id", "$schema", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment", "$defs"];

/// Those that constrain values.
const WIDENED: [&str; 17] = [
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "additionalItems",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "definitions",
];

/// [`rule::IDENTITY_KEYWORD`], [`rule::WIDENED_KEYWORD`], [`rule::UNKNOWN_KEYWORD`] and
/// [`rule::EMPTY_LIST`].
pub(super) fn drop_foreign(schema: &mut Schema, at: &str, notes: &mut Notes) {
    schema.retain(|keyword, value| {
        let Some((rule, change)) = reason_to_drop(keyword, value) else { return true };
        notes.record(rule, join(at, keyword), change);
        false
    });
}

fn reason_to_drop(keyword: &str, value: &Value) -> Option<(&'static str, &'static str)> {
    if matches!(keyword, "required" | "enum") && value.as_array().is_some_and(Vec::is_empty) {
        Some((rule::EMPTY_LIST, "dropped"))
    } else if OF_3_0.contains(&keyword) || keyword.starts_with("x-") {
        None
    } else if OF_IDENTITY.contains(&keyword) {
        Some((rule::IDENTITY_KEYWORD, "dropped"))
    } else if WIDENED.contains(&keyword) {
        Some((rule::WIDENED_KEYWORD, "dropped; the type is wider than the document says"))
    } else {
        Some((rule::UNKNOWN_KEYWORD, "dropped"))
    }
}
