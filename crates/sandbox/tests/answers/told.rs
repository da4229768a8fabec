//! What programs in other languages see and set: the state as JSON, faults, quotas, a fresh beginning.

use std::time::Duration;

use crate::support::{Answer, Call, operation};
use revops_sandbox::{Mood, Pool, Sandbox, Vendor, Window};
use serde_json::{Value, json};

async fn ask(sandbox: &Sandbox, method: &str, target: &str) -> Answer {
    Call::new(method, format!("http://{}{target}", sandbox.address())).send().await
}

async fn told(sandbox: &Sandbox, target: &str) -> Value {
    let answer = ask(sandbox, "GET", target).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{target}");
    answer.json()
}

#[tokio::test]
async fn the_errors_of_a_failed_import_are_told_and_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    let import = Call::example(&sandbox, operation(&sandbox, "POST /v1/imports"));
    let body = String::from_utf8(import.body.to_vec()).unwrap().replace("1,Jane", ",Jane");
    assert_eq!(import.body(body).send().await.status, 200);
    sandbox.advance(Duration::from_secs(10));
    let jobs = told(&sandbox, "/userpilot.json").await["jobs"].clone();
    let expected = json!([{"row": 1, "message": "`user_id` is missing, empty or no text"}]);
    assert_eq!((&jobs[1]["status"], &jobs[1]["row_errors"]), (&json!("failed"), &expected));
    let page = String::from_utf8(ask(&sandbox, "GET", "/").await.body.to_vec()).unwrap();
    for shown in ["no row can be applied", "row 1: `user_id` is missing, empty or no text"] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
}

#[tokio::test]
async fn the_queue_the_log_and_the_state_are_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let contact = || Call::example(&sandbox, operation(&sandbox, "addContact"));
    contact().send().await;
    contact().body("{}").send().await;
    let queue = told(&sandbox, "/usergems.json").await["queue"].clone();
    assert_eq!(queue.as_array().unwrap().len(), 1);
    assert_eq!(queue[0]["task"], "addContact");
    let page = String::from_utf8(ask(&sandbox, "GET", "/").await.body.to_vec()).unwrap();
    assert!(page.contains("<td>addContact</td><td>jane.doe@example.com"), "{page}");
    let violations = told(&sandbox, "/violations.json").await;
    assert_eq!(violations[0]["reasons"][0]["text"], r#""email" is a required property"#);
    let requests = told(&sandbox, "/requests.json").await;
    let statuses: Vec<&Value> = requests.as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(statuses, [&json!(200), &json!(400)]);
    let state = told(&sandbox, "/state.json").await;
    assert_eq!(state["vendors"]["gainsight"]["people"], 250);
    assert_eq!(state["counts"][1]["status"], 400);
    assert_eq!(told(&sandbox, "/gong.json").await["users"], Value::Array(sandbox.gong().users()));
    assert_eq!(told(&sandbox, "/gainsight.json").await["people"], Value::Array(sandbox.gainsight().people()));
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_reset_begins_anew_with_what_it_started() {
    let sandbox = Sandbox::builder().people(9).seed(3).mood(Mood::Nulls).start().await.unwrap();
    let people = sandbox.gainsight().people();
    sandbox.gainsight().remove_person(people[0]["Gsid"].as_str().unwrap());
    sandbox.set_mood(Mood::Nulls, false);
    sandbox.set_quota(Pool::UserGems, [Window::new(0, Duration::from_secs(9))]);
    sandbox.advance(Duration::from_secs(1 << 30));
    ask(&sandbox, "POST", "/faults?act=503&times=2").await;
    Call::new("GET", sandbox.base_url(Vendor::Gong)).send().await;
    let answer = ask(&sandbox, "POST", "/reset").await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"it is as it was at the start\n"[..]));
    assert_eq!((sandbox.gainsight().people(), sandbox.moods()), (people, vec![Mood::Nulls]));
    assert_eq!((sandbox.requests(), sandbox.violations(), sandbox.counts()), (vec![], vec![], vec![]));
    assert_eq!(sandbox.planned_faults(), []);
    assert!(sandbox.quotas().iter().all(|used| !used.enforced));
}

#[tokio::test]
async fn a_planned_status_comes_in_the_shape_of_the_vendor() {
    let sandbox = Sandbox::start().await.unwrap();
    for fault in [
        "/faults?operation=trackEvent&act=503&times=1",
        "/faults?vendor=gainsight&act=503&times=2",
        "/faults?vendor=gong&operation=getUser&act=500&body=%7Boops",
        "/faults?vendor=usergems&act=204",
    ] {
        assert_eq!(ask(&sandbox, "POST", fault).await.status, 200, "{fault}");
    }
    let call = async |vendor: Vendor, id: &str| {
        let mut operations = sandbox.operations().iter();
        let operation = operations.find(|it| it.vendor() == vendor && it.id() == id).unwrap();
        Call::example(&sandbox, operation).send().await
    };
    let answer = call(Vendor::Userpilot, "POST /v1/track").await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["error_code"]), (503, &json!("503")));
    let answer = call(Vendor::Gainsight, "getPerson").await;
    assert_eq!((answer.status, &answer.json()["errorDesc"]), (503, &json!("a planned fault")));
    let answer = call(Vendor::Gainsight, "scimListUsers").await;
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    let answer = call(Vendor::Gong, "getUser").await;
    assert_eq!((answer.status, &answer.body[..]), (500, &b"{oops"[..]));
    let answer = call(Vendor::UserGems, "addContact").await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
}

#[tokio::test]
async fn a_quota_is_set_and_lifted() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = async || Call::example(&sandbox, operation(&sandbox, "addContact")).send().await.status;
    let set = ask(&sandbox, "POST", "/quotas?pool=usergems&limit=1&seconds=3600").await;
    assert_eq!((set.status, &set.body[..]), (200, &b"UserGems: 1 in 3600 s\n"[..]));
    assert_eq!([call().await, call().await], [200, 429]);
    ask(&sandbox, "POST", "/quotas?pool=usergems").await;
    assert_eq!([call().await, call().await], [200, 200]);
}
