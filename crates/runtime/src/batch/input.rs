//! From items to chunks: how many, how large, and what of those with the same key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use futures::StreamExt;
use futures::stream::{self, BoxStream};

use super::{Duplicates, Outcome};

pub(super) type Key<I> = Box<dyn Fn(&I) -> Option<String> + Send>;
type Check<I> = Box<dyn Fn(&I) -> Result<(), String> + Send>;
type Size<I> = Box<dyn Fn(&I) -> usize + Send>;

/// What an item must be like to be sent. Whoever is not does not stand for others with the same key.
pub(super) struct Terms<I> {
    /// The most bytes of one request, and how many an item takes.
    pub(super) size: Option<(usize, Size<I>)>,
    /// Refuses an item with a reason.
    pub(super) check: Option<Check<I>>,
}

/// Items with the same key as an item that is sent make no request, but take memory until they are reported;
/// a chunk is closed when there are so many times more of them than items.
const IDLE: usize = 4;

/// One item and how many bytes it takes; one that is not to be sent has its outcome already.
pub(super) enum Slot<I> {
    Send(I, usize),
    Decided(Outcome<()>),
}

/// The items of an input, cut into chunks.
pub(super) struct Input<I> {
    items: BoxStream<'static, (usize, Slot<I>)>,
    chunk: usize,
    max_bytes: Option<usize>,
    /// An item that did not fit into the last chunk.
    held: Option<(usize, Slot<I>)>,
}

impl<I: Send + 'static> Input<I> {
    pub(super) fn new(
        items: BoxStream<'static, I>,
        chunk: usize,
        terms: Terms<I>,
        duplicates: Option<(Duplicates, Key<I>)>,
    ) -> Self {
        let max_bytes = terms.size.as_ref().map(|(max, _)| *max);
        let items = items.map(move |item| terms.judge(item)).enumerate();
        let items = match duplicates {
            None => items.boxed(),
            Some((Duplicates::KeepFirst, key)) => keep_first(items.boxed(), key),
            Some((choice, key)) => {
                let decided = async move {
                    let items: Vec<(usize, Slot<I>)> = items.collect().await;
                    stream::iter(decide(choice, &key, items))
                };
                stream::once(decided).flatten().boxed()
            }
        };
        Self { items, chunk, max_bytes, held: None }
    }

    /// The next chunk; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Vec<(usize, Slot<I>)>> {
        let mut slots = Vec::new();
        let (mut sent, mut bytes) = (0, 0);
        loop {
            let held = match self.held.take() {
                Some(held) => Some(held),
                None => self.items.next().await,
            };
            let Some((index, slot)) = held else { break };
            if let Slot::Send(_, size) = slot {
                if self.max_bytes.is_some_and(|max| sent > 0 && bytes + size > max) {
                    self.held = Some((index, slot));
                    break;
                }
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
}

impl<I> Terms<I> {
    fn judge(&self, item: I) -> Slot<I> {
        if let Some(Err(reason)) = self.check.as_ref().map(|check| check(&item)) {
            return Slot::Decided(Outcome::Refused { reason: reason.into() });
        }
        let Some((max, size)) = &self.size else { return Slot::Send(item, 0) };
        let size = size(&item);
        if size <= *max {
            return Slot::Send(item, size);
        }
        let reason = format!("the item takes {size} bytes, and one request may have {max}; it was not sent");
        Slot::Decided(Outcome::Refused { reason: reason.into() })
    }
}

impl<I> Slot<I> {
    /// The key of an item that is to be sent.
    fn key(&self, key: &Key<I>) -> Option<String> {
        match self {
            Self::Send(item, _) => key(item),
            Self::Decided(_) => None,
        }
    }
}

fn keep_first<I: Send + 'static>(
    items: BoxStream<'static, (usize, Slot<I>)>,
    key: Key<I>,
) -> BoxStream<'static, (usize, Slot<I>)> {
    let mut seen = HashMap::new();
    let decide = move |(index, slot): (usize, Slot<I>)| {
        let slot = match slot.key(&key).map(|key| seen.entry(key)) {
            Some(Entry::Occupied(first)) => Slot::Decided(Outcome::Superseded { by: *first.get() }),
            Some(Entry::Vacant(new)) => {
                new.insert(index);
                slot
            }
            None => slot,
        };
        (index, slot)
    };
    items.map(decide).boxed()
}

fn decide<I>(choice: Duplicates, key: &Key<I>, slots: Vec<(usize, Slot<I>)>) -> Vec<(usize, Slot<I>)> {
    let keys: Vec<Option<String>> = slots.iter().map(|(_, slot)| slot.key(key)).collect();
    let mut last: HashMap<&str, (usize, usize)> = HashMap::new();
    for (index, key) in keys.iter().enumerate() {
        if let Some(key) = key {
            let (times, at) = last.entry(key).or_default();
            (*times, *at) = (*times + 1, index);
        }
    }
    let decide = |((index, slot), key): ((usize, Slot<I>), &Option<String>)| {
        let found = key.as_deref().and_then(|key| last.get(key));
        let slot = match (choice, found) {
            (Duplicates::Reject, Some((times, _))) if *times > 1 => {
                let reason = format!("{times} items of the input have the same key; none of them was sent");
                Slot::Decided(Outcome::Refused { reason: reason.into() })
            }
            (Duplicates::KeepLast, Some((_, by))) if *by != index => {
                Slot::Decided(Outcome::Superseded { by: *by })
            }
            _ => slot,
        };
        (index, slot)
    };
    slots.into_iter().zip(&keys).map(decide).collect()
}
