//! Rule `well-formed`: the document has the structure of OpenAPI 3.0.
//!
//! progenitor's reader of documents reports a member of the wrong kind without saying where it stands, and
//! our own stages would pass over it in silence. Everything that later stages look at is checked here, once.

use serde_json::{Map, Value};

use crate::openapi::METHODS;
use crate::{Error, pointer};

/// The kinds of a schema.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Checks a lowered document.
///
/// # Errors
/// The first member that is not what OpenAPI says it is, with its place.
pub fn check(root: &Value) -> Result<(), Error> {
    let document = object(root, "")?;
    let info = member(document, "", "info")?;
    for name in ["title", "version"] {
        text(info.get(name), &format!("/info/{name}"))?;
    }
    optional_text(info, "/info", "description")?;
    servers(document, "")?;
    security(document, "")?;
    components(document)?;
    for (path, item) in member(document, "", "paths")? {
        let at = pointer::join("/paths", path);
        if path.starts_with("x-") {
            continue;
        }
        if !path.starts_with('/') || path.contains(['?', '#', ' ']) || path.contains("//") {
            return Err(fault(
                &at,
                "is not a path that starts with `/`, without query, fragment and empty segments",
            )
            .remedy("Rename the path in a repair: `copy` it to its right name and `remove` this one"));
        }
        path_item(object(item, &at)?, &at)?;
    }
    Ok(())
}

fn path_item(item: &Map<String, Value>, at: &str) -> Result<(), Error> {
    if item.contains_key("$ref") {
        // The lower stage has followed those of a 3.1 document; 3.0 leaves open what they mean.
        return Err(fault(at, "is a reference to another path, which 3.0 gives no clear meaning")
            .remedy("`copy` the path it refers to in its place in a repair"));
    }
    parameters(item, at)?;
    servers(item, at)?;
    for method in METHODS {
        if let Some(operation) = item.get(method) {
            let here = format!("{at}/{method}");
            self::operation(object(operation, &here)?, &here)?;
        }
    }
    Ok(())
}

fn operation(operation: &Map<String, Value>, at: &str) -> Result<(), Error> {
    for name in ["operationId", "summary", "description"] {
        optional_text(operation, at, name)?;
    }
    parameters(operation, at)?;
    servers(operation, at)?;
    security(operation, at)?;
    if let Some(body) = operation.get("requestBody") {
        request_body(body, &format!("{at}/requestBody"))?;
    }
    for (status, response) in member(operation, at, "responses")? {
        let here = pointer::join(&format!("{at}/responses"), status);
        if status.starts_with("x-") {
            continue;
        }
        if !is_status(status) {
            return Err(fault(
                &here,
                "is not a status: a code such as `200`, a range such as `4XX`, or `default`",
            ));
        }
        self::response(response, &here)?;
    }
    Ok(())
}

fn is_status(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let rest = text.get(1..).filter(|rest| rest.len() == 2);
    text == "default"
        || (text.starts_with(['1', '2', '3', '4', '5'])
            && rest.is_some_and(|rest| digits(rest) || rest == "XX"))
}

fn parameters(holder: &Map<String, Value>, at: &str) -> Result<(), Error> {
    for (index, value) in list(holder, at, "parameters")?.iter().enumerate() {
        parameter(value, &format!("{at}/parameters/{index}"))?;
    }
    Ok(())
}

fn parameter(value: &Value, at: &str) -> Result<(), Error> {
    let members = object(value, at)?;
    if is_reference(members, at)? {
        return Ok(());
    }
    text(members.get("name"), &format!("{at}/name"))?;
    text(members.get("in"), &format!("{at}/in"))?;
    for name in ["required", "explode"] {
        optional_flag(members, at, name)?;
    }
    optional_text(members, at, "style")?;
    match (members.get("schema"), members.get("content")) {
        (Some(schema), _) => self::schema(schema, &format!("{at}/schema")),
        (None, Some(_)) => content(members, at),
        (None, None) => Err(fault(at, "has neither `schema` nor `content`")
            .remedy("Add `schema: {type: string}`, or what it is, in a repair")),
    }
}

fn request_body(value: &Value, at: &str) -> Result<(), Error> {
    let members = object(value, at)?;
    if is_reference(members, at)? {
        return Ok(());
    }
    optional_flag(members, at, "required")?;
    member(members, at, "content")?;
    content(members, at)
}

fn response(value: &Value, at: &str) -> Result<(), Error> {
    let members = object(value, at)?;
    if is_reference(members, at)? { Ok(()) } else { content(members, at) }
}

fn content(holder: &Map<String, Value>, at: &str) -> Result<(), Error> {
    if holder.get("content").is_none() {
        return Ok(());
    }
    for (media_type, media) in member(holder, at, "content")? {
        let here = pointer::join(&format!("{at}/content"), media_type);
        if let Some(schema) = object(media, &here)?.get("schema") {
            self::schema(schema, &format!("{here}/schema"))?;
        }
    }
    Ok(())
}

fn components(document: &Map<String, Value>) -> Result<(), Error> {
    type Check = fn(&Value, &str) -> Result<(), Error>;
    let sections: [(&str, Check); 5] = [
        ("schemas", schema),
        ("parameters", parameter),
        ("requestBodies", request_body),
        ("responses", response),
        ("securitySchemes", |value, at| object(value, at).map(drop)),
    ];
    if document.get("components").is_none() {
        return Ok(());
    }
    let components = member(document, "", "components")?;
    for (name, check) in sections {
        if components.get(name).is_none() {
            continue;
        }
        for (key, value) in member(components, "/components", name)? {
            check(value, &pointer::join(&format!("/components/{name}"), key))?;
        }
    }
    Ok(())
}

