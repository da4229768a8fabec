//! Answers, written byte for byte as built, up to where they are cut.

use std::io;
use std::time::{Duration, SystemTime};

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use super::How;
use super::reply::{Framing, Header, Reply};

/// How much is written at once unless the reply says otherwise.
const PIECE: usize = 16_384;
/// The last second that an HTTP-date can name.
const LAST_SECOND: u64 = 253_402_300_799;

/// How far an answer came.
pub(super) enum Written {
    Whole(u64),
    Cut(u64, How),
}

/// Sends `reply`, without its body when the request was a HEAD.
pub(super) async fn write(
    stream: &mut (impl AsyncWrite + Unpin),
    reply: &Reply,
    without_body: bool,
) -> io::Result<Written> {
    wait(reply.delay).await;
    let head = head(reply, SystemTime::now());
    let limit =
        reply.cut.map(|cut| cut.after.saturating_add(if cut.of_body { head.len() as u64 } else { 0 }));
    let mut sink = Sink { stream, limit, sent: 0 };
    let whole = sink.send(&head).await? && (without_body || body(&mut sink, reply).await?);
    Ok(match reply.cut {
        Some(cut) if !whole || Some(sink.sent) == limit => Written::Cut(sink.sent, cut.how),
        _ => Written::Whole(sink.sent),
    })
}

/// Sends what is behind the head; `false` when the cut came first.
async fn body(sink: &mut Sink<'_, impl AsyncWrite + Unpin>, reply: &Reply) -> io::Result<bool> {
    wait(reply.pause).await;
    let (size, every) = match (reply.pace, reply.framing) {
        (Some((size, every)), _) => (size, Some(every)),
        (None, Framing::Chunked { size, .. }) => (size, None),
        (None, _) => (PIECE, None),
    };
    let chunked = matches!(reply.framing, Framing::Chunked { .. });
    let mut first = true;
    for piece in reply.content.pieces(size) {
        if let Some(every) = every.filter(|_| !first) {
            wait(every).await;
        }
        first = false;
        let piece = if chunked { chunk(&piece) } else { piece };
        if !sink.send(&piece).await? {
            return Ok(false);
        }
    }
    let ended = matches!(reply.framing, Framing::Chunked { ended: true, .. });
    Ok((!ended || sink.send(b"0\r\n\r\n").await?) && sink.send(&reply.trailing).await?)
}

fn chunk(piece: &Bytes) -> Bytes {
    let mut chunk = BytesMut::with_capacity(piece.len() + 12);
    chunk.put(format!("{:x}\r\n", piece.len()).as_bytes());
    chunk.put(&piece[..]);
    chunk.put(&b"\r\n"[..]);
    chunk.freeze()
}

fn head(reply: &Reply, now: SystemTime) -> Bytes {
    let Some(status) = reply.status else { return Bytes::new() };
    let mut head = BytesMut::new();
    let mut line = |name: &[u8], value: &[u8]| {
        for part in [name, b": ", value, b"\r\n"] {
            head.put(part);
        }
    };
    for header in &reply.headers {
        match header {
            Header::Bytes(name, value) => line(name, value),
            Header::Date(name, seconds) => {
                line(name.as_bytes(), http_date(now, reply.skew.saturating_add(*seconds)).as_bytes());
            }
            Header::Many(count) => {
                for index in 0..*count {
                    line(format!("x-fault-{index}").as_bytes(), b"0");
                }
            }
        }
    }
    let bodiless = reply.content.is_empty() && (status < 200 || matches!(status, 204 | 304));
    match (reply.framing, reply.content.len()) {
        (Framing::Length(None), _) if bodiless => {}
        (Framing::Length(Some(length)), _) | (Framing::Length(None), Some(length)) => {
            line(b"content-length", length.to_string().as_bytes());
        }
        (Framing::Chunked { .. }, _) => line(b"transfer-encoding", b"chunked"),
        (Framing::Length(None) | Framing::UntilClose | Framing::Unframed, _) => {}
    }
    let mut whole = BytesMut::from(format!("HTTP/1.1 {status} {}\r\n", reply.reason()).as_bytes());
    whole.put(head);
    whole.put(&b"\r\n"[..]);
    whole.freeze()
}

/// The date so many seconds from now, within what can be written.
fn http_date(now: SystemTime, seconds: i64) -> String {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let then = now.saturating_add_signed(seconds).min(LAST_SECOND);
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(then))
}

/// Waits, but not the millisecond that a timer takes at least when there is nothing to wait for.
pub(super) async fn wait(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

struct Sink<'a, W> {
    stream: &'a mut W,
    /// Where the answer is cut.
    limit: Option<u64>,
    sent: u64,
}

impl<W: AsyncWrite + Unpin> Sink<'_, W> {
    /// Sends the bytes before the cut; `false` when it came.
    async fn send(&mut self, bytes: &[u8]) -> io::Result<bool> {
        let left = self.limit.map_or(u64::MAX, |limit| limit - self.sent);
        let count = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.stream.write_all(&bytes[..count]).await?;
        self.stream.flush().await?;
        self.sent += count as u64;
        Ok(count == bytes.len())
    }
}
