//! Waits, on paused time.

use std::time::Duration;

use revops_sandbox::fault::{Act, Opening, Reply, Script};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout};

use crate::client::{GET, start};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn waits_add_up_before_the_answer() {
    let reply = Reply::status(200).delay(Duration::from_secs(60));
    let script = Script::always(Act::from(reply).after(Duration::from_secs(600)))
        .on_every_connection(Opening::serve().after(Duration::from_secs(6000)));
    let (_server, mut raw) = start(script).await;
    let start = Instant::now();
    raw.send(GET).await;
    assert_eq!(raw.exactly(OK.len()).await, OK);
    assert_eq!(start.elapsed().as_secs(), 6660);
}

#[tokio::test(start_paused = true)]
async fn a_body_waits_behind_its_head() {
    let reply = Reply::json(200, "{}").delay_body(Duration::from_secs(9)).then_close();
    let (_server, mut raw) = start(Script::always(reply)).await;
    raw.send(GET).await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n";
    let start = Instant::now();
    assert_eq!(raw.exactly(head.len()).await, head);
    assert_eq!(start.elapsed().as_secs(), 0);
    assert_eq!(raw.text().await, "{}");
    assert_eq!(start.elapsed().as_secs(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_dripping_body_meets_the_timeout_of_its_reader() {
    let reply = Reply::status(200).body(vec![b'x'; 3600]).paced(1, Duration::from_secs(1));
    let (_server, mut raw) = start(Script::always(reply)).await;
    raw.send(GET).await;
    raw.exactly("HTTP/1.1 200 OK\r\ncontent-length: 3600\r\n\r\n".len()).await;
    let mut body = Vec::new();
    let read = timeout(Duration::from_millis(4500), raw.0.read_to_end(&mut body)).await;
    assert!(read.is_err());
    assert_eq!(body.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_long_and_healthy_body_takes_its_hour() {
    let reply = Reply::status(200).body(vec![b'x'; 3601]).paced(1, Duration::from_secs(1)).then_close();
    let (_server, mut raw) = start(Script::always(reply)).await;
    let start = Instant::now();
    assert!(raw.ask().await.ends_with(&"x".repeat(3601)));
    assert_eq!(start.elapsed().as_secs(), 3600);
}

#[tokio::test(start_paused = true)]
async fn a_chunked_body_comes_one_chunk_at_a_time() {
    let reply = Reply::status(200).body("abcde").chunked(100).paced(2, Duration::from_secs(1)).then_close();
    let (_server, mut raw) = start(Script::always(reply)).await;
    let start = Instant::now();
    assert!(raw.ask().await.ends_with("\r\n\r\n2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"));
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_when_its_time_is_over() {
    let (server, mut raw) =
        start(Script::always(Reply::status(200).then_close_idle(Duration::from_secs(60)))).await;
    raw.send(GET).await;
    raw.exactly(OK.len()).await;
    let start = Instant::now();
    assert_eq!(raw.text().await, "");
    assert_eq!(start.elapsed().as_secs(), 60);
    let events = server.events();
    assert_eq!((events[4].at - events[3].at).as_secs(), 60);
}

/// What paused time needs: nothing is on the way when it is moved on.
#[tokio::test(start_paused = true)]
async fn bytes_on_the_way_are_faster_than_the_shortest_timeout() {
    let (_server, mut raw) = start(Script::always(Reply::status(200))).await;
    for _ in 0..5000 {
        let exchange = async {
            raw.send(GET).await;
            raw.exactly(OK.len()).await
        };
        assert_eq!(timeout(Duration::from_millis(1), exchange).await.unwrap(), OK);
    }
}
