//! The fault server does on the wire exactly what its script says.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod answers;
mod client;
mod compressed;
mod endings;
mod http2;
mod mix;
mod openings;
mod requests;
mod time;
#[cfg(feature = "tls")]
mod tls;
