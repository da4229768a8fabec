//! Pages to read beside the reference: what errors mean and what to do about them, and what becomes of code
//! that was written by hand.
//!
//! What is to be known of a vendor, its credentials, limits and ways, stands at the end of its module.

#[doc = include_str!("../docs/what-goes-wrong.md")]
pub mod what_goes_wrong {}

#[doc = include_str!("../docs/from-reqwest.md")]
pub mod from_reqwest {}
