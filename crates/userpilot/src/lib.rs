//! Userpilot: identify users and companies, track what they do, import them in bulk.
//!
//! Generated at build time from the Userpilot API document 1.0.0; eight operations: `identifyUser`,
//! `bulkIdentifyUsers`, `identifyCompany`, `bulkIdentifyCompanies`, `trackEvent`, `importData`, `listJobs`,
//! `getJob` (the names are ours, the document has none). For chunking, uploads with progress and waiting for
//! jobs depend on the facade `revops`; this crate is the layer beneath it.
//!
//! # Credentials
//! The API key of an environment, not its App Token, sent as `Authorization: Token …`
//! ([`ClientBuilder::api_token`]). [`ClientBuilder::environment`] picks the region: `analytex` (the default),
//! `analytex-eu`, or the name of a dedicated endpoint.
//!
//! # Limits
//! 600 identifications and 600 events a minute; one background job at a time, another is answered with 409;
//! 10,000 records a bulk call; files of 50 MB. Properties are flat: texts, numbers, booleans, and null, which
//! removes one.
//!
//! # Where this is from
//! The document is the vendor's own, vendored with its provenance in `specs/`; the repairs and observations
//! beside it cite their sources, among them <https://docs.userpilot.com>.
//!
//! # Example
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use revops_runtime::upload::Part;
//! use revops_userpilot::{Client, types::ImportDataForm};
//!
//! let userpilot = Client::builder().api_token("key").build()?;
//! let file = Part::file("people.csv").await?;
//! let job = userpilot.import_data().body(ImportDataForm::new(file)).send().await?;
//! println!("{}", job.job_id.as_deref().unwrap_or("-"));
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
    include!(concat!(env!("OUT_DIR"), "/userpilot.rs"));
}

pub use generated::*;
