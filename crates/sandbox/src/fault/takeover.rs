//! A connection of another server, taken over for one act and given back.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::connection::{Connection, Wire};
use super::event::Shared;
use super::reply::Then;
use super::{Act, How, Received, Script};

/// A stream of which some bytes were read already.
#[derive(Debug)]
pub(crate) struct Line {
    read: Bytes,
    stream: TcpStream,
}

impl Line {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { read: Bytes::new(), stream }
    }

    /// Puts back what was read too much.
    pub(crate) fn put_back(mut self, read: Bytes) -> Self {
        self.read = read;
        self
    }

    /// Waits for a byte, which stays; `false` when the peer closes instead.
    async fn begins(&self) -> bool {
        !self.read.is_empty() || matches!(self.stream.peek(&mut [0]).await, Ok(1..))
    }
}

/// Plays one act; the line comes back if it goes on to serve requests.
pub(crate) async fn play(line: Line, act: Act, received: &Received) -> Option<Line> {
    let shared = Arc::new(Shared::new(Script::new()));
    let mut connection = Connection { stream: line, number: 0, shared };
    let then = connection.play(act, received).await.ok()?;
    let end = match then {
        Then::KeepAlive => return Some(connection.stream),
        Then::CloseIdle(after) => match timeout(after, connection.stream.begins()).await {
            Ok(true) => return Some(connection.stream),
            Ok(false) => return None,
            Err(_) => (How::Close, true),
        },
        Then::EndOnReuse(how) => {
            if !connection.stream.begins().await {
                return None;
            }
            (how, false)
        }
        Then::End(how) => (how, received.complete),
    };
    connection.end(end.0, end.1).await;
    None
}

impl Wire for Line {
    fn tcp(&self) -> &TcpStream {
        &self.stream
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let count = self.read.len().min(buffer.remaining());
        buffer.put_slice(&self.read[..count]);
        self.read.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
