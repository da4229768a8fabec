//! The facade against a sandbox, in all its moods.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper fails its test by panicking")]

mod builders;
mod environment;
mod gainsight_people;
mod gainsight_search;
mod gainsight_users;
mod gong;
mod people_doubt;
mod people_email;
mod people_flows;
mod people_records;
mod people_reports;
mod people_roster;
mod people_systems;
mod scim;
mod streams;
mod support;
mod tokens;
mod upserts;
mod usergems;
mod userpilot;
