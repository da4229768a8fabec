//! Why an item was not done, in one line, and the error it comes from.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Error;

/// As many characters as a reason has at most.
const LONGEST: usize = 512;

/// Why an item was not done: a text of one line, and behind it the error of the call, if a call failed.
///
/// The vendor's own words can be in it, and go where reports are printed and logged. So characters that would break
/// the line, or are not seen and turn or hide others, are spaces in it, and it has 512 characters at most, the last
/// of which is `…` if it was longer. What the vendor said in full is in the [`error`](Self::error), where a call
/// failed.
///
/// It reads as a text and serialises as one; two are the same if their texts are. The [`error`](Self::error) is
/// there in this process only. It has what the vendor answered, on request and nowhere else, as that may hold
/// personal data.
///
/// ```
/// use revops_runtime::batch::Reason;
///
/// let reason = Reason::from("it has no key");
/// assert_eq!((reason.as_str(), reason.len()), ("it has no key", 13));
/// assert!(reason.error().is_none()); // it was refused before anything was sent
/// assert_eq!(Reason::from("it is odd\n2026-01-01 all is well").as_str(), "it is odd 2026-01-01 all is well");
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Reason {
    text: String,
    error: Option<Arc<Error>>,
}

impl Reason {
    pub(super) fn new(text: String, error: Option<Arc<Error>>) -> Self {
        Self { text: one_line(text), error }
    }

    /// The same error, with more to say of this item. Where that is too long for one line, the first text is cut.
    pub(super) fn and(self, more: &str) -> Self {
        let more = format!("; {more}");
        let room = LONGEST.saturating_sub(more.chars().count());
        Self::new(cut(self.text, room) + &more, self.error)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The error of the call the item went with, which the items of one call share: its status, headers and
    /// body, where the vendor answered. `None` if no call failed, as when the item was refused before it was sent
    /// or the vendor's answer spoke of this item by itself; and after the reason was read back from a file.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_deref()
    }
}

/// The text, so many characters of it.
fn cut(text: String, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text;
    }
    let mut line: String = text.chars().take(longest.saturating_sub(1)).collect();
    line.push('…');
    line
}

/// The text as one line that is not too long.
fn one_line(text: String) -> String {
    if !text.chars().any(is_odd) {
        return cut(text, LONGEST);
    }
    cut(text.trim_end().chars().map(|it| if is_odd(it) { ' ' } else { it }).collect(), LONGEST)
}

/// Whether a character ends a line somewhere, steers a terminal, or turns or hides the text around it.
fn is_odd(character: char) -> bool {
    let is_mark = matches!(character,
        '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}');
    character.is_control() || is_mark
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self::new(text, None)
    }
}

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned(), None)
    }
}

impl From<Reason> for String {
    /// The text alone.
    fn from(reason: Reason) -> Self {
        reason.text
    }
}

impl Deref for Reason {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Reason {}

impl PartialEq<str> for Reason {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Reason {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Reason {
    /// The text, as that of a string.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
