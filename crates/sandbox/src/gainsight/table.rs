//! Rows in the order in which they were made, found by their Gsid.

use std::collections::{BTreeMap, HashMap};

/// Rows of one object. A row can be put before all others, so places are signed.
#[derive(Debug)]
pub(super) struct Table<R> {
    rows: BTreeMap<i64, (String, R)>,
    places: HashMap<String, i64>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: HashMap::new() }
    }
}

impl<R> Table<R> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &R)> {
        self.rows.values().map(|(gsid, row)| (gsid.as_str(), row))
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &R> {
        self.iter().map(|(_, row)| row)
    }

    pub(super) fn get(&self, gsid: &str) -> Option<&R> {
        self.places.get(gsid).and_then(|place| self.rows.get(place)).map(|(_, row)| row)
    }

    pub(super) fn get_mut(&mut self, gsid: &str) -> Option<&mut R> {
        self.places.get(gsid).and_then(|place| self.rows.get_mut(place)).map(|(_, row)| row)
    }

    /// A row that is known keeps its place, a new one comes last.
    pub(super) fn set(&mut self, gsid: &str, row: R) {
        let after_last = self.rows.last_key_value().map_or(0, |(place, _)| place + 1);
        self.put(gsid, row, after_last);
    }

    /// A new row comes first.
    pub(super) fn set_first(&mut self, gsid: &str, row: R) {
        let before_first = self.rows.first_key_value().map_or(0, |(place, _)| place - 1);
        self.put(gsid, row, before_first);
    }

    fn put(&mut self, gsid: &str, row: R, place: i64) {
        let place = *self.places.entry(gsid.to_owned()).or_insert(place);
        self.rows.insert(place, (gsid.to_owned(), row));
    }

    pub(super) fn remove(&mut self, gsid: &str) -> Option<R> {
        let place = self.places.remove(gsid)?;
        self.rows.remove(&place).map(|(_, row)| row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_place_until_they_are_removed() {
        let mut table = Table::default();
        table.set("b", 1);
        table.set("c", 2);
        table.set_first("a", 3);
        table.set("b", 4);
        assert_eq!(table.iter().collect::<Vec<_>>(), [("a", &3), ("b", &4), ("c", &2)]);
        assert_eq!((table.remove("b"), table.remove("b"), table.get("c")), (Some(4), None, Some(&2)));
        *table.get_mut("c").unwrap() = 5;
        table.set("b", 6);
        assert_eq!(table.rows().collect::<Vec<_>>(), [&3, &5, &6]);
    }
}
