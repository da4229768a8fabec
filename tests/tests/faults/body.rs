//! Bodies that are cut, too long, wrongly encoded, without an end or of another kind.

use revops_gainsight::user_management::types::ScimUserInput;
use revops_runtime::{Delivery, Kind, Options};
use revops_sandbox::fault::{Content, Reply, Script};
use revops_tests::faulted::Clients;
use serde_json::json;

const USERS: &str = r#"{"users":[{"id":"1"}]}"#;

fn broken_then_good(broken: Reply) -> Script {
    Script::new().on_request(broken).on_request(Reply::json(200, USERS)).then_repeat()
}

/// A read is tried again and succeeds; a create is not, and may have been processed.
async fn is_incomplete(broken: Reply, attempts: u32) {
    let clients = Clients::play(broken_then_good(broken.clone())).await;
    let page = clients.gong.list_users().send().await.unwrap();
    assert_eq!((page.users.as_ref().unwrap().len(), clients.server.request_count()), (1, 2));

    let clients = Clients::always(broken).await;
    let error = clients.gong.list_users().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Incomplete, attempts), "{error}");
    let before = clients.server.request_count();
    let user: ScimUserInput = serde_json::from_value(json!({
        "schemas": [], "userName": "jane", "name": { "givenName": "J", "familyName": "D" }, "emails": []
    }))
    .unwrap();
    let error = clients.users.scim_create_user().body(user).send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Incomplete, Delivery::MaybeProcessed), "{error}");
    assert_eq!(clients.server.request_count() - before, 1);
}

#[tokio::test(start_paused = true)]
async fn row_31_a_body_shorter_than_its_length_is_incomplete() {
    is_incomplete(Reply::json(200, USERS).claim_length(1000), 4).await;
    is_incomplete(Reply::json(200, USERS).chunked_without_end(5), 4).await;
}

#[tokio::test(start_paused = true)]
async fn row_32_bytes_behind_the_end_of_a_body_are_no_part_of_the_next_answer() {
    let forged = "HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n{\"users\":[{\"id\":\"9\"}]}";
    for long in [
        Reply::json(200, format!("{USERS}garbage")).claim_length(USERS.len() as u64),
        Reply::json(200, USERS).chunked(4).trailing("garbage"),
        Reply::json(200, USERS).chunked(4).trailing(forged),
    ] {
        let clients = Clients::play(broken_then_good(long)).await;
        for _ in 0..2 {
            let page = clients.gong.list_users().send().await.unwrap();
            assert_eq!(page.users.as_ref().unwrap()[0].id.as_deref(), Some("1"));
        }
        assert_eq!(clients.server.connections(), 2, "the connection is not used again");
    }
}

#[tokio::test(start_paused = true)]
async fn row_33_bad_gzip_and_plain_text_that_claims_to_be_gzip_are_incomplete_and_tried_once_more() {
    is_incomplete(Reply::json(200, "").corrupt_gzip(USERS.as_bytes()), 2).await;
    is_incomplete(Reply::json(200, USERS).header("content-encoding", "gzip"), 2).await;
    let clients = Clients::always(Reply::json(200, "").gzip(USERS.as_bytes())).await;
    assert_eq!(clients.gong.list_users().send().await.unwrap().users.as_ref().unwrap().len(), 1);
}

#[tokio::test]
async fn row_34_a_decompression_bomb_ends_at_the_cap() {
    let options = Options::default().with_max_response(1 << 20);
    let script = Script::always(Reply::json(200, "").gzip_bomb(1 << 30));
    let clients = Clients::with(script, options).await;
    let error = clients.gong.list_users().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.delivery()), (Kind::TooLarge, 1, Delivery::Answered));
    assert!(error.to_string().contains("1048576"), "{error}");
}

