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
//! stalls, lies about lengths and drips, as a script says. The same acts can be planned for any
//! operation of a sandbox, with [`Sandbox::before`] and [`Sandbox::after`].
//!
//! The program `revops-sandbox` serves the same to programs in any language. It and its status
//! page are the features `cli` and `page`, which a test has no need of: depend on this crate with
//! `default-features = false`.

#![deny(missing_docs)]

/// The Rust of the README is compiled and run as documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod answer;
mod authority;
mod body;
mod catalog;
mod clock;
mod control;
mod credentials;
mod document;
mod environment;
mod exception;
pub mod fault;
mod gainsight;
mod gong;
mod handle;
mod headers;
mod judge;
mod log;
mod mood;
mod observed;
mod oddity;
mod operation;
#[cfg(feature = "page")]
mod page;
mod parameters;
mod payload;
mod plan;
mod population;
mod quota;
mod refusal;
mod remark;
mod repeated;
mod route;
mod sample;
mod schema;
mod serve;
mod server;
mod start;
mod target;
mod tokens;
#[cfg(feature = "page")]
mod told;
mod usergems;
mod userpilot;
mod vendor;
mod violation;
mod world;

pub use credentials::{
    Credential, GAINSIGHT_ACCESS_KEY, GONG_ACCESS_KEY, GONG_ACCESS_KEY_SECRET, GONG_ACCESS_TOKEN,
    USERGEMS_API_KEY, USERPILOT_API_KEY,
};
pub use environment::environment;
pub use exception::{Exception, exceptions};
pub use gainsight::Gainsight;
pub use gong::Gong;
pub use log::{Count, RequestLine};
pub use mood::{Mood, Profile, UnknownMood};
pub use operation::{ExampleRequest, Operation};
pub use plan::{Plan, PlannedFault, UnknownOperation};
pub use quota::{Pool, QuotaUse, Window};
pub use server::Sandbox;
pub use start::Builder;
pub use target::Target;
pub use tokens::{GONG_REFRESH_TOKEN, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET};
pub use usergems::{Queued, Task, UserGems};
pub use userpilot::Userpilot;
pub use vendor::Vendor;
pub use violation::{Place, Reason, Violation};
