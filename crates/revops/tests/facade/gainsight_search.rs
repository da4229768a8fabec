//! Searching Gainsight's people: what is asked, page by page, in every mood that concerns it.

use std::collections::BTreeSet;

use crate::support::{
    assert_right, calls, gainsight, gainsight_with, is_send, quick, sandbox, sandbox_in, texts,
};
use futures::{StreamExt, TryStreamExt};
use revops::gainsight::{Filter, Person, SearchPeople, field};
use revops::{Contract, Error, Kind, Stream};
use revops_sandbox::fault::{Act, How, Reply};
use revops_sandbox::{Mood, Sandbox};
use serde_json::{Value, json};

async fn ids(people: Stream<Person>) -> Vec<String> {
    let people: Result<Vec<Person>, _> = people.try_collect().await;
    let people = people.unwrap_or_else(|error| {
        let error = Error::from(error);
        panic!("{error}: {:?}", error.text())
    });
    people.into_iter().map(|person| person.gsid.unwrap()).collect()
}

fn search(sandbox: &Sandbox, filter: Filter) -> SearchPeople {
    gainsight(sandbox).people().search(filter).select(["Email"])
}

/// The ids of everybody, in the order of a search that is not told another.
fn all(sandbox: &Sandbox) -> Vec<String> {
    where_(sandbox, |_| true)
}

fn where_(sandbox: &Sandbox, holds: impl Fn(&Value) -> bool) -> Vec<String> {
    let people: Vec<Value> = sandbox.gainsight().people().into_iter().filter(holds).collect();
    let mut ids = texts(&people, "Gsid");
    ids.sort();
    ids
}

#[tokio::test]
async fn everybody_is_found_once_and_in_order_in_every_mood() {
    for mood in Mood::ALL.into_iter().filter(|mood| *mood != Mood::Quotas).map(Some).chain([None]) {
        for pages in [1, 4] {
            let sandbox = sandbox_in(90, mood).await;
            let before = all(&sandbox);
            let found = is_send(search(&sandbox, Filter::all()).page_size(25).concurrency(pages).stream());
            let found = ids(found).await;
            let known: BTreeSet<String> = before.iter().cloned().collect();
            let old: Vec<String> = found.iter().filter(|gsid| known.contains(*gsid)).cloned().collect();
            assert_eq!(old, before, "{mood:?}, {pages} at once");
            // Who comes while it is read may be found, and nobody twice.
            assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{mood:?}");
            assert!(mood == Some(Mood::ShiftingOffsets) || found.len() == 90, "{mood:?}");
            assert_right(&sandbox);
        }
    }
}

#[tokio::test]
async fn an_order_that_puts_newcomers_first_loses_and_repeats_nobody() {
    for pages in [1, 3] {
        let sandbox = sandbox(120).await;
        sandbox.set_mood(Mood::ShiftingOffsets, true);
        let before: BTreeSet<String> = all(&sandbox).into_iter().collect();
        // All have the same value, so that the vendor's own order holds: the newest first.
        let found = search(&sandbox, Filter::all()).order_by("IsActive").page_size(20).concurrency(pages);
        let found = ids(found.stream()).await;
        let unique: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(unique.len(), found.len(), "{pages} at once");
        assert!(before.is_subset(&unique), "{pages} at once");
    }
}

/// A filter, and whom it means.
type Case<'a> = (Filter, Box<dyn Fn(&Value) -> bool + 'a>);

