//! One connection, from its acceptance to its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::act::{First, Kind};
use super::event::Shared;
use super::read::{Framing, Inbox};
use super::reply::{Reply, Then};
use super::write::{Written, wait, write};
use super::{Act, EventKind, How, Opening, Received};

/// A stream of bytes, plain or within TLS.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

pub(super) struct Connection<S> {
    pub(super) stream: S,
    pub(super) number: u64,
    pub(super) shared: Arc<Shared>,
}

impl Connection<TcpStream> {
    /// Does what the script has for the beginning of a connection; a connection that is to be
    /// served comes back.
    pub(super) async fn open(mut self, opening: Opening) -> Option<Self> {
        wait(opening.delay).await;
        match opening.then {
            First::Serve => return Some(self),
            First::Silent => {
                self.record(EventKind::Hanging);
                std::future::pending::<()>().await;
            }
            First::End(how) => self.end(how, true).await,
            First::Send(bytes) => match self.stream.write_all(&bytes).await {
                Ok(()) => self.end(How::Close, false).await,
                Err(_) => self.record(EventKind::PeerClosed),
            },
            First::Http2(acts) => self.serve_http2(acts).await,
        }
        None
    }
}

impl<S: Wire> Connection<S> {
    /// Answers requests until the connection ends.
    pub(super) async fn serve(mut self) {
        let mut inbox = Inbox::new(self.shared.discard_bodies);
        let mut idle = None;
        loop {
            match self.begin(&mut inbox, idle).await {
                Some(true) => {}
                Some(false) => return self.record(EventKind::PeerClosed),
                None => return self.end(How::Close, true).await,
            }
            let mut received = Received::new(self.shared.number(), self.number);
            let framing = match inbox.head(&mut self.stream, &mut received).await {
                Ok(framing) => framing,
                Err(error) => return self.reject(&error).await,
            };
            self.record(EventKind::Head(received.number));
            match self.act(&mut inbox, framing, &mut received).await {
                Ok(Then::KeepAlive) => idle = None,
                Ok(Then::CloseIdle(after)) => idle = Some(after),
                Ok(Then::End(how)) => return self.end(how, received.complete).await,
                Ok(Then::EndOnReuse(how)) => {
                    if !matches!(inbox.begin(&mut self.stream).await, Ok(true)) {
                        return self.record(EventKind::PeerClosed);
                    }
                    self.record(EventKind::Reused);
                    return self.end(how, false).await;
                }
                Err(error) => return self.reject(&error).await,
            }
        }
    }

    /// Whether a request begins or the peer closes; `None` when the time of idleness is over.
    async fn begin(&mut self, inbox: &mut Inbox, idle: Option<Duration>) -> Option<bool> {
        let byte = inbox.begin(&mut self.stream);
        let begins = match idle {
            Some(idle) => timeout(idle, byte).await.ok()?,
            None => byte.await,
        };
        Some(begins.unwrap_or(false))
    }

    /// Does what the script has for a request of which the head was read.
    async fn act(
        &mut self,
        inbox: &mut Inbox,
        framing: Framing,
        received: &mut Received,
    ) -> io::Result<Then> {
        let scripted = self.shared.act(received);
        if !scripted.as_ref().is_some_and(|act| act.early) {
            if received.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
                self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
            let read = inbox.body(&mut self.stream, framing, received).await;
            if let Err(error) = read {
                self.shared.receive(received);
                return Err(error);
            }
            self.record(EventKind::Body(received.number));
        }
        self.shared.receive(received);
        let act = scripted.unwrap_or_else(|| {
            self.record(EventKind::Unscripted(received.number));
            Act::from(Reply::status(501))
        });
        self.play(act, received).await
    }

    /// Plays an act for a request that was read as far as the act wants it to be.
    pub(super) async fn play(&mut self, act: Act, received: &Received) -> io::Result<Then> {
        let act = act.resolve(received).with_own(Reply::json(200, "{}"));
        wait(act.delay).await;
        match act.kind {
            Kind::Reply(reply) => self.reply(&reply, received).await,
            Kind::End(how) => Ok(Then::End(how)),
            Kind::Choose(_) | Kind::Own(_) => Ok(Then::End(How::Hang)),
        }
    }

    async fn reply(&mut self, reply: &Reply, received: &Received) -> io::Result<Then> {
        let without_body = received.method == "HEAD" && reply.status.is_some();
        match write(&mut self.stream, reply, without_body).await? {
            Written::Cut(sent, how) => {
                self.record(EventKind::Cut(received.number, sent));
                Ok(Then::End(how))
            }
            Written::Whole(sent) => {
                self.record(EventKind::Answered(received.number, sent));
                let asked = received.header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"));
                let ends = asked || reply.ends_by_close();
                Ok(if ends && matches!(reply.then, Then::KeepAlive) {
                    Then::End(How::Close)
                } else {
                    reply.then
                })
            }
        }
    }

    /// Ends after a request that could not be read, or an answer that could not be written.
    async fn reject(&mut self, error: &io::Error) {
        if error.kind() != io::ErrorKind::InvalidData {
            return self.record(EventKind::PeerClosed);
        }
        self.record(EventKind::Rejected);
        let answer = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        match self.stream.write_all(answer).await {
            Ok(()) => self.end(How::Close, false).await,
            Err(_) => self.record(EventKind::PeerClosed),
        }
    }

    /// Ends the connection. `read` tells that nothing more is on the way here: what is left
    /// unread when a socket is dropped turns its close to a reset.
    pub(super) async fn end(&mut self, how: How, read: bool) {
        match how {
            How::Reset => {
                // With no time to linger, the drop that follows resets.
                let _ = self.stream.tcp().set_zero_linger();
                self.record(EventKind::Reset);
            }
            How::Close => {
                let _ = self.stream.shutdown().await;
                self.record(EventKind::Closed);
                if !read {
                    self.drain().await;
                }
            }
            How::Hang => {
                self.record(EventKind::Hanging);
                if read {
                    self.drain().await;
                } else {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Reads and forgets until the peer closes.
    async fn drain(&mut self) {
        let mut waste = [0; 4096];
        while matches!(self.stream.read(&mut waste).await, Ok(1..)) {}
        self.record(EventKind::PeerClosed);
    }

    pub(super) fn record(&self, kind: EventKind) {
        self.shared.record(self.number, kind);
    }
}
