//! The sliding log of one pool: when each of its last requests counts.

use std::collections::VecDeque;
use std::time::Duration;

use super::store::{Rate, Remaining, Ticket};

/// The time of a request that was reserved and is not sent yet: it counts now, whenever now is.
const HELD: u64 = u64::MAX;

/// The last requests of a pool in the order of the times they count from, never more of them than the largest
/// limit, sixteen bytes each.
///
/// A window of `limit` requests is free for one more when the `limit`-th newest request is as old as the
/// window and its margin. That is the whole law; everything else keeps the log sorted and short.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    next: u64,
    paused_until: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Nanoseconds on the store's clock, or [`HELD`].
    at: u64,
    ticket: u64,
}

impl Log {
    /// Enters one request, or says how long to wait before asking again.
    pub(super) fn reserve(&mut self, now: Duration, rates: &[Rate]) -> Result<Ticket, Duration> {
        let now = nanos(now);
        let free = self.free_at(now, rates, 0);
        if free > now {
            return Err(Duration::from_nanos(free - now));
        }
        let ticket = self.next;
        self.next += 1;
        if let Some(most) = rates.iter().map(|rate| rate.limit as usize).max() {
            self.insert(Entry { at: HELD, ticket });
            self.shorten(now, rates, most);
        }
        Ok(Ticket::new(ticket))
    }

    /// How long a request must wait at least if `ahead` others go first.
    pub(super) fn forecast(&self, now: Duration, rates: &[Rate], ahead: usize) -> Duration {
        let now = nanos(now);
        Duration::from_nanos(self.free_at(now, rates, ahead) - now)
    }

    /// A reserved request is on its way and counts from `at`.
    pub(super) fn sent(&mut self, ticket: Ticket, at: Duration) {
        self.count(ticket, |_| nanos(at));
    }

    /// A sent request turned out to count from a time earlier `by` that much.
    pub(super) fn earlier(&mut self, ticket: Ticket, by: Duration) {
        self.count(ticket, |at| if at == HELD { at } else { at.saturating_sub(nanos(by)) });
    }

    /// A reserved request is not sent after all.
    pub(super) fn give_back(&mut self, ticket: Ticket) {
        if let Some(index) = self.index(ticket) {
            self.entries.remove(index);
        }
    }

    /// Nothing is free before `until`.
    pub(super) fn pause(&mut self, until: Duration) {
        self.paused_until = self.paused_until.max(nanos(until));
    }

    /// How long nothing is free whatever the windows say.
    pub(super) fn paused(&self, now: Duration) -> Duration {
        Duration::from_nanos(self.paused_until.saturating_sub(nanos(now)))
    }

    /// What is left of each window.
    pub(super) fn remaining(&self, now: Duration, rates: &[Rate]) -> Vec<Remaining> {
        let now = nanos(now);
        let paused = self.paused_until.saturating_sub(now);
        let left = |rate: &Rate| {
            let span = nanos(rate.span());
            let counts = |entry: &Entry| entry.at.saturating_add(span) > now;
            let used = self.entries.len() - self.entries.partition_point(|entry| !counts(entry));
            let newest = self.entries.back().filter(|entry| counts(entry));
            let resets = newest.map_or(0, |entry| entry.at_or(now).saturating_add(span) - now);
            let free = rate.limit.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX));
            Remaining {
                limit: rate.limit,
                per: rate.per,
                left: if paused > 0 { 0 } else { free },
                resets_in: Duration::from_nanos(resets.max(paused)),
            }
        };
        rates.iter().map(left).collect()
    }

    /// When one more request may go after `ahead` others, not before `now`. With others ahead it is exact for
    /// one window and the latest of the windows' own answers for several, which can only be too early.
    fn free_at(&self, now: u64, rates: &[Rate], ahead: usize) -> u64 {
        let free = |rate: &Rate| {
            let (limit, span) = (rate.limit as usize, nanos(rate.span()));
            if limit == 0 {
                return u64::MAX;
            }
            // Every `limit` requests ahead cost one whole window; the rest go one slot further each.
            let whole = span.saturating_mul((ahead / limit) as u64);
            let index = (self.entries.len() + ahead % limit).checked_sub(limit);
            let base = index
                .and_then(|index| self.entries.get(index))
                .map_or(now, |entry| entry.at_or(now).saturating_add(span).max(now));
            base.saturating_add(whole)
        };
        rates.iter().map(free).fold(now.max(self.paused_until), u64::max)
    }

    /// Drops what no window can ask for again.
    fn shorten(&mut self, now: u64, rates: &[Rate], most: usize) {
        let longest = rates.iter().map(|rate| nanos(rate.span())).max().unwrap_or(0);
        while self.entries.len() > most
            || self.entries.front().is_some_and(|oldest| oldest.at.saturating_add(longest) <= now)
        {
            self.entries.pop_front();
        }
    }

    /// Lets a request count from another time. It mostly keeps its place.
    fn count(&mut self, ticket: Ticket, from: impl FnOnce(u64) -> u64) {
        let Some(index) = self.index(ticket) else { return };
        let Some(mut entry) = self.entries.get(index).copied() else { return };
        entry.at = from(entry.at);
        let before = index.checked_sub(1).and_then(|index| self.entries.get(index));
        let after = self.entries.get(index + 1);
        if before.is_none_or(|other| other.at <= entry.at) && after.is_none_or(|other| other.at > entry.at) {
            if let Some(place) = self.entries.get_mut(index) {
                *place = entry;
            }
        } else {
            self.entries.remove(index);
            self.insert(entry);
        }
    }

    /// Requests in flight are among the newest, so this is near the back.
    fn index(&self, ticket: Ticket) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.ticket == ticket.number())
    }

    fn insert(&mut self, entry: Entry) {
        let later = self.entries.iter().rev().take_while(|other| other.at > entry.at).count();
        self.entries.insert(self.entries.len() - later, entry);
    }
}

impl Entry {
    fn at_or(self, now: u64) -> u64 {
        if self.at == HELD { now } else { self.at }
    }
}

/// Nanoseconds of a duration; 584 years and everything above are the same.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX - 1)
}