#[tokio::test]
async fn filters_mean_to_the_vendor_what_they_say() {
    let sandbox = sandbox(60).await;
    let text = |person: &Value, name: &str| person[name].as_str().unwrap_or_default().to_owned();
    let name = text(&sandbox.gainsight().people()[4], "LastName");
    let other = text(&sandbox.gainsight().people()[9], "LastName");
    let is = |person: &Value, wanted: &str| text(person, "LastName") == wanted;
    let cases: Vec<Case<'_>> = vec![
        (field("LastName").eq(name.as_str()), Box::new(|it| is(it, &name))),
        (field("LastName").ne(name.as_str()), Box::new(|it| !is(it, &name))),
        (field("LastName").eq(name.as_str()).not(), Box::new(|it| !is(it, &name))),
        (
            field("LastName").one_of([name.as_str(), other.as_str()]),
            Box::new(|it| is(it, &name) || is(it, &other)),
        ),
        (
            field("LastName").none_of([name.as_str(), other.as_str()]),
            Box::new(|it| !is(it, &name) && !is(it, &other)),
        ),
        (
            field("LastName").eq(name.as_str()).or(field("LastName").eq(other.as_str())).not(),
            Box::new(|it| !is(it, &name) && !is(it, &other)),
        ),
        (field("Email").contains(".1"), Box::new(|it| text(it, "Email").contains(".1"))),
        (field("Email").ends_with(".com"), Box::new(|_| true)),
        (
            field("Email").starts_with("a").or(field("LastName").eq(name.as_str())),
            Box::new(|it| text(it, "Email").starts_with('a') || is(it, &name)),
        ),
        (
            field("LastName").between("B", "M"),
            Box::new(|it| ("B"..="M").contains(&text(it, "LastName").as_str())),
        ),
        (
            field("LastName").between("B", "M").not(),
            Box::new(|it| !("B"..="M").contains(&text(it, "LastName").as_str())),
        ),
        (field("IsActive").eq(true).not(), Box::new(|it| it["IsActive"] == false)),
        (Filter::all(), Box::new(|_| true)),
    ];
    for (index, (filter, holds)) in cases.into_iter().enumerate() {
        assert_eq!(ids(search(&sandbox, filter).stream()).await, where_(&sandbox, holds), "case {index}");
    }
    assert_right(&sandbox);
}

#[tokio::test]
async fn another_path_order_and_more_operators_are_spoken_by_the_observed_contract() {
    let sandbox = sandbox(30).await;
    sandbox.set_mood(Mood::ObservedPaths, true);
    sandbox.set_mood(Mood::EmptyIsAnError, true);
    let gsid = sandbox.gainsight().set_person(&json!({"Email": "a@example.com", "Tier__gc": "Gold;Silver"}));
    let people = gainsight_with(&sandbox, quick().with_contract(Contract::Observed)).people();
    let found = people.search(field("Tier__gc").starts_with("Gold")).select(["Email"]);
    assert_eq!(ids(found.order_by_descending("Email").stream()).await, [gsid]);
    // The sandbox judges by the published document alone, whatever path was taken.
    let error = people.search(field("Tier__gc").is_null()).select(["Email"]).stream().try_next().await;
    assert_eq!(Error::from(error.unwrap_err()).status().map(|status| status.as_u16()), Some(400));
    let nobody = people.search(field("Email").eq("nobody@example.com")).select(["Email"]);
    assert_eq!(ids(nobody.stream()).await.len(), 0);
    assert!(sandbox.requests().iter().all(|line| line.path.ends_with("/data/objects/query/Person")));
}

#[tokio::test]
async fn order_limit_and_selection_are_kept() {
    let sandbox = sandbox(57).await;
    let everybody = all(&sandbox);
    let backwards: Vec<String> = everybody.iter().rev().cloned().collect();
    let found = search(&sandbox, Filter::all()).order_by_descending("Gsid").page_size(20);
    assert_eq!(ids(found.clone().stream()).await, backwards);
    for limit in [0_usize, 1, 19, 20, 21, 56, 57, 100] {
        for pages in [1, 5] {
            let found = found.clone().limit(limit as u64).concurrency(pages);
            let expected = &backwards[..limit.min(57)];
            assert_eq!(ids(found.stream()).await, expected, "{limit}, {pages} at once");
        }
    }
    let mut first = search(&sandbox, Filter::all()).select(["FirstName"]).stream();
    let person = first.try_next().await.unwrap().unwrap();
    assert!(person.gsid.is_some() && person.first_name.is_some() && person.email.is_none());
    assert_eq!(first.total(), Some(57));
    let page = search(&sandbox, Filter::all()).limit(5).pages().try_next().await.unwrap().unwrap();
    assert_eq!((page.records.len(), page.total), (5, Some(5)));
    assert_right(&sandbox);
}

