//! What an operator sees of a call that was given up. Alone in its binary, as it listens to all of it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper fails its test by panicking")]

use std::time::Duration;

use revops_runtime::upload::Part;
use revops_runtime::{Options, Quota};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script};
use revops_tests::recording::{Fields, Metrics, Recording, Spans};
use revops_userpilot::types::{ImportDataForm, TrackEvent};

fn gong(server: &FaultServer, options: &Options) -> revops_gong::Client {
    let builder = revops_gong::Client::builder().bearer_auth("key").base_url(server.base_url());
    builder.quota(Quota::unlimited()).options(options.clone()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_span_tells_why_nothing_more_was_tried_and_that_a_call_was_dropped() {
    let recording = Recording::default();
    tracing::subscriber::set_global_default(Spans(recording.clone())).unwrap();
    let metrics = Metrics(recording.clone());
    let _metrics = metrics::set_default_local_recorder(&metrics);
    let why = || recording.spans().last().and_then(|span: &Fields| span.get("revops.not_repeated").cloned());
    let after = |reply: Reply| FaultServer::start(Script::always(reply));

    let server = after(Reply::status(500)).await.unwrap();
    let client = gong(&server, &Options::default());
    client.get_user().id("1").send().await.unwrap_err();
    assert_eq!(why().as_deref(), Some("attempts"));
    for _ in 0..20 {
        client.get_user().id("1").send().await.unwrap_err();
    }
    assert_eq!(why().as_deref(), Some("budget"));

    let userpilot = revops_userpilot::Client::builder().api_token("key").base_url(server.base_url());
    let userpilot = userpilot.quota(Quota::unlimited()).build().unwrap();
    let event = TrackEvent::builder().user_id("u").event_name("e");
    userpilot.track_event().body(event).send().await.unwrap_err();
    assert_eq!(why().as_deref(), Some("class"));

    server.play(Script::always(Reply::status(429).header("retry-after", "60")));
    let part = Part::stream(futures::stream::iter([Ok::<_, std::io::Error>("1\n")]));
    userpilot.import_data().body(ImportDataForm::new(part)).send().await.unwrap_err();
    assert_eq!(why().as_deref(), Some("body"));
    let hasty = gong(&server, &Options::default().with_deadline(Duration::from_secs(30)));
    hasty.get_user().id("1").send().await.unwrap_err();
    assert_eq!(why().as_deref(), Some("deadline"));
    server.play(Script::always(Reply::status(429).header("retry-after", "600")));
    client.get_user().id("1").send().await.unwrap_err();
    assert_eq!(why().as_deref(), Some("retry_after"));
    // That answer pauses whoever shares the client's quota for ten minutes.
    let client = gong(&server, &Options::default());
    server.play(Script::always(Reply::status(404)));
    client.get_user().id("1").send().await.unwrap_err();
    assert_eq!(why(), None);

    server.play(Script::always(Act::hang()));
    let counted = recording.metrics().len();
    let call = client.get_user().id("1").send();
    tokio::time::timeout(Duration::from_secs(5), call).await.unwrap_err();
    let span = recording.spans().pop().unwrap();
    assert_eq!(span["otel.name"], "GET /users/{id}");
    assert_eq!(span["error.type"], "cancelled");
    let told: Vec<String> = recording.metrics()[counted..].iter().map(|(name, _)| name.clone()).collect();
    assert!(told[0].contains("revops_calls_total") && told[0].contains("outcome=cancelled"), "{told:?}");
    assert_eq!(told.len(), 2, "{told:?}");
}
