//! What a vendor answered of each item of a chunk.

use std::collections::HashMap;

/// What a vendor answered of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemReply<T> {
    /// It did it.
    Done(T),
    /// It said no, and will say so again.
    Refused(String),
    /// It did not do it, and may do it when sent again.
    Again(String),
}

/// What a vendor answered of the items of a chunk, by their index in the chunk. An item it does not mention is
/// [`Unknown`](super::Outcome::Unknown).
///
/// ```
/// use revops_runtime::batch::ChunkReply;
///
/// // "Three were written", and a list of errors that names the second:
/// let reply = ChunkReply::all_done([(), (), ()]).refused(1, "the e-mail address is none");
/// # let _ = reply;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct ChunkReply<T> {
    items: HashMap<usize, ItemReply<T>>,
}

impl<T> ChunkReply<T> {
    /// An answer that mentions no item yet.
    pub fn new() -> Self {
        Self { items: HashMap::new() }
    }

    /// All were done, with these results.
    pub fn all_done(results: impl IntoIterator<Item = T>) -> Self {
        results.into_iter().map(ItemReply::Done).collect()
    }

    /// The item at `index` was done.
    pub fn done(self, index: usize, result: T) -> Self {
        self.with(index, ItemReply::Done(result))
    }

    /// The item at `index` was refused. The reason should hold no personal data; it becomes one line that is not
    /// too long ([`Reason`](super::Reason)).
    pub fn refused(self, index: usize, reason: impl Into<String>) -> Self {
        self.with(index, ItemReply::Refused(reason.into()))
    }

    /// The item at `index` was not done, and may be sent again. The reason should hold no personal data; it
    /// becomes one line that is not too long ([`Reason`](super::Reason)).
    pub fn again(self, index: usize, reason: impl Into<String>) -> Self {
        self.with(index, ItemReply::Again(reason.into()))
    }

    /// The last word on an item counts.
    fn with(mut self, index: usize, reply: ItemReply<T>) -> Self {
        self.items.insert(index, reply);
        self
    }

    /// Who was done, without the results, which are given to `keep` with the index of the item.
    pub(super) fn parted(self, mut keep: impl FnMut(usize, T)) -> ChunkReply<()> {
        let part = |(index, reply)| {
            let reply = match reply {
                ItemReply::Done(result) => {
                    keep(index, result);
                    ItemReply::Done(())
                }
                ItemReply::Refused(reason) => ItemReply::Refused(reason),
                ItemReply::Again(reason) => ItemReply::Again(reason),
            };
            (index, reply)
        };
        ChunkReply { items: self.items.into_iter().map(part).collect() }
    }

    pub(super) fn take(&mut self, index: usize) -> Option<ItemReply<T>> {
        self.items.remove(&index)
    }
}

impl<T> Default for ChunkReply<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> FromIterator<ItemReply<T>> for ChunkReply<T> {
    /// One reply for each item, in the order of the chunk.
    fn from_iter<S: IntoIterator<Item = ItemReply<T>>>(replies: S) -> Self {
        Self { items: replies.into_iter().enumerate().collect() }
    }
}
