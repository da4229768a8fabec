//! The users of a Gainsight tenant by SCIM 2.0: listed by filter, created, replaced, deleted, provisioned.

mod filter;

use std::num::NonZeroU64;

use futures::{FutureExt, TryStreamExt};
use revops_gainsight::user_management::Client;
use revops_gainsight::user_management::operations::{SCIM_CREATE_USER, SCIM_LIST_USERS};
use revops_gainsight::user_management::types::{ScimEmail, ScimNameInput};
use revops_runtime::paging::{Fingerprint, OffsetPaging, offset_pages};

pub use filter::{Attribute, ScimFilter, attribute};
pub use revops_gainsight::user_management::types::{ScimUser, ScimUserInput};

use super::{RESTLESS, deleted};
use crate::people::Email;
use crate::vendor::list;
use crate::{Call, Checkpoint, Delivery, Error, Kind, Page};

/// The schema of a user (RFC 7643, section 4.1).
pub(crate) const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// The users of a tenant by SCIM 2.0, from [`Gainsight::scim`](super::Gainsight::scim).
///
/// The vendor's own SCIM takes a token and no access key, answers at another path than the document says
/// ([`Contract::Observed`](crate::Contract::Observed)), and may refuse deletion: deactivate by
/// [`replace`](Self::replace) with `active` false there.
#[derive(Clone, Debug)]
pub struct Scim {
    client: Client,
}

/// A user to be created or to replace another: what SCIM asks for at least. Every further member can be set
/// on what it returns.
///
/// # Errors
/// [`Kind::Invalid`] if one of the texts is empty, or the e-mail address is none.
///
/// ```
/// use revops::gainsight::scim;
///
/// let mut jane = scim::user("jane.doe@example.com", "Jane", "Doe", "jane.doe@example.com")?;
/// jane.title = Some("Account executive".into());
/// # Ok::<(), revops::Error>(())
/// ```
pub fn user(
    user_name: impl Into<String>,
    given_name: impl Into<String>,
    family_name: impl Into<String>,
    email: impl Into<String>,
) -> Result<ScimUserInput, Error> {
    new_user(user_name.into(), given_name.into(), family_name.into(), email.into())
        .map_err(|detail| Error::invalid(&SCIM_CREATE_USER, detail))
}

fn new_user(
    user_name: String,
    given_name: String,
    family_name: String,
    email: String,
) -> Result<ScimUserInput, String> {
    let members = [
        ("user name", &user_name),
        ("given name", &given_name),
        ("family name", &family_name),
        ("e-mail address", &email),
    ];
    if let Some((member, _)) = members.iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(format!("the {member} of a user is empty"));
    }
    email
        .parse::<Email>()
        .map_err(|invalid| format!("the e-mail address of a user is none: {}", invalid.reason()))?;
    let name = ScimNameInput::builder().given_name(given_name).family_name(family_name);
    let email = ScimEmail::builder().value(email).primary(true).build().map_err(|error| error.to_string())?;
    let user = ScimUserInput::builder()
        .schemas(vec![USER_SCHEMA.to_owned()])
        .user_name(user_name)
        .name(name)
        .emails(vec![email])
        .active(true);
    user.build().map_err(|error| error.to_string())
}

/// What became of a user who was to be there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Provisioned {
    /// The user was created.
    Created(ScimUser),
    /// A user of this name was there already, or was created by an attempt whose answer was lost. Nothing
    /// of it was changed: it can be one who was [deactivated](Provisioned::is_active).
    Existing(ScimUser),
}

impl Provisioned {
    /// Whether the user can log in, as far as the vendor tells. One who was there already may have been
    /// deactivated, which is not undone: [`replace`](Scim::replace) it with `active` true for that.
    #[must_use]
    pub fn is_active(&self) -> bool {
        let (Self::Created(user) | Self::Existing(user)) = self;
        user.active != Some(false)
    }

    /// The user, either way.
    #[must_use]
    pub fn into_user(self) -> ScimUser {
        match self {
            Self::Created(user) | Self::Existing(user) => user,
        }
    }
}

