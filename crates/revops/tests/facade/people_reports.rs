//! What a report keeps, and when it may be believed: two accounts of one vendor, work half done, records that
//! cannot be read, going on with other persons, flows that would do nothing.

use std::sync::Arc;

use crate::support::{calls, gainsight, gong, sandbox, texts};
use futures::FutureExt;
use futures::future::BoxFuture;
use revops::Delivery;
use revops::gainsight::Filter;
use revops::people::{
    self, Directory, Email, Entry, Erased, Failed, Findings, FlowError, Found, Identity, Offboarded,
    Offboarding, Report, Step,
};
use revops_sandbox::Sandbox;
use revops_sandbox::fault::{Act, Reply};
use serde_json::json;

fn emails(sandbox: &Sandbox) -> Vec<String> {
    texts(&sandbox.gainsight().people(), "Email")
}

/// The same report after it was saved and read again.
fn saved<O: serde::Serialize + serde::de::DeserializeOwned>(report: &Report<O>) -> Report<O> {
    serde_json::from_str(&serde_json::to_string(report).unwrap()).unwrap()
}

fn outcomes<O>(report: &Report<O>) -> Vec<&O> {
    report.entries().iter().map(|entry: &Entry<O>| &entry.outcome).collect()
}

#[tokio::test]
async fn what_failed_in_one_account_is_not_taken_for_what_was_done_in_another() {
    let (eu, us) = (sandbox(20).await, sandbox(20).await);
    let (europe, america) = (gainsight(&eu), gainsight(&us));
    let email = emails(&eu)[0].clone();
    let erase = || {
        let flow = people::erase(&email).in_gainsight(&europe).named("EU");
        flow.in_gainsight(&america).named("US")
    };
    eu.before("deletePerson").every(1, Reply::status(403)).unwrap();
    let first = erase().run().await.unwrap();
    let systems: Vec<&str> = first.entries().iter().map(|entry| entry.system.as_str()).collect();
    assert_eq!(systems, ["EU Gainsight people", "US Gainsight people"]);
    assert!(matches!(outcomes(&first)[..], [Erased::Failed(_), Erased::Done { .. }]));
    eu.clear_faults();
    let second = erase().resume(saved(&first)).run().await.unwrap();
    assert!(second.is_complete(), "{second}");
    assert!(!emails(&eu).contains(&email) && !emails(&us).contains(&email));
    assert_eq!(calls(&us, "deletePerson"), 1);
}

#[tokio::test]
async fn two_systems_of_one_name_and_none_at_all_are_refused_before_anything_is_sent() {
    let sandbox = sandbox(5).await;
    let (one, gong) = (gainsight(&sandbox), gong(&sandbox));
    let email = &emails(&sandbox)[0];
    let names: Vec<String> = vec![
        people::find(email).in_gainsight(&one).in_gainsight(&one).run().await.unwrap_err().to_string(),
        people::erase(email).in_gong(&gong).in_gong(&gong).run().await.unwrap_err().to_string(),
        people::offboard(email)
            .in_gainsight(&one)
            .named("EU")
            .in_gainsight(&one)
            .named("EU")
            .run()
            .await
            .unwrap_err()
            .to_string(),
        people::roster().of_gong(&gong).of_gong(&gong).run().await.unwrap_err().to_string(),
    ];
    let called = ["Gainsight people", "Gong", "EU Gainsight users", "Gong users"]
        .map(|name| format!("called `{name}`;"));
    assert!(names.iter().zip(&called).all(|(error, called)| error.contains(called)), "{names:?}");
    insta::assert_snapshot!(names[1], @r#"two systems of the flow are called `Gong`; tell them apart by `.named("…")` after each call that adds one. Nothing was sent"#);
    let none: Vec<FlowError> = vec![
        people::find(email).run().await.unwrap_err(),
        people::erase(email).run().await.unwrap_err(),
        people::offboard(email).dry_run().run().await.unwrap_err(),
        people::roster().run().await.unwrap_err(),
    ];
    assert!(none.iter().all(|error| *error == FlowError::NoSystems));
    assert!(sandbox.requests().is_empty());
    // A label goes before every system that the last call added.
    let two = people::find(email).in_gong(&gong).in_gainsight(&one).named("EU").run().await.unwrap();
    let systems: Vec<&str> = two.entries().iter().map(|entry| entry.system.as_str()).collect();
    assert_eq!(systems, ["Gong users", "EU Gainsight people", "EU Gainsight users"]);
}

#[tokio::test]
async fn a_person_half_erased_keeps_what_was_done() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    let ids: Vec<String> =
        (0..4).map(|_| sandbox.gainsight().set_person(&json!({"Email": "dup@example.com"}))).collect();
    sandbox.before("deletePerson").on_call(2, Reply::status(403)).unwrap();
    sandbox.after("deletePerson").on_call(4, Reply::status(500)).unwrap();
    let erase = || people::erase("dup@example.com").in_gainsight(&gainsight);
    let first = erase().run().await.unwrap();
    let Erased::Partly { ids: done, failed } = outcomes(&first)[0] else { panic!("{first}") };
    assert_eq!(done.len(), 3, "{first}");
    assert!(!failed.retryable && !first.is_complete() && first.failures().count() == 1);
    assert_eq!(failed.error().unwrap().status().unwrap().as_u16(), 403);
    // It fails again, and still nothing is forgotten.
    sandbox.before("deletePerson").every(1, Reply::status(403)).unwrap();
    let second = erase().resume(saved(&first)).run().await.unwrap();
    let Erased::Partly { ids: still, .. } = outcomes(&second)[0] else { panic!("{second}") };
    assert_eq!(still, done);
    sandbox.clear_faults();
    let third = erase().resume(saved(&second)).run().await.unwrap();
    let Erased::Done { ids: all } = outcomes(&third)[0] else { panic!("{third}") };
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    assert!(third.is_complete());
    assert_eq!(sorted(all), sorted(&ids));
}