#[tokio::test]
async fn row_35_a_body_without_an_end_ends_at_the_cap() {
    let endless = Content::new("[").and_forever("0,");
    let options = Options::default().with_max_response(1 << 20);
    for reply in [Reply::json(200, endless.clone()), Reply::json(200, endless.clone()).chunked(1000)] {
        let clients = Clients::with(Script::always(reply), options.clone()).await;
        let error = clients.gong.list_users().send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::TooLarge, 1), "{error}");
    }
    // An answer of exactly the cap is taken.
    let exact = Options::default().with_max_response(USERS.len());
    let clients = Clients::with(Script::always(Reply::json(200, USERS)), exact).await;
    clients.gong.list_users().send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn row_36_a_web_page_instead_of_an_answer_has_a_kind_of_its_own() {
    let page = Reply::html(200, "Scheduled maintenance, says Jane");
    let clients = Clients::always(page.clone()).await;
    let error = clients.gong.list_users().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::UnexpectedContent, 4), "{error}");
    assert_eq!(error.status().unwrap(), 200);
    assert!(!format!("{error} {error:?}").contains("Jane"), "{error}");
    assert_eq!(error.excerpt().unwrap().matches("scheduled maintenance").count(), 1);
    let clients = Clients::play(broken_then_good(page)).await;
    clients.gong.list_users().send().await.unwrap();
    // JSON is JSON whatever its media type says.
    let mislabelled = Reply::status(200).header("content-type", "text/html").body(USERS);
    Clients::always(mislabelled).await.gong.list_users().send().await.unwrap();
}

#[tokio::test]
async fn row_37_an_empty_body_is_told_as_such() {
    let clients = Clients::always(Reply::json(200, "")).await;
    let errors = [
        clients.gong.list_users().send().await.unwrap_err(),
        clients.gong.get_user().id("1").send().await.unwrap_err(),
        clients.users.list_users().send().await.unwrap_err(),
        clients.userpilot.list_jobs().send().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.attempts()), (Kind::Empty, 1), "{error}");
        assert!(error.to_string().contains("empty"), "{error}");
    }
}

#[tokio::test]
async fn row_38_a_byte_order_mark_and_charset_parameters_are_accepted() {
    let marked = [b"\xef\xbb\xbf", USERS.as_bytes()].concat();
    let clients = Clients::always(Reply::json(200, marked)).await;
    assert_eq!(clients.gong.list_users().send().await.unwrap().users.as_ref().unwrap().len(), 1);
    for media_type in [
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "application/json; charset=iso-8859-1",
        "application/json; charset=nonsense; x=y",
        "application/vnd.api+json",
        "text/plain",
    ] {
        let reply = Reply::status(200).header("content-type", media_type).body(USERS);
        Clients::always(reply).await.gong.list_users().send().await.unwrap();
    }
}

#[tokio::test]
async fn row_39_invalid_utf8_costs_its_record_and_no_other() {
    let body = b"{\"users\":[{\"id\":\"1\"},{\"id\":\"\xff\"},{\"id\":\"3\"}]}";
    let clients = Clients::always(Reply::json(200, &body[..])).await;
    let page = clients.gong.list_users().send().await.unwrap();
    let ids: Vec<_> = page.users.iter().flatten().map(|user| user.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["1", "3"]);
    let [rejected] = page.rejected() else { panic!("{:?}", page.rejected()) };
    assert_eq!((rejected.index, rejected.reason.as_str()), (1, "a text is not valid UTF-8"));
    // Outside a record there is nothing to set aside.
    for body in [&b"{\"users\":[],\"requestId\":\"\xff\"}"[..], b"\xff\xfe{\0"] {
        let clients = Clients::always(Reply::json(200, body)).await;
        assert_eq!(clients.gong.list_users().send().await.unwrap_err().kind(), Kind::Decode);
    }
}

#[tokio::test]
async fn row_40_json_nested_ten_thousand_deep_is_an_error() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    for body in [deep.clone(), format!(r#"{{"users":{deep}}}"#), format!(r#"{{"errors":{deep}}}"#)] {
        let clients = Clients::always(Reply::json(200, body.clone())).await;
        // Where it is a record it costs itself; elsewhere there is nothing to be had.
        match clients.userpilot.list_jobs().send().await {
            Ok(page) => assert_eq!((page.len(), page.rejected().len(), body == deep), (0, 1, true)),
            Err(error) => assert_eq!((error.kind(), body == deep), (Kind::Decode, false), "{error}"),
        }
        let page = clients.gong.list_users().send().await;
        assert_eq!(page.is_ok(), body != deep, "{page:?}");
        let rejected = page.map_or(0, |page| page.rejected().len());
        assert_eq!(rejected, usize::from(body.contains("users")), "one for the record in the list");
        // A type that does not keep what it does not know passes over it, however deep.
        let page = clients.users.list_users().send().await;
        assert!(page.map_or_else(|error| error.kind() == Kind::Decode, |page| page.data.is_none()));
        let clients = Clients::always(Reply::json(404, body)).await;
        let error = clients.gong.list_users_by_filter().body_map(|body| body).send().await.unwrap_err();
        assert!(error.request_id().is_none(), "{error}");
    }
}
