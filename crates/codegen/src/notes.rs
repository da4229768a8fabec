//! The record of what every rule changed, which is what reviewers read in snapshots.

use std::fmt;

/// One change: which rule, where, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The rule's name, such as `type-array-to-nullable`.
    pub rule: &'static str,
    /// Where, as a JSON pointer into the document as it was when the rule ran.
    pub pointer: String,
    /// What was changed, in a few words.
    pub change: String,
}

/// Every change made on the way from the published document to Rust, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(Vec<Note>);

impl Notes {
    /// No changes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one change.
    pub fn record(&mut self, rule: &'static str, pointer: impl Into<String>, change: impl Into<String>) {
        self.0.push(Note { rule, pointer: pointer.into(), change: change.into() });
    }

    /// The changes, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Note> {
        self.0.iter()
    }

    /// How many changes `rule` made.
    #[must_use]
    pub fn count(&self, rule: &str) -> usize {
        self.0.iter().filter(|note| note.rule == rule).count()
    }
}

impl fmt::Display for Notes {
    /// One block per rule in the order of its first change; within it one line per change.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rules: Vec<&str> = Vec::new();
        for note in &self.0 {
            if !rules.contains(&note.rule) {
                rules.push(note.rule);
            }
        }
        for rule in rules {
            writeln!(f, "{rule} ({})", self.count(rule))?;
            for note in self.0.iter().filter(|note| note.rule == rule) {
                writeln!(f, "  #{}  {}", note.pointer, note.change)?;
            }
        }
        Ok(())
    }
}
