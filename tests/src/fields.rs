//! Every member of a JSON object, compared with the field it was decoded into.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

/// Checks a decoded struct against the JSON object it came from: the fields named must be all members of
/// the object, and each must hold its member's value.
///
/// `assert_fields!(user, json["user"], id = "id", first_name = "firstName")`
#[macro_export]
macro_rules! assert_fields {
    ($value:expr, $json:expr, $($field:ident = $name:literal),+ $(,)?) => {{
        let value = &$value;
        $crate::fields::compare(&$json, &[$(($name, $crate::fields::to_json(&value.$field))),+]);
    }};
}

/// `value` as JSON.
///
/// # Panics
/// If it has no JSON form.
pub fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("a decoded value has a JSON form")
}

/// The comparison behind [`assert_fields`].
///
/// # Panics
/// If a member was not compared, or differs from its field.
pub fn compare(json: &Value, fields: &[(&str, Value)]) {
    let object = json.as_object().unwrap_or_else(|| panic!("not an object: {json}"));
    let members: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    let compared: BTreeSet<&str> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(compared, members, "the members compared are not those of the document");
    for (name, value) in fields {
        assert_eq!(value, &object[*name], "the field of `{name}`");
    }
}

/// The one item of an optional list.
///
/// # Panics
/// If there is no list, or not exactly one item in it.
#[must_use]
pub fn only<T>(list: Option<&Vec<T>>) -> &T {
    match list.map(Vec::as_slice) {
        Some([item]) => item,
        other => panic!("expected one item, got {:?}", other.map(<[T]>::len)),
    }
}

/// What is there.
///
/// # Panics
/// If nothing is.
#[must_use]
pub fn some<T>(value: Option<&T>) -> &T {
    value.expect("the field holds a value")
}
