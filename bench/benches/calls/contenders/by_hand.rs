//! What a person who writes the calls by hand writes beside them: the types, and a reqwest client with timeouts, a
//! user agent and no redirects.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::drive::{BATCH, Fallible, PAGE, PIECE};

pub(super) const TOKEN: &str = "token";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Users {
    pub(super) records: Records,
    pub(super) users: Vec<User>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Records {
    pub(super) cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OneUser {
    pub(super) user: User,
}

/// All that the document says of a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "decoding it is the work")]
pub(super) struct User {
    pub(super) id: String,
    email_address: Option<String>,
    created: Option<String>,
    active: Option<bool>,
    email_aliases: Option<Vec<String>>,
    trusted_email_address: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    title: Option<String>,
    phone_number: Option<String>,
    extension: Option<String>,
    personal_meeting_urls: Option<Vec<String>>,
    settings: Option<Settings>,
    manager_id: Option<String>,
    meeting_consent_page_url: Option<String>,
    spoken_languages: Option<Vec<Language>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "decoding it is the work")]
struct Settings {
    web_conferences_recorded: Option<bool>,
    prevent_web_conference_recording: Option<bool>,
    telephony_calls_imported: Option<bool>,
    emails_imported: Option<bool>,
    prevent_email_import: Option<bool>,
    non_recorded_meetings_imported: Option<bool>,
    gong_connect_enabled: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "decoding it is the work")]
struct Language {
    language: Option<String>,
    primary: Option<bool>,
}

#[derive(Debug, Serialize)]
pub(super) struct Upsert {
    pub(super) records: Vec<Person>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Person {
    email: String,
    first_name: String,
    last_name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Upserted {
    pub(super) result: bool,
    pub(super) data: Counts,
}

#[derive(Debug, Deserialize)]
pub(super) struct Counts {
    pub(super) count: usize,
}

/// A batch as every contender sends it.
pub(super) fn people() -> Vec<Person> {
    emails()
        .map(|email| Person { email, first_name: "Jane".to_owned(), last_name: "Doe".to_owned() })
        .collect()
}

pub(super) fn emails() -> impl Iterator<Item = String> {
    (0..BATCH).map(|number| format!("person.{number}@example.com"))
}

/// Fails if a page is not one.
pub(super) fn is_page(records: usize) -> Fallible<()> {
    if records == PAGE { Ok(()) } else { Err(format!("a page of {records} records").into()) }
}

/// A file of `bytes`, in pieces that share one buffer.
pub(super) fn pieces(bytes: usize) -> impl Iterator<Item = std::io::Result<Bytes>> + Send + 'static {
    const HEAD: &[u8] = b"user_id,name\n";
    let row = b"user-1,Jane Doe, who has a name of some length and a title\n";
    let piece = Bytes::from(row.repeat(PIECE / row.len()));
    let whole = bytes / piece.len();
    std::iter::once(Ok(Bytes::from_static(HEAD))).chain(std::iter::repeat_n(piece, whole).map(Ok))
}

/// reqwest as a careful person sets it up.
pub(super) fn careful_reqwest() -> Fallible<reqwest::Client> {
    careful_reqwest_with(HeaderMap::new())
}

/// [`careful_reqwest`], with headers that every request has.
pub(super) fn careful_reqwest_with(headers: HeaderMap) -> Fallible<reqwest::Client> {
    let client = reqwest::Client::builder()
        .default_headers(headers)
        .no_proxy()
        .tls_backend_preconfigured(no_tls()?)
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(120))
        .user_agent("by hand")
        .redirect(reqwest::redirect::Policy::none());
    Ok(client.build()?)
}

/// reqwest asks for a TLS configuration even where none is used.
fn no_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore::empty();
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
