//! Base URL, HTTP client and credentials, shared by all clones of a client and by the clients of one vendor.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::credential::{Credential, Header};
use crate::{Api, Error, Kind, Operation, origin};

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A vendor as one caller reaches it. Cheap to clone; clones share the pool of connections.
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    base_url: String,
    credentials: Vec<(&'static str, Header)>,
}

impl Connection {
    /// Starts a connection to `api`.
    pub fn builder(api: &'static Api) -> ConnectionBuilder {
        ConnectionBuilder { api, base_url: None, variables: Vec::new(), credentials: Vec::new() }
    }

    /// The base URL every operation is relative to, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// The HTTP client underneath, for generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// Puts the credentials that `operation` asks for into `headers`: those of the first alternative, in the
    /// order of the document, for which the caller has given all.
    pub(crate) fn authorize(
        &self,
        operation: &'static Operation,
        headers: &mut HeaderMap,
    ) -> Result<(), Error> {
        let Some(alternative) =
            operation.security.iter().find(|names| names.iter().all(|name| self.header(name).is_some()))
        else {
            if operation.security.is_empty() {
                return Ok(());
            }
            let names: Vec<String> = operation.security.iter().map(|names| names.join(" with ")).collect();
            let detail =
                format!("no credential was given when the client was built; it takes {}", names.join(" or "));
            return Err(Error::new(Kind::Credential, Some(operation), detail));
        };
        for header in alternative.iter().filter_map(|name| self.header(name)) {
            headers.insert(header.name.clone(), header.value.clone());
        }
        Ok(())
    }

    fn header(&self, scheme: &str) -> Option<&Header> {
        self.0.credentials.iter().find(|(name, _)| *name == scheme).map(|(_, header)| header)
    }
}

impl fmt::Debug for Connection {
    /// Where to, and which schemes have a credential; never a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<&str> = self.0.credentials.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Connection")
            .field("base_url", &self.base_url())
            .field("credentials", &schemes)
            .finish_non_exhaustive()
    }
}

/// What a [`Connection`] is built from. Each client crate wraps it in a builder whose methods are those its
/// document gives reason for.
#[derive(Debug)]
#[must_use]
pub struct ConnectionBuilder {
    api: &'static Api,
    base_url: Option<String>,
    variables: Vec<(&'static str, String)>,
    credentials: Vec<(&'static str, Credential)>,
}

impl ConnectionBuilder {
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

    /// The credential for one security scheme of the document.
    pub fn credential(mut self, scheme: &'static str, credential: Credential) -> Self {
        self.credentials.push((scheme, credential));
        self
    }

    /// Checks everything and makes the connection's pool; nothing is sent yet.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for a base URL or server variable that cannot be used or is missing,
    /// [`Kind::Credential`] for a credential that no header can carry, [`Kind::Connect`] if the certificates
    /// of this machine cannot be read.
    pub fn build(self) -> Result<Connection, Error> {
        let base_url = match (&self.base_url, self.api.servers.first()) {
            (Some(text), _) => origin::check(text)?,
            (None, Some(server)) => origin::from_server(server, &self.variables)?,
            (None, None) => {
                return Err(Error::setup(Kind::Invalid, "the document names no server; give a base URL"));
            }
        };
        let mut credentials = Vec::with_capacity(self.credentials.len());
        for (name, credential) in &self.credentials {
            let scheme = self.api.schemes.iter().find(|scheme| scheme.name == *name).ok_or_else(|| {
                Error::setup(Kind::Credential, format!("{} has no security scheme `{name}`", self.api.title))
            })?;
            credentials.push((scheme.name, Header::new(scheme, credential)?));
        }
        Ok(Connection(Arc::new(Inner { http: http_client()?, base_url, credentials })))
    }
}

/// An HTTP client that follows no redirect (vendors' key headers would be sent along) and has no total
/// timeout (a long upload is not a fault).
fn http_client() -> Result<reqwest::Client, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| Error::setup(Kind::Connect, format!("TLS cannot be set up: {error}")))?;
    let mut tls = tls.with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("revops/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| {
            Error::setup(Kind::Connect, format!("the HTTP client cannot be set up: {}", error.without_url()))
        })
}
