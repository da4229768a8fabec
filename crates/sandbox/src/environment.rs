//! The environment variables with which the clients find a sandbox.

use std::net::SocketAddr;

use crate::authority::callable;
use crate::catalog::Catalog;
use crate::{
    GAINSIGHT_ACCESS_KEY, GONG_ACCESS_KEY, GONG_ACCESS_KEY_SECRET, Sandbox, USERGEMS_API_KEY,
    USERPILOT_API_KEY, Vendor,
};

/// Name and value of each variable for a sandbox that listens there: base URLs and keys, under
/// the names that `Client::from_env` of every vendor reads, and the sandbox's own address for its
/// page and controls. An unspecified address stands for this machine: loopback is told. No value needs to be
/// quoted in a shell.
///
/// ```
/// let variables = revops_sandbox::environment("127.0.0.1:4010".parse()?);
/// assert!(variables.contains(&("GONG_BASE_URL", "http://127.0.0.1:4010/gong/v2".to_owned())));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn environment(address: SocketAddr) -> Vec<(&'static str, String)> {
    variables(&callable(address).to_string())
}

/// The same for a sandbox that is reached by this host and port.
pub(crate) fn variables(host: &str) -> Vec<(&'static str, String)> {
    let base_url = |vendor| {
        // Documents that cannot be read let no sandbox start.
        let path = Catalog::published().map_or("", |catalog| catalog.base(vendor));
        format!("http://{host}{path}")
    };
    vec![
        ("REVOPS_SANDBOX_URL", format!("http://{host}")),
        ("GONG_BASE_URL", base_url(Vendor::Gong)),
        ("GONG_ACCESS_KEY", GONG_ACCESS_KEY.to_owned()),
        ("GONG_ACCESS_KEY_SECRET", GONG_ACCESS_KEY_SECRET.to_owned()),
        ("GAINSIGHT_BASE_URL", base_url(Vendor::Gainsight)),
        ("GAINSIGHT_ACCESS_KEY", GAINSIGHT_ACCESS_KEY.to_owned()),
        ("USERGEMS_BASE_URL", base_url(Vendor::UserGems)),
        ("USERGEMS_API_KEY", USERGEMS_API_KEY.to_owned()),
        ("USERPILOT_BASE_URL", base_url(Vendor::Userpilot)),
        ("USERPILOT_API_KEY", USERPILOT_API_KEY.to_owned()),
    ]
}

impl Sandbox {
    /// The environment variables with which the clients find it; see [`environment`].
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        environment(self.address())
    }
}
