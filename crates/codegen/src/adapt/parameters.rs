//! Rules on parameters.

use serde_json::{Map, Value, json};

use crate::meta::OperationMeta;
use crate::{Error, Notes, describe, extension, finish, ident, openapi};

/// A local of progenitor's code that it does not rename where an input has the name.
const HEADERS: &str = "header_map";
/// The setters of a body.
const BODY: [&str; 2] = ["body", "body_map"];

/// Applies the rules to the parameters of one operation.
pub(super) fn adapt(
    operation: &mut Map<String, Value>,
    meta: &OperationMeta,
    schemas: &Value,
    at: &str,
    notes: &mut Notes,
) -> Result<(), Error> {
    let Some(list) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { return Ok(()) };
    let mut names: Vec<String> = Vec::new();
    for (index, parameter) in list.iter_mut().enumerate() {
        let here = format!("{at}/parameters/{index}");
        let Some(parameter) = parameter.as_object_mut() else { continue };
        one(parameter, schemas, &here, notes)?;
        distinct_name(&text(parameter, "name"), &mut names, meta, here)?;
    }
    declared_variables(list, meta, at)
}

/// Rule `distinct-parameter-names`: progenitor names inputs by their snake-case name alone, whatever place
/// they have, and two of one name, or one its code needs, do not compile.
fn distinct_name(
    wire: &str,
    names: &mut Vec<String>,
    meta: &OperationMeta,
    here: String,
) -> Result<(), Error> {
    let name = ident::snake(wire);
    let fault = if name == HEADERS || finish::BUILDER_METHODS.contains(&name.as_str()) {
        format!("`{wire}` cannot be an input of `{}`, whose builder has its own `{name}`", meta.id)
    } else if names.contains(&name) || (meta.request.is_some() && BODY.contains(&name.as_str())) {
        format!("two inputs of `{}` are named `{name}`", meta.id)
    } else {
        names.push(name);
        return Ok(());
    };
    Err(Error::new("distinct-parameter-names", here, fault).remedy(
        "In a repair, rename it if it stands in the path (there the name is ours to choose), else remove it if it \
         is optional",
    ))
}

fn one(
    parameter: &mut Map<String, Value>,
    schemas: &Value,
    here: &str,
    notes: &mut Notes,
) -> Result<(), Error> {
    let kind = parameter
        .get("schema")
        .and_then(|schema| openapi::follow(schemas, schema))
        .cloned()
        .unwrap_or_default();
    let name = text(parameter, "name");
    if parameter.contains_key("content") {
        return Err(unsupported(
            here,
            &format!("the parameter `{name}` is written as a document (`content`)"),
        ));
    }
    match text(parameter, "in").as_str() {
        "path" => {
            if !matches!(parameter.get("style").and_then(Value::as_str), None | Some("simple")) {
                return Err(unsupported(
                    here,
                    &format!("the path parameter `{name}` has a style other than `simple`"),
                ));
            }
            shown_as_text(parameter, &kind, schemas, here, notes)?;
            if parameter.insert("required".to_owned(), json!(true)) != Some(json!(true)) {
                notes.record(
                    "path-parameter-required",
                    here,
                    format!("`{name}` is required, as every path parameter must be"),
                );
            }
        }
        "query" => {
            flat(&kind, schemas, &name, here)?;
            query_style(parameter, schemas, here, &name, notes)?;
        }
        "header" => {
            if !extension::is_header_name(&name) {
                return Err(unsupported(here, &format!("`{name}` cannot be the name of a header")));
            }
            shown_as_text(parameter, &kind, schemas, here, notes)?;
        }
        place => return Err(unsupported(here, &format!("the parameter `{name}` is sent as a {place}"))),
    }
    if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut)
        && schema.shift_remove("default").is_some()
    {
        notes.record("default-left-to-vendor", here, format!("`{name}` is sent only if the caller gives it"));
    }
    Ok(())
}

