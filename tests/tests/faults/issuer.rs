//! An issuer of credentials in trouble is waited for like a vendor in trouble; one that refuses is left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::classes::{CANARY, told};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use revops_runtime::credential::Credential;
use revops_runtime::delivery::Failure;
use revops_runtime::oauth::ClientCredentials;
use revops_runtime::provider::{Denied, Issued, Provider, ProviderError};
use revops_runtime::retry::RetryPolicy;
use revops_runtime::{Delivery, Kind, Options, Quota};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script, Turns};
use serde_json::json;

async fn server(tokens: Turns) -> FaultServer {
    FaultServer::start(Script::always(Reply::json(200, "{}")).at("/token", tokens)).await.unwrap()
}

fn token() -> Reply {
    Reply::json(200, json!({ "access_token": CANARY }).to_string())
}

fn gong(server: &FaultServer, provider: impl Provider) -> revops_gong::Client {
    revops_gong::Client::builder()
        .base_url(format!("{}/v2", server.base_url()))
        .quota(Quota::unlimited())
        .connection(|connection| connection.provider("bearerAuth", provider))
        .build()
        .unwrap()
}

fn oauth(server: &FaultServer) -> revops_gong::Client {
    let url = format!("{}/token", server.base_url());
    gong(server, ClientCredentials::new(&url, "client".into(), CANARY.into()).unwrap())
}

