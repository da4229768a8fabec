//! An answer, well formed or broken in exactly the ways it is told to be.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use super::{Content, How, gzip};

/// An answer to one request.
///
/// It is sent as built and nothing is added to it but the header that frames the body: no `Date`,
/// no `Connection`. Headers keep their order, their case and their duplicates; any bytes are
/// taken.
///
/// ```
/// use std::time::Duration;
/// use revops_sandbox::fault::{How, Reply};
///
/// // A page that stalls after 100 bytes of its body.
/// let stalled = Reply::json(200, r#"{"users":[]}"#).cut_body(100, How::Hang);
/// // A healthy but slow export: 1 KiB every 50 ms.
/// let slow = Reply::status(200).body(vec![b'x'; 65_536]).paced(1024, Duration::from_millis(50));
/// // A body shorter than promised.
/// let short = Reply::json(200, "{}").claim_length(1000);
/// ```
#[derive(Clone, Debug)]
pub struct Reply {
    /// `None` for raw bytes, which are all body.
    pub(super) status: Option<u16>,
    pub(super) headers: Vec<Header>,
    pub(super) content: Content,
    pub(super) framing: Framing,
    pub(super) trailing: Bytes,
    pub(super) delay: Duration,
    pub(super) pause: Duration,
    pub(super) pace: Option<(usize, Duration)>,
    pub(super) cut: Option<Cut>,
    pub(super) then: Then,
    /// How far this server's clock is from ours, in seconds.
    pub(super) skew: i64,
}

#[derive(Clone)]
pub(super) enum Header {
    Bytes(Bytes, Bytes),
    /// An HTTP-date, this many seconds after the server's now.
    Date(&'static str, i64),
    /// So many short headers.
    Many(usize),
}

/// Only the name: a value may be a secret.
impl std::fmt::Debug for Header {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(name, _) => write!(formatter, "{}", name.escape_ascii()),
            Self::Date(name, seconds) => write!(formatter, "{name}: now{seconds:+}s"),
            Self::Many(count) => write!(formatter, "{count} headers"),
        }
    }
}

