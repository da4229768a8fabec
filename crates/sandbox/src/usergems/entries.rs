//! Records of one identity in several scopes, found by their identity at once.

use std::collections::BTreeMap;

use super::tracked::Record;

#[derive(Debug, Default)]
pub(super) struct Entries {
    /// By when they were first added.
    records: BTreeMap<u64, Record>,
    by_identity: BTreeMap<String, Vec<u64>>,
    added: u64,
}

impl Entries {
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    pub(super) fn holds(&self, identity: &str) -> bool {
        self.by_identity.contains_key(identity)
    }

    pub(super) fn add(&mut self, identity: String, record: Record, scope: &[&str]) {
        let places = self.by_identity.entry(identity).or_default();
        for place in places.iter() {
            if let Some(known) = self.records.get_mut(place)
                && scope.iter().all(|name| known.get(*name) == record.get(*name))
            {
                known.extend(record);
                return;
            }
        }
        places.push(self.added);
        self.records.insert(self.added, record);
        self.added += 1;
    }

    /// Every record that has what the filter names of the scope.
    pub(super) fn remove(&mut self, identity: &str, filter: &Record, scope: &[&str]) {
        let Some(places) = self.by_identity.get_mut(identity) else { return };
        let named: Vec<&str> = scope.iter().copied().filter(|name| filter.contains_key(*name)).collect();
        places.retain(|place| {
            let meant = self
                .records
                .get(place)
                .is_some_and(|record| named.iter().all(|name| record.get(*name) == filter.get(*name)));
            if meant {
                self.records.remove(place);
            }
            !meant
        });
        if places.is_empty() {
            self.by_identity.remove(identity);
        }
    }
}
