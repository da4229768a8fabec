//! What a vendor received, compared with what its document asks for.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use futures::stream;
use revops_runtime::{Error, ErrorBody, Kind, Response};
use revops_sandbox::Sandbox;
use serde::Serialize;
use serde_json::Value;

use crate::fields::to_json;
use crate::published::{Document, Operation};
use crate::vendor::{Answer, Sent, Vendor};

/// The headers every client may send without a document's leave.
const ORDINARY: [&str; 7] = [
    "accept",
    "accept-encoding",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
];

/// What the caller chose of a request; all else is the document's.
#[derive(Debug, Clone)]
pub struct Expected {
    credential: (String, String),
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Option<Body>,
}

#[derive(Debug, Clone)]
enum Body {
    Json(Value),
    File { part: &'static str, name: &'static str, media_type: &'static str, content: &'static str },
}

impl Expected {
    /// A parameter of the path, as it stands on the wire.
    #[must_use]
    pub fn path(mut self, name: &str, raw: &str) -> Self {
        self.path.push((name.to_owned(), raw.to_owned()));
        self
    }

    /// A parameter of the query, decoded.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some(Body::Json(body.clone()));
        self
    }

    /// A multipart form of one file.
    #[must_use]
    pub fn file(
        mut self,
        part: &'static str,
        name: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        self.body = Some(Body::File { part, name, media_type, content });
        self
    }
}

/// One operation of a published document, a vendor that serves it, and one that judges and lives.
pub struct Wire {
    /// What the document says.
    pub published: Operation,
    vendor: Vendor,
    sandbox: Sandbox,
}

impl Wire {
    /// The operation of `document` with this method and path template.
    ///
    /// # Panics
    /// If this machine has no port left.
    pub async fn of(document: &'static str, method: &str, path: &str) -> Self {
        let published = Document::read(document).operation(method, path);
        let sandbox = Sandbox::start().await.expect("a port on loopback");
        Self { published, vendor: Vendor::start().await, sandbox }
    }

