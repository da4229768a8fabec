//! Faults of time, by their rows: silence, drips, deadlines, clocks that are wrong.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use revops_gong::types::UsersResponse;
use revops_runtime::upload::Part;
use revops_runtime::{Delivery, Error, Kind, Options, Response};
use revops_sandbox::fault::{Act, EventKind, FaultServer, Reply, Script};
use revops_tests::faults::{QUERY, SECRET, cause, facts};
use revops_userpilot::types::{IdentifyUser, ImportDataForm, TrackEvent};
use tokio::time::Instant;

const PAGE: &str = r#"{"requestId":"r1","records":{"totalRecords":0},"users":[]}"#;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn read(server: &FaultServer, options: Options) -> Result<Response<UsersResponse>, Error> {
    let gong = revops_gong::Client::builder().bearer_auth(SECRET).base_url(server.base_url());
    gong.options(options).build().unwrap().list_users().cursor(QUERY).send().await
}

fn userpilot(server: &FaultServer) -> revops_userpilot::Client {
    revops_userpilot::Client::builder().api_token(SECRET).base_url(server.base_url()).build().unwrap()
}

async fn write(server: &FaultServer) -> Result<(), Error> {
    let event = TrackEvent::builder().user_id("u1").event_name("opened");
    userpilot(server).track_event().body(event).send().await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn row_10_the_deadline_is_kept_by_the_monotonic_clock() {
    let server = FaultServer::start(Script::always(Act::hang())).await.unwrap();
    let began = Instant::now();
    let error = read(&server, Options::default().with_deadline(secs(45))).await.unwrap_err();
    // 30 s for the first attempt and the rest for the second, on tokio's clock, which the system's never moves.
    assert_eq!(began.elapsed().as_secs(), 45);
    assert_eq!(error.elapsed().as_secs(), 45);
    assert_eq!(facts(&error), (Kind::Timeout, Delivery::MaybeProcessed, 2, true));
    assert!(error.to_string().contains("deadline"), "{error}");
    assert_eq!(server.request_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn row_11_headers_that_never_come_are_waited_for_30_seconds() {
    let server = FaultServer::start(Script::new().on_request(Act::hang()).on_request(Reply::json(200, PAGE)));
    let server = server.await.unwrap();
    let began = Instant::now();
    read(&server, Options::default()).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 30);
    assert_eq!((server.connections(), server.request_count()), (2, 2));

    server.play(Script::always(Act::hang()));
    let error = read(&server, Options::default()).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Timeout, Delivery::MaybeProcessed, 4, true));
    assert_eq!(server.request_count(), 6);

    let error = write(&server).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Timeout, Delivery::MaybeProcessed, 1, true));
    assert_eq!(server.request_count(), 7);

    server.play(Script::new().on_request(Act::hang()).on_request(Reply::status(202)));
    let user = IdentifyUser::builder().user_id("u1");
    userpilot(&server).identify_user().body(user).send().await.unwrap();
    assert_eq!(server.request_count(), 9);
}

#[tokio::test(start_paused = true)]
async fn row_12_a_body_that_drips_is_given_up_for_its_rate() {
    let drip = Reply::json(200, " ".repeat(1000)).paced(1, secs(1));
    let server = FaultServer::start(Script::always(drip)).await.unwrap();
    let began = Instant::now();
    let error = read(&server, revops_tests::once()).await.unwrap_err();
    assert_eq!(facts(&error), (Kind::Timeout, Delivery::MaybeProcessed, 1, true));
    assert_eq!(began.elapsed().as_secs(), 20);
    assert!(error.to_string().contains("stalled"), "{error}");
    let error = read(&server, Options::default()).await.unwrap_err();
    assert_eq!(error.attempts(), 4);
    server.until(|events| events.iter().filter(|it| it.kind == EventKind::PeerClosed).count() == 5).await;
}

