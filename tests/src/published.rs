//! The published documents, unrepaired: what they ask of a request and promise of an answer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// The Gong Users API.
pub const GONG: &str = "gong/users.yaml";
/// The Gainsight CS Person API.
pub const PERSON: &str = "gainsight/person.yaml";
/// The Gainsight CS User Management API.
pub const USER_MANAGEMENT: &str = "gainsight/user-management.yaml";
/// The `UserGems` API.
pub const USERGEMS: &str = "usergems/usergems.yaml";
/// The Userpilot API.
pub const USERPILOT: &str = "userpilot/userpilot.json";
/// Every document, by its path below `specs/`.
pub const DOCUMENTS: [&str; 5] = [GONG, PERSON, USER_MANAGEMENT, USERGEMS, USERPILOT];

/// Where the published text cannot be taken literally: operations without any success response, and the
/// status that the vendor's guide names.
const SUCCESS_OF: [(&str, &str, &str, u16); 1] = [(USERPILOT, "POST", "/v1/identify", 202)];
/// Likewise: a body on GET, which HTTP gives no meaning and the vendor's guide does not have.
const WITHOUT_BODY: &str = "GET";
/// Likewise: the component that error bodies follow, where an error response declares no content.
const ERRORS: [(&str, &str); 5] = [
    (GONG, "ErrorResponse"),
    (PERSON, "ApiResponse"),
    (USER_MANAGEMENT, "ApiResponse"),
    (USERGEMS, "Error"),
    (USERPILOT, "ErrorResponse"),
];
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The folder of the vendored documents.
#[must_use]
pub fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

/// One published document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its path below `specs/`.
    pub name: &'static str,
    root: Value,
}

impl Document {
    /// Reads a document of [`DOCUMENTS`].
    ///
    /// # Panics
    /// If it is missing or neither JSON nor YAML.
    #[must_use]
    pub fn read(name: &'static str) -> Self {
        let text =
            std::fs::read_to_string(specs().join(name)).unwrap_or_else(|e| panic!("specs/{name}: {e}"));
        let root = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("specs/{name}: {e}"));
        Self { name, root }
    }

    /// Method and path template of every operation, in the document's order.
    ///
    /// # Panics
    /// If the document has no paths.
    #[must_use]
    pub fn operations(&self) -> Vec<(String, String)> {
        let paths = self.root["paths"].as_object().expect("a document has paths");
        let named = |item: &Value| METHODS.into_iter().filter(|m| item.get(*m).is_some()).collect::<Vec<_>>();
        let pairs = paths.iter().flat_map(|(path, item)| named(item).into_iter().map(move |m| (m, path)));
        pairs.map(|(method, path)| (method.to_uppercase(), path.clone())).collect()
    }

    /// The path of the first server's URL, which every path template continues.
    ///
    /// # Panics
    /// If the document names no server.
    #[must_use]
    pub fn base_path(&self) -> &str {
        let url = self.root["servers"][0]["url"].as_str().expect("a document names a server");
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.find('/').map_or("", |at| rest[at..].trim_end_matches('/'))
    }

    /// One operation, by its method and its path template as published.
    ///
    /// # Panics
    /// If there is no such operation.
    #[must_use]
    pub fn operation(self, method: &str, path: &str) -> Operation {
        let item = &self.root["paths"][path];
        let object = item[method.to_lowercase()].clone();
        assert!(object.is_object(), "specs/{} has no {method} {path}", self.name);
        let shared = item["parameters"].as_array().into_iter().flatten();
        let own = object["parameters"].as_array().into_iter().flatten();
        let parameters = shared.chain(own).map(|p| self.resolve(p).clone()).collect();
        Operation { method: method.to_owned(), path: path.to_owned(), object, parameters, document: self }
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let found = self.root.pointer(reference.trim_start_matches('#'));
                self.resolve(found.unwrap_or_else(|| panic!("specs/{}: {reference} dangles", self.name)))
            }
            None => value,
        }
    }

    /// A value of a component schema, with every declared member.
    #[must_use]
    pub fn sample_of(&self, component: &str) -> Value {
        self.sample(component, &self.root["components"]["schemas"][component])
    }

    /// A value of `schema` with every declared member, each different from the others as far as its type
    /// allows, so that a value that lands in the wrong place is seen.
    fn sample(&self, name: &str, schema: &Value) -> Value {
        let schema = self.resolve(schema);
        if let Some(example) = schema.get("example") {
            return example.clone();
        }
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        let weight = name.bytes().zip(1u64..).map(|(byte, place)| u64::from(byte) * place).sum::<u64>() % 499;
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("object"), _) => {
                let properties = schema["properties"].as_object().into_iter().flatten();
                properties.map(|(name, schema)| (name.clone(), self.sample(name, schema))).collect()
            }
            (Some("array"), _) => json!([self.sample(name, &schema["items"])]),
            // A success whose flag says that it is none would be taken for a failure, rightly.
            (Some("boolean"), _) if name == "result" => json!(true),
            (Some("boolean"), _) => json!(weight % 2 == 0),
            (Some("integer"), _) => json!(weight + 1),
            (Some("number"), _) => json!(f64::from(u32::try_from(weight).unwrap_or_default()) + 0.5),
            (Some("string"), Some("date-time")) => {
                json!(format!("2024-02-01T10:{:02}:{:02}Z", weight / 60, weight % 60))
            }
            (Some("string"), Some("email")) => json!(format!("{name}+tag@example.com")),
            (Some("string"), Some("uri")) => json!(format!("https://example.com/{name}?a=b%20c")),
            (Some("string"), _) => json!(format!("{name} \"ü\" / {weight}")),
            _ if schema["nullable"] == true => Value::Null,
            _ => json!({ "any": [name, 1, null] }),
        }
    }

    /// The published example of a media type object, else a value made from its schema.
    fn example(&self, name: &str, media: &Value) -> Value {
        if let Some(example) = media.get("example") {
            return example.clone();
        }
        match media["examples"].as_object().and_then(|examples| examples.values().next()) {
            Some(example) => self.resolve(example)["value"].clone(),
            None => self.sample(name, &media["schema"]),
        }
    }
}

