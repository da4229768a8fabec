//! What the sandbox answers to right and to wrong requests, and what it tells of them.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod address;
mod faults;
mod gainsight;
mod gong;
mod moods;
#[cfg(feature = "page")]
mod page;
mod quota;
mod right;
mod scim_tokens;
mod strict;
mod support;
mod tokens;
#[cfg(feature = "page")]
mod told;
mod usergems;
mod userpilot;
mod wrong;
