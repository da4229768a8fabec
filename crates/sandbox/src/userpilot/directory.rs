//! Users and companies, and how what is said about them is merged.

use serde_json::{Map, Value, json};

use super::properties::merge;
use super::row::{Row, Subject};
use crate::population::{Company, Person, Population};

/// Every so manieth person has never used the product, counted from the fourth.
const NEVER_SEEN: usize = 10;

/// By id, in the order in which they were first heard of.
#[derive(Debug, Default)]
pub(super) struct Directory {
    users: Map<String, Value>,
    companies: Map<String, Value>,
}

impl Directory {
    pub(super) fn seeded(population: &Population) -> Self {
        let mut directory = Self::default();
        for company in &population.companies {
            directory.identify_company(&company_id(company), about_company(company));
        }
        for person in population.people.iter().filter(|person| person.number % NEVER_SEEN != 4) {
            let company = population.companies.get(person.company).map(company_id);
            directory.identify_user(
                &format!("user_{:05}", person.number),
                company.as_deref(),
                about_person(person),
            );
        }
        directory
    }

    pub(super) fn all(&self, subject: Subject) -> impl Iterator<Item = &Value> {
        self.of(subject).values()
    }

    pub(super) fn get(&self, subject: Subject, id: &str) -> Option<&Value> {
        self.of(subject).get(id)
    }

    pub(super) fn put(&mut self, subject: Subject, record: Value) -> bool {
        let id = record.get(subject.id()).and_then(Value::as_str).map(str::to_owned);
        id.map(|id| self.of_mut(subject).insert(id, record)).is_some()
    }

    pub(super) fn remove(&mut self, subject: Subject, id: &str) -> bool {
        self.of_mut(subject).shift_remove(id).is_some()
    }

    pub(super) fn apply(&mut self, row: Row) {
        match row.subject {
            Subject::User => self.identify_user(&row.id, row.company.as_deref(), row.properties),
            Subject::Company => self.identify_company(&row.id, row.properties),
        }
    }

    /// A company that nobody has heard of begins without properties.
    pub(super) fn identify_user(&mut self, id: &str, company: Option<&str>, properties: Map<String, Value>) {
        if let Some(company) = company {
            self.identify_company(company, Map::new());
        }
        let user = self.users.entry(id).or_insert_with(|| json!({"user_id": id, "metadata": {}}));
        if let Some(company) = company {
            user["company_id"] = company.into();
        }
        describe(user, properties);
    }

    pub(super) fn identify_company(&mut self, id: &str, properties: Map<String, Value>) {
        let company = self.companies.entry(id).or_insert_with(|| json!({"company_id": id, "metadata": {}}));
        describe(company, properties);
    }

    fn of(&self, subject: Subject) -> &Map<String, Value> {
        match subject {
            Subject::User => &self.users,
            Subject::Company => &self.companies,
        }
    }

    fn of_mut(&mut self, subject: Subject) -> &mut Map<String, Value> {
        match subject {
            Subject::User => &mut self.users,
            Subject::Company => &mut self.companies,
        }
    }
}

/// A record that a test has put need not have metadata, nor be an object's.
fn describe(record: &mut Value, properties: Map<String, Value>) {
    if !record["metadata"].is_object() {
        record["metadata"] = json!({});
    }
    if let Some(metadata) = record["metadata"].as_object_mut() {
        merge(metadata, properties);
    }
}

fn company_id(company: &Company) -> String {
    format!("company_{:04}", company.number)
}

fn about_company(company: &Company) -> Map<String, Value> {
    let website = format!("https://{}", company.domain);
    members(&[("name", company.name.as_str()), ("website", &website)])
}

fn about_person(person: &Person) -> Map<String, Value> {
    members(&[("name", &person.name()), ("email", &person.email), ("job_title", &person.title)])
}

fn members(pairs: &[(&str, &str)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
}