/// One operation of a published document.
#[derive(Debug)]
pub struct Operation {
    /// The document it stands in.
    pub document: Document,
    /// The method, upper case.
    pub method: String,
    /// The path template, as published.
    pub path: String,
    object: Value,
    parameters: Vec<Value>,
}

impl Operation {
    /// The raw path with `values` in the places of the template, behind the server's own path.
    ///
    /// # Panics
    /// If the template has another parameter, or one more.
    #[must_use]
    pub fn raw_path(&self, values: &[(String, String)]) -> String {
        let mut path = format!("{}{}", self.document.base_path(), self.path);
        for (name, value) in values {
            // Userpilot's template is `{{job_id}}`, a variable of the collection it was converted from.
            let double = format!("{{{{{name}}}}}");
            let place = if path.contains(&double) { double } else { format!("{{{name}}}") };
            assert!(path.contains(&place), "{} has no parameter {name}", self.path);
            path = path.replace(&place, value);
        }
        assert!(!path.contains('{'), "{path} misses a parameter");
        path
    }

    /// The names of the query parameters, all of them or the required ones.
    #[must_use]
    pub fn query(&self, required: bool) -> BTreeSet<String> {
        let declared = self.parameters.iter().filter(|p| p["in"] == "query");
        let chosen = declared.filter(|p| !required || p["required"] == true);
        chosen.filter_map(|p| p["name"].as_str().map(str::to_owned)).collect()
    }

