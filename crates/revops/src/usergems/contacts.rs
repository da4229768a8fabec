//! Following contacts: one, or any number with an outcome for each.

use futures::{FutureExt, Stream, StreamExt};
use revops_usergems::Client;
use revops_usergems::operations::ADD_CONTACT;

use super::{Contact, Queued, Scope, Untrack, UntrackContacts};
use crate::vendor::each;
use crate::{Call, Error};

/// The contacts that are followed, from [`UserGems::contacts`](super::UserGems::contacts).
#[derive(Clone, Debug)]
pub struct Contacts {
    client: Client,
}

impl Contacts {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Follows who has this e-mail address (operation `addContact`). Whoever is followed already under the
    /// same relationship and signal is brought up to date.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let contacts = usergems.contacts();
    /// contacts.track("jane.doe@example.com").relationship("Champion").field("plan", "pro").send().await?;
    ///
    /// let refused = contacts.track("jane.doe").send().await.unwrap_err(); // nothing was sent
    /// println!("{refused}"); // … this is no e-mail address: it has no `@`; it was not sent
    /// # assert_eq!(sandbox.usergems().queue().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn track(&self, contact: impl Into<Contact>) -> TrackContact {
        TrackContact { client: self.client.clone(), contact: contact.into() }
    }

    /// Follows any number of contacts, a call for each ([`track`](Self::track)).
    ///
    /// ```
    /// use revops::usergems::Contact;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    ///
    /// let contacts = ["jane.doe@example.com", "", "joe@example.com"].map(Contact::new);
    /// let report = usergems.contacts().track_all(contacts).send().await;
    /// println!("{report}"); // 2 written, 1 refused, …
    /// # assert_eq!((report.written(), report.refused().next().map(|(index, _)| index)), (2, Some(1)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn track_all(
        &self,
        contacts: impl IntoIterator<Item = Contact, IntoIter: Send + 'static>,
    ) -> TrackContacts {
        self.track_stream(futures::stream::iter(contacts))
    }

    /// Follows the contacts of a stream ([`track`](Self::track)), which is read as fast as they are sent.
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::usergems::Contact;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let numbers = futures::stream::iter(1..=10);
    /// let contacts = numbers.map(|number| Contact::new(format!("person.{number}@example.com")).signal("q2"));
    /// let mut outcomes = usergems.contacts().track_stream(contacts).stream();
    /// while let Some((index, outcome)) = outcomes.next().await {
    ///     println!("{index}: {}", if outcome.is_done() { "queued" } else { "not queued" });
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn track_stream(&self, contacts: impl Stream<Item = Contact> + Send + 'static) -> TrackContacts {
        TrackContacts::new(self.client.clone(), contacts.boxed())
    }

    /// Follows who has this e-mail address no longer (operation `deleteContact`). From where has to be said:
    /// a relationship, a signal, or [everywhere](Untrack::everywhere).
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// # usergems.contacts().track("jane.doe@example.com").relationship("User").send().await?;
    /// usergems.contacts().untrack("jane.doe@example.com").relationship("Champion").send().await?;
    /// # assert!(sandbox.usergems().is_tracked("jane.doe@example.com"));
    /// usergems.contacts().untrack("jane.doe@example.com").everywhere().send().await?;
    /// # assert!(!sandbox.usergems().is_tracked("jane.doe@example.com"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Without it, it does not compile:
    ///
    /// ```compile_fail,E0599
    /// # async fn example(usergems: revops::usergems::UserGems) -> Result<(), revops::Error> {
    /// usergems.contacts().untrack("jane.doe@example.com").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn untrack(&self, email: impl Into<String>) -> Untrack {
        Untrack::new(self.client.clone(), email.into())
    }

    /// Follows any number of contacts no longer, a call for each ([`untrack`](Self::untrack)). Each comes
    /// with the [`Scope`] it is removed from.
    ///
    /// ```
    /// use revops::usergems::Scope;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    ///
    /// let gone = [
    ///     ("jane.doe@example.com", Scope::relationship("Champion")),
    ///     ("joe@example.com", Scope::everywhere()),
    /// ];
    /// let report = usergems.contacts().untrack_all(gone).send().await;
    /// # assert_eq!(report.written(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn untrack_all<E: Into<String>>(
        &self,
        contacts: impl IntoIterator<Item = (E, Scope), IntoIter: Send + 'static>,
    ) -> UntrackContacts {
        let contacts = contacts.into_iter().map(|(email, scope)| (email.into(), scope));
        self.untrack_stream(futures::stream::iter(contacts))
    }

    /// Follows the contacts of a stream no longer ([`untrack_all`](Self::untrack_all)).
    ///
    /// ```
    /// # use futures::StreamExt;
    /// # use revops::usergems::Scope;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let usergems = revops::usergems::UserGems::sandbox(sandbox.base_url(Vendor::UserGems))?;
    /// let gone = futures::stream::iter(1..=10).map(|number| format!("person.{number}@example.com"));
    /// let gone = gone.map(|email| (email, Scope::signal("q2")));
    /// let report = usergems.contacts().untrack_stream(gone).send().await;
    /// # assert_eq!(report.written(), 10);
    /// # Ok(())
    /// # }
    /// ```
    pub fn untrack_stream(
        &self,
        contacts: impl Stream<Item = (String, Scope)> + Send + 'static,
    ) -> UntrackContacts {
        UntrackContacts::over(self.client.clone(), contacts.boxed())
    }
}

/// A contact to be followed; from [`Contacts::track`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct TrackContact {
    client: Client,
    contact: Contact,
}

impl TrackContact {
    pub(super) fn change(self, change: impl FnOnce(Contact) -> Contact) -> Self {
        Self { contact: change(self.contact), ..self }
    }

    /// Sends the contact.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for what is no e-mail address, more than 100 custom fields, or
    /// one with the name of another member; nothing was sent.
    #[must_use]
    pub fn send(self) -> Call<Queued> {
        track(self.client, self.contact)
    }
}

each! {
    /// Contacts to be followed; from [`Contacts::track_all`].
    TrackContacts of Contact => Queued, sent by track, checked by Contact::check, calls 4, repeatable true
}

fn track(client: Client, contact: Contact) -> Call<Queued> {
    async move {
        contact.check().map_err(|reason| Error::invalid(&ADD_CONTACT, reason))?;
        client.add_contact().body(contact.lower()).send().await.map(crate::Response::into_inner)
    }
    .boxed()
}
