//! The body an operation takes: its media type, its form and its parts.

use serde_json::Value;

use super::{dangling, text};
use crate::media::{self, Family};
use crate::meta::{BodyForm, PartMeta, RequestMeta};
use crate::{Error, extension, ident, openapi, pointer};

/// The request body with its reference followed. A 3.0 document gives a body on GET, HEAD and DELETE no
/// meaning (OAS 3.0, "Operation Object": it SHALL be ignored).
pub(super) fn request(root: &Value, operation: &Value, at: &str) -> Result<Option<RequestMeta>, Error> {
    let Some(declared) = operation.get("requestBody") else { return Ok(None) };
    let body = openapi::follow(root, declared).ok_or_else(|| dangling(&format!("{at}/requestBody")))?;
    let Some((media_type, family)) = body["content"].as_object().and_then(media::choose) else {
        return Ok(None);
    };
    let schema = openapi::follow(root, &body["content"][media_type]["schema"]).unwrap_or(&Value::Null);
    let here = pointer::join(&format!("{at}/requestBody/content"), media_type) + "/schema";
    let form = match family {
        Family::Json | Family::JsonSuffix => BodyForm::Json,
        Family::UrlEncoded => BodyForm::UrlEncoded,
        Family::Multipart => BodyForm::Multipart(parts(root, schema, &here)?),
        Family::Raw => BodyForm::Raw,
    };
    if form == BodyForm::UrlEncoded {
        flat_form(root, schema, &here)?;
        repeated_names(root, schema, &body["content"][media_type]["encoding"], at, media_type)?;
    }
    let max_additional = extension::count(schema, &here, "x-max-additional-properties")?;
    if max_additional.is_some() && !keeps_additional(schema) {
        return Err(Error::new("known-extension-value", format!("{here}/x-max-additional-properties"), "the body has no room for additional members that could be counted")
            .remedy("Write `additionalProperties: true` beside its `properties` in an overlay, or leave the limit out"));
    }
    Ok(Some(RequestMeta { media_type: media_type.to_owned(), form, max_additional }))
}

/// Whether a type with declared members also has the map of undeclared ones.
fn keeps_additional(schema: &Value) -> bool {
    let has_members = schema["properties"].as_object().is_some_and(|properties| !properties.is_empty());
    has_members && !matches!(schema["additionalProperties"], Value::Null | Value::Bool(false))
}

/// The parts of a multipart form, in the order of the document.
///
/// Rule `declared-parts`: progenitor knows no multipart; the form is ours, made of what the schema declares
/// in place.
fn parts(root: &Value, schema: &Value, at: &str) -> Result<Vec<PartMeta>, Error> {
    let properties =
        schema["properties"].as_object().filter(|properties| !properties.is_empty()).ok_or_else(|| {
            Error::new(
                "declared-parts",
                at,
                "the multipart form does not declare its parts under `properties`",
            )
            .remedy("Declare them in a repair: `type: object` with one property for each part")
        })?;
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut fields: Vec<String> = Vec::new();
    let mut made = Vec::new();
    for (name, property) in properties {
        let field = ident::snake(name);
        if !ident::is_name(&field) {
            return Err(Error::new(
                "declared-parts",
                pointer::join(&format!("{at}/properties"), name),
                format!("`{name}` cannot be the name of a field"),
            )
            .remedy("Remove it in a repair if it is optional"));
        }
        if fields.contains(&field) {
            return Err(Error::new(
                "declared-parts",
                pointer::join(&format!("{at}/properties"), name),
                format!("two parts are the field `{field}`"),
            )
            .remedy("Remove one of them in a repair"));
        }
        fields.push(field);
        let followed = openapi::follow(root, property).unwrap_or(property);
        made.push(PartMeta {
            name: name.clone(),
            required: required.contains(&name.as_str()),
            repeated: followed["type"] == "array",
            description: text(&property["description"]),
        });
    }
    Ok(made)
}

fn is_object(schema: &Value) -> bool {
    schema["type"] == "object" || schema.get("properties").is_some()
}

/// Rule `flat-form`: a URL-encoded form is pairs of texts. Lists repeat their name; how an object would be
/// written there, OpenAPI leaves open.
fn flat_form(root: &Value, schema: &Value, at: &str) -> Result<(), Error> {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let property = openapi::follow(root, property).unwrap_or(property);
        let item = openapi::follow(root, &property["items"]).unwrap_or(&Value::Null);
        if is_object(property) || is_object(item) || item["type"] == "array" {
            return Err(Error::new("flat-form", pointer::join(&format!("{at}/properties"), name), format!("`{name}` is more than a text or a list of texts, which a URL-encoded form cannot carry"))
                .remedy("Write it in a repair as the vendor wants it: a text, or members of their own such as `name[key]`"));
        }
    }
    Ok(())
}

/// Rule `repeated-name`: in a URL-encoded form a list repeats its name, which is `style: form` with `explode: true`.
/// Another way to write a member would not be the one the document asks for.
fn repeated_names(
    root: &Value,
    schema: &Value,
    encoding: &Value,
    at: &str,
    media_type: &str,
) -> Result<(), Error> {
    for (name, encoding) in encoding.as_object().into_iter().flatten() {
        let style = encoding["style"].as_str().unwrap_or("form");
        let is_repeated = style == "form" && encoding["explode"] != false;
        // Of a single text, `explode` and the styles of lists say nothing.
        let is_of_lists = matches!(style, "form" | "spaceDelimited" | "pipeDelimited");
        if is_repeated || (is_of_lists && is_single(root, schema, name)) {
            continue;
        }
        let asked = if style == "form" { "explode: false" } else { style };
        let place = pointer::join(&format!("{at}/requestBody/content"), media_type) + "/encoding";
        return Err(Error::new("repeated-name", pointer::join(&place, name), format!("`{name}` is to be written as `{asked}`, and a URL-encoded form is written with a repeated name alone"))
            .remedy("In a repair, declare the member as one text, which the caller joins, or remove its `encoding` if the vendor takes a repeated name"));
    }
    Ok(())
}

/// Whether the member `name` of `schema` is declared as one value: no list and no object.
fn is_single(root: &Value, schema: &Value, name: &str) -> bool {
    let mut declared = Vec::new();
    members(root, schema, name, 0, &mut declared);
    let is_list = declared.iter().all(|member| openapi::may_be_list(root, member));
    let is_object = || declared.iter().any(|member| openapi::follow(root, member).is_some_and(is_object));
    // What is declared nowhere may be a list; all declarations of one member hold at once.
    !is_list && !is_object()
}

/// The declarations of the member `name` in `schema` and in what it is `allOf`.
fn members<'a>(root: &'a Value, schema: &'a Value, name: &str, depth: usize, found: &mut Vec<&'a Value>) {
    let Some(schema) = openapi::follow(root, schema).filter(|_| depth < 16) else { return };
    found.extend(schema["properties"].get(name));
    for part in schema["allOf"].as_array().into_iter().flatten() {
        members(root, part, name, depth + 1, found);
    }
}
