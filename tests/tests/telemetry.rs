//! What an operator sees of a call, and what support is given of it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use revops_sandbox::fault::{Act, Reply, Script};
use revops_tests::faulted::{Clients, SECRET};
use revops_tests::recording::{Fields, Metrics, Recording, Spans};

fn fields<'a>(span: &'a Fields, names: &[&str]) -> Vec<Option<&'a str>> {
    names.iter().map(|name| span.get(*name).map(String::as_str)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_call_is_one_span_with_an_event_for_each_attempt_that_is_repeated() {
    let recording = Recording::default();
    tracing::subscriber::set_global_default(Spans(recording.clone())).unwrap();
    let metrics = Metrics(recording.clone());
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let script = Script::new()
        .on_request(Reply::status(503))
        .on_request(Act::reset_before_answer())
        .on_request(Reply::json(200, "{}"))
        .on_request(Reply::json(404, r#"{"requestId":"r-1"}"#))
        .on_request(Reply::json(200, r#"{"users":5}"#));
    let clients = Clients::play(script).await;
    clients.gong.list_users().cursor("q").send().await.unwrap();
    clients.gong.get_user().id("jane").send().await.unwrap_err();
    clients.gong.list_users().send().await.unwrap_err();

    let spans = recording.spans();
    let [first, second, third] = &spans[..] else { panic!("{spans:?}") };
    let names = [
        "otel.name",
        "otel.kind",
        "http.request.method",
        "url.template",
        "server.address",
        "http.response.status_code",
        "http.request.resend_count",
        "error.type",
        "request.id",
    ];
    let told =
        |texts: [&'static str; 9]| texts.map(|text| Some(text).filter(|text| !text.is_empty())).to_vec();
    assert_eq!(
        fields(first, &names),
        told(["GET /users", "client", "GET", "/users", "127.0.0.1", "200", "2", "", ""])
    );
    assert_eq!(
        fields(second, &names),
        told(["GET /users/{id}", "client", "GET", "/users/{id}", "127.0.0.1", "404", "", "not_found", "r-1"])
    );
    assert_eq!(
        fields(third, &names),
        told(["GET /users", "client", "GET", "/users", "127.0.0.1", "200", "", "decode", ""])
    );

    let events = recording.events();
    let [unavailable, broken] = &events[..] else { panic!("{events:?}") };
    let names = ["operation", "attempt", "error.type", "status"];
    assert_eq!(fields(unavailable, &names), [Some("listUsers"), Some("1"), Some("unavailable"), Some("503")]);
    assert_eq!(fields(broken, &names), [Some("listUsers"), Some("2"), Some("transport"), None]);

    let count = |part: &str| recording.metrics().iter().filter(|(name, _)| name.contains(part)).count();
    assert_eq!(count("revops_retries_total"), 2);
    for outcome in ["ok", "not_found", "decode"] {
        assert_eq!(count(&format!("outcome={outcome}}}")), 1, "{:?}", recording.metrics());
    }
    assert_eq!(count("revops_call_duration_seconds"), 3);
}

#[tokio::test]
async fn a_command_for_support_runs_as_printed() {
    let clients = Clients::always(Reply::json(200, "{}")).await;
    let url = clients.server.base_url();
    let basic = revops_gong::Client::builder().basic_auth(SECRET, SECRET).base_url(&url).build().unwrap();
    assert_eq!(
        basic.list_users().cursor("a b'c").to_curl().unwrap(),
        format!(
            "curl -X GET '{url}/users?cursor=a+b%27c' -u \"$GONG_ACCESS_KEY:$GONG_ACCESS_KEY_SECRET\" -H 'accept: application/json'"
        )
    );
    assert_eq!(
        clients.users.get_user().user_id("x/y").to_curl().unwrap(),
        format!(
            "curl -X GET '{url}/users/x%2Fy' -H \"accesskey: $GAINSIGHT_ACCESS_KEY\" -H 'accept: application/json'"
        )
    );
    assert_eq!(
        clients.gong.list_users_by_filter().body_map(|body| body.cursor("it's")).to_curl().unwrap_or_default(),
        format!(
            "curl -X POST '{url}/users/extensive' -H \"authorization: Bearer $GONG_ACCESS_TOKEN\" -H 'accept: application/json' -H 'content-type: application/json' --data-raw '{{\"cursor\":\"it'\\''s\"}}'"
        )
        .replace("/users/extensive", "/users/filter")
    );
    assert_eq!(
        clients.userpilot.list_jobs().to_curl().unwrap(),
        format!(
            "curl -X GET '{url}/v1/background_jobs' -H \"authorization: Token $USERPILOT_API_KEY\" -H 'accept: application/json'"
        )
    );
    let usergems = clients.usergems.delete_contact().email("jane@example.com").to_curl().unwrap();
    assert!(usergems.contains("-H \"x-api-key: $USERGEMS_API_KEY\""), "{usergems}");
    assert_eq!(clients.server.request_count(), 0, "nothing is sent");
}
