//! One published schema and the validator made from it when it is first needed.

use std::sync::OnceLock;

use jsonschema::Validator;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::document::Document;

/// What a JSON pointer needs escaped inside a URI fragment.
const FRAGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'~').remove(b'-').remove(b'_').remove(b'.');

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
