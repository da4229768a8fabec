//! userpilot

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
