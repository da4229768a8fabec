//! UserGems: contacts and accounts to track, so that a champion's change of job becomes a lead.
//!
//! Generated at build time from the UserGems API document 1.0.0; five operations, all of them writes:
//! `addContact`, `deleteContact`, `addAccount`, `deleteAccount`, `privacyDelete`. For batches with an outcome
//! per contact depend on the facade `revops`; this crate is the layer beneath it.
//!
//! # Credentials
//! One key for the whole company, sent as `X-Api-Key` ([`ClientBuilder::api_key_auth`]). A call without one
//! is answered with a redirect to a page that does not exist; redirects are not followed here, and it is an
//! error of the kind [`Credential`](revops_runtime::Kind::Credential).
//!
//! # Limits
//! Twenty calls a second, one record a call, at most 100 custom fields on a contact (checked before sending).
//! A success means that the record is queued; nothing can be read back.
//!
//! # What to know
//! `deleteContact` without `relationshipType` and `signal` removes the contact from everything. The vendor
//! asks for a `reportId` on `addAccount` that its document does not name; it is an optional field here.
//!
//! # Where this is from
//! The document is vendored with its provenance in `specs/`; the observations beside it cite their sources.
//!
//! # Example
//! ```no_run
//! # async fn example() -> Result<(), revops_usergems::Error> {
//! use revops_usergems::{Client, types::AddContactRequest};
//!
//! let usergems = Client::builder().api_key_auth("key").build()?;
//! let contact = AddContactRequest::builder().email("jane.doe@example.com").relationship_type("Champion");
//! let ack = usergems.add_contact().body(contact).send().await?;
//! println!("{}", ack.message);
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
    include!(concat!(env!("OUT_DIR"), "/usergems.rs"));
}

pub use generated::*;
