//! The people at customers: written by the fifty, searched, read, deleted.

use futures::{FutureExt, Stream, StreamExt};
use revops_gainsight::person::Client;
use revops_gainsight::person::operations::GET_PERSON;

use super::{Filter, Person, SearchPeople, UpsertPeople, deleted};
use crate::{Call, Error};

/// The people at customers, from [`Gainsight::people`](super::Gainsight::people).
///
/// Everything here spends from one quota of the tenant: 100 calls a minute and 50,000 a day.
#[derive(Clone, Debug)]
pub struct People {
    client: Client,
}

impl People {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Writes people, any number of them, fifty a call (operation `upsertPeople`): who is there already, by
    /// the fields of [`matching`](UpsertPeople::matching), is updated, the others are added.
    ///
    /// ```
    /// use revops::gainsight::Person;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    ///
    /// let jane = Person::builder().email("jane.doe@example.com").first_name("Jane").build()?;
    /// let nobody = Person::builder().first_name("Nobody").build()?;
    /// let report = gainsight.people().upsert([jane, nobody]).matching(["Email"]).send().await?;
    /// println!("{report}"); // 1 written, 1 refused, …
    /// for (index, reason) in report.refused() {
    ///     println!("record {index}: {reason}"); // record 1: it has no `Email` to be matched by; …
    /// }
    /// # assert_eq!((report.written(), report.refused().count()), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn upsert(&self, people: impl IntoIterator<Item = Person, IntoIter: Send + 'static>) -> UpsertPeople {
        self.upsert_stream(futures::stream::iter(people))
    }

    /// Writes the people of a stream ([`upsert`](Self::upsert)), which is read as fast as they are written.
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::gainsight::Person;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// let emails = futures::stream::iter(1..=120).map(|number| format!("person.{number}@example.com"));
    /// let people = emails.filter_map(|email| async { Person::builder().email(email).build().ok() });
    /// let report = gainsight.people().upsert_stream(people).send().await?;
    /// assert_eq!(report.written(), 120);
    /// # Ok(())
    /// # }
    /// ```
    pub fn upsert_stream(&self, people: impl Stream<Item = Person> + Send + 'static) -> UpsertPeople {
        UpsertPeople::new(self.client.clone(), people.boxed())
    }

    /// The people that a filter asks for (operation `searchPeople`). The fields to be read must be
    /// [selected](SearchPeople::select).
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// use revops::gainsight::field;
    ///
    /// let active = field("IsActive").eq(true).and(field("Email").ends_with("example.com"));
    /// let people = gainsight.people().search(active).select(["Gsid", "Email", "Title"]).stream();
    /// let titles: Vec<_> = people.map_ok(|person| person.title).try_collect().await?;
    /// println!("{} of them", titles.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn search(&self, filter: Filter) -> SearchPeople {
        SearchPeople::new(self.client.clone(), filter)
    }

    /// One person by Gainsight id (operation `getPerson`).
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops::gainsight::Filter;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.people().search(Filter::all()).select(["Gsid"]).stream().try_next().await?;
    /// # let gsid = first.and_then(|person| person.gsid).unwrap_or_default();
    /// let person = gainsight.people().get(gsid).await?;
    /// println!("{:?}", person.email);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, gsid: impl Into<String>) -> Call<Person> {
        get(self.client.clone(), gsid.into())
    }

    /// Deletes one person by Gainsight id (operation `deletePerson`). The vendor may take its time after it
    /// has said yes.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none. After an attempt whose answer was lost, nobody
    /// being there means that it was done, and is no error.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops::gainsight::Filter;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.people().search(Filter::all()).select(["Gsid"]).stream().try_next().await?;
    /// # let gsid = first.and_then(|person| person.gsid).unwrap_or_default();
    /// gainsight.people().delete(&gsid).await?;
    /// assert!(gainsight.people().get(&gsid).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete(&self, gsid: impl Into<String>) -> Call<()> {
        delete(self.client.clone(), gsid.into())
    }
}

fn get(client: Client, gsid: String) -> Call<Person> {
    async move {
        let found = client.get_person().record_id(gsid).send().await?;
        found.into_inner().data.ok_or_else(|| Error::empty(&GET_PERSON, "the answer holds no person"))
    }
    .boxed()
}

fn delete(client: Client, gsid: String) -> Call<()> {
    async move { deleted(client.delete_person().record_id(gsid).send().await) }.boxed()
}
