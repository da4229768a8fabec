//! How an OpenAPI document is walked: its operations, and the places where it holds a schema.

use serde_json::{Map, Value};

use crate::pointer;

/// The methods a path item can hold, in the order of the specification.
pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Where one operation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) method: String,
}

impl Place {
    /// The operation's JSON pointer.
    pub(crate) fn pointer(&self) -> String {
        pointer::join(&pointer::join("/paths", &self.path), &self.method)
    }
}

/// Every operation of `root`, in the order of the document.
pub(crate) fn places(root: &Value) -> Vec<Place> {
    let mut places = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for method in item.as_object().into_iter().flatten().map(|(key, _)| key) {
            if METHODS.contains(&method.as_str()) {
                places.push(Place { path: path.clone(), method: method.clone() });
            }
        }
    }
    places
}

/// Follows local references from `value` until something else is reached. `None` if one dangles or they
/// form a circle.
pub(crate) fn follow<'a>(root: &'a Value, mut value: &'a Value) -> Option<&'a Value> {
    for _ in 0..32 {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => value = pointer::resolve(root, reference)?,
            None => return Some(value),
        }
    }
    None
}

/// The parameters of an operation with their references followed: its path item's, each replaced by its own of the
/// same name and place. The number of the first that cannot be followed, in its own list, if there is one.
pub(crate) fn parameters<'a>(
    root: &'a Value,
    item: &'a Value,
    operation: &'a Value,
) -> Result<Vec<&'a Value>, usize> {
    let mut made: Vec<&Value> = Vec::new();
    for holder in [item, operation] {
        for (index, declared) in holder["parameters"].as_array().into_iter().flatten().enumerate() {
            let parameter = follow(root, declared).ok_or(index)?;
            let is_same =
                |known: &&mut &Value| known["name"] == parameter["name"] && known["in"] == parameter["in"];
            match made.iter_mut().find(is_same) {
                Some(known) => *known = parameter,
                None => made.push(parameter),
            }
        }
    }
    Ok(made)
}

/// The responses of an operation by their status, as they are declared; extensions stand among them.
pub(crate) fn responses(operation: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let declared = operation["responses"].as_object().into_iter().flatten();
    declared.filter(|(status, _)| !status.starts_with("x-"))
}

/// Whether a value of `schema` is a list, or may be one.
pub(crate) fn may_be_list(root: &Value, schema: &Value) -> bool {
    fn may(root: &Value, schema: &Value, depth: usize) -> bool {
        let Some(schema) = follow(root, schema).filter(|_| depth < 16) else { return false };
        if let Some(kind) = schema["type"].as_str() {
            return kind == "array";
        }
        let branches = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| schema[key].as_array());
        let mut branches = branches.flatten().peekable();
        if branches.peek().is_some() {
            return branches.any(|branch| may(root, branch, depth + 1));
        }
        // What says nothing may be anything.
        schema.get("items").is_some() || (schema.get("enum").is_none() && schema.get("properties").is_none())
    }
    may(root, schema, 0)
}

/// A function that sees each schema with its JSON pointer, children before parents.
pub(crate) type Visit<'a> = dyn FnMut(&str, &mut Map<String, Value>) + 'a;

/// Shows every schema of `root` to `visit`: those of the components, then those of the operations. The
/// operations' parameters, bodies and responses are expected inline, as the adapt stage makes them.
pub(crate) fn each_schema(root: &mut Value, visit: &mut Visit<'_>) {
    if let Some(schemas) = root.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas {
            descend(&pointer::join("/components/schemas", name), schema, visit);
        }
    }
    for place in places(root) {
        let base = place.pointer();
        for at in schema_pointers(root, &base) {
            if let Some(schema) = root.pointer_mut(&at) {
                descend(&at, schema, visit);
            }
        }
    }
}

/// The pointers of the schemas that stand directly in the operation at `base`.
pub(crate) fn schema_pointers(root: &Value, base: &str) -> Vec<String> {
    let mut found = Vec::new();
    let operation = root.pointer(base);
    let member = |name: &str| operation.and_then(|operation| operation.get(name));
    for (index, parameter) in member("parameters").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        if parameter.get("schema").is_some() {
            found.push(format!("{base}/parameters/{index}/schema"));
        }
    }
    let mut content_of = |holder: &Value, at: &str| {
        for (media_type, content) in holder["content"].as_object().into_iter().flatten() {
            if content.get("schema").is_some() {
                found.push(pointer::join(&format!("{at}/content"), media_type) + "/schema");
            }
        }
    };
    if let Some(body) = member("requestBody") {
        content_of(body, &format!("{base}/requestBody"));
    }
    for (status, response) in member("responses").and_then(Value::as_object).into_iter().flatten() {
        content_of(response, &pointer::join(&format!("{base}/responses"), status));
    }
    found
}

/// Shows `schema` and everything below it to `visit`, children first.
pub(crate) fn descend(at: &str, schema: &mut Value, visit: &mut Visit<'_>) {
    let Some(members) = schema.as_object_mut() else { return };
    for (key, value) in members.iter_mut() {
        let here = pointer::join(at, key);
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (name, property) in properties {
                    descend(&pointer::join(&here, name), property, visit);
                }
            }
            ("items" | "additionalProperties" | "not", child @ Value::Object(_)) => {
                descend(&here, child, visit);
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(branches)) => {
                for (index, branch) in branches.iter_mut().enumerate() {
                    descend(&format!("{here}/{index}"), branch, visit);
                }
            }
            _ => {}
        }
    }
    visit(at, members);
}
