//! Gainsight, alive: what is written is read again, and what cannot be is refused with a reason.

mod client;
mod company_team;
mod moods;
mod people;
mod scim;
mod search;
mod users;
