#![doc = include_str!("../README.md")]

#[cfg(feature = "gainsight")]
pub use revops_gainsight as gainsight;
#[cfg(feature = "gong")]
pub use revops_gong as gong;
#[cfg(feature = "usergems")]
pub use revops_usergems as usergems;
#[cfg(feature = "userpilot")]
pub use revops_userpilot as userpilot;

pub use revops_runtime::delivery::Failure;
pub use revops_runtime::options::Timeouts;
pub use revops_runtime::quota::PoolLimits;
pub use revops_runtime::retry::RetryPolicy;
pub use revops_runtime::{
    Api, Contract, Delivery, Error, ErrorBody, Kind, Operation, Options, Quota, Rejected, Response,
    SecretString, upload,
};
pub use revops_runtime::{api::Window, credential::Credential, oauth, provider, rejected::OddMember};
