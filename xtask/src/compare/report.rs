//! Writes a comparison for people: breaking changes first, each list by operation, a count at the end.

use std::fmt::{Display, Formatter, Result};

use super::{Change, Comparison, Effect};

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let breaking = self.having(|effect| matches!(effect, Effect::Breaking(_)));
        let compatible = self.having(|effect| effect == Effect::Compatible);
        let notes = self.having(|effect| effect == Effect::Note);
        group(f, "Breaking", &breaking)?;
        group(f, "Compatible", &compatible)?;
        group(f, "Notes", &notes)?;
        let (breaking, compatible, notes) = (breaking.len(), compatible.len(), notes.len());
        let plural = if notes == 1 { "note" } else { "notes" };
        write!(f, "{breaking} breaking, {compatible} compatible, {notes} {plural}")
    }
}

impl Comparison {
    fn having(&self, wanted: impl Fn(Effect) -> bool) -> Vec<&Change> {
        self.changes.iter().filter(|change| wanted(change.effect)).collect()
    }
}

fn group(f: &mut Formatter<'_>, title: &str, changes: &[&Change]) -> Result {
    if changes.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}")?;
    let mut operations: Vec<&str> = Vec::new();
    for change in changes {
        if !operations.contains(&change.operation.as_str()) {
            operations.push(&change.operation);
        }
    }
    for operation in operations {
        writeln!(f, "  {operation}")?;
        for change in changes.iter().filter(|change| change.operation == operation) {
            write!(f, "    {}: {}", change.place, change.what)?;
            match change.effect {
                Effect::Breaking(why) => writeln!(f, " — {why}")?,
                Effect::Compatible | Effect::Note => writeln!(f)?,
            }
        }
    }
    writeln!(f)
}
