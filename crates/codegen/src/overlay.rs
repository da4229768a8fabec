//! Repairs and observations laid over a document (OpenAPI Overlay 1.1).

use std::path::Path;

use roas_overlay::apply::{Apply, ApplyErrorKind, ApplyOptions};
use roas_overlay::v1_1::Overlay;
use roas_overlay::validation::Validate;
use serde_json::Value;

use crate::{Error, Notes, document, vocabulary};

const FORM: &str = "Write `overlay: 1.1.0`, `info` with `title` and `version`, and `actions`: a list in which each has a \
                    `target` and either `update`, `copy` or `remove`";
const PATH: &str = "Mend the JSONPath (RFC 9535) of the `target`: it starts with `$`, and a name with other signs than \
                    letters and digits stands in brackets and quotes, as in `$.paths['/users/{id}'].get`";

/// What an overlay may say, by the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    /// Makes the document correct, without a change of meaning.
    Repair,
    /// Tells how the vendor really behaves.
    Observation,
}

/// Applies the overlay at `path` to `root`; a file that does not exist changes nothing.
///
/// Every action must give its reason (`description`); an observation also its `x-source` and `x-confidence`.
///
/// # Errors
/// An overlay that is not one, an action without its reason, and an action that matches nothing or cannot be
/// applied: then the vendor's document has changed under it.
pub fn apply(path: &Path, root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    let name = path.display().to_string();
    apply_text(path, &document::text(path)?, root, notes).map_err(|error| error.in_file(name))
}

fn apply_text(path: &Path, text: &str, root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let truth =
        if path.to_string_lossy().ends_with(".observed.yaml") { Truth::Observation } else { Truth::Repair };
    let parsed = document::parse(path, text)?;
    let actions = parsed["actions"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (index, action) in actions.iter().enumerate() {
        reasoned(truth, index, action)?;
        vocabulary::check(index, action, root)?;
    }
    let overlay: Overlay = serde_json::from_value(parsed.clone()).map_err(|error| {
        Error::new("overlay", "", format!("this is not an Overlay 1.1 document: {error}")).remedy(FORM)
    })?;
    #[expect(
        clippy::default_trait_access,
        reason = "the set's type is of a crate that this one does not name"
    )]
    overlay.validate(Default::default()).map_err(|error| {
        let faults: Vec<String> = error.errors.iter().map(ToString::to_string).collect();
        let remedy =
            if faults.iter().any(|fault| fault.to_lowercase().contains("jsonpath")) { PATH } else { FORM };
        Error::new("overlay", "", format!("this is not a valid Overlay 1.1 document: {}", faults.join("; ")))
            .remedy(remedy)
    })?;
    let strict = ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch;
    let report = overlay.apply(root, strict).map_err(|error| {
        let (fault, remedy) = explain(&error.kind);
        Error::new(
            "overlay",
            format!("/actions/{}", error.action_index),
            format!("`{}` {fault}", error.target),
        )
        .remedy(remedy)
    })?;
    for (outcome, action) in report.actions.iter().zip(actions) {
        let reason = action["description"].as_str().unwrap_or_default();
        let rule = match truth {
            Truth::Repair => "repair",
            Truth::Observation => "observation",
        };
        notes.record(
            rule,
            format!("/actions/{}", outcome.index),
            format!("{} {}: {reason}", outcome.operation, outcome.target),
        );
    }
    Ok(())
}

fn reasoned(truth: Truth, index: usize, action: &Value) -> Result<(), Error> {
    let lacks = |field: &str| action[field].as_str().is_none_or(|text| text.trim().is_empty());
    let pointer = format!("/actions/{index}");
    if lacks("description") {
        return Err(Error::new("overlay-reason", pointer, "the action does not say why")
            .remedy("Add a `description` with the reason"));
    }
    if truth == Truth::Repair {
        return Ok(());
    }
    if lacks("x-source") {
        return Err(Error::new("overlay-reason", pointer, "the observation does not name its source")
            .remedy("Add `x-source` with a public page, repository or recording"));
    }
    if !matches!(action["x-confidence"].as_str(), Some("high" | "medium" | "low")) {
        return Err(Error::new("overlay-reason", pointer, "the observation does not say how sure it is")
            .remedy("Add `x-confidence`: `high`, `medium` or `low`"));
    }
    Ok(())
}

fn explain(kind: &ApplyErrorKind) -> (String, &'static str) {
    match kind {
        ApplyErrorKind::ZeroMatch => (
            "matches nothing".to_owned(),
            "Either the document has changed and the action is no longer needed (delete it) or its target is \
             misspelt (mend the JSONPath)",
        ),
        ApplyErrorKind::MixedKindMatch => {
            ("matches objects and arrays at once".to_owned(), "Write one action for each")
        }
        ApplyErrorKind::PrimitiveActionTarget => (
            "names a single text, number or boolean, which overlays cannot target".to_owned(),
            "Target the object around it and `update` the member",
        ),
        other => (format!("cannot be applied: {other}"), PATH),
    }
}
