//! One published schema and the validator made from it when it is first needed.

use std::sync::OnceLock;

use jsonschema::Validator;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::document::Document;

/// What a JSON pointer needs escaped inside a URI fragment.
const FRAGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'~').remove(b'-').remove(b'_').remove(b'.');

/// A reference or alternative inside another is followed this deep.
const MAX_DEPTH: usize = 12;

/// A schema, where it stands, and its validator.
#[derive(Debug)]
pub(crate) struct Schema {
    document: &'static Document,
    pointer: String,
    value: &'static Value,
    validator: OnceLock<Result<Validator, String>>,
}

/// What a schema objects to: a JSON pointer into the judged value and a sentence.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Objection {
    pub(crate) pointer: String,
    pub(crate) text: String,
}

impl Schema {
    pub(crate) fn new(document: &'static Document, pointer: String, value: &'static Value) -> Self {
        Self { document, pointer, value, validator: OnceLock::new() }
    }

    /// The schema itself, its own `$ref` followed.
    pub(crate) fn value(&self) -> &'static Value {
        self.document.resolve(&self.pointer, self.value).map_or(self.value, |(_, value)| value)
    }

    pub(crate) fn document(&self) -> &'static Document {
        self.document
    }

    /// Everything the schema objects to in `instance`, sorted by place. The sentences name no value of the
    /// instance: values are people's data.
    pub(crate) fn judge(&self, instance: &Value) -> Vec<Objection> {
        let validator = match self.validator() {
            Ok(validator) => validator,
            Err(error) => {
                let text = format!("the published schema is unusable: {error}");
                return vec![Objection { pointer: String::new(), text }];
            }
        };
        let objections = validator.iter_errors(instance).map(|error| Objection {
            pointer: error.instance_path().to_string(),
            text: error.masked().to_string(),
        });
        // The validator goes by its own order, which is neither the schema's nor the value's.
        let mut objections: Vec<Objection> = objections.collect();
        objections.sort();
        objections
    }

    pub(crate) fn validator(&self) -> Result<&Validator, &str> {
        self.validator.get_or_init(|| self.compile()).as_ref().map_err(String::as_str)
    }

    fn compile(&self) -> Result<Validator, String> {
        let fragment = utf8_percent_encode(&self.pointer, FRAGMENT);
        jsonschema::options()
            .with_draft(self.document.draft)
            .with_registry(self.document.registry()?)
            .should_validate_formats(true)
            .offline()
            .build(&json!({"$ref": format!("{}#{fragment}", self.document.uri())}))
            .map_err(|error| format!("{} {}: {error}", self.document.name, self.pointer))
    }
}

/// The schemas with their references followed and their parts and alternatives beside them; `depth` is
/// how many of these they are inside.
pub(crate) fn flatten<'a>(document: &'a Document, schemas: &[&'a Value], depth: usize) -> Vec<&'a Value> {
    let mut all = Vec::new();
    for schema in schemas {
        let Ok((_, schema)) = document.resolve("", schema) else { continue };
        all.push(schema);
        let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
        let parts: Vec<&Value> = parts.flatten().collect();
        if depth < MAX_DEPTH && !parts.is_empty() {
            all.extend(flatten(document, &parts, depth + 1));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vendor;

    fn judge(version: &str, schema: &Value, instance: &Value) -> Vec<Objection> {
        let text = json!({"openapi": version, "components": {"schemas": {"S": schema}}}).to_string();
        let document: &'static Document =
            Box::leak(Box::new(Document::parse("x.json", Vendor::Gong, &text).unwrap()));
        let reference = Box::leak(Box::new(json!({"$ref": "#/components/schemas/S"})));
        Schema::new(document, "/components/schemas/S".to_owned(), reference).judge(instance)
    }

    #[test]
    fn the_dialect_of_a_document_is_that_of_its_version() {
        let nullable = json!({"type": "string", "nullable": true});
        assert_eq!(judge("3.0.0", &nullable, &Value::Null), []);
        assert_eq!(judge("3.1.0", &nullable, &Value::Null).len(), 1);
        let exclusive = json!({"minimum": 1, "exclusiveMinimum": true});
        assert_eq!(judge("3.0.0", &exclusive, &json!(1)).len(), 1);
        let exclusive = json!({"exclusiveMinimum": 1});
        assert_eq!(judge("3.1.0", &exclusive, &json!(1)).len(), 1);
    }

    #[test]
    fn a_known_format_is_asserted_and_an_unknown_one_is_not() {
        for (format, objections) in [("email", 1), ("date-time", 1), ("uri", 1), ("style", 0), ("color", 0)] {
            for version in ["3.0.0", "3.1.0"] {
                let schema = json!({"type": "string", "format": format});
                assert_eq!(judge(version, &schema, &json!("x y")).len(), objections, "{version} {format}");
            }
        }
    }

    #[test]
    fn an_unusable_schema_is_an_objection_to_everything() {
        let objections = judge("3.1.0", &json!({"type": 7}), &json!(1));
        assert!(objections[0].text.starts_with("the published schema is unusable: "), "{objections:?}");
    }
}