fn servers(holder: &Map<String, Value>, at: &str) -> Result<(), Error> {
    for (index, server) in list(holder, at, "servers")?.iter().enumerate() {
        let here = format!("{at}/servers/{index}");
        let server = object(server, &here)?;
        text(server.get("url"), &format!("{here}/url"))?;
        if server.get("variables").is_some() {
            for (name, variable) in member(server, &here, "variables")? {
                let here = pointer::join(&format!("{here}/variables"), name);
                optional_text(object(variable, &here)?, &here, "default")?;
            }
        }
    }
    Ok(())
}

fn security(holder: &Map<String, Value>, at: &str) -> Result<(), Error> {
    for (index, requirement) in list(holder, at, "security")?.iter().enumerate() {
        object(requirement, &format!("{at}/security/{index}"))?;
    }
    Ok(())
}

/// One schema and all below it.
fn schema(value: &Value, at: &str) -> Result<(), Error> {
    let members = object(value, at)?;
    if is_reference(members, at)? {
        return Ok(());
    }
    if let Some(kind) = members.get("type")
        && !kind.as_str().is_some_and(|kind| TYPES.contains(&kind))
    {
        return Err(fault(&format!("{at}/type"), &format!("is {kind}, and not one of {}", TYPES.join(", ")))
            .remedy(
                "Write in a repair what it is; in OpenAPI 3.0 a value that may be null has `nullable: true`",
            ));
    }
    for name in ["format", "title", "description"] {
        optional_text(members, at, name)?;
    }
    optional_flag(members, at, "nullable")?;
    list(members, at, "enum")?;
    for (index, name) in list(members, at, "required")?.iter().enumerate() {
        text(Some(name), &format!("{at}/required/{index}"))?;
    }
    if members.get("properties").is_some() {
        for (name, property) in member(members, at, "properties")? {
            schema(property, &pointer::join(&format!("{at}/properties"), name))?;
        }
    }
    for name in ["items", "not", "additionalProperties"] {
        match members.get(name) {
            None => {}
            Some(Value::Bool(_)) if name == "additionalProperties" => {}
            Some(inner) => schema(inner, &format!("{at}/{name}"))?,
        }
    }
    for name in ["allOf", "oneOf", "anyOf"] {
        let branches = list(members, at, name)?;
        if branches.is_empty() && members.get(name).is_some() {
            return Err(fault(&format!("{at}/{name}"), "is empty"));
        }
        for (index, branch) in branches.iter().enumerate() {
            schema(branch, &format!("{at}/{name}/{index}"))?;
        }
    }
    if let Some(discriminator) = members.get("discriminator") {
        let here = format!("{at}/discriminator");
        let discriminator = object(discriminator, &here)?;
        text(discriminator.get("propertyName"), &format!("{here}/propertyName"))?;
        for (value, reference) in
            discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten()
        {
            text(Some(reference), &pointer::join(&format!("{here}/mapping"), value))?;
        }
    }
    Ok(())
}

/// Whether the object is a reference; then nothing beside `$ref` counts.
fn is_reference(members: &Map<String, Value>, at: &str) -> Result<bool, Error> {
    match members.get("$ref") {
        None => Ok(false),
        Some(Value::String(reference)) if reference.starts_with('#') => Ok(true),
        Some(Value::String(reference)) => Err(Error::new(
            "external-reference",
            format!("{at}/$ref"),
            format!("`{reference}` is in another document"),
        )
        .remedy("Bundle the document into one file, so that every `$ref` begins with `#`, and vendor that")),
        Some(_) => Err(fault(&format!("{at}/$ref"), "is not a text")),
    }
}

fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>, Error> {
    value.as_object().ok_or_else(|| fault(at, "is not an object"))
}

fn member<'a>(holder: &'a Map<String, Value>, at: &str, name: &str) -> Result<&'a Map<String, Value>, Error> {
    match holder.get(name) {
        Some(value) => object(value, &format!("{at}/{name}")),
        None => Err(fault(at, &format!("has no `{name}`"))),
    }
}

fn list<'a>(holder: &'a Map<String, Value>, at: &str, name: &str) -> Result<&'a [Value], Error> {
    match holder.get(name) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(fault(&format!("{at}/{name}"), "is not a list")),
    }
}

fn text(value: Option<&Value>, at: &str) -> Result<(), Error> {
    match value {
        Some(Value::String(_)) => Ok(()),
        Some(other) if !other.is_object() && !other.is_array() => {
            Err(fault(at, &format!("is {other}, which is not a text"))
                .remedy(format!("Write `\"{other}\"` in a repair, with the quotes")))
        }
        Some(_) => Err(fault(at, "is not a text")),
        None => Err(fault(at, "is missing")),
    }
}

fn optional_text(holder: &Map<String, Value>, at: &str, name: &str) -> Result<(), Error> {
    match holder.get(name) {
        None => Ok(()),
        some => text(some, &format!("{at}/{name}")),
    }
}

fn optional_flag(holder: &Map<String, Value>, at: &str, name: &str) -> Result<(), Error> {
    match holder.get(name) {
        None | Some(Value::Bool(_)) => Ok(()),
        Some(_) => Err(fault(&format!("{at}/{name}"), "is neither `true` nor `false`")),
    }
}

fn fault(at: &str, what: &str) -> Error {
    let name = if at.is_empty() { "the document".to_owned() } else { format!("`{}`", pointer::last(at)) };
    Error::new("well-formed", at, format!("{name} {what}")).remedy("Mend it in a repair")
}
