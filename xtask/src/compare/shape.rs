//! A schema with its references followed and its `allOf` flattened, and the Rust type it becomes.

use std::collections::{BTreeMap, BTreeSet};

use revops_codegen::adapt::makes_enum;
use serde_json::Value;

use super::document::{Document, name_of, reference};
use super::walk::{NOTHING, flag, part};

#[derive(Default)]
pub(super) struct Shape<'a> {
    /// The address of the schema, to know it again.
    pub(super) id: usize,
    /// What names the Rust type: the component it is a reference to, else its title.
    pub(super) name: Option<&'a str>,
    /// `string`, `integer`, `array`, `object` (of known fields), `map` (of unknown ones), `oneOf`, `any`…
    pub(super) kind: String,
    pub(super) format: Option<&'a str>,
    pub(super) nullable: bool,
    /// The values of the `enum`, without null, if the generator makes an enum of them.
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) properties: Vec<(&'a str, &'a Value)>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) items: Option<&'a Value>,
    /// What fields beyond the known ones hold, if the document wants us to keep them.
    pub(super) others: Option<&'a Value>,
    /// The schemas of `oneOf` and `anyOf`.
    pub(super) branches: Vec<&'a Value>,
    /// Every further keyword that says something.
    pub(super) rest: BTreeMap<&'a str, &'a Value>,
}

/// Keywords for readers; they do not change what is sent or generated.
const TEXT: [&str; 7] = ["description", "summary", "title", "example", "examples", "externalDocs", "xml"];

/// Keywords that may stand beside a single `allOf` reference and leave it a reference.
const BESIDE: [&str; 5] = ["nullable", "default", "deprecated", "readOnly", "writeOnly"];

impl<'a> Shape<'a> {
    pub(super) fn new(document: &Document<'a>, schema: &'a Value) -> Self {
        let mut shape = Shape::default();
        let only = only_part(schema);
        let resolved = document.resolve(only.unwrap_or(schema));
        shape.id = std::ptr::from_ref(resolved).addr();
        shape.absorb(document, resolved, &mut Vec::new());
        if only.is_some() {
            shape.own(schema);
        }
        shape.free_one_way_members(document);
        let said = std::mem::take(&mut shape.kind);
        let mut kinds: Vec<&str> = said.split('|').filter(|kind| !kind.is_empty()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        shape.kind = shape.settle(&kinds);
        let title = resolved.get("title").and_then(Value::as_str).filter(|_| shape.is_named());
        shape.name = reference(only.unwrap_or(schema)).map(name_of).or(title);
        shape
    }

    /// The Rust type of a scalar, as far as the generator tells them apart. Bounds and patterns are left to the vendor,
    /// and so are texts of most formats.
    pub(super) fn rust_type(&self) -> &'static str {
        let format = self.format.unwrap_or_default();
        match self.kind.as_str() {
            "string" => match format {
                "date" => "NaiveDate",
                "date-time" => "DateTime<Utc>",
                _ if self.values.is_some() => "enum",
                _ => "String",
            },
            "integer" => match format {
                "int8" => "i8",
                "uint8" => "u8",
                "int16" => "i16",
                "uint16" => "u16",
                "int" | "int32" => "i32",
                "uint" | "uint32" => "u32",
                "uint64" => "u64",
                _ => "i64",
            },
            "number" if format == "float" => "f32",
            "number" => "f64",
            _ => "",
        }
    }

    /// Whether the generator gives this shape a type of its own.
    fn is_named(&self) -> bool {
        matches!(self.kind.as_str(), "object" | "oneOf" | "anyOf") || self.values.is_some()
    }

    /// A member that goes one way only may be missing in the other, so that the one type of both has an `Option`, unless
    /// it is a constant.
    fn free_one_way_members(&mut self, document: &Document<'a>) {
        for (name, property) in &self.properties {
            let property = document.resolve(property);
            let is_constant = part(property, "enum").as_array().is_some_and(|values| values.len() == 1);
            if (flag(property, "readOnly") || flag(property, "writeOnly")) && !is_constant {
                self.required.remove(name);
            }
        }
    }

