//! Gong's users: pages and their cursors, filters, one user, the history of settings.

use std::time::Duration;

use crate::support::{Answer, Call};
use revops_sandbox::{Mood, Operation, Sandbox, Vendor};
use serde_json::{Value, json};

const GARBLED: &str = "cursor: not one that was given out";
const OTHER: &str = "cursor: given out for another query";

/// Gong's operation of this id, which Gainsight may have too.
fn operation<'a>(sandbox: &'a Sandbox, id: &str) -> &'a Operation {
    let mut operations = sandbox.operations().iter();
    operations.find(|operation| operation.vendor() == Vendor::Gong && operation.id() == id).unwrap()
}

/// The answer to a GET, judged by its operation's document.
async fn get(sandbox: &Sandbox, id: &str, path: &str) -> Answer {
    let call = Call::new("GET", format!("{}{path}", sandbox.base_url(Vendor::Gong)));
    judged(sandbox, id, call.credential(sandbox, Vendor::Gong)).await
}

async fn filter(sandbox: &Sandbox, body: &Value) -> Answer {
    let call = Call::example(sandbox, crate::support::operation(sandbox, "listUsersByFilter"))
        .body(body.to_string());
    judged(sandbox, "listUsersByFilter", call).await
}

async fn judged(sandbox: &Sandbox, id: &str, call: Call) -> Answer {
    let answer = call.send().await;
    let objections =
        operation(sandbox, id).judge_answer(answer.status, answer.header("content-type"), &answer.body);
    // For the plain list the document knows no refusal but that of the credential.
    let undocumented = id == "listUsers" && objections == ["status 400 is not documented"];
    // The mood is what the vendor does beside the document.
    let mood = answer.status == 404 && objections == ["status 404 is not documented"];
    assert!(objections.is_empty() || undocumented || mood, "{id} {objections:?} {answer:?}");
    answer
}

/// The ids of every page, and what each says about itself.
async fn pages(sandbox: &Sandbox) -> (Vec<String>, Vec<Value>) {
    let (mut ids, mut records, mut path) = (Vec::new(), Vec::new(), "/users".to_owned());
    loop {
        let page = get(sandbox, "listUsers", &path).await.json();
        ids.extend(page["users"].as_array().unwrap().iter().map(id));
        let mut about = page["records"].clone();
        let cursor = about.as_object_mut().unwrap().shift_remove("cursor");
        records.push(about);
        let Some(cursor) = cursor else { return (ids, records) };
        path = format!("/users?cursor={}", cursor.as_str().unwrap());
    }
}

fn id(user: &Value) -> String {
    user["id"].as_str().unwrap().to_owned()
}

