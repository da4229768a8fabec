//! Rules on operations: names, parameters, bodies and responses.

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::meta::{ApiMeta, BodyForm, OperationMeta};
use crate::{Error, Notes, describe, extension, openapi, pointer};

/// Method names that the client needs for itself.
const TAKEN: [&str; 3] = ["builder", "over", "connection"];

/// Applies the rules to every operation. `meta` lists them in the same order as the document.
pub(super) fn adapt(root: &mut Value, meta: &ApiMeta, notes: &mut Notes) -> Result<(), Error> {
    distinct_names(root, meta)?;
    // Parameters may refer to schemas, which are read while the operation is being changed.
    let schemas = json!({ "components": { "schemas": root["components"]["schemas"] } });
    for (place, operation) in openapi::places(root).iter().zip(&meta.operations) {
        let at = place.pointer();
        let Some(value) = root.pointer_mut(&at).and_then(Value::as_object_mut) else { continue };
        value.insert("operationId".to_owned(), json!(operation.id));
        for leftover in
            ["security", "servers", "callbacks", "tags", "x-dropshot-websocket", "x-dropshot-pagination"]
        {
            value.remove(leftover);
        }
        parameters(value, operation, &schemas, &at, notes)?;
        body(value, operation, &at, notes);
        responses(value, operation, &at, notes)?;
    }
    Ok(())
}

/// Rule `distinct-operation-names`: methods are named in snake case, and two of one name do not compile.
fn distinct_names(root: &Value, meta: &ApiMeta) -> Result<(), Error> {
    let mut seen: Vec<(String, String)> = Vec::new();
    for (place, operation) in openapi::places(root).iter().zip(&meta.operations) {
        let name = operation.id.to_snake_case();
        let at = pointer::join(&place.pointer(), "operationId");
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == name) {
            return Err(Error::new(
                "distinct-operation-names",
                at,
                format!("`{}` is named `{name}()`, as is #{other}", operation.id),
            )
            .remedy("Give one of them another `operationId` in a repair"));
        }
        if TAKEN.contains(&name.as_str()) || name.is_empty() {
            return Err(Error::new(
                "distinct-operation-names",
                at,
                format!("`{}` cannot be a method of the client, which has its own `{name}`", operation.id),
            )
            .remedy("Give it another `operationId` in a repair"));
        }
        seen.push((name, place.pointer()));
    }
    Ok(())
}

fn parameters(
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
        one_parameter(parameter, schemas, &here, notes)?;
        let name = text(parameter, "name").to_snake_case();
        if names.contains(&name) || (name == "body" && meta.request.is_some()) {
            return Err(Error::new(
                "distinct-parameter-names",
                here,
                format!("two inputs of `{}` are named `{name}`", meta.id),
            )
            .remedy("Remove one of them in a repair; progenitor names them by their snake-case name alone"));
        }
        names.push(name);
    }
    declared_variables(list, meta, at)
}

fn one_parameter(
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
    let is_object = kind["type"] == "object" || kind.get("properties").is_some();
    let place = text(parameter, "in");
    let name = text(parameter, "name");
    if parameter.contains_key("content") {
        return Err(unsupported(
            here,
            format!("the parameter `{name}` is written as a document (`content`)"),
        ));
    }
    match place.as_str() {
        "path" => {
            if !matches!(parameter.get("style").and_then(Value::as_str), None | Some("simple")) {
                return Err(unsupported(
                    here,
                    format!("the path parameter `{name}` has a style other than `simple`"),
                ));
            }
            if parameter.insert("required".to_owned(), json!(true)) != Some(json!(true)) {
                notes.record(
                    "path-parameter-required",
                    here,
                    format!("`{name}` is required, as every path parameter must be"),
                );
            }
        }
        "query" if is_object => {
            return Err(unsupported(here, format!("the query parameter `{name}` is an object")));
        }
        "query" => query_style(parameter, here, &name, notes)?,
        "header" => {
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte))
            {
                return Err(unsupported(here, format!("`{name}` cannot be the name of a header")));
            }
            if is_object || kind["type"] == "array" {
                return Err(unsupported(here, format!("the header `{name}` holds a list or an object")));
            }
        }
        _ => return Err(unsupported(here, format!("the parameter `{name}` is sent as a {place}"))),
    }
    if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut)
        && schema.remove("default").is_some()
    {
        notes.record("default-left-to-vendor", here, format!("`{name}` is sent only if the caller gives it"));
    }
    Ok(())
}

/// Rule `joined-list`: progenitor ignores `explode` and refuses other styles than `form`. Lists whose items
/// are joined are shown to it as `form`; the finish stage writes them joined.
fn query_style(
    parameter: &mut Map<String, Value>,
    here: &str,
    name: &str,
    notes: &mut Notes,
) -> Result<(), Error> {
    let separator = describe::separator(&Value::Object(parameter.clone()));
    let style = text(parameter, "style");
    if let Some(separator) = separator {
        notes.record("joined-list", here, format!("the items of `{name}` are joined by `{separator}`"));
    } else if !matches!(style.as_str(), "" | "form") {
        return Err(unsupported(
            here,
            format!("the query parameter `{name}` has the style `{style}`, repeated"),
        ));
    }
    parameter.remove("style");
    parameter.remove("explode");
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
    let odd = used.iter().any(|name| name.is_empty() || name.contains('{'));
    if odd || declared != used {
        return Err(Error::new("declared-path-variables", at, format!("the variables of `{}` are not the path parameters it declares ({})", meta.path, declared.join(", ")))
            .remedy("In a repair, rename the path or declare the parameters, so that each `{name}` has one of that name"));
    }
    Ok(())
}

