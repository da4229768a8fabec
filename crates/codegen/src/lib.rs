//! Published OpenAPI documents in, typed Rust clients out, at build time.
//!
//! A client crate's whole build script is
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     revops_codegen::build(&["specs/users.yaml"])
//! }
//! ```
//!
//! which writes `$OUT_DIR/users.rs`. On the way a document passes these stages, each one module and one
//! function from a value to a value:
//!
//! | stage | what it does |
//! |---|---|
//! | [`document`] | reads the published file |
//! | [`overlay`] | lays the repairs and observations beside it over it |
//! | [`lower`] | brings OpenAPI 3.1 down to 3.0.3 |
//! | [`check`] | makes sure that it has the structure of OpenAPI |
//! | [`ignore`] | leaves out what the OpenAPI text says shall be ignored |
//! | [`describe`] | takes [`meta::ApiMeta`]: what the runtime must know of each operation |
//! | [`adapt`] | works around what progenitor cannot do, or does wrongly |
//! | [`generate`] | runs progenitor |
//! | [`finish`] | sends every call through the runtime, opens enums |
//! | [`emit`] | adds the constants, the client and its builder |
//!
//! Every change is recorded in [`Notes`]; what cannot be generated rightly is an [`Error`] that says where
//! and what to write in an overlay. Nothing here knows a vendor.

pub mod adapt;
mod build;
pub mod check;
pub mod describe;
pub mod document;
pub mod emit;
mod error;
mod extension;
pub mod finish;
pub mod generate;
mod ident;
pub mod ignore;
pub mod lower;
mod media;
pub mod meta;
mod notes;
mod openapi;
pub mod overlay;
mod pipeline;
mod pointer;
mod vocabulary;

pub use build::build;
pub use error::Error;
pub use notes::{Note, Notes};
pub use pipeline::{Generated, run, run_on};
