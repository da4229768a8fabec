//! Pages, batches and jobs: what the engines behind the facade promise.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unwrap_used,
    reason = "a helper of tests panics as a test does, counts small numbers, and has the shape an engine calls"
)]

mod batch;
mod batch_model;
mod fault;
mod job;
mod paging;
mod paging_model;
