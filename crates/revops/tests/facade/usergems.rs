//! UserGems in its own words, against the sandbox.

use futures::StreamExt;
use revops::usergems::{Account, Contact, Scope, UserGems};
use revops::{Delivery, Kind, Outcome};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script};
use revops_sandbox::{Mood, Sandbox, Vendor};
use serde_json::json;

async fn both(moods: &[Mood]) -> (Sandbox, UserGems) {
    let sandbox = moods.iter().fold(Sandbox::builder(), |it, mood| it.mood(*mood)).start().await.unwrap();
    let usergems = UserGems::sandbox(sandbox.base_url(Vendor::UserGems)).unwrap();
    (sandbox, usergems)
}

#[tokio::test]
async fn everything_said_of_a_contact_arrives() {
    let (sandbox, usergems) = both(&[]).await;
    let jane = usergems.contacts().track("jane@example.com").relationship("Champion").signal("q2");
    let jane = jane.first_name("Jane").last_name("Doe").full_name("Jane Doe").company("Acme");
    let jane = jane.linkedin("https://www.linkedin.com/in/jane").custom("ours").field("creditsUsed", "1250");
    jane.send().await.unwrap();
    let expected = json!({
        "email": "jane@example.com", "relationshipType": "Champion", "signal": "q2", "firstName": "Jane",
        "lastName": "Doe", "fullName": "Jane Doe", "company": "Acme",
        "linkedinUrl": "https://www.linkedin.com/in/jane", "custom": "ours", "creditsUsed": "1250",
    });
    assert_eq!(sandbox.usergems().contacts(), [expected]);
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn a_contact_is_removed_from_where_it_is_said_and_no_further() {
    let (sandbox, usergems) = both(&[]).await;
    let contacts = usergems.contacts();
    let tracked =
        ["Champion", "User"].map(|it| Contact::new("jane@example.com").relationship(it).signal("q2"));
    contacts.track_all(tracked).send().await;
    contacts.untrack("jane@example.com").relationship("Champion").signal("q1").send().await.unwrap();
    assert_eq!(sandbox.usergems().contacts().len(), 2);
    contacts.untrack("jane@example.com").signal("q2").relationship("Champion").send().await.unwrap();
    assert_eq!(sandbox.usergems().contacts().len(), 1);
    for scope in [Scope::signal(""), Scope::relationship(" "), Scope::signal("q2").and_relationship("")] {
        let report = contacts.untrack_all([("jane@example.com", scope)]).send().await;
        assert_eq!(report.refused().count(), 1);
    }
    let error = contacts.untrack("jane@example.com").relationship("").send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Invalid, Delivery::NotSent));
    assert!(sandbox.usergems().is_tracked("jane@example.com"));
    contacts.untrack("jane@example.com").everywhere().send().await.unwrap();
    assert!(!sandbox.usergems().is_tracked("jane@example.com"));
    assert_eq!(sandbox.violations(), []);
}

/// UserGems answers a key that it does not know with a way to its login.
#[tokio::test]
async fn a_key_that_is_not_known_leaves_nobody_in_doubt() {
    let script = Script::always(Reply::redirect(302, "https://app.usergems.com/login"));
    let server = FaultServer::start(script).await.unwrap();
    let usergems = UserGems::sandbox(server.base_url()).unwrap();
    let contacts = ["jane@example.com", "john@example.com"].map(Contact::new);
    let report = usergems.contacts().track_all(contacts).send().await;
    assert_eq!(report.not_applied().count(), 2, "{report}");
    assert_eq!(report.get(0).unwrap().error().unwrap().kind(), Kind::Credential);
}