/// Rule `text-parameter`: progenitor writes path and header parameters with `Display`, which lists, objects
/// and open schemas do not have (they do not compile), and which writes a date-time as no API reads it
/// (`2026-01-31 00:00:00 UTC`). A date-time is given as text.
fn shown_as_text(
    parameter: &mut Map<String, Value>,
    kind: &Value,
    schemas: &Value,
    here: &str,
    notes: &mut Notes,
) -> Result<(), Error> {
    let name = text(parameter, "name");
    if !is_scalar(kind, schemas) {
        return Err(unsupported(here, &format!("`{name}` is not a text, number or boolean")));
    }
    if kind["type"] == "string" && kind["format"] == "date-time" {
        parameter.insert("schema".to_owned(), json!({ "type": "string" }));
        notes.record("text-parameter", here, format!("`{name}` is given as the text of a date-time"));
    }
    Ok(())
}

fn is_scalar(kind: &Value, schemas: &Value) -> bool {
    let Some(kind) = openapi::follow(schemas, kind) else { return false };
    let branches = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| kind[key].as_array());
    branches.map_or_else(
        || matches!(kind["type"].as_str(), Some("string" | "integer" | "number" | "boolean")),
        |branches| branches.iter().all(|branch| is_scalar(branch, schemas)),
    )
}

/// A query value is a text, number or boolean, or a list of them. progenitor refuses other styles than `form`
/// and its serializer fails at run time on anything nested.
fn flat(kind: &Value, schemas: &Value, name: &str, here: &str) -> Result<(), Error> {
    let is_object = |kind: &Value| kind["type"] == "object" || kind.get("properties").is_some();
    if is_object(kind) {
        return Err(unsupported(here, &format!("the query parameter `{name}` is an object")));
    }
    let item = openapi::follow(schemas, &kind["items"]).unwrap_or(&Value::Null);
    if is_object(item) || item["type"] == "array" {
        return Err(unsupported(
            here,
            &format!("the query parameter `{name}` is a list of lists or objects"),
        ));
    }
    Ok(())
}

/// Rule `joined-list`: progenitor ignores `explode` and refuses other styles than `form`. Lists whose items
/// are joined are shown to it as `form`; the finish stage writes them joined. Of a single value, these styles say
/// nothing.
fn query_style(
    parameter: &mut Map<String, Value>,
    schemas: &Value,
    here: &str,
    name: &str,
    notes: &mut Notes,
) -> Result<(), Error> {
    let shown = Value::Object(parameter.clone());
    let separator = describe::separator(schemas, &shown);
    let style = text(parameter, "style");
    let is_of_lists = matches!(style.as_str(), "spaceDelimited" | "pipeDelimited");
    if let Some(separator) = separator {
        notes.record("joined-list", here, format!("the items of `{name}` are joined by `{separator}`"));
    } else if is_of_lists && !openapi::may_be_list(schemas, &shown["schema"]) {
        notes.record("joined-list", here, format!("`{name}` is no list; `{style}` says nothing of it"));
    } else if !matches!(style.as_str(), "" | "form") {
        return Err(unsupported(
            here,
            &format!("the query parameter `{name}` has the style `{style}`, repeated"),
        ));
    }
    parameter.shift_remove("style");
    parameter.shift_remove("explode");
    Ok(())
}

/// Rule `declared-path-variables`: progenitor panics on a variable without a parameter, and on the reverse.
fn declared_variables(list: &[Value], meta: &OperationMeta, at: &str) -> Result<(), Error> {
    let mut declared: Vec<&str> = list
        .iter()
        .filter(|parameter| parameter["in"] == "path")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    let mut used = extension::variables(&meta.path);
    declared.sort_unstable();
    used.sort_unstable();
    let braces = meta.path.matches(['{', '}']).count();
    let odd =
        braces != 2 * used.len() || used.iter().any(|name| name.is_empty() || name.contains(['{', '/']));
    if !odd && declared == used {
        return Ok(());
    }
    let declared = if declared.is_empty() { "none".to_owned() } else { declared.join(", ") };
    Err(Error::new(
        "declared-path-variables",
        at,
        format!(
            "the variables of `{}` are not the path parameters that `{}` declares ({declared})",
            meta.path, meta.id
        ),
    )
    .remedy(
        "In a repair, rename the path or declare the parameters, so that each `{name}` has one of that name",
    ))
}

fn unsupported(here: &str, fault: &str) -> Error {
    Error::new("supported-parameter", here, format!("{fault}, which cannot be generated"))
        .remedy("Replace it in a repair by parameters that are texts, numbers, booleans or lists of them, or remove it if it is optional")
}

fn text(members: &Map<String, Value>, name: &str) -> String {
    members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
