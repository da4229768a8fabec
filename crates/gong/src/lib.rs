//! Gong: the users of a revenue-intelligence account, who they are and what is recorded of them.
//!
//! Generated at build time from the Gong Users API document 2.0.0; four operations, all of them reads:
//! `listUsers`, `getUser`, `getUserSettingsHistory`, `listUsersByFilter`. For paging streams and the rest of
//! what a program wants, depend on the facade `revops`; this crate is the layer beneath it.
//!
//! # Credentials
//! Either an access key and its secret ([`ClientBuilder::basic_auth`]) or an OAuth token with the scope
//! `api:users:read` ([`ClientBuilder::bearer_auth`]). If both are given the access key is sent; never both.
//! Some accounts answer only on a host of their own, named by Gong when the key or token is made: give it as
//! [`ClientBuilder::base_url`] if `https://api.gong.io/v2` answers 401 to a good key.
//!
//! # Limits
//! Three calls a second and 10,000 a day for the whole company by default; pages hold 100 users. A filter
//! that matches nobody is answered with 404.
//!
//! # Where this is from
//! The document is vendored with its provenance in `specs/`; the observations beside it cite their sources,
//! among them <https://help.gong.io/docs/what-the-gong-api-provides>.
//!
//! # Example
//! ```no_run
//! # async fn example() -> Result<(), revops_gong::Error> {
//! let gong = revops_gong::Client::builder().basic_auth("access key", "secret").build()?;
//! let page = gong.list_users().send().await?;
//! for user in page.users.iter().flatten() {
//!     println!("{}", user.email_address.as_deref().unwrap_or("-"));
//! }
//! # Ok(())
//! # }
//! ```

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
mod generated {
    include!(concat!(env!("OUT_DIR"), "/users.rs"));
}

pub use generated::*;
