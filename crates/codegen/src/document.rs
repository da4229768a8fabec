//! A published document as it stands in its file: read, parsed, order kept.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Error;

/// A document with the overlays that lie beside it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file it was read from.
    pub path: PathBuf,
    /// Its content.
    pub root: Value,
}

/// Reads a document.
///
/// # Errors
/// A file that is missing, cannot be parsed, or is not an object at its top.
pub fn read(path: &Path) -> Result<Document, Error> {
    let root = parse(path, &text(path)?)?;
    if !root.is_object() {
        return Err(Error::new("readable-document", "", "the file does not hold an object")
            .remedy("An OpenAPI document starts with `openapi: 3.…`; is this another file?")
            .in_file(path.display().to_string()));
    }
    Ok(Document { path: path.to_owned(), root })
}

/// The overlay files that belong to a document, in the order in which they apply, whether they exist or not:
/// `users.yaml` has `users.repairs.yaml` and `users.observed.yaml`.
#[must_use]
pub fn overlay_paths(document: &Path) -> [PathBuf; 2] {
    [document.with_extension("repairs.yaml"), document.with_extension("observed.yaml")]
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| {
        Error::new("readable-document", "", format!("the file cannot be read: {error}"))
            .remedy(
                "The published documents are vendored: `git checkout -- specs` restores them, and \
                 specs/README.md says where each comes from",
            )
            .in_file(path.display().to_string())
    })
}

/// Parses `text` as JSON if the file's name ends so, else as YAML 1.2.
pub(crate) fn parse(path: &Path, text: &str) -> Result<Value, Error> {
    let parsed = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        // In YAML 1.2 `no` and `on` are texts: a list of countries has Norway in it.
        serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true })
            .map_err(|error| one_line(&error.to_string()))
    };
    parsed.map_err(|fault| {
        let lower = fault.to_lowercase();
        let is_deep = ["recursion limit", "depth", "nesting"].iter().any(|sign| lower.contains(sign));
        let remedy = if is_deep {
            "Nothing is wrong with the text, but it nests deeper than is read: move inner schemas to \
             `components.schemas` and refer to them, and say in specs/README.md that the file differs from what is \
             published"
        } else {
            "Restore the published text; what is wrong in it is mended in an overlay, never in the file"
        };
        Error::new("readable-document", "", format!("the file cannot be parsed: {fault}"))
            .remedy(remedy)
            .in_file(path.display().to_string())
    })
}

/// The YAML parser draws the place with several lines of source; the paragraph of an error wants one.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}
