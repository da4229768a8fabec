//! A plain HTTP/1.1 client that sends exactly what it is told.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use revops_sandbox::{Credential, ExampleRequest, Operation, Sandbox, Vendor};
use serde_json::json;

pub(crate) const BOUNDARY: &str = "a-boundary";

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A request in the making.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Call {
    /// The right request of the document's own example, with the first credential.
    pub(crate) fn example(sandbox: &Sandbox, operation: &Operation) -> Self {
        let ExampleRequest { path, query, body, .. } = sandbox.example(operation);
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{}{path}{mark}{}", sandbox.base_url(operation.vendor()), query.join("&"));
        let mut call = Self::new(operation.method(), url).credential(sandbox, operation.vendor());
        if let Some((media_type, value)) = body {
            call = if media_type == "multipart/form-data" {
                let names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
                call.form(&names)
            } else {
                call.header(CONTENT_TYPE.as_str(), &media_type).body(value.to_string())
            };
        }
        call
    }

    pub(crate) fn new(method: &str, url: String) -> Self {
        Self { method: method.to_owned(), url, headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn credential(self, sandbox: &Sandbox, vendor: Vendor) -> Self {
        let Credential { header, value, .. } = *sandbox.credentials(vendor).next().unwrap();
        self.header(header, value)
    }

    /// Adds a header, also when there is one of this name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(it, _)| !it.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn replace(self, name: &str, value: &str) -> Self {
        self.without(name).header(name, value)
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// A form with a small CSV file under each name.
    pub(crate) fn form(self, names: &[&str]) -> Self {
        let part = |name: &&str| {
            let disposition =
                format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"people.csv\"");
            format!(
                "--{BOUNDARY}\r\n{disposition}\r\nContent-Type: text/csv\r\n\r\nuser_id,name\n1,Jane\n\r\n"
            )
        };
        let parts: String = names.iter().map(part).collect();
        self.replace("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(format!("{parts}--{BOUNDARY}--\r\n"))
    }

    pub(crate) async fn send(self) -> Answer {
        let body = Full::new(self.body.clone());
        self.send_with(body).await
    }

    /// Sends another body than its own.
    pub(crate) async fn send_with<B>(self, body: B) -> Answer
    where
        B: http_body::Body + Send + Unpin + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut request =
            Request::builder().method(self.method.as_str()).uri(self.url.parse::<Uri>().unwrap());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let client = Client::builder(TokioExecutor::new()).build_http::<B>();
        let (parts, body) = client.request(request.body(body).unwrap()).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

pub(crate) fn operation(sandbox: &Sandbox, id: &str) -> &'static Operation {
    let found = sandbox.operations().iter().find(|operation| operation.id() == id);
    found.unwrap_or_else(|| panic!("no operation `{id}`"))
}

/// What is sent, the status, and every reason that must be recorded.
pub(crate) type Case = (Call, u16, &'static [&'static str]);

pub(crate) async fn check(sandbox: &Sandbox, cases: Vec<Case>) {
    for (index, (call, status, reasons)) in cases.into_iter().enumerate() {
        let shown = format!("case {index}: {} {}", call.method, call.url);
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{shown}: {answer:?}");
        let violations = sandbox.violations();
        assert_eq!(violations.len(), index + 1, "{shown}");
        let violation = &violations[index];
        let recorded: Vec<String> = violation.reasons.iter().map(ToString::to_string).collect();
        assert_eq!(recorded, reasons, "{shown}");
        assert_eq!(violation.status, status, "{shown}");
        assert!(!violation.path.contains('?'), "{shown}");
        for reason in reasons {
            let text = answer.json().to_string();
            let quoted = json!(reason).to_string();
            assert!(text.contains(quoted.trim_matches('"')), "{shown}: {text} does not name {reason}");
        }
    }
}

pub(crate) fn example(sandbox: &Sandbox, id: &str) -> Call {
    Call::example(sandbox, operation(sandbox, id))
}

pub(crate) fn get(sandbox: &Sandbox, vendor: Vendor, path: &str) -> Call {
    Call::new("GET", format!("{}{path}", sandbox.base_url(vendor))).credential(sandbox, vendor)
}
