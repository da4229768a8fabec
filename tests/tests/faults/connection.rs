//! Faults of connections, by their rows: names, ports, certificates, pools, resets, proxies, HTTP/2.

use std::time::Duration;

use futures::StreamExt;
use revops_gong::types::UsersResponse;
use revops_runtime::{ConnectionBuilder, Delivery, Error, Kind, Response};
use revops_sandbox::fault::{
    Act, Certificate, EventKind, FaultServer, HangingPort, How, Http2, Opening, RefusingPort, Reply, Script,
};
use revops_tests::faults::{QUERY, SECRET, cause, facts};
use revops_usergems::types::AddContactRequest;
use revops_userpilot::types::TrackEvent;
use tokio::time::Instant;

const PAGE: &str = r#"{"requestId":"r1","records":{"totalRecords":0},"users":[]}"#;

fn gong_with(
    base_url: &str,
    change: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder,
) -> revops_gong::Client {
    revops_gong::Client::builder().bearer_auth(SECRET).base_url(base_url).connection(change).build().unwrap()
}

fn gong(base_url: &str) -> revops_gong::Client {
    gong_with(base_url, |connection| connection)
}

/// A read.
async fn read(gong: &revops_gong::Client) -> Result<Response<UsersResponse>, Error> {
    gong.list_users().cursor(QUERY).send().await
}

/// A write that finds its record by a key.
async fn upsert(base_url: &str) -> Result<(), Error> {
    let usergems =
        revops_usergems::Client::builder().api_key_auth(SECRET).base_url(base_url).build().unwrap();
    let contact = AddContactRequest::builder().email("jane.doe@example.com").relationship_type("Champion");
    usergems.add_contact().body(contact).send().await.map(drop)
}

/// A write that is counted twice when it is sent twice.
async fn write(base_url: &str) -> Result<(), Error> {
    let userpilot = revops_userpilot::Client::builder().api_token(SECRET).base_url(base_url).build().unwrap();
    let event = TrackEvent::builder().user_id("u1").event_name("opened");
    userpilot.track_event().body(event).send().await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn row_01_a_port_that_refuses_is_tried_again_whatever_the_operation() {
    let port = RefusingPort::bind().unwrap();
    let error = read(&gong(&port.base_url())).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Connect, Delivery::NotSent, 4, true));
    assert!(error.to_string().contains("not applied"), "{error}");
    for outcome in [upsert(&port.base_url()).await, write(&port.base_url()).await] {
        assert_eq!(facts(&outcome.unwrap_err()), (Kind::Connect, Delivery::NotSent, 4, true));
    }
}

#[tokio::test]
async fn row_01_a_name_that_nobody_knows_is_a_failure_to_connect() {
    let options = revops_tests::once();
    let gong = gong_with("https://no-such-host.invalid", |connection| connection.options(options));
    let error = read(&gong).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Connect, Delivery::NotSent, 1, true));
}

#[tokio::test(start_paused = true)]
async fn row_02_a_connect_that_hangs_ends_after_its_own_timeout() {
    let port = HangingPort::bind().await.unwrap();
    let began = Instant::now();
    let once = |connection: ConnectionBuilder| connection.options(revops_tests::once());
    let error = read(&gong_with(&port.base_url(), once)).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Connect, Delivery::NotSent, 1, true));
    assert_eq!(began.elapsed().as_secs(), 5);

    // A client of the caller's own has it, too, and a write is as safe to repeat as a read.
    let began = Instant::now();
    let own = |connection: ConnectionBuilder| {
        once(connection).http_client(reqwest::Client::builder()).connect_timeout(Duration::from_secs(2))
    };
    let error = read(&gong_with(&port.base_url(), own)).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Connect, Delivery::NotSent, 1, true));
    assert_eq!(began.elapsed().as_secs(), 2);
    assert_eq!(
        facts(&write(&port.base_url()).await.unwrap_err()),
        (Kind::Connect, Delivery::NotSent, 4, true)
    );
}

