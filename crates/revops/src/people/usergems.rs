//! UserGems in the flows: people are tracked and erased there, and nobody can be looked up.

use std::sync::Arc;

use futures::FutureExt;

use super::{
    Directory, Email, Erase, Erased, Erasing, Failed, Find, Findings, Identity, Step, Target, TrackAll,
};
use crate::usergems::{Contact, Contacts, Privacy, UserGems};

const SYSTEM: &str = "UserGems";

/// Why nobody is found there, and where to look.
const FIND_INSTEAD: &str = "its API reads nothing back; search for the person in its app";

impl Directory for Contacts {
    fn system(&self) -> String {
        SYSTEM.to_owned()
    }

    fn find(&self, _: Arc<[Email]>) -> Step<Findings> {
        async { Ok(Findings::default()) }.boxed()
    }

    fn unreadable(&self) -> Option<String> {
        Some(FIND_INSTEAD.to_owned())
    }
}

impl Erasing for Privacy {
    fn system(&self) -> String {
        SYSTEM.to_owned()
    }

    fn erase(&self, email: &Email, _: &[Identity]) -> Step<Erased> {
        let call = Self::erase(self, email.as_str());
        async move { call.await.map(|_| Erased::Requested).map_err(Failed::from) }.boxed()
    }
}

/// Contacts to be tracked, made of records by a closure.
struct Tracking<F> {
    contacts: Contacts,
    contact: F,
}

impl<R, F: Fn(&R) -> Option<Contact> + Send + Sync> Target<R> for Tracking<F> {
    fn system(&self) -> String {
        SYSTEM.to_owned()
    }

    fn write(&self, record: &R) -> Option<Step<()>> {
        let call = self.contacts.track((self.contact)(record)?).send();
        Some(async move { call.await.map(drop).map_err(Failed::from) }.boxed())
    }
}

impl Find {
    /// Says of `UserGems` where to look: its API reads nothing back.
    pub fn in_usergems(self, usergems: &UserGems) -> Self {
        self.in_system(usergems.contacts())
    }
}

impl Erase {
    /// Asks `UserGems` to forget the person, which it does in its own time.
    pub fn in_usergems(self, usergems: &UserGems) -> Self {
        self.in_system(usergems.privacy())
    }
}

impl<R: Send + 'static> TrackAll<R> {
    /// Tracks in `UserGems` the contact that `contact` makes of a record; `None` leaves the record out there.
    pub fn into_usergems(
        self,
        usergems: &UserGems,
        contact: impl Fn(&R) -> Option<Contact> + Send + Sync + 'static,
    ) -> Self {
        self.into_system(Tracking { contacts: usergems.contacts(), contact })
    }
}
