//! The generated clients of invented vendors, on the wire.
mod clients {
    #[allow(clippy::all, clippy::pedantic, missing_docs, unreachable_pub, unexpected_cfgs, dead_code, reason = "generated: its names and texts are the document's")]
    pub mod ledger {
        include!(concat!(env!("OUT_DIR"), "/ledger.rs"));
    }
    #[allow(clippy::all, clippy::pedantic, missing_docs, unreachable_pub, unexpected_cfgs, dead_code, reason = "generated: its names and texts are the document's")]
    pub mod bodyless {
        include!(concat!(env!("OUT_DIR"), "/bodyless.rs"));
    }
}
