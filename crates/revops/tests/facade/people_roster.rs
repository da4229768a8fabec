//! How a roster joins the records of one person: by any address they share, in whatever order they come.

use std::collections::BTreeSet;

use crate::support::{gainsight, gong, sandbox};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use proptest::prelude::*;
use revops::people::{self, Difference, Failed, Member, RosterReport, Staff};
use serde_json::json;

#[tokio::test]
async fn who_is_known_by_an_alias_is_missing_nowhere() {
    let sandbox = sandbox(0).await;
    let user = |id: &str, email: &str, aliases: &[&str]| json!({"id": id, "emailAddress": email, "emailAliases": aliases, "active": true});
    assert!(sandbox.gong().put_user(user("1", "old@example.com", &[])));
    assert!(sandbox.gong().put_user(user("2", "new@example.com", &["OLD@example.com", " "])));
    assert!(sandbox.gong().put_user(user("3", "other@example.com", &["", " "])));
    for email in ["new@example.com", "Other@example.com"] {
        sandbox.gainsight().set_user(&json!({"Email": email, "IsActive": true}));
    }
    let report =
        people::roster().of_gong(&gong(&sandbox)).of_gainsight(&gainsight(&sandbox)).run().await.unwrap();
    let rows: Vec<(&str, Vec<usize>, &[Difference])> = report
        .rows()
        .iter()
        .map(|row| (row.email.as_str(), row.members.iter().map(Vec::len).collect(), &row.differences[..]))
        .collect();
    let twice = [Difference::Duplicate { system: 0, records: 2 }];
    assert_eq!(rows, [("old@example.com", vec![2, 1], &twice[..]), ("other@example.com", vec![1, 1], &[])]);
}

/// A system that says this of the staff.
struct Said(&'static str, Vec<Member>);

impl Staff for Said {
    fn system(&self) -> String {
        self.0.to_owned()
    }

    fn members(&self) -> BoxStream<'static, Result<Member, Failed>> {
        stream::iter(self.1.clone()).map(Ok).boxed()
    }
}

fn member(id: usize, email: Option<usize>, aliases: &[usize]) -> Member {
    let address = |it: usize| if it == 0 { " ".to_owned() } else { format!("p{it}@example.com") };
    let mut member = Member::new(id.to_string());
    member.email = email.map(address);
    member.aliases = aliases.iter().copied().map(address).collect();
    member
}

/// Which records are one person, by their ids.
fn groups(report: &RosterReport) -> BTreeSet<Vec<String>> {
    let of_row = |row: &people::Row| {
        let mut ids: Vec<String> = row.members.iter().flatten().map(|member| member.id.clone()).collect();
        ids.sort();
        ids
    };
    report.rows().iter().map(of_row).collect()
}

fn members() -> impl Strategy<Value = Vec<(Option<usize>, Vec<usize>)>> {
    let member = (proptest::option::of(0..12_usize), prop::collection::vec(0..12_usize, 0..3));
    prop::collection::vec(member, 0..10)
}

proptest! {
    #[test]
    fn the_order_of_records_joins_nobody_else(
        (one, shuffled) in members().prop_flat_map(|all| {
            let all: Vec<Member> =
                all.iter().enumerate().map(|(id, (email, aliases))| member(id, *email, aliases)).collect();
            (Just(all.clone()), Just(all).prop_shuffle())
        }),
        other in members(),
    ) {
        let other: Vec<Member> =
            other.iter().enumerate().map(|(id, (email, aliases))| member(100 + id, *email, aliases)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let run = |one: &[Member]| {
            let roster = people::roster().of_system(Said("one", one.to_vec()));
            runtime.block_on(roster.of_system(Said("other", other.clone())).run()).unwrap()
        };
        let (first, second) = (run(&one), run(&shuffled));
        prop_assert_eq!(groups(&first), groups(&second));
        // Nobody is lost, nobody is there twice, and no two rows share an address.
        let rows: usize = first.rows().iter().flat_map(|row| &row.members).map(Vec::len).sum();
        prop_assert_eq!(rows + first.without_email().len(), one.len() + other.len());
        let mut seen = BTreeSet::new();
        for row in first.rows() {
            let of_row: BTreeSet<String> = row
                .members
                .iter()
                .flatten()
                .flat_map(|member| member.email.iter().chain(&member.aliases))
                .filter(|address| !address.trim().is_empty())
                .cloned()
                .collect();
            prop_assert!(of_row.contains(&row.email));
            for address in of_row {
                prop_assert!(seen.insert(address));
            }
        }
    }
}
