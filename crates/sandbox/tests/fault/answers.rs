//! Answers that are whole: each byte is as scripted.

use std::time::{Duration, SystemTime};

use revops_sandbox::fault::{Content, FaultServer, Reply, Script};
use tokio::io::AsyncReadExt;

use crate::client::{GET, Raw, bytes_of, start, text_of};

#[tokio::test]
async fn headers_keep_their_order_case_and_duplicates() {
    let reply = Reply::json(200, "{}").header("Set-Cookie", "a=1").header("set-cookie", "b=2");
    assert_eq!(
        text_of(reply).await,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\
         content-length: 2\r\n\r\n{}"
    );
}

#[tokio::test]
async fn a_status_without_a_body_has_no_length() {
    assert_eq!(text_of(Reply::status(204)).await, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(text_of(Reply::status(304)).await, "HTTP/1.1 304 Not Modified\r\n\r\n");
    assert_eq!(text_of(Reply::status(200)).await, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(text_of(Reply::status(799)).await, "HTTP/1.1 799 \r\ncontent-length: 0\r\n\r\n");
}

#[tokio::test]
async fn a_body_goes_in_chunks_of_the_size_asked_for() {
    assert_eq!(
        text_of(Reply::status(200).body("abcdefg").chunked(3)).await,
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n1\r\ng\r\n0\r\n\r\n"
    );
}

#[tokio::test]
async fn a_chunked_body_can_lack_its_end() {
    let (_server, mut raw) =
        start(Script::always(Reply::status(200).body("abcd").chunked_without_end(3))).await;
    assert_eq!(
        raw.ask().await,
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n"
    );
}

#[tokio::test]
async fn a_body_can_be_ended_by_the_connection() {
    let (_server, mut raw) = start(Script::always(Reply::status(200).body("all").until_close())).await;
    assert_eq!(raw.ask().await, "HTTP/1.1 200 OK\r\n\r\nall");
}

#[tokio::test]
async fn a_length_can_promise_more_than_comes() {
    let (_server, mut raw) = start(Script::always(Reply::json(200, "{}").claim_length(9))).await;
    assert!(raw.ask().await.ends_with("content-length: 9\r\n\r\n{}"));
}

#[tokio::test]
async fn a_length_can_promise_less_than_comes() {
    let (server, mut raw) = start(Script::always(Reply::status(200).body("abc").claim_length(1))).await;
    let once = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nabc";
    for _ in 0..2 {
        raw.send(GET).await;
        assert_eq!(raw.exactly(once.len()).await, once);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn bytes_can_follow_the_end() {
    assert!(
        text_of(Reply::json(200, "{}").trailing("junk")).await.ends_with("content-length: 2\r\n\r\n{}junk")
    );
    assert!(text_of(Reply::json(200, "{}").chunked(9).trailing("junk")).await.ends_with("0\r\n\r\njunk"));
}

#[tokio::test]
async fn raw_bytes_go_out_as_they_are() {
    let bytes = b"HTTP/1.1 200 OK\nx: \xff\x00\r\n\r\n";
    assert_eq!(bytes_of(Reply::raw(&bytes[..])).await, bytes);
}

#[tokio::test]
async fn framing_can_be_left_to_the_script() {
    let reply = Reply::status(200).header("content-length", "1").header("content-length", "2").body("ab");
    assert_eq!(
        text_of(reply.unframed()).await,
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"
    );
}

#[tokio::test]
async fn hostile_headers_go_out_at_any_size() {
    let answer = bytes_of(
        Reply::status(200)
            .header("x-big", vec![b'a'; 1 << 20])
            .many_headers(10_000)
            .header(&b"x-\xff"[..], &b"\x00\xfe"[..]),
    )
    .await;
    assert!(answer.windows(8).any(|window| window == b"x-\xff: \x00\xfe\r"), "bad bytes");
    let lines = answer.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"x-fault-")).count();
    assert_eq!(lines, 10_000);
    assert!(answer.len() > 1 << 20);
}

#[tokio::test]
async fn a_head_request_gets_the_head_alone() {
    let (_server, mut raw) = start(Script::always(Reply::json(200, "{}"))).await;
    raw.send(b"HEAD / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    assert!(raw.text().await.ends_with("content-length: 2\r\n\r\n"));
}

#[tokio::test]
async fn retry_after_can_be_a_date_of_a_skewed_clock() {
    let text = text_of(Reply::status(429).clock_skew(-7200).retry_after_date(7)).await;
    let date = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        httpdate::parse_http_date(line).unwrap()
    };
    let (now, then) = (date("date: "), date("retry-after: "));
    assert_eq!(then.duration_since(now).unwrap(), Duration::from_secs(7));
    let skew = SystemTime::now().duration_since(now).unwrap().as_secs();
    assert!((7200..7260).contains(&skew), "{skew}");
}

#[tokio::test]
async fn retry_after_dates_outside_the_calendar_are_its_ends() {
    let far = text_of(Reply::status(429).retry_after_date(i64::MAX)).await;
    assert!(far.contains("retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n"), "{far}");
    let past = text_of(Reply::status(429).retry_after_date(i64::MIN)).await;
    assert!(past.contains("retry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n"), "{past}");
}

#[tokio::test]
async fn retry_after_takes_any_text() {
    let reply = Reply::status(429)
        .header("retry-after", "1e9")
        .header("retry-after", "²")
        .header("retry-after", "-1")
        .header("retry-after", "abc");
    let text = text_of(reply).await;
    assert!(text.contains("retry-after: 1e9\r\nretry-after: ²\r\nretry-after: -1\r\nretry-after: abc\r\n"));
}

#[tokio::test]
async fn odd_bodies_are_a_line_each() {
    assert!(text_of(Reply::html(200, "Maintenance")).await.contains("<title>Maintenance</title>"));
    assert!(text_of(Reply::json(200, "\u{feff}{}")).await.ends_with("\r\n\r\n\u{feff}{}"));
    assert!(text_of(Reply::json(200, "")).await.ends_with("content-length: 0\r\n\r\n"));
    let deep = text_of(Reply::json(200, Content::nested(10_000))).await;
    assert!(deep.ends_with(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))));
    let invalid = bytes_of(Reply::json(200, &b"{\"name\":\"\xff\"}"[..])).await;
    assert!(invalid.ends_with(b"\"\xff\"}"));
}

