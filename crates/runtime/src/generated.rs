//! What generated code names, gathered so that client crates depend on this crate alone.

pub use percent_encoding;
pub use progenitor_client::{ByteStream, QueryParam};
pub use reqwest;

pub use crate::api::{
    Api, Cursor, CursorPlace, Operation, Pool, Retry, Scheme, SchemeKind, Server, Variable, Window,
};
pub use crate::call::{call, call_empty, call_stream};
pub use crate::path::path_segment;
pub use crate::query::Delimited;
