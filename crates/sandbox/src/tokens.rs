//! OAuth token endpoints, in the moods for them, and the access tokens that they gave out.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::answer::Answer;
use crate::headers::same_media_type;
use crate::violation::{Place, Reason};
use crate::{Sandbox, Vendor};

/// The id of the OAuth client at either token endpoint.
pub const OAUTH_CLIENT_ID: &str = "test-client";
/// The secret of that client.
pub const OAUTH_CLIENT_SECRET: &str = "test-client-secret";
/// Gong: the refresh token to begin with. It works once, as does each that replaces it.
pub const GONG_REFRESH_TOKEN: &str = "test-refresh-token";

/// Both vendors' access tokens are good for a day.
const LIFETIME: TimeDelta = TimeDelta::days(1);

/// A token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Client credentials in a form.
    Gainsight,
    /// A refresh token in the query.
    Gong,
}

impl Endpoint {
    const ALL: [Self; 2] = [Self::Gainsight, Self::Gong];

    pub(crate) fn find(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.path() == path)
    }

    pub(crate) fn vendor(self) -> Vendor {
        match self {
            Self::Gainsight => Vendor::Gainsight,
            Self::Gong => Vendor::Gong,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Gainsight => "/gainsight/v1/users/m2m/oauth/token",
            Self::Gong => "/gong/oauth2/generate-customer-token",
        }
    }
}

impl Sandbox {
    /// Where a vendor's access tokens come from in the mood [`Tokens`](crate::Mood::Tokens), for a
    /// vendor that has such an endpoint; Gainsight's also in [`ScimTokens`](crate::Mood::ScimTokens).
    #[must_use]
    pub fn token_url(&self, vendor: Vendor) -> Option<String> {
        let endpoint = Endpoint::ALL.into_iter().find(|it| it.vendor() == vendor)?;
        let base = self.base_url(vendor);
        let (origin, _) = base.split_once(&format!("/{}", vendor.slug()))?;
        Some(format!("{origin}{}", endpoint.path()))
    }

    /// Ends every access token that was given out; refresh tokens stay.
    pub fn revoke_access_tokens(&self) {
        self.with(|world| world.tokens.access.clear());
    }
}

/// What was given out and is still good.
#[derive(Debug)]
pub(crate) struct Tokens {
    random: StdRng,
    refresh: BTreeSet<String>,
    access: BTreeMap<String, (Vendor, DateTime<Utc>)>,
}

/// Why a token endpoint refuses.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    /// One of the codes of RFC 6749, section 5.2.
    error: &'static str,
    pub(crate) reason: Reason,
}

