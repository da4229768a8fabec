//! Every operation on the wire: what is sent, what is refused, and what becomes of the answer.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper fails its test by panicking"
)]

mod coverage;
mod faithful;
mod gainsight_person;
mod gainsight_user_management;
mod gong;
mod guards;
mod usergems;
mod userpilot;
