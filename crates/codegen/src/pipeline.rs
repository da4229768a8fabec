//! The way of a document through all stages.

use std::path::Path;

use serde_json::Value;

use crate::generate::Style;
use crate::meta::ApiMeta;
use crate::{Error, Notes, adapt, check, describe, document, emit, finish, generate, ignore, lower, overlay};

/// Everything that is made of one document.
#[derive(Debug, Clone)]
pub struct Generated {
    /// What was changed on the way, and by which rule.
    pub notes: Notes,
    /// The document as OpenAPI 3.0.3, with its repairs and observations.
    pub lowered: Value,
    /// What the runtime must know of it.
    pub meta: ApiMeta,
    /// The document as progenitor sees it.
    pub adapted: Value,
    /// The client, formatted: what is compiled.
    pub source: String,
}

impl Generated {
    /// Each operation as one function: what reviewers read, and nobody compiles.
    ///
    /// # Errors
    /// What progenitor refuses in this style only.
    pub fn positional(&self) -> Result<String, Error> {
        generate::generate(&self.adapted, Style::Positional, |functions| {
            Ok(prettyplease::unparse(&finish::finish_positional(functions, &self.meta)?))
        })?
    }
}

/// Takes the document at `path`, with the overlays beside it, through all stages.
///
/// # Errors
/// The first fault, with file and place.
pub fn run(path: &Path) -> Result<Generated, Error> {
    let document = document::read(path)?;
    run_on(document.root, path)
}

/// As [`run`], with `root` in place of what stands in the file: its overlays are those of `path`.
///
/// # Errors
/// The first fault, with file and place.
pub fn run_on(mut root: Value, path: &Path) -> Result<Generated, Error> {
    let mut notes = Notes::new();
    lower::supported(&root).map_err(|error| error.in_file(path.display().to_string()))?;
    for overlay in document::overlay_paths(path) {
        overlay::apply(&overlay, &mut root, &mut notes)?;
    }
    from_overlaid(root, notes).map_err(|error| error.in_file(path.display().to_string()))
}

fn from_overlaid(root: Value, mut notes: Notes) -> Result<Generated, Error> {
    let published_as_3_0 = root["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"));
    let mut lowered = lower::lower(root, &mut notes)?;
    check::check(&lowered)?;
    ignore::ignore(&mut lowered, published_as_3_0, &mut notes)?;
    let meta = describe::describe(&lowered, &mut notes)?;
    let adapted = adapt::adapt(lowered.clone(), &meta, &mut notes)?;
    let source = generate::generate(&adapted.root, Style::Builder, |builders| {
        let builders = finish::finish(builders, &meta, &mut notes)?;
        emit::emit(builders, &meta, adapted.error_type.as_deref())
    })??;
    Ok(Generated { notes, lowered, meta, adapted: adapted.root, source })
}
