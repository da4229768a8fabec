//! Rule `nullable-component`: of a component that may be null, typify makes a type of the same name inside
//! itself, which does not compile. That it may be null is said where it is used.

use serde_json::{Map, Value, json};

use crate::{Notes, openapi, pointer};

/// Moves `nullable` from the components to what refers to them.
pub(super) fn adapt(root: &mut Value, notes: &mut Notes) {
    loop {
        let components = root.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
        let mut moved = Vec::new();
        for (name, schema) in components.into_iter().flatten() {
            let Some(schema) = schema.as_object_mut() else { continue };
            if schema.shift_remove("nullable") == Some(json!(true)) {
                let at = pointer::join("/components/schemas", name);
                moved.push(format!("#{at}"));
                notes.record("nullable-component", at, "may be null where it is used");
            }
        }
        if moved.is_empty() {
            return;
        }
        openapi::each_schema(root, &mut |at, schema| relax(at, schema, &moved));
    }
}

/// Lets a schema that refers to one of `moved` be null.
fn relax(at: &str, schema: &mut Map<String, Value>, moved: &[String]) {
    let refers = |schema: &Map<String, Value>| {
        schema
            .get("$ref")
            .and_then(Value::as_str)
            .is_some_and(|reference| moved.iter().any(|known| known == reference))
    };
    let branches =
        ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)).filter_map(Value::as_array);
    if branches.flatten().filter_map(Value::as_object).any(refers) {
        schema.insert("nullable".to_owned(), json!(true));
    }
    if refers(schema) && !is_branch(at) {
        let reference = Value::Object(std::mem::take(schema));
        schema.insert("allOf".to_owned(), json!([reference]));
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// Whether `at` is one of several branches. A union says itself that it may be null, and an `allOf` is only
/// as wide as its narrowest branch.
fn is_branch(at: &str) -> bool {
    let mut segments = at.rsplit('/');
    segments.next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
        && segments.next().is_some_and(|list| matches!(list, "oneOf" | "anyOf" | "allOf"))
}
