//! Token endpoints: issued once for all, renewed in time, refresh tokens kept before they are needed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::classes::{CANARY, told};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use revops_runtime::ExposeSecret as _;
use revops_runtime::api::{Retry, Scheme, SchemeKind};
use revops_runtime::credential::Credential;
use revops_runtime::oauth::{ClientCredentials, RefreshToken, TokenStore};
use revops_runtime::provider::{Issued, Provider, ProviderError};
use revops_runtime::{Api, Connection, Delivery, Kind, Operation, Options, Quota, SecretString, call_empty};
use revops_sandbox::fault::{Act, Certificate, FaultServer, Reply, Script, Turns};
use serde_json::json;

/// `client:canary-secret-5f1c` in base 64.
const BASIC: &str = "Basic Y2xpZW50OmNhbmFyeS1zZWNyZXQtNWYxYw==";

/// The `number`th token, good for an hour.
fn token(number: u32) -> Reply {
    let body =
        json!({"access_token": format!("{CANARY}-{number}"), "token_type": "Bearer", "expires_in": 3600});
    Reply::json(200, body.to_string())
}

/// A server that gives out these at `/token` and takes every call.
async fn server(tokens: Turns) -> FaultServer {
    let script = Script::always(Reply::json(200, "{}")).at("/token", tokens);
    FaultServer::start(script).await.unwrap()
}

fn credentials(server: &FaultServer) -> ClientCredentials {
    let url = format!("{}/token", server.base_url());
    ClientCredentials::new(&url, "client".into(), CANARY.into()).unwrap()
}

fn gong(server: &FaultServer, provider: impl Provider) -> revops_gong::Client {
    revops_gong::Client::builder()
        .base_url(format!("{}/v2", server.base_url()))
        .quota(Quota::unlimited())
        .connection(|connection| connection.provider("bearerAuth", provider))
        .build()
        .unwrap()
}

