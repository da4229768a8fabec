//! The refusals of HTTP/2, before a client that speaks it.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use revops_sandbox::fault::{EventKind, FaultServer, Http2, Opening, Script};

use crate::client::Raw;

/// Starts a server and sends it so many requests, one after another.
async fn run(opening: Opening, requests: usize) -> (FaultServer, Vec<Result<Bytes, Error>>) {
    let server = FaultServer::start(Script::new().on_every_connection(opening)).await.unwrap();
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Full<Bytes>>();
    let mut answers = Vec::new();
    for _ in 0..requests {
        let request = http::Request::post(server.base_url())
            .header("x-long", "a".repeat(10_000))
            .body(Full::from(vec![b'x'; 200_000]))
            .unwrap();
        answers.push(match client.request(request).await {
            Ok(answer) => {
                assert_eq!(answer.headers()["content-type"], "application/json");
                Ok(answer.into_body().collect().await.unwrap().to_bytes())
            }
            Err(error) => Err(error),
        });
    }
    (server, answers)
}

fn reason(error: &Error) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        text = error.to_string();
        next = error.source();
    }
    text
}

#[tokio::test]
async fn a_request_is_answered() {
    let (server, answers) = run(Opening::http2([]), 1).await;
    assert_eq!(answers[0].as_ref().unwrap(), "{}");
    assert_eq!((server.connections(), server.request_count()), (1, 1));
}

#[tokio::test]
async fn a_refused_stream_leaves_the_connection_for_the_next() {
    let (server, answers) = run(Opening::http2([Http2::Refuse]), 2).await;
    let refused = reason(answers[0].as_ref().unwrap_err());
    assert!(refused.contains("refused"), "{refused}");
    assert_eq!(answers[1].as_ref().unwrap(), "{}");
    assert_eq!(server.connections(), 1);
    assert!(server.events_of(0).contains(&EventKind::Refused(0)));
}

#[tokio::test]
async fn a_connection_that_goes_away_tells_that_nothing_was_processed() {
    let (server, answers) = run(Opening::http2([Http2::Answer, Http2::GoAway]), 2).await;
    assert_eq!(answers[0].as_ref().unwrap(), "{}");
    let gone = reason(answers[1].as_ref().unwrap_err());
    assert!(gone.contains("not a result of an error"), "{gone}");
    assert!(server.events_of(0).contains(&EventKind::Refused(1)));
}

#[tokio::test]
async fn another_protocol_is_rejected() {
    let script = Script::new().on_every_connection(Opening::http2([]));
    let server = FaultServer::start(script).await.unwrap();
    let mut raw = Raw::connect(&server).await;
    raw.send(b"GET / HTTP/1.1\r\nhost: example.com\r\n\r\n").await;
    assert_eq!(raw.text().await, "");
    assert!(server.events_of(0).contains(&EventKind::Rejected));
}
