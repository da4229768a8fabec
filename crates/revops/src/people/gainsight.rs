//! Gainsight in the flows: people at customers are found and deleted, users of the tenant found, compared and
//! deactivated.

use std::collections::HashSet;
use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryStreamExt};
use revops_gainsight::user_management::operations::{LIST_USERS, SCIM_UPDATE_USER};
use revops_gainsight::user_management::types::{ScimEmail, ScimNameInput};

use super::directory::{Lacking, full_name, text, told_address};
use super::each::on_each;
use super::{
    Directory, Email, Erase, Erased, Erasing, Failed, Find, Findings, Identity, Member, Offboard,
    Offboarding, Roster, Staff, Step,
};
use crate::gainsight::scim::{Scim, ScimUser, ScimUserInput, USER_SCHEMA, attribute};
use crate::gainsight::{Gainsight, People, User, Users, field};
use crate::{Delivery, Error, Kind};

/// As many addresses as are asked for in one search.
const ADDRESSES_PER_SEARCH: usize = 100;

/// The vendor's names of the members that tell who a record is of, and by what it is acted on.
const EMAIL: &str = "Email";
const GSID: &str = "Gsid";

impl Directory for People {
    fn system(&self) -> String {
        "Gainsight people".to_owned()
    }

    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let people = self.clone();
        async move {
            let mut findings = Findings::default();
            for emails in emails.chunks(ADDRESSES_PER_SEARCH) {
                let asked = field(EMAIL).one_of(emails.iter().map(Email::as_str));
                let mut found = people
                    .search(asked)
                    .select([GSID, EMAIL, "FirstName", "LastName", "IsActive"])
                    .records()
                    .enumerate();
                while let Some((place, person)) = found.next().await {
                    let person = match person? {
                        Ok(person) => person,
                        Err(rejected) => {
                            let told = rejected.raw.get(EMAIL).and_then(told_address);
                            findings.reject_by(told.map(|told| vec![told]), Some(emails), rejected);
                            continue;
                        }
                    };
                    let (email, gsid) = (text(person.email.as_ref()), text(person.gsid.as_ref()));
                    let (Some(email), Some(gsid)) = (email, gsid) else {
                        let told = email.map(|email| vec![Email::key_of(email)]);
                        let member = if email.is_none() { EMAIL } else { GSID };
                        findings.reject_by(told, Some(emails), Lacking { place, member });
                        continue;
                    };
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

    /// The vendor cannot be asked for an address, so all users are read. They come by pages without overlap, from
    /// which somebody can be missing if users are removed meanwhile; the vendor's word on their number tells.
    fn find(&self, emails: Arc<[Email]>) -> Step<Findings> {
        let mut pages = self.list().pages();
        async move {
            let mut findings = Findings::default();
            let asked: HashSet<String> = emails.iter().map(Email::key).collect();
            let mut count = Count::default();
            let mut places = 0..;
            while let Some(page) = pages.try_next().await? {
                count.total(page.total);
                for (user, place) in page.records.into_iter().zip(&mut places) {
                    count.record(user.as_ref().ok().and_then(|user| user.gsid.as_deref()));
                    let user = match user {
                        Ok(user) => user,
                        Err(rejected) => {
                            let told = rejected.raw.get(EMAIL).and_then(told_address);
                            findings.reject_by(told.map(|told| vec![told]), None, rejected);
                            continue;
                        }
                    };
                    let Some(email) = user.email.as_deref().map(Email::key_of) else { continue };
                    if !asked.contains(&email) {
                        continue;
                    }
                    match text(user.gsid.as_ref()) {
                        Some(_) => findings.add(&email, user_identity(&user)),
                        None => findings.reject_by(Some(vec![email]), None, Lacking { place, member: GSID }),
                    }
                }
            }
            // The last page may be empty, and then is not handed out.
            count.total(pages.total());
            if let Some(reason) = count.short() {
                findings.came_short(read_again(format!(
                    "not among the users that were read, and {reason}: read them again"
                )));
            }
            Ok(findings)
        }
        .boxed()
    }
}

/// How many users a list has handed out, and how many it should have.
#[derive(Default)]
struct Count {
    ids: HashSet<String>,
    without_id: u64,
    /// The number that the vendor told at first, and last.
    totals: Option<(u64, u64)>,
    /// From what to what it fell at first, if it did.
    fell: Option<(u64, u64)>,
}

impl Count {
    fn record(&mut self, id: Option<&str>) {
        match id {
            Some(id) => drop(self.ids.insert(id.to_owned())),
            None => self.without_id += 1,
        }
    }

    fn total(&mut self, told: Option<u64>) {
        let Some(told) = told else { return };
        let (first, last) = self.totals.unwrap_or((told, told));
        self.totals = Some((first, told));
        self.fell = self.fell.or((told < last).then_some((last, told)));
    }

    /// Why somebody may be missing from the list, if the vendor's word on its length says so: somebody was removed
    /// while it was read, or not all of those came who were there at the beginning. Who is added meanwhile moves
    /// others to a later page, where they are seen.
    fn short(&self) -> Option<String> {
        let (first, _) = self.totals?;
        let read = self.without_id.saturating_add(u64::try_from(self.ids.len()).unwrap_or(u64::MAX));
        match self.fell {
            Some((from, to)) => {
                Some(format!("the number of users fell from {from} to {to} while they were read"))
            }
            None if read < first => Some(format!("{read} came of the {first} that there are")),
            None => None,
        }
    }
}

/// What a list came to that was read without a failure and lacks somebody.
fn read_again(reason: String) -> Failed {
    Failed::new(reason).with_retryable(true).with_delivery(Delivery::Answered)
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

    /// Page by page, as [`find`](Directory::find) reads them. A list that came out short ends with an error, so that
    /// nobody is said to be missing because of it.
    fn members(&self) -> BoxStream<'static, Result<Member, Failed>> {
        let reading = (self.list().pages(), Some(Count::default()));
        let pages = stream::unfold(reading, |(mut pages, count)| async move {
            let mut count = count?;
            let (members, count) = match pages.next().await {
                Some(Ok(page)) => {
                    count.total(page.total);
                    let members = page.records.into_iter().map(|user| {
                        count.record(user.as_ref().ok().and_then(|user| user.gsid.as_deref()));
                        user.map(member).map_err(|odd| Failed::from(Error::rejected(&LIST_USERS, odd)))
                    });
                    (members.collect(), Some(count))
                }
                // It ends before its end, and says why.
                Some(Err(error)) => (vec![Err(Failed::from(error))], None),
                None => {
                    // The last page may be empty, and then is not handed out.
                    count.total(pages.total());
                    let short = count.short().map(|reason| {
                        read_again(format!("the list of users is not whole, {reason}: read it again"))
                    });
                    (short.map(Err).into_iter().collect::<Vec<_>>(), None)
                }
            };
            Some((stream::iter(members), (pages, count)))
        });
        pages.flatten().boxed()
    }
}

fn member(user: User) -> Member {
    let Identity { id, name, active } = user_identity(&user);
    Member { id, email: user.email, aliases: Vec::new(), name, active }
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
                let mut found = scim.list().filter(by_name.or(by_email)).records().enumerate();
                while let Some((place, user)) = found.next().await {
                    match user? {
                        Ok(user) if !is_of(&user, email) => {}
                        Ok(user) if text(user.id.as_ref()).is_some() => {
                            findings.add(email.as_str(), scim_identity(&user));
                        }
                        Ok(_) => {
                            findings.reject_by(
                                Some(vec![email.key()]),
                                None,
                                Lacking { place, member: "id" },
                            );
                        }
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

/// The same user, inactive: everything that was read is sent back as it was, whatever it is, since it was there
/// before. Only what SCIM asks for and the user lacks is made up.
fn inactive(user: ScimUser) -> Result<ScimUserInput, Error> {
    let invalid = |detail: String| Error::invalid(&SCIM_UPDATE_USER, detail);
    let user_name = user.user_name.filter(|name| !name.trim().is_empty());
    let user_name = user_name
        .ok_or_else(|| invalid("the user has no user name, without which none is replaced".into()))?;
    let name = user.name.unwrap_or_default();
    // A name is asked for; who has none is called by the user name.
    let part = |part: Option<String>| part.filter(|it| !it.is_empty()).unwrap_or_else(|| user_name.clone());
    let name = ScimNameInput::builder().given_name(part(name.given_name)).family_name(part(name.family_name));
    let mut emails = user.emails.unwrap_or_default();
    if emails.is_empty() && user_name.parse::<Email>().is_ok() {
        let named = ScimEmail::builder().value(user_name.clone()).primary(true).build();
        emails.push(named.map_err(|error| invalid(error.to_string()))?);
    }
    // What the vendor adds to a user, its licence among it, is replaced with the rest and so must come back.
    let extension = user.urn_ietf_params_scim_schemas_extension_gainsight_2_0_user;
    let told = user.schemas.filter(|schemas| extension.is_some() && !schemas.is_empty());
    let input = ScimUserInput::builder()
        .schemas(told.unwrap_or_else(|| vec![USER_SCHEMA.to_owned()]))
        .name(name)
        .emails(emails)
        .user_name(user_name)
        .active(false)
        .external_id(user.external_id)
        .display_name(user.display_name)
        .title(user.title)
        .timezone(user.timezone)
        .roles(user.roles)
        .urn_ietf_params_scim_schemas_extension_gainsight_2_0_user(extension)
        .extra(user.extra);
    input.build().map_err(|error| invalid(error.to_string()))
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
