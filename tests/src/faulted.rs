//! A client of each API against a scripted fault server.

use revops_gainsight::{person, user_management};
use revops_runtime::Options;
use revops_sandbox::fault::{Act, FaultServer, Script};

/// What every client here is given as its credential.
pub const SECRET: &str = "canarykeyquokka";

/// A client of each API, all of one server.
pub struct Clients {
    /// What plays the vendors.
    pub server: FaultServer,
    /// Gong.
    pub gong: revops_gong::Client,
    /// Gainsight, its people.
    pub person: person::Client,
    /// Gainsight, its users.
    pub users: user_management::Client,
    /// UserGems.
    pub usergems: revops_usergems::Client,
    /// Userpilot.
    pub userpilot: revops_userpilot::Client,
}

impl Clients {
    /// Clients of a server that plays `script`.
    pub async fn play(script: Script) -> Self {
        Self::with(script, Options::default()).await
    }

    /// Clients of a server that does the same each time.
    pub async fn always(act: impl Into<Act>) -> Self {
        Self::play(Script::always(act)).await
    }

    /// Clients with `options` of a server that plays `script`.
    pub async fn with(script: Script, options: Options) -> Self {
        let server = FaultServer::start(script).await.unwrap();
        let url = server.base_url();
        Self::at(server, &url, &options)
    }

    /// Clients of `server`, which they know as `url`.
    #[must_use]
    pub fn at(server: FaultServer, url: &str, options: &Options) -> Self {
        let gong = revops_gong::Client::builder().bearer_auth(SECRET);
        let person = person::Client::builder().api_key(SECRET);
        let users = user_management::Client::builder().api_key(SECRET);
        let usergems = revops_usergems::Client::builder().api_key_auth(SECRET);
        let userpilot = revops_userpilot::Client::builder().api_token(SECRET);
        Self {
            server,
            gong: gong.base_url(url).options(options.clone()).build().unwrap(),
            person: person.base_url(url).options(options.clone()).build().unwrap(),
            users: users.base_url(url).options(options.clone()).build().unwrap(),
            usergems: usergems.base_url(url).options(options.clone()).build().unwrap(),
            userpilot: userpilot.base_url(url).options(options.clone()).build().unwrap(),
        }
    }
}