#[tokio::test]
async fn row_03_a_certificate_that_proves_nothing_ends_the_call_at_once() {
    for certificate in
        [Certificate::SelfSigned, Certificate::WrongHost, Certificate::Expired, Certificate::NotYetValid]
    {
        let script = Script::always(Reply::json(200, PAGE));
        let server = FaultServer::start_tls(script, certificate).await.unwrap();
        let pem = server.certificate_pem().unwrap().to_owned();
        let trusting = |connection: ConnectionBuilder| {
            // What signed itself is not trusted; the others have a trusted issuer and fail for their own reason.
            if certificate == Certificate::SelfSigned { connection } else { connection.trust(pem.clone()) }
        };
        let error = read(&gong_with(&server.https_base_url(), trusting)).await.unwrap_err();
        assert_eq!(facts(&error), (Kind::Tls, Delivery::NotSent, 1, false), "{certificate:?}");
        assert_eq!((server.connections(), server.request_count()), (1, 0), "{certificate:?}");
    }
}

#[tokio::test]
async fn row_03_a_root_of_ones_own_is_trusted_when_it_is_given() {
    let script = Script::always(Reply::json(200, PAGE));
    let server = FaultServer::start_tls(script, Certificate::Valid).await.unwrap();
    let pem = server.certificate_pem().unwrap().to_owned();
    assert_eq!(read(&gong(&server.https_base_url())).await.unwrap_err().kind(), Kind::Tls);
    let trusting = |connection: ConnectionBuilder| connection.trust(pem.clone());
    read(&gong_with(&server.https_base_url(), trusting)).await.unwrap();
    assert_eq!(server.request_count(), 1);

    // It holds for an HTTP client of the caller's own as well, whose laxness does not.
    let own = |connection: ConnectionBuilder| trusting(connection).http_client(reqwest::Client::builder());
    read(&gong_with(&server.https_base_url(), own)).await.unwrap();
    let lax = |connection: ConnectionBuilder| {
        connection.http_client(reqwest::Client::builder().tls_danger_accept_invalid_certs(true))
    };
    assert_eq!(read(&gong_with(&server.https_base_url(), lax)).await.unwrap_err().kind(), Kind::Tls);
    assert_eq!(server.request_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn row_04_a_pooled_connection_that_the_server_closed_is_replaced() {
    let script = Script::always(Reply::json(200, PAGE).then_close_idle(Duration::from_secs(1)));
    let server = FaultServer::start(script).await.unwrap();
    let gong = gong(&server.base_url());
    read(&gong).await.unwrap();
    server.until(|events| events.iter().any(|event| event.kind == EventKind::Closed)).await;
    read(&gong).await.unwrap();
    assert_eq!((server.connections(), server.request_count()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn row_04_a_connection_that_closes_under_a_request_is_replaced_for_a_read_only() {
    for how in [How::Close, How::Reset] {
        let script = Script::new()
            .on_request(Reply::json(200, PAGE).then_end_on_reuse(how))
            .on_request(Reply::json(200, PAGE));
        let server = FaultServer::start(script).await.unwrap();
        let gong = gong(&server.base_url());
        read(&gong).await.unwrap();
        read(&gong).await.unwrap();
        assert_eq!((server.connections(), server.request_count()), (2, 2), "{how:?}");
        assert!(server.events_of(0).contains(&EventKind::Reused), "{how:?}");
    }

    let script = Script::always(Reply::status(202).then_end_on_reuse(How::Close));
    let server = FaultServer::start(script).await.unwrap();
    let userpilot =
        revops_userpilot::Client::builder().api_token(SECRET).base_url(server.base_url()).build().unwrap();
    let event = || TrackEvent::builder().user_id("u1").event_name("opened");
    userpilot.track_event().body(event()).send().await.unwrap();
    let error = userpilot.track_event().body(event()).send().await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Transport, Delivery::MaybeProcessed, 1, true));
    assert_eq!((server.connections(), server.request_count()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn row_05_a_reset_before_the_answer_is_met_with_another_read() {
    for act in [Act::reset_before_answer(), Act::close_before_answer(), Act::reset_after_head()] {
        let script = Script::new().on_request(act).on_request(Reply::json(200, PAGE));
        let server = FaultServer::start(script).await.unwrap();
        read(&gong(&server.base_url())).await.unwrap();
        assert_eq!((server.connections(), server.request_count()), (2, 2));
    }
    let server = FaultServer::start(Script::always(Act::reset_before_answer())).await.unwrap();
    let error = read(&gong(&server.base_url())).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Transport, Delivery::MaybeProcessed, 4, true));
    assert_eq!(server.request_count(), 4);
}

#[tokio::test(start_paused = true)]
async fn row_06_a_reset_before_the_answer_leaves_a_write_unknown_unless_it_has_a_key() {
    let server = FaultServer::start(Script::always(Act::reset_before_answer())).await.unwrap();
    let error = write(&server.base_url()).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Transport, Delivery::MaybeProcessed, 1, true));
    assert!(error.to_string().contains("may have been applied"), "{error}");
    assert_eq!(server.request_count(), 1);

    // One that has to be looked up first is not repeated either.
    let scim = serde_json::json!({
        "schemas": [], "userName": "jane", "name": { "givenName": "J", "familyName": "D" }, "emails": []
    });
    let scim: revops_gainsight::user_management::types::ScimUserInput = serde_json::from_value(scim).unwrap();
    let users =
        revops_gainsight::user_management::Client::builder().api_key(SECRET).base_url(server.base_url());
    let error = users.build().unwrap().scim_create_user().body(scim).send().await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Transport, Delivery::MaybeProcessed, 1, true));
    assert_eq!(server.request_count(), 2);

    let script = Script::new()
        .on_request(Act::reset_before_answer())
        .on_request(Reply::json(200, r#"{"message":"Contact added to queue"}"#));
    server.play(script);
    upsert(&server.base_url()).await.unwrap();
    assert_eq!(server.request_count(), 4);
    let requests = server.requests();
    assert_eq!(requests[2].body, requests[3].body);
}

#[tokio::test(start_paused = true)]
async fn row_07_an_answer_cut_short_is_read_again_from_its_beginning() {
    for how in [How::Reset, How::Close] {
        let script = Script::new()
            .on_request(Reply::json(200, PAGE).cut_body(20, how))
            .on_request(Reply::json(200, PAGE));
        let server = FaultServer::start(script).await.unwrap();
        let page = read(&gong(&server.base_url())).await.unwrap();
        assert_eq!(page.request_id.as_deref(), Some("r1"));
        assert_eq!((server.connections(), server.request_count()), (2, 2));
    }
    let server =
        FaultServer::start(Script::always(Reply::json(202, "{}").cut_body(1, How::Reset))).await.unwrap();
    let error = write(&server.base_url()).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Incomplete, Delivery::MaybeProcessed, 1, true));
    assert_eq!(server.request_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn row_07_a_stream_cut_short_hands_over_what_came_and_then_the_error() {
    let script =
        Script::always(Reply::json(200, PAGE).paced(10, Duration::from_secs(1)).cut_body(20, How::Close));
    let server = FaultServer::start(script).await.unwrap();
    let gong = gong(&server.base_url());
    let operation = revops_gong::API.operations.iter().find(|it| it.id == "listUsers").unwrap();
    let request = gong.connection().http().get(format!("{}/users?cursor={QUERY}", server.base_url()));
    let streamed = revops_runtime::call_stream(gong.connection(), operation, request).await.unwrap();
    let mut pieces = streamed.into_inner().into_inner();
    let mut text = Vec::new();
    let error = loop {
        match pieces.next().await.unwrap() {
            Ok(piece) => text.extend_from_slice(&piece),
            Err(error) => break error,
        }
    };
    assert_eq!(text, &PAGE.as_bytes()[..20]);
    assert_eq!(facts(cause(&error).unwrap()), (Kind::Incomplete, Delivery::MaybeProcessed, 0, true));
    assert!(!format!("{error} {error:?}").contains(QUERY));
    assert_eq!(server.request_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn row_08_a_proxy_that_refuses_is_not_asked_again() {
    let page = Reply::html(407, "Proxy");
    for refusal in [Reply::status(407), page.clone(), Reply::html(403, "Blocked")] {
        let proxy = FaultServer::start(Script::always(refusal.then_close())).await.unwrap();
        let through =
            |connection: ConnectionBuilder| connection.proxy(reqwest::Proxy::all(proxy.base_url()).unwrap());
        let error = read(&gong_with("https://127.0.0.1:9", through)).await.unwrap_err();
        assert_eq!(facts(&error), (Kind::Proxy, Delivery::NotSent, 1, false), "{error:?}");
        let requests = proxy.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].method, "CONNECT");
        assert_eq!(requests[0].header("authorization"), None);
    }

    // Without TLS it answers in the vendor's place.
    let proxy = FaultServer::start(Script::always(page)).await.unwrap();
    let through =
        |connection: ConnectionBuilder| connection.proxy(reqwest::Proxy::all(proxy.base_url()).unwrap());
    let error = read(&gong_with("http://127.0.0.1:9", through)).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Proxy, Delivery::NotSent, 1, false), "{error}");
    assert_eq!(proxy.request_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn row_08_a_proxy_that_is_not_there_is_tried_again_like_any_host() {
    let port = RefusingPort::bind().unwrap();
    let through =
        |connection: ConnectionBuilder| connection.proxy(reqwest::Proxy::all(port.base_url()).unwrap());
    let error = read(&gong_with("https://127.0.0.1:9", through)).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Connect, Delivery::NotSent, 4, true), "{error}");
}

