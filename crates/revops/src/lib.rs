#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod email;
#[cfg(feature = "gainsight")]
pub mod gainsight;
#[cfg(feature = "gong")]
pub mod gong;
pub mod guide;
pub mod people;
#[cfg(any(feature = "gong", feature = "usergems", feature = "userpilot"))]
mod told;
#[cfg(feature = "usergems")]
pub mod usergems;
#[cfg(feature = "userpilot")]
pub mod userpilot;
#[cfg(any(feature = "gainsight", feature = "gong", feature = "usergems", feature = "userpilot"))]
mod vendor;

use futures::future::BoxFuture;

pub use revops_runtime::api::Window;
pub use revops_runtime::batch::{Duplicates, Outcome, Outcomes, Reason, Report};
pub use revops_runtime::credential::Credential;
pub use revops_runtime::delivery::{Failure, Refusal};
pub use revops_runtime::options::Timeouts;
pub use revops_runtime::paging::{Checkpoint, CheckpointMismatch, Page, PagingError, Record};
pub use revops_runtime::quota::PoolLimits;
pub use revops_runtime::rejected::OddMember;
pub use revops_runtime::retry::RetryPolicy;
pub use revops_runtime::{
    Api, ConnectionBuilder, Contract, Delivery, Error, ErrorBody, Kind, Operation, Options, Quota, Rejected,
    Response, SecretString, oauth, provider, upload,
};

/// A call that was prepared and is made when it is awaited. It is boxed, so that the program that awaits it
/// does not compile the call anew, and `Send`, so that it can be spawned. Dropping it cancels the call.
pub type Call<T> = BoxFuture<'static, Result<T, Error>>;

/// A list as a stream of records that could be decoded.
pub type Stream<R> = revops_runtime::paging::Decoded<R, Error>;

/// A list as a stream of records; one that could not be decoded is delivered in its place.
pub type Records<R> = revops_runtime::paging::Records<R, Error>;

/// A list as a stream of pages.
pub type Pages<R> = revops_runtime::paging::Pages<R, Error>;
