//! Members of a right body that its document does not name: custom fields, or misspelt ones.

use serde_json::Value;

use crate::document::{Document, segment};
use crate::operation::Operation;
use crate::schema::flatten;

/// So many are told; a body of ten thousand records has many more.
const MAX_REMARKS: usize = 10;

/// A sentence for each name that comes in an object whose members the document names. What it says of
/// further members (`additionalProperties`) is heeded.
pub(crate) fn remarks(operation: &Operation, body: &Value) -> Vec<String> {
    let Some(media) = operation.body.as_ref().and_then(|body| body.media.first()) else { return Vec::new() };
    let mut walk = Walk { document: media.schema.document(), found: Vec::new() };
    walk.visit(body, &[media.schema.value()], "", "");
    walk.found.into_iter().map(|(_, text)| text).collect()
}

struct Walk<'a> {
    document: &'a Document,
    /// Where in the schema, so that a list of records tells each once; and the sentence.
    found: Vec<(String, String)>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, value: &Value, schemas: &[&'a Value], pointer: &str, shape: &str) {
        let schemas = flatten(self.document, schemas, 0);
        match value {
            Value::Array(items) => {
                let of_items: Vec<&Value> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
                for (index, item) in items.iter().enumerate().filter(|_| !of_items.is_empty()) {
                    self.visit(item, &of_items, &format!("{pointer}/{index}"), &format!("{shape}/*"));
                }
            }
            Value::Object(members) => {
                let named = schemas.iter().any(|schema| schema.get("properties").is_some());
                let open = schemas
                    .iter()
                    .filter_map(|schema| schema.get("additionalProperties"))
                    .any(|further| *further != Value::Bool(false));
                for (name, member) in members {
                    let of_member: Vec<&Value> =
                        schemas.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect();
                    let shape = format!("{shape}/{}", segment(name));
                    if !of_member.is_empty() {
                        self.visit(member, &of_member, &format!("{pointer}/{}", segment(name)), &shape);
                    } else if named && !open {
                        self.tell(shape, &format!("{pointer}/{}", segment(name)));
                    }
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, shape: String, pointer: &str) {
        if self.found.len() < MAX_REMARKS && self.found.iter().all(|(known, _)| *known != shape) {
            self.found.push((shape, format!("body {pointer}: the document names no such member")));
        }
    }
}
