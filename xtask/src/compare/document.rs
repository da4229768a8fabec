//! One document: its operations, its references, and which of its components the client is made of.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::part;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

const SCHEMAS: &str = "#/components/schemas/";

pub(super) struct Document<'a> {
    pub(super) root: &'a Value,
}

/// One method on one path.
#[derive(Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    /// The path item that holds it.
    pub(super) item: &'a Value,
    pub(super) value: &'a Value,
}

impl<'a> Operation<'a> {
    pub(super) fn id(&self) -> Option<&'a str> {
        self.value.get("operationId").and_then(Value::as_str)
    }

    pub(super) fn name(&self) -> String {
        self.id().map_or_else(|| self.line(), str::to_owned)
    }

    /// `GET /users/{id}`
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// The path without the names of its parameters: what the vendor sees.
    pub(super) fn route(&self) -> String {
        let mut route = String::new();
        let mut rest = self.path;
        while let Some((before, after)) = rest.split_once('{') {
            route.push_str(before);
            route.push_str("{}");
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        route + rest
    }
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Document { root }
    }

    /// All operations, in the order of the document.
    pub(super) fn operations(&self) -> Vec<Operation<'a>> {
        let paths = self.root.get("paths").and_then(Value::as_object);
        let mut operations = Vec::new();
        for (path, item) in paths.into_iter().flatten() {
            let item = self.resolve(item);
            for method in METHODS {
                if let Some(value) = item.get(method) {
                    operations.push(Operation { method, path, item, value });
                }
            }
        }
        operations
    }

    /// Follows `$ref` until there is none, or none that can be followed.
    pub(super) fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        // Longer chains than this only occur where references go round.
        for _ in 0..64 {
            match reference(value).and_then(|to| self.root.pointer(to.strip_prefix('#')?)) {
                Some(next) => value = next,
                None => break,
            }
        }
        value
    }

    /// The named parts of one kind: `schemas`, `securitySchemes`.
    pub(super) fn components(&self, kind: &str) -> &'a Value {
        part(part(self.root, "components"), kind)
    }

    /// The names of the schemas that become types: those a request or a success uses.
    pub(super) fn used(&self) -> BTreeSet<&'a str> {
        let mut references = BTreeSet::new();
        for operation in self.operations() {
            self.follow(part(operation.item, "parameters"), &mut references);
            for keyword in ["parameters", "requestBody"] {
                self.follow(part(operation.value, keyword), &mut references);
            }
            let responses = part(operation.value, "responses").as_object();
            for (status, response) in responses.into_iter().flatten() {
                if status.starts_with('2') {
                    self.follow(response, &mut references);
                }
            }
        }
        references.into_iter().filter_map(|to| to.strip_prefix(SCHEMAS)).collect()
    }

    /// The names of the schemas that are equal in both documents, and refer only to such.
    pub(super) fn unchanged(&self, other: &Document<'a>) -> BTreeSet<&'a str> {
        let (ours, theirs) = (self.components("schemas"), other.components("schemas"));
        let mut equal: Vec<(&str, BTreeSet<&str>)> = Vec::new();
        for (name, schema) in ours.as_object().into_iter().flatten() {
            if theirs.get(name) == Some(schema) {
                let mut references = BTreeSet::new();
                collect(schema, &mut references);
                equal.push((name, references));
            }
        }
        loop {
            let names: BTreeSet<&str> = equal.iter().map(|(name, _)| *name).collect();
            let same = |to: &&str| to.strip_prefix(SCHEMAS).is_some_and(|name| names.contains(name));
            let before = equal.len();
            equal.retain(|(_, references)| references.iter().all(&same));
            if equal.len() == before {
                return names;
            }
        }
    }

    fn follow(&self, value: &'a Value, references: &mut BTreeSet<&'a str>) {
        let mut found = BTreeSet::new();
        collect(value, &mut found);
        for to in found {
            if references.insert(to)
                && let Some(target) = to.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer))
            {
                self.follow(target, references);
            }
        }
    }
}

/// The target of a `$ref`.
pub(super) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}

/// The name a reference gives to a schema: a component's own, else the whole pointer.
pub(super) fn name_of(reference: &str) -> &str {
    reference.strip_prefix(SCHEMAS).unwrap_or(reference)
}

fn collect<'a>(value: &'a Value, references: &mut BTreeSet<&'a str>) {
    if let Some(to) = reference(value) {
        references.insert(to);
    }
    match value {
        Value::Object(map) => map.values().for_each(|value| collect(value, references)),
        Value::Array(list) => list.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
