//! All operations of all documents, read once per process.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::Vendor;
use crate::credentials::{self, Scheme};
use crate::document::{Document, published, segment};
use crate::exception::{self, DOUBLE_BRACES, NO_SUCCESS};
use crate::operation::{In, Media, Operation, Parameter, RequestBody, Response};
use crate::route::Segment;
use crate::schema::Schema;

/// Every operation, and the path that each vendor's server URL adds before it.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) operations: Vec<Operation>,
    bases: BTreeMap<Vendor, String>,
}

impl Catalog {
    /// The catalog of the published documents, or the first thing in them that cannot be read.
    pub(crate) fn published() -> Result<&'static Self, &'static str> {
        static CATALOG: OnceLock<Result<Catalog, String>> = OnceLock::new();
        CATALOG.get_or_init(Self::read).as_ref().map_err(String::as_str)
    }

    /// The path of a vendor's base URL on the sandbox, such as `/gong/v2`.
    pub(crate) fn base(&self, vendor: Vendor) -> &str {
        self.bases.get(&vendor).map_or("", String::as_str)
    }

    fn read() -> Result<Self, String> {
        let mut catalog = Self { operations: Vec::new(), bases: BTreeMap::new() };
        for document in published()? {
            let base = format!("/{}{}", document.vendor.slug(), document.base_path());
            let known = catalog.bases.entry(document.vendor).or_insert_with(|| base.clone());
            if *known != base {
                return Err(format!("{}: server path {base}, another document says {known}", document.name));
            }
            catalog.operations.extend(operations(document)?);
        }
        Ok(catalog)
    }
}

pub(crate) fn operations(document: &'static Document) -> Result<Vec<Operation>, String> {
    const METHODS: [(&str, Method); 8] = [
        ("get", Method::GET),
        ("put", Method::PUT),
        ("post", Method::POST),
        ("delete", Method::DELETE),
        ("options", Method::OPTIONS),
        ("head", Method::HEAD),
        ("patch", Method::PATCH),
        ("trace", Method::TRACE),
    ];
    let mut operations = Vec::new();
    for (template, item) in entries(document.root.get("paths")) {
        for (key, method) in &METHODS {
            if let Some(node) = item.get(key) {
                let pointer = format!("/paths/{}", segment(template));
                let reader = Reader { document, item, item_pointer: &pointer, node, key };
                operations.push(reader.operation(template, method.clone())?);
            }
        }
    }
    Ok(operations)
}

/// Reads one operation.
struct Reader<'a> {
    document: &'static Document,
    item: &'static Value,
    item_pointer: &'a str,
    node: &'static Value,
    key: &'a str,
}

