//! What progenitor alone makes of the documents, over the same reqwest client as the one by hand.
//!
//! It has no credentials of its own: they are a default header. It knows no multipart form, so it uploads nothing.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use revops_bench_progenitor::{gainsight, gong};

use super::by_hand::{careful_reqwest_with, emails, is_page};
use crate::drive::{BATCH, Contender, Fallible};

pub(crate) struct Bare {
    gong: gong::Client,
    gainsight: gainsight::Client,
}

impl Contender for Bare {
    fn connect(url: &str) -> Fallible<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer token"));
        let client = careful_reqwest_with(headers)?;
        Ok(Self {
            gong: gong::Client::new_with_client(url, client.clone()),
            gainsight: gainsight::Client::new_with_client(url, client),
        })
    }

    async fn get(&self) -> Fallible<()> {
        let user = self.gong.get_user().id("7").send().await?.into_inner();
        if user.user.is_some() { Ok(()) } else { Err("no user".into()) }
    }

    async fn page(&self) -> Fallible<()> {
        is_page(self.gong.list_users().send().await?.into_inner().users.unwrap_or_default().len())
    }

    async fn list(&self) -> Fallible<usize> {
        let mut records = 0;
        let mut cursor = None;
        loop {
            let mut call = self.gong.list_users();
            if let Some(cursor) = cursor.take() {
                call = call.cursor(cursor);
            }
            let page = call.send().await?.into_inner();
            records += page.users.unwrap_or_default().len();
            cursor = page.records.and_then(|records| records.cursor);
            if cursor.is_none() {
                return Ok(records);
            }
        }
    }

    async fn upsert(&self) -> Fallible<()> {
        let person = |email: String| {
            gainsight::types::PersonRecord::builder()
                .email(email)
                .first_name("Jane".to_owned())
                .last_name("Doe".to_owned())
                .extra(serde_json::Map::new())
        };
        let people: Result<Vec<gainsight::types::PersonRecord>, _> =
            emails().map(|email| person(email).try_into()).collect();
        let body = gainsight::types::UpsertPeopleRequest::builder().records(people?);
        let done = self.gainsight.upsert_people().keys("Email").body(body).send().await?.into_inner();
        let count = done.data.and_then(|data| data.count);
        if count.is_some_and(|count| usize::try_from(count).is_ok_and(|count| count == BATCH)) {
            Ok(())
        } else {
            Err("not all were written".into())
        }
    }
}
