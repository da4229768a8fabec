//! Gainsight CS: people, users, company teams, and users by SCIM.
//!
//! Generated at build time from two documents, one module and one client type each: [`person`] (four
//! operations) and [`user_management`] (eleven). They are served from one host and take one credential, so
//! one connection serves both: build one client, and the other [`over`](user_management::Client::over) its
//! connection. For upserts of any size, searches as streams and safe provisioning depend on the facade
//! `revops`; this crate is the layer beneath it.
//!
//! # Credentials
//! The tenant's REST access key, sent as `accessKey` ([`person::ClientBuilder::api_key`]), or a token of an
//! OAuth client ([`person::ClientBuilder::bearer_auth`]). The vendor's SCIM takes a token only: give one to call
//! it. With a key alone SCIM calls are sent with the key, as the published document has it, and are likely to be
//! refused. `domain` is the tenant and must be given: `acme` for `https://acme.gainsightcloud.com/v1`; for a
//! custom domain give the whole base URL.
//!
//! # Limits
//! 100 calls a minute and 50,000 a day for people; 100 an hour and 1,000 a day for users and company teams;
//! 50 records an upsert, 5,000 a search. Failures can come as `result: false` in a 200.
//!
//! # Where this is from
//! The documents were inferred by a third party and differ from the vendor's guides in places; they are
//! vendored with their provenance in `specs/`, and the observations beside them cite their sources, among them
//! <https://support.gainsight.com>.
//!
//! # Example
//! ```no_run
//! # async fn example() -> Result<(), revops_gainsight::Error> {
//! use revops_gainsight::{person, user_management};
//!
//! let people = person::Client::builder().domain("acme").api_key("key").build()?;
//! let jane = people.get_person().record_id("1P01ABC").send().await?;
//! println!("{:?}", jane.data.as_ref().and_then(|person| person.email.as_deref()));
//!
//! let users = user_management::Client::over(people.connection());
//! let page = users.scim_list_users().filter("userName eq \"jane@example.com\"").send().await?;
//! println!("{} found", page.total_results.unwrap_or(0));
//! # Ok(())
//! # }
//! ```

pub use revops_runtime::{ByteStream, Error, Response};

/// The Gainsight CS Person API 1.0.
#[allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    unreachable_pub,
    reason = "generated: its names and texts are the document's"
)]
pub mod person {
    include!(concat!(env!("OUT_DIR"), "/person.rs"));
}

/// The Gainsight CS User Management API 1.0: users, company teams, SCIM.
#[allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    unreachable_pub,
    reason = "generated: its names and texts are the document's"
)]
pub mod user_management {
    include!(concat!(env!("OUT_DIR"), "/user-management.rs"));
}
