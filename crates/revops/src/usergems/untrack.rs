//! Following contacts no longer. The vendor removes a contact from everything if it is not told from where,
//! so here it is said always.

use futures::FutureExt;
use futures::stream::BoxStream;
use revops_usergems::Client;
use revops_usergems::operations::DELETE_CONTACT;

use super::{Queued, check};
use crate::told::names;
use crate::vendor::each;
use crate::{Call, Error};

/// What a contact is removed from.
///
/// ```
/// use revops::usergems::Scope;
///
/// let narrow = Scope::relationship("Champion").and_signal("q2");
/// assert_ne!(narrow, Scope::everywhere());
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Scope {
    relationship: Option<String>,
    signal: Option<String>,
}

impl crate::told::IsSet for Scope {
    fn is_set(&self) -> bool {
        true
    }
}

names!(Scope { relationship, signal });

impl Scope {
    /// Everything: every relationship and every signal.
    pub fn everywhere() -> Self {
        Self { relationship: None, signal: None }
    }

    /// One relationship, under whatever signals.
    pub fn relationship(relationship: impl Into<String>) -> Self {
        Self { relationship: Some(relationship.into()), signal: None }
    }

    /// One signal, under whatever relationships.
    pub fn signal(signal: impl Into<String>) -> Self {
        Self { relationship: None, signal: Some(signal.into()) }
    }

    /// Of that only what is under this relationship too.
    pub fn and_relationship(mut self, relationship: impl Into<String>) -> Self {
        self.relationship = Some(relationship.into());
        self
    }

    /// Of that only what is under this signal too.
    pub fn and_signal(mut self, signal: impl Into<String>) -> Self {
        self.signal = Some(signal.into());
        self
    }
}

/// A contact to be followed no longer, before it is said from where; from
/// [`Contacts::untrack`](super::Contacts::untrack).
#[derive(Clone)]
#[must_use = "say from where: `relationship`, `signal` or `everywhere`"]
pub struct Untrack {
    client: Client,
    email: String,
}

names!(Untrack { email });

impl Untrack {
    pub(super) fn new(client: Client, email: String) -> Self {
        Self { client, email }
    }

    /// Only under this relationship.
    pub fn relationship(self, relationship: impl Into<String>) -> UntrackWithin {
        self.within(Scope::relationship(relationship))
    }

    /// Only under this signal.
    pub fn signal(self, signal: impl Into<String>) -> UntrackWithin {
        self.within(Scope::signal(signal))
    }

    /// Under every relationship and every signal.
    pub fn everywhere(self) -> UntrackEverywhere {
        UntrackEverywhere { client: self.client, email: self.email }
    }

    fn within(self, scope: Scope) -> UntrackWithin {
        UntrackWithin { client: self.client, email: self.email, scope }
    }
}

/// A contact to be followed no longer under one relationship or signal; from [`Untrack`].
#[derive(Clone)]
#[must_use = "nothing is sent until `send`"]
pub struct UntrackWithin {
    client: Client,
    email: String,
    scope: Scope,
}

names!(UntrackWithin { email, scope });

impl UntrackWithin {
    /// Of that only what is under this relationship too.
    pub fn relationship(self, relationship: impl Into<String>) -> Self {
        Self { scope: self.scope.and_relationship(relationship), ..self }
    }

    /// Of that only what is under this signal too.
    pub fn signal(self, signal: impl Into<String>) -> Self {
        Self { scope: self.scope.and_signal(signal), ..self }
    }

    /// Sends it. The vendor acknowledges it whether the contact was followed or not.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for what is no e-mail address, or an empty relationship or
    /// signal, which could be taken for none; nothing was sent. If the answer is lost it is not sent again,
    /// and the error says that it may have been applied.
    #[must_use]
    pub fn send(self) -> Call<Queued> {
        untrack(self.client, (self.email, self.scope))
    }
}

/// A contact to be followed no longer at all; from [`Untrack::everywhere`].
#[derive(Clone)]
#[must_use = "nothing is sent until `send`"]
pub struct UntrackEverywhere {
    client: Client,
    email: String,
}

names!(UntrackEverywhere { email });

impl UntrackEverywhere {
    /// Sends it. The vendor acknowledges it whether the contact was followed or not.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for what is no e-mail address; nothing was sent. If the answer
    /// is lost it is not sent again, and the error says that it may have been applied.
    #[must_use]
    pub fn send(self) -> Call<Queued> {
        untrack(self.client, (self.email, Scope::everywhere()))
    }
}

each! {
    /// Contacts to be followed no longer; from [`Contacts::untrack_all`](super::Contacts::untrack_all). One
    /// whose answer was lost is [`Outcome::Unknown`](crate::Outcome::Unknown), and is not sent again.
    UntrackContacts of (String, Scope) => Queued, sent by untrack, checked by is_right, calls 4, repeatable false
}

impl UntrackContacts {
    pub(super) fn over(client: Client, contacts: BoxStream<'static, (String, Scope)>) -> Self {
        Self::new(client, contacts)
    }
}

fn is_right((email, scope): &(String, Scope)) -> Result<(), String> {
    check::email(email)?;
    check::label("relationship", scope.relationship.as_ref())?;
    check::label("signal", scope.signal.as_ref())
}

fn untrack(client: Client, contact: (String, Scope)) -> Call<Queued> {
    async move {
        is_right(&contact).map_err(|reason| Error::invalid(&DELETE_CONTACT, reason))?;
        let (email, Scope { relationship, signal }) = contact;
        let mut call = client.delete_contact().email(email);
        if let Some(relationship) = relationship {
            call = call.relationship_type(relationship);
        }
        if let Some(signal) = signal {
            call = call.signal(signal);
        }
        call.send().await.map(crate::Response::into_inner)
    }
    .boxed()
}
