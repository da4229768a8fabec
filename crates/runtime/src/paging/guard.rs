//! Finds out that a list goes round in a circle or nowhere, in bounded memory.

use std::collections::{HashSet, VecDeque};

use super::Fingerprint;

/// How many of the last cursors are remembered.
const REMEMBERED: usize = 128;

/// Finds a cursor that comes again. Short circles are found at once, by remembering the last cursors; long
/// ones after at most two rounds, by Brent's method: one cursor is kept back and replaced at every power of
/// two.
#[derive(Debug, Default)]
pub(super) struct LoopGuard {
    recent: Recent,
    anchor: Option<Fingerprint>,
    seen: u64,
}

impl LoopGuard {
    /// Whether this one came before.
    pub(super) fn repeats(&mut self, mark: Fingerprint) -> bool {
        if self.anchor == Some(mark) || !self.recent.insert(mark, REMEMBERED) {
            return true;
        }
        self.seen += 1;
        if self.seen.is_power_of_two() {
            self.anchor = Some(mark);
        }
        false
    }

    /// How many different ones came.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }
}

/// The last marks that came.
#[derive(Debug, Default)]
pub(super) struct Recent {
    order: VecDeque<Fingerprint>,
    set: HashSet<Fingerprint>,
    forgotten: bool,
}

impl Recent {
    /// Remembers the mark and forgets the oldest beyond `capacity`; false if it was there.
    pub(super) fn insert(&mut self, mark: Fingerprint, capacity: usize) -> bool {
        if !self.set.insert(mark) {
            return false;
        }
        self.order.push_back(mark);
        while self.order.len() > capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.forgotten |= self.set.remove(&oldest);
            }
        }
        true
    }

    /// Whether a mark was forgotten for another.
    pub(super) fn has_forgotten(&self) -> bool {
        self.forgotten
    }

    pub(super) fn contains(&self, mark: Fingerprint) -> bool {
        self.set.contains(&mark)
    }
}

/// Counts pages in a row that bring nothing.
#[derive(Debug)]
pub(super) struct EmptyGuard {
    allowed: u32,
    in_a_row: u32,
}

impl EmptyGuard {
    pub(super) fn new(allowed: u32) -> Self {
        Self { allowed, in_a_row: 0 }
    }

    /// How many in a row, if that is too many.
    pub(super) fn exceeded(&mut self, nothing_new: bool) -> Option<u32> {
        self.in_a_row = if nothing_new { self.in_a_row + 1 } else { 0 };
        (self.in_a_row > self.allowed).then_some(self.in_a_row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: u64) -> Fingerprint {
        Fingerprint::of_bytes(&number.to_be_bytes())
    }

    #[test]
    fn a_circle_longer_than_what_is_remembered_is_found() {
        let length = 3 * REMEMBERED as u64;
        let mut guard = LoopGuard::default();
        let found = (0..4 * length).position(|step| guard.repeats(mark(step % length))).expect("found");
        assert!(found as u64 <= 3 * length, "{found}");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut guard = LoopGuard::default();
        assert!((0..100_000).all(|step| !guard.repeats(mark(step))));
        assert_eq!(guard.recent.order.len(), REMEMBERED);
        assert_eq!(guard.recent.set.len(), REMEMBERED);
        assert_eq!(guard.seen(), 100_000);
    }
}
