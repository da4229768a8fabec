//! Gainsight, alive: what it holds and how it answers.

mod condition;
mod envelope;
mod expression;
mod field;
mod filter;
mod gsid;
mod handle;
mod keys;
mod newcomers;
mod people;
pub(crate) mod scim;
mod search;
mod seed;
mod table;
mod team;
mod users;

use serde_json::{Value, json};

pub use self::handle::Gainsight;

use self::field::Record;
use self::gsid::Object;
use self::newcomers::Newcomers;
use self::table::Table;
use self::users::User;
use crate::answer::Answer;
use crate::judge::Call;
use crate::operation::Operation;
use crate::world::Scene;

/// What Gainsight holds.
#[derive(Debug, Default)]
pub(crate) struct State {
    people: Table<Record>,
    users: Table<User>,
    team: Table<Record>,
    companies: Vec<Company>,
    /// The greatest number a Gsid was made from.
    last_number: usize,
    /// What Gsids are made from besides a number.
    salt: u64,
    newcomers: Newcomers,
    calls: u64,
}

/// A company; no call of the published documents serves one.
#[derive(Debug)]
struct Company {
    gsid: String,
    name: String,
}

impl State {
    pub(crate) fn answer(&mut self, call: &Call, scene: &Scene<'_>) -> Answer {
        let id = |name: &str| call.path.get(name).and_then(Value::as_str).unwrap_or_default();
        let outcome = match call.operation.id.as_str() {
            "upsertPeople" => self.upsert_people(call, scene),
            "searchPeople" => self.search_people(call, scene),
            "getPerson" => self.get_person(id("recordId"), scene),
            "deletePerson" => self.delete_person(id("recordId")),
            "listUsers" => self.list_users(call, scene),
            "getUser" => self.get_user(id("userId"), scene),
            "updateUser" => self.update_user(id("userId"), call, scene),
            "deactivateUser" => self.deactivate_user(id("userId"), scene),
            "upsertCompanyTeam" => self.upsert_team(call),
            "searchCompanyTeam" => self.search_team(call, scene),
            "scimListUsers" => return self.scim_list(call, scene),
            "scimCreateUser" => return self.scim_create(call, scene),
            "scimGetUser" => return self.scim_get(id("scimUserId")),
            "scimUpdateUser" => return self.scim_replace(id("scimUserId"), call, scene),
            "scimDeleteUser" => return self.scim_delete(id("scimUserId")),
            // A document that has grown is answered by its own example.
            _ => return Answer::documented(call.operation),
        };
        self.calls += 1;
        envelope::answer(outcome, self.calls, scene)
    }

    /// A value with which this parameter of the operation leads to something that exists.
    pub(crate) fn existing(&self, _operation: &Operation, parameter: &str) -> Option<String> {
        let user = || self.users.iter().next();
        match parameter {
            "recordId" => self.people.iter().next().map(|(gsid, _)| gsid.to_owned()),
            "userId" | "scimUserId" => user().map(|(gsid, _)| gsid.to_owned()),
            "keys" => Some("Email".to_owned()),
            _ => None,
        }
    }

    /// A body that names what exists, where one made from the schema alone could not be right.
    pub(crate) fn example_body(&self, operation: &Operation) -> Option<Value> {
        let scim = |user_name: &str| {
            json!({
                "schemas": [scim::USER_SCHEMA],
                "userName": user_name,
                "name": {"givenName": "Jane", "familyName": "Doe"},
                "emails": [{"value": "jane.doe@example.com", "type": "work", "primary": true}],
                "active": true,
            })
        };
        let user = self.users.iter().next();
        match operation.id.as_str() {
            "searchPeople" => Some(json!({
                "select": ["Gsid", "Email", "LastName"],
                "where": {
                    "conditions": [
                        {"name": "Email", "alias": "A", "operator": "ENDS_WITH", "value": ".example.com"},
                        {"name": "IsActive", "alias": "B", "operator": "EQ", "value": true},
                    ],
                    "expression": "A AND B",
                },
                "orderBy": {"field": "LastName", "order": "ASC"},
                "limit": 10,
                "offset": 0,
            })),
            "searchCompanyTeam" => Some(json!({
                "where": {
                    "conditions": [{"name": "TeamRole", "operator": "EQ", "value": "CSM"}],
                    "expression": "A",
                },
                "limit": 10,
                "offset": 0,
            })),
            "upsertCompanyTeam" => Some(json!({
                "records": [{
                    "CompanyId": self.companies.first()?.gsid,
                    "UserId": user?.0,
                    "TeamRole": "CSM",
                    "IsPrimary": true,
                }],
            })),
            "scimCreateUser" => Some(scim(&format!("jane.doe.{}@example.com", self.last_number + 1))),
            "scimUpdateUser" => Some(scim(&user?.1.login)),
            _ => None,
        }
    }

    /// What there is, in plural, and how many of it.
    #[cfg(feature = "page")]
    pub(crate) fn summary(&self) -> Vec<(&'static str, usize)> {
        let active = |user: &&User| user.record.get("IsActive") == Some(&Value::Bool(true));
        vec![
            ("people", self.people.rows().count()),
            ("users", self.users.rows().count()),
            ("active users", self.users.rows().filter(active).count()),
            ("companies", self.companies.len()),
            ("members of company teams", self.team.rows().count()),
        ]
    }

    #[cfg(feature = "page")]
    pub(crate) fn holdings(&self) -> Value {
        let companies = self.companies.iter();
        let companies = companies.map(|it| json!({"Gsid": it.gsid, "Name": it.name}));
        json!({
            "people": self.people.rows().collect::<Vec<_>>(),
            "users": self.users.rows().map(|user| &user.record).collect::<Vec<_>>(),
            "scimUsers": self.users.rows().map(User::resource).collect::<Vec<_>>(),
            "companies": companies.collect::<Vec<_>>(),
            "companyTeam": self.team.rows().collect::<Vec<_>>(),
        })
    }

    fn next_gsid(&mut self, object: Object) -> String {
        self.last_number += 1;
        object.gsid(self.last_number, self.salt)
    }

    /// An address that nobody else has.
    fn newcomer_address(&self) -> String {
        format!("newcomer.{}@example.com", self.last_number)
    }
}
