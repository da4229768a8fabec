//! What every `revops` client shares at run time.
//!
//! A generated operation builds its request from typed values and hands it to [`call`]; everything that can
//! go wrong between there and a typed answer is handled here, once, for all vendors. This crate knows no
//! vendor: what differs between them is data in [`Api`] and [`Operation`], written by `revops-codegen` from
//! the vendors' documents and what was observed of them.
//!
//! The way of a call: [`quota`] → [`credential`] → attempt → judge → wait or give up → decode.
//!
//! | module | subject |
//! |---|---|
//! | [`api`] | what a document says of itself and of its operations |
//! | [`connection`] | base URL, HTTP client, credentials, quota, shared by all clones of a client |
//! | [`options`] | contract, retry, timeouts, deadline, limits |
//! | [`credential`], [`provider`], [`oauth`] | the values that prove who is calling, fixed or issued |
//! | [`env`](mod@env) | a connection from environment variables |
//! | [`origin`] | which base URLs a credential may be sent to |
//! | [`quota`], [`clock`] | pacing by pools |
//! | [`retry`] | when an attempt is made again |
//! | [`path`], [`query`], [`upload`] | what goes into a request |
//! | [`response`], [`rejected`] | a decoded answer, and the odd records in it |
//! | [`paging`], [`batch`], [`job`], [`backoff`] | lists in pages, items in chunks, work that takes its time |
//! | [`error`], [`delivery`] | what went wrong, where, and what became of the request |

mod advice;
pub mod api;
mod at_once;
mod attempt;
pub mod backoff;
pub mod batch;
mod call;
mod classify;
pub mod clock;
pub mod connection;
pub mod credential;
mod curl;
mod decode;
pub mod delivery;
pub mod env;
pub mod error;
mod excerpt;
mod gathered;
#[doc(hidden)]
pub mod generated;
pub mod job;
#[cfg(feature = "metrics")]
mod metered;
pub mod oauth;
mod observed;
pub mod options;
pub mod origin;
pub mod paging;
pub mod path;
pub mod provider;
pub mod query;
pub mod quota;
pub mod rejected;
mod request;
pub mod response;
pub mod retry;
mod retry_after;
mod telemetry;
#[cfg_attr(feature = "native-tls", path = "native_tls.rs")]
mod tls;
pub mod upload;

pub use api::{Api, Operation};
pub use call::{call, call_empty, call_stream};
pub use connection::{Connection, ConnectionBuilder};
pub use curl::to_curl;
pub use delivery::Delivery;
pub use error::{Error, ErrorBody, Kind};
pub use options::{Contract, Options};
pub use progenitor_client::ByteStream;
pub use quota::Quota;
pub use rejected::Rejected;
pub use response::Response;
pub use secrecy::{ExposeSecret, SecretString};
