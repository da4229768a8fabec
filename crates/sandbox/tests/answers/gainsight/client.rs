//! A client that has every answer judged by the published document.

use axum::http::HeaderMap;
use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use revops_sandbox::{Builder, GAINSIGHT_ACCESS_KEY, Mood, Operation, Sandbox, Vendor};
use serde_json::Value;

/// A sandbox and a connection to it.
pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    http: Http<HttpConnector, Full<Bytes>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `null` if there is no body.
    pub(crate) json: Value,
    body: Bytes,
}

impl Answer {
    /// The text at a pointer; empty if there is none.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// One member of each record, or of each SCIM resource.
    pub(crate) fn each(&self, name: &str) -> Vec<Value> {
        let records = self.json.pointer("/data/records").or_else(|| self.json.get("Resources"));
        records.unwrap().as_array().unwrap().iter().map(|record| record[name].clone()).collect()
    }
}

impl Client {
    pub(crate) async fn start() -> Self {
        Self::from(Sandbox::builder()).await
    }

    pub(crate) async fn moody(moods: &[Mood]) -> Self {
        Self::from(moods.iter().copied().fold(Sandbox::builder(), Builder::mood)).await
    }

    pub(crate) async fn from(builder: Builder) -> Self {
        let sandbox = builder.start().await.unwrap();
        Self { sandbox, http: Http::builder(TokioExecutor::new()).build_http() }
    }

    /// Asks an operation; the answer must be one that its document promises.
    pub(crate) async fn ask(&self, id: &str, path: &str, body: Value) -> Answer {
        let answer = self.ask_moody(id, path, body).await;
        let operation = operation(&self.sandbox, id);
        let content_type = answer.headers.get(CONTENT_TYPE).map(|it| it.to_str().unwrap());
        let objections = operation.judge_answer(answer.status, content_type, &answer.body);
        assert_eq!(objections, Vec::<String>::new(), "{id}: {answer:?}");
        answer
    }

    /// Asks an operation whose answer no document promises.
    pub(crate) async fn ask_moody(&self, id: &str, path: &str, body: Value) -> Answer {
        self.send(operation(&self.sandbox, id).method(), path, body).await
    }

    /// Sends a request; a body of `null` is none.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        let url = format!("{}{path}", self.sandbox.base_url(Vendor::Gainsight));
        let mut request =
            Request::builder().method(method).uri(url).header("accessKey", GAINSIGHT_ACCESS_KEY);
        let mut bytes = Bytes::new();
        if !body.is_null() {
            let media = if path.contains("scim") { "application/scim+json" } else { "application/json" };
            request = request.header(CONTENT_TYPE, media);
            bytes = body.to_string().into();
        }
        let answer = self.http.request(request.body(Full::new(bytes)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let json = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Answer { status: parts.status.as_u16(), headers: parts.headers, json, body }
    }
}

fn operation(sandbox: &Sandbox, id: &str) -> &'static Operation {
    sandbox.operations().iter().find(|operation| operation.id() == id).unwrap()
}
