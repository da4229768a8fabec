//! Gainsight, alive: what is written is read again, and what cannot be is refused with a reason.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod client;
mod company_team;
mod moods;
mod people;
mod scim;
mod search;
mod users;
