//! Compares two `OpenAPI` documents as a caller of the generated Rust client would feel the difference.
//!
//! Both documents are expected as the generator sees them: repaired, and lowered to 3.0. What the
//! generator does decides what breaks: an optional or nullable field is an `Option`, a component or a
//! `title` names a type, enums are open, and all errors of an operation share one type.

mod components;
mod document;
mod message;
mod operations;
mod report;
mod schema;
mod shape;
mod walk;

use serde_json::Value;

/// Compares `old` with `new`; a document compared with itself has no changes.
///
/// The order of keys, of required names, of enum values and of alternatives of security is no difference,
/// and neither are descriptions, summaries, tags and examples.
#[must_use]
pub fn compare(old: &Value, new: &Value) -> Comparison {
    let mut walk = walk::Walk::new(old, new);
    walk.document();
    walk.operations();
    walk.components();
    Comparison { changes: walk.into_changes() }
}

/// What differs between two documents, in the order of the documents; its `Display` is the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The differences, one each.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Whether the documents say the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether a caller of the old client must change something to use the new one.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.changes.iter().any(|change| matches!(change.effect, Effect::Breaking(_)))
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The operation's id in the old document (else its method and path), the name of a component, a
    /// path, or `document`.
    pub operation: String,
    /// Where in the operation: `query includeAvatars`, `request body.filter.userIds`,
    /// `200 response users[].title`.
    pub place: String,
    /// What happened there: `removed`, `optional → required`, `type: string → integer`.
    pub what: String,
    /// What it means to a caller.
    pub effect: Effect,
}

/// What a change means to a caller of the generated client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A caller stops compiling, or a call that worked is refused; says why.
    Breaking(&'static str),
    /// Callers keep compiling and their calls keep working.
    Compatible,
    /// Nothing a caller's code depends on; for the reader of the report.
    Note,
}
