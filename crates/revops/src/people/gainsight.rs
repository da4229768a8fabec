//! Gainsight in the flows: people at customers are found and deleted, users of the tenant found, compared and
//! deactivated.

use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt};

use super::directory::full_name;
use super::each::on_each;
use super::{
    Directory, Email, Erase, Erased, Erasing, Failed, Find, Findings, Identity, Member, Offboard,
    Offboarding, Roster, Staff, Step,
};
use crate::gainsight::scim::{Scim, ScimUser, ScimUserInput, attribute};
use crate::gainsight::{Gainsight, People, User, Users, field};
use crate::{Error, Kind};

/// As many addresses as are asked for in one search.
const ADDRESSES_PER_SEARCH: usize = 100;

impl Directory for People {
    fn system(&self) -> String {
        "Gainsight people".to_owned()
    }

    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let people = self.clone();
        async move {
            let mut findings = Findings::default();
            for emails in emails.chunks(ADDRESSES_PER_SEARCH) {
                let asked = field("Email").one_of(emails.iter().map(Email::as_str));
                let mut found = people
                    .search(asked)
                    .select(["Gsid", "Email", "FirstName", "LastName", "IsActive"])
                    .records();
                while let Some(person) = found.try_next().await? {
                    let person = match person {
                        Ok(person) => person,
                        Err(rejected) => {
                            findings.reject(rejected);
                            continue;
                        }
                    };
                    let (Some(email), Some(gsid)) = (&person.email, &person.gsid) else { continue };
                    let name = full_name(person.first_name.as_deref(), person.last_name.as_deref());
                    findings.add(email, Identity::new(gsid).named(name).active(person.is_active));
                }
            }
            Ok(findings)
        }
        .boxed()
    }
}

impl Erasing for People {
    fn system(&self) -> String {
        Directory::system(self)
    }

    fn directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }

    fn erase(&self, _: &Email, found: &[Identity]) -> Step<Erased> {
        let steps = found.iter().map(|identity| (identity.id.clone(), gone(self, &identity.id))).collect();
        async move {
            Ok(match on_each(steps).await {
                (ids, None) => Erased::Done { ids },
                (ids, Some(failed)) if ids.is_empty() => Erased::Failed(failed),
                (ids, Some(failed)) => Erased::Partly { ids, failed },
            })
        }
        .boxed()
    }
}

/// Deletes a record, if it is still there.
fn gone(people: &People, gsid: &str) -> Step<()> {
    let call = people.delete(gsid);
    async move {
        match call.await {
            // Somebody else was faster.
            Err(error) if error.kind() == Kind::NotFound => Ok(()),
            deleted => deleted.map(drop).map_err(Failed::from),
        }
    }
    .boxed()
}

impl Directory for Users {
    fn system(&self) -> String {
        "Gainsight users".to_owned()
    }

    /// The vendor cannot be asked for an address, so all users are read.
    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let mut users = self.list().records();
        async move {
            let mut findings = Findings::default();
            while let Some(user) = users.try_next().await? {
                let user = match user {
                    Ok(user) => user,
                    Err(rejected) => {
                        findings.reject(rejected);
                        continue;
                    }
                };
                let Some(email) = user.email.clone() else { continue };
                if emails.iter().any(|asked| asked.is(&email)) {
                    findings.add(&email, user_identity(&user));
                }
            }
            Ok(findings)
        }
        .boxed()
    }
}

fn user_identity(user: &User) -> Identity {
    let name = full_name(user.first_name.as_deref(), user.last_name.as_deref()).or_else(|| user.name.clone());
    // The document and the vendor have different names for it.
    let active = user.is_active.or(user.is_active_user);
    Identity::new(user.gsid.clone().unwrap_or_default()).named(name).active(active)
}

impl Staff for Users {
    fn system(&self) -> String {
        Directory::system(self)
    }

    fn members(&self) -> BoxStream<'static, Result<Member, Failed>> {
        let members = self.list().stream().map_err(Failed::from).map_ok(|user| {
            let Identity { id, name, active } = user_identity(&user);
            Member { id, email: user.email, aliases: Vec::new(), name, active }
        });
        members.boxed()
    }
}

impl Offboarding for Users {
    fn directory(&self) -> &dyn Directory {
        self
    }

    fn deactivate(&self, user: &Identity) -> Step<()> {
        let call = Self::deactivate(self, user.id.clone());
        async move { call.await.map_err(Failed::from) }.boxed()
    }
}

