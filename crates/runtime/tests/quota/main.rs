//! Pacing: what a quota lets through, when, and to whom.

#![allow(clippy::unwrap_used, reason = "a helper fails its test by panicking")]

mod model;
mod pacing;
mod steady;
mod store;
mod turn;
mod vendor;
