//! Gong in the flows: its users can be read, and nothing of them changed.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt};
use serde_json::Value;

use super::directory::{Lacking, full_name, text, told_address};
use super::{
    Directory, Email, Erase, Erased, Erasing, Failed, Find, Findings, Identity, Member, Offboard,
    Offboarding, Roster, Staff, Step,
};
use crate::gong::{Gong, User, Users};

const SYSTEM: &str = "Gong users";

impl Directory for Users {
    fn system(&self) -> String {
        SYSTEM.to_owned()
    }

    /// The vendor cannot be asked for an address, so all users are read, a hundred a call.
    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let mut users = self.list().records().enumerate();
        async move {
            let mut findings = Findings::default();
            let asked: HashSet<String> = emails.iter().map(Email::key).collect();
            while let Some((place, user)) = users.next().await {
                let user = match user? {
                    Ok(user) => user,
                    Err(rejected) => {
                        findings.reject_by(told_addresses(&rejected.raw), None, rejected);
                        continue;
                    }
                };
                let aliases = user.email_aliases.iter().flatten();
                let addresses: BTreeSet<String> =
                    user.email_address.iter().chain(aliases).map(|it| Email::key_of(it)).collect();
                let of: Vec<String> = addresses.into_iter().filter(|it| asked.contains(it)).collect();
                if text(user.id.as_ref()).is_some() {
                    for address in &of {
                        findings.add(address, identity(&user));
                    }
                } else if !of.is_empty() {
                    findings.reject_by(Some(of), None, Lacking { place, member: "id" });
                }
            }
            Ok(findings)
        }
        .boxed()
    }
}

/// All addresses of a user that could not be read, if each is an address without doubt.
fn told_addresses(user: &Value) -> Option<Vec<String>> {
    let mut told = vec![told_address(user.get("emailAddress")?)?];
    match user.get("emailAliases") {
        None | Some(Value::Null) => {}
        Some(aliases) => {
            for alias in aliases.as_array()? {
                told.push(told_address(alias)?);
            }
        }
    }
    Some(told)
}

fn identity(user: &User) -> Identity {
    let name = full_name(user.first_name.as_deref(), user.last_name.as_deref());
    Identity::new(user.id.clone().unwrap_or_default()).named(name).active(user.active)
}

impl Staff for Users {
    fn system(&self) -> String {
        SYSTEM.to_owned()
    }

    fn members(&self) -> BoxStream<'static, Result<Member, Failed>> {
        let members = self.list().stream().map_err(Failed::from).map_ok(|user| {
            let Identity { id, name, active } = identity(&user);
            let aliases = user.email_aliases.unwrap_or_default();
            Member { id, email: user.email_address, aliases, name, active }
        });
        members.boxed()
    }
}

/// Why nothing is erased by this client, and what does.
const ERASE_INSTEAD: &str = "use the data privacy page of Gong's company settings, or its operation \
                             erase-data-for-email-address, which takes a key with the scope api:data-privacy:delete";

impl Erasing for Gong {
    fn system(&self) -> String {
        "Gong".to_owned()
    }

    fn impossible(&self) -> Option<String> {
        Some(ERASE_INSTEAD.to_owned())
    }

    fn erase(&self, _: &Email, _: &[Identity]) -> Step<Erased> {
        async { Ok(Erased::NotPossible { instead: ERASE_INSTEAD.to_owned() }) }.boxed()
    }
}

impl Offboarding for Users {
    fn directory(&self) -> &dyn Directory {
        self
    }

    fn impossible(&self) -> Option<String> {
        Some(
            "deactivate the user in Gong's team settings, or at the identity provider that provisions it"
                .to_owned(),
        )
    }

    fn deactivate(&self, _: &Identity) -> Step<()> {
        async { Ok(()) }.boxed()
    }
}

impl Find {
    /// Looks among the users of Gong too. All of them are read, as the vendor cannot be asked for an address.
    pub fn in_gong(self, gong: &Gong) -> Self {
        self.in_system(gong.users())
    }
}

impl Erase {
    /// Says of Gong what to do there: its documents offer no deletion.
    pub fn in_gong(self, gong: &Gong) -> Self {
        self.in_system(gong.clone())
    }
}

impl Offboard {
    /// Reports the user's state in Gong, which deactivates nobody by its API.
    pub fn in_gong(self, gong: &Gong) -> Self {
        self.in_system(gong.users())
    }
}

impl Roster {
    /// Compares the users of Gong too.
    pub fn of_gong(self, gong: &Gong) -> Self {
        self.of_system(gong.users())
    }
}
