//! Pages that overlap, so that records which move while a list is read by offset are seen to move.

use super::checkpoint::Place;
use super::guard::Recent;
use super::reentry::MAX_MARKS;
use super::{Checkpoint, Fingerprint};

/// How often a list may turn out to have been replaced while it is read.
const MAX_LOST: u32 = 3;

/// What is known of the records handed out last, and how far pages are fetched again to find one of them.
#[derive(Debug)]
pub(super) struct Overlap {
    width: u64,
    capacity: usize,
    recent: Recent,
    /// Whether no record that was handed out has been forgotten.
    complete: bool,
    /// How far the last page was fetched back.
    back: u64,
    /// How often the very beginning of the list was reached without finding a known record.
    lost: u32,
}

impl Overlap {
    /// After an interruption, what the checkpoint tells is known, which may be all there is to know.
    pub(super) fn new(width: u64, page_size: u64, at: &Checkpoint) -> Self {
        let capacity = page_size.saturating_mul(4).saturating_add(width);
        let capacity = usize::try_from(capacity).unwrap_or(usize::MAX).max(MAX_MARKS);
        let mut recent = Recent::default();
        for mark in &at.marks {
            recent.insert(*mark, capacity);
        }
        Self {
            width,
            capacity,
            recent,
            complete: at.place == Place::Start || at.records <= at.marks.len() as u64,
            back: 0,
            lost: 0,
        }
    }

    pub(super) fn width(&self) -> u64 {
        self.width
    }

    /// Which of the records are known.
    pub(super) fn known(&self, marks: &[Option<Fingerprint>]) -> Vec<bool> {
        marks.iter().map(|mark| mark.is_some_and(|mark| self.recent.contains(mark))).collect()
    }

    /// Whether the first record that can be told from others is known; then none before it was missed, as
    /// those that stay keep their order.
    pub(super) fn begins_known(&self, marks: &[Option<Fingerprint>]) -> bool {
        match marks.iter().flatten().next() {
            Some(mark) => self.recent.contains(*mark),
            None => !marks.is_empty(),
        }
    }

    pub(super) fn remember(&mut self, marks: &[Option<Fingerprint>]) {
        self.back = 0;
        for mark in marks.iter().flatten() {
            self.recent.insert(*mark, self.capacity);
        }
        self.complete &= !self.recent.has_forgotten();
    }

    /// Where to look for a known record if there is none at `offset`; the beginning of the list, once there, is
    /// taken as it is if everything handed out is remembered. `None` if too far back or too often.
    pub(super) fn back(&mut self, offset: u64) -> Option<u64> {
        if offset == 0 {
            self.lost += 1;
            return (self.complete && self.lost <= MAX_LOST).then_some(0);
        }
        self.back = if self.back == 0 { self.width } else { self.back.saturating_mul(2) };
        usize::try_from(self.back).is_ok_and(|back| back <= self.capacity).then_some(())?;
        Some(offset.saturating_sub(self.back))
    }
}
