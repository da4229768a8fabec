//! Row 64: no text we produce holds a secret, a person, a body or a query value.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use proptest::prelude::*;
use revops_gainsight::user_management::types::ScimUserInput;
use revops_runtime::{Error, Options, Response};
use revops_sandbox::fault::{Act, Content, FaultServer, How, Opening, RefusingPort, Reply, Script};
use revops_tests::faulted::{Clients, SECRET};
use revops_tests::recording::{Metrics, Recording, Spans};
use serde_json::json;

const EMAIL: &str = "canary.jane@quokka.example";
const NAME: &str = "Canaryjane Quokkasson";
const PHONE: &str = "+1 555 canary 0100";

fn assert_clean(text: &str) {
    let lower = text.to_lowercase();
    assert!(!lower.contains("canary") && !lower.contains("quokka"), "a canary sings: {text}");
}

/// Keeps the panics that are provoked here out of the log.
fn quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let text = panic.payload().downcast_ref::<String>().map(String::as_str).unwrap_or_default();
            if !text.starts_with("called `Result::unwrap()` on an `Err` value: Error {") {
                usual(panic);
            }
        }));
    });
}

/// All an error says by itself, and the panic of whoever unwraps it.
fn told(error: &Error) -> String {
    quiet();
    let mut told = format!("{error} {error:#} {error:?} {error:#?} {:?}", error.excerpt());
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(told, " {cause} {cause:?}");
        source = cause.source();
    }
    // As a caller's `unwrap` would print it.
    let panic = catch_unwind(AssertUnwindSafe(|| panic!("{error:?}"))).unwrap_err();
    told + panic.downcast_ref::<String>().unwrap()
}

fn outcome<'a, T: 'a>(
    call: impl Future<Output = Result<Response<T>, Error>> + Send + 'a,
) -> BoxFuture<'a, Result<String, Error>> {
    call.map(|done| done.map(|page| format!("{page:?} {page:#?} {:?}", page.rejected()))).boxed()
}

/// Calls with people in paths, queries and bodies.
fn calls(clients: &Clients) -> Vec<BoxFuture<'_, Result<String, Error>>> {
    let user: ScimUserInput = serde_json::from_value(json!({
        "schemas": [], "userName": NAME, "name": { "givenName": NAME, "familyName": NAME },
        "emails": [{ "value": EMAIL, "phone": PHONE }]
    }))
    .unwrap();
    vec![
        outcome(clients.gong.list_users().cursor(NAME).send()),
        outcome(clients.gong.get_user().id(PHONE).send()),
        outcome(clients.gong.list_users_by_filter().body_map(|body| body).send()),
        outcome(clients.users.list_users().send()),
        outcome(clients.users.scim_create_user().body(user).send()),
        outcome(clients.users.scim_list_users().filter(EMAIL).send()),
        outcome(clients.person.search_people().body_map(|body| body).send()),
        outcome(clients.person.delete_person().record_id(EMAIL).send()),
        outcome(clients.usergems.delete_contact().email(EMAIL).send()),
        outcome(clients.userpilot.list_jobs().send()),
    ]
}

fn person() -> serde_json::Value {
    json!({ "id": EMAIL, "emailAddress": EMAIL, "Email": EMAIL, "Name": NAME, "phoneNumber": PHONE, "job_id": NAME })
}

/// A vendor that repeats everything, the key included.
fn echo(status: u16) -> Reply {
    let body = json!({
        "result": false, "errorCode": NAME, "errorDesc": NAME, "message": format!("{SECRET} {EMAIL}"), EMAIL: NAME,
        "errors": [format!("{NAME} {PHONE}"), SECRET], "requestId": format!("{NAME} {SECRET}"), "detail": SECRET
    });
    Reply::json(status, body.to_string())
        .header("x-request-id", EMAIL)
        .header("set-cookie", SECRET)
        .header("location", format!("https://quokka.example/{EMAIL}"))
        .header("retry-after", NAME)
        .header("content-language", PHONE)
}

fn faults() -> Vec<Act> {
    let statuses = [200, 302, 304, 400, 401, 403, 404, 407, 408, 409, 410, 418, 422, 425, 429, 500, 503];
    let mut acts: Vec<Act> = statuses.map(|status| echo(status).into()).to_vec();
    let one = person();
    acts.extend([
        Act::reset_before_answer(),
        Act::hang(),
        Reply::json(200, "").into(),
        Reply::html(200, NAME).into(),
        Reply::json(200, format!("{EMAIL} {NAME}")).into(),
        Reply::json(200, format!("[{one},\"{NAME}\"")).into(),
        Reply::json(200, format!("\"x, expected {NAME}\"")).into(),
        Reply::json(
            200,
            json!({ "requestId": 5, "data": NAME, "users": NAME, "id": 7, "Resources": NAME }).to_string(),
        )
        .into(),
        Reply::json(200, one.to_string()).claim_length(5000).into(),
        Reply::json(200, one.to_string()).header("content-encoding", "gzip").into(),
        Reply::json(200, Content::new(one.to_string()).and_forever(NAME)).into(),
        Reply::json(200, one.to_string()).cut_body(3, How::Hang).into(),
        Reply::raw(format!("HTTP/1.1 {NAME}\r\n{EMAIL}\r\n\r\n")).then_close().into(),
    ]);
    acts
}

