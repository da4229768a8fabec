//! The server: accepts, plays its script, and stops when it is dropped.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Duration, sleep};

use super::connection::Connection;
use super::event::Shared;
#[cfg(feature = "tls")]
use super::tls::{Certificate, Identity};
use super::{Event, EventKind, Opening, Received, Script};

/// A server on loopback that plays a [`Script`] until it is dropped.
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// The task that accepts and owns the tasks of all connections.
    task: AbortHandle,
    #[cfg(feature = "tls")]
    identity: Option<Identity>,
}

impl FaultServer {
    /// Starts a server on a free port of the loopback interface, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If no port can be bound.
    pub async fn start(script: Script) -> io::Result<Self> {
        Self::listen(script, Security::Plain).await
    }

    /// Starts a server that speaks TLS with such a certificate, made now.
    ///
    /// # Errors
    ///
    /// If no port can be bound or no certificate made.
    #[cfg(feature = "tls")]
    pub async fn start_tls(script: Script, certificate: Certificate) -> io::Result<Self> {
        let identity = Identity::new(certificate)?;
        let mut server = Self::listen(script, Security::Tls(identity.acceptor()?)).await?;
        server.identity = Some(identity);
        Ok(server)
    }

    async fn listen(script: Script, security: Security) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(script));
        let task = tokio::spawn(accept(listener, Arc::clone(&shared), security)).abort_handle();
        Ok(Self {
            address,
            shared,
            task,
            #[cfg(feature = "tls")]
            identity: None,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Such as `https://127.0.0.1:40123`, also for a server that speaks no TLS.
    #[must_use]
    pub fn https_base_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The certificate a client has to trust to accept this server, if its own can be accepted
    /// at all: the issuer's, or that of a self-signed server itself. `None` without TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn certificate_pem(&self) -> Option<&str> {
        self.identity.as_ref().map(Identity::root_pem)
    }

    /// The last requests, in the order in which they were read; see [`Script::keep`].
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.shared.requests()
    }

    /// The last events, the oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.shared.events()
    }

    /// The kinds of the last events on one connection.
    #[must_use]
    pub fn events_of(&self, connection: u64) -> Vec<EventKind> {
        let events = self.events().into_iter().filter(|event| event.connection == connection);
        events.map(|event| event.kind).collect()
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.counts().0
    }

    /// How many requests began.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.shared.counts().1
    }

    /// Plays another script from now on: its connections are counted on, its requests begin.
    /// What [`Script::keep`] and [`Script::discard_bodies`] say stays as it was.
    pub fn play(&self, script: Script) {
        self.shared.replace(script);
    }

    /// Waits until the events are as wanted; looks at them now and after each new one.
    pub async fn until(&self, mut wanted: impl FnMut(&[Event]) -> bool) {
        loop {
            let mut changed = pin!(self.shared.changed.notified());
            // Notified also of what happens between the look and the wait.
            changed.as_mut().enable();
            if wanted(&self.events()) {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for FaultServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FaultServer").field("address", &self.address).finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum Security {
    Plain,
    #[cfg(feature = "tls")]
    Tls(tokio_rustls::TlsAcceptor),
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, security: Security) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, most likely: some will be closed.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        // Whatever was scripted to be one write is to be one packet.
        let _ = stream.set_nodelay(true);
        let (number, opening) = shared.accept();
        connections.spawn(run(stream, number, Arc::clone(&shared), opening, security.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn run(stream: TcpStream, number: u64, shared: Arc<Shared>, opening: Opening, security: Security) {
    let Some(opened) = (Connection { stream, number, shared }).open(opening).await else { return };
    match security {
        Security::Plain => opened.serve().await,
        #[cfg(feature = "tls")]
        Security::Tls(acceptor) => {
            let Connection { stream, number, shared } = opened;
            match acceptor.accept(stream).await {
                Ok(stream) => Connection { stream, number, shared }.serve().await,
                Err(_) => shared.record(number, EventKind::HandshakeFailed),
            }
        }
    }
}
