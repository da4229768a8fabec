//! Rule `any-of-objects`: a value may fit several branches of an `anyOf` at once. As an enum it would be read as
//! the first that fits, without the members of the others. The objects among the branches become one object.

use serde_json::{Map, Value, json};

use super::hoist;
use crate::{Error, Notes, ident, openapi, pointer};

const COMPONENTS: &str = "#/components/schemas/";
/// How deep objects that are merged may hold others that must be merged.
const PASSES: usize = 4;

/// Merges the objects of every `anyOf`, also of those that merging copies to another place.
pub(super) fn merge(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let mut left = None;
    for _ in 0..PASSES {
        left = pass(root, notes)?;
        if left.is_none() {
            return Ok(());
        }
    }
    let Some(at) = left else { return Ok(()) };
    Err(Error::new("any-of-objects", at, "the branches of this `anyOf` hold themselves, and cannot be one object")
        .remedy("Move the branches to `components.schemas` in a repair and refer to them, or write `oneOf` with a `discriminator`"))
}

/// One walk through the document; a place that was merged, if there was one.
fn pass(root: &mut Value, notes: &mut Notes) -> Result<Option<String>, Error> {
    let published = root.clone();
    let mut fault = None;
    let mut changed = None;
    let mut added: Vec<(String, Value)> = Vec::new();
    openapi::each_schema(root, &mut |at, schema| match one(at, schema, &published, &mut added, notes) {
        Ok(true) => changed = Some(at.to_owned()),
        Ok(false) => {}
        Err(error) => {
            fault.get_or_insert(error);
        }
    });
    for (name, schema) in added {
        root["components"]["schemas"][name] = schema;
    }
    fault.map_or(Ok(changed), Err)
}

fn one(
    at: &str,
    schema: &mut Map<String, Value>,
    published: &Value,
    added: &mut Vec<(String, Value)>,
    notes: &mut Notes,
) -> Result<bool, Error> {
    let Some(Value::Array(branches)) = schema.get("anyOf") else { return Ok(false) };
    let objects: Vec<Option<Object>> = branches.iter().map(|branch| Object::of(published, branch)).collect();
    let only_requires =
        |branch: &Value| ["$ref", "properties", "allOf"].iter().all(|key| branch.get(*key).is_none());
    if objects.iter().flatten().count() < 2 || branches.iter().all(only_requires) {
        return Ok(false);
    }
    let merged = together(at, &objects.iter().flatten())?;
    notes.record(
        "any-of-objects",
        at,
        "the objects among the branches are one object, whose members are required if all require them",
    );
    let names: Vec<String> = branches
        .iter()
        .zip(&objects)
        .filter(|(_, object)| object.is_some())
        .filter_map(|(branch, _)| branch["$ref"].as_str()?.strip_prefix(COMPONENTS).map(str::to_owned))
        .collect();
    let others: Vec<Value> = branches
        .iter()
        .zip(&objects)
        .filter(|(_, object)| object.is_none())
        .map(|(b, _)| b.clone())
        .collect();
    // What replaces the branches says itself that it may be null.
    let may_be_null = branches.iter().any(|branch| is_nullable(published, branch, 0));
    let is_component = pointer::join("/components/schemas", &pointer::last(at)) == at;
    let has_own = schema.contains_key("properties") || schema.contains_key("allOf");
    let all_named = names.len() == objects.iter().flatten().count();
    if !others.is_empty() {
        let first =
            if all_named { component(&names, merged, published, added) } else { Value::Object(merged) };
        schema.insert("anyOf".to_owned(), [vec![first], others].concat().into());
    } else if all_named && !is_component && !has_own {
        schema.shift_remove("anyOf");
        schema.insert("allOf".to_owned(), json!([component(&names, merged, published, added)]));
    } else {
        schema.shift_remove("anyOf");
        absorb(at, schema, merged)?;
    }
    if may_be_null {
        schema.insert("nullable".to_owned(), json!(true));
    }
    Ok(true)
}

