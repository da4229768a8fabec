//! Records of several systems as persons, and where they differ.

use std::collections::BTreeMap;

use super::{Difference, Member, Read, RosterReport, Row, is_active};
use crate::people::Email;
use crate::people::join::Join;

/// Everybody by address, with what each system knows of them and where they differ.
pub(super) fn compare(systems: Vec<String>, read: Vec<Read>, dry_run: bool) -> RosterReport {
    let count = read.len();
    let (mut known, mut without_email) = (Vec::new(), Vec::new());
    let (mut failures, mut read_at) = (Vec::new(), Vec::new());
    // Who belongs to whom is known when all have been heard: a later record can join two earlier ones.
    let mut join = Join::default();
    for (system, Read { members, ended }) in read.into_iter().enumerate() {
        read_at.push(ended.as_ref().ok().copied());
        failures.extend(ended.err().flatten().map(|failed| (system, failed)));
        for member in members {
            match join.say(addresses(&member)) {
                Some(place) => known.push((place, system, member)),
                None => without_email.push((system, member)),
            }
        }
    }
    let mut persons: BTreeMap<usize, Person> = BTreeMap::new();
    for (place, system, member) in known {
        let person = persons.entry(join.person(place)).or_insert_with(|| Person::of(count));
        person.email = person.email.take().or_else(|| primary(&member));
        person.alias = person.alias.take().or_else(|| addresses(&member).next());
        if let Some(records) = person.members.get_mut(system) {
            records.push(member);
        }
    }
    let is_whole: Vec<bool> = read_at.iter().map(Option::is_some).collect();
    let rows = persons.into_values().map(|Person { email, alias, members }| {
        let differences = differences(&members, &is_whole);
        Row { email: email.or(alias).unwrap_or_default(), members, differences }
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by(|one, other| one.email.cmp(&other.email));
    RosterReport { systems, rows, without_email, failures, read_at, dry_run }
}

/// One person while the records are gathered.
struct Person {
    /// The first address that is not an alias, and the first of all.
    email: Option<String>,
    alias: Option<String>,
    members: Vec<Vec<Member>>,
}

impl Person {
    fn of(systems: usize) -> Self {
        Self { email: None, alias: None, members: vec![Vec::new(); systems] }
    }
}

/// The address of a member that is not an alias.
fn primary(member: &Member) -> Option<String> {
    member.email.as_deref().map(Email::key_of).filter(|address| !address.is_empty())
}

/// All addresses of a member, as they are compared. A blank one is none.
fn addresses(member: &Member) -> impl Iterator<Item = String> {
    let aliases = member.aliases.iter().map(|alias| Email::key_of(alias)).filter(|alias| !alias.is_empty());
    primary(member).into_iter().chain(aliases)
}

fn differences(by_system: &[Vec<Member>], is_whole: &[bool]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let named = by_system.iter().flatten().find_map(|record| record.name.as_deref());
    let active_in = by_system.iter().position(|records| is_active(records) == Some(true));
    for (system, records) in by_system.iter().enumerate() {
        match records.as_slice() {
            [] if is_whole.get(system).copied().unwrap_or(false) => {
                differences.push(Difference::Missing { system });
            }
            [_, _, ..] => differences.push(Difference::Duplicate { system, records: records.len() }),
            _ => {}
        }
        if let Some(active_in) = active_in.filter(|_| is_active(records) == Some(false)) {
            differences.push(Difference::ActiveIn { system: active_in, and_not_in: system });
        }
        let is_other = |own: &str| named.is_some_and(|name| !own.eq_ignore_ascii_case(name));
        if records.iter().filter_map(|record| record.name.as_deref()).any(is_other) {
            differences.push(Difference::Name { system });
        }
    }
    differences
}
