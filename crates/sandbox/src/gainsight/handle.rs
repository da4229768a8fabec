//! What a test may see and change of Gainsight.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::field::{Record, created};
use super::gsid::Object;
use super::users::User;
use crate::Sandbox;

/// Gainsight's state, seen and changed past its API. From [`Sandbox::gainsight`].
///
/// Records are JSON as the API serves them. What is set is served as it is, also where it breaks
/// the published document: so a test can see what its program does with such records. Nothing is
/// checked but the Gsid: one that is no text, or empty, gives way to a fresh one, and of a value
/// that is no object nothing is taken, as of `{}`.
#[derive(Clone, Copy, Debug)]
pub struct Gainsight<'a> {
    sandbox: &'a Sandbox,
}

impl Sandbox {
    /// What Gainsight holds.
    ///
    /// ```
    /// # use revops_sandbox::Sandbox;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let sandbox = Sandbox::builder().people(3).start().await?;
    /// let gsid = sandbox.gainsight().set_person(&serde_json::json!({"Email": "a@example.com"}));
    /// assert_eq!(sandbox.gainsight().people()[3]["Gsid"], gsid);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn gainsight(&self) -> Gainsight<'_> {
        Gainsight { sandbox: self }
    }
}

#[expect(clippy::must_use_candidate, reason = "who changes something need not look at what it was")]
impl Gainsight<'_> {
    /// Every person, in the order in which an unordered search gives them.
    #[must_use]
    pub fn people(&self) -> Vec<Value> {
        self.sandbox.with(|world| world.gainsight().people.rows().map(served).collect())
    }

    /// The person of this Gsid.
    #[must_use]
    pub fn person(&self, gsid: &str) -> Option<Value> {
        self.sandbox.with(|world| world.gainsight().people.get(gsid).map(served))
    }

    /// Puts a person there, in place of the one with the same `Gsid`, and says the Gsid. Without
    /// one the person is new. Dates that are missing are now.
    pub fn set_person(&self, person: &Value) -> String {
        self.sandbox.with(|world| {
            let gsid = gsid_of(person).unwrap_or_else(|| world.gainsight().next_gsid(Object::Person));
            let record = whole(&gsid, person, world.clock.now());
            world.gainsight().people.set(&gsid, record);
            gsid
        })
    }

    /// Takes the person of this Gsid away.
    pub fn remove_person(&self, gsid: &str) -> Option<Value> {
        self.sandbox.with(|world| world.gainsight().people.remove(gsid).map(Value::Object))
    }

    /// Every user as `/users` serves them, in that order.
    #[must_use]
    pub fn users(&self) -> Vec<Value> {
        self.sandbox.with(|world| world.gainsight().users.rows().map(|user| served(&user.record)).collect())
    }

    /// The user of this Gsid, as `/users` serves them.
    #[must_use]
    pub fn user(&self, gsid: &str) -> Option<Value> {
        self.sandbox.with(|world| world.gainsight().users.get(gsid).map(|user| served(&user.record)))
    }

    /// Puts a user there, in place of the one with the same `Gsid`, and says the Gsid. Without one
    /// the user is new, and their SCIM `userName` is their `Email`. Dates that are missing are now.
    pub fn set_user(&self, user: &Value) -> String {
        self.sandbox.with(|world| {
            let gsid = gsid_of(user).unwrap_or_else(|| world.gainsight().next_gsid(Object::User));
            let record = whole(&gsid, user, world.clock.now());
            let email = || record.get("Email").and_then(Value::as_str).unwrap_or(&gsid).to_owned();
            let known = world.gainsight().users.get(&gsid).cloned();
            let (login, scim) =
                known.map_or_else(|| (email(), Record::new()), |user| (user.login, user.scim));
            world.gainsight().users.set(&gsid, User { record, login, scim });
            gsid
        })
    }

    /// Takes the user of this Gsid away, from SCIM too.
    pub fn remove_user(&self, gsid: &str) -> Option<Value> {
        self.sandbox.with(|world| world.gainsight().users.remove(gsid).map(|user| Value::Object(user.record)))
    }

    /// The same users as SCIM serves them.
    #[must_use]
    pub fn scim_users(&self) -> Vec<Value> {
        self.sandbox.with(|world| world.gainsight().users.rows().map(User::resource).collect())
    }

    /// Every company team record.
    #[must_use]
    pub fn company_team(&self) -> Vec<Value> {
        self.sandbox.with(|world| world.gainsight().team.rows().map(served).collect())
    }

    /// Puts a company team record there, in place of the one with the same `Gsid`, and says the
    /// Gsid. Without one the record is new. Its company and user need not exist.
    pub fn set_team_member(&self, record: &Value) -> String {
        self.sandbox.with(|world| {
            let gsid = gsid_of(record).unwrap_or_else(|| world.gainsight().next_gsid(Object::TeamMember));
            let mut row = Record::from_iter([("Gsid".to_owned(), json!(gsid))]);
            row.extend(record.as_object().cloned().unwrap_or_default());
            world.gainsight().team.set(&gsid, row);
            gsid
        })
    }

    /// Takes the company team record of this Gsid away.
    pub fn remove_team_member(&self, gsid: &str) -> Option<Value> {
        self.sandbox.with(|world| world.gainsight().team.remove(gsid).map(Value::Object))
    }

    /// Every company, with `Gsid` and `Name`: what `CompanyId` may name.
    #[must_use]
    pub fn companies(&self) -> Vec<Value> {
        self.sandbox.with(|world| {
            let companies = world.gainsight().companies.iter();
            companies.map(|company| json!({"Gsid": company.gsid, "Name": company.name})).collect()
        })
    }
}

fn served(record: &Record) -> Value {
    Value::Object(record.clone())
}

fn gsid_of(record: &Value) -> Option<String> {
    record.get("Gsid").and_then(Value::as_str).filter(|gsid| !gsid.is_empty()).map(str::to_owned)
}

/// The record with its Gsid and both dates.
fn whole(gsid: &str, record: &Value, now: DateTime<Utc>) -> Record {
    let mut whole = created(gsid, now);
    whole.extend(record.as_object().cloned().unwrap_or_default());
    // A Gsid that is no text would not be found again.
    whole.insert("Gsid".to_owned(), json!(gsid));
    whole
}
