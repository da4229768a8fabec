//! What Gainsight holds at the beginning, made from the population.
//!
//! People are everybody. Users are the same population as another system would see it, with a few
//! differences, so that joining the two by e-mail address shows something: one in 25 is missing,
//! one in 10 was deactivated, one in 15 has changed their family name.

use serde_json::{Value, json};

use super::field::{Record, instant};
use super::gsid::Object;
use super::users::User;
use super::{Company, State};
use crate::population::{Person, Population};

impl State {
    pub(crate) fn seeded(population: &Population) -> Self {
        let mut state = Self { salt: population.salt, ..Self::default() };
        for company in &population.companies {
            let gsid = Object::Company.gsid(company.number, population.salt);
            state.companies.push(Company { gsid, name: company.name.clone() });
        }
        for one in &population.people {
            let gsid = Object::Person.gsid(one.number, population.salt);
            state.people.set(&gsid, person(one, &gsid, state.companies.get(one.company)));
            if one.number % 25 != 24 {
                let gsid = Object::User.gsid(one.number, population.salt);
                state.users.set(&gsid, user(one, &gsid));
            }
        }
        let users: Vec<String> = state.users.iter().map(|(gsid, _)| gsid.to_owned()).collect();
        for (index, company) in population.companies.iter().enumerate() {
            // Every company has somebody who looks after it, every third also a sponsor.
            let roles = ["CSM", "Executive Sponsor"];
            for (role, name) in
                roles.into_iter().take(if index.is_multiple_of(3) { 2 } else { 1 }).enumerate()
            {
                let Some(user) = users.get((index * 7 + role) % users.len().max(1)) else { break };
                let gsid = Object::TeamMember.gsid(index * 2 + role + 1, population.salt);
                let record = json!({
                    "Gsid": gsid,
                    "CompanyId": Object::Company.gsid(company.number, population.salt),
                    "UserId": user,
                    "TeamRole": name,
                    "IsPrimary": role == 0,
                });
                state.team.set(&gsid, object(record));
            }
        }
        state.last_number = population.people.len().max(population.companies.len() * 2);
        state
    }
}

fn person(one: &Person, gsid: &str, company: Option<&Company>) -> Record {
    let roles = ["Champion", "Decision Maker", "Influencer", "User"];
    let zones = ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles"];
    let of = |names: [&'static str; 4]| names.get(one.number % 4).copied();
    let mut record = object(json!({
        "Gsid": gsid,
        "FirstName": one.given,
        "LastName": one.family,
        "Email": one.email,
        "CompanyId": company.map(|company| company.gsid.as_str()),
        "CompanyName": company.map(|company| company.name.as_str()),
        "Title": one.title,
        "Role": of(roles),
        "Timezone": of(zones),
        "SfdcContactId": format!("003{:012}", one.number),
        "NPS": one.number % 11,
        "IsPrimary": one.number % 10 == 1,
        "IsActive": !one.number.is_multiple_of(10),
        "CreatedDate": instant(one.since),
        "ModifiedDate": instant(one.since + chrono::TimeDelta::days(30)),
    }));
    // Not everybody was asked.
    if one.number.is_multiple_of(4) {
        record.shift_remove("NPS");
    }
    record
}

fn user(one: &Person, gsid: &str) -> User {
    let family = if one.number % 15 == 14 { format!("{}-Renamed", one.family) } else { one.family.clone() };
    let record = object(json!({
        "Gsid": gsid,
        "FirstName": one.given,
        "LastName": family,
        "Email": one.email,
        "UserType": "Internal",
        "IsActive": one.number % 10 != 9,
        "LicenseType": if one.number.is_multiple_of(5) { "Viewer" } else { "Full" },
        "Role": if one.number.is_multiple_of(3) { "CSM" } else { "Member" },
        "SfdcUserId": format!("005{:012}", one.number),
        "CreatedDate": instant(one.since),
        "ModifiedDate": instant(one.since + chrono::TimeDelta::days(30)),
    }));
    User { record, login: one.email.clone(), scim: Record::new() }
}

fn object(value: Value) -> Record {
    match value {
        Value::Object(record) => record,
        _ => Record::new(),
    }
}
