//! What goes wrong with a call, and what becomes of it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper fails its test by panicking"
)]

mod body;
mod budget;
mod classes;
mod connection;
mod contract;
mod environment;
mod heads;
mod issuer;
mod model;
mod odd;
mod origin;
mod pauses;
mod records;
mod retry;
mod security;
mod status;
mod surface;
mod time;
mod tokens;
mod uploads;
mod words;
