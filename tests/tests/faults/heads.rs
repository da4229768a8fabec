//! What the head of an answer says holds when its body cannot be read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::classes::{CLASSES, Clients, assert_took, then_success, timed, told};
use futures::future::BoxFuture;
use revops_runtime::api::Retry;
use revops_runtime::credential::Credential;
use revops_runtime::options::Timeouts;
use revops_runtime::provider::{Issued, Provider, ProviderError};
use revops_runtime::{Delivery, Kind, Options};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script};

const SECOND: Duration = Duration::from_secs(1);

/// Bodies of this status that end in trouble, each of another kind.
fn unreadable(status: u16) -> [Reply; 5] {
    [
        Reply::json(status, r#"{"message":"#).claim_length(1000),
        Reply::json(status, "{").chunked_without_end(1),
        Reply::json(status, "").corrupt_gzip(br#"{"message":"no"}"#),
        Reply::json(status, " ".repeat(1000)).paced(1, SECOND),
        Reply::json(status, vec![b' '; 70_000]),
    ]
}

/// One that reads little, so that the last of them is too large.
fn little() -> Options {
    Options::default().with_max_response(64_000)
}

#[tokio::test(start_paused = true)]
async fn a_429_is_waited_for_by_every_class_whatever_its_body() {
    for class in CLASSES {
        for (index, reply) in unreadable(429).into_iter().enumerate() {
            let server = then_success([reply.header("retry-after", "30")], class).await;
            let (outcome, time) = timed(Clients::with(&server, &little()).call(class)).await;
            outcome.unwrap();
            // The one that drips is given up after 20 s.
            let dripped = if index == 3 { 20_000 } else { 0 };
            assert_took(time, 30_000 + dripped, 30_300 + dripped);
            assert_eq!(server.request_count(), 2);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_pauses_the_pool_whatever_its_body() {
    let cut = Reply::json(429, "{").claim_length(1000).header("retry-after", "7");
    let server = then_success([cut], Retry::Safe).await;
    let clients = Clients::paced(&server);
    let first = clients.clone();
    let first = tokio::spawn(async move { first.call(Retry::Safe).await });
    server.until(|events| events.len() > 3).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (outcome, time) = timed(clients.call(Retry::Safe)).await;
    outcome.unwrap();
    assert_took(time, 6_900, 7_300);
    first.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_one_whatever_its_body_and_not_sent_again() {
    for (status, kind) in [(400, Kind::Invalid), (401, Kind::Credential), (403, Kind::Permission)] {
        for class in [Retry::Safe, Retry::UpsertSafe, Retry::Never] {
            for reply in unreadable(status) {
                let script = Script::always(reply.header("x-request-id", "r-1"));
                let server = FaultServer::start(script).await.unwrap();
                let error = Clients::with(&server, &little()).call(class).await.unwrap_err();
                assert_eq!((error.kind(), error.delivery()), (kind, Delivery::Answered), "{error}");
                assert_eq!((error.attempts(), server.request_count()), (1, 1));
                assert_eq!(error.status().unwrap().as_u16(), status);
                assert_eq!(error.request_id().as_deref(), Some("r-1"));
                assert!(told(&error).contains("its body could not be read"), "{error}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_keeps_its_status_and_is_met_as_one() {
    for reply in unreadable(503) {
        let server = then_success([reply.clone()], Retry::Safe).await;
        Clients::with(&server, &little()).call(Retry::Safe).await.unwrap();
        assert_eq!(server.request_count(), 2);

        let server = FaultServer::start(Script::always(reply)).await.unwrap();
        let error = Clients::with(&server, &little()).call(Retry::Never).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Unavailable, Delivery::MaybeProcessed));
        assert_eq!((error.attempts(), error.status().unwrap().as_u16()), (1, 503));
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_keeps_the_status_it_brought() {
    let mut timeouts = Timeouts::default();
    timeouts.attempt = Some(5 * SECOND);
    let drip = Reply::json(503, " ".repeat(1000)).paced(100, SECOND);
    let server = FaultServer::start(Script::always(drip)).await.unwrap();
    let options = revops_tests::once().with_timeouts(timeouts);
    let (outcome, time) = timed(Clients::with(&server, &options).call(Retry::Safe)).await;
    let error = outcome.unwrap_err();
    assert_took(time, 5_000, 5_050);
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (Kind::Unavailable, 503));
    assert!(told(&error).contains("the attempt took longer than 5 s"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_cut_tells_its_status_and_request() {
    let cut = Reply::json(200, "{").claim_length(1000).header("x-request-id", "r-2");
    let server = FaultServer::start(Script::always(cut)).await.unwrap();
    let error = Clients::unpaced(&server).call(Retry::Safe).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Incomplete, 4));
    assert_eq!(error.status().unwrap().as_u16(), 200);
    assert_eq!(error.request_id().as_deref(), Some("r-2"));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_only_its_body_explains_is_asked_for_once_more() {
    // Gong's 404 of a search without a match is an empty page.
    let none = r#"{"errors":["No users found corresponding to the provided filters"]}"#;
    let script = Script::new()
        .on_request(Reply::json(404, none).claim_length(1000))
        .on_request(Reply::json(404, none));
    let server = FaultServer::start(script).await.unwrap();
    let gong = Clients::unpaced(&server).gong;
    let page = gong.list_users_by_filter().body_map(|body| body).send().await.unwrap();
    assert!(page.users.is_none());
    assert_eq!(server.request_count(), 2);
}

/// Gives out another token each time.
struct Tokens(Arc<AtomicU32>);

impl Provider for Tokens {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { Ok(Issued::new(Credential::Token(format!("token-{number}").into()))) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_401_whose_body_is_cut_renews_the_credential() {
    let script = Script::always(Act::choose(|received| match received.header("authorization") {
        Some("Bearer token-0") => Reply::json(401, "{").claim_length(1000).into(),
        _ => Reply::json(200, "{}").into(),
    }));
    let server = FaultServer::start(script).await.unwrap();
    let issued = Arc::new(AtomicU32::new(0));
    let tokens = Tokens(Arc::clone(&issued));
    let gong = revops_gong::Client::builder().base_url(server.base_url());
    let gong = gong.connection(|it| it.provider("bearerAuth", tokens)).build().unwrap();
    gong.get_user().id("1").send().await.unwrap();
    assert_eq!((issued.load(Ordering::Relaxed), server.request_count()), (2, 2));
}