impl Scim {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All users, or those a [filter](ListUsers::filter) asks for (operation `scimListUsers`).
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// use revops::gainsight::scim::attribute;
    ///
    /// let active = attribute("active").eq(true).and(attribute("userName").ends_with("example.com").not());
    /// # let active = attribute("active").eq(true);
    /// let users: Vec<_> = gainsight.scim().list().filter(active).stream().try_collect().await?;
    /// println!("{} active users", users.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListUsers {
        ListUsers { client: self.client.clone(), filter: None, page_size: 100, resume: None }
    }

    /// One user by SCIM id (operation `scimGetUser`).
    ///
    /// # Errors
    /// [`Kind::NotFound`] if there is none.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.scim().list().stream().try_next().await?;
    /// # let id = first.and_then(|user| user.id).unwrap_or_default();
    /// println!("{:?}", gainsight.scim().get(id).await?.user_name);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, id: impl Into<String>) -> Call<ScimUser> {
        get(self.client.clone(), id.into())
    }

    /// Creates a user (operation `scimCreateUser`). An attempt whose answer was lost is not repeated, as it
    /// may have created the user: [`provision`](Self::provision) looks.
    ///
    /// # Errors
    /// [`Kind::Conflict`] if there is a user of this name.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// use revops::gainsight::scim;
    ///
    /// let jane = scim::user("jane.doe@example.com", "Jane", "Doe", "jane.doe@example.com")?;
    /// let created = gainsight.scim().create(jane).await?;
    /// println!("{:?}", created.id);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn create(&self, user: ScimUserInput) -> Call<ScimUser> {
        let client = self.client.clone();
        async move { Ok(client.scim_create_user().body(user).send().await?.into_inner()) }.boxed()
    }

    /// Sees to it that there is a user of this name, and is safe to repeat: creates it, and if there is one
    /// already, or the answer was lost, looks it up. One who was there stays as it is, also one who is not
    /// [active](Provisioned::is_active).
    ///
    /// # Errors
    /// Whatever keeps the user from being created or found.
    ///
    /// ```
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// use revops::gainsight::scim::{self, Provisioned};
    ///
    /// let jane = scim::user("jane.doe@example.com", "Jane", "Doe", "jane.doe@example.com")?;
    /// let first = gainsight.scim().provision(jane.clone()).await?;
    /// let again = gainsight.scim().provision(jane).await?;
    /// assert!(matches!((&first, &again), (Provisioned::Created(_), Provisioned::Existing(_))));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn provision(&self, user: ScimUserInput) -> Call<Provisioned> {
        provision(self.clone(), user)
    }

    /// Replaces all that is known of a user (operation `scimUpdateUser`). With `active` false it deactivates.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if there is none.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// use revops::gainsight::scim;
    ///
    /// let mut jane = scim::user("jane.doe@example.com", "Jane", "Doe", "jane.doe@example.com")?;
    /// let id = gainsight.scim().create(jane.clone()).await?.id.unwrap_or_default();
    /// jane.active = Some(false);
    /// gainsight.scim().replace(id, jane).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace(&self, id: impl Into<String>, user: ScimUserInput) -> Call<ScimUser> {
        replace(self.client.clone(), id.into(), user)
    }

    /// Deletes a user (operation `scimDeleteUser`).
    ///
    /// # Errors
    /// [`Kind::NotFound`] if there is none, so that a wrong id is noticed; whoever wants the user gone takes it
    /// for done, as the flows of [`people`](crate::people) do. After an attempt whose answer was lost it means
    /// that it was done, and is no error. [`Kind::Permission`] if the vendor does not let users be deleted by SCIM.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.scim().list().stream().try_next().await?;
    /// # let id = first.and_then(|user| user.id).unwrap_or_default();
    /// gainsight.scim().delete(id).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete(&self, id: impl Into<String>) -> Call<()> {
        delete(self.client.clone(), id.into())
    }
}

