//! Where and how connections end.

use std::time::Duration;

use revops_sandbox::fault::{Act, EventKind, How, Reply, Script};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::client::{GET, Raw, start};

const POST: &[u8] = b"POST /people HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello";
/// Long enough to be sure that nothing comes.
const NOTHING: Duration = Duration::from_millis(50);

async fn hangs(raw: &mut Raw) -> bool {
    timeout(NOTHING, raw.0.read(&mut [0])).await.is_err()
}

#[tokio::test]
async fn a_request_is_read_and_then_reset() {
    let (server, mut raw) = start(Script::always(Act::reset_before_answer())).await;
    raw.send(POST).await;
    raw.reset_after("").await;
    assert_eq!(&server.requests()[0].body[..], b"hello");
    assert_eq!(
        server.events_of(0),
        [EventKind::Accepted, EventKind::Head(0), EventKind::Body(0), EventKind::Reset]
    );
}

#[tokio::test]
async fn a_request_is_read_and_then_closed() {
    let (server, mut raw) = start(Script::always(Act::close_before_answer())).await;
    raw.send(POST).await;
    assert_eq!(raw.text().await, "");
    assert!(server.requests()[0].complete);
}

#[tokio::test]
async fn the_end_can_come_after_the_head() {
    let script = Script::new().on_request(Act::reset_after_head()).on_request(Act::close_after_head());
    let (server, mut raw) = start(script).await;
    raw.send(b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\n").await;
    raw.reset_after("").await;
    let mut raw = Raw::connect(&server).await;
    raw.send(POST).await;
    assert_eq!(raw.text().await, "");
    let requests = server.requests();
    assert!(requests.iter().all(|received| !received.complete && received.body.is_empty()));
}

#[tokio::test]
async fn an_answer_can_come_before_the_body_was_read() {
    let (_server, mut raw) = start(Script::always(Act::before_body(Reply::status(413)))).await;
    raw.send(b"POST / HTTP/1.1\r\ncontent-length: 1000000\r\n\r\n").await;
    assert_eq!(raw.text().await, "HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\n\r\n");
}

#[tokio::test]
async fn an_upload_can_be_left_to_stall() {
    let (_server, mut raw) = start(Script::always(Act::stall_upload())).await;
    raw.send(b"POST / HTTP/1.1\r\ncontent-length: 1000000000\r\n\r\n").await;
    let block = vec![0; 1 << 20];
    let upload = async {
        for _ in 0..100 {
            raw.send(&block).await;
        }
    };
    timeout(Duration::from_secs(1), upload).await.unwrap_err();
}

#[tokio::test]
async fn no_answer_comes_and_the_peer_gives_up() {
    let (server, mut raw) = start(Script::always(Act::hang())).await;
    raw.send(POST).await;
    assert!(hangs(&mut raw).await);
    drop(raw);
    server.until(|events| events.iter().any(|event| event.kind == EventKind::PeerClosed)).await;
}

#[tokio::test]
async fn an_answer_is_cut_at_the_byte_asked_for() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    for after in [0, 1, 17, whole.len() - 1, whole.len()] {
        let reply = Reply::status(200).body("hello").cut(after as u64, How::Close);
        let (server, mut raw) = start(Script::always(reply)).await;
        assert_eq!(raw.ask().await, whole[..after]);
        assert!(server.events_of(0).contains(&EventKind::Cut(0, after as u64)));
    }
}

#[tokio::test]
async fn an_answer_is_reset_or_left_hanging_in_its_body() {
    let reply = |how| Reply::status(200).body("hello").cut_body(2, how);
    let script = Script::new().on_request(reply(How::Reset)).on_request(reply(How::Hang));
    let (server, mut raw) = start(script).await;
    let part = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe";
    raw.send(GET).await;
    raw.reset_after(part).await;
    let mut raw = Raw::connect(&server).await;
    raw.send(GET).await;
    assert_eq!(raw.exactly(part.len()).await, part);
    assert!(hangs(&mut raw).await);
}

#[tokio::test]
async fn a_chunk_is_cut_in_its_middle() {
    let reply = Reply::status(200).body("hello").chunked(5).cut_body(5, How::Close);
    let (_server, mut raw) = start(Script::always(reply)).await;
    assert!(raw.ask().await.ends_with("\r\n\r\n5\r\nhe"));
}

#[tokio::test]
async fn a_whole_answer_is_followed_by_the_end_asked_for() {
    let script = Script::new()
        .on_request(Reply::status(200).then_close())
        .on_request(Reply::status(200).then_reset())
        .on_request(Reply::status(200).then_hang());
    let (server, mut raw) = start(script).await;
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(raw.ask().await, whole);
    let mut raw = Raw::connect(&server).await;
    raw.send(GET).await;
    raw.reset_after(whole).await;
    let mut raw = Raw::connect(&server).await;
    raw.send(GET).await;
    assert_eq!(raw.exactly(whole.len()).await, whole);
    raw.send(GET).await;
    assert!(hangs(&mut raw).await);
}

#[tokio::test]
async fn an_idle_connection_is_closed_in_its_time_and_a_busy_one_is_not() {
    let script = Script::always(Reply::status(200).then_close_idle(Duration::from_millis(100)));
    let (server, mut raw) = start(script).await;
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    for _ in 0..2 {
        raw.send(GET).await;
        assert_eq!(raw.exactly(whole.len()).await, whole);
    }
    assert_eq!(raw.text().await, "");
    assert_eq!((server.connections(), server.request_count()), (1, 2));
}

#[tokio::test]
async fn a_connection_used_again_ends_before_the_request_is_read() {
    let script = Script::new()
        .times(2, Reply::status(200).then_end_on_reuse(How::Reset))
        .on_request(Reply::status(200));
    let (server, mut raw) = start(script).await;
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    raw.send(GET).await;
    assert_eq!(raw.exactly(whole.len()).await, whole);
    assert!(hangs(&mut raw).await);
    raw.send(GET).await;
    raw.reset_after("").await;
    assert_eq!(server.requests().len(), 1);
    assert!(server.events_of(0).ends_with(&[EventKind::Reused, EventKind::Reset]));
}

#[tokio::test]
async fn nothing_is_left_when_the_server_is_dropped() {
    let (server, mut busy) = start(Script::always(Act::hang())).await;
    let mut idle = Raw::connect(&server).await;
    let address = server.address();
    busy.send(GET).await;
    server.until(|events| events.iter().any(|event| event.kind == EventKind::Hanging)).await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert!(tasks() > 0);
    drop(server);
    assert_eq!(idle.text().await, "");
    assert_eq!(busy.text().await, "");
    let refused = tokio::net::TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    assert_eq!(tasks(), 0);
}
