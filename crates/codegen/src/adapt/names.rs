//! Rule `distinct-type-names`: types are named in Pascal case, and two of one name, or one that hides a name
//! the generated code needs, do not compile.

use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::{Error, Notes, openapi, pointer};

/// Names that the generated code uses without a path.
const NEEDED: [&str; 13] = [
    "Box", "Default", "Err", "From", "Into", "None", "Ok", "Option", "Result", "Self", "Some", "String",
    "Vec",
];

/// Renames components until all types have a name of their own.
pub(super) fn adapt(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let Some(Value::Object(components)) = root["components"].get_mut("schemas").map(Value::take) else {
        return Ok(());
    };
    let mut types: Vec<String> = Vec::new();
    let mut renamed: Vec<(String, String)> = Vec::new();
    let mut made = Map::new();
    for (name, schema) in components {
        let wanted = name.to_upper_camel_case();
        if !wanted.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(Error::new("distinct-type-names", pointer::join("/components/schemas", &name), format!("`{name}` cannot be the name of a type"))
                .remedy("Copy the schema to a name that starts with a letter in a repair, and point what refers to it there"));
        }
        let mut free = wanted.clone();
        let mut number = 2;
        while types.contains(&free) || NEEDED.contains(&free.as_str()) {
            free = format!("{wanted}{number}");
            number += 1;
        }
        types.push(free.clone());
        // A component keeps its own spelling unless its type needs another name: typify derives the same.
        let key = if free == wanted { name.clone() } else { free };
        if key != name {
            notes.record(
                "distinct-type-names",
                pointer::join("/components/schemas", &name),
                format!("becomes `{key}`"),
            );
            renamed.push((format!("#/components/schemas/{name}"), format!("#/components/schemas/{key}")));
        }
        made.insert(key, schema);
    }
    root["components"]["schemas"] = Value::Object(made);
    if !renamed.is_empty() {
        openapi::each_schema(root, &mut |_, schema| {
            let new = schema
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|old| renamed.iter().find(|(from, _)| from == old));
            if let Some((_, new)) = new {
                schema.insert("$ref".to_owned(), json!(new));
            }
        });
    }
    Ok(())
}
