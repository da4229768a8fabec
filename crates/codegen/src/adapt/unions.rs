//! Rule `reachable-branch`: the first branch of a `oneOf` that fits is taken. An object fits if it has the
//! required members, so that a branch behind one that asks for no more is never reached, and what it alone
//! declares would be lost without a word.
//! Rule `agreeing-branches`: typify drops a member, or makes a type without values, where two branches of an
//! `allOf` declare one member as different things.

use serde_json::{Map, Value};

use crate::{Error, openapi};

/// Checks every union.
pub(super) fn adapt(root: &Value) -> Result<(), Error> {
    let mut unions = Vec::new();
    let mut fault = None;
    openapi::each_schema(&mut root.clone(), &mut |at, schema| {
        if schema.contains_key("allOf")
            && let Some(member) = Object::disagreement(root, schema)
        {
            fault.get_or_insert_with(|| {
                Error::new(
                    "agreeing-branches",
                    at,
                    format!(
                        "two branches declare the member `{member}` as different things, and no value is both"
                    ),
                )
                .remedy("Make them agree in a repair, or declare it in one of them only")
            });
        }
        if let Some(branches) = schema.get("oneOf").and_then(Value::as_array) {
            unions.push((at.to_owned(), branches.clone()));
        }
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    for (at, branches) in unions {
        let objects: Vec<Option<Object>> = branches.iter().map(|branch| Object::of(root, branch)).collect();
        for (index, later) in objects.iter().enumerate() {
            let Some(later) = later else { continue };
            let hiding = objects
                .iter()
                .take(index)
                .position(|earlier| earlier.as_ref().is_some_and(|earlier| earlier.takes(later)));
            if let Some(hiding) = hiding {
                return Err(Error::new("reachable-branch", format!("{at}/oneOf/{index}"), format!("whatever fits this branch fits branch {hiding} before it, and would be read as that"))
                    .remedy("In a repair, put the branch that requires more first, or add the `discriminator` or the `required` members that tell them apart"));
            }
        }
    }
    Ok(())
}

/// What a branch that is an object says of its members.
struct Object {
    required: Vec<String>,
    properties: Map<String, Value>,
    /// The first member that is declared as two different things.
    disagreement: Option<String>,
}

impl Object {
    fn of(root: &Value, schema: &Value) -> Option<Self> {
        let mut object = Self { required: Vec::new(), properties: Map::new(), disagreement: None };
        object.add(root, schema, 0).then_some(object)
    }

    fn disagreement(root: &Value, schema: &Map<String, Value>) -> Option<String> {
        Self::of(root, &Value::Object(schema.clone()))?.disagreement
    }

    /// Adds what `schema` says; whether it is an object.
    fn add(&mut self, root: &Value, schema: &Value, depth: usize) -> bool {
        let Some(schema) = openapi::follow(root, schema).filter(|_| depth < 16) else { return false };
        let required = schema["required"].as_array().into_iter().flatten();
        self.required.extend(required.filter_map(Value::as_str).map(str::to_owned));
        let mut is_object = schema["type"] == "object" || schema.get("properties").is_some();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let property = openapi::follow(root, property).cloned().unwrap_or_default();
            if self
                .properties
                .get(name)
                .is_some_and(|known| is_distinct(known, &property) && is_distinct(&property, known))
            {
                self.disagreement.get_or_insert_with(|| name.clone());
            }
            // What a schema says itself is narrower than what it extends.
            self.properties.entry(name.clone()).or_insert(property);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            is_object |= self.add(root, part, depth + 1);
        }
        is_object
    }

    /// Whether every object that fits `later` fits this one too, as far as it can be seen.
    fn takes(&self, later: &Self) -> bool {
        self.required.iter().all(|name| {
            later.required.contains(name)
                && match (self.properties.get(name), later.properties.get(name)) {
                    (Some(mine), Some(other)) => !is_distinct(mine, other),
                    _ => true,
                }
        })
    }
}

/// Whether no value fits both: other types, or constants.
fn is_distinct(mine: &Value, other: &Value) -> bool {
    let kinds = (mine["type"].as_str(), other["type"].as_str());
    if let (Some(mine), Some(other)) = kinds
        && mine != other
        && !matches!((mine, other), ("number", "integer") | ("integer", "number"))
    {
        return true;
    }
    // A single value is a constant; more of them are an open enum, which takes any text.
    let constant = |schema: &Value| schema["enum"].as_array().filter(|values| values.len() == 1).cloned();
    match (constant(mine), other["enum"].as_array()) {
        (Some(mine), Some(values)) => !mine.iter().all(|value| values.contains(value)),
        _ => false,
    }
}
