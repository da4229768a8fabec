//! Where the examples get their clients from: a sandbox on loopback, or the environment with `--real`.

use std::fmt;

use revops::gainsight::Gainsight;
use revops::gong::Gong;
use revops::usergems::UserGems;
use revops::userpilot::Userpilot;
use revops_sandbox::{Sandbox, Vendor};

/// What an example comes to.
pub(crate) type Outcome<T = ()> = Result<T, Told>;

/// Why an example ended. `main` prints the form for developers of what it ends with; of this it is the line for people.
pub(crate) struct Told(Box<dyn std::error::Error>);

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Told {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

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
        let mut arguments = std::env::args().skip(1).peekable();
        let is_real = arguments.next_if(|first| first == "--real").is_some();
        if let Some(odd) = arguments.find(|argument| argument.starts_with('-')) {
            return Err(format!("`{odd}` is not known here: the first argument may be `--real`").into());
        }
        if is_real {
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
