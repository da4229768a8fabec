//! Definitions inside schemas, which 3.0 has among the components only.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::rule;
use super::structure::{DEFINITIONS, Kind, Rewrite, walk};
use crate::pointer::join;
use crate::{Error, Notes};

const SCHEMAS: &str = "#/components/schemas";

/// Moves every definition to `components.schemas` and points the references at it.
pub(super) fn hoist(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let mut taking = Taking { taken: Vec::new() };
    walk(root, Kind::Document, "", &mut taking)?;
    if taking.taken.is_empty() {
        return Ok(());
    }
    let moved = put(root, taking.taken, notes);
    walk(root, Kind::Document, "", &mut Redirecting { moved: &moved })
}

/// Collects definitions, inner ones before those that hold them.
struct Taking {
    taken: Vec<Definition>,
}

struct Definition {
    /// Where it was.
    at: String,
    name: String,
    schema: Value,
}

impl Rewrite for Taking {
    fn rewrite(&mut self, kind: Kind, value: &mut Value, at: &str) -> Result<(), Error> {
        if !matches!(kind, Kind::Document | Kind::Schema) {
            return Ok(());
        }
        let Some(object) = value.as_object_mut() else { return Ok(()) };
        for member in DEFINITIONS {
            if let Some(Value::Object(definitions)) = object.shift_remove(member) {
                let parent = join(at, member);
                self.taken.extend(definitions.into_iter().map(|(name, schema)| Definition {
                    at: join(&parent, &name),
                    name,
                    schema,
                }));
            }
        }
        Ok(())
    }
}

/// Adds the definitions to the components; old pointer to new reference.
fn put(root: &mut Value, taken: Vec<Definition>, notes: &mut Notes) -> BTreeMap<String, String> {
    let mut moved = BTreeMap::new();
    let Some(schemas) = component_schemas(root) else { return moved };
    let mut names: BTreeSet<String> = schemas.keys().cloned().collect();
    for Definition { at, name, schema } in taken {
        let name = unused(&component_name(&name), &names);
        let reference = format!("{SCHEMAS}/{name}");
        notes.record(rule::DEFINITIONS, at.as_str(), format!("moved to {reference}"));
        names.insert(name.clone());
        schemas.insert(name, schema);
        moved.insert(at, reference);
    }
    moved
}

fn component_schemas(root: &mut Value) -> Option<&mut Map<String, Value>> {
    let components = root.as_object_mut()?.entry("components").or_insert_with(|| json!({}));
    components.as_object_mut()?.entry("schemas").or_insert_with(|| json!({})).as_object_mut()
}

/// `name` with what a component's name may not contain replaced.
fn component_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

fn unused(name: &str, names: &BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 1_usize;
    while names.contains(&candidate) {
        number += 1;
        candidate = format!("{name}{number}");
    }
    candidate
}

/// Points references at where the definitions are now.
struct Redirecting<'a> {
    moved: &'a BTreeMap<String, String>,
}

impl Rewrite for Redirecting<'_> {
    fn rewrite(&mut self, kind: Kind, value: &mut Value, at: &str) -> Result<(), Error> {
        if kind != Kind::Schema {
            return Ok(());
        }
        if let Some(Value::String(reference)) = value.get_mut("$ref") {
            self.redirect(reference, at);
        }
        if let Some(Value::Object(mapping)) = value.pointer_mut("/discriminator/mapping") {
            for reference in mapping.values_mut() {
                if let Value::String(reference) = reference {
                    self.redirect(reference, at);
                }
            }
        }
        Ok(())
    }
}

impl Redirecting<'_> {
    fn redirect(&self, reference: &mut String, at: &str) {
        if let Some(target) = self.target(reference, at) {
            *reference = target;
        }
    }

    /// Where `reference`, written in the schema now at `at`, leads.
    ///
    /// `#` is the document, unless no definition is there: a JSON Schema that was pasted whole means its own
    /// root, so the enclosing schemas are asked as well, the nearest first.
    fn target(&self, reference: &str, at: &str) -> Option<String> {
        let fragment = reference.strip_prefix('#')?;
        self.followed("", fragment)
            .or_else(|| self.enclosing(at).iter().find_map(|base| self.followed(base, fragment)))
    }

    /// What was at and above `at` before definitions moved, the nearest first.
    fn enclosing(&self, at: &str) -> Vec<String> {
        let mut base = self.published(at);
        let mut bases = vec![base.clone()];
        while let Some(end) = base.rfind('/') {
            base.truncate(end);
            bases.push(base.clone());
        }
        bases
    }

    /// Where the place that is now at `at` was before.
    fn published(&self, at: &str) -> String {
        self.moved
            .iter()
            .find_map(|(origin, now)| {
                let rest = at.strip_prefix(now.strip_prefix('#')?)?;
                (rest.is_empty() || rest.starts_with('/')).then(|| format!("{origin}{rest}"))
            })
            .unwrap_or_else(|| at.to_owned())
    }

    /// The new reference for one to a definition below `base`, or to a place in that definition.
    fn followed(&self, base: &str, fragment: &str) -> Option<String> {
        let mut definition = fragment;
        while !definition.is_empty() {
            if let Some(now) = self.moved.get(&format!("{base}{definition}")) {
                return Some(format!("{now}{}", fragment.strip_prefix(definition)?));
            }
            definition = definition.get(..definition.rfind('/')?)?;
        }
        None
    }
}
