//! From a document to a client: what was vendored, what is generated of it, and that it works.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper fails its test by panicking"
)]

mod fixtures;
mod snapshots;
mod vendored;
