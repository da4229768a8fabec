//! Path items that stand elsewhere and are referred to.

use serde_json::{Map, Value};

use super::rule;
use super::structure::{Kind, Rewrite, walk};
use crate::pointer::{join, resolve};
use crate::{Error, Notes};

/// Puts the target in place of each path item's `$ref` and drops `components.pathItems`.
pub(super) fn inline(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let published = root.clone();
    let mut inlining = Inlining { published: &published, active: Vec::new(), notes };
    walk(root, Kind::Document, "", &mut inlining)?;
    drop_components(root, notes);
    Ok(())
}

struct Inlining<'a> {
    published: &'a Value,
    /// The references that are being followed, outermost first.
    active: Vec<String>,
    notes: &'a mut Notes,
}

impl Rewrite for Inlining<'_> {
    fn rewrite(&mut self, kind: Kind, value: &mut Value, at: &str) -> Result<(), Error> {
        if kind != Kind::PathItem {
            return Ok(());
        }
        let Some(item) = value.as_object_mut() else { return Ok(()) };
        let Some(reference) = item.get("$ref").and_then(Value::as_str).map(str::to_owned) else {
            return Ok(());
        };
        let target = self.follow(&reference, at)?;
        item.shift_remove("$ref");
        self.notes.record(rule::PATH_ITEM_REFERENCE, at, format!("{reference} put in its place"));
        merge(item, target);
        Ok(())
    }
}

impl Inlining<'_> {
    /// A copy of what `reference` names, with the references in it followed too.
    fn follow(&mut self, reference: &str, at: &str) -> Result<Map<String, Value>, Error> {
        if !reference.starts_with('#') {
            return Err(external(reference, &join(at, "$ref")));
        }
        if self.active.iter().any(|active| active == reference) {
            return Err(fault(at, format!("the path item refers to itself by {reference}")));
        }
        let mut target = resolve(self.published, reference)
            .filter(|target| target.is_object())
            .cloned()
            .ok_or_else(|| fault(at, format!("there is no path item at {reference}")))?;
        self.active.push(reference.to_owned());
        walk(&mut target, Kind::PathItem, at, self)?;
        self.active.pop();
        match target {
            Value::Object(target) => Ok(target),
            _ => Err(fault(at, format!("{reference} is not a path item"))),
        }
    }
}

/// The error for a reference that leaves the document.
pub(super) fn external(reference: &str, at: &str) -> Error {
    Error::new(rule::EXTERNAL_REFERENCE, at, format!("`{reference}` is in another document"))
        .remedy("Bundle the document into one file, so that every `$ref` begins with `#`, and vendor that")
}

/// Adds the target's members; a member beside the reference is nearer and wins.
fn merge(item: &mut Map<String, Value>, target: Map<String, Value>) {
    for (name, member) in target {
        item.entry(name).or_insert(member);
    }
}

fn drop_components(root: &mut Value, notes: &mut Notes) {
    let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) else { return };
    if components.shift_remove("pathItems").is_some() {
        notes.record(
            rule::PATH_ITEM_COMPONENTS,
            "/components/pathItems",
            "dropped; they stand where they were referred to",
        );
    }
}

fn fault(at: &str, fault: String) -> Error {
    Error::new(rule::PATH_ITEM_REFERENCE, at, fault)
        .remedy("Refer to an entry of `components/pathItems` or of `paths`")
}
