//! Oddities that cost no page but themselves: texts that are not quite JSON, members around the records, other
//! encodings, more records than memory.

use revops_gong::types::UsersResponse;
use revops_runtime::{Error, Kind, Options, Response};
use revops_sandbox::fault::{Reply, Script};
use revops_tests::faulted::Clients;
use serde_json::json;

async fn page(body: impl Into<Vec<u8>>) -> Result<Response<UsersResponse>, Error> {
    Clients::always(Reply::json(200, body.into())).await.gong.list_users().send().await
}

fn ids(page: &UsersResponse) -> Vec<&str> {
    page.users.iter().flatten().map(|user| user.id.as_deref().unwrap()).collect()
}

#[tokio::test]
async fn a_record_that_is_not_quite_json_costs_itself_and_no_other() {
    let deep = "[".repeat(200) + &"]".repeat(200);
    for (odd, reason) in [
        (r#"{"id":"2","title":"\ud800"}"#.to_owned(), "not valid JSON at /title"),
        (r#"{"id":"2","extra":1e999}"#.to_owned(), "not valid JSON at /extra"),
        (r#"{"id":"2","extra":NaN}"#.to_owned(), "not valid JSON at /extra"),
        (format!(r#"{{"id":"2","extra":{deep}}}"#), "nested deeper than is read at /extra"),
        ("{\"id\":\"2\",\"title\":\"tab\there\"}".to_owned(), "not valid JSON at /title"),
        ("nothing".to_owned(), "not valid JSON"),
    ] {
        let body = format!(r#"{{"requestId":"r","users":[{{"id":"1"}},{odd},{{"id":"3"}}],"records":{{}}}}"#);
        let page = page(body).await.unwrap();
        assert_eq!(ids(&page), ["1", "3"], "{odd}");
        let [rejected] = page.rejected() else { panic!("{odd}: {:?}", page.rejected()) };
        assert!(rejected.index == 1 && rejected.reason.starts_with(reason), "{rejected}");
        assert_eq!(rejected.raw, json!(odd), "what is not JSON is kept as text");
        assert_eq!(page.request_id.as_deref(), Some("r"));
    }
    // One that is JSON is kept as JSON, beside one that is not.
    let page = page(r#"{"users":[{"id":7},NaN,{"id":"3","id":"4"}]}"#).await.unwrap();
    assert_eq!((page.rejected()[0].raw.clone(), ids(&page)), (json!({ "id": 7 }), vec!["4"]));
    assert!(page.has_repeated_members());
}

#[tokio::test]
async fn a_list_that_is_broken_between_its_records_is_no_shorter_list() {
    for list in [
        r#"[{"id":"1"}{"id":"2"},{"id":"3"}]"#,
        r#"[{"id":"1"},,{"id":"3"}]"#,
        r#"[,{"id":"2"},{"id":"3"}]"#,
        r#"[{"id":"1"},{"id":"2"},]"#,
        r#"[{"id":"1"} {"id":"2"}]"#,
        r#"[{"id":"1"};{"id":"2"}]"#,
        r#"[{"id":"1"}:{"id":"2"}]"#,
        r#"[{"id":7},{"id":"2"}"x",{"id":"3"}]"#,
    ] {
        let error = page(format!(r#"{{"requestId":"r","users":{list}}}"#)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Decode, 1), "{list}");
        // The same where the list is the whole body, and where it stands in its holder's place.
        let body = Clients::always(Reply::json(200, list)).await;
        assert_eq!(body.userpilot.list_jobs().send().await.unwrap_err().kind(), Kind::Decode, "{list}");
        let held = Clients::always(Reply::json(200, format!(r#"{{"result":true,"data":{list}}}"#))).await;
        let found = held.person.search_people().body_map(|body| body).send().await;
        assert_eq!(found.unwrap_err().kind(), Kind::Decode, "{list}");
    }
}

#[tokio::test]
async fn a_reason_says_where_and_never_what() {
    let users =
        r#"[{"id":7},{"id":"2","settings":{"webConferencesRecorded":"canary"}},{"emailAliases":["a",8]}]"#;
    let page = page(format!(r#"{{"users":{users}}}"#)).await.unwrap();
    let reasons: Vec<_> = page.rejected().iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "expected a string at /id",
            "expected a boolean at /settings/webConferencesRecorded",
            "expected a string at /emailAliases/1"
        ]
    );
    let one = Clients::always(Reply::json(200, r#"{"user":{"id":"1","settings":{"x":1},"title":5}}"#)).await;
    let error = one.gong.get_user().id("1").send().await.unwrap_err();
    assert!(error.to_string().contains("promises: expected a string at /user/title"), "{error}");
    // A name that may be somebody's is not told.
    let page = Clients::always(Reply::json(200, r#"[{"custom":{"jane@example.com":1e999}}]"#)).await;
    let page = page.userpilot.list_jobs().send().await.unwrap();
    assert!(page.rejected()[0].reason.ends_with("at /custom/…"), "{:?}", page.rejected());
}

#[tokio::test]
async fn an_odd_member_beside_the_records_is_left_out_and_told() {
    let body =
        r#"{"requestId":7,"records":{"totalRecords":"12","cursor":"next"},"users":[{"id":"1"},{"id":2}]}"#;
    let page = page(body).await.unwrap();
    assert_eq!((ids(&page), page.rejected().len(), page.request_id.as_ref()), (vec!["1"], 1, None));
    assert_eq!(page.records.as_ref().unwrap().cursor.as_deref(), Some("next"));
    let told: Vec<_> = page.odd_members().iter().map(|odd| (odd.at.as_str(), odd.raw.clone())).collect();
    assert_eq!(told, [("/requestId", json!(7)), ("/records/totalRecords", json!("12"))]);
    assert!(!format!("{:?}", page.odd_members()).contains("12"));

    let people = r#"{"result":true,"requestId":"r","data":[]}"#;
    let people = Clients::always(Reply::json(200, people)).await;
    let found = people.person.search_people().body_map(|body| body).send().await.unwrap();
    assert!(found.data.as_ref().unwrap().records.is_none());
    assert_eq!(found.odd_members()[0].at, "/data");
}

#[tokio::test]
async fn a_list_that_stands_where_its_holder_should_is_the_list() {
    let people = r#"{"result":true,"data":[{"Gsid":"1"},{"Gsid":7},{"Gsid":"3"}],"requestId":"r"}"#;
    let people = Clients::always(Reply::json(200, people)).await;
    let found = people.person.search_people().body_map(|body| body).send().await.unwrap();
    let records = found.data.as_ref().unwrap().records.as_ref().unwrap();
    let gsids: Vec<_> = records.iter().map(|person| person.gsid.as_deref().unwrap()).collect();
    assert_eq!((gsids, found.request_id.as_deref()), (vec!["1", "3"], Some("r")));
    assert_eq!(found.rejected()[0].to_string(), "record 1 could not be decoded: expected a string at /Gsid");
}

#[tokio::test]
async fn a_member_that_tells_of_a_next_page_or_a_failure_is_never_left_out() {
    let error = page(r#"{"users":[{"id":"1"}],"records":{"cursor":7}}"#).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Decode);
    assert!(error.to_string().contains("at /records/cursor"), "{error}");
    let odd = Clients::always(Reply::json(200, r#"{"result":"false","data":{"records":[]}}"#)).await;
    let error = odd.person.search_people().body_map(|body| body).send().await.unwrap_err();
    assert!(error.kind() == Kind::Decode && error.to_string().contains("at /result"), "{error}");
}

#[tokio::test]
async fn a_body_is_read_in_the_encoding_it_comes_in() {
    let text = r#"{"users":[{"id":"1","title":"Käuferin"}]}"#;
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for (media_type, body) in [
        ("application/json; charset=iso-8859-1", latin.clone()),
        ("application/json;charset=\"windows-1252\"", latin.clone()),
        ("application/json; charset=iso-8859-1", text.into()),
        ("application/json; charset=utf-16le", little),
        ("application/json", big),
    ] {
        let reply = Reply::status(200).header("content-type", media_type).body(body.clone());
        let page = Clients::always(reply).await.gong.list_users().send().await.unwrap();
        assert_eq!(page.users.as_ref().unwrap()[0].title.as_deref(), Some("Käuferin"), "{media_type}");
        let reply = Reply::status(400).header("content-type", media_type).body(body);
        let error = Clients::always(reply).await.gong.list_users().send().await.unwrap_err();
        assert_eq!(error.text().unwrap().trim_start_matches('\u{feff}'), text, "{media_type}");
    }
    // Without a label nobody can know; the record is set aside as before.
    let page = page(latin).await.unwrap();
    assert_eq!((ids(&page).len(), page.rejected()[0].reason.as_str()), (0, "a text is not valid UTF-8"));
}

#[tokio::test]
async fn a_blank_body_is_empty_and_not_broken() {
    for body in [" ", "\r\n", "\u{feff} \n\t"] {
        let error = page(body).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Empty, 1), "{error}");
    }
}

#[tokio::test]
async fn records_are_bounded_by_number_as_well_as_by_bytes() {
    let many = |count: usize| format!(r#"{{"users":[{}]}}"#, vec!["{}"; count].join(","));
    let error = page(many(100_001)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.status().unwrap().as_u16()), (Kind::TooLarge, 1, 200));
    assert!(error.to_string().contains("more than 100000 records"), "{error}");
    assert_eq!(page(many(100_000)).await.unwrap().users.as_ref().unwrap().len(), 100_000);

    let few = Options::default().with_max_records(3);
    for (body, is_taken) in [("[{},{},{}]", true), ("[{},{},{},{}]", false), ("[{},1,{},1e999]", false)] {
        let script = Script::always(Reply::json(200, format!(r#"{{"users":{body}}}"#)));
        let outcome = Clients::with(script, few.clone()).await.gong.list_users().send().await;
        assert_eq!(outcome.is_ok(), is_taken, "{body}: {outcome:?}");
    }
}
