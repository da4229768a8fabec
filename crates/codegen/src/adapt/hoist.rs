//! Rule `named-inline-schema`: progenitor and typify name inline schemas themselves, give one name to the
//! success and the error of an operation, and take the first type of a name for all (a silent merge). Every
//! inline schema that becomes a type gets a name here, and two shapes never share one.

use serde_json::{Map, Value, json};

use crate::{Notes, ident, openapi, pointer};

/// Members that describe a schema and do not change what fits it.
const ANNOTATIONS: [&str; 6] = ["description", "title", "example", "examples", "deprecated", "externalDocs"];

/// Moves every inline schema that becomes a type to the components.
pub(super) fn hoist(root: &mut Value, notes: &mut Notes) {
    let declared = root["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut hoist = Hoist { components: declared.clone(), notes };
    for (name, schema) in declared {
        let mut schema = schema;
        hoist.children(&pointer::join("/components/schemas", &name), &name, &mut schema);
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
                hoist.schema(&here, &name, schema);
            }
        }
    }
    let components = hoist.components;
    if !root["components"].is_object() {
        root["components"] = json!({});
    }
    root["components"]["schemas"] = Value::Object(components);
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
    ident::pascal(&format!("{id} {suffix}"))
}

struct Hoist<'a> {
    components: Map<String, Value>,
    notes: &'a mut Notes,
}

impl Hoist<'_> {
    /// Names what is below `schema`, then `schema` itself if it becomes a type.
    fn schema(&mut self, at: &str, path_name: &str, schema: &mut Value) {
        let name = titled(schema).unwrap_or_else(|| path_name.to_owned());
        self.children(at, &name, schema);
        if !becomes_type(schema) {
            return;
        }
        let name = self.place(at, &name, path_name, schema);
        let nullable = schema.get("nullable") == Some(&json!(true));
        let mut named = std::mem::replace(schema, json!({ "$ref": format!("#/components/schemas/{name}") }));
        if nullable {
            if let Some(members) = named.as_object_mut() {
                members.shift_remove("nullable");
            }
            *schema = json!({ "allOf": [schema.clone()], "nullable": true });
        }
        self.components.entry(name).or_insert(named);
    }

    /// The name under which `schema` can stand: `name` if it is free or holds the same shape, else the name
    /// of the path to it, else that with a number.
    fn place(&mut self, at: &str, name: &str, path_name: &str, schema: &Value) -> String {
        let shape = shape(schema);
        let numbered = (2_usize..).map(|number| format!("{path_name}{number}"));
        for candidate in [name.to_owned(), path_name.to_owned()].into_iter().chain(numbered) {
            match self.components.get(&candidate) {
                None => {
                    self.notes.record("named-inline-schema", at, format!("becomes `{candidate}`"));
                    return candidate;
                }
                Some(known) if self::shape(known) == shape => {
                    self.notes.record("named-inline-schema", at, format!("is `{candidate}`"));
                    return candidate;
                }
                Some(_) => {}
            }
        }
        path_name.to_owned()
    }

    fn children(&mut self, at: &str, name: &str, schema: &mut Value) {
        let texts_alone = is_union_of_texts(schema);
        let Some(members) = schema.as_object_mut() else { return };
        for (key, value) in members.iter_mut() {
            let here = pointer::join(at, key);
            match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    for (property, value) in properties {
                        let child = ident::pascal(&format!("{name} {property}"));
                        self.schema(&pointer::join(&here, property), &child, value);
                    }
                }
                ("items", child @ Value::Object(_)) => self.schema(&here, &format!("{name}Item"), child),
                ("additionalProperties", child @ Value::Object(_)) => {
                    self.schema(&here, &format!("{name}Value"), child);
                }
                ("oneOf" | "anyOf" | "allOf", Value::Array(branches)) => {
                    for (index, branch) in branches.iter_mut().enumerate() {
                        let child = format!("{name}{}", titled(branch).unwrap_or_else(|| index.to_string()));
                        let here = format!("{here}/{index}");
                        // typify merges the branches of `allOf` and makes one enum of nothing but texts.
                        if key == "allOf" || texts_alone {
                            self.children(&here, &child, branch);
                        } else {
                            self.schema(&here, &child, branch);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// The name that a schema's title gives it.
fn titled(schema: &Value) -> Option<String> {
    let title = schema["title"].as_str()?;
    title.starts_with(char::is_alphabetic).then(|| ident::pascal(title))
}

/// Whether every branch of a `oneOf` lists texts, which together are one enum.
fn is_union_of_texts(schema: &Value) -> bool {
    schema["oneOf"].as_array().is_some_and(|branches| branches.iter().all(|branch| branch["enum"].is_array()))
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
pub(super) fn shape(schema: &Value) -> Value {
    let mut shape = schema.clone();
    openapi::descend("", &mut shape, &mut |at, members| {
        // Whether the schema itself may be null is said where it is used.
        let is_said_elsewhere = |key: &str| at.is_empty() && key == "nullable";
        members.retain(|key, _| {
            !ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-") && !is_said_elsewhere(key)
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