#[tokio::test]
async fn a_body_without_an_end_keeps_coming() {
    for reply in [Reply::status(200), Reply::status(200).chunked(1000)] {
        let reply = reply.body(Content::new("[").and_forever("0,"));
        let (_server, mut raw) = start(Script::always(reply)).await;
        raw.send(GET).await;
        let mut bytes = vec![0; 4 << 20];
        raw.0.read_exact(&mut bytes).await.unwrap();
        assert!(bytes.ends_with(b"0,") || bytes.ends_with(b",0") || bytes.contains(&b'\r'));
    }
}

#[tokio::test]
async fn a_huge_plain_body_is_announced_and_never_made() {
    let (_server, mut raw) = start(Script::always(Reply::status(200).body(Content::zeros(10 << 30)))).await;
    raw.send(GET).await;
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n";
    assert_eq!(raw.exactly(head.len()).await, head);
    assert_eq!(raw.exactly(1 << 20).await.len(), 1 << 20);
}

#[tokio::test]
async fn a_redirect_shows_what_arrives_at_the_other_server() {
    let other = FaultServer::start(Script::always(Reply::json(200, "{}"))).await.unwrap();
    let location = format!("{}/stolen", other.base_url());
    let text = text_of(Reply::redirect(307, location.clone())).await;
    assert_eq!(
        text,
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
    );
    let mut raw = Raw::connect(&other).await;
    raw.send(
        b"POST /stolen HTTP/1.1\r\nX-Api-Key: canary\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi",
    )
    .await;
    raw.text().await;
    let received = &other.requests()[0];
    assert_eq!((received.header("x-api-key"), &received.body[..]), (Some("canary"), &b"hi"[..]));
}
