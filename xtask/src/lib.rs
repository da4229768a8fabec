//! The parts of `cargo xtask` that are plain functions and can be tested as such.

pub mod compare;
