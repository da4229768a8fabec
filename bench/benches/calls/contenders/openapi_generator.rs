//! What openapi-generator makes of the Gong document, over the same reqwest client as the one by hand.

use revops_bench_openapi_generator::apis::configuration::Configuration;
use revops_bench_openapi_generator::apis::users_api;

use super::by_hand::{TOKEN, careful_reqwest, is_page};
use crate::drive::{Contender, Fallible};

pub(crate) struct Bare(Configuration);

impl Contender for Bare {
    fn connect(url: &str) -> Fallible<Self> {
        Ok(Self(Configuration {
            base_path: url.to_owned(),
            client: careful_reqwest()?,
            bearer_access_token: Some(TOKEN.to_owned()),
            // Its default makes a client of its own first, with TLS as nobody here has it.
            user_agent: Some("openapi-generator".to_owned()),
            basic_auth: None,
            oauth_access_token: None,
            api_key: None,
        }))
    }

    async fn get(&self) -> Fallible<()> {
        let user = users_api::get_user(&self.0, "7").await?;
        if user.user.is_some() { Ok(()) } else { Err("no user".into()) }
    }

    async fn page(&self) -> Fallible<()> {
        is_page(users_api::list_users(&self.0, None, None).await?.users.unwrap_or_default().len())
    }

    async fn list(&self) -> Fallible<usize> {
        let mut records = 0;
        let mut cursor: Option<String> = None;
        loop {
            let page = users_api::list_users(&self.0, cursor.as_deref(), None).await?;
            records += page.users.unwrap_or_default().len();
            cursor = page.records.and_then(|records| records.cursor);
            if cursor.is_none() {
                return Ok(records);
            }
        }
    }
}
