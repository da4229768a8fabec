//! Gainsight's people: written, read and deleted, in every mood that concerns it, and when answers are lost.

use std::time::Duration;

use crate::support::{
    assert_right, calls, gainsight, gainsight_with, is_send, quick, sandbox, sandbox_in, texts,
};
use futures::StreamExt;
use futures::stream;
use revops::gainsight::{Person, TeamMember};
use revops::{Contract, Duplicates, Error, Kind, Outcome};
use revops_sandbox::fault::{Act, How, Reply};
use revops_sandbox::{Mood, Pool, Vendor, Window};
use serde_json::json;

fn person(number: usize) -> Person {
    let email = format!("new.{number}@example.com");
    Person::builder().email(email).first_name(format!("Number {number}")).try_into().unwrap()
}

fn people(count: usize) -> impl Iterator<Item = Person> + Send + 'static {
    (0..count).map(person)
}

/// The moods that change what is said of people, and none.
fn moods() -> impl Iterator<Item = Option<Mood>> {
    Mood::ALL.into_iter().filter(|mood| *mood != Mood::Quotas).map(Some).chain([None])
}

#[tokio::test]
async fn every_method_does_the_same_in_every_mood() {
    for mood in moods() {
        let sandbox = sandbox_in(10, mood).await;
        let people = gainsight(&sandbox).people();
        let report = is_send(people.upsert((0..120).map(person)).send()).await.unwrap();
        assert_eq!((report.written(), report.len()), (120, 120), "{mood:?}: {report}");
        let report = people.upsert_stream(stream::iter((0..120).map(person))).send().await.unwrap();
        assert_eq!(report.written(), 120, "{mood:?}: {report}");
        assert_eq!(sandbox.gainsight().people().len(), 130, "{mood:?}: the second time nobody is new");
        let gsid = &texts(&sandbox.gainsight().people(), "Gsid")[11];
        let found = is_send(people.get(gsid)).await.unwrap();
        assert_eq!(found.email.as_deref(), Some("new.1@example.com"), "{mood:?}");
        is_send(people.delete(gsid)).await.unwrap();
        assert!(sandbox.gainsight().person(gsid).is_none(), "{mood:?}");
        let gone = people.get(gsid).await.unwrap_err();
        assert_eq!(gone.kind(), Kind::NotFound, "{mood:?}: {gone}");
        assert_eq!(people.delete(gsid).await.unwrap_err().kind(), Kind::NotFound, "{mood:?}");
        assert_right(&sandbox);
    }
}

#[tokio::test]
async fn the_observed_contract_speaks_of_people_in_the_same_way() {
    let sandbox = sandbox(10).await;
    sandbox.set_mood(Mood::ObservedPaths, true);
    let people = gainsight_with(&sandbox, quick().with_contract(Contract::Observed)).people();
    assert_eq!(people.upsert((0..60).map(person)).send().await.unwrap().written(), 60);
    let gsid = &texts(&sandbox.gainsight().people(), "Gsid")[0];
    people.get(gsid).await.unwrap();
    people.delete(gsid).await.unwrap();
    assert_right(&sandbox);
}

#[tokio::test]
async fn an_upsert_whose_answer_was_lost_is_repeated_and_counted_once() {
    let sandbox = sandbox(0).await;
    sandbox.after("upsertPeople").on_call(1, Act::close_before_answer()).unwrap();
    sandbox.after("upsertPeople").on_call(3, Act::reset_before_answer()).unwrap();
    sandbox.before("upsertPeople").on_call(5, Reply::status(504)).unwrap();
    sandbox.after("upsertPeople").spoil(6, |answer| answer.cut_body(20, How::Close)).unwrap();
    let upsert = gainsight(&sandbox).people().upsert(people(150)).concurrency(1);
    let report = upsert.send().await.unwrap();
    assert_eq!((report.written(), report.len()), (150, 150), "{report}");
    assert_eq!(texts(&sandbox.gainsight().people(), "Email").len(), 150);
    assert_eq!(calls(&sandbox, "upsertPeople"), 7);
}