fn ids(answer: &Answer) -> Vec<String> {
    answer.json()["users"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn pages_of_a_hundred_hold_every_user_once_and_the_last_has_no_cursor() {
    let sandbox = Sandbox::start().await.unwrap();
    let (ids, records) = pages(&sandbox).await;
    assert_eq!(ids, sandbox.gong().users().iter().map(id).collect::<Vec<_>>());
    let expected = [
        json!({"totalRecords": 240, "currentPageSize": 100, "currentPageNumber": 0}),
        json!({"totalRecords": 240, "currentPageSize": 100, "currentPageNumber": 1}),
        json!({"totalRecords": 240, "currentPageSize": 40, "currentPageNumber": 2}),
    ];
    assert_eq!(records, expected);

    let empty = Sandbox::builder().people(0).mood(Mood::EmptyIsAnError).start().await.unwrap();
    let page = get(&empty, "listUsers", "/users").await.json();
    let nobody = json!({"totalRecords": 0, "currentPageSize": 0, "currentPageNumber": 0});
    assert_eq!((&page["records"], &page["users"]), (&nobody, &json!([])));
}

#[tokio::test]
async fn small_pages_hold_seven() {
    let sandbox = Sandbox::builder().people(24).mood(Mood::SmallPages).start().await.unwrap();
    let (ids, records) = pages(&sandbox).await;
    let sizes: Vec<&Value> = records.iter().map(|records| &records["currentPageSize"]).collect();
    assert_eq!((ids.len(), sizes), (24, vec![&json!(7), &json!(7), &json!(7), &json!(3)]));
}

#[tokio::test]
async fn a_cursor_that_is_garbled_expired_or_of_another_query_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let page = get(&sandbox, "listUsers", "/users").await.json();
    let cursor = page["records"]["cursor"].as_str().unwrap();
    let path = format!("/users?cursor={cursor}");
    let refused = |answer: Answer, text: &str| {
        let body = answer.json();
        assert_eq!((answer.status, &body["errors"]), (400, &json!([text])));
        assert!(body["requestId"].is_string(), "{body}");
    };
    refused(get(&sandbox, "listUsers", "/users?cursor=2").await, GARBLED);
    refused(filter(&sandbox, &json!({"cursor": "2"})).await, GARBLED);
    refused(get(&sandbox, "listUsers", &format!("{path}&includeAvatars=true")).await, OTHER);
    refused(filter(&sandbox, &json!({"cursor": cursor})).await, OTHER);
    sandbox.advance(Duration::from_secs(59 * 60));
    assert_eq!(get(&sandbox, "listUsers", &path).await.status, 200);
    sandbox.advance(Duration::from_secs(60));
    refused(get(&sandbox, "listUsers", &path).await, "cursor: expired");
}

#[tokio::test]
async fn avatars_come_when_they_are_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let first = async |path| get(&sandbox, "listUsers", path).await.json()["users"][0].clone();
    assert_eq!(first("/users?includeAvatars=false").await.get("avatarUrl"), None);
    let user = first("/users?includeAvatars=true").await;
    assert_eq!(user["avatarUrl"], json!(format!("https://avatars.example.com/{}.png", id(&user))));
}

#[tokio::test]
async fn a_filter_takes_ids_and_a_time_from_which_on_and_one_before_which() {
    let sandbox = Sandbox::start().await.unwrap();
    let users = sandbox.gong().users();
    let some = [id(&users[7]), id(&users[3])];
    let answer = filter(&sandbox, &json!({"filter": {"userIds": [some[0], some[1], "1"]}})).await;
    assert_eq!(ids(&answer), [some[1].clone(), some[0].clone()]);

    for (id, created) in [("a", "2030-01-01T00:00:00Z"), ("b", "2030-01-01T02:00:00+01:00")] {
        assert!(sandbox.gong().put_user(json!({"id": id, "created": created})));
    }
    let between =
        |from: &str, to: &str| json!({"filter": {"createdFromDateTime": from, "createdToDateTime": to}});
    let answer = filter(&sandbox, &between("2030-01-01T01:00:00+01:00", "2030-01-01T01:00:00Z")).await;
    assert_eq!(ids(&answer), ["a"]);
    let answer = filter(&sandbox, &between("2030-01-01T00:00:00.001Z", "2031-01-01T00:00:00Z")).await;
    assert_eq!(ids(&answer), ["b"]);
    assert_eq!(filter(&sandbox, &json!({})).await.json()["records"]["totalRecords"], json!(242));
}

#[tokio::test]
async fn a_filters_cursor_is_for_the_same_filter_however_it_is_written() {
    let sandbox = Sandbox::start().await.unwrap();
    let first = filter(&sandbox, &json!({"filter": {"createdFromDateTime": "2020-01-01T00:00:00Z"}})).await;
    let cursor = first.json()["records"]["cursor"].clone();
    let same = json!({"cursor": cursor, "filter": {"createdFromDateTime": "2020-01-01T01:00:00+01:00"}});
    let second = filter(&sandbox, &same).await;
    assert_eq!(second.json()["records"]["currentPageNumber"], json!(1));
    let other = json!({"cursor": cursor, "filter": {"createdFromDateTime": "2020-01-02T00:00:00Z"}});
    assert_eq!(filter(&sandbox, &other).await.status, 400);
}

