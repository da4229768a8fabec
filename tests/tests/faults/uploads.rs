//! Uploads: what can be sent again is, and who is slow is told from who is gone.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use revops_runtime::upload::Part;
use revops_runtime::{Delivery, Error, Kind, Options, Quota};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script};
use revops_userpilot::types::ImportDataForm;
use tokio::time::Instant;

const ROWS: &str = "user_id,plan\n1,pro\n";

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn job() -> Reply {
    Reply::json(200, r#"{"job_id":"j1","status":"queued"}"#)
}

async fn import(server: &FaultServer, part: Part, options: Options) -> Result<(), Error> {
    let client = revops_userpilot::Client::builder().api_token("key").base_url(server.base_url());
    let client = client.quota(Quota::unlimited()).options(options).build().unwrap();
    client.import_data().body(ImportDataForm::new(part.file_name("rows.csv"))).send().await.map(drop)
}

async fn busy_once() -> FaultServer {
    let busy = Reply::status(429).header("retry-after", "3");
    FaultServer::start(Script::new().on_request(busy).on_request(job())).await.unwrap()
}

/// Whether the body of each request is a whole form, whose boundary its `Content-Type` names.
fn are_whole(server: &FaultServer, rows: &[u8]) {
    for request in server.requests() {
        let boundary = request.header("content-type").unwrap().split("boundary=").nth(1).unwrap().to_owned();
        let body = &request.body;
        assert!(request.complete && body.starts_with(format!("--{boundary}\r\n").as_bytes()));
        assert!(body.ends_with(format!("\r\n--{boundary}--\r\n").as_bytes()));
        assert!(body.windows(rows.len()).any(|window| window == rows));
        assert_eq!(request.header("content-length").unwrap(), body.len().to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn a_form_in_memory_is_sent_again() {
    let server = busy_once().await;
    let began = Instant::now();
    import(&server, Part::bytes(ROWS), Options::default()).await.unwrap();
    assert!(began.elapsed() >= secs(3));
    assert_eq!(server.request_count(), 2);
    are_whole(&server, ROWS.as_bytes());
}

#[tokio::test]
async fn a_file_is_opened_again() {
    let busy = Reply::status(429).header("retry-after", "0");
    let server = FaultServer::start(Script::new().on_request(busy).on_request(job())).await.unwrap();
    let path = std::env::temp_dir().join(format!("revops-upload-{}.csv", std::process::id()));
    std::fs::write(&path, ROWS.repeat(5000)).unwrap();
    let outcome = import(&server, Part::file(&path).await.unwrap(), Options::default()).await;
    std::fs::remove_file(&path).unwrap();
    outcome.unwrap();
    assert_eq!(server.request_count(), 2);
    are_whole(&server, ROWS.repeat(5000).as_bytes());
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_not_sent_again_and_the_error_says_so() {
    let server = busy_once().await;
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>(ROWS)]);
    let error = import(&server, Part::stream(pieces), Options::default()).await.unwrap_err();
    assert_eq!((error.attempts(), server.request_count()), (1, 1));
    assert!(error.to_string().contains("its body is a stream that has been read"), "{error}");
}

/// Pieces with these pauses before them.
fn pausing(pauses: impl IntoIterator<Item = u64>) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let pauses: Vec<u64> = pauses.into_iter().collect();
    futures::stream::iter(pauses).then(|pause| async move {
        tokio::time::sleep(secs(pause)).await;
        Ok(Bytes::from_static(b"1,pro\n"))
    })
}

#[tokio::test(start_paused = true)]
async fn a_producer_may_pause_for_as_long_as_it_likes() {
    let server = FaultServer::start(Script::always(job())).await.unwrap();
    let began = Instant::now();
    import(&server, Part::stream(pausing([45, 45, 0, 600])), Options::default()).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 690);
    assert_eq!(server.request_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_pauses_of_a_producer_but_no_transfer_that_goes_on() {
    let server = FaultServer::start(Script::always(job())).await.unwrap();
    let options = Options::default().with_deadline(secs(60));
    import(&server, Part::stream(pausing([10; 12])), options.clone()).await.unwrap();
    let began = Instant::now();
    let error = import(&server, Part::stream(pausing([10, 1000])), options).await.unwrap_err();
    assert_eq!(began.elapsed().as_secs(), 60);
    assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::MaybeProcessed));
    assert!(error.to_string().contains("the deadline has passed, and nothing came"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_an_answer_begins_when_everything_was_handed_over() {
    for sized in [false, true] {
        let server = FaultServer::start(Script::always(Act::hang())).await.unwrap();
        let pieces = pausing([20, 20, 5]);
        let part = if sized { Part::stream_with_length(pieces, 18) } else { Part::stream(pieces) };
        let began = Instant::now();
        let error = import(&server, part, Options::default()).await.unwrap_err();
        assert_eq!(began.elapsed().as_secs(), 45 + 30);
        assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::MaybeProcessed));
        assert!(error.to_string().contains("no answer began within 30 s"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_takes_no_more_is_given_up_with_words_of_its_own() {
    let large = Bytes::from(vec![b'x'; 32 << 20]);
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>(large.clone())]);
    for part in [Part::stream(pieces), Part::bytes(large)] {
        let server = FaultServer::start(Script::always(Act::stall_upload())).await.unwrap();
        let began = Instant::now();
        let error = import(&server, part, revops_tests::once()).await.unwrap_err();
        assert_eq!(began.elapsed().as_secs(), 20);
        assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::MaybeProcessed));
        let line = error.to_string();
        assert!(line.contains("the upload stalled: the vendor took nothing of its body for 20 s"), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_total_timeout_of_the_callers_http_client_ends_no_healthy_transfer() {
    let slow = Reply::json(200, format!("{}{{}}", " ".repeat(3000))).paced(100, secs(1));
    let server = FaultServer::start(Script::always(slow)).await.unwrap();
    let gong = revops_gong::Client::builder().bearer_auth("key").base_url(server.base_url());
    let own = reqwest::Client::builder().timeout(secs(1));
    let gong = gong.connection(|it| it.http_client(own)).build().unwrap();
    let began = Instant::now();
    gong.get_user().id("1").send().await.unwrap();
    assert!(began.elapsed() >= secs(25));
}

#[tokio::test]
async fn a_file_name_that_could_break_the_form_is_refused_before_anything_is_sent() {
    let server = FaultServer::start(Script::new().on_request(job())).await.unwrap();
    let client =
        revops_userpilot::Client::builder().api_token("key").base_url(server.base_url()).build().unwrap();
    let part = Part::bytes(ROWS).file_name("pe\"o\r\nple.csv");
    let error = client.import_data().body(ImportDataForm::new(part)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Invalid, 0));
    assert!(error.to_string().contains("file name of the part `file`"), "{error}");
    assert!(!error.to_string().contains("ple.csv"), "{error}");
    assert!(server.requests().is_empty());
}

/// A form whose part is longer than its length would end in the middle of a row.
#[tokio::test]
async fn content_of_another_length_than_was_said_breaks_off() {
    let pieces = || futures::stream::iter([Ok(Bytes::from("user_id\n")), Ok(Bytes::from("u1\n"))]);
    for length in [10, 12] {
        for part in [Part::repeatable(length, pieces), Part::stream_with_length(pieces(), length)] {
            let server = FaultServer::start(Script::new().on_request(job())).await.unwrap();
            import(&server, part, Options::default()).await.unwrap_err();
            assert!(server.requests().iter().all(|request| !request.complete), "{length}");
        }
    }
    let server = FaultServer::start(Script::new().on_request(job())).await.unwrap();
    import(&server, Part::repeatable(11, pieces), Options::default()).await.unwrap();
    are_whole(&server, b"user_id\nu1\n");
}