fn get(client: Client, id: String) -> Call<ScimUser> {
    async move { Ok(client.scim_get_user().scim_user_id(id).send().await?.into_inner()) }.boxed()
}

fn replace(client: Client, id: String, user: ScimUserInput) -> Call<ScimUser> {
    async move { Ok(client.scim_update_user().scim_user_id(id).body(user).send().await?.into_inner()) }
        .boxed()
}

fn delete(client: Client, id: String) -> Call<()> {
    async move { deleted(client.scim_delete_user().scim_user_id(id).send().await) }.boxed()
}

fn provision(scim: Scim, user: ScimUserInput) -> Call<Provisioned> {
    async move {
        let error = match scim.create(user.clone()).await {
            Ok(created) => return Ok(Provisioned::Created(created)),
            Err(error) => error,
        };
        let may_exist = error.kind() == Kind::Conflict || error.delivery() == Delivery::MaybeProcessed;
        if !may_exist {
            return Err(error);
        }
        if let Some(found) = find(&scim, &user.user_name).await? {
            return Ok(Provisioned::Existing(found));
        }
        if error.kind() == Kind::Conflict {
            // Somebody has what must be unique, under another name.
            return Err(error);
        }
        // The lost attempt created nobody yet; if it does so now, the vendor says that there is one.
        match scim.create(user.clone()).await {
            Err(error) if error.kind() == Kind::Conflict => {
                find(&scim, &user.user_name).await?.map(Provisioned::Existing).ok_or(error)
            }
            created => created.map(Provisioned::Created),
        }
    }
    .boxed()
}

/// The user of this name; servers that ignore the filter are not believed.
async fn find(scim: &Scim, user_name: &str) -> Result<Option<ScimUser>, Error> {
    let mut found = scim.list().filter(attribute("userName").eq(user_name)).stream();
    while let Some(user) = found.try_next().await? {
        if user.user_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(user_name)) {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

/// Users by SCIM; from [`Scim::list`].
#[derive(Clone, Debug)]
#[must_use = "a list is read by `stream`, `records` or `pages`"]
pub struct ListUsers {
    client: Client,
    filter: Option<ScimFilter>,
    page_size: u32,
    resume: Option<Checkpoint>,
}

impl ListUsers {
    /// Only users that the filter asks for.
    pub fn filter(mut self, filter: ScimFilter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// How many users are asked for at once; 100 unless told. The vendor may send fewer.
    pub fn page_size(mut self, users: u32) -> Self {
        self.page_size = users.max(1);
        self
    }

    fn paging(self) -> OffsetPaging<ScimUser, Error> {
        let Self { client, filter, page_size, resume } = self;
        let filter = filter.map(|filter| filter.checked()).transpose();
        let query = Fingerprint::of(SCIM_LIST_USERS.id, &filter);
        let fetch = move |offset: u64, count: u64| {
            let (client, filter) = (client.clone(), filter.clone());
            async move {
                let filter = filter.map_err(|detail| Error::invalid(&SCIM_LIST_USERS, detail))?;
                let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
                // The first is number one (RFC 7644, section 3.4.2.4).
                let mut call = client
                    .scim_list_users()
                    .start_index(number(offset.saturating_add(1)))
                    .count(number(count));
                if let Some(filter) = filter {
                    call = call.filter(filter);
                }
                let (answer, rejected) = call.send().await?.into_parts();
                let total = answer.total_results.and_then(|total| u64::try_from(total).ok());
                Ok(Page::gathered(answer.resources.unwrap_or_default(), rejected).total(total))
            }
        };
        let size = NonZeroU64::new(u64::from(page_size)).unwrap_or(NonZeroU64::MIN);
        offset_pages(query, size, fetch)
            .key(|user: &ScimUser| user.id.clone())
            .overlap(2)
            .max_empty_pages(RESTLESS)
            .at(resume)
    }
}

list!(ListUsers of ScimUser, operation &SCIM_LIST_USERS);
