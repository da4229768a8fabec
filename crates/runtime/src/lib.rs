//! What every `revops` client shares at run time.
//!
//! A generated operation builds its request from typed values and hands it to [`call`]; everything that can
//! go wrong between there and a typed answer is handled here, once, for all vendors. This crate knows no
//! vendor: what differs between them is data in [`Api`] and [`Operation`], written by `revops-codegen` from
//! the vendors' documents.
//!
//! One module, one subject:
//!
//! | module | subject |
//! |---|---|
//! | [`api`] | what a document says of itself and of its operations |
//! | [`connection`] | base URL, HTTP client and credentials, shared by all clones of a client |
//! | [`clock`] | the clock that waits are measured on |
//! | [`credential`] | the values that prove who is calling, and the headers they become |
//! | [`origin`] | which base URLs a credential may be sent to |
//! | [`path`] | one path parameter fills exactly one segment |
//! | [`query`] | lists written into one query value |
//! | [`quota`] | what a vendor lets us spend, and when the next request may go |
//! | [`upload`] | multipart forms that are streamed |
//! | [`response`] | a decoded answer with its status and headers |
//! | [`error`] | what went wrong, where, and what to do next |

pub mod api;
mod call;
pub mod clock;
pub mod connection;
pub mod credential;
pub mod error;
#[doc(hidden)]
pub mod generated;
pub mod origin;
pub mod path;
pub mod query;
pub mod quota;
pub mod response;
pub mod upload;

pub use api::{Api, Operation};
pub use call::{call, call_empty, call_stream};
pub use connection::{Connection, ConnectionBuilder};
pub use error::{Error, ErrorBody, Kind};
pub use progenitor_client::ByteStream;
pub use response::Response;
pub use secrecy::SecretString;
