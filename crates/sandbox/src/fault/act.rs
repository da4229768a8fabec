//! What the server does about one request or one connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Http2, Received, Reply};

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// In order: everything sent arrives, then the end of the stream.
    Close,
    /// By a reset (RST).
    Reset,
    /// Not at all: it stays open and nothing comes any more, until the peer gives up.
    Hang,
}

impl How {
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Reset => "reset",
            Self::Hang => "hang",
        }
    }
}

/// What is done about one request. A [`Reply`] is one, too.
#[derive(Clone)]
pub struct Act {
    pub(super) early: bool,
    pub(super) delay: Duration,
    pub(super) kind: Kind,
}

#[derive(Clone)]
pub(super) enum Kind {
    Reply(Box<Reply>),
    End(How),
    Choose(Arc<dyn Fn(&Received) -> Act + Send + Sync>),
    /// The server's own answer, as it is or changed.
    Own(Option<Change>),
}

/// What a server's own answer is changed to.
pub(super) type Change = Arc<dyn Fn(Reply) -> Reply + Send + Sync>;

impl Act {
    /// Reads the whole request and closes without an answer.
    #[must_use]
    pub fn close_before_answer() -> Self {
        Self::new(Kind::End(How::Close))
    }

    /// Reads the whole request and resets: whether it was processed nobody can tell.
    #[must_use]
    pub fn reset_before_answer() -> Self {
        Self::new(Kind::End(How::Reset))
    }

    /// Reads the whole request and never answers.
    #[must_use]
    pub fn hang() -> Self {
        Self::new(Kind::End(How::Hang))
    }

    /// Closes when the head of the request was read, whatever of its body is on the way.
    #[must_use]
    pub fn close_after_head() -> Self {
        Self::close_before_answer().early()
    }

    /// Resets when the head of the request was read.
    #[must_use]
    pub fn reset_after_head() -> Self {
        Self::reset_before_answer().early()
    }

    /// Reads the head of the request and nothing more: a long upload comes to a stop.
    #[must_use]
    pub fn stall_upload() -> Self {
        Self::hang().early()
    }

    /// Answers without reading the body of the request, as servers do with one too large for
    /// them, and then closes.
    #[must_use]
    pub fn before_body(reply: Reply) -> Self {
        Self::from(reply.then_close()).early()
    }

    /// Decides when the whole request was read.
    ///
    /// ```
    /// use revops_sandbox::fault::{Act, Reply, Script};
    ///
    /// let script = Script::always(Act::choose(|received| match received.header("authorization") {
    ///     Some("Bearer new") => Reply::json(200, "{}").into(),
    ///     _ => Reply::status(401).into(),
    /// }));
    /// ```
    #[must_use]
    pub fn choose(choose: impl Fn(&Received) -> Self + Send + Sync + 'static) -> Self {
        Self::new(Kind::Choose(Arc::new(choose)))
    }

    /// Answers as the server would if no act were planned: in a [`Sandbox`](crate::Sandbox) the operation
    /// answers, and nothing goes wrong unless another fault is due in the same call, which then comes in its
    /// place; a [`FaultServer`](super::FaultServer) says 200 and `{}`.
    ///
    /// ```
    /// use revops_sandbox::fault::{Act, Reply};
    /// use revops_sandbox::{Sandbox, Vendor};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::start().await?;
    /// let only_large = Act::choose(|received| match received.body_length {
    ///     100_000.. => Reply::status(413).into(),
    ///     _ => Act::own_answer(),
    /// });
    /// sandbox.before("upsertPeople").every(1, only_large)?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn own_answer() -> Self {
        Self::new(Kind::Own(None))
    }

    /// The server's own answer, changed.
    pub(crate) fn spoilt(change: impl Fn(Reply) -> Reply + Send + Sync + 'static) -> Self {
        Self::new(Kind::Own(Some(Arc::new(change))))
    }

    /// Waits before it does anything. Of an own answer that is planned before an operation, the operation
    /// waits, too: whoever gives up meanwhile has changed nothing.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Whether there is nothing to be done but what the server does by itself.
    pub(crate) fn lets_pass(&self) -> bool {
        matches!(self.kind, Kind::Own(None)) && self.delay.is_zero()
    }

    /// Whether it may come to letting the request pass.
    pub(crate) fn may_let_pass(&self) -> bool {
        matches!(self.kind, Kind::Choose(_)) || self.lets_pass()
    }

    /// Whether it takes the server's own answer.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.kind, Kind::Own(_))
    }

    /// The wait before it, which the caller does in its place.
    pub(crate) fn take_delay(&mut self) -> Duration {
        std::mem::take(&mut self.delay)
    }

    /// What it comes to where this is the server's own answer.
    pub(crate) fn with_own(self, own: Reply) -> Self {
        let Self { early, delay, kind } = self;
        let kind = match kind {
            Kind::Own(None) => Kind::Reply(Box::new(own)),
            Kind::Own(Some(change)) => Kind::Reply(Box::new(change(own))),
            kind => kind,
        };
        Self { early, delay, kind }
    }

    /// The reply or the end that comes of it. A choice that is never made, because each makes
    /// another, ends in silence.
    pub(crate) fn resolve(mut self, received: &Received) -> Self {
        for _ in 0..16 {
            let Kind::Choose(choose) = &self.kind else { return self };
            let chosen = choose(received);
            self = Self { delay: self.delay + chosen.delay, ..chosen };
        }
        Self::hang()
    }

    /// The status of the reply, if it is one that has a status.
    pub(crate) fn status_code(&self) -> Option<u16> {
        match &self.kind {
            Kind::Reply(reply) => reply.status_code(),
            Kind::End(_) | Kind::Choose(_) | Kind::Own(_) => None,
        }
    }

    /// Whether it comes before the body of the request was read.
    pub(crate) fn is_early(&self) -> bool {
        self.early
    }

    fn new(kind: Kind) -> Self {
        Self { early: false, delay: Duration::ZERO, kind }
    }

    fn early(mut self) -> Self {
        self.early = true;
        self
    }
}

