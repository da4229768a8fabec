//! The users Gong begins with: the company's people, as far as Gong has heard of them.

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::population::{Person, Population};

/// Every so manieth person never got a licence.
const WITHOUT_LICENCE: usize = 25;
/// Of so many people two are inactive, the seventh and the ninth.
const INACTIVE: usize = 20;
/// Every so manieth person has taken another name, counted from the eleventh; Gong has heard of it.
const RENAMED: usize = 30;

/// By id, in the order of the people.
pub(super) fn users(population: &Population) -> Map<String, Value> {
    let known = population.people.iter().filter(|person| is_known(person.number));
    known.map(|person| user(person, population.salt)).collect()
}

fn is_known(number: usize) -> bool {
    !number.is_multiple_of(WITHOUT_LICENCE)
}

/// As long as Gong's own ids: longer than a double can tell apart.
fn id(number: usize, salt: u64) -> String {
    // From 1,000,000,000 on, so that an id neither begins with 0 nor leaves 63 bits.
    let tenant = 1_000_000_000 + (6_254_376_376 + salt % 8_000_000_000) % 8_000_000_000;
    format!("{tenant}{number:09}")
}

fn user(person: &Person, salt: u64) -> (String, Value) {
    let &Person { number, .. } = person;
    let inactive = [7, 9].contains(&(number % INACTIVE));
    let family =
        if number % RENAMED == 11 { format!("{}-Rivers", person.family) } else { person.family.clone() };
    let mut user = json!({
        "id": id(number, salt),
        "emailAddress": person.email,
        "created": created(person.since, number),
        "active": !inactive,
        "firstName": person.given,
        "lastName": family,
        "title": person.title,
        "personalMeetingUrls": [],
        "settings": {
            "webConferencesRecorded": !inactive,
            "preventWebConferenceRecording": false,
            "telephonyCallsImported": number % 3 == 0,
            "emailsImported": !inactive,
            "preventEmailImport": number % 10 == 9,
        },
        "spokenLanguages": [{"language": "en-US", "primary": true}],
    });
    if let Some(manager) = person.manager.filter(|manager| is_known(*manager)) {
        user["managerId"] = id(manager, salt).into();
    }
    if number % 2 == 0 {
        // Numbers that are given to nobody.
        user["phoneNumber"] = format!("+1 202 555 01{:02}", number % 100).into();
        user["extension"] = (100 + number % 900).to_string().into();
    }
    if number % 4 == 1 {
        let meeting = format!("https://meet.example.com/{number}");
        user["personalMeetingUrls"] = json!([meeting]);
        user["meetingConsentPageUrl"] = format!("https://join.example.com/{number}").into();
        user["trustedEmailAddress"] = person.email.clone().into();
    }
    (id(number, salt), user)
}

/// Gong keeps the offset of where a user was created.
fn created(since: DateTime<Utc>, number: usize) -> String {
    let hours = i32::try_from(number % 5).unwrap_or_default();
    let offset = FixedOffset::east_opt(hours * 3600);
    match offset {
        Some(offset) => since.with_timezone(&offset).to_rfc3339_opts(SecondsFormat::Millis, false),
        None => since.to_rfc3339(),
    }
}
