//! What came is kept exactly.

use revops_sandbox::fault::{EventKind, Reply, Script};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{GET, Raw, start};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn targets_and_headers_are_kept_as_sent() {
    let (server, mut raw) = start(Script::always(Reply::status(200).then_close())).await;
    let head = b"GET /a/../b;c\\%2e%2E//?q=%00&q=\xe9#x HTTP/1.1\r\nHost: x\r\nX-Dup: 1\r\nx-dup:  2 \r\nx-bad: \xff\r\n\r\n";
    raw.send(head).await;
    raw.text().await;
    let received = &server.requests()[0];
    assert_eq!(&received.head[..], head);
    assert_eq!(received.method, "GET");
    assert_eq!(received.target, "/a/../b;c\\%2e%2E//?q=%00&q=\u{e9}#x");
    assert_eq!((received.path(), received.query()), ("/a/../b;c\\%2e%2E//", Some("q=%00&q=\u{e9}#x")));
    let headers: Vec<(&str, &[u8])> =
        received.headers.iter().map(|(name, value)| (name.as_str(), &value[..])).collect();
    assert_eq!(headers, [("Host", &b"x"[..]), ("X-Dup", b"1"), ("x-dup", b"2"), ("x-bad", b"\xff")]);
    assert_eq!(received.header_values("X-DUP").collect::<Vec<_>>(), [b"1", b"2"]);
    assert_eq!(received.header("x-bad"), None);
}

#[tokio::test]
async fn a_request_in_single_bytes_is_one_request() {
    let (server, mut raw) = start(Script::always(Reply::status(200))).await;
    for byte in b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nt: 1\r\n\r\n" {
        raw.send(&[*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(raw.exactly(OK.len()).await, OK);
    let received = &server.requests()[0];
    assert_eq!((&received.body[..], received.body_length), (&b"abc0123456789"[..], 13));
}

#[tokio::test]
async fn requests_sent_together_are_answered_in_order() {
    let (server, mut raw) = start(Script::always(Reply::status(200))).await;
    raw.send(&[b"POST /1 HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi", GET].concat()).await;
    assert_eq!(raw.exactly(OK.len() * 2).await, OK.repeat(2));
    let seen: Vec<(u64, u64, String)> =
        server.requests().into_iter().map(|it| (it.number, it.connection, it.target)).collect();
    assert_eq!(seen, [(0, 0, "/1".to_owned()), (1, 0, "/people".to_owned())]);
}

#[tokio::test]
async fn a_client_that_waits_for_leave_to_send_its_body_gets_it() {
    let (_server, mut raw) = start(Script::always(Reply::status(200))).await;
    raw.send(b"POST / HTTP/1.1\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n").await;
    let leave = "HTTP/1.1 100 Continue\r\n\r\n";
    assert_eq!(raw.exactly(leave.len()).await, leave);
    raw.send(b"hi").await;
    assert_eq!(raw.exactly(OK.len()).await, OK);
}

#[tokio::test]
async fn what_came_of_an_upload_is_kept() {
    let (server, mut raw) = start(Script::always(Reply::status(200))).await;
    raw.send(b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc").await;
    raw.0.shutdown().await.unwrap();
    assert_eq!(raw.text().await, "");
    let received = &server.requests()[0];
    assert_eq!((&received.body[..], received.complete), (&b"abc"[..], false));
    assert!(server.events_of(0).ends_with(&[EventKind::Head(0), EventKind::PeerClosed]));
}

#[tokio::test]
async fn bodies_are_bounded_unless_they_are_discarded() {
    let length = (64 << 20) + 1;
    let head = format!("POST / HTTP/1.1\r\ncontent-length: {length}\r\n\r\n");
    let (server, mut raw) = start(Script::always(Reply::status(200))).await;
    raw.send(head.as_bytes()).await;
    assert!(raw.text().await.starts_with("HTTP/1.1 400 "));
    assert!(server.events_of(0).contains(&EventKind::Rejected));

    let (server, mut raw) = start(Script::always(Reply::status(200)).discard_bodies()).await;
    raw.send(head.as_bytes()).await;
    let block = vec![0; 1 << 20];
    for _ in 0..64 {
        raw.send(&block).await;
    }
    raw.send(&[0]).await;
    assert_eq!(raw.exactly(OK.len()).await, OK);
    let received = &server.requests()[0];
    assert_eq!((received.body.len(), received.body_length, received.complete), (0, length, true));
}

#[tokio::test]
async fn what_is_no_request_is_rejected() {
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
        &vec![b'a'; (1 << 20) + 1],
    ] {
        let (server, mut raw) = start(Script::always(Reply::status(200))).await;
        // The end of a rejected request may be met by the end of the connection.
        let _ = raw.0.write_all(bytes).await;
        let mut answer = [0; 12];
        raw.0.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 400");
        assert!(server.events_of(0).contains(&EventKind::Rejected));
    }
}

#[tokio::test]
async fn the_log_keeps_the_last_and_counts_all() {
    let (server, mut raw) = start(Script::always(Reply::status(200)).keep(2)).await;
    for _ in 0..20 {
        raw.send(GET).await;
        raw.exactly(OK.len()).await;
    }
    let numbers: Vec<u64> = server.requests().iter().map(|received| received.number).collect();
    assert_eq!((numbers, server.request_count()), (vec![18, 19], 20));
    assert_eq!(server.events().len(), 8);
}

#[tokio::test]
async fn nothing_secret_is_shown_by_debug() {
    let (server, _) = start(Script::always(Reply::json(200, "canary").header("x", "canary"))).await;
    let mut raw = Raw::connect(&server).await;
    raw.send(b"POST /p?q=canary HTTP/1.1\r\nauthorization: canary\r\nconnection: close\r\ncontent-length: 6\r\n\r\ncanary").await;
    raw.text().await;
    let script = Script::always(Reply::json(200, "canary").header("x", "canary"));
    let shown = format!("{server:?} {:?} {:?} {script:?}", server.requests(), server.events());
    assert!(shown.contains("authorization") && !shown.contains("canary"), "{shown}");
}
