//! Finds the records whose key fields have the values of a record that was sent, for one call.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::condition::{compare, folded};
use super::field::{Kind, Record, time};

/// Made in one pass over all records, so that an upsert of fifty does not take fifty.
#[derive(Debug)]
pub(super) struct KeyIndex<'a> {
    pub(super) keys: &'a [(String, Kind)],
    /// By the hash of their key values: the Gsids of those that may be meant, in order.
    known: HashMap<u64, Vec<String>>,
}

impl<'a> KeyIndex<'a> {
    /// Of those records that one of `sent` may mean.
    pub(super) fn of<'r>(
        keys: &'a [(String, Kind)],
        sent: &[&Value],
        records: impl Iterator<Item = (&'r str, &'r Record)>,
    ) -> Self {
        let meant = sent.iter().filter_map(|record| Some((digest(keys, record.as_object()?)?, Vec::new())));
        let mut index = Self { keys, known: meant.collect() };
        for (gsid, record) in records {
            index.add(gsid, record);
        }
        index
    }

    pub(super) fn add(&mut self, gsid: &str, record: &Record) {
        if let Some(known) = digest(self.keys, record).and_then(|digest| self.known.get_mut(&digest)) {
            known.push(gsid.to_owned());
        }
    }

    /// The Gsids of the records that have the key values of `sent`.
    pub(super) fn find<'s>(
        &'s self,
        sent: &'s Record,
        record: impl Fn(&str) -> Option<&'s Record> + 's,
    ) -> impl Iterator<Item = &'s str> + 's {
        let known = digest(self.keys, sent).and_then(|digest| self.known.get(&digest));
        let same = move |stored: &Record| {
            self.keys.iter().all(|(name, kind)| match (stored.get(name), sent.get(name)) {
                (Some(stored), Some(sent)) => {
                    compare(*kind, stored, sent).is_some_and(std::cmp::Ordering::is_eq)
                }
                _ => false,
            })
        };
        // Equal hashes are not yet equal values.
        known.into_iter().flatten().map(String::as_str).filter(move |gsid| record(gsid).is_some_and(&same))
    }
}

/// The same for any two records whose key values are equal to [`compare`]; nothing if one is missing.
fn digest(keys: &[(String, Kind)], record: &Record) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    for (name, kind) in keys {
        let value = record.get(name)?;
        match (value, kind) {
            (_, Kind::Time) if time(value).is_some() => time(value).hash(&mut hasher),
            (Value::String(text), Kind::Email) => folded(text).for_each(|letter| letter.hash(&mut hasher)),
            (Value::String(text), _) => text.hash(&mut hasher),
            (Value::Bool(truth), _) => truth.hash(&mut hasher),
            // Zero has two signs.
            (Value::Number(number), _) => (number.as_f64()? + 0.0).to_bits().hash(&mut hasher),
            _ => return None,
        }
        // `ab`, `c` is not `a`, `bc`.
        name.hash(&mut hasher);
    }
    Some(hasher.finish())
}
