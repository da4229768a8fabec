//! What the roster and tracking keep of every record: an account beside an inactive one, a target that failed.

use crate::support::{calls, gainsight, gong, sandbox};
use futures::TryStreamExt;
use revops::gainsight::{Filter, Person, SearchPeople};
use revops::people::{self, Difference, FlowError, TrackAll, TrackError, Tracked, Tracking};
use revops::usergems::{Contact, UserGems};
use revops_sandbox::fault::Reply;
use revops_sandbox::{Sandbox, Vendor};
use serde_json::json;

#[tokio::test]
async fn an_active_account_is_not_hidden_behind_an_inactive_one() {
    let sandbox = sandbox(0).await;
    let user = |id: &str, email: &str, active: bool| json!({"id": id, "emailAddress": email, "firstName": "Jane", "active": active});
    for (id, email, active) in [
        ("1", "jane@example.com", false),
        ("2", "JANE@example.com", true),
        ("3", "gone@example.com", false),
        ("4", "Gone@example.com", false),
    ] {
        assert!(sandbox.gong().put_user(user(id, email, active)));
    }
    for (email, name) in [("jane@example.com", "Jane"), ("gone@example.com", "Joan")] {
        sandbox.gainsight().set_user(&json!({"Email": email, "FirstName": name, "IsActive": false}));
    }
    let roster = people::roster().of_gong(&gong(&sandbox)).of_gainsight(&gainsight(&sandbox));
    let report = roster.run().await.unwrap();
    let [gone, jane] = report.rows() else { panic!("{report:?}") };
    let ids: Vec<&str> = jane.members[0].iter().map(|member| member.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(
        (jane.is_active_in(0), jane.is_active_in(1), jane.is_active_in(2)),
        (Some(true), Some(false), None)
    );
    let twice = Difference::Duplicate { system: 0, records: 2 };
    let active = Difference::ActiveIn { system: 0, and_not_in: 1 };
    assert_eq!(jane.differences, [twice.clone(), active]);
    assert_eq!(gone.differences, [twice, Difference::Name { system: 1 }]);
    assert_eq!(gone.is_active_in(0), Some(false));
}

fn usergems(sandbox: &Sandbox) -> UserGems {
    let builder = UserGems::builder().api_key(revops_sandbox::USERGEMS_API_KEY);
    let builder = builder.base_url(sandbox.base_url(Vendor::UserGems)).options(crate::support::quick());
    builder.quota(revops::Quota::unlimited()).build().unwrap()
}

fn everybody(sandbox: &Sandbox) -> SearchPeople {
    gainsight(sandbox).people().search(Filter::all()).select(["Email"]).page_size(7)
}

/// Tracks everybody in two accounts.
fn track(sandbox: &Sandbox, search: SearchPeople) -> TrackAll<Person> {
    let contact = |person: &Person| person.email.as_deref().map(Contact::from);
    let flow = people::track_all(search.stream()).into_usergems(&usergems(sandbox), contact).named("one");
    flow.into_usergems(&usergems(sandbox), contact).named("two").concurrency(1)
}

#[tokio::test]
async fn what_could_not_be_written_is_written_again_and_nothing_else() {
    let sandbox = sandbox(20).await;
    sandbox.before("addContact").on_call(5, Reply::status(403)).unwrap();
    let mut sync = track(&sandbox, everybody(&sandbox));
    let mut open: Vec<Tracked<Person>> = Vec::new();
    for _ in 0..10 {
        let person = sync.try_next().await.unwrap().unwrap();
        open.extend((!person.is_written()).then_some(person));
    }
    let (system, failed) = open[0].failures().next().unwrap();
    assert_eq!((open.len(), system, failed.error().is_some()), (1, "one UserGems", true));
    assert_eq!(open[0].targets[1].1, Tracking::Written);
    // Both are saved, and another process goes on.
    let place = serde_json::to_string(&sync.checkpoint()).unwrap();
    let kept = serde_json::to_string(&open).unwrap();
    drop(sync);
    let before = calls(&sandbox, "addContact");
    let kept: Vec<Tracked<Person>> = serde_json::from_str(&kept).unwrap();
    let rest = everybody(&sandbox).resume(serde_json::from_str(&place).unwrap());
    let again: Vec<Tracked<Person>> = track(&sandbox, rest).again(kept).try_collect().await.unwrap();
    assert!(again.iter().all(Tracked::is_written));
    assert_eq!(again[0].record.email, open[0].record.email);
    // One target of what had failed, and both of the ten that were left.
    assert_eq!((again.len(), calls(&sandbox, "addContact") - before), (11, 21));
}

#[tokio::test]
async fn the_checkpoint_waits_for_what_is_written_again() {
    let sandbox = sandbox(12).await;
    let plan: Vec<Tracked<Person>> =
        track(&sandbox, everybody(&sandbox)).dry_run().try_collect().await.unwrap();
    let start = track(&sandbox, everybody(&sandbox)).checkpoint();
    let mut sync = track(&sandbox, everybody(&sandbox)).again(plan.into_iter().take(3)).concurrency(5);
    for _ in 0..3 {
        sync.try_next().await.unwrap().unwrap();
        assert_eq!(sync.checkpoint(), start);
    }
    assert_eq!(sync.try_collect::<Vec<_>>().await.unwrap().len(), 12);
}

#[tokio::test]
async fn the_place_of_a_dry_run_is_where_the_list_began() {
    let sandbox = sandbox(20).await;
    let mut plan = track(&sandbox, everybody(&sandbox)).dry_run();
    for _ in 0..15 {
        assert!(!plan.try_next().await.unwrap().unwrap().is_written());
    }
    let place = plan.checkpoint();
    assert_eq!((place.records(), calls(&sandbox, "addContact")), (0, 0));
    let all: Vec<_> = track(&sandbox, everybody(&sandbox).resume(place)).try_collect().await.unwrap();
    assert_eq!((all.len(), sandbox.usergems().contacts().len()), (20, 20));
}

#[tokio::test]
async fn tracking_to_no_target_or_to_two_of_one_name_is_refused_before_anything_is_sent() {
    let sandbox = sandbox(5).await;
    let list = || people::track_all(everybody(&sandbox).stream());
    let usergems = usergems(&sandbox);
    let contact = |person: &Person| person.email.as_deref().map(Contact::from);
    let mut none = list();
    let Err(TrackError::NotBegun(error)) = none.try_next().await else { panic!("{none:?}") };
    assert_eq!(error, FlowError::NoSystems);
    assert!(none.try_next().await.unwrap().is_none());
    let mut twice = list().into_usergems(&usergems, contact).into_usergems(&usergems, contact);
    let error = twice.try_next().await.unwrap_err();
    assert!(error.to_string().contains("called `UserGems`"), "{error}");
    assert!(sandbox.requests().is_empty());
}
