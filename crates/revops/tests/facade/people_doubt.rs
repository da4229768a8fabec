//! When a line of erasing or off-boarding stays open although something was done: records that may be the
//! person's and cannot be read or acted on, and lists that came out short.

use std::sync::{Arc, Mutex};

use crate::support::{calls, gainsight, gong, sandbox, texts};
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use revops::Delivery;
use revops::people::{
    self, Difference, Directory, Email, Entry, Erased, Erasing, Failed, Findings, Found, Identity, Member,
    Offboarded, Offboarding, Report, RosterReport, Row, Staff, Step,
};
use revops_sandbox::Vendor;
use revops_sandbox::fault::{Act, Reply};
use serde_json::{Value, json};

/// The same report after it was saved and read again.
fn saved<O: serde::Serialize + serde::de::DeserializeOwned>(report: &Report<O>) -> Report<O> {
    serde_json::from_str(&serde_json::to_string(report).unwrap()).unwrap()
}

fn outcomes<O>(report: &Report<O>) -> Vec<&O> {
    report.entries().iter().map(|entry: &Entry<O>| &entry.outcome).collect()
}

#[tokio::test]
async fn an_erasure_is_open_while_a_record_of_the_person_cannot_be_read() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    let jane = "jane@example.com";
    let good = sandbox.gainsight().set_person(&json!({"Email": jane}));
    let odd = sandbox.gainsight().set_person(&json!({"Email": "Jane@example.com", "IsActive": {"odd": 1}}));
    let other = texts(&sandbox.gainsight().people(), "Email")[0].clone();
    let erase = || people::erase_each([jane, other.as_str()]).in_gainsight(&gainsight);
    let first = erase().run().await.unwrap();
    let Erased::Partly { ids, failed } = outcomes(&first)[0] else { panic!("{first}") };
    assert_eq!((ids, failed.retryable, failed.delivery), (&vec![good.clone()], false, Delivery::Answered));
    insta::assert_snapshot!(failed, @"1 record could not be read and may be the person's: look in the vendor's own screens; the first: record 1 could not be decoded: expected a boolean at /IsActive");
    assert_eq!((first.is_complete(), first.failures().count(), first.entries()[0].unread), (false, 1, 1));
    assert_eq!(first.to_string().matches("could not be read").count(), 1, "{first}");
    // The record says whose it is, so the other person is done.
    assert!(matches!(outcomes(&first)[1], Erased::Done { .. }), "{first}");
    // Going on looks again, and forgets nothing.
    let asked = calls(&sandbox, "searchPeople");
    let second = erase().resume(saved(&first)).run().await.unwrap();
    let Erased::Partly { ids, .. } = outcomes(&second)[0] else { panic!("{second}") };
    assert_eq!((ids, calls(&sandbox, "searchPeople") > asked), (&vec![good.clone()], true));
    // Somebody has looked, and mended it.
    sandbox.gainsight().set_person(&json!({"Gsid": odd, "Email": jane, "IsActive": true}));
    let third = erase().resume(saved(&second)).run().await.unwrap();
    assert!(third.is_complete(), "{third}");
    assert_eq!(outcomes(&third)[0], &Erased::Done { ids: vec![good, odd] });
}

/// The search answers with these records of people.
fn answer(records: &[Value]) -> Reply {
    let data = json!({"totalCount": records.len(), "records": records});
    Reply::json(200, json!({"result": true, "data": data}).to_string())
}

#[tokio::test]
async fn a_record_without_an_id_is_not_passed_over() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    let jane = "jane@example.com";
    let gsid = sandbox.gainsight().set_person(&json!({"Email": jane}));
    for without in [json!({"Email": jane}), json!({"Email": jane, "Gsid": " "}), json!({"FirstName": "Jane"})]
    {
        sandbox.before("searchPeople").on_call(1, answer(&[without])).unwrap();
        let alone = people::erase(jane).in_gainsight(&gainsight).run().await.unwrap();
        let Erased::Uncertain(failed) = outcomes(&alone)[0] else { panic!("{alone}") };
        assert!(
            !alone.is_complete()
                && failed.reason.contains("the first: record 0 of the list has no text at /")
        );
        sandbox.clear_faults();
    }
    let both = [json!({"Email": jane, "Gsid": gsid}), json!({"Email": jane, "FirstName": "Jane"})];
    sandbox.before("searchPeople").on_call(1, answer(&both)).unwrap();
    let report = people::erase(jane).in_gainsight(&gainsight).run().await.unwrap();
    let Erased::Partly { ids, failed } = outcomes(&report)[0] else { panic!("{report}") };
    assert_eq!(ids, &[gsid]);
    assert!(failed.reason.ends_with("; the first: record 1 of the list has no text at /Gsid"), "{failed}");
    assert!(!format!("{report:?}").contains("Jane"));
}

