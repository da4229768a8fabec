//! Rules on single schemas: what typify 0.8 drops, misreads or panics on.

use serde_json::{Map, Value, json};

use super::{any_of, discriminators, one_way, scalars};
use crate::{Error, Notes, ident, openapi, pointer};

type Schema = Map<String, Value>;

/// Bounds that typify turns into types which refuse what a vendor really sends (`u8`, `NonZeroU64`, pattern
/// types, sets). The vendor judges its own bounds.
const BOUNDS: [&str; 11] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
];

/// Applies the rules to every schema.
pub(super) fn adapt(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    discriminators::adapt(root, notes)?;
    any_of::merge(root, notes)?;
    let published = root.clone();
    let mut fault = None;
    openapi::each_schema(root, &mut |at, schema| {
        additional_properties(at, schema, notes);
        bounds(at, schema, notes);
        enums(at, schema, notes);
        formats(at, schema, notes);
        negation(at, schema, notes);
        alternatives(at, schema, notes);
        unions(at, schema, notes);
        scalars::order(at, schema, &published, notes);
        one_way::relax(at, schema, &published, notes);
        if let Err(error) = properties(at, schema, notes) {
            fault.get_or_insert(error);
        }
    });
    fault.map_or(Ok(()), Err)
}

/// Rule `additional-properties`: typify drops `true` beside properties, so that what a caller adds or a
/// vendor sends is lost, and turns `false` into an error for the next field the vendor adds.
fn additional_properties(at: &str, schema: &mut Schema, notes: &mut Notes) {
    match schema.get("additionalProperties") {
        Some(Value::Bool(true)) => {
            schema.insert("additionalProperties".to_owned(), json!({}));
            notes.record("additional-properties", at, "other members are kept");
        }
        Some(Value::Bool(false)) => {
            schema.shift_remove("additionalProperties");
            notes.record("additional-properties", at, "other members are ignored, not refused");
        }
        _ => {}
    }
}

/// Rule `bounds-left-to-vendor`, and `default-left-to-vendor`: a default would be invented on decoding and
/// sent on encoding.
fn bounds(at: &str, schema: &mut Schema, notes: &mut Notes) {
    let dropped: Vec<&str> = BOUNDS
        .iter()
        .chain(&["pattern", "uniqueItems"])
        .copied()
        .filter(|name| schema.shift_remove(*name).is_some())
        .collect();
    if !dropped.is_empty() {
        notes.record("bounds-left-to-vendor", at, dropped.join(", "));
    }
    if schema.shift_remove("default").is_some() {
        notes.record("default-left-to-vendor", at, "a missing value stays missing");
    }
}

/// Whether a schema with these values becomes a Rust enum, and not the plain type of the values: they are texts
/// that are distinct as Rust names. Null is none of them; it becomes `nullable`.
#[must_use]
pub fn makes_enum<'a>(values: impl IntoIterator<Item = &'a Value>) -> bool {
    let values = values.into_iter().filter(|value| !value.is_null());
    let texts: Option<Vec<&str>> = values.map(Value::as_str).collect();
    texts.is_some_and(|texts| !texts.is_empty() && ident::are_variants(&texts))
}

/// Rule `enum-null`: typify makes a self-recursive type of an enum that holds null; `nullable` says the same.
/// Rule `open-enum-type`: enums of anything but texts become types that refuse new values, and texts that
/// are equal as Rust names panic; both become their plain type.
fn enums(at: &str, schema: &mut Schema, notes: &mut Notes) {
    let Some(Value::Array(values)) = schema.get_mut("enum") else { return };
    let before = values.len();
    values.retain(|value| !value.is_null());
    let had_null = values.len() < before;
    let nameable = makes_enum(values.iter());
    if had_null {
        schema.insert("nullable".to_owned(), json!(true));
        notes.record("enum-null", at, "null among the values becomes `nullable`");
    }
    if !nameable {
        schema.shift_remove("enum");
        notes.record(
            "open-enum-type",
            at,
            "the values are not distinct names; any value of the type is taken",
        );
    }
}

/// Formats of texts whose types come from crates that a client would have to depend on, or that refuse what
/// vendors send under that name.
const TEXTS: [&str; 4] = ["ip", "ipv4", "ipv6", "uuid"];

