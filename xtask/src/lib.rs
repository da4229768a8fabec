//! What the tasks are made of, as a library so that tests reach it.

pub mod api;
pub mod bench;
pub mod command;
pub mod compare;
pub mod deny;
pub mod features;
pub mod fences;
pub mod outline;
pub mod package;
pub mod proof;
pub mod regen;
pub mod semver;
pub mod snapshots;
pub mod tool;
pub mod workspace;