/// Doors of a building: a person may have several, and the vendor is none of ours.
#[derive(Clone)]
struct Doors {
    stuck: bool,
}

impl Directory for Doors {
    fn system(&self) -> String {
        "Doors".to_owned()
    }

    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        // What was closed in the first run is closed in the second.
        let closed = Some(self.stuck);
        let mut findings = Findings::default();
        for email in emails.iter() {
            findings.add(email.as_str(), Identity::new("front").active(closed));
            findings.add(email.as_str(), Identity::new("garage").active(Some(true)));
            findings.add(email.as_str(), Identity::new("cellar").active(Some(false)));
        }
        async move { Ok(findings) }.boxed()
    }
}

impl Offboarding for Doors {
    fn directory(&self) -> &dyn Directory {
        self
    }

    fn deactivate(&self, user: &Identity) -> Step<()> {
        let fails = self.stuck && user.id == "garage";
        async move {
            let odd = std::io::Error::other("rust");
            let stuck =
                || Failed::new("Doors close: it is stuck").with_delivery(Delivery::NotSent).caused_by(odd);
            if fails { Err(stuck().with_retryable(true)) } else { Ok(()) }
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_user_half_deactivated_keeps_what_was_done() {
    let offboard = |stuck| people::offboard("jane@example.com").in_system(Doors { stuck });
    let first = offboard(true).run().await.unwrap();
    insta::assert_snapshot!(first, @"jane@example.com  Doors  only partly done: front deactivated; the rest failed: Doors close: it is stuck");
    let (_, failed) = first.failures().next().unwrap();
    assert!(failed.retryable && failed.error().is_none());
    assert_eq!(std::error::Error::source(failed).unwrap().to_string(), "rust");
    let second = offboard(false).resume(saved(&first)).run().await.unwrap();
    let ids = vec!["front".to_owned(), "garage".to_owned()];
    assert_eq!(outcomes(&second), [&Offboarded::Deactivated { ids }]);
    assert!(second.is_complete());
}

#[tokio::test]
async fn a_record_that_cannot_be_read_keeps_nobody_else() {
    let sandbox = sandbox(5).await;
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let known = texts(&sandbox.gong().users(), "emailAddress")[0].clone();
    assert!(
        sandbox.gong().put_user(json!({"id": "99", "active": "maybe", "emailAddress": "odd@example.com"}))
    );
    let find = || people::find_each([known.as_str(), "odd@example.com"]).in_gong(&gong);
    let report = find().run().await.unwrap();
    // It tells itself whose it is.
    assert!(matches!(outcomes(&report)[0], Found::Found(_)) && report.entries()[0].unread == 0, "{report}");
    let Found::Uncertain(failed) = outcomes(&report)[1] else { panic!("{report}") };
    insta::assert_snapshot!(failed, @"not among the records that could be read, and 1 record could not be read; the first: record 5 could not be decoded: expected a boolean at /active");
    assert!(!report.is_complete() && report.failures().count() == 1);
    assert_eq!(saved(&report), report);
    // Who was found is not asked for again; who was not, is.
    let again = find().resume(report).run().await.unwrap();
    assert_eq!(again.entries()[1].unread, 1);
    let left = people::offboard(&known).in_gong(&gong).in_gainsight(&gainsight).run().await.unwrap();
    assert!(left.is_complete(), "{left}");
    let left = people::offboard("odd@example.com").in_gong(&gong).run().await.unwrap();
    assert!(matches!(outcomes(&left)[0], Offboarded::Uncertain(_)), "{left}");
    // With an alias that is no address it may be anybody's.
    let odd = json!({"id": "99", "active": "maybe", "emailAddress": "odd@example.com", "emailAliases": [7]});
    assert!(sandbox.gong().put_user(odd));
    let report = find().run().await.unwrap();
    assert!(report.to_string().contains(", active (1 record could not be read)\n"), "{report}");
    let left = people::offboard("nobody@example.com").in_gong(&gong).run().await.unwrap();
    assert!(matches!(outcomes(&left)[0], Offboarded::Uncertain(_)), "{left}");
}

#[tokio::test]
async fn people_and_users_of_gainsight_are_found_beside_records_that_cannot_be_read() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    let email = emails(&sandbox)[0].clone();
    sandbox.gainsight().set_person(&json!({"Email": email, "IsActive": {"odd": 1}}));
    sandbox.gainsight().set_user(&json!({"Email": {"odd": 1}, "IsActive": true}));
    let report = people::find(&email).in_gainsight(&gainsight).run().await.unwrap();
    for entry in report.entries() {
        assert!(matches!(entry.outcome, Found::Found(_)) && entry.unread == 1, "{report}");
    }
    let gone = people::erase("nobody@example.com").in_gainsight(&gainsight).run().await.unwrap();
    assert_eq!(outcomes(&gone), [&Erased::Nobody], "{gone}");
}

#[tokio::test]
async fn what_is_no_address_is_not_done() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    let erased = people::erase("no address").in_gainsight(&gainsight).run().await.unwrap();
    let off = people::offboard("jane@example.com\u{200b}").in_gainsight(&gainsight).run().await.unwrap();
    let found = people::find("").in_gainsight(&gainsight).run().await.unwrap();
    assert!(!erased.is_complete() && !off.is_complete() && !found.is_complete());
    assert_eq!(
        off.to_string().trim_end(),
        "item 0 of the input  -  is no e-mail address: it holds a character that cannot be seen (U+200B); nothing was asked"
    );
    assert!(sandbox.requests().is_empty());
    let nobody: [&str; 0] = [];
    assert!(people::erase_each(nobody).in_gainsight(&gainsight).run().await.unwrap().is_complete());
}

#[tokio::test]
async fn going_on_with_others_keeps_what_the_report_tells() {
    let sandbox = sandbox(20).await;
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let all = emails(&sandbox);
    sandbox.before("deletePerson").on_call(2, Reply::status(403)).unwrap();
    let first = people::erase_each([&all[0], &all[1], &all[0]]).in_gong(&gong).in_gainsight(&gainsight);
    let first = first.run().await.unwrap();
    let open: Vec<Entry<Erased>> = first.failures().map(|(entry, _)| entry.clone()).collect();
    assert_eq!(open.len(), 1);
    let second = people::erase(&all[4]).in_gainsight(&gainsight).resume(first.clone()).run().await.unwrap();
    let told: Vec<(usize, &str, &str)> = second
        .entries()
        .iter()
        .map(|it| (it.index, it.email.as_ref().unwrap().as_str(), it.system.as_str()))
        .collect();
    let (gong_name, gainsight_name) = ("Gong", "Gainsight people");
    assert_eq!(
        told,
        [
            (0, all[4].as_str(), gainsight_name),
            (1, all[0].as_str(), gong_name),
            (1, all[0].as_str(), gainsight_name),
            (2, all[1].as_str(), gong_name),
            (2, all[1].as_str(), gainsight_name),
        ]
    );
    assert!(
        !second.is_complete()
            && open.iter().all(|it| second
                .of(it.email.as_ref().unwrap().as_str())
                .any(|kept| kept.outcome == it.outcome))
    );
    let third =
        people::erase_each([&all[1]]).in_gainsight(&gainsight).resume(saved(&second)).run().await.unwrap();
    assert!(third.is_complete() && third.entries().len() == 5, "{third}");
    let found = people::find(&all[5]).in_gong(&gong).run().await.unwrap();
    let more = people::find(&all[6]).in_gong(&gong).resume(found).run().await.unwrap();
    assert_eq!(more.of(&all[5]).count() + more.of(&all[6]).count(), 2);
}

#[tokio::test]
async fn a_failure_has_the_vendors_words_for_who_asks() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    let email = emails(&sandbox)[0].clone();
    let words = r#"{"result":false,"errorDesc":"record of jane is locked"}"#;
    sandbox.before("deletePerson").every(1, Reply::json(400, words)).unwrap();
    let report = people::erase(&email).in_gainsight(&gainsight).run().await.unwrap();
    let (_, failed) = report.failures().next().unwrap();
    assert!(failed.error().unwrap().text().unwrap().contains("jane is locked"));
    let printed = format!("{report} {report:?} {}", serde_json::to_string(&report).unwrap());
    assert!(!printed.contains("locked"), "{printed}");
    assert!(saved(&report).failures().all(|(_, failed)| failed.error().is_none()));
}

/// A lost answer to one of two deletions does not lose the other.
#[tokio::test]
async fn a_deletion_whose_answer_is_lost_costs_no_other() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    for _ in 0..2 {
        sandbox.gainsight().set_person(&json!({"Email": "dup@example.com"}));
    }
    sandbox.after("deletePerson").times(1, Act::close_before_answer()).unwrap();
    let flow = people::erase("dup@example.com").in_gainsight(&gainsight);
    let flow: BoxFuture<'static, _> = flow.run();
    let report = flow.await.unwrap();
    assert!(report.is_complete(), "{report}");
    let left = gainsight.people().search(Filter::all()).select(["Email"]).stream();
    let left: Vec<_> = futures::TryStreamExt::try_collect(left).await.unwrap();
    assert_eq!(left.len(), 5);
}
