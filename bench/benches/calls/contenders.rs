//! The ways to call the vendors that stand beside each other.

pub(crate) mod client;
pub(crate) mod facade;
pub(crate) mod hyper;
pub(crate) mod openapi_generator;
pub(crate) mod progenitor;
pub(crate) mod reqwest;

mod by_hand;