#[tokio::test(start_paused = true)]
async fn row_12_a_stream_that_drips_is_given_up_but_its_reader_may_be_slow() {
    let open = async |reply: Reply| {
        let server = FaultServer::start(Script::always(reply)).await.unwrap();
        let gong =
            revops_gong::Client::builder().bearer_auth(SECRET).base_url(server.base_url()).build().unwrap();
        let operation = revops_gong::API.operations.iter().find(|it| it.id == "listUsers").unwrap();
        let request = gong.connection().http().get(format!("{}/users?cursor={QUERY}", server.base_url()));
        let answer = revops_runtime::call_stream(gong.connection(), operation, request).await.unwrap();
        (server, answer.into_inner().into_inner())
    };
    let (_server, pieces) = open(Reply::json(200, " ".repeat(1000)).paced(1, secs(1))).await;
    let began = Instant::now();
    let pieces: Vec<_> = pieces.collect().await;
    assert_eq!(began.elapsed().as_secs(), 20);
    let error = pieces.into_iter().find_map(Result::err).unwrap();
    assert_eq!(facts(cause(&error).unwrap()), (Kind::Timeout, Delivery::MaybeProcessed, 0, true));

    let (_server, mut pieces) = open(Reply::json(200, " ".repeat(1000)).paced(100, secs(1))).await;
    let mut length = 0;
    while let Some(piece) = pieces.next().await {
        length += piece.unwrap().len();
        tokio::time::sleep(secs(60)).await;
    }
    assert_eq!(length, 1000);
}

#[tokio::test(start_paused = true)]
async fn row_13_a_long_and_healthy_answer_is_read_to_its_end() {
    let long = format!("{}{PAGE}", " ".repeat(300_000));
    let server =
        FaultServer::start(Script::always(Reply::json(200, long).paced(1000, secs(2)))).await.unwrap();
    let began = Instant::now();
    // Ten minutes, long after the deadline, which is for waiting.
    read(&server, Options::default().with_deadline(secs(60))).await.unwrap();
    assert!(began.elapsed() >= secs(600));
    assert_eq!((server.connections(), server.request_count()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn row_13_a_long_and_healthy_upload_is_sent_to_its_end() {
    let job = Reply::json(200, r#"{"job_id":"j1","status":"queued"}"#);
    let server = FaultServer::start(Script::always(job)).await.unwrap();
    let pieces = futures::stream::iter(0..40).then(|_| async {
        tokio::time::sleep(secs(20)).await;
        Ok::<_, std::io::Error>(Bytes::from_static(b"row\n"))
    });
    let form = ImportDataForm::new(Part::stream_with_length(pieces, 160).file_name("users.csv"));
    let began = Instant::now();
    userpilot(&server).import_data().body(form).send().await.unwrap();
    assert!(began.elapsed() >= secs(800));
    assert_eq!(server.request_count(), 1);
    assert!(server.requests()[0].complete);
}

#[tokio::test(start_paused = true)]
async fn row_14_a_deadline_nearer_than_the_next_attempt_ends_the_call_at_once() {
    let busy = Reply::status(503).header("retry-after", "60");
    let server = FaultServer::start(Script::always(busy)).await.unwrap();
    let began = Instant::now();
    let error = read(&server, Options::default().with_deadline(secs(30))).await.unwrap_err();
    assert_eq!(began.elapsed().as_secs(), 0);
    assert_eq!(facts(&error), (Kind::Unavailable, Delivery::NotSent, 1, true));
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(error.retry_after(), Some(secs(60)));
    assert!(error.to_string().contains("the deadline is nearer than the next attempt"), "{error}");
    assert_eq!(server.request_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn row_15_a_date_to_wait_for_is_taken_by_the_servers_own_clock() {
    for hours in [-5, 0, 3, 24 * 400] {
        let busy = Reply::status(429).clock_skew(hours * 3600).retry_after_date(7);
        let script = Script::new().on_request(busy).on_request(Reply::json(200, PAGE));
        let server = FaultServer::start(script).await.unwrap();
        let began = Instant::now();
        read(&server, Options::default()).await.unwrap();
        let waited = began.elapsed();
        assert!(waited >= secs(7) && waited < secs(8), "{hours} h: {waited:?}");
        assert_eq!(server.request_count(), 2);
    }
}
