//! A lowered document on a page: its operations and schemas, one line each, for review.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The outline.
#[must_use]
pub fn outline(document: &Value) -> String {
    let info = &document["info"];
    let mut text = format!(
        "{} {} (OpenAPI {})\n",
        plain(&info["title"]),
        plain(&info["version"]),
        plain(&document["openapi"])
    );
    for server in items(&document["servers"]) {
        let _ = writeln!(text, "server {}", plain(&server["url"]));
    }
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item).filter(|(_, operation)| operation.get("responses").is_some())
        {
            self::operation(&mut text, path, method, item, operation);
        }
    }
    for (name, schema) in members(&document["components"]["schemas"]) {
        let _ = write!(text, "\n{name}: ");
        write_schema(&mut text, schema, 1);
        text.push('\n');
    }
    text
}

fn operation(text: &mut String, path: &str, method: &str, item: &Value, operation: &Value) {
    let _ = writeln!(text, "\n{} {path}  {}", method.to_uppercase(), plain(&operation["operationId"]));
    for extension in ["x-retry", "x-quota", "x-records", "x-observed-path"] {
        if let Some(value) = operation.get(extension) {
            let _ = writeln!(text, "  {extension} {value}");
        }
    }
    for parameter in items(&item["parameters"]).chain(items(&operation["parameters"])) {
        if let Some(reference) = parameter["$ref"].as_str() {
            let _ = writeln!(text, "  parameter {reference}");
            continue;
        }
        let mark = if parameter["required"] == true { "!" } else { "" };
        let _ = write!(text, "  {} {}{mark}: ", plain(&parameter["in"]), plain(&parameter["name"]));
        write_schema(text, &parameter["schema"], 2);
        text.push('\n');
    }
    content(text, "body", &operation["requestBody"]);
    for (status, response) in members(&operation["responses"]) {
        content(text, status, response);
    }
}

/// A body or response: one line per media type.
fn content(text: &mut String, label: &str, holder: &Value) {
    if let Some(reference) = holder["$ref"].as_str() {
        let _ = writeln!(text, "  {label} {reference}");
    } else if members(&holder["content"]).next().is_none() {
        if !holder.is_null() {
            let _ = writeln!(text, "  {label}");
        }
    } else {
        for (media_type, media) in members(&holder["content"]) {
            let _ = write!(text, "  {label} {media_type}: ");
            write_schema(text, &media["schema"], 2);
            text.push('\n');
        }
    }
}

fn write_schema(text: &mut String, schema: &Value, depth: usize) {
    if let Some(reference) = schema["$ref"].as_str() {
        text.push_str(reference.rsplit('/').next().unwrap_or_default());
        return;
    }
    if let Some(title) = schema["title"].as_str() {
        let _ = write!(text, "{title} ");
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        let _ = write!(text, "{}", values.join(" | "));
    } else if let Some((keyword, branches)) = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .find_map(|keyword| Some((keyword, schema[keyword].as_array()?)))
    {
        let _ = write!(text, "{keyword} (");
        for (index, branch) in branches.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            write_schema(text, branch, depth + 1);
        }
        text.push(')');
    } else if schema["type"] == "array" {
        text.push('[');
        write_schema(text, &schema["items"], depth);
        text.push(']');
    } else {
        text.push_str(schema["type"].as_str().unwrap_or("any"));
        if let Some(format) = schema["format"].as_str() {
            let _ = write!(text, " {format}");
        }
    }
    if schema["nullable"] == true {
        text.push('?');
    }
    fields(text, schema, depth);
}

fn fields(text: &mut String, schema: &Value, depth: usize) {
    let required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
    for (name, property) in members(&schema["properties"]) {
        let mark = if required.contains(&name.as_str()) { "!" } else { "" };
        let _ = write!(text, "\n{}{name}{mark}: ", "  ".repeat(depth));
        write_schema(text, property, depth + 1);
    }
    if let Some(others) = schema.get("additionalProperties") {
        let _ = write!(text, "\n{}(others): ", "  ".repeat(depth));
        write_schema(text, others, depth + 1);
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    static EMPTY: std::sync::OnceLock<Map<String, Value>> = std::sync::OnceLock::new();
    value.as_object().unwrap_or_else(|| EMPTY.get_or_init(Map::new)).iter()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
