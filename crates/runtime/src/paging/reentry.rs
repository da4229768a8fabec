//! Which records of a page that is fetched again were handed out before the interruption.

use std::collections::HashSet;

use super::Fingerprint;

/// How many of the last records a checkpoint tells by default.
pub(super) const MARKS: usize = 8;

/// How many it tells at most.
pub(super) const MAX_MARKS: usize = 32;

/// What of a page fetched again is left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reentry {
    /// For each record whether it was handed out for certain.
    pub(super) known: Vec<bool>,
    /// Records before this index that are not known may have been handed out all the same.
    pub(super) doubtful: usize,
    /// Whether the page has to do with the records handed out last at all.
    pub(super) anchored: bool,
}

/// Compares a page with the marks of the records that were handed out last, oldest first.
///
/// If they stand in the page as they did, everything up to the last of them was handed out. If only some do,
/// the page has changed: those are left out, and what stands before the last of them may be a repetition. If
/// none do, every record may be one.
pub(super) fn compare(last: &[Fingerprint], page: &[Option<Fingerprint>]) -> Reentry {
    let set: HashSet<Fingerprint> = last.iter().copied().collect();
    let is_known = |mark: &Option<Fingerprint>| mark.is_some_and(|mark| set.contains(&mark));
    if let Some(end) = as_they_stood(last, page) {
        // A record inserted while the list was read may have been handed out after some that follow it.
        let known = page.iter().enumerate().map(|(index, mark)| index <= end || is_known(mark)).collect();
        return Reentry { known, doubtful: 0, anchored: true };
    }
    let known: Vec<bool> = page.iter().map(is_known).collect();
    match known.iter().rposition(|known| *known) {
        Some(end) => Reentry { known, doubtful: end, anchored: true },
        None => Reentry { known, doubtful: page.len(), anchored: false },
    }
}

/// Where the newest mark stands in the page, if the older ones stand right before it, as far as the page goes.
fn as_they_stood(last: &[Fingerprint], page: &[Option<Fingerprint>]) -> Option<usize> {
    let newest = last.last()?;
    let end = page.iter().rposition(|mark| *mark == Some(*newest))?;
    let before = page.get(..=end)?.iter().rev();
    last.iter().rev().zip(before).all(|(mark, other)| *other == Some(*mark)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: u8) -> Fingerprint {
        Fingerprint::of_bytes(&[number])
    }

    fn page(numbers: &[u8]) -> Vec<Option<Fingerprint>> {
        numbers.iter().map(|number| Some(mark(*number))).collect()
    }

    #[test]
    fn a_page_that_is_the_same_goes_on_after_the_last_record() {
        let found = compare(&[mark(2), mark(3)], &page(&[1, 2, 3, 4]));
        assert_eq!(found, Reentry { known: vec![true, true, true, false], doubtful: 0, anchored: true });
    }

    #[test]
    fn a_record_that_left_before_the_last_ones_costs_nothing() {
        let found = compare(&[mark(2), mark(3)], &page(&[2, 3, 4, 5]));
        assert_eq!(found.known, [true, true, false, false]);
    }

    #[test]
    fn a_page_whose_last_record_left_repeats_what_is_in_doubt() {
        let found = compare(&[mark(2), mark(3)], &page(&[1, 2, 4]));
        assert_eq!(found, Reentry { known: vec![false, true, false], doubtful: 1, anchored: true });
    }

    #[test]
    fn a_record_inserted_before_others_that_were_handed_out_does_not_repeat_them() {
        let found = compare(&[mark(2), mark(3), mark(9)], &page(&[9, 2, 3, 4]));
        assert_eq!(found.known, [true, true, true, false]);
    }

    #[test]
    fn a_page_of_others_is_all_in_doubt() {
        let found = compare(&[mark(2)], &page(&[7, 8]));
        assert_eq!(found, Reentry { known: vec![false, false], doubtful: 2, anchored: false });
    }
}