    /// The base URL a client is given: the vendor on loopback, and the published server's path.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}{}", self.vendor.origin(), self.published.document.base_path())
    }

    /// A request with the credential of one of the operation's security schemes; `secret` as it stands on
    /// the wire, behind the scheme's own word.
    #[must_use]
    pub fn expects(&self, scheme: &str, secret: &str) -> Expected {
        let credential = self.published.credential(scheme, secret);
        Expected { credential, path: Vec::new(), query: Vec::new(), body: None }
    }

    /// The documented success, and its body as the document shows it.
    ///
    /// # Panics
    /// If it is documented without content.
    #[must_use]
    pub fn example(&self) -> Value {
        self.published.success().1.expect("the documented success has content")
    }

    /// Makes one call with every query parameter that is declared, answered with the documented success, and
    /// checks what was sent and that the answer was understood without losing anything of it.
    ///
    /// # Panics
    /// If any of it is not as published.
    pub async fn accepts<T: Serialize>(
        &self,
        expected: &Expected,
        call: impl Future<Output = Result<Response<T>, Error>>,
    ) -> Response<T> {
        self.check_query(expected, false);
        self.succeeds(expected, Box::pin(call)).await
    }

    /// The same with the required query parameters alone.
    ///
    /// # Panics
    /// If any of it is not as published.
    pub async fn accepts_the_least<T: Serialize>(
        &self,
        expected: &Expected,
        call: impl Future<Output = Result<Response<T>, Error>>,
    ) -> Response<T> {
        self.check_query(expected, true);
        self.succeeds(expected, Box::pin(call)).await
    }

    async fn succeeds<T: Serialize>(
        &self,
        expected: &Expected,
        call: impl Future<Output = Result<Response<T>, Error>>,
    ) -> Response<T> {
        let (status, example) = self.published.success();
        let answer = match &example {
            Some(body) => Answer::text(status, self.published.accept(), body.to_string()),
            None => Answer::empty(status),
        };
        let answer = answer.header("x-request-id", "request 1");
        let (sent, outcome) = self.vendor.answering(&answer, call).await;
        self.check(expected, &sent).await;
        self.judge(expected, &sent).await;
        let response = outcome.unwrap_or_else(|error| panic!("{error}: {error:?}"));
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["x-request-id"], "request 1");
        let example = example.map_or(Value::Null, without_nulls);
        assert_eq!(to_json(&*response), example, "the decoded answer, written again");
        response
    }

    /// Makes the call once for every documented error, and checks what was sent and what the error tells.
    ///
    /// # Panics
    /// If any of it is not as published.
    pub async fn refuses<B, T, F>(&self, expected: &Expected, call: impl Fn() -> F)
    where
        B: ErrorBody + Serialize,
        F: Future<Output = Result<Response<T>, Error>>,
    {
        for (status, body) in self.published.errors() {
            let answer = Answer::json(status, &body).header("x-request-id", "request-2");
            let answer = answer.header("retry-after", "7");
            let (sent, outcome) = self.vendor.answering(&answer, call()).await;
            self.check(expected, &sent).await;
            let Err(error) = outcome else { panic!("{status} was taken for a success") };
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            let expected_kind = match error.kind() {
                // An observation says that this conflict is a job that must end first.
                Kind::Busy if status == 409 => Kind::Busy,
                _ => kind_of(status),
            };
            assert_eq!(error.kind(), expected_kind, "the kind of {status}");
            assert_eq!(error.headers().map(|headers| headers["retry-after"].as_bytes()), Some(&b"7"[..]));
            assert_eq!(error.request_id().as_deref(), Some("request-2"));
            assert_eq!(error.text().as_deref(), Some(body.to_string().as_str()));
            assert_eq!(
                error.body::<B>().as_ref().map(to_json),
                Some(body.clone()),
                "the typed body of {status}"
            );
            assert_eq!(error.operation().map(|operation| operation.method), Some(&*self.published.method));
            let shown = error.to_string();
            assert!(shown.contains(&status.to_string()) && shown.contains("request-2"), "{shown}");
            assert!(!shown.contains("does not name"), "the document names {status}: {shown}");
            let (_, secret) = &expected.credential;
            let told = format!("{shown} {error:?}");
            assert!(!told.contains(secret) && !told.contains(&body.to_string()), "{told}");
        }
    }

    fn check_query(&self, expected: &Expected, required: bool) {
        let given: BTreeSet<String> = expected.query.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(given, self.published.query(required), "the query parameters that the document declares");
    }

    /// The whole request against the document and the caller's choices.
    async fn check(&self, expected: &Expected, sent: &[Sent]) {
        let [sent] = sent else { panic!("expected one request, got {sent:?}") };
        assert_eq!(sent.method, self.published.method);
        assert_eq!(sent.path(), self.published.raw_path(&expected.path));
        let (mut asked, mut given) = (sent.query(), expected.query.clone());
        asked.sort();
        given.sort();
        assert_eq!(asked, given, "the query");
        assert_eq!(sent.target.contains('?'), !given.is_empty(), "a bare question mark in {}", sent.target);
        self.check_headers(expected, sent);
        match &expected.body {
            None => assert!(sent.body.is_empty(), "a body where the document has none: {:?}", sent.body),
            Some(Body::Json(body)) => {
                assert_eq!(&sent.json(), body);
                assert_eq!(sent.header("content-length"), [sent.body.len().to_string()]);
            }
            Some(Body::File { part, name, media_type, content }) => {
                let boundary = multer::parse_boundary(sent.header("content-type")[0]).expect("a boundary");
                let body = stream::iter([Ok::<_, std::io::Error>(sent.body.clone())]);
                let mut form = multer::Multipart::new(body, boundary);
                let field = form.next_field().await.expect("a form").expect("a part");
                assert_eq!((field.name(), field.file_name()), (Some(*part), Some(*name)));
                assert_eq!(field.content_type().map(AsRef::as_ref), Some(*media_type));
                assert_eq!(field.text().await.expect("text"), *content);
                assert!(form.next_field().await.expect("a form").is_none(), "a second part");
            }
        }
    }

    /// The sandbox, which shares nothing with the clients, must find the request right, too.
    async fn judge(&self, expected: &Expected, sent: &[Sent]) {
        let slug = self.published.document.name.split('/').next().unwrap_or_default();
        let vendor = revops_sandbox::Vendor::ALL.into_iter().find(|vendor| vendor.slug() == slug);
        let key = self.sandbox.credentials(vendor.expect("the sandbox has every vendor")).find(|key| {
            let scheme = |value: &str| value.split_once(' ').map(|(scheme, _)| scheme.to_owned());
            scheme(key.value) == scheme(&expected.credential.1)
        });
        let key = key.expect("the sandbox has a credential of every scheme");
        for request in sent {
            let before = self.sandbox.requests().len();
            let answer = request.replay(self.sandbox.address(), slug, (key.header, key.value)).await;
            assert!(self.sandbox.violations().is_empty(), "{:?}: {answer}", self.sandbox.violations());
            assert_eq!(self.sandbox.requests().len(), before + 1, "the sandbox was not asked: {answer}");
        }
    }

    fn check_headers(&self, expected: &Expected, sent: &Sent) {
        let (credential, secret) = &expected.credential;
        for (name, _) in &sent.headers {
            let known = ORDINARY.contains(&name.as_str()) || name == credential;
            assert!(known, "the header `{name}` is neither ordinary nor in the document");
            assert_eq!(sent.header(name).len(), 1, "the header `{name}` is sent twice");
        }
        assert_eq!(sent.header(credential), [secret], "the credential");
        assert_eq!(sent.header("accept"), [self.published.accept()]);
        assert_eq!(sent.header("host"), [self.vendor.address()]);
        let media_type = self.published.media_type();
        let told: Vec<&str> = sent
            .header("content-type")
            .iter()
            .map(|value| value.split(';').next().unwrap_or(value))
            .collect();
        assert_eq!(told, Vec::from_iter(media_type), "Content-Type");
        assert_eq!(
            media_type.is_some(),
            expected.body.is_some(),
            "the test gives a body if the document does"
        );
        if media_type.is_none() {
            assert!(sent.header("transfer-encoding").is_empty(), "a body is announced");
            assert!(matches!(sent.header("content-length")[..], [] | ["0"]), "a body is announced");
        }
    }
}

/// `value` without the members that are null, which are written by leaving them out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// What HTTP says a status means, in the words of [`Kind`].
fn kind_of(status: u16) -> Kind {
    match status {
        400 | 422 => Kind::Invalid,
        401 => Kind::Credential,
        403 => Kind::Permission,
        404 | 410 => Kind::NotFound,
        409 => Kind::Conflict,
        429 => Kind::Quota { retry_after: Some(Duration::from_secs(7)) },
        500..=599 => Kind::Unavailable,
        _ => Kind::UnexpectedStatus,
    }
}
