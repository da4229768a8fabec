//! A vendor on loopback.

use std::future::Future;
use std::net::SocketAddr;

use revops_sandbox::fault::{FaultServer, Received, Reply, Script};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
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

    /// Sends the same to another address, below `/prefix` and with another credential, and gives the answer.
    ///
    /// # Panics
    /// If the connection breaks.
    pub async fn replay(&self, to: SocketAddr, prefix: &str, credential: (&str, &str)) -> String {
        let Self { method, target, headers, body } = self;
        let (name, value) = credential;
        let mut head = vec![
            format!("{method} /{prefix}{target} HTTP/1.1"),
            format!("host: {to}"),
            "connection: close".to_owned(),
            format!("{name}: {value}"),
        ];
        let framing = ["host", "connection", "content-length", "transfer-encoding"];
        for (other, value) in headers {
            if !framing.contains(&other.as_str()) && !other.eq_ignore_ascii_case(name) {
                head.push(format!("{other}: {value}"));
            }
        }
        if !body.is_empty() {
            head.push(format!("content-length: {}", body.len()));
        }
        let mut stream = TcpStream::connect(to).await.expect("a connection");
        let request = [head.join("\r\n").as_bytes(), b"\r\n\r\n", body].concat();
        stream.write_all(&request).await.expect("a reader");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
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

impl From<&Received> for Sent {
    fn from(received: &Received) -> Self {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = received.headers.iter();
        Self {
            method: received.method.clone(),
            target: received.target.clone(),
            headers: headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect(),
            body: received.body.to_vec(),
        }
    }
}

impl From<&Answer> for Reply {
    fn from(answer: &Answer) -> Self {
        let headers = answer.headers.iter();
        let reply = headers
            .fold(Self::status(answer.status), |reply, (name, value)| reply.header(*name, value.clone()));
        if answer.body.is_empty() { reply } else { reply.body(answer.body.clone()) }
    }
}

/// A vendor on loopback that keeps what it is sent.
pub struct Vendor(FaultServer);

impl Vendor {
    /// Starts one, on a port of its own.
    ///
    /// # Panics
    /// If this machine has none.
    pub async fn start() -> Self {
        Self(FaultServer::start(Script::new()).await.expect("a port on loopback"))
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
    pub async fn answering<T>(&self, answer: &Answer, call: impl Future<Output = T>) -> (Vec<Sent>, T) {
        self.0.play(Script::always(Reply::from(answer)));
        let before = self.0.requests().len();
        let outcome = call.await;
        (self.0.requests().iter().skip(before).map(Sent::from).collect(), outcome)
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
