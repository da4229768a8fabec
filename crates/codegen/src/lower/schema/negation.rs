//! What widening does to `not`.

use super::Schema;
use crate::Notes;
use crate::lower::rule;
use crate::pointer::join;

/// The rules that leave a schema wider than it was published.
const WIDENING: [&str; 5] =
    [rule::WIDENED_KEYWORD, rule::PREFIX_ITEMS, rule::PATTERN_PROPERTIES, rule::EMPTY_LIST, rule::NEGATION];

/// [`rule::NEGATION`].
pub(super) fn drop_widened(schema: &mut Schema, at: &str, notes: &mut Notes) {
    if !schema.contains_key("not") {
        return;
    }
    let at = join(at, "not");
    let inside = format!("{at}/");
    if notes.iter().any(|note| WIDENING.contains(&note.rule) && note.pointer.starts_with(&inside)) {
        schema.shift_remove("not");
        notes.record(rule::NEGATION, at, "dropped; what it negates is wider than the document says");
    }
}