/// Rule `plain-text-format`: `uuid` becomes a type of a crate that the client does not have, and one address
/// that is none would lose the whole response. Both stay texts. A format of what has none makes progenitor
/// panic.
fn formats(at: &str, schema: &mut Schema, notes: &mut Notes) {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
    if TEXTS.contains(&format.as_str()) && schema.get("type").is_none_or(|kind| kind == "string") {
        schema.shift_remove("format");
        notes.record("plain-text-format", at, format!("`{format}` stays a text"));
    }
    if !format.is_empty() && !schema.contains_key("type") {
        schema.shift_remove("format");
        notes.record("plain-text-format", at, format!("`{format}` of a value of any type says nothing"));
    }
    let kind = schema.get("type").and_then(Value::as_str);
    if !format.is_empty() && matches!(kind, Some("array" | "boolean" | "object")) {
        schema.shift_remove("format");
        notes.record("plain-text-format", at, format!("`{format}` says nothing of this type"));
    }
}

/// Rule `negation-left-to-vendor`: typify makes types that refuse values, or panics, where a schema says what
/// it is not.
fn negation(at: &str, schema: &mut Schema, notes: &mut Notes) {
    if schema.shift_remove("not").is_some() {
        notes.record("negation-left-to-vendor", at, "`not` is not checked");
    }
}

/// Members of a branch that says which of the declared members must be there, and nothing else.
const RESTRICTING: [&str; 5] = ["description", "not", "required", "title", "type"];

/// Rule `alternatives-left-to-vendor`: `oneOf: [{required: [a]}, {required: [b]}]` beside `properties` says
/// which members must be there. typify makes a variant of each, without the other members.
fn alternatives(at: &str, schema: &mut Schema, notes: &mut Notes) {
    if !schema.get("properties").is_some_and(Value::is_object) {
        return;
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let branches = schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let restricts = |branch: &Value| {
            branch
                .as_object()
                .is_some_and(|branch| branch.keys().all(|key| RESTRICTING.contains(&key.as_str())))
        };
        if !branches.is_empty() && branches.iter().all(restricts) {
            schema.shift_remove(key);
            notes.record(
                "alternatives-left-to-vendor",
                at,
                format!("`{key}` only says which members must be there"),
            );
        }
    }
}

/// Rule `any-of-scalars`: typify reads `anyOf` as an object with the members of all branches, which fails at
/// run time unless all are objects. `oneOf` becomes an enum of the branches. Objects are one branch by now.
fn unions(at: &str, schema: &mut Schema, notes: &mut Notes) {
    if !schema.contains_key("oneOf")
        && let Some(branches) = schema.shift_remove("anyOf")
    {
        schema.insert("oneOf".to_owned(), branches);
        notes.record("any-of-scalars", at, "the first branch that fits is taken");
    }
}

/// Rule `optional-accepts-null`: a vendor that says "optional" sends null; typify accepts that for single
/// values and not for lists and maps.
/// Rule `distinct-member-names`: members that are equal in snake case do not compile, nor does one named
/// `extra` beside the map of undeclared ones, which typify calls so.
fn properties(at: &str, schema: &mut Schema, notes: &mut Notes) -> Result<(), Error> {
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let keeps_others = schema.get("additionalProperties").is_some_and(Value::is_object);
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return Ok(()) };
    let mut names: Vec<(String, String)> = Vec::new();
    let mut relaxed = Vec::new();
    for (name, property) in properties.iter_mut() {
        let field = ident::snake(name);
        let here = pointer::join(&format!("{at}/properties"), name);
        if let Some((_, other)) = names.iter().find(|(known, _)| *known == field) {
            return Err(Error::new("distinct-member-names", here, format!("`{name}` and `{other}` are both the field `{field}`"))
                .remedy("Remove one of them in a repair; with `additionalProperties: {}` it stays readable among the others"));
        }
        if keeps_others && field == "extra" {
            return Err(Error::new(
                "distinct-member-names",
                here,
                "a member named `extra` stands beside undeclared members, whose field has that name",
            )
            .remedy("Remove the member in a repair; it stays readable among the undeclared ones"));
        }
        names.push((field, name.clone()));
        let is_list_or_map = property["type"] == "array" || property["type"] == "object";
        if is_list_or_map && !required.contains(name) && property.get("nullable") != Some(&json!(true)) {
            property["nullable"] = json!(true);
            relaxed.push(name.clone());
        }
    }
    if !relaxed.is_empty() {
        notes.record("optional-accepts-null", at, relaxed.join(", "));
    }
    Ok(())
}