/// Whether null fits `schema`, or all that it extends.
fn is_nullable(root: &Value, schema: &Value, depth: usize) -> bool {
    let Some(schema) = openapi::follow(root, schema).filter(|_| depth < 16) else { return false };
    let parts = schema["allOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    schema["nullable"] == true
        || (!parts.is_empty() && parts.iter().all(|part| is_nullable(root, part, depth + 1)))
}

/// The merged object as a component, so that objects which hold each other stay finite.
fn component(
    names: &[String],
    merged: Map<String, Value>,
    published: &Value,
    added: &mut Vec<(String, Value)>,
) -> Value {
    let words: Vec<String> = names.iter().map(|name| pointer::last(name)).collect();
    let base = ident::pascal(&words.join(" Or "));
    let merged = Value::Object(merged);
    // What a pass has put there may have been merged further since; its mark says what it was made of.
    let mark = json!(names);
    let known = |name: &str| {
        let old = published["components"]["schemas"].get(name);
        old.or_else(|| added.iter().find(|(known, _)| known == name).map(|(_, schema)| schema))
    };
    let mut name = base.clone();
    let mut number = 2_usize;
    while known(&name).is_some_and(|known| known["x-any-of"] != mark) {
        name = format!("{base}{number}");
        number += 1;
    }
    if known(&name).is_none() {
        let mut merged = merged;
        merged["x-any-of"] = mark;
        added.push((name.clone(), merged));
    }
    json!({ "$ref": pointer::join("#/components/schemas", &name) })
}

/// Adds what the branches say to the schema around them.
fn absorb(at: &str, schema: &mut Map<String, Value>, merged: Map<String, Value>) -> Result<(), Error> {
    for (key, value) in merged {
        match (key.as_str(), schema.get_mut(&key), value) {
            ("properties", Some(Value::Object(mine)), Value::Object(theirs)) => {
                for (name, property) in theirs {
                    add(at, mine, &name, &property)?;
                }
            }
            ("required", Some(Value::Array(mine)), Value::Array(theirs)) => {
                for name in theirs {
                    if !mine.contains(&name) {
                        mine.push(name);
                    }
                }
            }
            (_, Some(_), _) => {}
            (_, None, value) => {
                schema.insert(key, value);
            }
        }
    }
    Ok(())
}

fn together<'a>(
    at: &str,
    objects: &(impl Iterator<Item = &'a Object> + Clone),
) -> Result<Map<String, Value>, Error> {
    let mut properties = Map::new();
    let mut others: Option<Value> = None;
    for object in objects.clone() {
        for (name, property) in &object.properties {
            add(at, &mut properties, name, property)?;
        }
        if let Some(mine) = &object.others {
            let is_other = others.as_ref().is_some_and(|known| hoist::shape(known) != hoist::shape(mine));
            others = Some(if is_other { json!({}) } else { mine.clone() });
        }
    }
    // What a typed map of one branch may hold need not fit the declared members of another.
    let all_open = objects.clone().all(|object| object.others.is_some());
    let mut all = objects.clone();
    let first = all.next().map(|object| object.required.clone()).unwrap_or_default();
    let rest: Vec<&Object> = all.collect();
    let required: Vec<String> =
        first.into_iter().filter(|name| rest.iter().all(|object| object.required.contains(name))).collect();
    let mut merged = Map::new();
    merged.insert("type".to_owned(), json!("object"));
    if !properties.is_empty() {
        merged.insert("properties".to_owned(), Value::Object(properties));
    }
    if !required.is_empty() {
        merged.insert("required".to_owned(), json!(required));
    }
    if let Some(others) = others {
        let others = if all_open { others } else { json!({}) };
        merged.insert("additionalProperties".to_owned(), others);
    }
    Ok(merged)
}

fn add(at: &str, properties: &mut Map<String, Value>, name: &str, property: &Value) -> Result<(), Error> {
    match properties.get(name) {
        Some(known) if hoist::shape(known) != hoist::shape(property) => Err(Error::new(
            "any-of-objects",
            at,
            format!("two branches of the `anyOf` declare the member `{name}` as different things, and cannot be one object"),
        )
        .remedy("Declare it alike in a repair, or write `oneOf` with a `discriminator` if a value is only one of them")),
        Some(_) => Ok(()),
        None => {
            properties.insert(name.to_owned(), property.clone());
            Ok(())
        }
    }
}

/// What a branch that is an object says.
struct Object {
    properties: Map<String, Value>,
    required: Vec<String>,
    /// What its undeclared members are, if it says that it has some.
    others: Option<Value>,
}

impl Object {
    fn of(root: &Value, schema: &Value) -> Option<Self> {
        let mut object = Self { properties: Map::new(), required: Vec::new(), others: None };
        object.add(root, schema, 0).then_some(object)
    }

    /// Adds what `schema` says; whether it is an object and nothing else.
    fn add(&mut self, root: &Value, schema: &Value, depth: usize) -> bool {
        let Some(schema) = openapi::follow(root, schema).filter(|_| depth < 16) else { return false };
        if schema.get("oneOf").is_some() || schema.get("anyOf").is_some() {
            return false;
        }
        let required = schema["required"].as_array().into_iter().flatten();
        self.required.extend(required.filter_map(Value::as_str).map(str::to_owned));
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.properties.entry(name.clone()).or_insert_with(|| property.clone());
        }
        if let Some(others) = schema.get("additionalProperties").filter(|others| **others != json!(false)) {
            self.others = Some(if *others == json!(true) { json!({}) } else { others.clone() });
        }
        let mut is_object = schema["type"] == "object" || schema.get("properties").is_some();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            is_object |= self.add(root, part, depth + 1);
        }
        // An object that declares nothing takes any member.
        if depth == 0
            && is_object
            && self.properties.is_empty()
            && schema.get("additionalProperties").is_none()
        {
            self.others = Some(json!({}));
        }
        is_object
    }
}