#[tokio::test(start_paused = true)]
async fn row_64_no_error_and_no_success_tells_a_secret_or_a_person() {
    let recording = Recording::default();
    tracing::subscriber::set_global_default(Spans(recording.clone())).unwrap();
    let metrics = Metrics(recording.clone());
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let options = Options::default().with_max_response(1 << 16);
    let mut kinds = BTreeSet::new();
    let mut outcomes = Vec::new();

    for act in faults() {
        let clients = Clients::with(Script::always(act), options.clone()).await;
        for call in calls(&clients) {
            outcomes.push(call.await);
        }
        let again = json!([person(), NAME]);
        let page = json!({ "users": again, "Resources": again, "data": { "records": again } });
        for body in [page, again] {
            clients
                .server
                .play(Script::always(Reply::json(200, body.to_string()).header("set-cookie", SECRET)));
            for call in calls(&clients) {
                outcomes.push(call.await);
            }
        }
    }
    let nobody = RefusingPort::bind().unwrap();
    let idle = FaultServer::start(Script::new()).await.unwrap();
    let refused = Clients::at(idle, &nobody.base_url(), &options);
    let plain =
        FaultServer::start(Script::new().on_every_connection(Opening::send(format!("{NAME} {SECRET}\r\n"))))
            .await
            .unwrap();
    let url = plain.base_url().replace("http://", "https://");
    let untrusted = Clients::at(plain, &url, &options);
    for clients in [&refused, &untrusted] {
        for call in calls(clients) {
            outcomes.push(call.await);
        }
    }
    let good = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    for outcome in outcomes {
        match outcome {
            Ok(text) => assert_clean(&text),
            Err(error) => {
                kinds.insert(error.kind().name());
                assert_clean(&told(&error));
            }
        }
    }
    assert_clean(&recording.text());
    assert!(good > 100, "{good}");
    assert!(recording.spans().len() > 500 && recording.metrics().len() > 500);
    for kind in [
        "invalid",
        "credential",
        "permission",
        "not_found",
        "conflict",
        "quota",
        "unavailable",
        "timeout",
        "connect",
        "proxy",
        "transport",
        "incomplete",
        "too_large",
        "empty",
        "unexpected_content",
        "decode",
        "redirect",
        "unexpected_status",
    ] {
        assert!(kinds.contains(kind), "no path to {kind}: {kinds:?}");
    }
}

#[tokio::test]
async fn a_command_for_support_has_no_secret() {
    let clients = Clients::always(Reply::json(200, "{}")).await;
    let basic = revops_gong::Client::builder().basic_auth(SECRET, SECRET).base_url(clients.server.base_url());
    for command in [
        clients.gong.list_users().cursor("next").to_curl(),
        basic.build().unwrap().list_users().to_curl(),
        clients.users.list_users().to_curl(),
        clients.person.search_people().body_map(|body| body).to_curl(),
        clients.usergems.delete_contact().email("jane@example.com").to_curl(),
        clients.userpilot.list_jobs().to_curl(),
    ] {
        assert_clean(&command.unwrap());
    }
    for clients in [format!("{:?}", clients.gong), format!("{:?}", clients.users.connection())] {
        assert_clean(&clients);
    }
    let bad = format!("{SECRET}\nä");
    assert_clean(&told(&revops_gong::Client::builder().bearer_auth(bad.as_str()).build().unwrap_err()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a vendor sends around a canary, in bodies and headers.
    #[test]
    fn random_bodies_and_headers_neither_panic_nor_leak(
        before in proptest::collection::vec(any::<u8>(), 0..40),
        after in proptest::collection::vec(any::<u8>(), 0..40),
        header in proptest::collection::vec(any::<u8>().prop_filter("no line end", |b| *b != b'\r' && *b != b'\n'), 0..20),
        status in prop_oneof![Just(200_u16), Just(400), Just(429), Just(503), 200_u16..600],
        quoted in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let canary = if quoted { format!("\"{SECRET} {EMAIL}\"") } else { SECRET.to_owned() };
            let body = [&before[..], canary.as_bytes(), &after[..]].concat();
            let header = [&header[..], b" ", SECRET.as_bytes()].concat();
            let reply = Reply::json(status, body).header("retry-after", header.clone()).header("x-traceid", header);
            let options = Options::default().with_deadline(Duration::from_secs(60));
            let clients = Clients::with(Script::always(reply), options).await;
            for outcome in [
                outcome(clients.userpilot.list_jobs().send()).await,
                outcome(clients.users.list_users().send()).await,
            ] {
                match outcome {
                    Ok(text) => assert_clean(&text),
                    Err(error) => assert_clean(&told(&error)),
                }
            }
        });
    }
}
