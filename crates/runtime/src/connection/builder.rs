//! What a connection is built from, checked before anything is sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Connection, Shared, Source, Way};
use crate::credential::{Credential, Header};
use crate::options::Options;
use crate::provider::{Provided, Provider};
use crate::quota::Quota;
use crate::retry::Budget;
use crate::{Api, Error, Kind, origin, tls};

/// How long making a connection may take, if the caller does not say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection of HTTP/2 is asked for a sign of life while a request waits on it, and how long it
/// has to give one. A connection that died without a word, as after the sleep of a laptop, would otherwise be
/// shared by the attempts that follow.
const SIGN_OF_LIFE: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(10));

/// What a [`Connection`] is built from. Each client crate wraps it in a builder whose methods are those its
/// document gives reason for.
#[must_use]
pub struct ConnectionBuilder {
    api: &'static Api,
    base_url: Option<String>,
    variables: Vec<(&'static str, String)>,
    credentials: Vec<(&'static str, Given)>,
    quota: Option<Quota>,
    options: Options,
    connect_timeout: Duration,
    roots: Vec<Vec<u8>>,
    proxy: Option<reqwest::Proxy>,
    allow_insecure: bool,
    http: Option<reqwest::ClientBuilder>,
    /// What is wrong is told with the names of variables.
    from_env: bool,
}

enum Given {
    Fixed(Credential),
    Provider(Arc<dyn Provider>),
}

impl fmt::Debug for ConnectionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<&str> = self.credentials.iter().map(|(name, _)| *name).collect();
        f.debug_struct("ConnectionBuilder")
            .field("api", &self.api.title)
            .field("credentials", &schemes)
            .finish_non_exhaustive()
    }
}

impl ConnectionBuilder {
    pub(super) fn of(api: &'static Api) -> Self {
        Self {
            api,
            base_url: None,
            variables: Vec::new(),
            credentials: Vec::new(),
            quota: None,
            options: Options::default(),
            connect_timeout: CONNECT_TIMEOUT,
            roots: Vec::new(),
            proxy: None,
            allow_insecure: false,
            http: None,
            from_env: false,
        }
    }

    /// What is wrong is to be told with the names of the variables it was read from.
    pub(crate) fn named_by_environment(mut self) -> Self {
        self.from_env = true;
        self
    }

    /// The whole base URL, instead of a server of the document: https, or http on loopback.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// The value of one variable in the document's server URL.
    pub fn variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The credential for one security scheme of the document, in the place of what was given for it before.
    pub fn credential(self, scheme: &'static str, credential: Credential) -> Self {
        self.given(scheme, Given::Fixed(credential))
    }

    /// What gives out the credential for one security scheme, and renews it, in the place of what was given for
    /// the scheme before.
    pub fn provider(self, scheme: &'static str, provider: impl Provider) -> Self {
        self.given(scheme, Given::Provider(Arc::new(provider)))
    }

    fn given(mut self, scheme: &'static str, given: Given) -> Self {
        self.credentials.retain(|(name, _)| *name != scheme);
        self.credentials.push((scheme, given));
        self
    }

