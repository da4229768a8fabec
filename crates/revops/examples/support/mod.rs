//! Where the examples get their clients from: a sandbox on loopback, or the environment with `--real`.

use revops::gainsight::Gainsight;
use revops::gong::Gong;
use revops::usergems::UserGems;
use revops::userpilot::Userpilot;
use revops_sandbox::{Sandbox, Vendor};

/// What an example comes to.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A client for each vendor.
#[allow(dead_code, reason = "each example takes the vendors it needs")]
pub(crate) struct Vendors {
    pub(crate) gong: Gong,
    pub(crate) gainsight: Gainsight,
    pub(crate) usergems: UserGems,
    pub(crate) userpilot: Userpilot,
    /// Stops when it is dropped; `None` with real vendors.
    pub(crate) sandbox: Option<Sandbox>,
}

impl Vendors {
    /// The vendors themselves if the first argument is `--real`, with the credentials of the environment; a
    /// sandbox of `people` persons otherwise.
    pub(crate) async fn connect(people: usize) -> Outcome<Self> {
        if std::env::args().nth(1).as_deref() == Some("--real") {
            return Ok(Self {
                gong: Gong::from_env()?,
                gainsight: Gainsight::from_env()?,
                usergems: UserGems::from_env()?,
                userpilot: Userpilot::from_env()?,
                sandbox: None,
            });
        }
        let sandbox = Sandbox::builder().people(people).start().await?;
        Ok(Self {
            gong: Gong::sandbox(sandbox.base_url(Vendor::Gong))?,
            gainsight: Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?,
            usergems: UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?,
            userpilot: Userpilot::sandbox(sandbox.base_url(Vendor::Userpilot))?,
            sandbox: Some(sandbox),
        })
    }
}
