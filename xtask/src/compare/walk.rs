//! The state of one comparison: both documents, where we are, and what was found so far.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::Document;
use super::{Change, Effect};

pub(super) struct Walk<'a> {
    pub(super) old: Document<'a>,
    pub(super) new: Document<'a>,
    /// The operation, or component, that changes are reported for.
    pub(super) subject: String,
    pub(super) direction: Direction,
    /// Whether a date-time is given as its text here, as in a path or a header.
    pub(super) as_text: bool,
    /// Components that mean the same in both documents: there is nothing to find below them.
    pub(super) unchanged: BTreeSet<&'a str>,
    /// Components of the same name that were compared where an operation uses them.
    pub(super) seen: BTreeSet<&'a str>,
    /// The pairs of schemas we are inside of, so that recursive types end.
    pub(super) inside: Vec<(usize, usize)>,
    changes: Vec<Change>,
}

/// What stands where a document says nothing.
pub(super) static NOTHING: Value = Value::Null;

/// Who writes the values at the place we are at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// The caller.
    Request,
    /// The vendor, in an answer the caller gets as a typed value.
    Response,
    /// Nobody the generated types know of (errors, headers, unused components): all is a note.
    Aside,
}

impl<'a> Walk<'a> {
    pub(super) fn new(old: &'a Value, new: &'a Value) -> Self {
        let (old, new) = (Document::new(old), Document::new(new));
        Walk {
            unchanged: old.unchanged(&new),
            old,
            new,
            subject: String::new(),
            direction: Direction::Request,
            as_text: false,
            seen: BTreeSet::new(),
            inside: Vec::new(),
            changes: Vec::new(),
        }
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    pub(super) fn push(&mut self, place: &str, what: impl Into<String>, effect: Effect) {
        let effect = if self.direction == Direction::Aside { Effect::Note } else { effect };
        self.changes.push(Change {
            operation: self.subject.clone(),
            place: place.to_owned(),
            what: what.into(),
            effect,
        });
    }

    /// Runs `walk` in another direction; within an aside all stays aside.
    pub(super) fn towards(&mut self, direction: Direction, walk: impl FnOnce(&mut Self)) {
        let before = self.direction;
        if before != Direction::Aside {
            self.direction = direction;
        }
        walk(self);
        self.direction = before;
    }

    /// Reports a keyword whose value differs.
    pub(super) fn keyword(
        &mut self,
        place: &str,
        keyword: &str,
        old: Option<&Value>,
        new: Option<&Value>,
        effect: Effect,
    ) {
        if old != new {
            self.push(place, turn(keyword, &text(old), &text(new)), effect);
        }
    }

    /// Notes every `x-` extension that differs between two objects.
    pub(super) fn extensions(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        for key in keys(old, new).into_iter().filter(|key| key.starts_with("x-")) {
            self.keyword(place, key, old.get(key), new.get(key), Effect::Note);
        }
    }
}

/// `keyword: old → new`
pub(super) fn turn(keyword: &str, old: &str, new: &str) -> String {
    // Long values are cut, and may differ only after the cut.
    if old == new { format!("{keyword}: changed") } else { format!("{keyword}: {old} → {new}") }
}

/// A value as the report shows it.
pub(super) fn text(value: Option<&Value>) -> String {
    const LONGEST: usize = 60;
    let full = match value {
        None => return "none".to_owned(),
        Some(Value::String(string)) => string.clone(),
        Some(other) => other.to_string(),
    };
    match full.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", full.get(..cut).unwrap_or(&full)),
        None => full,
    }
}

/// The keys of two objects: the old one's in its order, then those only the new one has.
pub(super) fn keys<'a>(old: &'a Value, new: &'a Value) -> Vec<&'a str> {
    let of = |value: &'a Value| value.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str));
    of(old).chain(of(new).filter(|key| old.get(*key).is_none())).collect()
}

/// Whether a boolean keyword, whose default is false, is set.
pub(super) fn flag(object: &Value, keyword: &str) -> bool {
    object.get(keyword).and_then(Value::as_bool).unwrap_or(false)
}

/// The value of a keyword, or null where there is none.
pub(super) fn part<'a>(object: &'a Value, keyword: &str) -> &'a Value {
    object.get(keyword).unwrap_or(&NOTHING)
}
