//! The fault server does on the wire exactly what its script says.

mod answers;
mod client;
mod compressed;
mod endings;
mod mix;
mod openings;
mod requests;
mod time;
#[cfg(feature = "tls")]
mod tls;