fn asked(server: &FaultServer) -> usize {
    server.requests().iter().filter(|request| request.path() == "/token").count()
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_for_a_moment_is_asked_again_in_the_same_call() {
    for act in [Act::from(Reply::status(503)), Reply::status(429).into(), Act::reset_before_answer()] {
        let server = server(Turns::new().times(2, act).on_request(token())).await;
        oauth(&server).get_user().id("1").send().await.unwrap();
        assert_eq!(asked(&server), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_in_trouble_is_told_as_such_and_not_as_a_refusal() {
    let server = server(Turns::always(Reply::status(503))).await;
    let client = oauth(&server);
    let error = client.get_user().id("1").send().await.unwrap_err();
    let facts = (error.kind(), error.delivery(), error.attempts());
    assert_eq!(facts, (Kind::Unavailable, Delivery::NotSent, 0));
    assert!(error.is_retryable() && error.refusal().is_none());
    let text = told(&error);
    assert!(text.contains("token endpoint answered HTTP 503") && !text.contains("secret"), "{text}");
    assert_eq!(asked(&server), 4);
    // The policy of the call is kept, and so is the budget: an outage of the issuer is not a storm on it.
    let once = client.with_options(|options| options.with_retry(RetryPolicy::never()));
    once.get_user().id("1").send().await.unwrap_err();
    assert_eq!(asked(&server), 5);
    join_all((0..200).map(|_| client.get_user().id("1").send())).await;
    assert!(asked(&server) <= 5 + 200 / 5, "{}", asked(&server));
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_was_refused_is_not_asked_for_again_by_each_call() {
    let refused = Reply::json(400, r#"{"error":"invalid_grant"}"#);
    let server = server(Turns::new().on_request(refused).on_request(token())).await;
    let client = oauth(&server);
    for _ in 0..5 {
        let error = client.get_user().id("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable(), error.refusal()), (Kind::Credential, false, None));
        assert!(told(&error).contains("HTTP 400; check the client's id"), "{error}");
    }
    assert_eq!(asked(&server), 1);
    // Somebody may have mended it.
    tokio::time::sleep(Duration::from_secs(31)).await;
    client.get_user().id("1").send().await.unwrap();
    assert_eq!(asked(&server), 2);
}

/// Fails so often, for good or not.
struct Vault {
    fails: u32,
    for_good: bool,
    asked: Arc<AtomicU32>,
}

impl Provider for Vault {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let (fails, for_good) = (asked < self.fails, self.for_good);
        async move {
            let fault = || ProviderError::from(format!("no {CANARY}"));
            match (fails, for_good) {
                (false, _) => Ok(Issued::new(Credential::Token("token".into()))),
                (true, false) => Err(fault()),
                (true, true) => Err(Denied("the vault has no such key".into()).into()),
            }
        }
        .boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_of_ones_own_is_asked_again_unless_it_says_no_for_good() {
    let server = server(Turns::new()).await;
    for (fails, for_good, asks, kind) in
        [(1, false, 2, None), (9, false, 4, Some(Kind::Unavailable)), (9, true, 1, Some(Kind::Credential))]
    {
        let asked = Arc::new(AtomicU32::new(0));
        let client = gong(&server, Vault { fails, for_good, asked: Arc::clone(&asked) });
        let outcome = client.get_user().id("1").send().await;
        assert_eq!(asked.load(Ordering::Relaxed), asks);
        assert_eq!(outcome.as_ref().err().map(revops_runtime::Error::kind), kind);
        // What it says itself may hold a secret: it is a cause that can be asked for, and no part of a text of ours.
        let Err(error) = outcome else { continue };
        assert!(!format!("{error} {error:?} {error:#?}").contains(CANARY), "{error:?}");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(for_good || cause.contains(CANARY), "{cause}");
    }
}

/// A token that ends after an hour.
fn hourly() -> Reply {
    Reply::json(200, json!({ "access_token": CANARY, "expires_in": 3600 }).to_string())
}

/// A vendor that refuses the first call and takes all others, and an issuer that plays `tokens`.
async fn refusing_first(tokens: Turns) -> FaultServer {
    let script =
        Script::new().on_request(Reply::status(401)).on_request(Reply::json(200, "{}")).then_repeat();
    FaultServer::start(script.at("/token", tokens)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_after_a_401_is_asked_again_in_the_same_call() {
    for act in [Act::from(Reply::status(503)), Reply::status(429).into(), Act::reset_before_answer()] {
        let tokens = Turns::new().on_request(token()).times(2, act).on_request(token());
        let server = refusing_first(tokens).await;
        oauth(&server).get_user().id("1").send().await.unwrap();
        assert_eq!((asked(&server), server.request_count()), (4, 6));
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_in_trouble_after_a_401_is_told_together_with_it() {
    let trouble = Turns::new().on_request(token()).on_request(Reply::status(503)).then_repeat();
    let server = refusing_first(trouble).await;
    let client = oauth(&server);
    let error = client.get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Unavailable, Delivery::NotSent, 1));
    assert!(error.is_retryable() && error.refusal().is_none());
    let text = told(&error);
    assert!(text.contains("token endpoint answered HTTP 503") && text.contains("HTTP 401"), "{text}");
    assert_eq!(asked(&server), 1 + 4);

    // It is no storm either, and a policy of one attempt asks once.
    let script = Script::always(Reply::status(401));
    let turns = Turns::new().on_request(token()).on_request(Reply::status(503)).then_repeat();
    let refusing = FaultServer::start(script.at("/token", turns)).await.unwrap();
    let client = oauth(&refusing);
    client.with_options(|_| revops_tests::once()).get_user().id("1").send().await.unwrap_err();
    assert_eq!(asked(&refusing), 1 + 1);
    join_all((0..200).map(|_| client.get_user().id("1").send())).await;
    assert!(asked(&refusing) <= 2 + 200 / 5, "{}", asked(&refusing));

    // What is final is not asked for again.
    let refused = Turns::new().on_request(token()).on_request(Reply::status(400)).then_repeat();
    let server = refusing_first(refused).await;
    let error = oauth(&server).get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable(), asked(&server)), (Kind::Credential, false, 2));
    assert!(told(&error).contains("HTTP 400; check") && told(&error).contains("HTTP 401"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_kept_while_the_issuer_is_asked_again_after_a_401() {
    let mut patience = RetryPolicy::default();
    patience.attempts = 1_000;
    let options = Options::default().with_deadline(Duration::from_secs(3)).with_retry(patience);
    for (act, kind) in [(Act::from(Reply::status(503)), Kind::Unavailable), (Act::hang(), Kind::Timeout)] {
        let server = refusing_first(Turns::new().on_request(token()).on_request(act).then_repeat()).await;
        let client = oauth(&server).with_options(|_| options.clone());
        let (outcome, time) = crate::classes::timed(client.get_user().id("1").send()).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(told(&error).contains("HTTP 401"), "{error}");
        assert!(time <= Duration::from_millis(3_010), "{time:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_still_good_is_used_while_the_issuer_is_in_trouble() {
    for act in [Act::from(Reply::status(503)), Act::reset_before_answer(), Act::hang()] {
        let tokens = Turns::new().on_request(hourly()).on_request(act).then_repeat();
        let server = server(tokens).await;
        // Not even a second attempt is needed.
        let client = oauth(&server).with_options(|_| revops_tests::once());
        client.get_user().id("1").send().await.unwrap();
        tokio::time::sleep(Duration::from_secs(3_575)).await;
        let mut at_once = 0;
        for _ in 0..50 {
            let (outcome, time) = crate::classes::timed(client.get_user().id("1").send()).await;
            outcome.unwrap();
            at_once += u32::from(time < Duration::from_millis(10));
        }
        // The issuer is not asked by each call, nor waited for by each.
        assert!(asked(&server) <= 1 + 6, "{}", asked(&server));
        assert!(at_once >= 40, "{at_once}");
        // Once the token has ended there is nothing to go on with.
        tokio::time::sleep(Duration::from_secs(31)).await;
        let error = client.get_user().id("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Unavailable, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_it_ends_when_the_issuer_recovers() {
    let tokens = Turns::new().on_request(hourly()).times(2, Reply::status(503)).on_request(hourly());
    let server = server(tokens).await;
    let client = oauth(&server);
    client.get_user().id("1").send().await.unwrap();
    tokio::time::sleep(Duration::from_secs(3_571)).await;
    for _ in 0..14 {
        client.get_user().id("1").send().await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    assert_eq!(asked(&server), 4);
    tokio::time::sleep(Duration::from_secs(600)).await;
    client.get_user().id("1").send().await.unwrap();
    assert_eq!(asked(&server), 4, "the new token is in use");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_kept_while_the_issuer_is_asked_again() {
    let server = server(Turns::always(Reply::status(503))).await;
    let mut patience = RetryPolicy::default();
    patience.attempts = 1_000;
    let options = Options::default().with_deadline(Duration::from_secs(3)).with_retry(patience);
    let (outcome, time) =
        crate::classes::timed(oauth(&server).with_options(|_| options).get_user().id("1").send()).await;
    assert_eq!(outcome.unwrap_err().kind(), Kind::Unavailable);
    assert!(time <= Duration::from_secs(3), "{time:?}");
}
