//! A vendor on loopback.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::Value;
use url::form_urlencoded;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// The request target, raw: path and query, percent-encoding untouched.
    pub target: String,
    /// Every header line, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without its transfer coding.
    pub body: Vec<u8>,
}

impl Sent {
    /// Every value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The raw path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// The query, decoded, in order.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// What a vendor answers.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// An answer without content.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A body of some media type.
    #[must_use]
    pub fn text(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::empty(status) }.header("content-type", media_type)
    }

    /// A JSON body.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A vendor on loopback that keeps what it is sent.
pub struct Vendor(MockServer);

impl Vendor {
    /// Starts one, on a port of its own.
    pub async fn start() -> Self {
        Self(MockServer::start_async().await)
    }

    /// Where it is: scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.base_url()
    }

    /// The same without the scheme, as a `Host` header has it.
    #[must_use]
    pub fn address(&self) -> String {
        self.0.address().to_string()
    }

    /// Waits for `call` while answering everything with `answer`. Gives what arrived, and what came of it.
    ///
    /// # Panics
    /// If the server cannot be told.
    pub async fn answering<T>(&self, answer: &Answer, call: impl Future<Output = T>) -> (Vec<Sent>, T) {
        let arrived: Arc<Mutex<Vec<Sent>>> = Arc::default();
        let (keep, answer, origin) = (Arc::clone(&arrived), answer.clone(), self.origin());
        let mock = self.0.mock_async(|when, then| {
            when.any_request();
            then.respond_with(move |request: &HttpMockRequest| {
                keep.lock().unwrap_or_else(PoisonError::into_inner).push(Sent {
                    method: request.method_str().to_owned(),
                    // The server puts its own origin before the target that arrived.
                    target: request.uri_str().trim_start_matches(&origin).to_owned(),
                    headers: request.headers_vec().clone(),
                    body: request.body_vec(),
                });
                let made = HttpMockResponse::builder().status(answer.status).body(answer.body.clone());
                made.headers(answer.headers.iter().map(|(name, value)| (*name, value.as_str()))).build()
            });
        });
        let mock = mock.await;
        let outcome = call.await;
        let arrived = arrived.lock().unwrap_or_else(PoisonError::into_inner).clone();
        mock.assert_calls_async(arrived.len()).await;
        mock.delete_async().await;
        (arrived, outcome)
    }

    /// Waits for `call`, which must not send anything.
    ///
    /// # Panics
    /// If something arrived.
    pub async fn hears_nothing_of<T>(&self, call: impl Future<Output = T>) -> T {
        let (arrived, outcome) = self.answering(&Answer::empty(200), call).await;
        assert!(arrived.is_empty(), "something was sent: {arrived:?}");
        outcome
    }
}