/// A key that is revoked in the night: nobody was refused, and all may be sent again with another.
#[tokio::test]
async fn who_was_turned_away_at_the_door_was_not_refused() {
    let sandbox = sandbox(0).await;
    for (call, status) in [(2, 401), (3, 403)] {
        sandbox.before("upsertPeople").on_call(call, Reply::status(status)).unwrap();
    }
    let invalid =
        Reply::json(400, r#"{"result":false,"errorCode":"GSOBJ_1024","errorDesc":"Invalid credential"}"#);
    sandbox.before("upsertPeople").on_call(4, invalid).unwrap();
    let report = gainsight(&sandbox).people().upsert(people(200)).concurrency(1).send().await.unwrap();
    assert_eq!((report.written(), report.not_applied().count(), report.len()), (50, 150, 200), "{report}");
    assert_eq!(calls(&sandbox, "upsertPeople"), 4);
}

/// The first attempt was applied and its answer lost; the second was turned away.
#[tokio::test]
async fn a_doubt_about_an_earlier_attempt_outlives_the_answer_to_the_last() {
    let duplicate = Reply::json(400, r#"{"result":false,"errorCode":"GU_2411"}"#);
    for last in [Reply::status(403), duplicate] {
        let sandbox = sandbox(0).await;
        sandbox.after("upsertPeople").on_call(1, Act::close_before_answer()).unwrap();
        sandbox.before("upsertPeople").on_call(2, last).unwrap();
        let report = gainsight(&sandbox).people().upsert([person(1)]).send().await.unwrap();
        assert_eq!(report.unknown().count(), 1, "{report}");
    }
    let sandbox = sandbox(2).await;
    sandbox.after("deletePerson").on_call(1, Act::close_before_answer()).unwrap();
    sandbox.before("deletePerson").on_call(2, Reply::status(403)).unwrap();
    let email = texts(&sandbox.gainsight().people(), "Email")[0].clone();
    let report = revops::people::erase(email).in_gainsight(&gainsight(&sandbox)).run().await.unwrap();
    let (_, failed) = report.failures().next().unwrap();
    assert_eq!(failed.delivery, revops::Delivery::MaybeProcessed);
}

/// A record that conflicts, or points to what is gone, answers for the whole call as any other bad one does.
#[tokio::test]
async fn a_conflict_or_a_missing_object_of_one_record_costs_nobody_else() {
    let sandbox = sandbox(0).await;
    for (call, body) in
        [(1, r#"{"result":false,"errorCode":"GU_2411"}"#), (2, r#"{"title":"OBJECT_NOT_FOUND"}"#)]
    {
        sandbox.before("upsertPeople").on_call(call, Reply::json(400, body)).unwrap();
    }
    let report = gainsight(&sandbox).people().upsert(people(8)).concurrency(1).send().await.unwrap();
    assert_eq!((report.written(), calls(&sandbox, "upsertPeople")), (8, 5), "{report}");
}

/// A proxy, a page of something else: 200 and JSON, and not a word of any record.
#[tokio::test]
async fn an_answer_that_says_nothing_of_the_records_is_no_success() {
    let sandbox = sandbox(0).await;
    sandbox.before("upsertPeople").every(1, Reply::json(200, r#"{"status":"ok"}"#)).unwrap();
    sandbox.before("upsertCompanyTeam").every(1, Reply::json(200, "{}")).unwrap();
    let report = gainsight(&sandbox).people().upsert(people(2)).send().await.unwrap();
    assert_eq!((report.written(), report.unknown().count()), (0, 2), "{report}");
    let member = TeamMember::builder().company_id("1").user_id("1").team_role("CSM").build().unwrap();
    let report = gainsight(&sandbox).company_team().upsert([member]).send().await;
    assert_eq!((report.written(), report.unknown().count()), (0, 1), "{report}");
}

#[tokio::test]
async fn what_stays_unknown_is_called_so_and_what_reached_nobody_too() {
    let sandbox = sandbox(0).await;
    let mut options = quick();
    options.retry.attempts = 2;
    let people = gainsight_with(&sandbox, options).people();
    // Four times, each with two attempts, and never an answer.
    sandbox.after("upsertPeople").every(1, Act::close_before_answer()).unwrap();
    let report = people.upsert([person(1)]).send().await.unwrap();
    let lines: Vec<String> = report.unknown().map(|(index, reason)| format!("{index}: {reason}")).collect();
    assert_eq!(lines.len(), 1, "{report}");
    assert!(lines[0].contains("Gainsight CS Person API upsertPeople"), "{lines:?}");
    assert!(lines[0].ends_with("; it is matched by a key, so it may be sent again"), "{lines:?}");
    let error = report.get(0).unwrap().error().unwrap();
    assert_eq!((error.attempts(), error.status()), (2, None));
    assert_eq!(calls(&sandbox, "upsertPeople"), 8);
}

#[tokio::test]
async fn a_record_that_is_refused_is_told_by_its_place_and_costs_nobody_else() {
    for mood in moods() {
        let sandbox = sandbox_in(4, mood).await;
        let twins = texts(&sandbox.gainsight().people(), "Email");
        let mut input: Vec<Person> = (0..70).map(person).collect();
        for (twin, place) in twins.iter().zip([13, 20, 21, 30]) {
            sandbox.gainsight().set_person(&json!({"Email": twin}));
            input[place].email = Some(twin.clone());
        }
        input[55].email = None;
        let report = gainsight(&sandbox).people().upsert(input).send().await.unwrap();
        let reason = "the key fields fit 2 people; only one can be meant";
        // One failure in three is odd, and each time in another way.
        let last = if mood == Some(Mood::Nulls) { "the vendor gives no reason" } else { reason };
        let not_sent = "it has no `Email` to be matched by; it was not sent";
        let expected = [(13, reason), (20, reason), (21, reason), (30, last), (55, not_sent)];
        assert_eq!(report.refused().collect::<Vec<_>>(), expected, "{mood:?}: {report}");
        assert_eq!(report.written(), 65, "{mood:?}: {report}");
    }
}

/// The real vendor takes all of a call or nothing.
#[tokio::test]
async fn a_poison_record_is_isolated_by_halving() {
    for status in [400, 413, 422, 200] {
        let sandbox = sandbox(0).await;
        let poison =
            json!({"result": false, "errorCode": "GSOBJ_1006", "data": {"count": 0, "records": null}});
        sandbox
            .before("upsertPeople")
            .every(
                1,
                Act::choose(move |received| {
                    let poisoned = String::from_utf8_lossy(&received.body).contains("new.33@");
                    // What is not poisoned is said to be written, all of it.
                    let fine = json!({"result": true, "data": {"errors": null}});
                    let (status, body) = if poisoned { (status, &poison) } else { (200, &fine) };
                    Reply::json(status, body.to_string()).into()
                }),
            )
            .unwrap();
        let report = gainsight(&sandbox).people().upsert(people(120)).send().await.unwrap();
        let refused: Vec<usize> = report.refused().map(|(index, _)| index).collect();
        assert_eq!((report.written(), refused), (119, vec![33]), "{status}: {report}");
        // What the vendor said is there on request, and neither in the line nor in what is written down.
        let outcome = report.get(33).unwrap();
        assert!(outcome.error().unwrap().text().unwrap().contains("GSOBJ_1006"), "{status}");
        let line = outcome.reason().unwrap();
        assert!(!line.contains("GSOBJ") && !format!("{outcome:?}").contains("GSOBJ"), "{status}: {line}");
        let saved = serde_json::to_value(line).unwrap();
        assert_eq!(saved, json!(line.as_str()));
        let calls = calls(&sandbox, "upsertPeople");
        assert!(calls <= 3 + 2 * 6, "{status}: {calls}");
    }
}

#[tokio::test]
async fn duplicates_are_handled_as_asked() {
    let sandbox = sandbox(0).await;
    let people = gainsight(&sandbox).people();
    let mut again = person(1);
    again.email = Some("NEW.1@example.com".to_owned());
    let input = || vec![person(0), person(1), again.clone(), person(2)];
    let shape = |report: &revops::Report<_>| -> String {
        let letter = |outcome: &Outcome<_>| match outcome {
            Outcome::Done(_) => 'w',
            Outcome::Refused { .. } => 'r',
            Outcome::Superseded { by } => char::from_digit(u32::try_from(*by).unwrap(), 10).unwrap(),
            _ => '?',
        };
        report.iter().map(|(_, outcome)| letter(outcome)).collect()
    };
    for (choice, expected) in
        [(Duplicates::KeepFirst, "ww1w"), (Duplicates::KeepLast, "w2ww"), (Duplicates::Reject, "wrrw")]
    {
        let report = people.upsert(input()).duplicates(choice).send().await.unwrap();
        assert_eq!(shape(&report), expected, "{choice:?}");
    }
    assert_eq!(shape(&people.upsert(input()).send().await.unwrap()), "wwww");
    assert_eq!(sandbox.gainsight().people().len(), 3);
}

/// Ids of Salesforce with 15 characters differ by case alone; addresses do not.
#[tokio::test]
async fn only_addresses_are_the_same_whatever_their_case() {
    let sandbox = sandbox(0).await;
    let known = |number: usize, id: &str| {
        let mut known = person(number);
        known.sfdc_contact_id = Some(id.to_owned());
        known
    };
    let input = [known(0, "0035g00000AbCdE"), known(1, "0035g00000aBcDe"), known(2, "0035g00000AbCdE")];
    let upsert = gainsight(&sandbox).people().upsert(input).matching(["SfdcContactId"]);
    let report = upsert.duplicates(Duplicates::KeepLast).send().await.unwrap();
    assert_eq!(report.superseded().collect::<Vec<_>>(), [(0, 2)]);
    assert_eq!(report.written(), 2);
}

#[tokio::test]
async fn people_are_matched_by_the_fields_named_custom_ones_too() {
    let sandbox = sandbox(0).await;
    let gsid = sandbox.gainsight().set_person(&json!({"Email": "a@example.com", "Badge__gc": 7}));
    let people = gainsight(&sandbox).people();
    let mut known = person(0);
    known.email = Some("b@example.com".to_owned());
    known.extra.insert("Badge__gc".to_owned(), json!(7));
    let report = people.upsert([known, person(1)]).matching(["Badge__gc"]).send().await.unwrap();
    assert_eq!(report.written(), 1);
    let reasons: Vec<&str> = report.refused().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, ["it has no `Badge__gc` to be matched by; it was not sent"]);
    assert_eq!(sandbox.gainsight().person(&gsid).unwrap()["Email"], "b@example.com");
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_before_anything_is_sent() {
    let sandbox = sandbox(0).await;
    let people = gainsight(&sandbox).people();
    let none: [&str; 0] = [];
    let mut odd = person(1);
    odd.email = Some("jane.doe at example.com".to_owned());
    let report = people.upsert([odd]).send().await.unwrap();
    let odd = report.refused().map(|(index, reason)| format!("record {index}: {reason}"));
    let refused: Vec<Error> = vec![
        people.upsert([person(1)]).matching(none).send().await.unwrap_err(),
        people.upsert([person(1)]).matching(["Email", " "]).stream().unwrap_err(),
        people.upsert([person(1)]).matching(["Email,Gsid"]).send().await.unwrap_err(),
        people.get("").await.unwrap_err(),
        people.delete("").await.unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.kind() == Kind::Invalid));
    let lines: Vec<String> = refused.iter().map(Error::to_string).chain(odd).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Gainsight CS Person API upsertPeople: people are matched by at least one field, each by its name alone
    Gainsight CS Person API upsertPeople: people are matched by at least one field, each by its name alone
    Gainsight CS Person API upsertPeople: people are matched by at least one field, each by its name alone
    Gainsight CS Person API getPerson: the path parameter `recordId` is empty
    Gainsight CS Person API deletePerson: the path parameter `recordId` is empty
    record 0: its `Email` is none: it holds white space, within or around it; it was not sent
    ");
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_done() {
    for act in [Act::close_before_answer(), Act::reset_before_answer(), Reply::status(502).into()] {
        let sandbox = sandbox(3).await;
        let gsid = &texts(&sandbox.gainsight().people(), "Gsid")[0];
        sandbox.after("deletePerson").once(act).unwrap();
        gainsight(&sandbox).people().delete(gsid).await.unwrap();
        assert_eq!((calls(&sandbox, "deletePerson"), sandbox.gainsight().people().len()), (2, 2));
    }
}

#[tokio::test]
async fn a_quota_that_is_spent_is_waited_for() {
    let sandbox = sandbox(0).await;
    let hour = Duration::from_secs(3600);
    sandbox.set_quota(Pool::GainsightObjects, [Window::new(2, hour)]);
    let mut options = quick();
    options.retry.base = Duration::from_millis(100);
    options.retry.attempts = 10;
    let gainsight = gainsight_with(&sandbox, options);
    let mut writing = gainsight.people().upsert(people(300)).send();
    // An hour passes whenever the vendor has said no.
    let (mut told, mut hours) = (0, 0);
    let report = loop {
        if let Ok(report) = tokio::time::timeout(Duration::from_millis(20), &mut writing).await {
            break report.unwrap();
        }
        let refused = sandbox.quotas().iter().map(|used| used.refused).sum();
        if refused > told {
            (told, hours) = (refused, hours + 1);
            sandbox.advance(hour);
        }
    };
    assert_eq!((report.written(), sandbox.gainsight().people().len()), (300, 300), "{report}");
    assert!(hours >= 2, "six calls take three windows");
}

#[tokio::test]
async fn a_stream_of_outcomes_that_is_dropped_or_cancelled_sends_nothing_more() {
    let sandbox = sandbox(0).await;
    let people = gainsight(&sandbox).people();
    let held = std::sync::Arc::new(());
    let input = |held: &std::sync::Arc<()>| {
        let held = std::sync::Arc::clone(held);
        (0..500).map(move |number| {
            let _ = &held;
            person(number)
        })
    };
    let mut outcomes = is_send(people.upsert(input(&held)).concurrency(1).stream().unwrap());
    assert!(outcomes.next().await.unwrap().1.is_done());
    let known = outcomes.cancel();
    assert!(known.iter().all(|(index, _)| *index > 0 && *index < 100), "{known:?}");
    let mut outcomes = people.upsert(input(&held)).stream().unwrap();
    outcomes.next().await.unwrap();
    drop(outcomes);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let sent = sandbox.requests().len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((sandbox.requests().len(), std::sync::Arc::strong_count(&held)), (sent, 1));
    assert!(sent <= 5, "{sent}");
    assert_eq!(sandbox.requests()[0].vendor, Some(Vendor::Gainsight));
}