/// Rule `spoken-media-type`: progenitor knows one media type per body, of four. A body is shown to it under
/// a type it knows and goes out under its own.
fn body(operation: &mut Map<String, Value>, meta: &OperationMeta, at: &str, notes: &mut Notes) {
    let Some(request) = &meta.request else {
        operation.remove("requestBody");
        return;
    };
    let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) else { return };
    let Some(content) = body.get("content").and_then(Value::as_object) else { return };
    if content.len() > 1 {
        let others: Vec<&str> =
            content.keys().map(String::as_str).filter(|name| *name != request.media_type).collect();
        notes.record(
            "spoken-media-type",
            format!("{at}/requestBody"),
            format!("`{}` is spoken, not {}", request.media_type, others.join(", ")),
        );
    }
    let schema = content
        .get(&request.media_type)
        .and_then(|media| media.get("schema"))
        .cloned()
        .unwrap_or_else(|| json!({}));
    let (shown, schema) = match &request.form {
        BodyForm::Json => ("application/json", schema),
        BodyForm::UrlEncoded => ("application/x-www-form-urlencoded", schema),
        BodyForm::Raw | BodyForm::Multipart(_) => {
            ("application/octet-stream", json!({"type": "string", "format": "binary"}))
        }
    };
    if shown != request.media_type {
        notes.record(
            "spoken-media-type",
            format!("{at}/requestBody"),
            format!("`{}` is shown to progenitor as `{shown}`", request.media_type),
        );
    }
    // progenitor takes every body for required; a caller who has none to send passes an empty one.
    if body.get("required") != Some(&json!(true)) {
        notes.record(
            "required-body",
            format!("{at}/requestBody"),
            "the body is optional in the document and always sent",
        );
    }
    body.insert("required".to_owned(), json!(true));
    body.insert("content".to_owned(), json!({ shown: { "schema": schema } }));
}

/// Rules `one-success` and `errors-on-demand`: progenitor asserts that an operation has one success type and
/// one error type, and gives both one name. It is shown one success; errors are the runtime's.
fn responses(
    operation: &mut Map<String, Value>,
    meta: &OperationMeta,
    at: &str,
    notes: &mut Notes,
) -> Result<(), Error> {
    let declared = operation.get("responses").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut shapes: Vec<Option<Value>> = Vec::new();
    let mut errors = Vec::new();
    for (status, response) in &declared {
        if !status.starts_with('2') {
            errors.push(status.as_str());
            continue;
        }
        let shape = success_shape(response);
        if !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }
    if !errors.is_empty() {
        notes.record(
            "errors-on-demand",
            format!("{at}/responses"),
            format!("{} are kept as they come and decoded on request", errors.join(", ")),
        );
    }
    let shown = match shapes.as_slice() {
        [] => {
            notes.record(
                "undocumented-success",
                format!("{at}/responses"),
                "any 2XX is a success whose content is not promised",
            );
            None
        }
        [shape] => shape.clone(),
        [Some(shape), None] | [None, Some(shape)] => {
            notes.record(
                "one-success",
                format!("{at}/responses"),
                "a success may have no content, which is `None`",
            );
            Some(nullable(shape.clone()))
        }
        _ => {
            return Err(Error::new("one-success", format!("{at}/responses"), format!("the successes of `{}` have {} different bodies", meta.id, shapes.len()))
                .remedy("Give them one schema in a repair (a `oneOf` with a `title` for each), so that it is one type"));
        }
    };
    let mut success = json!({ "description": "success" });
    if let Some(content) = shown {
        success["content"] = content;
    }
    operation.insert("responses".to_owned(), json!({ "200": success }));
    Ok(())
}

/// What a success holds, as the `content` progenitor is shown; `None` for no content.
fn success_shape(response: &Value) -> Option<Value> {
    if !describe::has_content(response) {
        return None;
    }
    let (media_type, family) = crate::media::choose(response["content"].as_object()?)?;
    let schema = response["content"][media_type].get("schema").cloned();
    Some(match family {
        crate::media::Family::Json | crate::media::Family::JsonSuffix => {
            json!({ "application/json": { "schema": schema.unwrap_or_else(|| json!({})) } })
        }
        _ => json!({ "application/octet-stream": {} }),
    })
}

fn nullable(mut content: Value) -> Value {
    if let Some(schema) = content.get_mut("application/json").map(|media| &mut media["schema"]) {
        *schema = if schema.get("$ref").is_some() {
            json!({ "allOf": [schema.clone()], "nullable": true })
        } else {
            let mut schema = schema.clone();
            schema["nullable"] = json!(true);
            schema
        };
    }
    content
}

fn unsupported(here: &str, fault: String) -> Error {
    Error::new("supported-parameter", here, format!("{fault}, which cannot be generated"))
        .remedy("Replace it in a repair by parameters that are texts, numbers, booleans or lists of them, or remove it if it is optional")
}

fn text(members: &Map<String, Value>, name: &str) -> String {
    members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
