//! Brings a lowered document into the shape that progenitor 0.15 turns into right code.
//!
//! Each rule works around one limit of progenitor or of typify underneath it. A rule either rewrites to
//! something of the same meaning, noting it, or stops with an error that says what to write in an overlay.
//! After this stage every operation has its parameters, body and one success response inline, no error
//! responses (the runtime keeps an error's body and decodes it on request), and every schema that becomes a
//! type stands under `components.schemas` with a name of our choosing.

mod hoist;
mod inline;
mod names;
mod operations;
mod references;
mod schemas;

use serde_json::{Value, json};

use crate::meta::ApiMeta;
use crate::{Error, Notes};

/// Applies every rule, in the order in which they build on each other.
///
/// # Errors
/// What cannot be generated rightly, named.
pub fn adapt(mut root: Value, meta: &ApiMeta, notes: &mut Notes) -> Result<Value, Error> {
    inline::inline(&mut root)?;
    operations::adapt(&mut root, meta, notes)?;
    references::adapt(&mut root, notes)?;
    schemas::adapt(&mut root, notes)?;
    hoist::hoist(&mut root, notes)?;
    names::adapt(&mut root, notes)?;
    strip(&mut root);
    Ok(root)
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