impl Reply {
    /// In words, and without any value.
    pub(super) fn describe(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.status {
            Some(status) => write!(formatter, "{status}")?,
            None => formatter.write_str("raw bytes")?,
        }
        for (index, header) in self.headers.iter().enumerate() {
            write!(formatter, "{}{header:?}", if index == 0 { " with " } else { ", " })?;
        }
        match self.content.len() {
            Some(0) => {}
            Some(length) => write!(formatter, ", {length} bytes")?,
            None => formatter.write_str(", bytes without an end")?,
        }
        match self.cut {
            Some(Cut { after, how, .. }) => write!(formatter, ", then {} after {after} bytes", how.verb()),
            None => Ok(()),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Framing {
    /// `Content-Length`, true unless another one is claimed.
    Length(Option<u64>),
    /// `Transfer-Encoding: chunked`.
    Chunked { size: usize, ended: bool },
    /// No header; the end of the connection is the end of the body.
    UntilClose,
    /// No header, and the connection stays.
    Unframed,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) after: u64,
    /// Whether `after` begins to count behind the head.
    pub(super) of_body: bool,
    pub(super) how: How,
}

/// What becomes of the connection after a whole answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    KeepAlive,
    End(How),
    /// Closed when no further request began within this time.
    CloseIdle(Duration),
    /// Ended when the first byte of a further request came.
    EndOnReuse(How),
}

impl Reply {
    /// An answer without a body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            headers: Vec::new(),
            content: Content::default(),
            framing: Framing::Length(None),
            trailing: Bytes::new(),
            delay: Duration::ZERO,
            pause: Duration::ZERO,
            pace: None,
            cut: None,
            then: Then::KeepAlive,
            skew: 0,
        }
    }

    /// An answer with a JSON text, which is not looked at.
    #[must_use]
    pub fn json(status: u16, text: impl Into<Content>) -> Self {
        Self::status(status).header("content-type", "application/json").body(text)
    }

    /// A page for people, as maintenance and captive portals send it, also with status 200.
    #[must_use]
    pub fn html(status: u16, title: &str) -> Self {
        let page =
            format!("<!doctype html>\n<html><head><title>{title}</title></head><body></body></html>\n");
        Self::status(status).header("content-type", "text/html; charset=utf-8").body(page)
    }

    /// A redirect, for example to another fault server that records what arrives there.
    #[must_use]
    pub fn redirect(status: u16, location: impl Into<Bytes>) -> Self {
        Self::status(status).header("location", location)
    }

    /// These bytes instead of an answer, exactly; the connection stays open unless told
    /// otherwise.
    #[must_use]
    pub fn raw(bytes: impl Into<Content>) -> Self {
        Self { status: None, framing: Framing::Unframed, ..Self::status(0).body(bytes) }
    }

    /// Adds a header, also when there is one of this name. Line ends are not looked for.
    #[must_use]
    pub fn header(mut self, name: impl Into<Bytes>, value: impl Into<Bytes>) -> Self {
        self.headers.push(Header::Bytes(name.into(), value.into()));
        self
    }

    /// Adds so many short headers.
    #[must_use]
    pub fn many_headers(mut self, count: usize) -> Self {
        self.headers.push(Header::Many(count));
        self
    }

    /// Adds `Date`, from a clock that is this many seconds ahead of ours, or behind.
    #[must_use]
    pub fn clock_skew(mut self, seconds: i64) -> Self {
        self.skew = seconds;
        self.headers.push(Header::Date("date", 0));
        self
    }

    /// Adds `Retry-After` with an HTTP-date this many seconds after the server's own now, which
    /// is [`Reply::clock_skew`] away from ours. Other forms are plain headers.
    ///
    /// ```
    /// # use revops_sandbox::fault::Reply;
    /// let in_seconds = Reply::status(429).header("retry-after", "7");
    /// let as_date = Reply::status(429).clock_skew(3 * 3600).retry_after_date(7);
    /// let past = Reply::status(429).clock_skew(0).retry_after_date(-60);
    /// let twice = Reply::status(429).header("retry-after", "1").header("retry-after", "²");
    /// ```
    #[must_use]
    pub fn retry_after_date(mut self, seconds: i64) -> Self {
        self.headers.push(Header::Date("retry-after", seconds));
        self
    }

    /// Sets the body. One that never ends is sent until the connection closes, unless chunked.
    #[must_use]
    pub fn body(mut self, content: impl Into<Content>) -> Self {
        self.content = content.into();
        self
    }

    /// Sets a body compressed by gzip, and says so.
    #[must_use]
    pub fn gzip(self, bytes: &[u8]) -> Self {
        self.header("content-encoding", "gzip").body(gzip::gzip(bytes))
    }

    /// Sets a body that begins as gzip and is damaged. A plain body that claims to be gzip is
    /// `.header("content-encoding", "gzip")`.
    #[must_use]
    pub fn corrupt_gzip(self, bytes: &[u8]) -> Self {
        self.header("content-encoding", "gzip").body(gzip::corrupt(bytes))
    }

    /// Sets a body of so many zeros, compressed by gzip to about a thousandth.
    #[must_use]
    pub fn gzip_bomb(self, decoded: u64) -> Self {
        self.header("content-encoding", "gzip").body(gzip::bomb(decoded))
    }

    /// Claims another `Content-Length`. When the body is shorter, the connection is closed after
    /// it unless told otherwise.
    #[must_use]
    pub fn claim_length(mut self, length: u64) -> Self {
        self.framing = Framing::Length(Some(length));
        if self.content.len().is_some_and(|real| real < length) && matches!(self.then, Then::KeepAlive) {
            self.then = Then::End(How::Close);
        }
        self
    }

    /// Sends the body in chunks of this size.
    #[must_use]
    pub fn chunked(mut self, size: usize) -> Self {
        self.framing = Framing::Chunked { size: size.max(1), ended: true };
        self
    }

    /// Sends the body in chunks of this size, leaves out the last one and closes.
    #[must_use]
    pub fn chunked_without_end(mut self, size: usize) -> Self {
        self.framing = Framing::Chunked { size: size.max(1), ended: false };
        self.then_close()
    }

    /// Ends the body by closing the connection.
    #[must_use]
    pub fn until_close(mut self) -> Self {
        self.framing = Framing::UntilClose;
        self
    }

    /// Adds no header that frames the body, for those who add their own.
    #[must_use]
    pub fn unframed(mut self) -> Self {
        self.framing = Framing::Unframed;
        self
    }

    /// Sends these bytes after the end of the answer.
    #[must_use]
    pub fn trailing(mut self, bytes: impl Into<Bytes>) -> Self {
        self.trailing = bytes.into();
        self
    }

    /// Waits before the first byte.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits between the head and the body.
    #[must_use]
    pub fn delay_body(mut self, delay: Duration) -> Self {
        self.pause = delay;
        self
    }

    /// Sends the body so many bytes at a time with a wait between them; a chunked body one chunk
    /// at a time, of that size.
    #[must_use]
    pub fn paced(mut self, size: usize, every: Duration) -> Self {
        self.pace = Some((size.max(1), every));
        self
    }

    /// Ends the connection after so many bytes of the answer, the head counted. An answer that is
    /// shorter goes out whole.
    #[must_use]
    pub fn cut(mut self, after: u64, how: How) -> Self {
        self.cut = Some(Cut { after, of_body: false, how });
        self
    }

    /// Ends the connection after so many bytes behind the head, the framing of chunks counted.
    #[must_use]
    pub fn cut_body(mut self, after: u64, how: How) -> Self {
        self.cut = Some(Cut { after, of_body: true, how });
        self
    }

    /// Closes the connection after the answer, without having announced it.
    #[must_use]
    pub fn then_close(self) -> Self {
        self.then(Then::End(How::Close))
    }

    /// Resets the connection after the answer.
    #[must_use]
    pub fn then_reset(self) -> Self {
        self.then(Then::End(How::Reset))
    }

    /// Leaves the connection open after the answer and never says anything more.
    #[must_use]
    pub fn then_hang(self) -> Self {
        self.then(Then::End(How::Hang))
    }

    /// Keeps the connection alive and closes it when no request began within this time, as
    /// servers do with idle connections.
    #[must_use]
    pub fn then_close_idle(self, after: Duration) -> Self {
        self.then(Then::CloseIdle(after))
    }

    /// Keeps the connection alive and ends it when the first byte of the next request comes: the
    /// race between a pool and a server that is just closing, lost each time. That request is
    /// neither read nor recorded, only its event.
    #[must_use]
    pub fn then_end_on_reuse(self, how: How) -> Self {
        self.then(Then::EndOnReuse(how))
    }

    fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }

    /// The status; none for raw bytes.
    pub(crate) fn status_code(&self) -> Option<u16> {
        self.status
    }

    /// Whether the body is ended by the end of the connection.
    pub(super) fn ends_by_close(&self) -> bool {
        matches!(self.framing, Framing::UntilClose)
            || (matches!(self.framing, Framing::Length(None)) && self.content.len().is_none())
    }

    pub(super) fn reason(&self) -> &'static str {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok());
        status.and_then(|status| status.canonical_reason()).unwrap_or_default()
    }
}