fn http2(base_url: &str) -> revops_gong::Client {
    gong_with(base_url, |connection| {
        connection.http_client(reqwest::Client::builder().http2_prior_knowledge())
    })
}

#[tokio::test(start_paused = true)]
async fn row_09_what_http2_says_was_not_processed_is_sent_again() {
    for act in [Http2::Refuse, Http2::GoAway] {
        let script = Script::new()
            .on_connection(Opening::http2([Http2::Answer, act]))
            .on_every_connection(Opening::http2([]));
        let server = FaultServer::start(script).await.unwrap();
        let gong = http2(&server.base_url());
        read(&gong).await.unwrap();
        read(&gong).await.unwrap();
        assert_eq!(server.request_count(), 3, "{act:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_09_a_write_that_is_refused_for_ever_is_known_not_to_be_applied() {
    let script = Script::new().on_every_connection(Opening::http2([Http2::Refuse; 64]));
    let server = FaultServer::start(script).await.unwrap();
    let userpilot = revops_userpilot::Client::builder()
        .api_token(SECRET)
        .base_url(server.base_url())
        .connection(|it| it.http_client(reqwest::Client::builder().http2_prior_knowledge()))
        .build()
        .unwrap();
    let event = TrackEvent::builder().user_id("u1").event_name("opened");
    let error = userpilot.track_event().body(event).send().await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Transport, Delivery::NotSent, 4, true));
}

#[tokio::test(start_paused = true)]
async fn row_10_a_connection_that_died_without_a_word_is_not_used_again() {
    // HTTP/2 shares one connection: the second attempt must not wait on the dead one.
    let script =
        Script::new().on_connection(Opening::silent()).on_every_connection(Opening::http2([Http2::Answer]));
    let server = FaultServer::start(script).await.unwrap();
    read(&http2(&server.base_url())).await.unwrap();
    assert_eq!((server.connections(), server.request_count()), (2, 1));

    // In HTTP/1 a request that is given up takes its connection with it.
    let script = Script::new().on_request(Act::hang()).on_request(Reply::json(200, PAGE));
    let server = FaultServer::start(script).await.unwrap();
    read(&gong(&server.base_url())).await.unwrap();
    assert_eq!((server.connections(), server.request_count()), (2, 2));
    server
        .until(|events| events.iter().any(|it| it.kind == EventKind::PeerClosed && it.connection == 0))
        .await;
}
