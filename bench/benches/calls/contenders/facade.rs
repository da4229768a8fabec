//! Our facade, paced by windows that are never full.

use futures::{TryStreamExt as _, stream};
use revops::gainsight::{Gainsight, Person};
use revops::gong::Gong;
use revops::userpilot::Userpilot;
use revops_runtime::quota::Quota;

use super::by_hand::{TOKEN, emails, is_page, pieces};
use super::client::wide;
use crate::drive::{BATCH, Contender, Fallible};

pub(crate) struct Facade {
    gong: Gong,
    /// Not paced: what the windows of the others remember of the last second grows with the speed of the machine.
    unpaced: Gong,
    gainsight: Gainsight,
    userpilot: Userpilot,
}

impl Contender for Facade {
    fn connect(url: &str) -> Fallible<Self> {
        let gong = Gong::builder().access_token(TOKEN).base_url(url);
        let unpaced = Gong::builder().access_token(TOKEN).base_url(url).quota(Quota::unlimited());
        let gainsight = Gainsight::builder().access_key(TOKEN).base_url(url);
        let userpilot = Userpilot::builder().api_key(TOKEN).base_url(url);
        Ok(Self {
            gong: gong.quota(wide(&[&revops_gong::API])).build()?,
            unpaced: unpaced.build()?,
            gainsight: gainsight.quota(wide(&[&revops_gainsight::person::API])).build()?,
            userpilot: userpilot.quota(wide(&[&revops_userpilot::API])).build()?,
        })
    }

    async fn get(&self) -> Fallible<()> {
        let user = self.gong.users().get("7").await?;
        if user.id.is_some() { Ok(()) } else { Err("no user".into()) }
    }

    async fn page(&self) -> Fallible<()> {
        let page = self.gong.users().list().pages().try_next().await?;
        is_page(page.map_or(0, |page| page.records.len()))
    }

    async fn begin_list(&self) -> Fallible<()> {
        let page = self.unpaced.users().list().pages().try_next().await?;
        is_page(page.map_or(0, |page| page.records.len()))
    }

    async fn list(&self) -> Fallible<usize> {
        let mut users = self.unpaced.users().list().stream();
        let mut records = 0;
        while users.try_next().await?.is_some() {
            records += 1;
        }
        Ok(records)
    }

    async fn upsert(&self) -> Fallible<()> {
        let person =
            |email: String| Person::builder().email(email).first_name("Jane").last_name("Doe").build();
        let people: Result<Vec<Person>, _> = emails().map(person).collect();
        let report = self.gainsight.people().upsert(people?).matching(["Email"]).send().await?;
        if report.written() == BATCH { Ok(()) } else { Err(report.to_string().into()) }
    }

    async fn upload(&self, bytes: usize) -> Fallible<()> {
        self.userpilot.import_stream(stream::iter(pieces(bytes)), "people.csv").await?;
        Ok(())
    }
}
