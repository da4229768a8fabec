//! Published OpenAPI documents in, typed Rust clients out, at build time.

mod error;
mod notes;
mod pointer;

pub use error::Error;
pub use notes::{Note, Notes};