#[tokio::test]
async fn a_filter_that_matches_nobody_is_an_error_in_the_mood_for_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let nobody = json!({"filter": {"userIds": ["1"]}});
    let answer = filter(&sandbox, &nobody).await;
    assert_eq!((answer.status, ids(&answer)), (200, vec![]));
    sandbox.set_mood(Mood::EmptyIsAnError, true);
    let answer = filter(&sandbox, &nobody).await;
    let text = "No users found corresponding to the provided filters";
    assert_eq!((answer.status, &answer.json()["errors"]), (404, &json!([text])));
    assert_eq!(filter(&sandbox, &json!({"filter": {}})).await.status, 200);
}

#[tokio::test]
async fn a_user_is_got_by_id_and_an_unknown_one_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let user = sandbox.gong().users()[41].clone();
    let answer = get(&sandbox, "getUser", &format!("/users/{}", id(&user))).await;
    assert_eq!(answer.json()["user"], user);
    for (operation, path) in
        [("getUser", "/users/1"), ("getUserSettingsHistory", "/users/1/settings-history")]
    {
        let answer = get(&sandbox, operation, path).await;
        assert_eq!((answer.status, &answer.json()["errors"]), (404, &json!(["User id '1' was not found"])));
    }
    assert!(sandbox.gong().remove_user(&id(&user)));
    assert_eq!(get(&sandbox, "getUser", &format!("/users/{}", id(&user))).await.status, 404);
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn a_change_of_settings_is_kept_in_the_history() {
    let sandbox = Sandbox::start().await.unwrap();
    let gong = sandbox.gong();
    let id = id(&gong.users()[0]);
    let history = async || {
        let path = format!("/users/{id}/settings-history");
        get(&sandbox, "getUserSettingsHistory", &path).await.json()["userSettingsHistory"].clone()
    };
    let before = history().await.as_array().unwrap().len();
    assert_eq!(before, 6);
    let changes = json!({"active": false, "title": "Owl", "settings": {"emailsImported": false, "x": 1}});
    assert!(gong.change_user(&id, &changes));
    assert!(gong.change_user(&id, &json!({"active": false})));
    assert!(!gong.change_user("1", &changes));
    let after = history().await;
    assert_eq!(after, json!(gong.settings_history(&id)));
    let told: Vec<[&Value; 3]> = after.as_array().unwrap()[before..]
        .iter()
        .map(|it| [&it["settingName"], &it["previousValue"], &it["newValue"]])
        .collect();
    let expected = [["active", "true", "false"], ["emailsImported", "true", "false"], ["x", "null", "1"]];
    assert_eq!(json!(told), json!(expected));
    let user = gong.user(&id).unwrap();
    assert_eq!((&user["title"], &user["active"]), (&json!("Owl"), &json!(false)));
    assert_eq!(user["settings"]["webConferencesRecorded"], json!(true));
}

#[tokio::test]
async fn the_same_seed_is_the_same_users_and_some_are_inactive() {
    let users = async |seed| Sandbox::builder().seed(seed).start().await.unwrap().gong().users();
    let seven = users(7).await;
    assert_eq!(seven, users(7).await);
    assert_ne!(seven, users(8).await);
    let inactive = seven.iter().filter(|user| user["active"] == json!(false)).count();
    assert_eq!(inactive, 26);
}

#[tokio::test]
async fn another_seed_has_other_ids() {
    let first = async |seed| {
        Sandbox::builder().seed(seed).start().await.unwrap().gong().users().swap_remove(0)["id"].clone()
    };
    assert_eq!(first(7).await, "7254376376000000001");
    assert_eq!(first(8).await.as_str().unwrap().len(), 19);
    assert_ne!(first(7).await, first(8).await);
}