impl Reader<'_> {
    fn operation(&self, template: &str, method: Method) -> Result<Operation, String> {
        let braces = exception::covers(DOUBLE_BRACES, self.document.name, self.item_pointer);
        let path = if braces { template.replace("{{", "{").replace("}}", "}") } else { template.to_owned() };
        let id = self.node.get("operationId").and_then(Value::as_str);
        let responses = self.responses()?;
        let parameters = self.parameters()?;
        Ok(Operation {
            document: self.document,
            id: id.map_or_else(|| format!("{method} {path}"), str::to_owned),
            segments: Segment::parse(&path).map_err(|error| self.error(&error))?,
            schemes: self.schemes(&parameters)?,
            body: self.body()?,
            success: self.success(&responses)?,
            method,
            path,
            parameters,
            responses,
        })
    }

    fn pointer(&self) -> String {
        format!("{}/{}", self.item_pointer, self.key)
    }

    fn error(&self, text: &str) -> String {
        format!("{} {}: {text}", self.document.name, self.pointer())
    }

    /// The operation's own parameters and those of its path that it does not replace.
    fn parameters(&self) -> Result<Vec<Parameter>, String> {
        let own = self.list(self.node, &self.pointer())?;
        let shared = self.list(self.item, self.item_pointer)?;
        let inherited =
            shared.into_iter().filter(|it| !own.iter().any(|o| o.place == it.place && o.name == it.name));
        let inherited: Vec<Parameter> = inherited.collect();
        Ok(own.into_iter().chain(inherited).collect())
    }

    fn list(&self, node: &'static Value, pointer: &str) -> Result<Vec<Parameter>, String> {
        let nodes = node.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate();
        nodes.map(|(index, node)| self.parameter(node, &format!("{pointer}/parameters/{index}"))).collect()
    }

    fn parameter(&self, node: &'static Value, pointer: &str) -> Result<Parameter, String> {
        let (pointer, node) = self.document.resolve(pointer, node)?;
        let text = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default();
        let place = match text("in") {
            "path" => In::Path,
            "query" => In::Query,
            "header" => In::Header,
            other => return Err(self.error(&format!("a parameter in `{other}` cannot be judged"))),
        };
        Ok(Parameter {
            name: text("name").to_owned(),
            place,
            required: node.get("required") == Some(&Value::Bool(true)),
            schema: self.schema(node, &pointer)?,
            example: self.example(node, &pointer)?,
        })
    }

    fn schema(&self, node: &'static Value, pointer: &str) -> Result<Schema, String> {
        let Some(value) = node.get("schema") else {
            return Err(format!("{} {pointer}: no schema", self.document.name));
        };
        Ok(Schema::new(self.document, format!("{pointer}/schema"), value))
    }

    /// The `example` of a media type or parameter, else the first of its `examples`.
    fn example(&self, node: &'static Value, pointer: &str) -> Result<Option<&'static Value>, String> {
        if let Some(example) = node.get("example") {
            return Ok(Some(example));
        }
        let Some((name, example)) = entries(node.get("examples")).next() else { return Ok(None) };
        let (_, example) =
            self.document.resolve(&format!("{pointer}/examples/{}", segment(name)), example)?;
        Ok(example.get("value"))
    }

    fn media(&self, node: &'static Value, pointer: &str) -> Result<Vec<Media>, String> {
        entries(node.get("content"))
            .map(|(name, media)| {
                let pointer = format!("{pointer}/content/{}", segment(name));
                let schema = self.schema(media, &pointer)?;
                Ok(Media { name: name.clone(), schema, example: self.example(media, &pointer)? })
            })
            .collect()
    }

    fn body(&self) -> Result<Option<RequestBody>, String> {
        let Some(node) = self.node.get("requestBody") else { return Ok(None) };
        let (pointer, node) = self.document.resolve(&format!("{}/requestBody", self.pointer()), node)?;
        let required = node.get("required") == Some(&Value::Bool(true));
        Ok(Some(RequestBody { required, media: self.media(node, &pointer)? }))
    }

    fn responses(&self) -> Result<Vec<Response>, String> {
        let pointer = format!("{}/responses", self.pointer());
        entries(self.node.get("responses"))
            .map(|(status, node)| {
                let (pointer, node) = self.document.resolve(&format!("{pointer}/{status}"), node)?;
                Ok(Response { status: status.clone(), media: self.media(node, &pointer)? })
            })
            .collect()
    }

    fn success(&self, responses: &[Response]) -> Result<StatusCode, String> {
        let documented = responses.iter().filter_map(|it| it.status.parse::<StatusCode>().ok());
        if let Some(lowest) = documented.filter(StatusCode::is_success).min() {
            return Ok(lowest);
        }
        if exception::covers(NO_SUCCESS, self.document.name, &format!("{}/responses", self.pointer())) {
            return Ok(StatusCode::ACCEPTED);
        }
        Err(self.error("no success response is documented"))
    }

    /// The alternatives of `security`, the operation's own before the document's.
    fn schemes(&self, parameters: &[Parameter]) -> Result<Vec<Scheme>, String> {
        let security = self.node.get("security").or_else(|| self.document.root.get("security"));
        let Some(security) = security.and_then(Value::as_array) else {
            return Ok(credentials::declared_as_parameter(self.document.name, parameters)
                .into_iter()
                .collect());
        };
        let names = security.iter().map(|requirement| {
            let mut names = requirement.as_object().into_iter().flat_map(Map::keys);
            match (names.next(), names.next()) {
                (Some(name), None) => Ok(name),
                _ => Err(self.error("a security requirement of other than one scheme cannot be judged")),
            }
        });
        names.map(|name| self.scheme(name?)).collect()
    }

    fn scheme(&self, name: &str) -> Result<Scheme, String> {
        let pointer = format!("/components/securitySchemes/{}", segment(name));
        let scheme = self.document.root.pointer(&pointer).and_then(Scheme::read);
        scheme.ok_or_else(|| self.error(&format!("security scheme `{name}` cannot be judged")))
    }
}

/// The entries of an object, in the document's order; none if it is none.
fn entries(value: Option<&'static Value>) -> impl Iterator<Item = (&'static String, &'static Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_hold_thirty_two_operations_whose_schemas_all_compile() {
        let catalog = Catalog::published().unwrap();
        assert_eq!(catalog.operations.len(), 32);
        for operation in &catalog.operations {
            let bodies = operation.body.iter().flat_map(|body| &body.media);
            let media = operation.responses.iter().flat_map(|response| &response.media).chain(bodies);
            let schemas = media.map(|media| &media.schema);
            for schema in schemas.chain(operation.parameters.iter().map(|parameter| &parameter.schema)) {
                assert_eq!(schema.validator().err(), None, "{}", operation.id);
            }
            assert!(!operation.schemes.is_empty(), "{} asks for no credential", operation.id);
        }
    }

    #[test]
    fn every_exception_points_into_its_document() {
        for exception in exception::EXCEPTIONS {
            let document = published().unwrap().iter().find(|document| document.name == exception.document);
            let root = &document.unwrap().root;
            assert!(
                root.pointer(exception.pointer).is_some(),
                "{} {}",
                exception.document,
                exception.pointer
            );
        }
    }
}
