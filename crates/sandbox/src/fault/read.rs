//! Requests, read with nothing lost and within limits.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::Received;

const HEAD_LIMIT: usize = 1 << 20;
const BODY_LIMIT: u64 = 64 << 20;

/// What a connection sends, as far as it was read.
pub(super) struct Inbox {
    buffer: BytesMut,
    discard_bodies: bool,
}

/// How the body of a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
}

impl Inbox {
    pub(super) fn new(discard_bodies: bool) -> Self {
        Self { buffer: BytesMut::new(), discard_bodies }
    }

    /// Waits for a byte of the next request; `false` when the peer closes instead.
    pub(super) async fn begin(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> io::Result<bool> {
        Ok(!self.buffer.is_empty() || stream.read_buf(&mut self.buffer).await? > 0)
    }

    /// Reads a head into `received`.
    pub(super) async fn head(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        received: &mut Received,
    ) -> io::Result<Framing> {
        let mut searched = 0;
        let end = loop {
            if let Some(place) = find(&self.buffer[searched..], b"\r\n\r\n") {
                break searched + place + 4;
            }
            searched = self.buffer.len().saturating_sub(3);
            if self.buffer.len() > HEAD_LIMIT {
                return Err(invalid("the head is above 1 MiB"));
            }
            self.more(stream).await?;
        };
        received.head = self.buffer.split_to(end).freeze();
        parse_head(received)
    }

    /// Reads a body into `received`.
    pub(super) async fn body(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        framing: Framing,
        received: &mut Received,
    ) -> io::Result<()> {
        let mut body = BytesMut::new();
        let read = match framing {
            Framing::Length(length) => self.take(stream, length, &mut body, received).await,
            Framing::Chunked => self.chunks(stream, &mut body, received).await,
        };
        // What came of a body is kept also when the rest did not come.
        received.body = body.freeze();
        received.complete = read.is_ok();
        read
    }

    async fn chunks(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        body: &mut BytesMut,
        received: &mut Received,
    ) -> io::Result<()> {
        loop {
            let line = self.line(stream).await?;
            let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
            let digits = std::str::from_utf8(digits).map_err(|_| invalid("no size of a chunk"))?;
            let size = u64::from_str_radix(digits, 16).map_err(|_| invalid("no size of a chunk"))?;
            if size == 0 {
                while !self.line(stream).await?.is_empty() {}
                return Ok(());
            }
            self.take(stream, size, body, received).await?;
            if !self.line(stream).await?.is_empty() {
                return Err(invalid("a chunk is longer than its size"));
            }
        }
    }

    /// Moves `left` bytes of body.
    async fn take(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        mut left: u64,
        body: &mut BytesMut,
        received: &mut Received,
    ) -> io::Result<()> {
        if !self.discard_bodies && received.body_length.saturating_add(left) > BODY_LIMIT {
            return Err(invalid("the body is above 64 MiB"));
        }
        while left > 0 {
            if self.buffer.is_empty() {
                self.more(stream).await?;
            }
            let count = usize::try_from(left).map_or(self.buffer.len(), |left| left.min(self.buffer.len()));
            if !self.discard_bodies {
                body.extend_from_slice(&self.buffer[..count]);
            }
            self.buffer.advance(count);
            received.body_length += count as u64;
            left -= count as u64;
        }
        Ok(())
    }

    async fn line(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n") {
                let line = self.buffer.split_to(end).freeze();
                self.buffer.advance(2);
                return Ok(line);
            }
            if self.buffer.len() > HEAD_LIMIT {
                return Err(invalid("a line is above 1 MiB"));
            }
            self.more(stream).await?;
        }
    }

    async fn more(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
        self.buffer.reserve(16_384);
        match stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn parse_head(received: &mut Received) -> io::Result<Framing> {
    let mut lines =
        received.head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut words = lines.next().unwrap_or_default().splitn(2, |byte| *byte == b' ');
    let (method, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let place = rest.iter().rposition(|byte| *byte == b' ').ok_or_else(|| invalid("no request line"))?;
    let (target, version) = (&rest[..place], &rest[place + 1..]);
    if !version.starts_with(b"HTTP/1.") {
        return Err(invalid("not HTTP/1"));
    }
    received.method = text(method);
    received.target = text(target);
    let mut framing = Framing::Length(0);
    for line in lines.take_while(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':').ok_or_else(|| invalid("no header"))?;
        let (name, value) = (text(&line[..colon]), line[colon + 1..].trim_ascii().to_vec());
        if name.eq_ignore_ascii_case("transfer-encoding") {
            framing = Framing::Chunked;
        } else if name.eq_ignore_ascii_case("content-length") && framing != Framing::Chunked {
            let length = std::str::from_utf8(&value).ok().and_then(|value| value.parse().ok());
            framing = Framing::Length(length.ok_or_else(|| invalid("no length"))?);
        }
        received.headers.push((name, value));
    }
    Ok(framing)
}

/// Each byte as the character of that number, so that nothing is lost.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}