#[tokio::test]
async fn a_search_that_cannot_be_made_is_refused_before_anything_is_sent() {
    let sandbox = sandbox(3).await;
    let people = gainsight(&sandbox).people();
    let none: [&str; 0] = [];
    let fine = || search(&sandbox, Filter::all());
    let another = fine().stream().checkpoint();
    let searches = [
        people.search(Filter::all()),
        fine().select(none),
        fine().select(["Email", " "]),
        fine().order_by(""),
        fine().order_by_descending(" "),
        search(&sandbox, field("NPS").gt(f64::NAN)),
        fine().page_size(5001),
        fine().page_size(0),
        search(&sandbox, Filter::all().not()),
        search(&sandbox, field("Email").contains("a").not()),
        search(&sandbox, field("Email").one_of(none)),
        search(&sandbox, field("").eq(1)),
        search(&sandbox, field("Tier__gc").includes(["Gold"])),
        fine().select(["Email", "Title"]).resume(another),
    ];
    let mut lines = Vec::new();
    for search in searches {
        let error = Error::from(search.stream().try_next().await.unwrap_err());
        assert_eq!(error.kind(), Kind::Invalid);
        lines.push(error.to_string());
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    Gainsight CS Person API searchPeople: a search reads the fields it selects, and selects none
    Gainsight CS Person API searchPeople: a search reads the fields it selects, and selects none
    Gainsight CS Person API searchPeople: field 1 of those a search selects has no name; nothing was asked
    Gainsight CS Person API searchPeople: a search is ordered by a field without a name; nothing was asked
    Gainsight CS Person API searchPeople: a search is ordered by a field without a name; nothing was asked
    Gainsight CS Person API searchPeople: `GT` on `NPS` is compared with null, which is also what a number that is none (NaN, infinity) becomes: ask for `is_null`
    Gainsight CS Person API searchPeople: a page has from 1 to 5000 people, not 5001
    Gainsight CS Person API searchPeople: a page has from 1 to 5000 people, not 0
    Gainsight CS Person API searchPeople: `not` of every record is no record; nothing was asked
    Gainsight CS Person API searchPeople: `CONTAINS` on `Email` has no opposite that the vendor could be asked for
    Gainsight CS Person API searchPeople: `IN` on `Email` has no value to compare with
    Gainsight CS Person API searchPeople: a condition names no field
    Gainsight CS Person API searchPeople: `INCLUDES` on `Tier__gc` is not in the published document, though the vendor takes it: speak `Contract::Observed`
    Gainsight CS Person API searchPeople: the checkpoint was made by another query; start this one anew, or ask the query it was made by
    ");
    assert!(sandbox.requests().is_empty());
    // The largest page is one.
    assert_eq!(ids(fine().page_size(5000).stream()).await.len(), 3);
}

#[tokio::test]
async fn what_the_vendor_refuses_is_an_error_and_not_an_empty_list() {
    for (mood, kind) in [(None, Kind::Invalid), (Some(Mood::FailureIn200), Kind::Refused)] {
        let sandbox = sandbox_in(3, mood).await;
        let odd = search(&sandbox, field("NoSuchField").eq(1)).stream().try_next().await.unwrap_err();
        assert_eq!(Error::from(odd).kind(), kind);
    }
}

#[tokio::test]
async fn a_search_outlives_what_goes_wrong_on_the_way() {
    for pages in [1, 3] {
        let sandbox = sandbox(100).await;
        sandbox.before("searchPeople").on_call(1, Reply::status(503)).unwrap();
        sandbox.before("searchPeople").on_call(3, Act::reset_before_answer()).unwrap();
        sandbox.after("searchPeople").on_call(5, Act::close_before_answer()).unwrap();
        sandbox.before("searchPeople").spoil(6, |answer| answer.cut_body(99, How::Close)).unwrap();
        let found = search(&sandbox, Filter::all()).page_size(30).concurrency(pages).stream();
        assert_eq!(ids(found).await, all(&sandbox), "{pages} at once");
    }
}

#[tokio::test]
async fn a_search_that_is_dropped_asks_for_no_more_pages() {
    let sandbox = sandbox(100).await;
    let mut found = search(&sandbox, Filter::all()).page_size(12).concurrency(2).stream();
    assert!(found.next().await.unwrap().is_ok());
    drop(found);
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    assert!(calls(&sandbox, "searchPeople") <= 3);
}
