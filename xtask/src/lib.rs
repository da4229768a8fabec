//! What the tasks are made of, as a library so that tests reach it.

pub mod api;
pub mod bench;
pub mod compare;
pub mod outline;
pub mod proof;
pub mod regen;
pub mod snapshots;
