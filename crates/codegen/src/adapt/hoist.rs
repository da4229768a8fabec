//! Rule `named-inline-schema`: progenitor and typify name inline schemas themselves, give one name to the
//! success and the error of an operation, and take the first type of a name for all (a silent merge). Every
//! inline schema that becomes a type gets a name here, and two shapes never share one.

use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::{Error, Notes, openapi, pointer};

/// Members that describe a schema and do not change what fits it.
const ANNOTATIONS: [&str; 6] = ["description", "title", "example", "examples", "deprecated", "externalDocs"];

/// Moves every inline schema that becomes a type to the components.
pub(super) fn hoist(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let declared = root["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut hoist = Hoist { components: declared.clone(), notes };
    for (name, schema) in declared {
        let mut schema = schema;
        hoist.children(&pointer::join("/components/schemas", &name), &name, &mut schema)?;
        hoist.components.insert(name, schema);
    }
    for place in openapi::places(root) {
        let at = place.pointer();
        let id = root
            .pointer(&at)
            .and_then(|operation| operation["operationId"].as_str())
            .unwrap_or_default()
            .to_owned();
        for here in openapi::schema_pointers(root, &at) {
            let name = usage_name(root, &here, &at, &id);
            if let Some(schema) = root.pointer_mut(&here) {
                hoist.schema(&here, &name, schema)?;
            }
        }
    }
    let components = hoist.components;
    if !root["components"].is_object() {
        root["components"] = json!({});
    }
    root["components"]["schemas"] = Value::Object(components);
    Ok(())
}

/// The name for what an operation takes or gives at `here`.
fn usage_name(root: &Value, here: &str, operation: &str, id: &str) -> String {
    let rest = here.strip_prefix(operation).unwrap_or_default();
    let suffix = match rest.split('/').nth(1) {
        Some("requestBody") => "Request".to_owned(),
        Some("responses") => "Response".to_owned(),
        _ => {
            let parameter = here.strip_suffix("/schema").and_then(|at| root.pointer(at));
            parameter.and_then(|parameter| parameter["name"].as_str()).unwrap_or_default().to_owned()
        }
    };
    format!("{id} {suffix}").to_upper_camel_case()
}

struct Hoist<'a> {
    components: Map<String, Value>,
    notes: &'a mut Notes,
}

impl Hoist<'_> {
    /// Names what is below `schema`, then `schema` itself if it becomes a type.
    fn schema(&mut self, at: &str, path_name: &str, schema: &mut Value) -> Result<(), Error> {
        let title = schema["title"]
            .as_str()
            .map(ToUpperCamelCase::to_upper_camel_case)
            .filter(|title| !title.is_empty());
        let name = title.unwrap_or_else(|| path_name.to_owned());
        self.children(at, &name, schema)?;
        if !becomes_type(schema) {
            return Ok(());
        }
        let name = self.place(at, &name, path_name, schema)?;
        let nullable = schema.get("nullable") == Some(&json!(true));
        let mut named = std::mem::replace(schema, json!({ "$ref": format!("#/components/schemas/{name}") }));
        if nullable {
            if let Some(members) = named.as_object_mut() {
                members.remove("nullable");
            }
            *schema = json!({ "allOf": [schema.clone()], "nullable": true });
        }
        self.components.entry(name).or_insert(named);
        Ok(())
    }

    /// The name under which `schema` can stand: `name` if it is free or holds the same shape, else the name
    /// of the path to it.
    fn place(&mut self, at: &str, name: &str, path_name: &str, schema: &Value) -> Result<String, Error> {
        let shape = shape(schema);
        for candidate in [name, path_name] {
            match self.components.get(candidate) {
                None => {
                    self.notes.record("named-inline-schema", at, format!("becomes `{candidate}`"));
                    return Ok(candidate.to_owned());
                }
                Some(known) if self::shape(known) == shape => {
                    self.notes.record("named-inline-schema", at, format!("is `{candidate}`"));
                    return Ok(candidate.to_owned());
                }
                Some(_) => {}
            }
        }
        Err(Error::new(
            "named-inline-schema",
            at,
            format!("the name `{path_name}` belongs to a schema of another shape"),
        )
        .remedy("Give this schema a `title` of its own in a repair; it becomes the type's name"))
    }

    fn children(&mut self, at: &str, name: &str, schema: &mut Value) -> Result<(), Error> {
        let Some(members) = schema.as_object_mut() else { return Ok(()) };
        for (key, value) in members.iter_mut() {
            let here = pointer::join(at, key);
            match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    for (property, value) in properties {
                        let child = format!("{name} {property}").to_upper_camel_case();
                        self.schema(&pointer::join(&here, property), &child, value)?;
                    }
                }
                ("items", child @ Value::Object(_)) => self.schema(&here, &format!("{name}Item"), child)?,
                ("additionalProperties", child @ Value::Object(_)) => {
                    self.schema(&here, &format!("{name}Value"), child)?
                }
                // Branches of a union stay inline: typify names them as variants. What they hold is named.
                ("oneOf" | "anyOf" | "allOf", Value::Array(branches)) => {
                    for (index, branch) in branches.iter_mut().enumerate() {
                        let title = branch["title"].as_str().unwrap_or_default().to_upper_camel_case();
                        let number = if title.is_empty() { index.to_string() } else { title };
                        self.children(&format!("{here}/{index}"), &format!("{name}{number}"), branch)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether typify makes a named type of an inline schema: objects with members, enums, unions.
fn becomes_type(schema: &Value) -> bool {
    if schema.get("$ref").is_some() {
        return false;
    }
    let list = |key: &str| schema[key].as_array().map_or(0, Vec::len);
    let has_members = schema["properties"].as_object().is_some_and(|properties| !properties.is_empty());
    has_members || list("enum") > 0 || list("oneOf") > 0 || list("anyOf") > 0 || list("allOf") > 1
}

/// The schema without what only describes it, at any depth.
fn shape(schema: &Value) -> Value {
    let mut shape = schema.clone();
    openapi::descend("", &mut shape, &mut |_, members| {
        members.retain(|key, _| {
            !ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-") && key != "nullable"
        });
    });
    // Order of members and of required names carries no meaning.
    sort(&mut shape);
    shape
}

fn sort(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.sort_keys();
            members.values_mut().for_each(sort);
            if let Some(Value::Array(required)) = members.get_mut("required") {
                required.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(sort),
        _ => {}
    }
}
