//! OAuth 2.0 token endpoints as credential providers: client credentials, and refresh tokens that rotate.
//!
//! Both ask an endpoint for an access token and hand it to a [`Connection`](crate::Connection) by
//! [`ConnectionBuilder::provider`](crate::ConnectionBuilder::provider), which asks once for all callers, before
//! the token ends and once after a 401. The client's id and secret travel as HTTP Basic, to the endpoint only,
//! over https or to loopback, which is reached directly whatever proxy the environment names. A call asks again
//! while the endpoint cannot be reached or is in trouble, as the client's retry policy says; what the endpoint
//! [refuses](TokenError::is_final) it is not asked again for half a minute.
//!
//! The endpoint is reached by an HTTP client of its own. A root or proxy that the connection is given is to be given
//! to the provider as well, by its `trust` and `proxy`.
//!
//! No error from here holds an id, a secret, a token, the endpoint's query or anything it answered but its
//! status.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::credential::Credential;
use crate::provider::{Issued, Provider, ProviderError};
use crate::{Error, Kind, classify, connection, origin};

/// The longest answer of a token endpoint that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// How long a token endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no token. It says what to do and repeats nothing that was sent or answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The endpoint could not be reached, or its answer broke off.
    #[error("the token endpoint could not be reached, or did not answer in time")]
    Unreachable,
    /// The endpoint could not prove who it is; nothing was sent.
    #[error(
        "the token endpoint could not prove who it is, and nothing was sent; if a company's own root stands behind it, give that to the provider by `trust`"
    )]
    Untrusted,
    /// The endpoint refused.
    #[error(
        "the token endpoint answered HTTP {0}; check the client's id and secret, and that its grant is in force"
    )]
    Refused(u16),
    /// The endpoint is in trouble, or asked too often (408, 425, 429, 5XX).
    #[error("the token endpoint answered HTTP {0}: it is in trouble or asked too often; try again later")]
    Unavailable(u16),
    /// The endpoint answered something that is no JSON, such as the page of a proxy.
    #[error("the token endpoint answered 200 with something that is no JSON, such as a web page")]
    NotJson,
    /// The endpoint answered something that is no token.
    #[error("the token endpoint answered 200 with something that holds no `{0}`")]
    Unreadable(&'static str),
    /// The endpoint's answer is longer than 64 KiB.
    #[error("the token endpoint answered more than {MAX_ANSWER} bytes")]
    TooLarge,
    /// The new refresh token could not be stored. The old one is spent: the grant has to be made anew.
    #[error("the new refresh token could not be stored; the old one is spent")]
    NotStored,
}

impl TokenError {
    /// Whether asking again will not mend it, as the endpoint refused or is not trusted, or the grant is lost.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Unreachable | Self::Unavailable(_) | Self::NotJson => false,
            Self::Untrusted | Self::Refused(_) | Self::Unreadable(_) | Self::TooLarge | Self::NotStored => {
                true
            }
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            408 | 425 | 429 | 500.. => Self::Unavailable(status),
            _ => Self::Refused(status),
        }
    }
}

/// An endpoint and the client that asks it.
#[derive(Clone)]
struct Endpoint {
    http: reqwest::Client,
    url: Url,
    is_loopback: bool,
    roots: Vec<Vec<u8>>,
    proxy: Option<reqwest::Proxy>,
    authorization: HeaderValue,
}

impl Endpoint {
    fn new(url: &str, id: &SecretString, secret: &SecretString) -> Result<Self, Error> {
        let url = origin::check(url, false)?;
        let (is_loopback, url) = (url.is_loopback(), url.into_url());
        let refused = || {
            let detail = "the OAuth client's id or secret is empty, or holds what a header cannot carry";
            Error::setup(Kind::Credential, detail)
        };
        let (id, secret) = (id.expose_secret().trim_end(), secret.expose_secret().trim_end());
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !plain(id) || !plain(secret) || id.contains(':') {
            return Err(refused());
        }
        let basic = format!("Basic {}", BASE64.encode(format!("{id}:{secret}")));
        let mut authorization = HeaderValue::try_from(basic).map_err(|_| refused())?;
        authorization.set_sensitive(true);
        let http = connection::plain_http(is_loopback, &[], None)?;
        Ok(Self { http, url, is_loopback, roots: Vec::new(), proxy: None, authorization })
    }

    fn trust(mut self, pem: Vec<u8>) -> Result<Self, Error> {
        self.roots.push(pem);
        self.reached_anew()
    }

    fn proxy(mut self, proxy: reqwest::Proxy) -> Result<Self, Error> {
        self.proxy = Some(proxy);
        self.reached_anew()
    }

