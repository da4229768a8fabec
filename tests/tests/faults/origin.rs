//! Faults that would carry a credential elsewhere, and headers that are hostile, by their rows.

use revops_gong::types::UsersResponse;
use revops_runtime::{ConnectionBuilder, Delivery, Error, Kind, Response};
use revops_sandbox::fault::{FaultServer, Opening, Reply, Script};
use revops_tests::faults::{QUERY, SECRET, facts};
use revops_usergems::types::AddContactRequest;

const PAGE: &str = r#"{"requestId":"r1","records":{"totalRecords":0},"users":[]}"#;

async fn read(
    base_url: &str,
    change: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder,
) -> Result<Response<UsersResponse>, Error> {
    let gong = revops_gong::Client::builder().bearer_auth(SECRET).base_url(base_url);
    gong.connection(change).build().unwrap().list_users().cursor(QUERY).send().await
}

async fn upsert(
    base_url: &str,
    change: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder,
) -> Result<(), Error> {
    let usergems = revops_usergems::Client::builder().api_key_auth(SECRET).base_url(base_url);
    let contact = AddContactRequest::builder().email("jane.doe@example.com").relationship_type("Champion");
    usergems.connection(change).build().unwrap().add_contact().body(contact).send().await.map(drop)
}

#[tokio::test]
async fn row_61_a_redirect_is_not_followed_with_a_credential() {
    let elsewhere = FaultServer::start(Script::always(Reply::json(200, PAGE))).await.unwrap();
    let follows = |it: ConnectionBuilder| {
        it.http_client(reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(10)))
    };
    for status in [301, 302, 303, 307, 308] {
        for target in [elsewhere.base_url(), format!("{}/login", elsewhere.https_base_url())] {
            let script = Script::always(Reply::redirect(status, target));
            let server = FaultServer::start(script).await.unwrap();
            let base_url = server.base_url();
            let outcomes = [
                read(&base_url, |it| it).await.map(drop),
                upsert(&base_url, |it| it).await,
                read(&base_url, follows).await.map(drop),
                upsert(&base_url, follows).await,
            ];
            for outcome in outcomes {
                let error = outcome.unwrap_err();
                assert_eq!(error.status().unwrap().as_u16(), status);
                // Some vendors redirect who gives no credential: their clients say so by another kind.
                assert!(matches!(error.kind(), Kind::Redirect | Kind::Credential), "{error}");
                assert_eq!((facts(&error).1, error.attempts()), (Delivery::Answered, 1));
                assert!(!error.is_retryable());
            }
            assert_eq!(server.request_count(), 4);
        }
    }
    assert_eq!((elsewhere.connections(), elsewhere.request_count()), (0, 0));
}

#[tokio::test]
async fn row_65_a_base_url_in_the_clear_is_refused_unless_it_is_loopback() {
    let build = |base_url: &str| {
        revops_gong::Client::builder().bearer_auth(SECRET).base_url(base_url).build().map(drop)
    };
    for refused in [
        "http://api.gong.io/v2",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "http://[::ffff:10.0.0.1]",
        "http://0.0.0.0",
        "ws://127.0.0.1",
        "file:///etc/passwd",
        "api.gong.io",
        "https://user:canary-secret-7291@api.gong.io",
        "https://api.gong.io/?x=canary-query-4410",
    ] {
        let error = build(refused).unwrap_err();
        assert_eq!(facts(&error), (Kind::Invalid, Delivery::NotSent, 0, false), "{refused}");
    }
    for taken in ["https://api.gong.io/v2", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
        build(taken).unwrap();
    }
    let allowed = revops_gong::Client::builder().bearer_auth(SECRET).base_url("http://10.0.0.1");
    allowed.connection(ConnectionBuilder::danger_allow_http).build().unwrap();
}

#[tokio::test]
async fn row_65_a_variable_of_the_environment_can_not_point_to_the_clear_either() {
    let api = &revops_gong::API;
    let variable = api.base_url_env.unwrap();
    let build = |base_url: &str| {
        let given = |name: &str| {
            if name == variable { Some(base_url.to_owned()) } else { Some(SECRET.to_owned()) }
        };
        // Both schemes are given; the environment of this process is not looked at.
        let known = |name: &str| if name.starts_with("REVOPS_") { None } else { given(name) };
        revops_runtime::env::read(api, known).and_then(ConnectionBuilder::build).map(drop)
    };
    let error = build("http://evil.example.com").unwrap_err();
    assert_eq!(facts(&error), (Kind::Invalid, Delivery::NotSent, 0, false));
    build("http://127.0.0.1:1").unwrap();
}

#[tokio::test(start_paused = true)]
async fn row_66_hostile_headers_end_in_an_error_of_bounded_size() {
    let many = Reply::json(200, PAGE).many_headers(10_000);
    let large = Reply::json(200, PAGE).header("x-large", vec![b'x'; 1 << 20]);
    for reply in [many, large] {
        let server = FaultServer::start(Script::always(reply)).await.unwrap();
        let error = read(&server.base_url(), |it| it).await.unwrap_err();
        assert_eq!(facts(&error), (Kind::TooLarge, Delivery::MaybeProcessed, 1, false));
        assert!(format!("{error} {error:?}").len() < 2000);
        assert_eq!(server.request_count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn row_66_what_is_no_http_ends_in_an_error_of_bounded_size() {
    let bad_name = Reply::json(200, PAGE).header(&b"x-\xff\x00"[..], "0");
    let bad_value = Reply::json(200, PAGE).header("x-bad", &b"a\x00b"[..]);
    let bad_status = Reply::raw("HTTP/1.1 abc OK\r\n\r\n").then_close();
    for reply in [bad_name, bad_value, bad_status] {
        let server = FaultServer::start(Script::always(reply)).await.unwrap();
        let error = read(&server.base_url(), |it| it).await.unwrap_err();
        assert_eq!(facts(&error), (Kind::Incomplete, Delivery::MaybeProcessed, 4, true), "{error:?}");
        assert!(format!("{error} {error:?}").len() < 2000);
    }
    let greeting = Script::new().on_every_connection(Opening::send("SSH-2.0-OpenSSH_9.6\r\n"));
    let server = FaultServer::start(greeting).await.unwrap();
    let error = read(&server.base_url(), |it| it).await.unwrap_err();
    assert_eq!(error.attempts(), 4);

    // Bytes that are no text are allowed in a value; they are kept, and never in the way.
    let latin =
        Reply::json(404, "{}").header("x-request-id", &b"caf\xe9"[..]).header("retry-after", &b"\xb2"[..]);
    let server = FaultServer::start(Script::always(latin)).await.unwrap();
    let error = read(&server.base_url(), |it| it).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::NotFound, Delivery::Answered, 1, false));
    assert_eq!(error.headers().unwrap()["x-request-id"].as_bytes(), b"caf\xe9");
}
