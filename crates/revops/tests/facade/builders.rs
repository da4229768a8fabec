//! No builder tells a value of people by its `Debug`: programs log what they are about to send. Whoever adds a
//! builder or a call to the facade adds it to one of these lists.

use std::fmt::Debug;

use futures::stream;
use revops::gainsight::scim::{self, attribute};
use revops::gainsight::{Filter, Gainsight, Person, TeamMember, field};
use revops::gong::Gong;
use revops::people::{self, Email, Findings, Found, Identity, Member, Offboarded, Report};
use revops::usergems::{Account, Contact, Scope, UserGems};
use revops::userpilot::{Company, Event, Property, User, Userpilot};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// An address that must be told nowhere.
const JANE: &str = "canary.jane@example.com";

/// Nothing is sent to it.
const NOWHERE: &str = "http://127.0.0.1:9";

/// How a value is told, and what must be in it.
fn told(value: &impl Debug, names: &'static str) -> (String, &'static str) {
    (format!("{value:?} {value:#?}"), names)
}

fn of_gong() -> Vec<(String, &'static str)> {
    let users = Gong::sandbox(NOWHERE).unwrap().users();
    let filter = users.filter().ids([JANE]);
    vec![
        told(&users, "Users"),
        told(&users.list().include_avatars(true), "ListUsers"),
        told(&filter, "FilterUsers { ids: …, .. }"),
        told(&users.settings_history(JANE), "SettingsHistory { id: …, .. }"),
    ]
}

fn of_gainsight() -> Vec<(String, &'static str)> {
    let gainsight = Gainsight::sandbox(NOWHERE).unwrap();
    let (people, users, teams) = (gainsight.people(), gainsight.users(), gainsight.company_team());
    let person = || Person::builder().email(JANE).build().unwrap();
    let member = || TeamMember::builder().user_id(JANE).build().unwrap();
    let filter =
        || field("Email").one_of([JANE]).or(field("Name").starts_with(JANE).and(field("X").is_null()).not());
    let users_filter = || {
        attribute("userName")
            .eq(JANE)
            .or(attribute("title").present().and(attribute("x").contains(JANE)).not())
    };
    let update =
        users.update(JANE).first_name(JANE).last_name(JANE).email(JANE).role(JANE).license_type(JANE);
    vec![
        told(&filter(), "Email IN …"),
        told(&Filter::all(), "All"),
        told(&people.upsert([person()]).matching(["Email"]), "UpsertPeople"),
        told(&people.upsert_stream(stream::iter([person()])), "UpsertPeople"),
        told(&people.search(filter()).select(["Email"]).limit(5), "Name STARTS_WITH …"),
        told(&update.user_type(JANE), "UpdateUser { gsid: …, first_name: …, last_name: …, email: …, "),
        told(&users.list(), "ListUsers"),
        told(&teams.upsert([member()]), "UpsertCompanyTeam"),
        told(&teams.search(filter()).select(["UserId"]), "Email IN …"),
        told(&users_filter(), "userName eq …"),
        told(&gainsight.scim().list().filter(users_filter()), "userName eq …"),
        told(&scim::attribute("userName"), "userName"),
    ]
}

fn of_usergems() -> Vec<(String, &'static str)> {
    let usergems = UserGems::sandbox(NOWHERE).unwrap();
    let (contacts, accounts) = (usergems.contacts(), usergems.accounts());
    let contact = || {
        let contact = Contact::new(JANE).first_name(JANE).last_name(JANE).full_name(JANE).company(JANE);
        contact.relationship(JANE).linkedin(JANE).signal(JANE).custom(JANE).field("custom", JANE)
    };
    let account = || Account::new(JANE, JANE).report_name(JANE).report_key(JANE).signal(JANE).custom(JANE);
    let scope = || Scope::relationship(JANE).and_signal(JANE);
    vec![
        told(&contact(), "Contact { email: …, first_name: …, "),
        told(&contacts.track(contact()).signal(JANE), "TrackContact { "),
        told(&contacts.track_all([contact()]), "TrackContacts"),
        told(&scope(), "Scope { relationship: …, signal: …, .. }"),
        told(&contacts.untrack(JANE), "Untrack { email: …, .. }"),
        told(
            &contacts.untrack(JANE).relationship(JANE).signal(JANE),
            "UntrackWithin { email: …, scope: …, .. }",
        ),
        told(&contacts.untrack(JANE).everywhere(), "UntrackEverywhere { email: …, .. }"),
        told(&contacts.untrack_all([(JANE, scope())]), "UntrackContacts"),
        told(&account(), "Account { name: …, domain: …, "),
        told(&accounts.add(JANE, JANE).signal(JANE), "AddAccount"),
        told(&accounts.add_all([account()]), "AddAccounts"),
        told(&accounts.remove(JANE, JANE).custom_id(JANE), "RemoveAccount"),
        told(&accounts.remove_all([account()]), "RemoveAccounts"),
        told(&usergems.privacy().erase_all([JANE]), "ErasePeople"),
    ]
}

