//! Requests that HTTP, JSON or good sense refuse, and those that a strict judge must let pass.

use crate::support::{Case, check, example, get};
use revops_sandbox::{Sandbox, Vendor};
use serde_json::json;

#[tokio::test]
async fn a_header_that_looks_like_a_declared_one_is_refused_and_others_are_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let cases: Vec<Case> = vec![(
        example(&sandbox, "addContact").header("x-apikey", "hunter2"),
        400,
        &["header /x-apikey: unexpected header `x-apikey`: is `X-Api-Key` meant?"],
    )];
    check(&sandbox, cases).await;
    // What the HTTP clients of Node and Java send of themselves, and what proxies and tracers add.
    let of_clients = [
        "accept-language",
        "sec-fetch-mode",
        "http2-settings",
        "cache-control",
        "keep-alive",
        "baggage",
        "idempotency-key",
        "x-request-id",
        "api-version",
        "cookie",
    ];
    let call = of_clients.iter().fold(example(&sandbox, "addContact"), |call, name| call.header(name, "x"));
    assert_eq!(call.send().await.status, 200);
    assert_eq!(sandbox.violations().len(), 1);
}

#[tokio::test]
async fn a_second_credential_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let person = || example(&sandbox, "getPerson");
    let cases: Vec<Case> = vec![
        (
            person().header("authorization", "Bearer garbage"),
            401,
            &["credential /authorization: two credentials came, send one"],
        ),
        (
            example(&sandbox, "addContact").header("authorization", "Bearer leaked"),
            401,
            &["credential /authorization: two credentials came, send one"],
        ),
        (
            get(&sandbox, Vendor::Gong, "/users").header("accesskey", "leaked"),
            401,
            &["credential /accesskey: two credentials came, send one"],
        ),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_query_part_without_a_value_is_kept_nowhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let cases: Vec<Case> = vec![(
        get(&sandbox, Vendor::Gong, "/users?SECRETNOEQ"),
        400,
        &["query: a part without a value is no query parameter"],
    )];
    check(&sandbox, cases).await;
    assert_eq!(sandbox.requests()[0].query, ["…"]);
    assert!(!format!("{:?} {:?}", sandbox.requests(), sandbox.violations()).contains("SECRETNOEQ"));
}

#[tokio::test]
async fn a_body_that_readers_would_read_differently_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let contact = |body: &str| example(&sandbox, "addContact").body(body.to_owned());
    let right = r#"{"email": "jane.doe@example.com", "relationshipType": "User"}"#;
    let utf8 = contact(right).replace("content-type", "application/json; charset=UTF-8");
    assert_eq!(utf8.send().await.status, 200);
    let cases: Vec<Case> = vec![
        (
            contact(r#"{"email": "a@example.com", "relationshipType": "User", "email": "b@example.com"}"#),
            400,
            &["body /email: an object has two members of this name"],
        ),
        (
            contact(right).replace("content-type", "application/json; charset=latin1"),
            415,
            &["media type /content-type: JSON is UTF-8, the `charset` says another encoding"],
        ),
        (
            contact(&format!("{right}{}", " ".repeat(32 << 20))),
            413,
            &["size: the body is larger than 33554432 bytes"],
        ),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_form_is_bounded_as_a_whole() {
    let sandbox = Sandbox::start().await.unwrap();
    let import = || example(&sandbox, "POST /v1/imports");
    let names = vec!["file"; 101];
    let mut large = import().form(&["file", "file"]);
    let text = String::from_utf8(large.body.to_vec()).unwrap();
    large = large.body(text.replace("1,Jane", &"1,Jane\n".repeat(5 << 20)));
    let cases: Vec<Case> = vec![
        (import().form(&names), 400, &["body: the form has more than 100 parts"]),
        (large, 413, &["size: the body is larger than 67108864 bytes"]),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_request_of_http_1_1_without_a_host_is_refused() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let sandbox = Sandbox::start().await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(sandbox.address()).await.unwrap();
    let raw = "GET /gong/v2/users HTTP/1.1\r\nauthorization: Bearer test-token\r\nconnection: close\r\n\r\n";
    stream.write_all(raw.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let reason = sandbox.violations()[0].reasons[0].to_string();
    assert_eq!(reason, "header /host: `Host` came 0 times, HTTP/1.1 needs it once");
}

#[tokio::test]
async fn a_member_that_the_document_does_not_name_is_remarked() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = json!({"filter": {"userIDs": ["1"]}, "includ": 1}).to_string();
    assert_eq!(example(&sandbox, "listUsersByFilter").body(body).send().await.status, 200);
    let expected = [
        "body /filter/userIDs: the document names no such member",
        "body /includ: the document names no such member",
    ];
    assert_eq!(sandbox.requests()[0].remarks, expected);
    assert_eq!(sandbox.violations(), []);
}