#[tokio::test]
async fn what_is_wrong_is_refused_before_it_is_sent_and_not_repeated_in_the_reason() {
    let (sandbox, usergems) = both(&[]).await;
    let addresses =
        ["", "jane", "@example.com", "jane@", "jane@a@b", "jane doe@example.com", "jane@example.com\n"];
    for address in addresses {
        let errors = [
            usergems.contacts().track(address).send().await.unwrap_err(),
            usergems.contacts().untrack(address).everywhere().send().await.unwrap_err(),
            usergems.privacy().erase(address).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.delivery()), (Kind::Invalid, Delivery::NotSent));
            assert!(!error.to_string().contains("jane"), "{error}");
        }
    }
    let full = (0..100).fold(Contact::new("a@example.com"), |it, number| it.field(format!("f{number}"), "x"));
    let over = full.clone().field("f100", true);
    let named = Contact::new("a@example.com").field("relationshipType", "x");
    let report = usergems.contacts().track_all([over, full, named]).send().await;
    let refused: Vec<_> = report.refused().collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0], (0, "a contact has up to 100 custom fields, this one 101; it was not sent"));
    for domain in ["", "example", "https://example.com", "a b.com", "jane@example.com", ".com"] {
        assert_eq!(usergems.accounts().add("Acme", domain).send().await.unwrap_err().kind(), Kind::Invalid);
    }
    assert_eq!(usergems.accounts().remove("", "example.com").send().await.unwrap_err().kind(), Kind::Invalid);
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn accounts_are_added_with_their_report_and_removed_within_it() {
    let (sandbox, usergems) = both(&[]).await;
    let acme = |name: &str| Account::new("Acme", "acme.example.com").report_id(1).report_name(name);
    let report = usergems.accounts().add_all([acme("north"), acme("south")]).send().await;
    assert_eq!(report.written(), 2);
    usergems
        .accounts()
        .add("Wood", "wood.example.com")
        .report_key("r-7")
        .salesforce_id("001")
        .send()
        .await
        .unwrap();
    usergems.accounts().remove("Acme", "acme.example.com").report_name("north").send().await.unwrap();
    let reports: Vec<_> = sandbox.usergems().accounts().iter().map(|it| it["reportId"].clone()).collect();
    assert_eq!(reports, [json!(1), json!("r-7")]);
    let report = usergems.accounts().remove_all([acme("south")]).send().await;
    assert_eq!((report.written(), sandbox.usergems().accounts().len()), (1, 1));
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test(start_paused = true)]
async fn many_are_sent_in_order_under_the_quota() {
    let (sandbox, usergems) = both(&[Mood::Quotas]).await;
    let begin = tokio::time::Instant::now();
    let emails =
        (0..90).map(|it| if it % 30 == 7 { "nobody".to_owned() } else { format!("p{it}@example.com") });
    let contacts: Vec<Contact> = emails.clone().map(Contact::new).collect();
    let mut outcomes = usergems.contacts().track_all(contacts).concurrency(8).stream();
    let mut expected = 0;
    while let Some((index, outcome)) = outcomes.next().await {
        assert_eq!((index, outcome.is_done()), (expected, index % 30 != 7));
        expected += 1;
    }
    assert_eq!((expected, sandbox.usergems().queue().len()), (90, 87));
    // Twenty a second.
    assert!(begin.elapsed().as_secs() >= 4, "{:?}", begin.elapsed());
    assert!(sandbox.requests().iter().all(|line| line.status == 200));
    let report = usergems.privacy().erase_all(emails).send().await;
    assert_eq!((report.written(), report.refused().count()), (87, 3));
    assert!(sandbox.usergems().contacts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_removal_whose_answer_is_lost_is_unknown_and_not_sent_again() {
    let server = FaultServer::start(Script::always(Act::reset_before_answer())).await.unwrap();
    let usergems = UserGems::sandbox(format!("http://{}", server.address())).unwrap();
    let gone = [("a@example.com", Scope::everywhere()), ("b@example.com", Scope::signal("q"))];
    let report = usergems.contacts().untrack_all(gone).send().await;
    assert_eq!((report.unknown().count(), server.requests().len()), (2, 2));
    assert!(matches!(report.get(0), Some(Outcome::Unknown { .. })));
}
