//! Takes [`ApiMeta`] from a lowered document, before the adapt stage narrows it to what progenitor knows.

mod body;
mod security;

use heck::ToLowerCamelCase;
use serde_json::{Map, Value};

use crate::media;
use crate::meta::{ApiMeta, OperationMeta, SchemeMeta, ServerMeta, VariableMeta};
use crate::openapi::{self, Place};
use crate::{Error, Notes, extension, pointer};

/// Describes the document.
///
/// # Errors
/// An extension with a value that means nothing, a security scheme that cannot be sent safely, a reference
/// that dangles.
pub fn describe(root: &Value, notes: &mut Notes) -> Result<ApiMeta, Error> {
    let schemes = security::schemes(root, notes)?;
    let pools = extension::pools(root)?;
    let mut operations = Vec::new();
    for place in openapi::places(root) {
        operations.push(operation(root, &place, &schemes, notes)?);
    }
    for meta in &operations {
        if let Some(pool) = &meta.pool
            && pools.iter().all(|known| known.name != *pool)
        {
            let at = Place { path: meta.path.clone(), method: meta.method.to_ascii_lowercase() }.pointer();
            return Err(Error::new(
                "known-extension-value",
                format!("{at}/x-quota"),
                format!("`{}` names the pool `{pool}`, which is not declared", meta.id),
            )
            .remedy("Declare the pool under `x-quota` at the root in an overlay, or mend the name"));
        }
    }
    Ok(ApiMeta {
        title: text(&root["info"]["title"]),
        version: text(&root["info"]["version"]),
        servers: servers(root, notes)?,
        schemes,
        pools,
        observed_headers: extension::headers(root, "")?,
        base_url_env: extension::texts(root, "", "x-env")?
            .into_iter()
            .find(|(name, _)| name == "base_url")
            .map(|(_, env)| env),
        error_schema: error_schema(root)?,
        operations,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The servers with the variables a caller may set.
///
/// Rule `relative-server`: a URL relative to where the document was found, which nobody knows, is left out: a
/// base URL must be given.
/// Rule `fixed-server-variable`: a caller may set variables that are parts of a host or one path segment, as
/// a credential goes where they lead. One whose default is more than that keeps its default.
fn servers(root: &Value, notes: &mut Notes) -> Result<Vec<ServerMeta>, Error> {
    let mut made = Vec::new();
    for (index, server) in root["servers"].as_array().into_iter().flatten().enumerate() {
        let mut url = text(&server["url"]);
        if !url.contains("://") {
            notes.record(
                "relative-server",
                format!("/servers/{index}"),
                "left out; a base URL must be given",
            );
            continue;
        }
        for name in extension::variables(&url) {
            if server["variables"].get(name).is_none() {
                return Err(Error::new(
                    "declared-server-variables",
                    format!("/servers/{index}"),
                    format!("the URL has a variable `{name}` that is not declared"),
                )
                .remedy("Declare it under the server's `variables` in a repair, with its `default`"));
            }
        }
        let mut variables = Vec::new();
        for (name, variable) in server["variables"].as_object().into_iter().flatten() {
            let at = pointer::join(&format!("/servers/{index}/variables"), name);
            let required = extension::flag(variable, &at, "x-required")?;
            if let Some(default) =
                variable["default"].as_str().filter(|default| !required && !is_label(default))
            {
                notes.record("fixed-server-variable", at, format!("`{name}` is always `{default}`"));
                url = url.replace(&format!("{{{name}}}"), default);
                continue;
            }
            variables.push(VariableMeta {
                name: name.clone(),
                default: variable["default"].as_str().filter(|_| !required).map(str::to_owned),
                known: variable["enum"].as_array().into_iter().flatten().map(text).collect(),
                env: extension::text(variable, &at, "x-env")?,
                description: text(&variable["description"]),
            });
        }
        made.push(ServerMeta { url, variables });
    }
    Ok(made)
}

/// What the runtime lets a server variable be.
fn is_label(text: &str) -> bool {
    text.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

/// The component all error bodies follow: the one `x-error-schema` names, or the one to which every error
/// response with content refers.
fn error_schema(root: &Value) -> Result<Option<String>, Error> {
    if let Some(name) = extension::text(root, "", "x-error-schema")? {
        if root["components"]["schemas"].get(&name).is_none() {
            return Err(Error::new(
                "known-extension-value",
                "/x-error-schema",
                format!("there is no component schema `{name}`"),
            )
            .remedy("Name a schema under `components.schemas`"));
        }
        return Ok(Some(name));
    }
    let mut found: Option<String> = None;
    for place in openapi::places(root) {
        let operation = root.pointer(&place.pointer()).unwrap_or(&Value::Null);
        for (status, declared) in openapi::responses(operation) {
            let Some(response) = openapi::follow(root, declared).filter(|_| !is_success(status)) else {
                continue;
            };
            for content in response["content"].as_object().into_iter().flatten().map(|(_, content)| content) {
                let Some(name) = content["schema"]["$ref"]
                    .as_str()
                    .and_then(|reference| reference.strip_prefix("#/components/schemas/"))
                else {
                    return Ok(None);
                };
                if found.as_deref().is_some_and(|known| known != name) {
                    return Ok(None);
                }
                found = Some(name.to_owned());
            }
        }
    }
    Ok(found)
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

fn operation(
    root: &Value,
    place: &Place,
    schemes: &[SchemeMeta],
    notes: &mut Notes,
) -> Result<OperationMeta, Error> {
    let at = place.pointer();
    let operation = root.pointer(&at).unwrap_or(&Value::Null);
    let item = &root["paths"][&place.path];
    own_servers(root, item, operation, &at)?;
    let observed_path = extension::observed_path(operation, &at, &place.path)?;
    for path in [Some(&place.path), observed_path.as_ref()].into_iter().flatten() {
        one_variable_a_segment(path, &at)?;
    }
    let responses = responses(root, operation, &at)?;
    let success: Vec<&(String, Value)> = responses.iter().filter(|(status, _)| is_success(status)).collect();
    let errors: Vec<&(String, Value)> = responses.iter().filter(|(status, _)| !is_success(status)).collect();
    let media_of = |list: &[&(String, Value)]| {
        list.iter().find_map(|(_, response)| {
            media::choose(response["content"].as_object()?).map(|(media_type, _)| media_type.to_owned())
        })
    };
    Ok(OperationMeta {
        id: identity(operation, place, &at, notes),
        method: place.method.to_ascii_uppercase(),
        path: place.path.clone(),
        joined: joined(root, item, operation, &at)?,
        request: body::request(root, operation, &at)?,
        accept: media_of(&success).or_else(|| media_of(&errors)),
        success: success_codes(&success),
        security: security::security(root, operation, schemes, &at)?,
        retry: extension::retry(operation, &at)?,
        pool: extension::text(operation, &at, "x-quota")?,
        records: extension::json_pointer(operation, &at, "x-records")?,
        cursor: extension::cursor(operation, &at)?,
        observed_path,
        answers: [extension::answers(operation, &at)?, extension::answers(root, "")?].concat(),
    })
}

/// Rule `one-variable-a-segment`: a value that is `.` or `..` is refused, as it would lead to another path. Where
/// a segment has nothing beside its variables that no such segment has, their values together could be one.
fn one_variable_a_segment(path: &str, at: &str) -> Result<(), Error> {
    for segment in path.split('/') {
        let variables = extension::variables(segment);
        let mut literal = segment.to_ascii_lowercase().replace("%2e", ".");
        for name in &variables {
            literal = literal.replacen(&format!("{{{}}}", name.to_ascii_lowercase()), "", 1);
        }
        let is_alone = variables.len() == 1 && literal.is_empty();
        if !variables.is_empty() && !is_alone && literal.bytes().all(|byte| byte == b'.') {
            return Err(Error::new("one-variable-a-segment", at, format!("the values in the segment `{segment}` of `{path}` could be `..` together, which leads to another path"))
                .remedy("Put a letter or a sign other than a dot between them in a repair, as the vendor has it, or make the segment one variable"));
        }
    }
    Ok(())
}

/// progenitor ignores servers below the root, which would send a request to the wrong host.
fn own_servers(root: &Value, item: &Value, operation: &Value, at: &str) -> Result<(), Error> {
    let own = operation.get("servers").or_else(|| item.get("servers"));
    if own.is_some_and(|servers| *servers != root["servers"]) {
        return Err(Error::new(
            "one-server",
            at,
            "the operation has servers of its own, and a client has one base URL",
        )
        .remedy(
            "Split these operations into a document of their own, or remove the inner `servers` in a repair",
        ));
    }
    Ok(())
}

/// Rule `operation-id`: an operation without a name gets one from its method and path.
fn identity(operation: &Value, place: &Place, at: &str, notes: &mut Notes) -> String {
    if let Some(id) = operation["operationId"].as_str().filter(|id| !id.trim().is_empty()) {
        return id.to_owned();
    }
    let words: Vec<String> = place
        .path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let id = format!("{} {}", place.method, words.join(" ")).to_lower_camel_case();
    notes.record("operation-id", at, format!("named `{id}` after its method and path"));
    id
}

/// Every response with its references followed.
fn responses(root: &Value, operation: &Value, at: &str) -> Result<Vec<(String, Value)>, Error> {
    openapi::responses(operation)
        .map(|(status, response)| {
            let here = pointer::join(&format!("{at}/responses"), status);
            let followed = openapi::follow(root, response).ok_or_else(|| dangling(&here))?;
            Ok((status.clone(), followed.clone()))
        })
        .collect()
}

/// The codes that mean success; 2 stands for any of 2XX, which is also what silence means.
fn success_codes(success: &[&(String, Value)]) -> Vec<u16> {
    let codes: Vec<u16> = success.iter().map(|(status, _)| status.parse().unwrap_or(2)).collect();
    if codes.is_empty() { vec![2] } else { codes }
}

/// List parameters whose items are joined in one value.
fn joined(root: &Value, item: &Value, operation: &Value, at: &str) -> Result<Vec<(String, String)>, Error> {
    let declared = openapi::parameters(root, item, operation)
        .map_err(|index| dangling(&format!("{at}/parameters/{index}")))?;
    let in_query = declared.into_iter().filter(|parameter| parameter["in"] == "query");
    let joined = in_query.filter_map(|parameter| {
        separator(root, parameter).map(|separator| (text(&parameter["name"]), separator.to_owned()))
    });
    Ok(joined.collect())
}

/// What joins the items of a query parameter; `None` if its name repeats, or if it is no list: what cannot be taken
/// apart may hold a comma.
pub(crate) fn separator(root: &Value, parameter: &Value) -> Option<&'static str> {
    if !openapi::may_be_list(root, &parameter["schema"]) {
        return None;
    }
    let explode = parameter.get("explode").and_then(Value::as_bool);
    match parameter.get("style").and_then(Value::as_str).unwrap_or("form") {
        "form" if explode == Some(false) => Some(","),
        "spaceDelimited" if explode != Some(true) => Some(" "),
        "pipeDelimited" if explode != Some(true) => Some("|"),
        _ => None,
    }
}

fn dangling(at: &str) -> Error {
    Error::new("resolvable-reference", at, "the reference leads nowhere, or in a circle")
        .remedy("Point it at an existing component in a repair")
}

/// Whether a `content` object holds anything.
pub(crate) fn has_content(response: &Value) -> bool {
    response["content"].as_object().is_some_and(|content: &Map<String, Value>| !content.is_empty())
}