impl Tokens {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            refresh: BTreeSet::from([GONG_REFRESH_TOKEN.to_owned()]),
            access: BTreeMap::new(),
        }
    }

    /// Whether the request brings an access token that was given out for the vendor.
    pub(crate) fn admit(&self, vendor: Vendor, headers: &HeaderMap, now: DateTime<Utc>) -> bool {
        let token = headers.get(AUTHORIZATION).and_then(|value| after(value.to_str().ok()?, "bearer"));
        let known = token.and_then(|token| self.access.get(token));
        known.is_some_and(|(of, end)| *of == vendor && now < *end)
    }

    /// `host` is what the request calls the sandbox.
    pub(crate) fn issue(
        &mut self,
        endpoint: Endpoint,
        parts: &Parts,
        body: &[u8],
        now: DateTime<Utc>,
        host: &str,
    ) -> Result<Answer, Refusal> {
        if parts.method != Method::POST {
            let text = format!("`{}` is not for a token endpoint, `POST` is", parts.method);
            return Err(Refusal::new("invalid_request", Place::Method, "", text));
        }
        if !is_client(&parts.headers) {
            let text = "the client's id and secret are to be sent as `Authorization: Basic`";
            return Err(Refusal::new("invalid_client", Place::Credential, "/authorization", text));
        }
        match endpoint {
            Endpoint::Gainsight => {
                let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
                if !content_type.is_some_and(|it| same_media_type(it, "application/x-www-form-urlencoded")) {
                    let text = "the grant is to be sent as `application/x-www-form-urlencoded`";
                    return Err(Refusal::new("invalid_request", Place::MediaType, "/content-type", text));
                }
                grant(body, "client_credentials", Place::Body)?;
                Ok(ok(json!({"access_token": self.access_token(endpoint, now)})))
            }
            Endpoint::Gong => {
                let query = parts.uri.query().unwrap_or_default().as_bytes();
                grant(query, "refresh_token", Place::Query)?;
                let spent = parameter(query, "refresh_token");
                if !spent.is_some_and(|spent| self.refresh.remove(&spent)) {
                    let text = "the refresh token is missing, spent or was never given out";
                    return Err(Refusal::new("invalid_grant", Place::Query, "/refresh_token", text));
                }
                let fresh = self.random_token("refresh");
                self.refresh.insert(fresh.clone());
                Ok(ok(json!({
                    "access_token": self.access_token(endpoint, now),
                    "refresh_token": fresh,
                    "scope": "api:users:read",
                    "api_base_url_for_customer": format!("http://{host}/{}", Vendor::Gong.slug()),
                })))
            }
        }
    }

    fn access_token(&mut self, endpoint: Endpoint, now: DateTime<Utc>) -> String {
        self.access.retain(|_, (_, end)| now < *end);
        let token = self.random_token("access");
        let end = now.checked_add_signed(LIFETIME).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.access.insert(token.clone(), (endpoint.vendor(), end));
        token
    }

    fn random_token(&mut self, kind: &str) -> String {
        format!("sandbox-{kind}-{:016x}{:016x}", self.random.random::<u64>(), self.random.random::<u64>())
    }
}

impl Refusal {
    fn new(error: &'static str, place: Place, pointer: &str, text: impl Into<String>) -> Self {
        // To a token endpoint a wrong media type is a bad request like any other.
        let status = if place == Place::MediaType { StatusCode::BAD_REQUEST } else { place.status() };
        Self { status, error, reason: Reason::new(place, pointer, text) }
    }

    pub(crate) fn answer(&self) -> Answer {
        let body = json!({"error": self.error, "error_description": self.reason.text});
        let answer = Answer::json(self.status, body).with_header(CACHE_CONTROL, "no-store");
        match self.status {
            StatusCode::UNAUTHORIZED => answer.with_header(WWW_AUTHENTICATE, "Basic"),
            StatusCode::METHOD_NOT_ALLOWED => answer.with_header(ALLOW, "POST"),
            _ => answer,
        }
    }
}

/// The one grant of an endpoint.
fn grant(form: &[u8], expected: &str, place: Place) -> Result<(), Refusal> {
    let sent = parameter(form, "grant_type");
    if sent.as_deref() == Some(expected) {
        return Ok(());
    }
    let error = if sent.is_some() { "unsupported_grant_type" } else { "invalid_request" };
    Err(Refusal::new(error, place, "/grant_type", format!("`grant_type` is to be `{expected}`")))
}

/// The value of a parameter that came once.
fn parameter(form: &[u8], name: &str) -> Option<String> {
    let mut sent = form_urlencoded::parse(form).filter(|(it, _)| it == name).map(|(_, value)| value);
    sent.next().filter(|_| sent.next().is_none()).map(std::borrow::Cow::into_owned)
}

fn is_client(headers: &HeaderMap) -> bool {
    let pair = BASE64.encode(format!("{OAUTH_CLIENT_ID}:{OAUTH_CLIENT_SECRET}"));
    let sent = headers.get(AUTHORIZATION).and_then(|value| after(value.to_str().ok()?, "basic"));
    sent == Some(pair.as_str())
}

/// What follows the name of an `Authorization` scheme, which does not distinguish case.
fn after<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    value.split_once(' ').filter(|(name, _)| name.eq_ignore_ascii_case(scheme)).map(|(_, rest)| rest)
}

fn ok(mut tokens: serde_json::Value) -> Answer {
    tokens["token_type"] = "Bearer".into();
    tokens["expires_in"] = LIFETIME.num_seconds().into();
    Answer::json(StatusCode::OK, tokens).with_header(CACHE_CONTROL, "no-store")
}
