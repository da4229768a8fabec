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
//! | [`credential`] | the values that prove who is calling, and the headers they become |
//! | [`origin`] | which base URLs a credential may be sent to |
//! | [`path`] | one path parameter fills exactly one segment |
//! | [`query`] | lists written into one query value |
//! | [`upload`] | multipart forms that are streamed |
//! | [`response`] | a decoded answer with its status and headers |
//! | [`error`] | what went wrong, where, and what to do next |
//! | [`delivery`] | whether a request that failed can have been processed |
//! | [`paging`] | lists in pages as streams that can be taken up again |
//! | [`rejected`] | a record that could not be decoded, in its place |
//! | [`batch`] | any number of items sent in chunks, each ending in one outcome |
//! | [`job`] | waiting for what the vendor does in its own time |
//! | [`backoff`] | how long to wait before trying again |

pub mod api;
pub mod backoff;
pub mod batch;
mod call;
pub mod connection;
pub mod credential;
pub mod delivery;
pub mod error;
#[doc(hidden)]
pub mod generated;
pub mod job;
pub mod origin;
pub mod paging;
pub mod path;
pub mod query;
pub mod rejected;
pub mod response;
pub mod upload;

pub use api::{Api, Operation};
pub use call::{call, call_empty, call_stream};
pub use connection::{Connection, ConnectionBuilder};
pub use error::{Error, ErrorBody, Kind};
pub use progenitor_client::ByteStream;
pub use response::Response;
pub use secrecy::SecretString;
