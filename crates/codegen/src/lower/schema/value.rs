//! Keywords that name values: `const`, `enum`, `examples`, and the content of strings.

use serde_json::{Value, json};

use super::Schema;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// [`rule::CONST`].
pub(super) fn const_to_enum(schema: &mut Schema, at: &str, notes: &mut Notes) {
    if let Some(only) = schema.shift_remove("const") {
        notes.record(rule::CONST, join(at, "const"), format!("`enum` of {only} alone"));
        schema.insert("enum".to_owned(), json!([only]));
    }
}

/// [`rule::CONTENT_FORMAT`]. A schema that says nothing of its type is a string, for the keywords say
/// nothing of other values; a `format` of its own is left as it is.
pub(super) fn content_to_format(schema: &mut Schema, at: &str, notes: &mut Notes) {
    let (keyword, format) = if schema.get("contentEncoding") == Some(&json!("base64")) {
        ("contentEncoding", "byte")
    } else if schema.get("contentEncoding").is_none()
        && schema.get("contentMediaType") == Some(&json!("application/octet-stream"))
    {
        ("contentMediaType", "binary")
    } else {
        return;
    };
    if schema.contains_key("format") || !may_be_string(schema) {
        return;
    }
    schema.shift_remove(keyword);
    schema.entry("type").or_insert_with(|| json!("string"));
    schema.insert("format".to_owned(), json!(format));
    notes.record(rule::CONTENT_FORMAT, join(at, keyword), format!("`format: {format}`"));
}

/// [`rule::EXAMPLES`].
pub(super) fn first_example(schema: &mut Schema, at: &str, notes: &mut Notes) {
    let Some(examples) = schema.shift_remove("examples") else { return };
    let mut examples = match examples {
        Value::Array(examples) => examples,
        _ => Vec::new(),
    };
    let kept = !schema.contains_key("example") && !examples.is_empty();
    if kept {
        schema.insert("example".to_owned(), examples.remove(0));
    }
    let first = if kept { "the first kept as `example`" } else { "none kept" };
    notes.record(rule::EXAMPLES, join(at, "examples"), format!("{first}, {} dropped", examples.len()));
}

/// [`rule::NULL_IN_ENUM`].
pub(super) fn null_in_enum(schema: &mut Schema, at: &str, notes: &mut Notes) {
    let lists_null =
        matches!(schema.get("enum"), Some(Value::Array(values)) if values.contains(&Value::Null));
    if lists_null && schema.get("nullable") != Some(&json!(true)) {
        schema.insert("nullable".to_owned(), json!(true));
        notes.record(rule::NULL_IN_ENUM, join(at, "enum"), "`nullable: true` supplied");
    }
}

fn may_be_string(schema: &Schema) -> bool {
    match schema.get("type") {
        None => !schema.contains_key("$ref"),
        Some(Value::Array(types)) => types.contains(&json!("string")),
        Some(name) => name == "string",
    }
}
