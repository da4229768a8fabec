//! Records that are not what the document promises: each is kept or flagged, and never costs its page.

use revops_runtime::{Error, Rejected, Response};
use revops_sandbox::fault::Reply;
use revops_tests::faulted::Clients;
use serde_json::{Value, json};

async fn users(records: &str) -> Response<revops_gong::types::UsersResponse> {
    let body = format!(r#"{{"requestId":"r","users":{records}}}"#);
    Clients::always(Reply::json(200, body)).await.gong.list_users().send().await.unwrap()
}

async fn jobs(records: &str) -> Result<Response<Vec<revops_userpilot::types::Job>>, Error> {
    Clients::always(Reply::json(200, records.to_owned())).await.userpilot.list_jobs().send().await
}

fn indexes(rejected: &[Rejected]) -> Vec<usize> {
    rejected.iter().map(|rejected| rejected.index).collect()
}

#[tokio::test]
async fn row_41_of_a_repeated_member_the_last_wins_and_the_answer_is_flagged() {
    let page = users(r#"[{"id":"1","title":"a","id":"2"},{"id":"3"}]"#).await;
    let ids: Vec<_> = page.users.iter().flatten().map(|user| user.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["2", "3"]);
    assert!(page.has_repeated_members() && page.rejected().is_empty());
    assert!(page.map(|page| page.request_id).has_repeated_members());
    assert!(!users(r#"[{"id":"1"}]"#).await.has_repeated_members());

    let twice = Reply::json(200, r#"{"requestId":"a","requestId":"b","user":{"id":"1","id":"2"}}"#);
    let user = Clients::always(twice).await.gong.get_user().id("1").send().await.unwrap();
    assert_eq!(user.request_id.as_deref(), Some("b"));
    assert!(user.has_repeated_members());
}

#[tokio::test]
async fn row_42_nulls_and_numbers_for_texts_are_tolerated_or_flagged() {
    let page = users(
        r#"[{"id":"1","emailAliases":null,"settings":null,"created":null,"spokenLanguages":null},
            {"id":2},{"id":"3","active":"true"},{"id":"4","emailAliases":"a"},null,"five",{"id":"6"}]"#,
    )
    .await;
    assert_eq!(page.users.as_ref().unwrap().len(), 2);
    assert_eq!(indexes(page.rejected()), [1, 2, 3, 4, 5]);
    assert_eq!(page.rejected()[0].raw, json!({ "id": 2 }));
    assert!(page.rejected().iter().all(|rejected| rejected.reason.starts_with("expected ")));
    // Where the overlay says so, both are taken.
    let jobs = jobs(r#"[{"job_id":"1","total_rows":5},{"job_id":"2","total_rows":"5"}]"#).await.unwrap();
    assert_eq!((jobs.len(), jobs.rejected().len()), (2, 0));
}

#[tokio::test]
async fn row_43_unknown_values_and_fields_are_kept_verbatim() {
    let sent = json!([{ "job_id": "1", "status": "half_done", "new": { "deep": [1, null, "x"] }, "n": 1.5 }]);
    let jobs = jobs(&sent.to_string()).await.unwrap();
    assert_eq!(jobs[0].status.as_ref().unwrap().to_string(), "half_done");
    assert_eq!(serde_json::to_value(&*jobs).unwrap(), sent);
}

#[tokio::test]
async fn row_44_large_ids_are_exact_and_numbers_that_are_none_are_flagged() {
    let page = jobs(
        r#"[{"elapsed_time":9007199254740993,"big":18446744073709551615,"total_rows":9007199254740993},
            {"elapsed_time":1.0},{"elapsed_time":9223372036854775808},{"elapsed_time":"NaN"}]"#,
    )
    .await
    .unwrap();
    assert_eq!(page[0].elapsed_time, Some(9_007_199_254_740_993));
    assert_eq!(page[0].extra["big"], json!(18_446_744_073_709_551_615_u64));
    assert_eq!(page[0].total_rows.as_ref().unwrap().to_string(), "9007199254740993");
    assert_eq!(indexes(page.rejected()), [1, 2, 3]);
    for not_json in
        [r#"[{"elapsed_time":NaN},{}]"#, r#"[{"elapsed_time":1e999},{}]"#, r#"[{"x":Infinity},{}]"#]
    {
        let page = jobs(not_json).await.unwrap();
        assert_eq!((page.len(), indexes(page.rejected())), (1, vec![0]));
    }
}

/// A page of a hundred records of which number 37 is a text.
fn hundred(pointer: &str) -> Value {
    let mut records = vec![json!({}); 100];
    records[37] = json!("canary");
    pointer
        .rsplit('/')
        .filter(|name| !name.is_empty())
        .fold(Value::Array(records), |inside, name| json!({ name: inside }))
}

#[tokio::test]
async fn row_45_one_bad_record_in_a_hundred_is_set_aside_by_every_list() {
    macro_rules! sets_aside {
        ($pointer:literal, $clients:ident => $call:expr, $page:ident => $records:expr) => {{
            let $clients = Clients::always(Reply::json(200, hundred($pointer).to_string())).await;
            let $page = $call.send().await.unwrap();
            assert_eq!($records.len(), 99, $pointer);
            let [rejected] = $page.rejected() else { panic!("{}: {:?}", $pointer, $page.rejected()) };
            assert_eq!((rejected.index, &rejected.raw), (37, &json!("canary")));
            assert!(!format!("{rejected} {rejected:?} {:?}", $page).contains("canary"));
        }};
    }
    sets_aside!("/users", c => c.gong.list_users(), page => page.users.as_ref().unwrap());
    sets_aside!("/users", c => c.gong.list_users_by_filter().body_map(|body| body), page => page.users.as_ref().unwrap());
    sets_aside!("/userSettingsHistory", c => c.gong.get_user_settings_history().id("1"), page => page.user_settings_history.as_ref().unwrap());
    sets_aside!("/data/records", c => c.users.list_users(), page => page.data.as_ref().unwrap().records.as_ref().unwrap());
    sets_aside!("/data/records", c => c.users.search_company_team().body_map(|body| body), page => page.data.as_ref().unwrap().records.as_ref().unwrap());
    sets_aside!("/Resources", c => c.users.scim_list_users(), page => page.resources.as_ref().unwrap());
    sets_aside!("/data/records", c => c.person.search_people().body_map(|body| body), page => page.data.as_ref().unwrap().records.as_ref().unwrap());
    sets_aside!("", c => c.userpilot.list_jobs(), page => page);
}

#[tokio::test]
async fn row_67_fields_that_vanish_move_or_appear_do_not_stop_a_run() {
    let page = users(r#"[{},{"userId":"renamed"},{"id":"3","brandNew":{"a":1}}]"#).await;
    assert_eq!((page.users.as_ref().unwrap().len(), page.rejected().len()), (3, 0));
    let users = page.users.as_ref().unwrap();
    assert_eq!((users[1].id.as_ref(), &users[1].extra["userId"]), (None, &json!("renamed")));
    assert_eq!(users[2].extra["brandNew"], json!({ "a": 1 }));
    // The list itself renamed: the page is empty, and what came instead is not lost.
    let moved = Clients::always(Reply::json(200, r#"{"people":[{"id":"1"}]}"#)).await;
    assert!(moved.gong.list_users().send().await.unwrap().users.is_none());
}
