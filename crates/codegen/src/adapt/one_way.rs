//! Rule `one-way-member`: `required` binds a `readOnly` member in responses alone and a `writeOnly` one in
//! requests alone. One type serves both ways, so that neither is compulsory in it. A constant remains: it is
//! no choice of the caller's, and may tell branches apart.

use serde_json::{Map, Value, json};

use crate::{Notes, openapi};

/// Makes members that go one way only optional, also where a branch of `allOf` requires them.
pub(super) fn relax(at: &str, schema: &mut Map<String, Value>, published: &Value, notes: &mut Notes) {
    let mut names = Vec::new();
    collect(published, &Value::Object(schema.clone()), &mut names, 0);
    if names.is_empty() {
        return;
    }
    let mut relaxed = Vec::new();
    release(schema, &names, &mut relaxed);
    if !relaxed.is_empty() {
        notes.record("one-way-member", at, format!("{} may be missing", relaxed.join(", ")));
    }
}

/// The members of `schema` and of what it extends that go one way.
fn collect(published: &Value, schema: &Value, names: &mut Vec<String>, depth: usize) {
    let Some(schema) = openapi::follow(published, schema).filter(|_| depth < 16) else { return };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let followed = openapi::follow(published, property).unwrap_or(property);
        let is_one_way = ["readOnly", "writeOnly"].iter().any(|key| followed[key] == json!(true));
        let is_constant = followed["enum"].as_array().is_some_and(|values| values.len() == 1);
        if is_one_way && !is_constant {
            names.push(name.clone());
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect(published, part, names, depth + 1);
    }
}

fn release(schema: &mut Map<String, Value>, names: &[String], relaxed: &mut Vec<String>) {
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| {
            let goes = name.as_str().filter(|name| names.iter().any(|known| known == name));
            relaxed.extend(goes.map(str::to_owned));
            goes.is_none()
        });
        if required.is_empty() {
            schema.shift_remove("required");
        }
    }
    if let Some(Value::Array(parts)) = schema.get_mut("allOf") {
        for part in parts.iter_mut().filter_map(Value::as_object_mut) {
            release(part, names, relaxed);
        }
    }
}
