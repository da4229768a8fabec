//! Everything a network or a server can get wrong, on loopback and on request.
//!
//! A [`FaultServer`] plays a [`Script`]: what it does about each connection ([`Opening`]) and
//! each request ([`Act`], [`Reply`]). It keeps what it [`Received`] and what happened, as
//! [`Event`]s.
//!
//! ```
//! use revops_sandbox::fault::{Act, FaultServer, Reply, Script};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let server = FaultServer::start(
//!     Script::new()
//!         .on_request(Reply::status(503).header("retry-after", "7"))
//!         .on_request(Act::reset_before_answer())
//!         .on_request(Reply::json(200, "{}"))
//!         .then_repeat(),
//! )
//! .await?;
//!
//! let mut stream = tokio::net::TcpStream::connect(server.address()).await?;
//! stream.write_all(b"GET /people?page=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer).await?;
//!
//! assert_eq!(
//!     answer,
//!     "HTTP/1.1 503 Service Unavailable\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n"
//! );
//! assert_eq!(server.requests()[0].target, "/people?page=1");
//! # Ok(())
//! # }
//! ```
//!
//! # Time
//!
//! All waits are tokio's, on the runtime on which the server was started. On a runtime of one
//! thread whose time is paused (`tokio::time::pause`) they take no time and happen in order with
//! the waits of the client: a body of one byte per second against a timeout of five seconds
//! stops after the fifth byte. That works because loopback hands bytes over before a write
//! returns, so time is moved on only when nothing is on the way. It does not hold for name
//! lookups; base URLs have addresses, so there are none. The instants of requests and events are
//! of the same clock. The dates that a reply is told to carry are of the system's.
//!
//! It does not wholly hold for connecting either: the kernel may report that a connection is made
//! a moment after `connect` was called. A runtime that has nothing else to do by then moves its
//! time on to the next timer, and with many connections made at once that timer can be the
//! client's connect timeout, which fires though nothing was slow. Under paused time, make
//! connections one after another, or give a client that makes many of them no connect timeout,
//! or one longer than every wait of the script.
//!
//! # Limits
//!
//! The head of a request may have 1 MiB and its body 64 MiB, unless bodies are discarded; one
//! above is answered 400. HTTP/2 is spoken only as far as [`Http2`] goes.
//!
//! # TLS
//!
//! With the feature `tls`, `FaultServer::start_tls` makes a certificate, good or bad.

mod act;
mod connection;
mod content;
mod event;
mod gzip;
mod http2;
mod mayhem;
mod port;
mod read;
mod received;
mod reply;
mod script;
mod server;
mod takeover;
#[cfg(feature = "tls")]
mod tls;
mod write;

pub use act::{Act, How, Opening};
pub use content::Content;
pub use event::{Event, EventKind};
pub use http2::Http2;
pub use mayhem::Mayhem;
pub use port::{HangingPort, RefusingPort};
pub use received::Received;
pub use reply::Reply;
pub use script::{Script, Turns};
pub use server::FaultServer;
pub(crate) use takeover::{Line, play};
#[cfg(feature = "tls")]
pub use tls::Certificate;
