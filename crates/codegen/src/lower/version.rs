//! Which dialect a document is written in.

use serde_json::{Value, json};

use super::rule;
use crate::{Error, Notes};

const LOWERED: &str = "3.0.3";

/// The dialects that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V3_0,
    V3_1,
}

/// The dialect of `root`, or an error that says what to do about it.
pub(super) fn of(root: &Value) -> Result<Version, Error> {
    if let Some(swagger) = root.get("swagger") {
        return Err(unsupported("/swagger", format!("this is a Swagger {} document", bare(swagger)))
            .remedy("Convert it to OpenAPI 3.0 or 3.1 and vendor the result"));
    }
    let Some(version) = root.get("openapi") else {
        return Err(unsupported("", "the document does not say which version of OpenAPI it is written in")
            .remedy("Write `openapi: 3.1.0`, or the version it has, as its first member"));
    };
    match version.as_str() {
        Some(text) if is_of(text, "3.0") => Ok(Version::V3_0),
        Some(text) if is_of(text, "3.1") => Ok(Version::V3_1),
        Some(text) => Err(unsupported("/openapi", format!("OpenAPI {text} is not one of 3.0 and 3.1"))
            .remedy("Vendor the document in one of these versions")),
        None => Err(unsupported("/openapi", format!("the version {version} is not a string"))
            .remedy("Write it in full, such as `openapi: 3.1.0`")),
    }
}

/// Writes the version of the lowered document.
pub(super) fn relabel(root: &mut Value, notes: &mut Notes) {
    if let Some(version) = root.get_mut("openapi") {
        notes.record(rule::VERSION, "/openapi", format!("{} becomes {LOWERED}", bare(version)));
        *version = json!(LOWERED);
    }
}

fn is_of(version: &str, minor: &str) -> bool {
    version.strip_prefix(minor).is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn unsupported(at: &str, fault: impl Into<String>) -> Error {
    Error::new(rule::SUPPORTED_VERSION, at, fault)
}