    fn absorb(&mut self, document: &Document<'a>, schema: &'a Value, inside: &mut Vec<&'a Value>) {
        let schema = document.resolve(schema);
        if inside.iter().any(|outer| std::ptr::eq(*outer, schema)) {
            return;
        }
        inside.push(schema);
        for part in part(schema, "allOf").as_array().into_iter().flatten() {
            self.absorb(document, part, inside);
        }
        inside.pop();
        self.own(schema);
    }

    /// Takes over what the schema says itself, beside its `allOf`.
    fn own(&mut self, schema: &'a Value) {
        for (key, value) in schema.as_object().into_iter().flatten() {
            match key.as_str() {
                "type" => self.types(value),
                "format" => self.format = value.as_str(),
                "nullable" => self.nullable |= value.as_bool() == Some(true),
                "enum" => {
                    let values = value.as_array().into_iter().flatten();
                    // Where the generator makes no enum, the values only bound the plain type.
                    if makes_enum(values.clone()) {
                        self.values = Some(values.filter(|value| !value.is_null()).collect());
                    } else {
                        self.rest.insert(key, value);
                    }
                }
                "properties" => {
                    for (name, property) in value.as_object().into_iter().flatten() {
                        self.properties.retain(|(known, _)| known != name);
                        self.properties.push((name, property));
                    }
                }
                "required" => {
                    self.required.extend(value.as_array().into_iter().flatten().filter_map(Value::as_str));
                }
                "items" => self.items = Some(value),
                // `false` is dropped before generation, since it would make every new field an error.
                "additionalProperties" => self.others = (*value != Value::Bool(false)).then_some(value),
                "oneOf" | "anyOf" => {
                    self.kind.push_str(key);
                    self.kind.push('|');
                    self.branches.extend(value.as_array().into_iter().flatten());
                }
                "allOf" | "$ref" => {}
                _ if TEXT.contains(&key.as_str()) => {}
                _ if *value == Value::Bool(false) && key != "default" && !key.starts_with("x-") => {}
                _ => {
                    self.rest.insert(key, value);
                }
            }
        }
    }

    fn types(&mut self, value: &'a Value) {
        let many = value.as_array().into_iter().flatten();
        for name in many.chain(value.is_string().then_some(value)).filter_map(Value::as_str) {
            if name == "null" {
                self.nullable = true;
            } else {
                self.kind.push_str(name);
                self.kind.push('|');
            }
        }
    }

    /// Decides what the schema is, where it does not say so or says more than one thing.
    fn settle(&mut self, kinds: &[&str]) -> String {
        let branches: Vec<&str> = kinds.iter().copied().filter(|kind| kind.ends_with("Of")).collect();
        let fields = !self.properties.is_empty() || !self.required.is_empty();
        match kinds {
            _ if !branches.is_empty() => branches.join("|"),
            [] | ["object"] if fields => {
                let unknown =
                    self.required.iter().filter(|name| !self.properties.iter().any(|(p, _)| p == *name));
                // A required name without a schema is a field that holds anything.
                let unknown: Vec<_> = unknown.map(|name| (*name, &NOTHING)).collect();
                self.properties.extend(unknown);
                "object".to_owned()
            }
            _ if kinds == ["object"] || (kinds.is_empty() && self.others.is_some()) => {
                // A map holds anything, unless it says what.
                self.others.get_or_insert(&NOTHING);
                "map".to_owned()
            }
            [] if self.items.is_some() => "array".to_owned(),
            [] if self.values.is_some() => "string".to_owned(),
            [] => "any".to_owned(),
            some => some.join("|"),
        }
    }
}

/// The reference in an `allOf` that only serves to say something beside it.
fn only_part(schema: &Value) -> Option<&Value> {
    let object = schema.as_object()?;
    let [only] = object.get("allOf")?.as_array()?.as_slice() else { return None };
    let beside = |key: &str| TEXT.contains(&key) || BESIDE.contains(&key) || key.starts_with("x-");
    (reference(only).is_some() && object.keys().all(|key| key == "allOf" || beside(key))).then_some(only)
}