#[tokio::test]
async fn a_user_without_an_id_is_not_one_that_can_be_acted_on() {
    let sandbox = sandbox(5).await;
    let gong = gong(&sandbox);
    let (jane, joe) = ("jane@example.com", "joe@example.com");
    let whole = json!({"id": "1", "emailAddress": joe, "active": true});
    for id in [Value::Null, json!(""), json!(" ")] {
        let odd =
            json!({"id": id, "emailAddress": "j.doe@example.com", "emailAliases": ["Jane@example.com"]});
        let list = json!({"requestId": "1", "users": [whole, odd]});
        sandbox.before((Vendor::Gong, "listUsers")).on_call(1, Reply::json(200, list.to_string())).unwrap();
        let report = people::find_each([jane, joe]).in_gong(&gong).run().await.unwrap();
        let [Found::Uncertain(failed), Found::Found(records)] = outcomes(&report)[..] else {
            panic!("{report}")
        };
        insta::allow_duplicates! {
            insta::assert_snapshot!(failed, @"not among the records that could be read, and 1 record could not be read; the first: record 1 of the list has no text at /id");
        }
        // It tells its addresses, and so is nobody else's.
        assert_eq!((records.len(), report.entries()[0].unread, report.entries()[1].unread), (1, 1, 0));
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn off_boarding_is_open_while_a_user_may_be_the_persons() {
    let sandbox = sandbox(5).await;
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let known = texts(&sandbox.gong().users(), "emailAddress")[0].clone();
    assert!(sandbox.gong().put_user(json!({"id": "99", "active": "maybe", "emailAddress": 7})));
    sandbox.gainsight().set_user(&json!({"Email": {"odd": 1}, "IsActive": true}));
    let offboard = || people::offboard(&known).in_gong(&gong).in_gainsight(&gainsight);
    let plan = offboard().dry_run().run().await.unwrap();
    assert!(
        matches!(outcomes(&plan)[1], Offboarded::WouldDeactivate { .. }) && plan.entries()[1].unread == 1
    );
    let first = offboard().run().await.unwrap();
    // What is known of the users in Gong is told, and that there may be more.
    let Offboarded::NotPossible { users, failed: Some(_), .. } = outcomes(&first)[0] else {
        panic!("{first}")
    };
    let Offboarded::Partly { ids, failed } = outcomes(&first)[1] else { panic!("{first}") };
    assert_eq!((users.len(), ids.len(), failed.retryable, first.is_complete()), (1, 1, false, false));
    assert_eq!((first.failures().count(), first.to_string().matches("could not be read").count()), (2, 2));
    assert_eq!(saved(&first), first);
    // Who is inactive already may have another user too.
    let second = offboard().run().await.unwrap();
    let Offboarded::Uncertain(failed) = outcomes(&second)[1] else { panic!("{second}") };
    assert!(failed.reason.starts_with("inactive already: ") && !failed.retryable, "{failed}");
    // What was done is kept when it goes on.
    let third = offboard().resume(saved(&first)).run().await.unwrap();
    let Offboarded::Partly { ids: still, .. } = outcomes(&third)[1] else { panic!("{third}") };
    assert_eq!((still, third.is_complete()), (ids, false));
}

/// A vendor that nobody here has heard of, whose one record of each person stands beside one that it cannot read,
/// until it has none at all.
#[derive(Clone)]
struct Lockers {
    does: Option<Erased>,
    are_gone: bool,
}

impl Directory for Lockers {
    fn system(&self) -> String {
        "Lockers".to_owned()
    }

    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let mut findings = Findings::default();
        if self.are_gone {
            return async move { Ok(findings) }.boxed();
        }
        for email in emails.iter() {
            findings.add(email.as_str(), Identity::new("1"));
        }
        findings.reject(revops::Rejected::new(4, "expected a text at /name", Value::Null));
        async move { Ok(findings) }.boxed()
    }
}

impl Erasing for Lockers {
    fn system(&self) -> String {
        Directory::system(self)
    }

    fn directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }

    fn impossible(&self) -> Option<String> {
        self.does.is_none().then(|| "break them open".to_owned())
    }

    fn erase(&self, _: &Email, _: &[Identity]) -> Step<Erased> {
        let outcome = self.does.clone().unwrap_or(Erased::Nobody);
        async move { Ok(outcome) }.boxed()
    }
}