/// The last part of the token each call came with, `token` for a request for one.
fn story(server: &FaultServer) -> Vec<String> {
    let last = |text: &str| text.rsplit('-').next().unwrap_or_default().to_owned();
    let requests = server.requests();
    let told = requests.iter().map(|request| match request.path() {
        "/token" => "token".to_owned(),
        _ => last(request.header("authorization").unwrap_or_default()),
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn client_credentials_are_asked_for_once_by_all_and_again_before_they_end() {
    let server = server(
        Turns::new().on_request(Act::from(token(1)).after(Duration::from_secs(2))).on_request(token(2)),
    )
    .await;
    let gong = gong(&server, credentials(&server));
    for outcome in join_all((0..20).map(|_| gong.get_user().id("1").send())).await {
        outcome.unwrap();
    }
    let request = &server.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/token"));
    assert_eq!(request.header("authorization"), Some(BASIC));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(&request.body[..], b"grant_type=client_credentials");
    assert_eq!(story(&server)[1..], vec!["1"; 20]);

    tokio::time::sleep(Duration::from_secs(3_500)).await;
    gong.get_user().id("1").send().await.unwrap();
    assert_eq!(story(&server).last().unwrap(), "1");
    tokio::time::sleep(Duration::from_secs(80)).await;
    gong.get_user().id("1").send().await.unwrap();
    assert_eq!(story(&server)[22..], ["token", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_401_renews_the_token_once_and_a_second_one_is_the_end() {
    let tokens = Turns::new().on_request(token(1)).on_request(token(2)).on_request(token(3));
    let server = FaultServer::start(Script::always(Reply::status(401)).at("/token", tokens)).await.unwrap();
    let gong = gong(&server, credentials(&server));
    let error = gong.get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credential, 2));
    told(&error);
    assert_eq!(story(&server), ["token", "1", "token", "2"]);
}

#[tokio::test(start_paused = true)]
async fn of_two_credentials_for_one_scheme_the_last_one_given_is_sent() {
    let server = server(Turns::always(token(1))).await;
    let client = || revops_gong::Client::builder().base_url(server.base_url()).quota(Quota::unlimited());
    let provider = || credentials(&server);
    let clients = [
        client().bearer_auth("x-old").bearer_auth("x-new"),
        client().bearer_auth("x-old").connection(|it| it.provider("bearerAuth", provider())),
        client().connection(|it| it.provider("bearerAuth", provider())).bearer_auth("x-newer"),
        client().basic_auth("a", "b").basic_auth("c", "d").bearer_auth("x-other"),
    ];
    for client in clients {
        client.build().unwrap().get_user().id("1").send().await.unwrap();
    }
    // The document's first scheme goes before the others, and its last credential is the one.
    assert_eq!(story(&server), ["new", "token", "1", "newer", "Basic Yzpk"]);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_is_a_credential_error_that_tells_nothing() {
    let echo = format!(r#"{{"error":"{CANARY}","access_token":7}}"#);
    let large = format!(r#"{{"access_token":"{CANARY}","x":"{}"}}"#, "x".repeat(70_000));
    let acts: Vec<(Act, &str, Kind)> = vec![
        (Reply::json(400, echo.clone()).into(), "HTTP 400", Kind::Credential),
        (Reply::json(200, echo).into(), "holds no `access_token`", Kind::Credential),
        (Reply::html(200, CANARY).into(), "is no JSON", Kind::Unavailable),
        (Reply::json(200, large).into(), "more than 65536 bytes", Kind::Credential),
        (Reply::redirect(302, format!("http://127.0.0.1:9/{CANARY}")).into(), "HTTP 302", Kind::Credential),
        (Act::reset_before_answer(), "could not be reached", Kind::Unavailable),
        (Act::hang(), "could not be reached", Kind::Unavailable),
    ];
    for (act, expected, kind) in acts {
        let server = server(Turns::new().on_request(act).on_request(token(1))).await;
        let gong = gong(&server, credentials(&server)).with_options(|_| revops_tests::once());
        let error = gong.get_user().id("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (kind, Delivery::NotSent, 0));
        assert!(told(&error).contains(expected), "{error}");
        assert_eq!(server.request_count(), 1);
        // The next call asks again: at once, or after a while if the endpoint refused.
        tokio::time::sleep(Duration::from_secs(if kind == Kind::Credential { 31 } else { 0 })).await;
        gong.get_user().id("1").send().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_for_a_token() {
    let server = server(Turns::always(Act::hang())).await;
    let options = Options::default().with_deadline(Duration::from_secs(5));
    let gong = gong(&server, credentials(&server)).with_options(|_| options);
    let (outcome, time) = crate::classes::timed(gong.get_user().id("1").send()).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::NotSent));
    crate::classes::assert_took(time, 5_000, 5_010);
}

#[tokio::test]
async fn an_endpoint_that_cannot_prove_who_it_is_is_named_as_such_and_trusted_by_its_root() {
    let script = Script::always(token(1));
    let issuer = FaultServer::start_tls(script, Certificate::Valid).await.unwrap();
    let url = format!("{}/token", issuer.https_base_url());
    let tokens = || ClientCredentials::new(&url, "client".into(), CANARY.into()).unwrap();
    let api = server(Turns::new()).await;
    let untrusted = gong(&api, tokens());
    for _ in 0..2 {
        let error = untrusted.get_user().id("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Tls, Delivery::NotSent, 0));
        assert!(!error.is_retryable() && told(&error).contains("could not prove who it is"), "{error}");
    }
    assert_eq!((issuer.connections(), issuer.request_count(), api.request_count()), (1, 0, 0));

    let root = issuer.certificate_pem().unwrap();
    gong(&api, tokens().trust(root).unwrap()).get_user().id("1").send().await.unwrap();
    let refresh =
        RefreshToken::new(&url, "client".into(), CANARY.into(), "x".into(), Kept::default()).unwrap();
    gong(&api, refresh.trust(root).unwrap()).get_user().id("1").send().await.unwrap();
    assert_eq!((issuer.request_count(), story(&api)), (2, vec!["1".to_owned(); 2]));
    assert_eq!(tokens().trust("no certificate").unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_asked_by_the_proxy_that_was_given() {
    let proxy = FaultServer::start(Script::always(token(1))).await.unwrap();
    let by = || reqwest::Proxy::all(proxy.base_url()).unwrap();
    let api = server(Turns::new()).await;
    let url = "http://127.0.0.1:9/token";
    let tokens = ClientCredentials::new(url, "client".into(), CANARY.into()).unwrap().proxy(by()).unwrap();
    gong(&api, tokens).get_user().id("1").send().await.unwrap();
    let refresh =
        RefreshToken::new(url, "client".into(), CANARY.into(), "x".into(), Kept::default()).unwrap();
    gong(&api, refresh.proxy(by()).unwrap()).get_user().id("1").send().await.unwrap();
    assert_eq!((proxy.request_count(), story(&api)), (2, vec!["1".to_owned(); 2]));
}

/// The environment belongs to the whole process, so the test calls itself in one of its own.
#[tokio::test]
async fn a_proxy_of_the_environment_is_not_told_a_secret_that_stays_on_this_machine() {
    const CHILD: &str = "REVOPS_TEST_BEHIND_A_PROXY";
    if std::env::var_os(CHILD).is_some() {
        let server = server(Turns::always(token(1))).await;
        gong(&server, credentials(&server)).get_user().id("1").send().await.unwrap();
        assert_eq!(story(&server), ["token", "1"]);
        return;
    }
    let proxy = FaultServer::start(Script::always(token(1))).await.unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    let name = "tokens::a_proxy_of_the_environment_is_not_told_a_secret_that_stays_on_this_machine";
    child.args(["--exact", name]).env(CHILD, "1").env_remove("NO_PROXY").env_remove("no_proxy");
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(variable, proxy.base_url());
    }
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    assert_eq!(proxy.request_count(), 0);
}

static TWO_KEYS: Operation = Operation {
    id: "read",
    api: "Two keys",
    method: "GET",
    path: "/",
    content_type: None,
    accept: None,
    success: &[200],
    security: &[&["one", "two"]],
    retry: Retry::Safe,
    pool: None,
    records: None,
    cursor: None,
    observed_path: None,
    observed_headers: &[],
    answers: &[],
};

static OF_TWO_KEYS: Api = Api {
    title: "Two keys",
    version: "1",
    servers: &[],
    schemes: &[
        Scheme { name: "one", kind: SchemeKind::Header { name: "x-one", prefix: "" }, env: &[] },
        Scheme { name: "two", kind: SchemeKind::Header { name: "x-two", prefix: "" }, env: &[] },
    ],
    pools: &[],
    base_url_env: None,
    operations: &[&TWO_KEYS],
};

/// Gives out `a1`, then `a2`, and so on.
struct Keys(char, AtomicU32);

impl Provider for Keys {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let key = format!("{}{}", self.0, self.1.fetch_add(1, Ordering::Relaxed) + 1);
        async move { Ok(Issued::new(Credential::Key(key.into()))) }.boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_takes_two_issued_credentials_is_sent_both() {
    let script = Script::new().on_request(Reply::status(401)).on_request(Reply::status(200));
    let server = FaultServer::start(script).await.unwrap();
    let connection = Connection::builder(&OF_TWO_KEYS)
        .base_url(server.base_url())
        .provider("one", Keys('a', AtomicU32::default()))
        .provider("two", Keys('b', AtomicU32::default()))
        .build()
        .unwrap();
    call_empty(&connection, &TWO_KEYS, connection.http().get(server.base_url())).await.unwrap();
    let sent = server.requests();
    let keys: Vec<_> = sent.iter().map(|it| [it.header("x-one"), it.header("x-two")]).collect();
    assert_eq!(keys, [[Some("a1"), Some("b1")], [Some("a2"), Some("b2")]]);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for_at_the_path_that_was_given() {
    for path in ["/token/", "/oauth/token", "/"] {
        let script = Script::always(Reply::json(200, "{}")).at(path, Turns::always(token(1)));
        let server = FaultServer::start(script).await.unwrap();
        let url = format!("{}{path}", server.base_url());
        let tokens = ClientCredentials::new(&url, "client".into(), CANARY.into()).unwrap();
        gong(&server, tokens).get_user().id("1").send().await.unwrap();
        assert_eq!(server.requests()[0].path(), path);
    }
}

#[test]
fn an_endpoint_in_the_clear_and_unusable_secrets_are_refused_without_repeating_them() {
    let with_query = format!("https://a.example/?x={CANARY}");
    let with_password = format!("https://client:{CANARY}@a.example/");
    for (url, secret) in [
        ("http://a.example/token", "s"),
        (&with_query, "s"),
        (&with_password, "s"),
        ("https://a.example/token", ""),
        ("https://a.example/token", "canary-secret-5f1c\r\nx: y"),
    ] {
        told(&ClientCredentials::new(url, "client".into(), secret.into()).unwrap_err());
    }
}

/// Keeps what it is given, a second late, and tells how many requests the server had seen by then.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>, bool);

impl TokenStore for Kept {
    fn store(&self, refresh_token: SecretString) -> BoxFuture<'static, Result<(), ProviderError>> {
        let kept = self.clone();
        async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if kept.1 {
                return Err(format!("no room for {}", refresh_token.expose_secret()).into());
            }
            kept.0.lock().unwrap().push(refresh_token.expose_secret().to_owned());
            Ok(())
        }
        .boxed()
    }
}

/// A token endpoint whose refresh tokens are good once, and name `api` as the host to call.
fn rotating(api: &FaultServer) -> Act {
    let (api, next) = (api.base_url(), Arc::new(Mutex::new(0_u32)));
    Act::choose(move |received| {
        let mut number = next.lock().unwrap();
        let expected = format!("grant_type=refresh_token&refresh_token={CANARY}%2F{number}");
        if received.query() != Some(&expected) || !received.body.is_empty() {
            return Reply::json(400, format!(r#"{{"error":"{CANARY}"}}"#)).into();
        }
        *number += 1;
        let body = json!({
            "access_token": format!("{CANARY}-{number}"),
            "refresh_token": format!("{CANARY}/{number}"),
            "expires_in": 3600,
            "api_base_url_for_customer": api,
        });
        Reply::json(200, body.to_string()).into()
    })
}

fn refreshing(server: &FaultServer, store: Kept) -> RefreshToken {
    let url = format!("{}/token", server.base_url());
    RefreshToken::new(&url, "client".into(), CANARY.into(), format!("{CANARY}/0\n").into(), store)
        .unwrap()
        .base_url_in("/api_base_url_for_customer", "/v2")
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_is_stored_before_its_access_token_is_used_at_the_url_it_names() {
    let api = FaultServer::start(Script::always(Reply::json(200, "{}"))).await.unwrap();
    let issuer = server(Turns::always(rotating(&api))).await;
    let store = Kept::default();
    let gong = gong(&issuer, refreshing(&issuer, store.clone()));
    for outcome in join_all((0..10).map(|_| gong.get_user().id("a/b").send())).await {
        outcome.unwrap();
    }
    assert_eq!(issuer.request_count(), 1);
    assert_eq!(issuer.requests()[0].header("authorization"), Some(BASIC));
    assert_eq!(*store.0.lock().unwrap(), [format!("{CANARY}/1")]);
    let calls = api.requests();
    assert_eq!(calls.len(), 10);
    for call in calls {
        assert_eq!(call.target, "/v2/users/a%2Fb");
        assert!(call.at - issuer.requests()[0].at >= Duration::from_secs(1), "used before it was stored");
    }
    // The second time with the second token, and after a 401.
    api.play(Script::new().on_request(Reply::status(401)).on_request(Reply::json(200, "{}")));
    gong.get_user().id("1").send().await.unwrap();
    assert_eq!(*store.0.lock().unwrap(), [format!("{CANARY}/1"), format!("{CANARY}/2")]);
    assert_eq!(story(&api)[10..], ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_gives_up_loses_no_refresh_token() {
    let api = FaultServer::start(Script::always(Reply::json(200, "{}"))).await.unwrap();
    let issuer = server(Turns::always(rotating(&api).after(Duration::from_secs(2)))).await;
    let store = Kept::default();
    let gong = gong(&issuer, refreshing(&issuer, store.clone()));
    for wait in [1, 1] {
        // Once while the endpoint thinks, once while the token is stored.
        let call = tokio::time::timeout(Duration::from_secs(wait), gong.get_user().id("1").send());
        call.await.unwrap_err();
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(*store.0.lock().unwrap(), [format!("{CANARY}/1")]);
    gong.get_user().id("1").send().await.unwrap();
    assert_eq!((issuer.request_count(), api.request_count()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_stored_or_names_no_good_url_is_not_used() {
    let api = FaultServer::start(Script::always(Reply::json(200, "{}"))).await.unwrap();
    let issuer = server(Turns::always(rotating(&api))).await;
    let full = gong(&issuer, refreshing(&issuer, Kept(Arc::default(), true)));
    let error = full.get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credential, 0));
    told(&error);
    for url in [json!("http://evil.example"), json!(7), json!("https://u:p@evil.example")] {
        let body = json!({"access_token": CANARY, "refresh_token": CANARY, "api_base_url_for_customer": url});
        let issuer = server(Turns::always(Reply::json(200, body.to_string()))).await;
        let store = Kept::default();
        let gong = gong(&issuer, refreshing(&issuer, store.clone()));
        let error = gong.get_user().id("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Credential, 0));
        told(&error);
        assert_eq!(*store.0.lock().unwrap(), [CANARY], "a token that came is kept whatever else is wrong");
    }
    assert_eq!(api.request_count(), 0);
}
