//! Published OpenAPI documents in, typed Rust clients out, at build time.

mod error;
pub mod lower;
mod notes;
mod pointer;

pub use error::Error;
pub use notes::{Note, Notes};
