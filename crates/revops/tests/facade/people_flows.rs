//! Finding, erasing and off-boarding people across systems: reports, dry runs, resumption, one system that fails.

use crate::support::{
    assert_right, calls, gainsight, gainsight_in, gong, is_send, quick, sandbox, sandbox_in, texts,
};
use revops::people::{self, Erased, Found, Offboarded, Report};
use revops_sandbox::fault::{Act, Reply};
use revops_sandbox::{Mood, Sandbox, Vendor};
use serde_json::{Value, json};

/// The addresses of everybody, who is in all systems unless they are one of those left out.
fn emails(sandbox: &Sandbox) -> Vec<String> {
    texts(&sandbox.gainsight().people(), "Email")
}

fn state(sandbox: &Sandbox) -> (Vec<Value>, Vec<Value>, Vec<Value>) {
    (sandbox.gainsight().people(), sandbox.gainsight().users(), sandbox.gong().users())
}

/// The same report after it was saved and read again.
fn saved<O: serde::Serialize + serde::de::DeserializeOwned>(report: &Report<O>) -> Report<O> {
    serde_json::from_str(&serde_json::to_string(report).unwrap()).unwrap()
}

fn writes(sandbox: &Sandbox) -> usize {
    ["deletePerson", "deactivateUser", "scimUpdateUser"]
        .map(|operation| calls(sandbox, operation))
        .iter()
        .sum()
}

#[tokio::test]
async fn a_person_is_found_in_every_system_in_every_mood() {
    for mood in Mood::ALL.into_iter().filter(|mood| *mood != Mood::Quotas).map(Some).chain([None]) {
        let sandbox = sandbox_in(30, mood).await;
        let (gong, gainsight) = (gong(&sandbox), gainsight_in(&sandbox, mood, quick()));
        let email = &emails(&sandbox)[2];
        let find = people::find_each([email.to_uppercase(), "nobody@example.com".to_owned()]);
        let find = find.in_gong(&gong).in_gainsight(&gainsight).in_system(gainsight.scim());
        let report = is_send(find.run()).await.unwrap();
        let found: Vec<bool> =
            report.entries().iter().map(|entry| matches!(entry.outcome, Found::Found(_))).collect();
        assert_eq!(found, [[true; 4], [false; 4]].concat(), "{mood:?}\n{report}");
        assert!(report.is_complete() && report.of(email).count() == 4);
        assert_eq!(saved(&report), report);
        assert_right(&sandbox);
    }
}

