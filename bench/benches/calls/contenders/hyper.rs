//! hyper with its own pool of connections: the least there is above a socket.

use bytes::Bytes;
use futures::stream;
use http::{Method, Request, Uri, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;

use super::by_hand::{OneUser, Upsert, Upserted, Users, is_page, people, pieces};
use crate::drive::{BATCH, Contender, Fallible};

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

pub(crate) struct ByHand {
    client: Client<HttpConnector, Body>,
    url: String,
}

impl ByHand {
    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        media_type: Option<&str>,
        body: Body,
    ) -> Fallible<T> {
        let uri: Uri = format!("{}{path}", self.url).parse()?;
        let mut request = Request::builder().method(method).uri(uri);
        request =
            request.header(header::AUTHORIZATION, "Bearer token").header(header::ACCEPT, "application/json");
        if let Some(media_type) = media_type {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let answer = self.client.request(request.body(body)?).await?;
        if !answer.status().is_success() {
            return Err(answer.status().to_string().into());
        }
        Ok(serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?)
    }
}

fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

impl Contender for ByHand {
    fn connect(url: &str) -> Fallible<Self> {
        Ok(Self { client: Client::builder(TokioExecutor::new()).build_http(), url: url.to_owned() })
    }

    async fn get(&self) -> Fallible<()> {
        let user: OneUser = self.send(Method::GET, "/users/7", None, whole("")).await?;
        if user.user.id == "7" { Ok(()) } else { Err("another user".into()) }
    }

    async fn page(&self) -> Fallible<()> {
        let page: Users = self.send(Method::GET, "/users", None, whole("")).await?;
        is_page(page.users.len())
    }

    async fn upsert(&self) -> Fallible<()> {
        let body = serde_json::to_vec(&Upsert { records: people() })?;
        let path = "/data/objects/Person?keys=Email";
        let done: Upserted = self.send(Method::POST, path, Some("application/json"), whole(body)).await?;
        if done.result && done.data.count == BATCH { Ok(()) } else { Err("not all were written".into()) }
    }

    async fn upload(&self, bytes: usize) -> Fallible<()> {
        let head = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\
                    content-type: text/csv\r\n\r\n";
        let ends = |text: &'static str| std::iter::once(Ok(Bytes::from_static(text.as_bytes())));
        let form = ends(head).chain(pieces(bytes)).chain(ends("\r\n--edge--\r\n"));
        let body = StreamBody::new(stream::iter(form.map(|piece| piece.map(Frame::data)))).boxed_unsync();
        let media_type = Some("multipart/form-data; boundary=edge");
        let _: serde_json::Value = self.send(Method::POST, "/v1/import", media_type, body).await?;
        Ok(())
    }
}
