//! What `UserGems` queues, in order, and what it tracks afterwards.

use std::time::Duration;

use crate::support::{Answer, Call, operation};
use revops_sandbox::{Queued, Sandbox, Task, Vendor};
use serde_json::{Map, Value, json};

/// A POST of this body, or a DELETE with its members in the query; judged by the document.
async fn ask(sandbox: &Sandbox, id: &str, sent: &Value) -> Answer {
    let operation = operation(sandbox, id);
    let mut call = Call::example(sandbox, operation);
    if operation.method() == "DELETE" {
        let members = sent.as_object().unwrap().iter();
        let query: Vec<String> =
            members.map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
        let url = format!("{}{}?{}", sandbox.base_url(Vendor::UserGems), operation.path(), query.join("&"));
        call.url = url.replace(' ', "%20").replace('@', "%40");
    } else {
        call = call.body(sent.to_string());
    }
    let answer = call.send().await;
    let objections = operation.judge_answer(answer.status, answer.header("content-type"), &answer.body);
    assert_eq!(objections, Vec::<String>::new(), "{id} {answer:?}");
    answer
}

async fn add(sandbox: &Sandbox, contact: Value) {
    assert_eq!(
        ask(sandbox, "addContact", &contact).await.json(),
        json!({"message": "Contact added to queue"})
    );
}

#[tokio::test(start_paused = true)]
async fn the_queue_keeps_what_was_asked_for_in_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let contact = json!({"email": "owl@example.com", "signal": "q2", "shoeSize": "41"});
    let account = json!({"name": "Acme Inc", "domain": "acme.example.com"});
    let asked = [
        ("addContact", Task::AddContact, contact, "Contact added to queue"),
        ("addAccount", Task::AddAccount, account.clone(), "Account added"),
        ("deleteContact", Task::DeleteContact, json!({"email": "owl@example.com"}), "Contact deleted"),
        ("deleteAccount", Task::DeleteAccount, account, "Account deleted"),
        ("privacyDelete", Task::PrivacyDelete, json!({"email": "owl@example.com"}), "Contact removed"),
    ];
    for (id, _, sent, message) in &asked {
        let answer = ask(&sandbox, id, sent).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"message": message})));
        sandbox.advance(Duration::from_secs(60));
    }
    let queue = sandbox.usergems().queue();
    assert_eq!(queue.len(), asked.len());
    for (minute, (Queued { task, record, at, .. }, (_, expected, sent, _))) in
        (0_u64..).zip(queue.iter().zip(&asked))
    {
        assert_eq!((task, record), (expected, sent));
        assert_eq!(at.as_secs() / 60, minute);
    }
    assert_eq!(sandbox.usergems().contacts(), Vec::<Value>::new());
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn a_contact_is_tracked_once_for_each_relationship_and_signal() {
    let sandbox = Sandbox::start().await.unwrap();
    let usergems = sandbox.usergems();
    let champion = |more: Value| {
        let mut contact = json!({"email": "owl@example.com", "relationshipType": "Champion"});
        contact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        contact
    };
    add(&sandbox, champion(json!({"firstName": "Olga"}))).await;
    add(&sandbox, champion(json!({"email": "Owl@Example.com", "company": "Acme"}))).await;
    add(&sandbox, champion(json!({"signal": "q2"}))).await;
    add(&sandbox, json!({"email": "owl@example.com"})).await;
    add(&sandbox, json!({"email": "elk@example.com"})).await;
    let merged = champion(json!({"email": "Owl@Example.com", "firstName": "Olga", "company": "Acme"}));
    let expected = [
        merged,
        champion(json!({"signal": "q2"})),
        json!({"email": "owl@example.com"}),
        json!({"email": "elk@example.com"}),
    ];
    assert_eq!(usergems.contacts(), expected);

    ask(&sandbox, "deleteContact", &json!({"email": "OWL@example.com", "signal": "q2"})).await;
    assert_eq!(usergems.contacts().len(), 3);
    ask(&sandbox, "deleteContact", &json!({"email": "owl@example.com", "signal": "q3"})).await;
    assert_eq!(usergems.contacts().len(), 3);
    ask(&sandbox, "deleteContact", &json!({"email": "owl@example.com"})).await;
    assert_eq!(usergems.contacts(), [json!({"email": "elk@example.com"})]);
    assert!(usergems.is_tracked("Elk@example.com") && !usergems.is_tracked("owl@example.com"));
}

#[tokio::test]
async fn a_privacy_delete_removes_a_person_from_everything() {
    let sandbox = Sandbox::start().await.unwrap();
    for signal in ["q1", "q2"] {
        add(&sandbox, json!({"email": "owl@example.com", "signal": signal})).await;
    }
    ask(&sandbox, "privacyDelete", &json!({"email": "OWL@example.com"})).await;
    assert!(!sandbox.usergems().is_tracked("owl@example.com"));
}

#[tokio::test]
async fn an_account_is_deleted_in_the_scope_that_was_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let account = |report: &str| json!({"name": "Acme Inc", "domain": "acme.example.com", "reportName": report, "signal": "hiring"});
    for report in ["north", "south", "north"] {
        ask(&sandbox, "addAccount", &account(report)).await;
    }
    assert_eq!(sandbox.usergems().accounts(), [account("north"), account("south")]);
    ask(&sandbox, "deleteAccount", &json!({"name": "Another", "domain": "acme.example.com"})).await;
    ask(&sandbox, "deleteAccount", &account("north")).await;
    assert_eq!(sandbox.usergems().accounts(), [account("south")]);
    ask(&sandbox, "deleteAccount", &json!({"name": "Acme Inc", "domain": "acme.example.com"})).await;
    assert_eq!(sandbox.usergems().accounts(), Vec::<Value>::new());
}

#[tokio::test]
async fn more_than_a_hundred_custom_fields_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for (fields, status) in [(100, 200), (101, 400)] {
        let mut contact: Map<String, Value> = (0..fields).map(|it| (format!("f{it}"), json!("x"))).collect();
        contact.insert("email".into(), json!("owl@example.com"));
        assert_eq!(ask(&sandbox, "addContact", &contact.into()).await.status, status);
    }
    assert_eq!(sandbox.usergems().queue().len(), 1);
}