    /// The same with a client that reaches it by its roots and proxy.
    fn reached_anew(mut self) -> Result<Self, Error> {
        self.http = connection::plain_http(self.is_loopback, &self.roots, self.proxy.clone())?;
        Ok(self)
    }

    /// One request, and its answer as JSON.
    async fn ask(&self, request: RequestBuilder) -> Result<Value, TokenError> {
        let request = request.header(AUTHORIZATION, self.authorization.clone());
        let body = async {
            let mut answer = request.send().await.map_err(|error| unanswered(&error))?;
            if answer.status().as_u16() != 200 {
                return Err(TokenError::of_status(answer.status().as_u16()));
            }
            let mut body = Vec::new();
            while let Some(piece) = answer.chunk().await.map_err(|_| TokenError::Unreachable)? {
                if body.len() + piece.len() > MAX_ANSWER {
                    return Err(TokenError::TooLarge);
                }
                body.extend_from_slice(&piece);
            }
            Ok(body)
        };
        let body = tokio::time::timeout(PATIENCE, body).await.map_err(|_| TokenError::Unreachable)??;
        serde_json::from_slice(&body).map_err(|_| TokenError::NotJson)
    }
}

impl fmt::Debug for Endpoint {
    /// The host alone: a path may name a tenant, and the rest is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

/// What the HTTP client reports instead of an answer, without its text: that may hold the query.
fn unanswered(error: &reqwest::Error) -> TokenError {
    if classify::is_untrusted(error) { TokenError::Untrusted } else { TokenError::Unreachable }
}

/// The access token of an answer, and how long it works.
fn issued(answer: &Value) -> Result<Issued, TokenError> {
    let token = text(answer, "access_token").ok_or(TokenError::Unreadable("access_token"))?;
    let issued = Issued::new(Credential::Token(token.into()));
    let seconds = match answer.get("expires_in") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    Ok(match seconds {
        Some(seconds) => issued.expires_in(Duration::from_secs(seconds)),
        None => issued,
    })
}

fn text(answer: &Value, member: &str) -> Option<String> {
    answer.get(member).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The client credentials grant: an id and a secret become a token, as often as needed.
///
/// ```
/// use revops_runtime::oauth::ClientCredentials;
///
/// # fn main() -> Result<(), revops_runtime::Error> {
/// let tokens = ClientCredentials::new(
///     "https://acme.example.com/v1/users/m2m/oauth/token",
///     "client id".into(),
///     "client secret".into(),
/// )?;
/// // Given to a client: `.connection(|connection| connection.provider("bearerAuth", tokens))`.
/// assert_eq!(format!("{tokens:?}"), r#"ClientCredentials { endpoint: Endpoint { host: Some("acme.example.com"), .. } }"#);
///
/// let plain = ClientCredentials::new("http://acme.example.com/token", "id".into(), "secret".into());
/// assert!(plain.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    endpoint: Endpoint,
}

impl ClientCredentials {
    /// A client at the token endpoint `url`, https or on loopback.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for a URL that cannot be used, [`Kind::Credential`] for an id or secret that HTTP Basic
    /// cannot carry. Neither is repeated.
    // By value, as whoever gives a secret away should not keep it.
    #[expect(clippy::needless_pass_by_value, reason = "a secret is given away")]
    pub fn new(url: &str, id: SecretString, secret: SecretString) -> Result<Self, Error> {
        Ok(Self { endpoint: Endpoint::new(url, &id, &secret)? })
    }

    /// The same, trusting a certificate in PEM besides those of this machine, such as a company's own root.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for one that cannot be read, [`Kind::Tls`] if those of this machine cannot.
    pub fn trust(mut self, pem: impl Into<Vec<u8>>) -> Result<Self, Error> {
        self.endpoint = self.endpoint.trust(pem.into())?;
        Ok(self)
    }

    /// The same, asking by a proxy instead of what the environment names.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for one that cannot be used, [`Kind::Tls`] if the certificates of this machine cannot be
    /// read.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Result<Self, Error> {
        self.endpoint = self.endpoint.proxy(proxy)?;
        Ok(self)
    }
}

impl Provider for ClientCredentials {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let endpoint = self.endpoint.clone();
        async move {
            let request = endpoint.http.post(endpoint.url.clone());
            let answer = endpoint.ask(request.form(&[("grant_type", "client_credentials")])).await?;
            Ok(issued(&answer)?)
        }
        .boxed()
    }
}

