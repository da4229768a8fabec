//! reqwest, as a careful person writes the calls by hand: the baseline; and the same with our types of a page,
//! which accept what is missing or null and keep what no document knows.

use futures::stream;
use reqwest::header::ACCEPT;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, RequestBuilder};
use revops_gong::types::{UserResponse, UsersResponse};
use serde::de::DeserializeOwned;

use super::by_hand::{OneUser, TOKEN, Upsert, Upserted, Users, careful_reqwest, is_page, people, pieces};
use crate::drive::{BATCH, Contender, Fallible};

pub(crate) struct ByHand {
    client: Client,
    url: String,
}

impl ByHand {
    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Fallible<T> {
        let request = request.bearer_auth(TOKEN).header(ACCEPT, "application/json");
        let answer = request.send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }
}

impl Contender for ByHand {
    fn connect(url: &str) -> Fallible<Self> {
        Ok(Self { client: careful_reqwest()?, url: url.to_owned() })
    }

    async fn get(&self) -> Fallible<()> {
        let user: OneUser = self.send(self.client.get(format!("{}/users/7", self.url))).await?;
        if user.user.id == "7" { Ok(()) } else { Err("another user".into()) }
    }

    async fn page(&self) -> Fallible<()> {
        let page: Users = self.send(self.client.get(format!("{}/users", self.url))).await?;
        is_page(page.users.len())
    }

    async fn list(&self) -> Fallible<usize> {
        let mut records = 0;
        let mut cursor = None;
        loop {
            let mut request = self.client.get(format!("{}/users", self.url));
            if let Some(cursor) = &cursor {
                request = request.query(&[("cursor", cursor)]);
            }
            let page: Users = self.send(request).await?;
            records += page.users.len();
            cursor = page.records.cursor;
            if cursor.is_none() {
                return Ok(records);
            }
        }
    }

    async fn upsert(&self) -> Fallible<()> {
        let body = Upsert { records: people() };
        let request = self.client.post(format!("{}/data/objects/Person", self.url));
        let done: Upserted = self.send(request.query(&[("keys", "Email")]).json(&body)).await?;
        if done.result && done.data.count == BATCH { Ok(()) } else { Err("not all were written".into()) }
    }

    async fn upload(&self, bytes: usize) -> Fallible<()> {
        let part = Part::stream(Body::wrap_stream(stream::iter(pieces(bytes))));
        let part = part.file_name("people.csv").mime_str("text/csv")?;
        let request = self.client.post(format!("{}/v1/import", self.url));
        let _: serde_json::Value = self.send(request.multipart(Form::new().part("file", part))).await?;
        Ok(())
    }
}

/// The same with our types, which accept what is missing or null, and keep what no document knows.
pub(crate) struct Tolerant(ByHand);

impl Contender for Tolerant {
    fn connect(url: &str) -> Fallible<Self> {
        ByHand::connect(url).map(Self)
    }

    async fn get(&self) -> Fallible<()> {
        let user: UserResponse = self.0.send(self.0.client.get(format!("{}/users/7", self.0.url))).await?;
        if user.user.is_some() { Ok(()) } else { Err("no user".into()) }
    }

    async fn page(&self) -> Fallible<()> {
        let page: UsersResponse = self.0.send(self.0.client.get(format!("{}/users", self.0.url))).await?;
        is_page(page.users.map_or(0, |users| users.len()))
    }
}