impl From<Reply> for Act {
    fn from(reply: Reply) -> Self {
        Self::new(Kind::Reply(Box::new(reply)))
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = formatter.debug_tuple("Act");
        match &self.kind {
            Kind::Reply(reply) => tuple.field(reply),
            Kind::End(how) => tuple.field(how),
            Kind::Choose(_) => tuple.field(&"by the request"),
            Kind::Own(None) => tuple.field(&"its own answer"),
            Kind::Own(Some(_)) => tuple.field(&"its own answer, spoilt"),
        };
        tuple.finish()
    }
}

/// In words, and without any value of a header or body.
impl fmt::Display for Act {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.delay.is_zero() {
            write!(formatter, "after {:?}: ", self.delay)?;
        }
        match &self.kind {
            Kind::Reply(reply) => reply.describe(formatter)?,
            Kind::End(how) => write!(formatter, "{}", how.verb())?,
            Kind::Choose(_) => formatter.write_str("what the request makes it choose")?,
            Kind::Own(None) => formatter.write_str("its own answer")?,
            Kind::Own(Some(_)) => formatter.write_str("its own answer, spoilt")?,
        }
        if self.early { formatter.write_str(", before the body is read") } else { Ok(()) }
    }
}

/// What is done about one connection, before its first request.
#[derive(Clone, Debug)]
pub struct Opening {
    pub(super) delay: Duration,
    pub(super) then: First,
}

#[derive(Clone, Debug)]
pub(super) enum First {
    Serve,
    Silent,
    End(How),
    Send(Bytes),
    Http2(Vec<Http2>),
}

impl Opening {
    /// Its requests are answered by the script.
    #[must_use]
    pub fn serve() -> Self {
        Self::new(First::Serve)
    }

    /// It is accepted; nothing is read from it and nothing sent.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(First::Silent)
    }

    /// It is accepted and closed at once.
    #[must_use]
    pub fn close() -> Self {
        Self::new(First::End(How::Close))
    }

    /// It is accepted and reset at once.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(First::End(How::Reset))
    }

    /// These bytes are sent without waiting for a request, and it is closed: the greeting of a
    /// server of another protocol. With TLS they come in place of the handshake.
    #[must_use]
    pub fn send(bytes: impl Into<Bytes>) -> Self {
        Self::new(First::Send(bytes.into()))
    }

    /// It is spoken to in HTTP/2, without TLS, which the client has to know before: this is done
    /// about its requests in order, and later ones are answered. Requests are seen as events
    /// only.
    ///
    /// ```
    /// use revops_sandbox::fault::{Http2, Opening, Script};
    ///
    /// let script = Script::new()
    ///     .on_connection(Opening::http2([Http2::Answer, Http2::GoAway]))
    ///     .on_every_connection(Opening::http2([]));
    /// ```
    #[must_use]
    pub fn http2(acts: impl IntoIterator<Item = Http2>) -> Self {
        Self::new(First::Http2(acts.into_iter().collect()))
    }

    /// Waits before it does anything.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    fn new(then: First) -> Self {
        Self { delay: Duration::ZERO, then }
    }
}
