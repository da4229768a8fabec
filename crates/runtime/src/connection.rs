//! Base URL, HTTP client, credentials, quota and options: a vendor as one caller reaches it.

mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Request, Url};

use crate::credential::Header;
use crate::options::Options;
use crate::origin::BaseUrl;
use crate::provider::{Live, Provided};
use crate::quota::Quota;
use crate::retry::Budget;
use crate::{Api, Error, Kind, Operation};

pub use builder::ConnectionBuilder;
pub(crate) use builder::plain_http;

/// A vendor as one caller reaches it. Cheap to clone; clones share connections, credentials and quota.
#[derive(Clone)]
pub struct Connection(Arc<Way>);

/// The way of calls: what all have in common, and how they are made.
struct Way {
    shared: Arc<Shared>,
    options: Options,
}

struct Shared {
    http: reqwest::Client,
    base_url: BaseUrl,
    credentials: Vec<(&'static str, Source)>,
    quota: Quota,
    budget: Budget,
}

#[derive(Clone)]
enum Source {
    Fixed(Header),
    Provided(Arc<Provided>),
}

impl Connection {
    /// Starts a connection to `api`.
    pub fn builder(api: &'static Api) -> ConnectionBuilder {
        ConnectionBuilder::of(api)
    }

    /// Starts a connection to `api` with what the environment holds: see [`crate::env`].
    ///
    /// # Errors
    /// A variable that is missing, or one of several that belong together.
    pub fn from_env(api: &'static Api) -> Result<ConnectionBuilder, Error> {
        crate::env::read(api, |name| std::env::var_os(name))
    }

    /// The same connection for another API of the vendor, whose pools join the quota.
    #[must_use]
    pub fn also(&self, api: &'static Api) -> Self {
        self.0.shared.quota.include(api);
        self.clone()
    }

    /// The base URL every operation is relative to, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.shared.base_url.as_str()
    }

    /// The host of the base URL.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.shared.base_url.host()
    }

    /// How calls are made.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// The same connection, whose calls are made otherwise: a larger answer allowed, a deadline, no retry. What
    /// `change` leaves as it is stays so; contract, deadline and limits of this connection are not lost.
    ///
    /// ```
    /// # fn slower(connection: &revops_runtime::Connection) -> revops_runtime::Connection {
    /// use std::time::Duration;
    ///
    /// let patient = connection.with_options(|options| options.with_deadline(Duration::from_secs(3600)));
    /// assert_eq!(patient.options().contract, connection.options().contract);
    /// # patient }
    /// ```
    #[must_use]
    pub fn with_options(&self, change: impl FnOnce(Options) -> Options) -> Self {
        let options = change(self.0.options.clone());
        Self(Arc::new(Way { shared: Arc::clone(&self.0.shared), options }))
    }

    /// What may be spent, to look at or to share with another client.
    #[must_use]
    pub fn quota(&self) -> &Quota {
        &self.0.shared.quota
    }

    /// The HTTP client underneath, for generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.0.shared.http
    }

    /// The URL of an operation, the pieces of whose path are escaped already, for generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn url(&self, path: &[&str]) -> Url {
        self.0.shared.base_url.with_path(path)
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.0.shared.budget
    }

    /// The credentials that `operation` asks for: those of the first alternative, in the order of the
    /// document, for which the caller has given all. The call has so much time `left`.
    pub(crate) async fn authorize(
        &self,
        operation: &'static Operation,
        left: Option<Duration>,
    ) -> Result<Authorized<'_>, Error> {
        let alternative = self.named(operation);
        let may_go_without =
            operation.security.is_empty() || operation.security.iter().any(|names| names.is_empty());
        if alternative.is_empty() && !may_go_without {
            let names: Vec<String> = operation.security.iter().map(|names| names.join(" with ")).collect();
            let detail =
                format!("no credential was given when the client was built; it takes {}", names.join(" or "));
            return Err(Error::new(Kind::Credential, Some(operation), detail));
        }
        let mut live = Vec::new();
        for source in alternative.iter().filter_map(|name| self.source(name)) {
            if let Source::Provided(provided) = source {
                live.push((Arc::clone(provided), provided.current(left).await?));
            }
        }
        Ok(Authorized { connection: self, schemes: alternative, live })
    }

    /// Whether a credential given to this connection stands in `text`. One that a provider issues is not
    /// known here.
    pub(crate) fn sends(&self, text: &str) -> bool {
        self.0.shared.credentials.iter().any(|(_, source)| match source {
            Source::Fixed(header) => header.stands_in(text),
            Source::Provided(_) => false,
        })
    }

    /// The schemes whose credentials `operation` is sent with.
    pub(crate) fn named(&self, operation: &'static Operation) -> &'static [&'static str] {
        let given = |names: &&&[&str]| names.iter().all(|name| self.source(name).is_some());
        operation.security.iter().find(given).copied().unwrap_or_default()
    }

    fn source(&self, scheme: &str) -> Option<&Source> {
        self.0.shared.credentials.iter().find(|(name, _)| *name == scheme).map(|(_, source)| source)
    }
}

impl fmt::Debug for Connection {
    /// Where to, and which schemes have a credential; never a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<&str> = self.0.shared.credentials.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Connection")
            .field("base_url", &self.base_url())
            .field("credentials", &schemes)
            .field("options", &self.0.options)
            .finish_non_exhaustive()
    }
}

/// What an attempt is sent with.
pub(crate) struct Authorized<'a> {
    connection: &'a Connection,
    schemes: &'static [&'static str],
    /// What providers gave out.
    live: Vec<(Arc<Provided>, Arc<Live>)>,
}

impl Authorized<'_> {
    /// Puts the credentials into the request, which goes where its issuer says.
    pub(crate) fn apply(&self, request: &mut Request) {
        for source in self.schemes.iter().filter_map(|name| self.connection.source(name)) {
            if let Source::Fixed(header) = source {
                request.headers_mut().insert(header.name.clone(), header.value.clone());
            }
        }
        for (_, live) in &self.live {
            request.headers_mut().insert(live.header.name.clone(), live.header.value.clone());
        }
        if let Some(issued) = self.live.iter().find_map(|(_, live)| live.base_url.as_ref())
            && let Some(rest) = request.url().as_str().strip_prefix(self.connection.base_url())
            && let Ok(url) = format!("{issued}{rest}").parse()
        {
            *request.url_mut() = url;
        }
    }

    /// Whether a provider can be asked for others.
    pub(crate) fn is_issued(&self) -> bool {
        !self.live.is_empty()
    }

    /// The credentials after these were refused; those that are fixed stay as they are.
    pub(crate) async fn renewed(&self) -> Result<Self, Error> {
        let mut fresh = Vec::with_capacity(self.live.len());
        for (provided, live) in &self.live {
            fresh.push((Arc::clone(provided), provided.after(live).await?));
        }
        Ok(Self { live: fresh, ..*self })
    }
}
