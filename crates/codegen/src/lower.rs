//! OpenAPI 3.1 to 3.0.3: the dialect that the generator reads.
//!
//! Every rule is a constant in [`rule`] and says there what it works around. The stage knows where the
//! structure of OpenAPI has a schema and rewrites nothing else: examples, defaults, enumerated values and
//! extensions are the vendor's words and stay as they are.

use serde_json::Value;

use crate::{Error, Notes};

mod definitions;
mod document;
mod path_item;
pub mod rule;
mod schema;
mod security;
mod structure;
mod version;

use structure::{Kind, walk};
use version::Version;

/// Whether a document is of a version that can be lowered, asked before overlays are laid over it: an overlay
/// that matches nothing in a document of another kind would point at the wrong fault.
///
/// # Errors
///
/// The version is another one, or there is none.
pub fn supported(root: &Value) -> Result<(), Error> {
    version::of(root).map(|_| ())
}

/// Lowers a 3.1 document to 3.0.3 and records every change; a 3.0 document comes back as it went in.
///
/// What 3.0 cannot say is left out, so that a type is wider than the document and never refuses a value that
/// the vendor may send; the note says so. [`rule::PATTERN_PROPERTIES`] and [`rule::NEGATION`] name the two
/// exceptions.
///
/// # Errors
///
/// The version is another one, a reference leaves the document or is dynamic, a path item refers to
/// something that is not there or to itself, or the document is nested deeper than 256 levels.
pub fn lower(mut root: Value, notes: &mut Notes) -> Result<Value, Error> {
    if version::of(&root)? == Version::V3_0 {
        return Ok(root);
    }
    document::supply_paths(&mut root, notes);
    document::drop_webhooks(&mut root, notes);
    path_item::inline(&mut root, notes)?;
    definitions::hoist(&mut root, notes)?;
    walk(&mut root, Kind::Document, "", &mut Lowering { notes })?;
    security::lower(&mut root, notes)?;
    version::relabel(&mut root, notes);
    Ok(root)
}

/// Applies to each object of the document the rules of its kind, from the leaves to the root.
struct Lowering<'a> {
    notes: &'a mut Notes,
}

impl structure::Rewrite for Lowering<'_> {
    fn rewrite(&mut self, kind: Kind, value: &mut Value, at: &str) -> Result<(), Error> {
        match kind {
            Kind::Schema => schema::lower(value, at, self.notes),
            _ => document::lower(kind, value, at, self.notes),
        }
    }
}
