//! Forgetting people who asked for it.

use futures::{FutureExt, Stream, StreamExt};
use revops_usergems::Client;
use revops_usergems::operations::PRIVACY_DELETE;
use revops_usergems::types::PrivacyDeleteRequest;

use super::{Queued, check};
use crate::vendor::each;
use crate::{Call, Error};

/// What people may ask for by law, from [`UserGems::privacy`](super::UserGems::privacy).
#[derive(Clone, Debug)]
pub struct Privacy {
    client: Client,
}

impl Privacy {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Erases who has this e-mail address from everything (operation `privacyDelete`). Doing it again changes
    /// nothing. The vendor acknowledges that it is queued, and does not tell when it is done.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for what is no e-mail address; nothing was sent.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// # usergems.contacts().track("jane.doe@example.com").send().await?;
    /// let queued = usergems.privacy().erase("jane.doe@example.com").await?;
    /// println!("{}", queued.message);
    /// # assert!(!sandbox.usergems().is_tracked("jane.doe@example.com"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn erase(&self, email: impl Into<String>) -> Call<Queued> {
        erase(self.client.clone(), email.into())
    }

    /// Erases any number of people, a call for each ([`erase`](Self::erase)).
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let report = usergems.privacy().erase_all(["jane.doe@example.com", "joe@example.com"]).send().await;
    /// println!("{report}"); // 2 written, …
    /// # assert_eq!(report.written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn erase_all(
        &self,
        emails: impl IntoIterator<Item: Into<String> + 'static, IntoIter: Send + 'static>,
    ) -> ErasePeople {
        self.erase_stream(futures::stream::iter(emails.into_iter().map(Into::into)))
    }

    /// Erases the people of a stream of e-mail addresses ([`erase_all`](Self::erase_all)).
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let asked = futures::stream::iter(["jane.doe@example.com".to_owned()]);
    /// let report = usergems.privacy().erase_stream(asked).send().await;
    /// # assert_eq!(report.written(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn erase_stream(&self, emails: impl Stream<Item = String> + Send + 'static) -> ErasePeople {
        ErasePeople::new(self.client.clone(), emails.boxed())
    }
}

each! {
    /// People to be erased, by e-mail address; from [`Privacy::erase_all`].
    ErasePeople of String => Queued, sent by erase, checked by is_right, calls 4, repeatable true
}

#[expect(clippy::ptr_arg, reason = "the check of a batch is given a reference to its record")]
fn is_right(email: &String) -> Result<(), String> {
    check::email(email)
}

fn erase(client: Client, email: String) -> Call<Queued> {
    async move {
        check::email(&email).map_err(|reason| Error::invalid(&PRIVACY_DELETE, reason))?;
        let request = PrivacyDeleteRequest::builder().email(email);
        client.privacy_delete().body(request).send().await.map(crate::Response::into_inner)
    }
    .boxed()
}
