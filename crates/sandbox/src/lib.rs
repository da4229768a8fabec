//! The four vendors on loopback: a server that judges every request against the published
//! documents and answers what they promise.
//!
//! ```
//! use revops_sandbox::{Sandbox, Vendor};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let sandbox = Sandbox::start().await?;
//! assert!(sandbox.base_url(Vendor::Gong).ends_with("/gong/v2"));
//! assert!(sandbox.violations().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! A request is judged against the text as published, before any repair, and this crate depends
//! on no client of ours, so it cannot share their mistakes. What it finds is answered in the
//! vendor's own error shape and kept in [`Sandbox::violations`]. The few places where the
//! published text cannot be taken literally are [`Sandbox::exceptions`].
//!
//! What can go wrong before any vendor answers is in [`fault`]: a server on loopback that resets,
//! stalls, lies about lengths and drips, as a script says.

#![deny(missing_docs)]

mod answer;
mod body;
mod catalog;
mod clock;
mod credentials;
mod document;
mod exception;
pub mod fault;
mod gainsight;
mod gong;
mod headers;
mod judge;
mod log;
mod mood;
mod operation;
mod parameters;
mod payload;
mod population;
mod refusal;
mod route;
mod sample;
mod schema;
mod server;
mod start;
mod tokens;
mod usergems;
mod userpilot;
mod vendor;
mod violation;
mod world;

pub use credentials::{
    Credential, GAINSIGHT_ACCESS_KEY, GONG_ACCESS_KEY, GONG_ACCESS_KEY_SECRET, GONG_ACCESS_TOKEN,
    USERGEMS_API_KEY, USERPILOT_API_KEY,
};
pub use exception::Exception;
pub use gong::Gong;
pub use log::RequestLine;
pub use mood::{Mood, Profile, UnknownMood};
pub use operation::{ExampleRequest, Operation};
pub use server::Sandbox;
pub use start::Builder;
pub use tokens::{GONG_REFRESH_TOKEN, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET};
pub use usergems::{Queued, Task, UserGems};
pub use userpilot::Userpilot;
pub use vendor::Vendor;
pub use violation::{Place, Reason, Violation};
