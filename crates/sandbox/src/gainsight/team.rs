//! The company team: which user looks after which company, and as what.

use serde_json::{Value, json};

use super::State;
use super::envelope::{DATA_TYPE, Outcome, Refusal, WRITE};
use super::field::{Fields, Record, take_over};
use super::gsid::Object;
use super::newcomers::List;
use super::search::{Aliases, Search};
use crate::judge::Call;
use crate::world::Scene;

/// By these a record is found again that comes without its Gsid.
const KEYS: [&str; 3] = ["CompanyId", "UserId", "TeamRole"];

fn fields(call: &Call) -> Fields {
    Fields::published(call.operation.document, "Company Team", "CompanyTeamRecord")
}

fn text<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

impl State {
    /// All or nothing: the answer has no place to tell of single records.
    pub(super) fn upsert_team(&mut self, call: &Call) -> Outcome {
        let records = call.body.json().get("records").and_then(Value::as_array).into_iter().flatten();
        let records: Vec<&Record> = records.filter_map(Value::as_object).collect();
        for (index, record) in records.iter().enumerate() {
            if let Err(reason) = self.team_admits(record) {
                let text = format!("record {index}: {reason}; nothing was written");
                return Err(Refusal::Wrong(WRITE, text));
            }
            if let Some((name, kind)) = fields(call).misfits(record).next() {
                let text = format!("record {index}: `{name}` must be {}; nothing was written", kind.name());
                return Err(Refusal::Wrong(DATA_TYPE, text));
            }
        }
        for sent in records {
            let gsid = text(sent, "Gsid").map(str::to_owned).or_else(|| self.team_member_like(sent));
            let known = gsid.and_then(|gsid| self.team.get(&gsid).cloned().map(|record| (gsid, record)));
            let (gsid, mut record) = known.unwrap_or_else(|| {
                let gsid = self.next_gsid(Object::TeamMember);
                let record = Record::from_iter([("Gsid".to_owned(), json!(gsid))]);
                (gsid, record)
            });
            take_over(&mut record, sent);
            self.team.set(&gsid, record);
        }
        Ok(None)
    }

    pub(super) fn search_team(&mut self, call: &Call, scene: &Scene<'_>) -> Outcome {
        let in_use = |name: &str| self.team.rows().any(|record| record.contains_key(name));
        let search = Search::read(call.body.json(), &fields(call), Aliases::Letters, &in_use)?;
        if self.newcomers.come(List::Team, search.offset == 0, scene) {
            let like = search.matches(self.team.rows()).first().map(|record| (*record).clone());
            if let Some(record) = like {
                self.team_member_comes(record);
            }
        }
        search.page(self.team.rows(), scene.moods)
    }

    /// A record that is known by its Gsid needs nothing else; what it names must exist.
    fn team_admits(&self, record: &Record) -> Result<(), String> {
        let known = match text(record, "Gsid") {
            Some(gsid) if self.team.get(gsid).is_none() => {
                return Err("no company team record has this Gsid; leave it out for a new one".to_owned());
            }
            gsid => gsid.is_some(),
        };
        let names = |name: &str, object: &str, exists: &dyn Fn(&str) -> bool| match text(record, name) {
            None if known => Ok(()),
            None => Err(format!("`{name}` is missing")),
            Some(gsid) if exists(gsid) => Ok(()),
            Some(_) => Err(format!("`{name}` is the Gsid of no {object}")),
        };
        names("CompanyId", "company", &|gsid| self.companies.iter().any(|company| company.gsid == gsid))?;
        names("UserId", "user", &|gsid| self.users.get(gsid).is_some())
    }

    /// One more record like this one, before all others: of the first user who is not what it says already.
    fn team_member_comes(&mut self, mut record: Record) {
        let is_new = |user: &str| {
            record.insert("UserId".to_owned(), json!(user));
            self.team_member_like(&record).is_none()
        };
        if self.users.iter().map(|(user, _)| user).any(is_new) {
            let gsid = self.next_gsid(Object::TeamMember);
            record.insert("Gsid".to_owned(), json!(gsid));
            self.team.set_first(&gsid, record);
        }
    }

    fn team_member_like(&self, sent: &Record) -> Option<String> {
        let same = |record: &Record| KEYS.iter().all(|name| text(record, name) == text(sent, name));
        self.team.iter().find(|(_, record)| same(record)).map(|(gsid, _)| gsid.to_owned())
    }
}
