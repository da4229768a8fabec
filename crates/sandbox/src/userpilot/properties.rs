//! What a property can be, and how properties are merged.

use serde_json::{Map, Value};

const MAX_PROPERTIES: usize = 500;
const MAX_NAME: usize = 255;
const MAX_TEXT: usize = 65_535;

/// The properties, or the first thing that keeps them from being. It repeats nothing of them.
pub(super) fn checked(properties: Map<String, Value>) -> Result<Map<String, Value>, String> {
    if properties.len() > MAX_PROPERTIES {
        return Err(format!("more than {MAX_PROPERTIES} properties"));
    }
    match properties.iter().find_map(|(name, value)| objection(name, value)) {
        Some(objection) => Err(objection),
        None => Ok(properties),
    }
}

/// Those properties that can be, at most as many as can be.
pub(super) fn fitting(properties: Map<String, Value>) -> Map<String, Value> {
    let fitting = properties.into_iter().filter(|(name, value)| objection(name, value).is_none());
    fitting.take(MAX_PROPERTIES).collect()
}

fn objection(name: &str, value: &Value) -> Option<String> {
    if name.chars().count() > MAX_NAME {
        return Some(format!("the name of a property is longer than {MAX_NAME} characters"));
    }
    match value {
        Value::Object(_) | Value::Array(_) => {
            Some("a property is neither text, number, boolean nor null".to_owned())
        }
        Value::String(text) if text.chars().count() > MAX_TEXT => {
            Some(format!("the value of a property is longer than {MAX_TEXT} characters"))
        }
        _ => None,
    }
}

/// What is new comes last, null removes.
pub(super) fn merge(known: &mut Map<String, Value>, properties: Map<String, Value>) {
    for (name, value) in properties {
        if value.is_null() {
            known.shift_remove(&name);
        } else {
            known.insert(name, value);
        }
    }
}