#[tokio::test]
async fn whatever_was_done_is_told_beside_what_keeps_the_line_open() {
    let jammed = || Failed::new("Lockers open: it is jammed").with_retryable(true);
    let ids = || vec!["1".to_owned()];
    let (mut lines, mut resumed) = (Vec::new(), Vec::new());
    for outcome in [
        None,
        Some(Erased::Done { ids: ids() }),
        Some(Erased::Partly { ids: ids(), failed: jammed() }),
        Some(Erased::Requested),
        Some(Erased::Nobody),
        Some(Erased::Failed(jammed())),
    ] {
        let is_jammed = outcome.as_ref().is_some_and(|it| people::Outcome::failed(it).is_some());
        let erase = |are_gone: bool| {
            people::erase("jane@example.com").in_system(Lockers { does: outcome.clone(), are_gone })
        };
        let report = erase(false).run().await.unwrap();
        let (entry, failed) = report.failures().next().unwrap();
        assert!(!report.is_complete() && entry.unread == 1 && failed.retryable == is_jammed, "{report}");
        lines.push(entry.outcome.to_string());
        // Going on finds nothing more of the person, and what was done before is still told.
        let later = erase(true).resume(saved(&report)).run().await.unwrap();
        assert!(later.is_complete(), "{later}");
        resumed.push(later.entries()[0].outcome.to_string());
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    uncertain: not possible here: break them open; besides, 1 record could not be read and may be the person's: look in the vendor's own screens; the first: record 4 could not be decoded: expected a text at /name
    only partly done: 1 deleted; the rest failed: 1 record could not be read and may be the person's: look in the vendor's own screens; the first: record 4 could not be decoded: expected a text at /name
    only partly done: 1 deleted; the rest failed: Lockers open: it is jammed; besides, 1 record could not be read and may be the person's: look in the vendor's own screens; the first: record 4 could not be decoded: expected a text at /name
    only partly done: the vendor has taken the request; besides, 1 record could not be read and may be the person's: look in the vendor's own screens; the first: record 4 could not be decoded: expected a text at /name
    uncertain: 1 record could not be read and may be the person's: look in the vendor's own screens; the first: record 4 could not be decoded: expected a text at /name
    failed: Lockers open: it is jammed; besides, 1 record could not be read and may be the person's: look in the vendor's own screens; the first: record 4 could not be decoded: expected a text at /name
    ");
    insta::assert_snapshot!(resumed.join("\n"), @r"
    nothing there
    done: 1 deleted
    done: 1 deleted
    requested: the vendor deletes in its own time
    nothing there
    nothing there
    ");
}

#[tokio::test]
async fn a_leaver_is_deactivated_by_scim_whatever_the_other_addresses_are() {
    let sandbox = sandbox(5).await;
    let gainsight = gainsight(&sandbox);
    let jane = json!({"value": "jane@example.com", "primary": true});
    for first in [json!({"value": null}), json!({"value": "n/a", "type": "work"}), json!({"type": "other"})] {
        let emails = [first.clone(), jane.clone()];
        let name = json!({"givenName": "Jane", "familyName": "Doe"});
        let schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
        let user = json!({"schemas": schemas, "id": "7", "userName": "jdoe", "active": true, "name": name, "emails": emails});
        let list = json!({"totalResults": 1, "startIndex": 1, "itemsPerPage": 1, "Resources": [user]});
        let sent = Arc::new(Mutex::new(Value::Null));
        let seen = Arc::clone(&sent);
        let answered = user.to_string();
        sandbox.before("scimListUsers").on_call(1, Reply::json(200, list.to_string())).unwrap();
        sandbox.before("scimGetUser").every(1, Reply::json(200, answered.clone())).unwrap();
        let replaced = Act::choose(move |request| {
            *seen.lock().unwrap() = serde_json::from_slice(&request.body).unwrap_or_default();
            Reply::json(200, answered.clone()).into()
        });
        sandbox.before("scimUpdateUser").every(1, replaced).unwrap();
        let report = people::offboard("jane@example.com").in_system(gainsight.scim()).run().await.unwrap();
        assert_eq!(outcomes(&report), [&Offboarded::Deactivated { ids: vec!["7".to_owned()] }], "{report}");
        let sent = sent.lock().unwrap().clone();
        assert_eq!((&sent["active"], &sent["userName"]), (&json!(false), &json!("jdoe")));
        // A member that is null is the same as none.
        let first = first.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        let first: serde_json::Map<String, Value> =
            first.map(|(name, it)| (name.clone(), it.clone())).collect();
        assert_eq!(sent["emails"], json!([first, jane]));
        sandbox.clear_faults();
    }
}

/// The users of a tenant as one page of the list tells them.
fn page(users: &[Value], total: usize) -> Reply {
    let data = json!({"totalCount": total, "records": users});
    Reply::json(200, json!({"result": true, "data": data}).to_string())
}

#[tokio::test]
async fn nobody_is_said_to_be_no_user_by_a_list_that_came_out_short() {
    let sandbox = sandbox(150).await;
    let gainsight = gainsight(&sandbox);
    let users = sandbox.gainsight().users();
    let (first, rest) = users.split_at(100);
    let offboard = |email: &str| people::offboard(email).in_system(gainsight.users()).run();
    let whole = offboard("nobody@example.com").await.unwrap();
    assert_eq!(outcomes(&whole), [&Offboarded::Nobody]);
    // One of the first page was removed before the second was read: who stood at its beginning is in neither.
    let missed = rest[0]["Email"].as_str().unwrap();
    let pages = [page(first, users.len()), page(&rest[1..], users.len() - 1)];
    for (call, page) in (1..).zip(pages) {
        sandbox.before("listUsers").on_call(call, page).unwrap();
    }
    sandbox.before("listUsers").on_call(3, page(&[], users.len() - 1)).unwrap();
    let report = offboard(missed).await.unwrap();
    let Offboarded::Uncertain(failed) = outcomes(&report)[0] else { panic!("{report}") };
    insta::assert_snapshot!(failed, @"not among the users that were read, and the number of users fell from 144 to 143 while they were read: read them again");
    assert!(failed.retryable && !report.is_complete());
    sandbox.clear_faults();
    // Fewer came than there are, and the vendor's word on the total stays as it was.
    sandbox.before("listUsers").on_call(1, page(first, users.len())).unwrap();
    sandbox.before("listUsers").on_call(2, page(&[], users.len())).unwrap();
    let found = people::find(missed).in_system(gainsight.users()).run().await.unwrap();
    assert!(matches!(outcomes(&found)[0], Found::Uncertain(_)), "{found}");
    sandbox.clear_faults();
    // Who is in what was read is found all the same.
    sandbox.before("listUsers").on_call(2, page(&[], users.len())).unwrap();
    let active = first.iter().find(|user| user["IsActive"] == true).unwrap();
    let report = offboard(active["Email"].as_str().unwrap()).await.unwrap();
    assert!(report.is_complete(), "{report}");
    sandbox.clear_faults();
    let again = offboard(missed).await.unwrap();
    assert!(again.is_complete() && outcomes(&again)[0] != &Offboarded::Nobody, "{again}");
}

#[tokio::test]
async fn nobody_is_said_to_be_missing_from_a_list_that_came_out_short() {
    let sandbox = sandbox(150).await;
    let gainsight = gainsight(&sandbox);
    let users = sandbox.gainsight().users();
    let (first, rest) = users.split_at(100);
    let whole = Said(texts(&users, "Email"));
    let roster = || people::roster().of_system(whole.clone()).of_gainsight(&gainsight);
    let missing = |report: &RosterReport| {
        let of_row = |row: &Row| row.differences.contains(&Difference::Missing { system: 1 });
        report.rows().iter().filter(|row| of_row(row)).count()
    };
    let all = roster().run().await.unwrap();
    assert_eq!((all.is_complete(), missing(&all)), (true, 0));
    // One of the first page was removed before the second was read.
    let pages = [page(first, users.len()), page(&rest[1..], users.len() - 1), page(&[], users.len() - 1)];
    for (call, page) in (1..).zip(pages) {
        sandbox.before("listUsers").on_call(call, page).unwrap();
    }
    let fell = roster().run().await.unwrap();
    let read = fell.rows().iter().filter(|row| !row.members[1].is_empty()).count();
    assert_eq!((fell.is_complete(), missing(&fell), read), (false, 0, users.len() - 1));
    let [(1, failed)] = fell.failures() else { panic!("{fell:?}") };
    assert!(failed.retryable && failed.delivery == Delivery::Answered);
    insta::assert_snapshot!(failed, @"the list of users is not whole, the number of users fell from 144 to 143 while they were read: read it again");
    sandbox.clear_faults();
    // Fewer came than there are, as only the answer without records says.
    let untold = json!({"result": true, "data": {"records": first}});
    sandbox.before("listUsers").on_call(1, Reply::json(200, untold.to_string())).unwrap();
    sandbox.before("listUsers").on_call(2, page(&[], users.len())).unwrap();
    let short = roster().run().await.unwrap();
    assert_eq!((short.is_complete(), missing(&short), short.failures().len()), (false, 0, 1));
    insta::assert_snapshot!(short.failures()[0].1, @"the list of users is not whole, 100 came of the 144 that there are: read it again");
    sandbox.clear_faults();
    // What failed before the end is told as it failed, and not as a list that came out short.
    sandbox.before("listUsers").on_call(2, Reply::status(403)).unwrap();
    let refused = roster().run().await.unwrap();
    let [(1, failed)] = refused.failures() else { panic!("{refused:?}") };
    assert!(failed.error().is_some() && missing(&refused) == 0, "{failed}");
    sandbox.clear_faults();
    // Going on reads the list again.
    let again = roster().resume(short).run().await.unwrap();
    assert_eq!((again.is_complete(), again.rows() == all.rows()), (true, true));
}

/// A system in which all of these are.
#[derive(Clone)]
struct Said(Vec<String>);

impl Staff for Said {
    fn system(&self) -> String {
        "Said".to_owned()
    }

    fn members(&self) -> BoxStream<'static, Result<Member, Failed>> {
        let member = |(id, email): (usize, String)| {
            let mut member = Member::new(id.to_string());
            member.email = Some(email);
            member
        };
        stream::iter(self.0.clone().into_iter().enumerate()).map(member).map(Ok).boxed()
    }
}

/// Doors that everybody has one of.
#[derive(Clone)]
struct Doors(&'static str);

impl Directory for Doors {
    fn system(&self) -> String {
        self.0.to_owned()
    }

    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let mut findings = Findings::default();
        for email in emails.iter() {
            findings.add(email.as_str(), Identity::new("door").active(Some(true)));
        }
        async move { Ok(findings) }.boxed()
    }
}

impl Offboarding for Doors {
    fn directory(&self) -> &dyn Directory {
        self
    }

    fn deactivate(&self, _: &Identity) -> Step<()> {
        async { Ok(()) }.boxed()
    }
}

#[tokio::test]
async fn going_on_with_many_persons_tells_the_same_of_each_of_them() {
    let persons: Vec<String> = (0..2_000).map(|it| format!("person.{it}@example.com")).collect();
    // Everybody is named twice, so that there are twins to be found too.
    let twins = persons.iter().map(|email| email.to_uppercase());
    let everybody: Vec<String> = persons.iter().cloned().chain(twins).collect();
    let offboard = || people::offboard_each(&everybody).in_system(Doors("front")).in_system(Doors("back"));
    let first = offboard().run().await.unwrap();
    let second = offboard().resume(first.clone()).run().await.unwrap();
    assert!(second.is_complete() && second.entries().len() == 8_000 && first == second);
    let find = || people::find_each(&persons).in_system(Doors("front")).in_system(Doors("back"));
    let found = find().run().await.unwrap();
    assert_eq!(find().resume(found.clone()).run().await.unwrap(), found);
}
