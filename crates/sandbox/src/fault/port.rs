//! Ports that refuse a connection, or leave it hanging.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::Poll;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// A port of the loopback interface that refuses every connection until this is dropped. Nobody
/// else can get it meanwhile: it is bound, but nobody listens.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let port = revops_sandbox::fault::RefusingPort::bind()?;
/// let refused = tokio::net::TcpStream::connect(port.address()).await.unwrap_err();
/// assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RefusingPort {
    address: SocketAddr,
    _socket: TcpSocket,
}

impl RefusingPort {
    /// Takes a free port.
    ///
    /// # Errors
    ///
    /// If none can be bound.
    pub fn bind() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self { address: socket.local_addr()?, _socket: socket })
    }

    /// Where nobody listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send + Sync>>;

/// A port of the loopback interface where connecting never comes to an end, because its queue is
/// full and nobody accepts. It is the way of Linux to let such a connection wait; other systems
/// may refuse it.
pub struct HangingPort {
    address: SocketAddr,
    _listener: TcpListener,
    /// They fill the queue.
    _waiting: Vec<Connecting>,
}

impl HangingPort {
    /// Takes a free port and fills its queue.
    ///
    /// # Errors
    ///
    /// If none can be bound.
    pub async fn bind() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(1)?;
        let address = listener.local_addr()?;
        let mut waiting: Vec<Connecting> = Vec::new();
        for _ in 0..8 {
            let mut connecting: Connecting = Box::pin(TcpStream::connect(address));
            // The first poll sends the first packet; the rest is up to the system.
            poll_fn(|context| {
                let _ = connecting.as_mut().poll(context);
                Poll::Ready(())
            })
            .await;
            waiting.push(connecting);
        }
        Ok(Self { address, _listener: listener, _waiting: waiting })
    }

    /// Where nobody accepts.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl std::fmt::Debug for HangingPort {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HangingPort").field("address", &self.address).finish_non_exhaustive()
    }
}