#[tokio::test]
async fn a_report_is_a_table_and_its_debug_names_nobody() {
    let sandbox = sandbox(10).await;
    let email = &emails(&sandbox)[2];
    let find =
        people::find_each([email, "jane doe"]).in_gong(&gong(&sandbox)).in_gainsight(&gainsight(&sandbox));
    assert!(!format!("{find:?}").contains('@'));
    let report = find.run().await.unwrap();
    insta::assert_snapshot!(report, @r"
    lucas.huel.3@bartellandsons-1.example.com  Gong users        found: 7254376376000000003, active
    lucas.huel.3@bartellandsons-1.example.com  Gainsight people  found: 1P03OIVLQWG9Z5PCU48BJN9JVP5J00000003, active
    lucas.huel.3@bartellandsons-1.example.com  Gainsight users   found: 1P019PY5DDPXFEWFLHXWO06R495Q00000003, active
    item 1 of the input                        -                 is no e-mail address: it holds white space, within or around it; nothing was asked
    ");
    let erase = people::erase(email).in_gong(&gong(&sandbox)).in_gainsight(&gainsight(&sandbox));
    let plan = erase.dry_run().run().await.unwrap();
    insta::assert_snapshot!(plan, @r"
    dry run: nothing was changed
    lucas.huel.3@bartellandsons-1.example.com  Gong              not possible here: use the data privacy page of Gong's company settings, or its operation erase-data-for-email-address, which takes a key with the scope api:data-privacy:delete
    lucas.huel.3@bartellandsons-1.example.com  Gainsight people  would delete 1P03OIVLQWG9Z5PCU48BJN9JVP5J00000003
    ");
    let offboard = people::offboard(email).in_gong(&gong(&sandbox)).in_gainsight(&gainsight(&sandbox));
    assert!(!format!("{offboard:?}").contains('@'));
    let done = offboard.run().await.unwrap();
    insta::assert_snapshot!(done, @r"
    lucas.huel.3@bartellandsons-1.example.com  Gong users       still active; not possible here: deactivate the user in Gong's team settings, or at the identity provider that provisions it
    lucas.huel.3@bartellandsons-1.example.com  Gainsight users  deactivated: 1P019PY5DDPXFEWFLHXWO06R495Q00000003
    lucas.huel.3@bartellandsons-1.example.com  Gainsight SCIM   deactivated: 1P019PY5DDPXFEWFLHXWO06R495Q00000003
    ");
    for text in [format!("{report:?}"), format!("{plan:?}"), format!("{done:?}")] {
        assert!(!text.contains('@'), "{text}");
    }
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_is_no_report_to_go_on_from() {
    let sandbox = sandbox(20).await;
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let before = state(&sandbox);
    let all = emails(&sandbox);
    let erase = || people::erase_each(&all[..3]).in_gong(&gong).in_gainsight(&gainsight);
    let offboard = || people::offboard_each(&all[..3]).in_gong(&gong).in_gainsight(&gainsight);
    let plan = erase().dry_run().run().await.unwrap();
    assert!(plan.is_dry_run() && !plan.is_complete() && plan.failures().count() == 0);
    let would = |entry: &people::Entry<Erased>| matches!(&entry.outcome, Erased::WouldErase { ids } if ids.len() == 1);
    assert_eq!(plan.entries().iter().filter(|entry| would(entry)).count(), 3);
    let offplan = offboard().dry_run().run().await.unwrap();
    let found = people::find(&all[0]).in_gong(&gong).in_gainsight(&gainsight).dry_run().run().await.unwrap();
    assert!(found.entries().iter().all(|entry| entry.outcome == Found::WouldRead));
    assert_eq!((state(&sandbox) == before, writes(&sandbox)), (true, 0));
    let done = erase().resume(saved(&plan)).run().await.unwrap();
    assert!(done.is_complete() && offboard().resume(saved(&offplan)).run().await.unwrap().is_complete());
    assert_eq!(sandbox.gainsight().people().len(), 17);
}

#[tokio::test]
async fn one_system_that_fails_stops_no_other_and_only_the_rest_is_done_again() {
    let sandbox = sandbox(30).await;
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let all = emails(&sandbox);
    let find = || people::find_each(&all[..5]).in_gong(&gong).in_gainsight(&gainsight);
    sandbox.before((Vendor::Gong, "listUsers")).times(4, Reply::status(503)).unwrap();
    let first = find().run().await.unwrap();
    assert_eq!((first.failures().count(), first.is_complete()), (5, false));
    assert!(first.failures().all(|(entry, failed)| entry.system == "Gong users" && failed.retryable));
    assert!(
        first
            .entries()
            .iter()
            .filter(|entry| entry.system != "Gong users")
            .all(|it| it.outcome != Found::Nobody)
    );
    let (read, asked) = (sandbox.requests().len(), saved(&first));
    let second = find().resume(asked).run().await.unwrap();
    assert!(second.is_complete(), "{second}");
    // One page of Gong's users, and nothing of Gainsight's.
    assert_eq!(sandbox.requests().len(), read + 1);
}

#[tokio::test]
async fn erasure_does_what_is_open_once() {
    let sandbox = sandbox(30).await;
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let all = emails(&sandbox);
    let twin = sandbox.gainsight().set_person(&json!({"Email": all[1]}));
    // One is named twice, one is nobody, one no address.
    let input = [all[0].clone(), all[1].clone(), all[0].to_uppercase(), "x@example.com".into(), "x".into()];
    let erase = || people::erase_each(&input).in_gong(&gong).in_gainsight(&gainsight);
    sandbox.before("deletePerson").on_call(2, Reply::status(403)).unwrap();
    sandbox.after("deletePerson").on_call(3, Act::close_before_answer()).unwrap();
    let first = is_send(erase().run()).await.unwrap();
    let kinds = |report: &Report<Erased>| -> String {
        let letter = |entry: &people::Entry<Erased>| match &entry.outcome {
            Erased::Done { .. } => 'd',
            Erased::Nobody => 'n',
            Erased::NotPossible { .. } => 'p',
            Erased::NotAnAddress { .. } => '-',
            Erased::Failed(_) => 'f',
            _ => '?',
        };
        report.entries().iter().map(letter).collect()
    };
    assert!(first.failures().count() > 0, "{first}");
    let second = erase().resume(saved(&first)).run().await.unwrap();
    // What is no address is never done.
    assert!(second.failures().count() == 0 && !second.is_complete(), "{second}");
    let done = kinds(&second);
    assert_eq!(&done[6..], "pn-", "{second}");
    assert!(!done.contains('f') && sandbox.gainsight().person(&twin).is_none());
    assert_eq!(sandbox.gainsight().people().len(), 28);
    let before = sandbox.requests().len();
    let third = erase().resume(saved(&second)).run().await.unwrap();
    assert_eq!((kinds(&third), sandbox.requests().len()), (done, before));
}

#[tokio::test]
async fn a_person_is_erased_in_every_mood() {
    for mood in Mood::ALL.into_iter().filter(|mood| *mood != Mood::Quotas).map(Some).chain([None]) {
        let sandbox = sandbox_in(10, mood).await;
        let email = emails(&sandbox)[2].clone();
        let gainsight = gainsight_in(&sandbox, mood, quick());
        let erase = || people::erase(&email).in_gong(&gong(&sandbox)).in_gainsight(&gainsight);
        assert!(erase().run().await.unwrap().is_complete(), "{mood:?}");
        assert!(!emails(&sandbox).contains(&email), "{mood:?}");
        let again = erase().run().await.unwrap();
        assert_eq!(again.entries()[1].outcome, Erased::Nobody, "{mood:?}");
        let email = texts(&sandbox.gainsight().users(), "Email")[3].clone();
        let offboard = || people::offboard(&email).in_gong(&gong(&sandbox)).in_gainsight(&gainsight);
        let report = is_send(offboard().run()).await.unwrap();
        assert!(report.is_complete(), "{mood:?}\n{report}");
        let user =
            sandbox.gainsight().users().into_iter().find(|user| user["Email"] == email.as_str()).unwrap();
        assert_eq!(user["IsActive"], false, "{mood:?}");
    }
}

#[tokio::test]
async fn off_boarding_deactivates_keeps_the_rest_and_reports_what_it_cannot_do() {
    let sandbox = sandbox(30).await;
    let (gong, gainsight) = (gong(&sandbox), gainsight(&sandbox));
    let licence = "urn:ietf:params:scim:schemas:extension:gainsight:2.0:User";
    let mut jane =
        revops::gainsight::scim::user("jane@example.com", "Jane", "Doe", "jane.doe@example.com").unwrap();
    jane.schemas.push(licence.to_owned());
    jane.title = Some("CSM".to_owned());
    jane.extra.insert("nickName".to_owned(), json!("JD"));
    let extension = serde_json::from_value(json!({"LicenseType": "Full"})).unwrap();
    jane.urn_ietf_params_scim_schemas_extension_gainsight_2_0_user = Some(extension);
    let id = gainsight.scim().create(jane).await.unwrap().id.unwrap();
    let before = sandbox.gainsight().scim_users().pop().unwrap();
    let report =
        people::offboard("Jane.Doe@example.com").in_gong(&gong).in_gainsight(&gainsight).run().await.unwrap();
    let outcomes: Vec<&Offboarded> = report.entries().iter().map(|entry| &entry.outcome).collect();
    let ids = vec![id];
    let deactivated = Offboarded::Deactivated { ids };
    assert_eq!(outcomes, [&Offboarded::Nobody, &deactivated, &deactivated]);
    let mut after = sandbox.gainsight().scim_users().pop().unwrap();
    assert_eq!(after["active"], false);
    after["active"] = json!(true);
    for name in ["userName", "name", "emails", "title", "nickName", licence] {
        assert_eq!(after[name], before[name], "{name}");
    }
    // Gong tells who is still active, and what to do.
    let active = sandbox.gong().users().into_iter().find(|user| user["active"] == true).unwrap();
    let email = active["emailAddress"].as_str().unwrap();
    let report = people::offboard(email).in_gong(&gong).run().await.unwrap();
    let Offboarded::NotPossible { users, instead, .. } = &report.entries()[0].outcome else {
        panic!("{report}")
    };
    assert_eq!((users[0].active, instead.contains("team settings")), (Some(true), true));
}

#[tokio::test]
async fn a_user_who_is_inactive_already_is_left_alone() {
    let sandbox = sandbox(30).await;
    let gainsight = gainsight(&sandbox);
    let inactive = sandbox.gainsight().users().into_iter().find(|user| user["IsActive"] == false).unwrap();
    let email = inactive["Email"].as_str().unwrap();
    let report = people::offboard_each([email, email]).in_gainsight(&gainsight).run().await.unwrap();
    assert!(
        report
            .entries()
            .iter()
            .all(|it| matches!(&it.outcome, Offboarded::AlreadyInactive { ids } if ids.len() == 1))
    );
    assert!(report.is_complete() && report.to_string().contains("inactive already: "), "{report}");
    assert_eq!((report.entries().len(), writes(&sandbox)), (4, 0));
    let plan = people::offboard(email).in_gainsight(&gainsight).dry_run().run().await.unwrap();
    for (planned, done) in plan.entries().iter().zip(&report.entries()[..2]) {
        assert_eq!(planned.outcome, done.outcome);
    }
}

/// Nobody is said to be nowhere because one of them could not be read.
#[tokio::test]
async fn a_system_that_breaks_off_half_way_is_a_failure_and_not_nobody() {
    let sandbox = sandbox(250).await;
    sandbox.before((Vendor::Gong, "listUsers")).on_call(2, Reply::status(401)).unwrap();
    let last = texts(&sandbox.gong().users(), "emailAddress").pop().unwrap();
    let report = people::find(&last).in_gong(&gong(&sandbox)).run().await.unwrap();
    assert!(matches!(&report.entries()[0].outcome, Found::Failed(failed) if !failed.retryable), "{report}");
}
