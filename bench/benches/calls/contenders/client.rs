//! Our generated clients with the runtime, paced by windows that are never full.

use futures::stream;
use revops_gainsight::person::types::{PersonRecord, UpsertPeopleRequest};
use revops_runtime::api::{Api, Window};
use revops_runtime::quota::{PoolLimits, Quota};
use revops_userpilot::types::ImportDataForm;

use super::by_hand::{TOKEN, emails, is_page, pieces};
use crate::drive::{BATCH, Contender, Fallible};

pub(crate) struct Generated {
    gong: revops_gong::Client,
    gainsight: revops_gainsight::person::Client,
    userpilot: revops_userpilot::Client,
}

/// As many windows as the documents name, each of a second that no run can fill. What a window remembers is bounded
/// by its limit: with the vendor's own, a list long enough would wait, and with a wider one of a day it would be
/// the list's length that is measured.
pub(super) fn wide(apis: &[&'static Api]) -> Quota {
    let window = Window { limit: 200_000, seconds: 1 };
    let mut quota = Quota::builder(apis);
    for pool in apis.iter().flat_map(|api| api.pools) {
        let windows = vec![window; pool.windows.len()];
        quota = quota.pool(pool.name, PoolLimits { windows, concurrency: pool.concurrency });
    }
    quota.build()
}

impl Contender for Generated {
    fn connect(url: &str) -> Fallible<Self> {
        let gong = revops_gong::Client::builder().bearer_auth(TOKEN).base_url(url);
        let gainsight = revops_gainsight::person::Client::builder().api_key(TOKEN).base_url(url);
        let userpilot = revops_userpilot::Client::builder().api_token(TOKEN).base_url(url);
        Ok(Self {
            gong: gong.quota(wide(&[&revops_gong::API])).build()?,
            gainsight: gainsight.quota(wide(&[&revops_gainsight::person::API])).build()?,
            userpilot: userpilot.quota(wide(&[&revops_userpilot::API])).build()?,
        })
    }

    async fn get(&self) -> Fallible<()> {
        let user = self.gong.get_user().id("7").send().await?;
        if user.user.is_some() { Ok(()) } else { Err("no user".into()) }
    }

    async fn page(&self) -> Fallible<()> {
        is_page(self.gong.list_users().send().await?.users.as_ref().map_or(0, Vec::len))
    }

    async fn upsert(&self) -> Fallible<()> {
        let person =
            |email: String| PersonRecord::builder().email(email).first_name("Jane").last_name("Doe").build();
        let people: Result<Vec<PersonRecord>, _> = emails().map(person).collect();
        let body = UpsertPeopleRequest::builder().records(people?);
        let done = self.gainsight.upsert_people().keys("Email").body(body).send().await?;
        let count = done.data.as_ref().and_then(|data| data.count);
        if count.is_some_and(|count| usize::try_from(count).is_ok_and(|count| count == BATCH)) {
            Ok(())
        } else {
            Err("not all were written".into())
        }
    }

    async fn upload(&self, bytes: usize) -> Fallible<()> {
        let part = revops_runtime::upload::Part::stream(stream::iter(pieces(bytes)));
        let part = part.file_name("people.csv").media_type("text/csv");
        self.userpilot.import_data().body(ImportDataForm::new(part)).send().await?;
        Ok(())
    }
}