fn of_userpilot() -> Vec<(String, &'static str)> {
    let userpilot = Userpilot::sandbox(NOWHERE).unwrap();
    let user = || User::new(JANE).company(JANE).property("email", JANE);
    let company = || Company::new(JANE).property("owner", JANE);
    let event = || Event::new(JANE, JANE).property("by", JANE);
    let bulk = userpilot.bulk();
    vec![
        told(&Property::from(JANE), "Property(…)"),
        told(&user(), "User { id: …, company_id: …, metadata: …, .. }"),
        told(&company(), "Company { company_id: …, metadata: …, .. }"),
        told(&event(), "Event { user_id: …, name: …, metadata: …, .. }"),
        told(&userpilot.identify(user()).company_property("owner", JANE), r#"{"owner"}"#),
        told(&userpilot.identify_all([user()]), "IdentifyUsers"),
        told(&userpilot.track(JANE, JANE).property("by", JANE), "TrackEvent"),
        told(&userpilot.track_all([event()]), "TrackEvents"),
        told(&userpilot.company().identify(JANE).property("owner", JANE), "IdentifyCompany"),
        told(&userpilot.company().identify_all([company()]), "IdentifyCompanies"),
        told(&bulk.users([user()]), "BulkUpdate"),
        told(&bulk.companies([company()]), "BulkUpdate"),
        told(&userpilot.import_file(JANE), "Import"),
        told(&userpilot.jobs().list(), "ListJobs"),
    ]
}

/// A report on one person, as it was saved.
fn report<O: DeserializeOwned>(outcome: &Value) -> Report<O> {
    let at = "2026-01-02T03:04:05Z";
    let entry = json!({"email": JANE, "index": 0, "system": "Doors", "outcome": outcome, "at": at});
    serde_json::from_value(json!({"entries": [entry], "dry_run": false})).unwrap()
}

fn of_people() -> Vec<(String, &'static str)> {
    let gong = Gong::sandbox(NOWHERE).unwrap();
    let email: Email = JANE.parse().unwrap();
    let mut findings = Findings::default();
    findings.add(JANE, Identity::new("1"));
    findings.reject_of(&email, revops::Rejected::new(0, "odd", JANE.into()));
    let mut member = Member::new("1");
    (member.email, member.name, member.aliases) = (Some(JANE.into()), Some(JANE.into()), vec![JANE.into()]);
    let identity = Identity::new("1").named(Some(JANE.into())).active(Some(true));
    let found: Report<Found> = report(&json!({"found": [identity]}));
    let instead = json!({"users": [identity], "instead": "ask"});
    let offboarded: Report<Offboarded> = report(&json!({"not_possible": instead}));
    vec![
        told(&email, "Email(…)"),
        told(&identity, "Identity { id: \"1\", active: Some(true), .. }"),
        told(&found, "Found([Identity { id: \"1\""),
        told(&offboarded, "users: [Identity { id: \"1\""),
        told(&findings, "Findings { persons: 1, unread: 1, .. }"),
        told(&member, "Member"),
        told(&people::find(JANE).in_gong(&gong), "Find"),
        told(&people::erase(JANE).in_gong(&gong), "Erase"),
        told(&people::offboard(JANE).in_gong(&gong), "Offboard"),
        told(&people::roster().of_gong(&gong), "Roster"),
        told(&people::track_all(gong.users().list().stream()), "TrackAll"),
    ]
}

#[test]
fn no_builder_tells_a_value_of_people() {
    for (told, names) in [of_gong(), of_gainsight(), of_usergems(), of_userpilot(), of_people()].concat() {
        assert!(!told.contains("canary") && !told.contains('@'), "{told}");
        assert!(told.contains(names), "{names} is not in {told}");
    }
}