    /// What may be spent; by default the pools of the document's overlays, for this connection alone. Give
    /// the quota of another client of the same account to share it. Pools of the document that it does not have
    /// join it, unless it is [`unlimited`](Quota::unlimited).
    pub fn quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// How calls are made: all of it, also the contract where that was read from the environment.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// How long making a connection may take; 5 s by default.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// A certificate in PEM that is trusted besides those of this machine, such as a company's own root.
    pub fn trust(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// A proxy for all calls, instead of what the environment names.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sends credentials in the clear if the base URL is `http://` to another machine. For a test
    /// environment behind a gateway of its own; never for a vendor.
    pub fn danger_allow_http(mut self) -> Self {
        self.allow_insecure = true;
        self
    }

    /// An HTTP client of the caller's own making. It is taken as a builder, because a finished client cannot
    /// be asked whether it follows redirects, and one that does would carry key headers to another host:
    /// redirects are switched off here. So are its own settings of TLS, connect timeout and HTTP/2 keep-alive
    /// replaced by those of this builder: see [`trust`](Self::trust) and
    /// [`connect_timeout`](Self::connect_timeout). Its total timeout is replaced by none, as it would end
    /// transfers that are healthy; what [`Timeouts`](crate::options::Timeouts) say holds instead. A
    /// `read_timeout` of its own stays in force and cuts the wait for an answer, too.
    pub fn http_client(mut self, client: reqwest::ClientBuilder) -> Self {
        self.http = Some(client);
        self
    }

    /// Checks everything and makes the connection's pool; nothing is sent yet. A connection without a
    /// credential is one for the operations that need none; the others fail with [`Kind::Credential`] before
    /// anything is sent.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for a base URL, server variable or certificate that cannot be used or is missing,
    /// [`Kind::Credential`] for a credential that no header can carry, [`Kind::Tls`] if the certificates
    /// of this machine cannot be read.
    pub fn build(self) -> Result<Connection, Error> {
        let base_url = match (&self.base_url, self.api.servers.first()) {
            (Some(text), _) => origin::check(text, self.allow_insecure),
            (None, Some(server)) => origin::from_server(server, &self.variables, self.allow_insecure),
            (None, None) => Err(Error::setup(Kind::Invalid, "the document names no server; give a base URL")),
        };
        let base_url = base_url.map_err(|error| error.building(self.api, &self.address_variables()))?;
        let mut credentials = Vec::with_capacity(self.credentials.len());
        for (name, given) in &self.credentials {
            let scheme = self.api.schemes.iter().find(|scheme| scheme.name == *name).ok_or_else(|| {
                Error::setup(Kind::Credential, format!("{} has no security scheme `{name}`", self.api.title))
            })?;
            let source = match given {
                Given::Fixed(credential) => {
                    let variables = if self.from_env { scheme.env } else { &[] };
                    let header = Header::new(scheme, credential);
                    Source::Fixed(header.map_err(|error| error.building(self.api, variables))?)
                }
                Given::Provider(provider) => Source::Provided(Provided::new(scheme, Arc::clone(provider))),
            };
            credentials.push((scheme.name, source));
        }
        let quota = self.quota.clone().unwrap_or_else(|| Quota::of(&[self.api]));
        quota.include(self.api);
        let options = self.options.clone();
        let http = self.into_http(base_url.is_loopback(), base_url.as_str().starts_with("http://"))?;
        let shared = Shared { http, base_url, credentials, quota, budget: Budget::default() };
        Ok(Connection(Arc::new(Way { shared: Arc::new(shared), options })))
    }

    /// The variables that the base URL was read from, or could have been.
    fn address_variables(&self) -> Vec<&'static str> {
        if !self.from_env {
            return Vec::new();
        }
        let of_server = self.api.servers.iter().take(1).flat_map(|server| server.variables);
        let of_server = of_server.filter_map(|variable| variable.env);
        match (&self.base_url, self.variables.is_empty()) {
            (Some(_), _) => self.api.base_url_env.into_iter().collect(),
            (None, false) => of_server.collect(),
            (None, true) => of_server.chain(self.api.base_url_env).collect(),
        }
    }

    /// An HTTP client that follows no redirect (vendors' key headers would be sent along) and has no total
    /// timeout (a long upload is not a fault).
    ///
    /// A proxy of the environment is not asked for what is on this machine: it would be handed the credential
    /// in the clear. To vendors it makes a tunnel and sees nothing.
    fn into_http(self, is_loopback: bool, is_http: bool) -> Result<reqwest::Client, Error> {
        let is_own = self.http.is_some();
        let has_provider = self.credentials.iter().any(|(_, given)| matches!(given, Given::Provider(_)));
        // Nothing this client sends goes by TLS, so reading the machine's certificates is not worth its time.
        let is_plain = is_http
            && is_loopback
            && !is_own
            && !has_provider
            && self.proxy.is_none()
            && self.roots.is_empty();
        let client = self.http.unwrap_or_else(|| {
            reqwest::Client::builder().user_agent(concat!("revops/", env!("CARGO_PKG_VERSION")))
        });
        // It cannot be taken back, only made longer than anything.
        let client = if is_own { client.timeout(Duration::MAX) } else { client };
        let mut client = client
            // Without a configuration the HTTP client panics where the program has chosen no provider.
            .tls_backend_preconfigured(if is_plain { tls::unused()? } else { tls::verified(&self.roots)? })
            .connect_timeout(self.connect_timeout)
            .http2_keep_alive_interval(SIGN_OF_LIFE.0)
            .http2_keep_alive_timeout(SIGN_OF_LIFE.1);
        if let Some(proxy) = self.proxy {
            client = client.proxy(proxy);
        } else if is_loopback && !is_own {
            client = client.no_proxy();
        }
        let client = client.redirect(reqwest::redirect::Policy::none()).referer(false);
        client.build().map_err(|error| {
            Error::setup(Kind::Invalid, "the HTTP client cannot be set up").caused_by(error.without_url())
        })
    }
}

/// An HTTP client for requests of our own to one host, such as those to a token endpoint. As for a vendor, a proxy
/// of the environment is not asked for what is on this machine.
pub(crate) fn plain_http(
    is_loopback: bool,
    roots: &[Vec<u8>],
    proxy: Option<reqwest::Proxy>,
) -> Result<reqwest::Client, Error> {
    let mut client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls::verified(roots)?)
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("revops/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false);
    if let Some(proxy) = proxy {
        client = client.proxy(proxy);
    } else if is_loopback {
        client = client.no_proxy();
    }
    client.build().map_err(|error| {
        Error::setup(Kind::Invalid, "the HTTP client cannot be set up").caused_by(error.without_url())
    })
}
