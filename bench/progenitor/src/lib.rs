//! What progenitor alone makes of the documents: no runtime, no facade.

#![allow(clippy::all, clippy::pedantic, missing_docs, unused, reason = "progenitor's own output")]

macro_rules! document {
    ($name:ident) => {
        pub mod $name {
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
        }
    };
}

document!(gainsight);
document!(gong);
document!(userpilot);
