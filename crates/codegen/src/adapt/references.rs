//! Rule `referenced-in-place`: typify knows references to component schemas only. A schema that is referred
//! to where it is used (in another schema's properties, in an operation) becomes a component.

use heck::ToUpperCamelCase;
use serde_json::{Value, json};

use crate::{Error, Notes, openapi, pointer};

const COMPONENTS: &str = "#/components/schemas/";

/// Checks every reference and moves what is referred to in place.
pub(super) fn adapt(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    loop {
        let mut found = None;
        openapi::each_schema(root, &mut |at, schema| {
            if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
                found.get_or_insert_with(Vec::new).push((at.to_owned(), reference.to_owned()));
            }
        });
        let mut moved = false;
        for (at, reference) in found.unwrap_or_default() {
            let target = pointer::resolve(root, &reference).ok_or_else(|| {
                Error::new("resolvable-reference", &at, format!("`{reference}` leads nowhere"))
                    .remedy("Point it at an existing schema in a repair, or add the missing one")
            })?;
            let in_place = reference.strip_prefix(COMPONENTS).is_none_or(|name| name.contains('/'));
            if in_place {
                let name = component(root, &reference, target);
                let schema = target.clone();
                root["components"]["schemas"][&name] = schema;
                replace(root, &reference, &format!("{COMPONENTS}{name}"));
                notes.record(
                    "referenced-in-place",
                    at,
                    format!("`{reference}` becomes the component `{name}`"),
                );
                moved = true;
                break;
            }
        }
        if !moved {
            return Ok(());
        }
    }
}

/// A free name: the schema's title, else the last two names of the path to it.
fn component(root: &Value, reference: &str, schema: &Value) -> String {
    let words: Vec<String> = reference
        .split('/')
        .map(pointer::last)
        .filter(|word| {
            !matches!(
                word.as_str(),
                "#" | "properties" | "items" | "schema" | "content" | "components" | "schemas"
            )
        })
        .collect();
    let tail = words.iter().skip(words.len().saturating_sub(2)).cloned().collect::<Vec<_>>().join(" ");
    let base = schema["title"].as_str().unwrap_or(&tail).to_upper_camel_case();
    let taken = |name: &str| root["components"]["schemas"].get(name).is_some();
    let mut name = base.clone();
    let mut number = 2;
    while taken(&name) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

fn replace(root: &mut Value, old: &str, new: &str) {
    openapi::each_schema(root, &mut |_, schema| {
        if schema.get("$ref").and_then(Value::as_str) == Some(old) {
            schema.insert("$ref".to_owned(), json!(new));
        }
    });
}
