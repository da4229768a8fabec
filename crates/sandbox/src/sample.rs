//! A value made from a schema, the same every time.

use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::schema::Schema;

/// A schema that contains itself ends here.
const MAX_DEPTH: usize = 12;

/// What the schema itself proposes (`example`, `examples`, `default`, `const`, `enum`), else a
/// plain value of its type. `name` is what the value is called where it stands.
pub(crate) fn sample(schema: &Schema, name: &str) -> Value {
    of(schema.document(), schema.value(), name, 0)
}

fn of(document: &Document, schema: &Value, name: &str, depth: usize) -> Value {
    // A reference that leads nowhere is found when the validators are compiled.
    let schema = document.resolve("", schema).map_or(schema, |(_, schema)| schema);
    if let Some(proposed) = proposed(schema) {
        return proposed.clone();
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let mut whole = Map::new();
        for part in parts.iter().map(|part| of(document, part, name, depth + 1)) {
            whole.extend(part.as_object().cloned().unwrap_or_default());
        }
        return Value::Object(whole);
    }
    let alternatives = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    if let Some(first) = alternatives.and_then(|it| it.get(0)).filter(|_| depth < MAX_DEPTH) {
        return of(document, first, name, depth + 1);
    }
    match kind(schema) {
        "object" => object(document, schema, depth),
        "array" if depth < MAX_DEPTH => schema
            .get("items")
            .map_or_else(|| json!([]), |items| json!([of(document, items, name, depth + 1)])),
        "array" => json!([]),
        "integer" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "number" => schema.get("minimum").cloned().unwrap_or(json!(1.0)),
        "boolean" => json!(true),
        "string" => json!(text(schema, name)),
        _ => Value::Null,
    }
}

fn proposed(schema: &Value) -> Option<&Value> {
    let first = |key: &str| schema.get(key).and_then(|list| list.get(0));
    let own = |key: &str| schema.get(key);
    own("example")
        .or_else(|| first("examples"))
        .or_else(|| own("default"))
        .or_else(|| own("const"))
        .or_else(|| first("enum"))
}

/// The first type that is not null; an object may leave its type unsaid.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ => "null",
    }
}

fn object(document: &Document, schema: &Value, depth: usize) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object).filter(|_| depth < MAX_DEPTH);
    let properties = properties.into_iter().flatten();
    properties.map(|(name, schema)| (name.clone(), of(document, schema, name, depth + 1))).collect()
}

fn text(schema: &Value, name: &str) -> String {
    let words = words(name);
    match schema.get("format").and_then(Value::as_str).unwrap_or_default() {
        "email" => "jane.doe@example.com".to_owned(),
        "date-time" => "2025-01-15T09:30:00Z".to_owned(),
        "date" => "2025-01-15".to_owned(),
        "uri" | "url" => format!("https://example.com/{}", words.replace(' ', "-")),
        "uuid" => "0b8f2c1e-6d57-4c3a-9e21-5a4d3f7b9c10".to_owned(),
        _ => words,
    }
}

/// `firstName`, `first_name` and `FirstName` are all `first name`.
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut after_lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_lower {
            words.push(' ');
        }
        after_lower = letter.is_lowercase() || letter.is_ascii_digit();
        words.extend(if letter.is_alphanumeric() { letter } else { ' ' }.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vendor;

    fn document(text: &str) -> Document {
        Document::parse("test.json", Vendor::Gong, text).unwrap()
    }

    fn sample_of(schema: &Value) -> Value {
        of(&document(r#"{"openapi": "3.1.0"}"#), schema, "value", 0)
    }

    #[test]
    fn a_name_becomes_plain_words() {
        let names = ["firstName", "first_name", "FirstName", "NPS", "LinkedinUrl", "X-Api-Key"];
        let expected = ["first name", "first name", "first name", "nps", "linkedin url", "x api key"];
        assert_eq!(names.map(words), expected);
    }

    #[test]
    fn what_a_schema_proposes_comes_before_what_its_type_implies() {
        assert_eq!(
            sample_of(&json!({"type": "string", "examples": ["Champion", "User"]})),
            json!("Champion")
        );
        assert_eq!(sample_of(&json!({"type": "string", "enum": ["queued"]})), json!("queued"));
        assert_eq!(sample_of(&json!({"type": ["null", "integer"]})), json!(1));
        assert_eq!(sample_of(&json!({"nullable": true})), Value::Null);
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let tree = r##"{"type": "object", "properties": {"child": {"$ref": "#/tree"}}}"##;
        let document = document(&format!(r#"{{"openapi": "3.1.0", "tree": {tree}}}"#));
        let tree = of(&document, &json!({"$ref": "#/tree"}), "tree", 0);
        assert_eq!(tree.pointer(&"/child".repeat(MAX_DEPTH)), Some(&json!({})));
    }
}
