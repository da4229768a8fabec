//! Tests across the workspace.
//!
//! What is here serves the tests in `tests/`: the published documents as they were vendored, the list of
//! operations that have a wire test, servers on loopback and clients of them. What tells the expected request
//! ([`published`], [`wire`], [`fields`]) knows neither overlays nor generated clients, so that it cannot inherit a
//! mistake of theirs.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helper fails the test by panicking"
)]

pub mod capture;
pub mod faulted;
pub mod faults;
pub mod fields;
pub mod published;
pub mod recording;
pub mod registry;
pub mod vendor;
pub mod wire;

/// One attempt and no more, for tests of a single exchange.
#[must_use]
pub fn once() -> revops_runtime::Options {
    revops_runtime::Options::default().with_retry(revops_runtime::retry::RetryPolicy::never())
}
