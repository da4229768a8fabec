//! Brings a lowered document into the shape that progenitor 0.15 turns into right code.
//!
//! Each rule works around one limit of progenitor or of typify underneath it. A rule either rewrites to
//! something of the same meaning, noting it, or stops with an error that says what to write in an overlay.
//! After this stage every operation has its parameters, body and one success response inline, no error
//! responses (the runtime keeps an error's body and decodes it on request), and every schema that becomes a
//! type stands under `components.schemas` with a name of our choosing.

mod any_of;
mod discriminators;
mod hoist;
mod inline;
mod names;
mod nullable;
mod one_way;
mod operations;
mod parameters;
mod references;
mod scalars;
mod schemas;
mod unions;

pub use schemas::makes_enum;
use serde_json::{Value, json};

use crate::meta::ApiMeta;
use crate::{Error, Notes};

/// A document that progenitor turns into right code.
#[derive(Debug, Clone)]
pub struct Adapted {
    /// The document.
    pub root: Value,
    /// The type that the bodies of all errors follow, if there is one.
    pub error_type: Option<String>,
}

/// Applies every rule, in the order in which they build on each other.
///
/// # Errors
/// What cannot be generated rightly, named.
pub fn adapt(mut root: Value, meta: &ApiMeta, notes: &mut Notes) -> Result<Adapted, Error> {
    let published = root.clone();
    inline::inline(&mut root)?;
    references::adapt(&mut root, &published, notes)?;
    operations::adapt(&mut root, meta, notes)?;
    schemas::adapt(&mut root, notes)?;
    nullable::adapt(&mut root, notes);
    unions::adapt(&root)?;
    hoist::hoist(&mut root, notes);
    let error_type = names::adapt(&mut root, meta, notes);
    strip(&mut root);
    Ok(Adapted { root, error_type })
}

/// Leaves out what has been taken into [`ApiMeta`] or used up, so that progenitor sees nothing it could
/// misread. Extensions on schemas would defeat typify's type replacement.
fn strip(root: &mut Value) {
    root["openapi"] = json!("3.0.3");
    if let Some(members) = root.as_object_mut() {
        members.retain(|key, _| matches!(key.as_str(), "openapi" | "info" | "paths" | "components"));
    }
    if let Some(components) = root["components"].as_object_mut() {
        components.retain(|key, _| key == "schemas");
    }
    crate::openapi::each_schema(root, &mut |_, schema| schema.retain(|key, _| !key.starts_with("x-")));
}