/// Keeps a refresh token where it survives the process.
pub trait TokenStore: Send + Sync + 'static {
    /// Stores the refresh token that replaces the one before. The access token that came with it is not used
    /// before this has ended, because a refresh token works once: one that is lost locks the client out.
    fn store(&self, refresh_token: SecretString) -> BoxFuture<'static, Result<(), ProviderError>>;
}

/// The refresh token grant, for endpoints that take its parameters in the query and give out a new refresh
/// token each time.
///
/// ```
/// use futures::FutureExt;
/// use futures::future::BoxFuture;
/// use revops_runtime::SecretString;
/// use revops_runtime::oauth::{RefreshToken, TokenStore};
/// use revops_runtime::provider::ProviderError;
///
/// /// Writes to a file that only this user can read, for example.
/// struct File;
///
/// impl TokenStore for File {
///     fn store(&self, _token: SecretString) -> BoxFuture<'static, Result<(), ProviderError>> {
///         async { Ok(()) }.boxed()
///     }
/// }
///
/// # fn main() -> Result<(), revops_runtime::Error> {
/// let endpoint = "https://app.example.com/oauth2/generate-customer-token";
/// let tokens = RefreshToken::new(endpoint, "client id".into(), "client secret".into(), "refresh".into(), File)?
///     // The answer names the host to call, which serves the API below `/v2`.
///     .base_url_in("/api_base_url_for_customer", "/v2");
/// // Given to a client: `.connection(|connection| connection.provider("bearerAuth", tokens))`.
/// # drop(tokens);
/// # Ok(())
/// # }
/// ```
pub struct RefreshToken {
    endpoint: Endpoint,
    token: Arc<Mutex<SecretString>>,
    store: Arc<dyn TokenStore>,
    base_url: Option<(&'static str, &'static str)>,
}

impl RefreshToken {
    /// A client at the token endpoint `url`, https or on loopback, with the refresh token it holds now.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for a URL that cannot be used, [`Kind::Credential`] for an id or secret that HTTP Basic
    /// cannot carry. Neither is repeated.
    #[expect(clippy::needless_pass_by_value, reason = "a secret is given away")]
    pub fn new(
        url: &str,
        id: SecretString,
        secret: SecretString,
        refresh_token: SecretString,
        store: impl TokenStore,
    ) -> Result<Self, Error> {
        let token = refresh_token.expose_secret().trim_end().into();
        Ok(Self {
            endpoint: Endpoint::new(url, &id, &secret)?,
            token: Arc::new(Mutex::new(token)),
            store: Arc::new(store),
            base_url: None,
        })
    }

    /// The same, trusting a certificate in PEM besides those of this machine, such as a company's own root.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for one that cannot be read, [`Kind::Tls`] if those of this machine cannot.
    pub fn trust(mut self, pem: impl Into<Vec<u8>>) -> Result<Self, Error> {
        self.endpoint = self.endpoint.trust(pem.into())?;
        Ok(self)
    }

    /// The same, asking by a proxy instead of what the environment names.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for one that cannot be used, [`Kind::Tls`] if the certificates of this machine cannot be
    /// read.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Result<Self, Error> {
        self.endpoint = self.endpoint.proxy(proxy)?;
        Ok(self)
    }

    /// Calls go to the base URL at this JSON pointer of the answer, with `path` appended, instead of the
    /// client's own. An answer without it is an error, as the token would go to the wrong host.
    #[must_use]
    pub fn base_url_in(mut self, pointer: &'static str, path: &'static str) -> Self {
        self.base_url = Some((pointer, path));
        self
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Provider for RefreshToken {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let (endpoint, token, store) =
            (self.endpoint.clone(), Arc::clone(&self.token), Arc::clone(&self.store));
        let base_url = self.base_url;
        async move {
            let spent = token.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut url = endpoint.url.clone();
            url.query_pairs_mut()
                .append_pair("grant_type", "refresh_token")
                .append_pair("refresh_token", spent.expose_secret());
            let answer = endpoint.ask(endpoint.http.post(url)).await?;
            // First of all the new token is kept, whatever else is wrong with the answer.
            if let Some(fresh) = text(&answer, "refresh_token").map(SecretString::from) {
                *token.lock().unwrap_or_else(PoisonError::into_inner) = fresh.clone();
                // The store's own error is not passed on: it may name what it could not store.
                store.store(fresh).await.map_err(|_| TokenError::NotStored)?;
            }
            let issued = issued(&answer)?;
            let Some((pointer, path)) = base_url else { return Ok(issued) };
            let base = answer.pointer(pointer).and_then(Value::as_str);
            let base = base.ok_or(TokenError::Unreadable(pointer))?.trim_end_matches('/');
            Ok(issued.at_base_url(format!("{base}{path}")))
        }
        .boxed()
    }
}
