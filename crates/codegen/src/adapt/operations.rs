//! Rules on operations: names, bodies and responses.

use serde_json::{Map, Value, json};

use super::{hoist, parameters};
use crate::meta::{ApiMeta, BodyForm, OperationMeta};
use crate::openapi::{self, Place};
use crate::{Error, Notes, describe, emit, finish, ident, pointer};

/// By this name the block of progenitor's own constructors is known, and left out.
const CONSTRUCTOR: &str = "new_with_client";
/// Names of builders that would hide what the code around them needs.
const NEEDED: [&str; 17] = [
    "ByteStream",
    "Client",
    "ClientInfo",
    "Default",
    "Err",
    "Error",
    "From",
    "Into",
    "None",
    "Ok",
    "Option",
    "RequestBuilderExt",
    "ResponseValue",
    "Result",
    "Some",
    "String",
    "Vec",
];

/// Applies the rules to every operation.
pub(super) fn adapt(root: &mut Value, meta: &ApiMeta, notes: &mut Notes) -> Result<(), Error> {
    distinct_names(root, meta)?;
    // Parameters may refer to schemas, which are read while the operation is being changed.
    let schemas = json!({ "components": { "schemas": root["components"]["schemas"] } });
    for (place, operation) in described(root, meta) {
        let at = place.pointer();
        let Some(value) = root.pointer_mut(&at).and_then(Value::as_object_mut) else { continue };
        // What progenitor makes of any other spelling may differ from what we make of it.
        value.insert("operationId".to_owned(), json!(finish::method_name(operation)));
        for leftover in
            ["security", "servers", "callbacks", "tags", "x-dropshot-websocket", "x-dropshot-pagination"]
        {
            value.shift_remove(leftover);
        }
        parameters::adapt(value, operation, &schemas, &at, notes)?;
        body(value, operation, &at, notes);
        responses(value, operation, &at, notes)?;
    }
    Ok(())
}

/// Every operation with what is said of it.
fn described<'a>(root: &Value, meta: &'a ApiMeta) -> Vec<(Place, &'a OperationMeta)> {
    let of = |place: &Place| {
        meta.operations
            .iter()
            .find(|known| known.path == place.path && known.method.eq_ignore_ascii_case(&place.method))
    };
    openapi::places(root)
        .into_iter()
        .filter_map(|place| of(&place).map(|operation| (place, operation)))
        .collect()
}

/// Rule `distinct-operation-names`: methods are named in snake case, and two of one name do not compile.
fn distinct_names(root: &Value, meta: &ApiMeta) -> Result<(), Error> {
    let mut taken = emit::client_methods(meta)?;
    taken.push(CONSTRUCTOR.to_owned());
    let mut seen: Vec<(String, String)> = Vec::new();
    for (place, operation) in described(root, meta) {
        let name = finish::method_name(operation);
        let builder = finish::builder_name(operation);
        let at = pointer::join(&place.pointer(), "operationId");
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == name) {
            return Err(Error::new(
                "distinct-operation-names",
                at,
                format!("`{}` is named `{name}()`, as is #{other}", operation.id),
            )
            .remedy("Give one of them another `operationId` in a repair"));
        }
        let is_taken = taken.contains(&name) || NEEDED.contains(&builder.as_str()) || builder == "Self_";
        if is_taken || !ident::is_name(&name) {
            return Err(Error::new("distinct-operation-names", at, format!("`{}` cannot be the name of a method: it is not a name, or the client needs it for itself", operation.id))
                .remedy("Give it another `operationId` in a repair"));
        }
        seen.push((name, place.pointer()));
    }
    Ok(())
}

/// Rule `spoken-media-type`: progenitor knows one media type per body, of four. A body is shown to it under
/// a type it knows and goes out under its own.
fn body(operation: &mut Map<String, Value>, meta: &OperationMeta, at: &str, notes: &mut Notes) {
    let Some(request) = &meta.request else {
        operation.shift_remove("requestBody");
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
/// Rule `default-is-success`: a `default` is an error beside a declared success. Where none is declared, it is
/// what the document promises for all statuses.
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
        let shape = success_shape(status, meta, response);
        if !shapes.iter().any(|known| is_same(known.as_ref(), shape.as_ref())) {
            shapes.push(shape);
        }
    }
    if shapes.is_empty()
        && let Some(response) = declared.get("default")
        && let Some(shape) = success_shape("default", meta, response)
    {
        notes.record(
            "default-is-success",
            format!("{at}/responses/default"),
            "no other response can be the success",
        );
        shapes.push(Some(shape));
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
        [Some(shape), None] | [None, Some(shape)] if shape.get("application/json").is_none() => {
            Some(shape.clone())
        }
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

/// Whether two contents are the same but for what describes them.
fn is_same(left: Option<&Value>, right: Option<&Value>) -> bool {
    let schema = |content: &Value| content.pointer("/application~1json/schema").map(hoist::shape);
    left.is_some() == right.is_some() && left.map(schema) == right.map(schema)
}

/// What a success holds, as the `content` progenitor is shown; `None` for no content. HTTP gives a 204, a 205
/// and what answers HEAD none, whatever the document says.
fn success_shape(status: &str, meta: &OperationMeta, response: &Value) -> Option<Value> {
    if !describe::has_content(response) || matches!(status, "204" | "205") || meta.method == "HEAD" {
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
