//! Rule `referenced-in-place`: typify knows references to component schemas only, and panics at others. A
//! schema that is referred to where it is used (in another schema's properties, in an operation) becomes a
//! component, under which it is then used everywhere.
//! Rule `finite-schema`: a schema that consists of itself overflows typify's stack.

use serde_json::{Map, Value, json};

use crate::{Error, Notes, ident, openapi, pointer};

const COMPONENTS: &str = "#/components/schemas/";

/// Checks every reference and moves what is referred to in place. References lead into `published`, the
/// document as it was before parameters, bodies and responses were put in their places.
pub(super) fn adapt(root: &mut Value, published: &Value, notes: &mut Notes) -> Result<(), Error> {
    if root["components"]["schemas"].is_null() {
        if root["components"].is_null() {
            root["components"] = json!({});
        }
        root["components"]["schemas"] = json!({});
    }
    spelled(root, published);
    while let Some((at, reference)) = in_place(root) {
        let target = pointer::resolve(root, &reference).or_else(|| pointer::resolve(published, &reference));
        let target =
            target.filter(|target| target.is_object()).cloned().ok_or_else(|| dangling(&at, &reference))?;
        let name = component(root, &reference, &target);
        let new = format!("{COMPONENTS}{name}");
        replace(root, &reference, &new);
        // Where it stood it is now referred to as well, so that it is one type.
        if let Some(origin) = reference
            .strip_prefix('#')
            .and_then(|at| root.pointer_mut(at))
            .filter(|origin| **origin == target)
        {
            *origin = json!({ "$ref": new });
        }
        let mut target = target;
        spell(&mut target, published);
        root["components"]["schemas"][&name] = target;
        replace(root, &reference, &new);
        notes.record("referenced-in-place", at, format!("`{reference}` becomes the component `{name}`"));
    }
    all_resolve(root)?;
    all_finite(root)
}

/// Every reference to a component in one spelling.
fn spelled(root: &mut Value, published: &Value) {
    openapi::each_schema(root, &mut |_, schema| respell(schema, published));
}

fn spell(schema: &mut Value, published: &Value) {
    openapi::descend("", schema, &mut |_, schema| respell(schema, published));
}

fn respell(schema: &mut Map<String, Value>, published: &Value) {
    for reference in references(schema) {
        *reference = spelling(reference, published);
    }
}

/// The references that stand in `schema` itself, those of a discriminator's mapping among them. A mapping may also
/// name a component, which has no `#` before it.
fn references(schema: &mut Map<String, Value>) -> Vec<&mut String> {
    let mut found = Vec::new();
    for (key, value) in schema {
        match (key.as_str(), value) {
            ("$ref", Value::String(reference)) => found.push(reference),
            ("discriminator", discriminator) => {
                let mapping = discriminator.get_mut("mapping").and_then(Value::as_object_mut);
                found.extend(mapping.into_iter().flatten().filter_map(|(_, target)| match target {
                    Value::String(target) if target.starts_with('#') => Some(target),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    found
}

/// `%20` and its like are read if the reference leads nowhere as it stands.
fn spelling(reference: &str, published: &Value) -> String {
    let fragment = reference.strip_prefix('#').unwrap_or(reference);
    if published.pointer(fragment).is_some() {
        return reference.to_owned();
    }
    pointer::percent_decoded(reference).unwrap_or_else(|| reference.to_owned())
}

/// The first reference to something other than a component schema, and where it stands.
fn in_place(root: &mut Value) -> Option<(String, String)> {
    let mut found = None;
    openapi::each_schema(root, &mut |at, schema| {
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(reference) = reference
            .filter(|reference| reference.strip_prefix(COMPONENTS).is_none_or(|name| name.contains('/')))
        {
            found.get_or_insert((at.to_owned(), reference.to_owned()));
        }
    });
    found
}

fn all_resolve(root: &mut Value) -> Result<(), Error> {
    let mut references = Vec::new();
    openapi::each_schema(root, &mut |at, schema| {
        references.extend(
            schema.get("$ref").and_then(Value::as_str).map(|reference| (at.to_owned(), reference.to_owned())),
        );
    });
    let lost = references
        .iter()
        .find(|(_, reference)| reference.strip_prefix('#').and_then(|at| root.pointer(at)).is_none());
    lost.map_or(Ok(()), |(at, reference)| Err(dangling(at, reference)))
}

/// Follows what a schema is, not what it holds: references and branches.
fn all_finite(root: &Value) -> Result<(), Error> {
    let Some(components) = root["components"]["schemas"].as_object() else { return Ok(()) };
    let is = |name: &str| components.get(name).map(same_value).unwrap_or_default();
    for name in components.keys() {
        let mut seen: Vec<String> = Vec::new();
        let mut open = is(name);
        while let Some(next) = open.pop() {
            if next == *name {
                return Err(Error::new("finite-schema", pointer::join("/components/schemas", name), format!("`{name}` consists of itself, by way of its branches"))
                    .remedy("In a repair, remove the branch that leads back, such as the `oneOf` of a base schema that its branches extend by `allOf`; a member or an item of its own kind is fine"));
            }
            if !seen.contains(&next) {
                open.extend(is(&next));
                seen.push(next);
            }
        }
    }
    Ok(())
}

/// The components that a value of `schema` fits, or may fit, as a whole.
fn same_value(schema: &Value) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return vec![pointer::last(reference)];
    }
    let branches = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array());
    branches.flatten().flat_map(same_value).collect()
}

fn dangling(at: &str, reference: &str) -> Error {
    Error::new("resolvable-reference", at, format!("`{reference}` leads nowhere"))
        .remedy("Point it at an existing schema in a repair, or add the missing one")
}

/// A free name: the schema's title, else the last two names of the path to it.
fn component(root: &Value, reference: &str, schema: &Value) -> String {
    let words: Vec<String> = reference
        .split('/')
        .map(pointer::last)
        .filter(|word| {
            !matches!(
                word.as_str(),
                "#" | "properties" | "items" | "schema" | "content" | "components" | "schemas"
            )
        })
        .collect();
    let tail = words.iter().skip(words.len().saturating_sub(2)).cloned().collect::<Vec<_>>().join(" ");
    let base = ident::pascal(schema["title"].as_str().unwrap_or(&tail));
    let taken = |name: &str| root["components"]["schemas"].get(name).is_some();
    let mut name = base.clone();
    let mut number = 2;
    while taken(&name) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

fn replace(root: &mut Value, old: &str, new: &str) {
    openapi::each_schema(root, &mut |_, schema| {
        for reference in references(schema).into_iter().filter(|reference| *reference == old) {
            new.clone_into(reference);
        }
    });
}