    /// The media type of the request body; `None` if there is none.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        if self.method == WITHOUT_BODY {
            return None;
        }
        first(&self.object["requestBody"]["content"]).map(|(name, _)| name.as_str())
    }

    /// The published example of the request body, else a value made from its schema.
    ///
    /// # Panics
    /// If the operation takes no body.
    #[must_use]
    pub fn request(&self) -> Value {
        let (_, media) = first(&self.object["requestBody"]["content"]).expect("the operation takes a body");
        self.document.example("body", media)
    }

    /// A request body with every declared member, even where the published example leaves some out.
    ///
    /// # Panics
    /// If the operation takes no body.
    #[must_use]
    pub fn full_request(&self) -> Value {
        let (_, media) = first(&self.object["requestBody"]["content"]).expect("the operation takes a body");
        self.document.sample("body", &media["schema"])
    }

    /// Status and body of the documented success.
    ///
    /// # Panics
    /// If none is documented and none is named here.
    #[must_use]
    pub fn success(&self) -> (u16, Option<Value>) {
        let responses = self.object["responses"].as_object().expect("an operation has responses");
        if let Some((status, response)) = responses.iter().find(|(status, _)| status.starts_with('2')) {
            let body = first(&self.document.resolve(response)["content"]);
            let status = status.parse().expect("a success is documented by its code");
            return (status, body.map(|(_, media)| self.document.example("answer", media)));
        }
        let named =
            SUCCESS_OF.iter().find(|(document, method, path, _)| (*document, *method, *path) == self.key());
        (named.expect("an operation has a success").3, None)
    }

    /// The media type of the documented success, else what the document says of the Accept header.
    #[must_use]
    pub fn accept(&self) -> &str {
        let responses = self.object["responses"].as_object().into_iter().flatten();
        let mut success =
            responses.filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
        let content = success.find_map(|response| first(&self.document.resolve(response)["content"]));
        let parameter = || self.parameters.iter().find(|p| p["in"] == "header" && p["name"] == "Accept");
        match content {
            Some((media_type, _)) => media_type,
            None => parameter().and_then(|p| p["example"].as_str()).unwrap_or("*/*"),
        }
    }

    /// Status and body of every documented error; a range such as 4XX stands for the statuses that its
    /// description lists. 401 if none is documented.
    #[must_use]
    pub fn errors(&self) -> Vec<(u16, Value)> {
        let mut found = Vec::new();
        for (status, response) in self.object["responses"].as_object().into_iter().flatten() {
            let response = self.document.resolve(response);
            let body = match first(&response["content"]) {
                Some((_, media)) => self.document.example("error", media),
                None => self.error_body(),
            };
            let listed = response["description"].as_str().unwrap_or_default();
            let listed = listed.split(|c: char| !c.is_ascii_digit()).filter_map(|code| code.parse().ok());
            let statuses: Vec<u16> = match (status.strip_suffix("XX"), status.parse()) {
                (Some(class), _) => listed.filter(|code: &u16| code.to_string().starts_with(class)).collect(),
                (None, Ok(code)) if code >= 400 => vec![code],
                _ => Vec::new(),
            };
            found.extend(statuses.into_iter().map(|status| (status, body.clone())));
        }
        if found.is_empty() {
            found.push((401, self.error_body()));
        }
        found
    }

    fn error_body(&self) -> Value {
        let component = ERRORS.iter().find(|(document, _)| *document == self.document.name);
        self.document.sample_of(component.expect("each document names its errors").1)
    }

    /// The header that carries `secret` under the security scheme `scheme`, which must be one of the
    /// operation's; for the document that declares its credential as a header parameter, the parameter's
    /// name. `secret` is what stands behind `Basic `, `Bearer ` or the like.
    ///
    /// # Panics
    /// If the operation does not take that scheme.
    #[must_use]
    pub fn credential(&self, scheme: &str, secret: &str) -> (String, String) {
        if let Some(parameter) = self.parameters.iter().find(|p| p["in"] == "header" && p["name"] == scheme) {
            let prefix = parameter["example"].as_str().and_then(|text| text.split_once(' '));
            return (
                scheme.to_lowercase(),
                prefix.map_or_else(|| secret.to_owned(), |(prefix, _)| format!("{prefix} {secret}")),
            );
        }
        let root = &self.document.root;
        let security = self.object.get("security").unwrap_or(&root["security"]);
        let asked = security.as_array().into_iter().flatten().any(|named| named.get(scheme).is_some());
        assert!(asked, "{} {} does not take `{scheme}`", self.method, self.path);
        let declared = &root["components"]["securitySchemes"][scheme];
        match (declared["type"].as_str(), declared["scheme"].as_str(), declared["name"].as_str()) {
            (Some("apiKey"), _, Some(name)) if declared["in"] == "header" => {
                (name.to_lowercase(), secret.to_owned())
            }
            (Some("http"), Some("basic"), _) => ("authorization".to_owned(), format!("Basic {secret}")),
            (Some("http"), Some("bearer"), _) => ("authorization".to_owned(), format!("Bearer {secret}")),
            other => panic!("a security scheme of an unexpected kind: {other:?}"),
        }
    }

    fn key(&self) -> (&str, &str, &str) {
        (self.document.name, &self.method, &self.path)
    }
}

fn first(content: &Value) -> Option<(&String, &Value)> {
    content.as_object().and_then(|content: &Map<String, Value>| content.iter().next())
}
