//! Userpilot in the flows: users are written there; its documents let nobody be looked up or deleted.

use std::sync::Arc;

use futures::FutureExt;

use super::{
    Directory, Email, Erase, Erased, Erasing, Failed, Find, Findings, Identity, Step, Target, TrackAll,
};
use crate::userpilot::{User, Userpilot};

const SYSTEM: &str = "Userpilot";

/// Why nobody is found there, and where to look.
const FIND_INSTEAD: &str = "its documents read no user back; search for the person in its People view";

/// Why nothing is erased by this client, and what does.
const ERASE_INSTEAD: &str = "delete the user in its People view, or by its operation DELETE /v1/users, which the \
                             published document does not have";

impl Directory for Userpilot {
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

impl Erasing for Userpilot {
    fn system(&self) -> String {
        SYSTEM.to_owned()
    }

    fn impossible(&self) -> Option<String> {
        Some(ERASE_INSTEAD.to_owned())
    }

    fn erase(&self, _: &Email, _: &[Identity]) -> Step<Erased> {
        async { Ok(Erased::NotPossible { instead: ERASE_INSTEAD.to_owned() }) }.boxed()
    }
}

/// Users to be identified, made of records by a closure.
struct Identifying<F> {
    userpilot: Userpilot,
    user: F,
}

impl<R, F: Fn(&R) -> Option<User> + Send + Sync> Target<R> for Identifying<F> {
    fn system(&self) -> String {
        SYSTEM.to_owned()
    }

    fn write(&self, record: &R) -> Option<Step<()>> {
        let call = self.userpilot.identify((self.user)(record)?).send();
        Some(async move { call.await.map_err(Failed::from) }.boxed())
    }
}

impl Find {
    /// Says of Userpilot where to look: its documents read no user back.
    pub fn in_userpilot(self, userpilot: &Userpilot) -> Self {
        self.in_system(userpilot.clone())
    }
}

impl Erase {
    /// Says of Userpilot what to do there: its published document offers no deletion.
    pub fn in_userpilot(self, userpilot: &Userpilot) -> Self {
        self.in_system(userpilot.clone())
    }
}

impl<R: Send + 'static> TrackAll<R> {
    /// Identifies in Userpilot the user that `user` makes of a record; `None` leaves the record out there.
    pub fn into_userpilot(
        self,
        userpilot: &Userpilot,
        user: impl Fn(&R) -> Option<User> + Send + Sync + 'static,
    ) -> Self {
        self.into_system(Identifying { userpilot: userpilot.clone(), user })
    }
}
