//! Rules on single schemas: what typify 0.8 drops, misreads or panics on.

use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::{Error, Notes, openapi, pointer};

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
    discriminators(root, notes)?;
    let mut fault = None;
    openapi::each_schema(root, &mut |at, schema| {
        additional_properties(at, schema, notes);
        bounds(at, schema, notes);
        enums(at, schema, notes);
        unions(at, schema, notes);
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
            schema.remove("additionalProperties");
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
        .filter(|name| schema.remove(*name).is_some())
        .collect();
    if !dropped.is_empty() {
        notes.record("bounds-left-to-vendor", at, dropped.join(", "));
    }
    if schema.remove("default").is_some() {
        notes.record("default-left-to-vendor", at, "a missing value stays missing");
    }
}

/// Rule `enum-null`: typify makes a self-recursive type of an enum that holds null; `nullable` says the same.
/// Rule `open-enum-type`: enums of anything but texts become types that refuse new values, and texts that
/// are equal as Rust names panic; both become their plain type.
fn enums(at: &str, schema: &mut Schema, notes: &mut Notes) {
    let Some(Value::Array(values)) = schema.get_mut("enum") else { return };
    let before = values.len();
    values.retain(|value| !value.is_null());
    let had_null = values.len() < before;
    let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
    let names = texts.map(|texts| texts.iter().map(|text| variant_name(text)).collect::<Vec<_>>());
    let nameable = names.is_some_and(|names| {
        names.iter().enumerate().all(|(index, name)| !name.is_empty() && !names[..index].contains(name))
    });
    if had_null {
        schema.insert("nullable".to_owned(), json!(true));
        notes.record("enum-null", at, "null among the values becomes `nullable`");
    }
    if !nameable {
        schema.remove("enum");
        notes.record(
            "open-enum-type",
            at,
            "the values are not distinct names; any value of the type is taken",
        );
    }
}

/// The name that typify gives a variant, near enough to know whether two are equal.
fn variant_name(text: &str) -> String {
    text.replace('\'', "")
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect::<String>()
        .to_upper_camel_case()
}

/// Rule `any-of-scalars`: typify reads `anyOf` as an object with the members of all branches, which fails at
/// run time unless all are objects. `oneOf` becomes an enum of the branches.
fn unions(at: &str, schema: &mut Schema, notes: &mut Notes) {
    let Some(Value::Array(branches)) = schema.get("anyOf") else { return };
    let all_objects =
        branches.iter().all(|branch| branch["type"] == "object" || branch.get("properties").is_some());
    if !all_objects
        && !schema.contains_key("oneOf")
        && let Some(branches) = schema.remove("anyOf")
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
        let field = heck::ToSnakeCase::to_snake_case(name.as_str());
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

/// Rule `discriminator-as-constant`: progenitor ignores discriminators and takes the first branch that fits,
/// which is the wrong one as soon as members are optional. Each branch gets its tag as a required constant.
fn discriminators(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let mut found: Vec<(String, String, Vec<(String, String)>)> = Vec::new();
    openapi::each_schema(root, &mut |at, schema| {
        let Some(discriminator) = schema.remove("discriminator") else { return };
        let Some(property) = discriminator["propertyName"].as_str() else { return };
        let branches =
            ["oneOf", "anyOf"].into_iter().find_map(|key| schema.get(key)).and_then(Value::as_array);
        let references = branches.into_iter().flatten().filter_map(|branch| branch["$ref"].as_str());
        let tagged =
            references.map(|reference| (tag(&discriminator["mapping"], reference), reference.to_owned()));
        found.push((at.to_owned(), property.to_owned(), tagged.collect()));
    });
    let mut tags: Vec<(String, String)> = Vec::new();
    for (at, property, branches) in found {
        for (tag, reference) in branches {
            if tags.iter().any(|(known, other)| *known == reference && *other != tag) {
                return Err(Error::new(
                    "discriminator-as-constant",
                    at,
                    format!("`{reference}` stands for two values of `{property}`"),
                )
                .remedy("Give each value a schema of its own in a repair"));
            }
            let target = reference
                .strip_prefix('#')
                .and_then(|inner| root.pointer_mut(inner))
                .and_then(Value::as_object_mut);
            let Some(target) = target else { continue };
            pin(target, &property, &tag);
            notes.record(
                "discriminator-as-constant",
                &at,
                format!("`{property}` is `{tag}` in `{reference}`"),
            );
            tags.push((reference, tag));
        }
    }
    Ok(())
}

/// The value that stands for `reference`: the mapping's, else the component's name.
fn tag(mapping: &Value, reference: &str) -> String {
    let name = pointer::last(reference);
    mapping
        .as_object()
        .and_then(|pairs| pairs.iter().find(|(_, target)| *target == reference || **target == name.as_str()))
        .map_or(name.clone(), |(value, _)| value.clone())
}

fn pin(target: &mut Schema, property: &str, tag: &str) {
    let holder = target.entry("properties").or_insert_with(|| json!({}));
    holder[property] = json!({ "type": "string", "enum": [tag] });
    if !target.contains_key("type") {
        target.insert("type".to_owned(), json!("object"));
    }
    match target.entry("required").or_insert_with(|| json!([])) {
        Value::Array(list) if !list.contains(&json!(property)) => list.push(json!(property)),
        _ => {}
    }
}
