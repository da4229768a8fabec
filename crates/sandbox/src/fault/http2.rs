//! Just enough of HTTP/2 to refuse a request in the ways only HTTP/2 has.

use std::collections::VecDeque;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::EventKind;
use super::connection::{Connection, Wire};

const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// No frame may be longer, unless we allow it.
const FRAME_LIMIT: u32 = 16_384;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const NO_ERROR: u32 = 0;
const REFUSED_STREAM: u32 = 7;
/// In the static table: `:status: 200`; then `content-type` with a literal value.
const OK_JSON: &[u8] = b"\x88\x0f\x10\x10application/json";

/// What is done about one request of HTTP/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Http2 {
    /// It is answered 200 and `{}`.
    Answer,
    /// Its stream is reset as `REFUSED_STREAM`: it was not processed.
    Refuse,
    /// The connection is shut down by a GOAWAY that tells that it was not processed, and closed.
    GoAway,
}

impl<S: Wire> Connection<S> {
    /// Speaks HTTP/2 from the first byte on. Headers are not decoded, so requests are no more
    /// than events.
    pub(super) async fn serve_http2(mut self, acts: Vec<Http2>) {
        match self.frames(acts.into()).await {
            Ok(()) => self.end(super::How::Close, false).await,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                self.record(EventKind::Rejected);
                self.end(super::How::Close, false).await;
            }
            Err(_) => self.record(EventKind::PeerClosed),
        }
    }

    async fn frames(&mut self, mut acts: VecDeque<Http2>) -> io::Result<()> {
        let mut preface = [0; PREFACE.len()];
        self.stream.read_exact(&mut preface).await?;
        if preface != *PREFACE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.frame(SETTINGS, 0, 0, &[]).await?;
        let mut last = 0;
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await?;
            let [a, b, c, kind, flags, stream @ ..] = head;
            let length = u32::from_be_bytes([0, a, b, c]);
            if length > FRAME_LIMIT {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let mut payload = vec![0; length as usize];
            self.stream.read_exact(&mut payload).await?;
            let stream = u32::from_be_bytes(stream) & (u32::MAX >> 1);
            if kind == DATA && length > 0 {
                // What was read may be sent again, on the connection and on the stream.
                self.frame(WINDOW_UPDATE, 0, 0, &length.to_be_bytes()).await?;
                if flags & END_STREAM == 0 {
                    self.frame(WINDOW_UPDATE, 0, stream, &length.to_be_bytes()).await?;
                }
            }
            match kind {
                SETTINGS if flags & ACK == 0 => self.frame(SETTINGS, ACK, 0, &[]).await?,
                PING if flags & ACK == 0 => self.frame(PING, ACK, 0, &payload).await?,
                // A request ends with its headers or with its body.
                HEADERS | DATA if flags & END_STREAM != 0 => {
                    if kind == HEADERS && flags & END_HEADERS == 0 {
                        self.continuation().await?;
                    }
                    let request = self.shared.number();
                    self.record(EventKind::Head(request));
                    self.record(EventKind::Body(request));
                    match acts.pop_front().unwrap_or(Http2::Answer) {
                        Http2::Answer => {
                            last = stream;
                            self.frame(HEADERS, END_HEADERS, stream, OK_JSON).await?;
                            self.frame(DATA, END_STREAM, stream, b"{}").await?;
                            self.record(EventKind::Answered(request, OK_JSON.len() as u64 + 20));
                        }
                        Http2::Refuse => {
                            self.frame(RST_STREAM, 0, stream, &REFUSED_STREAM.to_be_bytes()).await?;
                            self.record(EventKind::Refused(request));
                        }
                        Http2::GoAway => {
                            let payload = [last.to_be_bytes(), NO_ERROR.to_be_bytes()].concat();
                            self.frame(GOAWAY, 0, 0, &payload).await?;
                            self.record(EventKind::Refused(request));
                            return Ok(());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Skips the rest of headers that did not fit into one frame.
    async fn continuation(&mut self) -> io::Result<()> {
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            if head[3] != CONTINUATION || length > FRAME_LIMIT {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.stream.read_exact(&mut vec![0; length as usize]).await?;
            if head[4] & END_HEADERS != 0 {
                return Ok(());
            }
        }
    }

    async fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).map_err(io::Error::other)?.to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        self.stream.write_all(&[&head, payload].concat()).await
    }
}
