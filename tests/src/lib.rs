//! Tests across the workspace.
//!
//! What is here serves the tests in `tests/`: the published documents as they were vendored, the list of
//! operations that have a wire test, servers on loopback and clients of them. Nothing here knows the overlays or the
//! generator, so that an expected request cannot inherit a mistake of theirs.

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
