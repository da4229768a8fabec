//! The five published documents, embedded byte for byte and parsed once per process.

use std::sync::OnceLock;

use jsonschema::{Draft, Registry};
use serde_json::Value;

use crate::Vendor;

/// Name under `specs/`, vendor, text.
const PUBLISHED: [(&str, Vendor, &str); 5] = [
    ("usergems/usergems.yaml", Vendor::UserGems, include_str!("../specs/usergems/usergems.yaml")),
    ("userpilot/userpilot.json", Vendor::Userpilot, include_str!("../specs/userpilot/userpilot.json")),
    ("gainsight/person.yaml", Vendor::Gainsight, include_str!("../specs/gainsight/person.yaml")),
    (
        "gainsight/user-management.yaml",
        Vendor::Gainsight,
        include_str!("../specs/gainsight/user-management.yaml"),
    ),
    ("gong/users.yaml", Vendor::Gong, include_str!("../specs/gong/users.yaml")),
];

/// A reference of a reference is followed this often before it is taken for a circle.
const MAX_REFERENCES: usize = 16;

/// One published document.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its path under `specs/`.
    pub(crate) name: &'static str,
    pub(crate) vendor: Vendor,
    pub(crate) root: Value,
    /// The JSON Schema draft that judges what the document's schemas say.
    pub(crate) draft: Draft,
    registry: OnceLock<Result<Registry<'static>, String>>,
}

/// All documents, or why the first unreadable one is unreadable.
pub(crate) fn published() -> Result<&'static [Document], &'static str> {
    static DOCUMENTS: OnceLock<Result<Vec<Document>, String>> = OnceLock::new();
    let documents = DOCUMENTS.get_or_init(|| {
        PUBLISHED.iter().map(|(name, vendor, text)| Document::parse(name, *vendor, text)).collect()
    });
    documents.as_deref().map_err(String::as_str)
}

impl Document {
    pub(crate) fn parse(name: &'static str, vendor: Vendor, text: &str) -> Result<Self, String> {
        // JSON is YAML.
        let root: Value = serde_saphyr::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        // The 3.0 dialect is draft 4 (its exclusiveMinimum is a boolean, its $ref hides its
        // siblings) with `nullable`, which `nullable_to_type` writes as draft 4 would.
        let draft = match root["openapi"].as_str() {
            Some(version) if version.starts_with("3.1.") => Draft::Draft202012,
            Some(version) if version.starts_with("3.0.") => Draft::Draft4,
            other => return Err(format!("{name}: /openapi is {other:?}, expected 3.0 or 3.1")),
        };
        Ok(Self { name, vendor, root, draft, registry: OnceLock::new() })
    }

    /// The value a `$ref` leads to, with the pointer to it; a value without `$ref` is itself.
    pub(crate) fn resolve<'a>(
        &'a self,
        pointer: &str,
        value: &'a Value,
    ) -> Result<(String, &'a Value), String> {
        let (mut pointer, mut value) = (pointer.to_owned(), value);
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok((pointer, value));
            };
            let target =
                reference.strip_prefix('#').and_then(|target| Some((target, self.root.pointer(target)?)));
            let Some((target, found)) = target else {
                return Err(format!("{}: {pointer}: `{reference}` leads nowhere", self.name));
            };
            (pointer, value) = (target.to_owned(), found);
        }
        Err(format!("{}: {pointer}: a circle of references", self.name))
    }

    /// The path of the document's first server, such as `/v2`; empty when it has none.
    pub(crate) fn base_path(&self) -> &str {
        let url = self.root.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default();
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        after_scheme.find('/').map_or("", |at| after_scheme[at..].trim_end_matches('/'))
    }

    /// The address under which the validator knows this document.
    pub(crate) fn uri(&self) -> String {
        format!("https://published.invalid/{}", self.name)
    }

    /// The document as a resource, so that a schema's references resolve inside the whole of it.
    pub(crate) fn registry(&'static self) -> Result<&'static Registry<'static>, String> {
        let registry = self.registry.get_or_init(|| {
            let mut root = self.root.clone();
            if self.draft == Draft::Draft4 {
                nullable_to_type(&mut root);
            }
            let resource = self.draft.create_resource(root);
            Registry::new()
                .add(self.uri(), resource)
                .and_then(jsonschema::RegistryBuilder::prepare)
                .map_err(|error| format!("{}: {error}", self.name))
        });
        registry.as_ref().map_err(Clone::clone)
    }
}

/// `type: string, nullable: true` becomes `type: [string, null]`; without a `type`, `nullable`
/// says nothing (`OpenAPI` 3.0.3) and stays.
fn nullable_to_type(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.get("nullable") == Some(&Value::Bool(true))
                && let Some(kind @ Value::String(_)) = object.get("type").cloned()
            {
                object.insert("type".to_owned(), Value::Array(vec![kind, "null".into()]));
            }
            object.values_mut().for_each(nullable_to_type);
        }
        Value::Array(items) => items.iter_mut().for_each(nullable_to_type),
        _ => {}
    }
}

/// One segment of a JSON pointer, escaped.
pub(crate) fn segment(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nullable_is_a_type_only_beside_a_type() {
        let mut schema = json!({"a": {"type": "string", "nullable": true}, "b": {"nullable": true}});
        nullable_to_type(&mut schema);
        assert_eq!(schema["a"]["type"], json!(["string", "null"]));
        assert_eq!(schema["b"], json!({"nullable": true}));
    }

    #[test]
    fn every_document_is_read_with_the_base_path_of_its_server() {
        let base_paths: Vec<_> =
            published().unwrap().iter().map(|document| (document.name, document.base_path())).collect();
        let expected = [
            ("usergems/usergems.yaml", "/v1"),
            ("userpilot/userpilot.json", ""),
            ("gainsight/person.yaml", "/v1"),
            ("gainsight/user-management.yaml", "/v1"),
            ("gong/users.yaml", "/v2"),
        ];
        assert_eq!(base_paths, expected);
    }

    #[test]
    fn a_dangling_reference_is_named() {
        let document = Document::parse("x.json", Vendor::Gong, r#"{"openapi": "3.1.0"}"#).unwrap();
        let error = document.resolve("/paths", &json!({"$ref": "#/components/none"})).unwrap_err();
        assert_eq!(error, "x.json: /paths: `#/components/none` leads nowhere");
    }
}
