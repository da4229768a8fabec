//! From items to chunks: how many, how large, and what of those with the same key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use futures::StreamExt;
use futures::stream::{self, BoxStream};

use super::{Duplicates, Outcome};

pub(super) type Key<I> = Box<dyn Fn(&I) -> Option<String> + Send>;
type Check<I> = Box<dyn Fn(&I) -> Result<(), String> + Send>;
type Size<I> = Box<dyn Fn(&I) -> usize + Send>;

/// What an item must be like to be sent.
pub(super) struct Terms<I> {
    /// The most bytes of one request, and how many an item takes.
    pub(super) size: Option<(usize, Size<I>)>,
    /// Refuses an item with a reason.
    pub(super) check: Option<Check<I>>,
}

/// Items with the same key as an item that is sent make no request, but take memory until they are reported;
/// a chunk is closed when there are so many times more of them than items.
const IDLE: usize = 4;

/// One item and its index; one that is not to be sent has its outcome already.
pub(super) enum Slot<I> {
    Send(I),
    Decided(Outcome<()>),
}

/// The items of an input, cut into chunks.
pub(super) struct Input<I> {
    items: BoxStream<'static, (usize, Slot<I>)>,
    chunk: usize,
    terms: Terms<I>,
    /// An item that did not fit into the last chunk.
    held: Option<(usize, Slot<I>, usize)>,
}

impl<I: Send + 'static> Input<I> {
    pub(super) fn new(
        items: BoxStream<'static, I>,
        chunk: usize,
        terms: Terms<I>,
        duplicates: Option<(Duplicates, Key<I>)>,
    ) -> Self {
        let items = match duplicates {
            None => items.map(Slot::Send).enumerate().boxed(),
            Some((Duplicates::KeepFirst, key)) => keep_first(items, key),
            Some((choice, key)) => {
                let decided = async move {
                    let items: Vec<I> = items.collect().await;
                    stream::iter(decide(choice, &key, items))
                };
                stream::once(decided).flatten().enumerate().boxed()
            }
        };
        Self { items, chunk, terms, held: None }
    }

    /// The next chunk; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Vec<(usize, Slot<I>)>> {
        let mut slots = Vec::new();
        let (mut sent, mut bytes) = (0, 0);
        loop {
            let (index, slot, size) = match self.held.take() {
                Some(held) => held,
                None => match self.items.next().await {
                    Some((index, slot)) => self.measure(index, slot),
                    None => break,
                },
            };
            if self.terms.size.as_ref().is_some_and(|(max, _)| sent > 0 && bytes + size > *max) {
                self.held = Some((index, slot, size));
                break;
            }
            if matches!(slot, Slot::Send(_)) {
                sent += 1;
                bytes += size;
            }
            slots.push((index, slot));
            if sent == self.chunk || slots.len() == self.chunk.saturating_mul(IDLE) {
                break;
            }
        }
        (!slots.is_empty()).then_some(slots)
    }

    fn measure(&self, index: usize, slot: Slot<I>) -> (usize, Slot<I>, usize) {
        let Slot::Send(item) = &slot else { return (index, slot, 0) };
        if let Some(Err(reason)) = self.terms.check.as_ref().map(|check| check(item)) {
            return (index, Slot::Decided(Outcome::Refused { reason: reason.into() }), 0);
        }
        let Some((max, size)) = &self.terms.size else { return (index, slot, 0) };
        let size = size(item);
        if size <= *max {
            return (index, slot, size);
        }
        let reason = format!("the item takes {size} bytes, and one request may have {max}; it was not sent");
        (index, Slot::Decided(Outcome::Refused { reason: reason.into() }), 0)
    }
}

fn keep_first<I: Send + 'static>(
    items: BoxStream<'static, I>,
    key: Key<I>,
) -> BoxStream<'static, (usize, Slot<I>)> {
    let mut seen = HashMap::new();
    let decide = move |(index, item)| {
        let slot = match key(&item).map(|key| seen.entry(key)) {
            Some(Entry::Occupied(first)) => Slot::Decided(Outcome::Superseded { by: *first.get() }),
            Some(Entry::Vacant(new)) => {
                new.insert(index);
                Slot::Send(item)
            }
            None => Slot::Send(item),
        };
        (index, slot)
    };
    items.enumerate().map(decide).boxed()
}

fn decide<I>(choice: Duplicates, key: &Key<I>, items: Vec<I>) -> Vec<Slot<I>> {
    let keys: Vec<Option<String>> = items.iter().map(key).collect();
    let mut last: HashMap<&str, (usize, usize)> = HashMap::new();
    for (index, key) in keys.iter().enumerate() {
        if let Some(key) = key {
            let (times, at) = last.entry(key).or_default();
            (*times, *at) = (*times + 1, index);
        }
    }
    let slot = |(index, (item, key)): (usize, (I, &Option<String>))| {
        let found = key.as_deref().and_then(|key| last.get(key));
        match (choice, found) {
            (Duplicates::Reject, Some((times, _))) if *times > 1 => {
                let reason = format!("{times} items of the input have the same key; none of them was sent");
                Slot::Decided(Outcome::Refused { reason: reason.into() })
            }
            (Duplicates::KeepLast, Some((_, by))) if *by != index => {
                Slot::Decided(Outcome::Superseded { by: *by })
            }
            _ => Slot::Send(item),
        }
    };
    items.into_iter().zip(&keys).enumerate().map(slot).collect()
}