impl Directory for Scim {
    fn system(&self) -> String {
        "Gainsight SCIM".to_owned()
    }

    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let scim = self.clone();
        async move {
            let mut findings = Findings::default();
            for email in emails.iter() {
                let by_name = attribute("userName").eq(email.as_str());
                let by_email = attribute("emails.value").eq(email.as_str());
                let mut found = scim.list().filter(by_name.or(by_email)).records();
                while let Some(user) = found.try_next().await? {
                    match user {
                        Ok(user) if is_of(&user, email) => {
                            findings.add(email.as_str(), scim_identity(&user));
                        }
                        Ok(_) => {}
                        Err(rejected) => findings.reject_of(email, rejected),
                    }
                }
            }
            Ok(findings)
        }
        .boxed()
    }
}

/// Whether the user is the one asked for; a server that ignores filters is not believed.
fn is_of(user: &ScimUser, email: &Email) -> bool {
    let addresses = user.emails.iter().flatten().filter_map(|address| address.value.as_deref());
    user.user_name.as_deref().into_iter().chain(addresses).any(|address| email.is(address))
}

fn scim_identity(user: &ScimUser) -> Identity {
    let name = user.name.as_ref();
    let name = name.and_then(|name| full_name(name.given_name.as_deref(), name.family_name.as_deref()));
    Identity::new(user.id.clone().unwrap_or_default()).named(name).active(user.active)
}

impl Offboarding for Scim {
    fn directory(&self) -> &dyn Directory {
        self
    }

    /// Replaces the user by itself, inactive: the vendor may not let users be deleted.
    fn deactivate(&self, user: &Identity) -> Step<()> {
        let (scim, id) = (self.clone(), user.id.clone());
        async move {
            let user = scim.get(&id).await?;
            scim.replace(id, inactive(user)?).await?;
            Ok(())
        }
        .boxed()
    }
}

/// The same user, inactive.
fn inactive(user: ScimUser) -> Result<ScimUserInput, Error> {
    let name = user.name.unwrap_or_default();
    let user_name = user.user_name.unwrap_or_default();
    let emails = user.emails.unwrap_or_default();
    let address = emails.first().and_then(|email| email.value.clone()).unwrap_or_else(|| user_name.clone());
    // A name is asked for; who has none is called by the user name.
    let part =
        |part: Option<String>| part.filter(|part| !part.is_empty()).unwrap_or_else(|| user_name.clone());
    let mut input = crate::gainsight::scim::user(
        user_name.clone(),
        part(name.given_name),
        part(name.family_name),
        address,
    )?;
    if !emails.is_empty() {
        input.emails = emails;
    }
    input.active = Some(false);
    input.external_id = user.external_id;
    input.display_name = user.display_name;
    input.title = user.title;
    input.timezone = user.timezone;
    input.roles = user.roles;
    // What the vendor adds to a user, its licence among it, is replaced with the rest and so must come back.
    let extension = user.urn_ietf_params_scim_schemas_extension_gainsight_2_0_user;
    if extension.is_some()
        && let Some(schemas) = user.schemas.filter(|schemas| !schemas.is_empty())
    {
        input.schemas = schemas;
    }
    input.urn_ietf_params_scim_schemas_extension_gainsight_2_0_user = extension;
    input.extra = user.extra;
    Ok(input)
}

impl Find {
    /// Looks among the people and the users of Gainsight too.
    pub fn in_gainsight(self, gainsight: &Gainsight) -> Self {
        let first = self.systems.len();
        let mut flow = self.in_system(gainsight.people()).in_system(gainsight.users());
        flow.systems.together_from(first);
        flow
    }
}

impl Erase {
    /// Deletes the person among the people of Gainsight too.
    pub fn in_gainsight(self, gainsight: &Gainsight) -> Self {
        self.in_system(gainsight.people())
    }
}

impl Offboard {
    /// Deactivates the user in Gainsight too, and by SCIM.
    pub fn in_gainsight(self, gainsight: &Gainsight) -> Self {
        let first = self.0.systems.len();
        let mut flow = self.in_system(gainsight.users()).in_system(gainsight.scim());
        flow.0.systems.together_from(first);
        flow
    }
}

impl Roster {
    /// Compares the users of Gainsight too.
    pub fn of_gainsight(self, gainsight: &Gainsight) -> Self {
        self.of_system(gainsight.users())
    }
}
