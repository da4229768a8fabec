//! The people of Gainsight: upsert by keys, search, get and delete.

use serde_json::{Value, json};

use super::State;
use super::envelope::{Outcome, QUERY, Refusal, WRITE};
use super::field::{Fields, Kind, Record, created, instant, merge};
use super::gsid::Object;
use super::keys::KeyIndex;
use super::newcomers::List;
use super::search::{Aliases, Search, served};
use crate::judge::Call;
use crate::world::Scene;

/// What an upsert did with one record.
enum Written {
    Inserted,
    Updated,
}

fn fields(call: &Call) -> Fields {
    Fields::published(call.operation.document, "Person", "PersonRecord")
}

fn no_person(gsid: &str) -> Refusal {
    Refusal::NoRecord(format!("no person has the Gsid `{gsid}`"))
}

impl State {
    /// Record by record, so that a later one finds what an earlier one of the call has made. A
    /// record that cannot be written is told and the others are written.
    pub(super) fn upsert_people(&mut self, call: &Call, scene: &Scene<'_>) -> Outcome {
        let keys = self.keys(call)?;
        let records = call.body.json().get("records").and_then(Value::as_array);
        let records: Vec<&Value> = records.into_iter().flatten().collect();
        let mut index_of_keys = KeyIndex::of(&keys, &records, self.people.iter());
        let (mut inserted, mut updated, mut failures) = (0, 0, Vec::new());
        for (index, record) in records.into_iter().enumerate() {
            match record.as_object().map(|record| self.upsert_person(&mut index_of_keys, record, scene)) {
                Some(Ok(Written::Inserted)) => inserted += 1,
                Some(Ok(Written::Updated)) => updated += 1,
                Some(Err(reason)) => failures.push(json!({"index": index, "errorMessage": reason})),
                None => {}
            }
        }
        Ok(Some(json!({
            "count": inserted + updated,
            "insertedCount": inserted,
            "updatedCount": updated,
            "failedCount": failures.len(),
            "failures": failures,
        })))
    }

    pub(super) fn search_people(&mut self, call: &Call, scene: &Scene<'_>) -> Outcome {
        let in_use = |name: &str| self.people.rows().any(|record| record.contains_key(name));
        let search = Search::read(call.body.json(), &fields(call), Aliases::Given, &in_use)?;
        if self.newcomers.come(List::People, search.offset == 0, scene) {
            let like = search.matches(self.people.rows()).first().map(|record| (*record).clone());
            if let Some(record) = like {
                self.person_comes(record, scene);
            }
        }
        search.page(self.people.rows(), scene.moods)
    }

    pub(super) fn get_person(&self, gsid: &str, scene: &Scene<'_>) -> Outcome {
        let record = self.people.get(gsid).ok_or_else(|| no_person(gsid))?;
        Ok(Some(served(record.clone(), scene.moods)))
    }

    pub(super) fn delete_person(&mut self, gsid: &str) -> Outcome {
        self.people.remove(gsid).map(|_| None).ok_or_else(|| no_person(gsid))
    }

    /// The key fields, each with the kind by which its values are compared.
    fn keys(&self, call: &Call) -> Result<Vec<(String, Kind)>, Refusal> {
        let sent = call.query.get("keys").and_then(Value::as_str).unwrap_or_default();
        let in_use = |name: &str| self.people.rows().any(|record| record.contains_key(name));
        let read = |name: &str| match fields(call).kind(name, in_use) {
            _ if name.is_empty() => {
                Err(Refusal::Wrong(QUERY, "`keys` names a field that is empty".to_owned()))
            }
            Some(kind) => Ok((name.to_owned(), kind)),
            None => Err(Refusal::Wrong(QUERY, format!("`keys` names `{name}`, which is no field of Person"))),
        };
        sent.split(',').map(|name| read(name.trim())).collect()
    }

    fn upsert_person(
        &mut self,
        index: &mut KeyIndex<'_>,
        sent: &Record,
        scene: &Scene<'_>,
    ) -> Result<Written, String> {
        let missing = |name: &str| sent.get(name).is_none_or(|value| value.is_null() || *value == "");
        let keys = index.keys;
        if let Some((name, _)) = keys.iter().find(|(name, _)| missing(name)) {
            return Err(format!("the key field {name} is missing"));
        }
        let mut found = index.find(sent, |gsid| self.people.get(gsid));
        let first = found.next().map(str::to_owned);
        let others = found.count();
        if others > 0 {
            return Err(format!("the key fields fit {} people; only one can be meant", others + 1));
        }
        if let Some(record) = first.and_then(|gsid| self.people.get_mut(&gsid)) {
            merge(record, sent, scene.now);
            return Ok(Written::Updated);
        }
        if keys.iter().any(|(name, _)| name == "Gsid") {
            return Err(format!("no person has this Gsid, and Gainsight alone gives them ({WRITE})"));
        }
        let gsid = self.next_gsid(Object::Person);
        let mut record = created(&gsid, scene.now);
        record.insert("IsActive".to_owned(), json!(true));
        merge(&mut record, sent, scene.now);
        index.add(&gsid, &record);
        self.people.set(&gsid, record);
        Ok(Written::Inserted)
    }

    /// One more person like this one, before all others.
    fn person_comes(&mut self, mut record: Record, scene: &Scene<'_>) {
        let gsid = self.next_gsid(Object::Person);
        record.insert("Gsid".to_owned(), json!(gsid));
        record.insert("Email".to_owned(), json!(self.newcomer_address()));
        for name in ["CreatedDate", "ModifiedDate"] {
            record.insert(name.to_owned(), json!(instant(scene.now)));
        }
        self.people.set_first(&gsid, record);
    }
}
