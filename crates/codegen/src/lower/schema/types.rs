//! Lists of types.

use serde_json::{Value, json};

use super::Schema;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// [`rule::TYPE_ARRAY`] and [`rule::NULL_TYPE`].
pub(super) fn to_one_type(schema: &mut Schema, at: &str, notes: &mut Notes) {
    let at = join(at, "type");
    match schema.get("type") {
        Some(Value::String(name)) if name == "null" => {
            only_null(schema);
            notes.record(rule::NULL_TYPE, at, "nullable `enum` of null");
        }
        Some(Value::Array(names)) => {
            let types = Types::of(names);
            notes.record(rule::TYPE_ARRAY, at, types.describe());
            types.apply(schema);
        }
        _ => {}
    }
}

/// A list of types without its doubles.
struct Types {
    nullable: bool,
    others: Vec<String>,
}

impl Types {
    /// Every integer is a number, so the two are one.
    fn of(names: &[Value]) -> Self {
        let mut types = Self { nullable: false, others: Vec::new() };
        for name in names.iter().filter_map(Value::as_str) {
            if name == "null" {
                types.nullable = true;
            } else if !types.others.iter().any(|other| other == name) {
                types.others.push(name.to_owned());
            }
        }
        if types.others.iter().any(|name| name == "number") {
            types.others.retain(|name| name != "integer");
        }
        types
    }

    fn describe(&self) -> String {
        let nullable = if self.nullable { "nullable " } else { "" };
        match self.others.as_slice() {
            [] => format!("{nullable}without a type"),
            [name] => format!("{nullable}{name}"),
            names => format!("{nullable}`oneOf` {}", names.join(", ")),
        }
    }

    fn apply(self, schema: &mut Schema) {
        if self.others.is_empty() {
            schema.shift_remove("type");
            if self.nullable {
                only_null(schema);
            }
            return;
        }
        if self.nullable {
            schema.insert("nullable".to_owned(), json!(true));
        }
        match self.others.as_slice() {
            [name] => {
                schema.insert("type".to_owned(), json!(name));
            }
            names => split(schema, names),
        }
    }
}

/// Limits the schema to `null`.
pub(super) fn only_null(schema: &mut Schema) {
    schema.shift_remove("type");
    schema.insert("enum".to_owned(), json!([null]));
    schema.insert("nullable".to_owned(), json!(true));
}

/// Gives each type a branch with the keywords that speak of it; the others stay where they are.
fn split(schema: &mut Schema, types: &[String]) {
    schema.shift_remove("type");
    let values = take_enum(schema);
    let mut branches: Vec<Schema> = Vec::new();
    for name in types {
        let mut branch = Schema::new();
        branch.insert("type".to_owned(), json!(name));
        for (keyword, value) in schema.iter().filter(|(keyword, value)| speaks_of(keyword, value, name)) {
            branch.insert(keyword.clone(), value.clone());
        }
        match &values {
            None => branches.push(branch),
            Some(values) => {
                let own: Vec<&Value> = values.iter().filter(|value| is_of(value, name)).collect();
                if !own.is_empty() {
                    branch.insert("enum".to_owned(), json!(own));
                    branches.push(branch);
                }
            }
        }
    }
    schema.retain(|keyword, value| !types.iter().any(|name| speaks_of(keyword, value, name)));
    choose(schema, branches, values);
}

/// The values that a schema is limited to. A `null` among them is said by `nullable` already, or excluded by
/// the types.
fn take_enum(schema: &mut Schema) -> Option<Vec<Value>> {
    match schema.shift_remove("enum") {
        Some(Value::Array(values)) => Some(values),
        _ => None,
    }
}

/// Makes `branches` part of the schema. None are left if no value is of any of the types; then the values
/// stay as they were.
fn choose(schema: &mut Schema, mut branches: Vec<Schema>, values: Option<Vec<Value>>) {
    match (branches.len(), values) {
        (0, Some(values)) => {
            schema.insert("enum".to_owned(), Value::Array(values));
        }
        (1, _) => schema.extend(branches.swap_remove(0)),
        _ if schema.contains_key("oneOf") => match schema.get_mut("allOf") {
            Some(Value::Array(all)) => all.push(json!({ "oneOf": branches })),
            _ => {
                schema.insert("allOf".to_owned(), json!([{ "oneOf": branches }]));
            }
        },
        _ => {
            schema.insert("oneOf".to_owned(), json!(branches));
        }
    }
}

/// Whether a keyword of 3.0 constrains values of the type `name` and of no other.
fn speaks_of(keyword: &str, value: &Value, name: &str) -> bool {
    match keyword {
        "maxLength" | "minLength" | "pattern" => name == "string",
        "multipleOf" | "maximum" | "minimum" | "exclusiveMaximum" | "exclusiveMinimum" => {
            matches!(name, "integer" | "number")
        }
        "items" | "maxItems" | "minItems" | "uniqueItems" => name == "array",
        "properties" | "additionalProperties" | "required" | "maxProperties" | "minProperties" => {
            name == "object"
        }
        "format" => match value.as_str() {
            Some("int32" | "int64" | "float" | "double") => matches!(name, "integer" | "number"),
            _ => name == "string",
        },
        _ => false,
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => name == "number" || (name == "integer" && is_integral(number.as_f64())),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

fn is_integral(number: Option<f64>) -> bool {
    number.is_some_and(|number| number.fract() == 0.0)
}
