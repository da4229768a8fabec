//! The users of a Gainsight tenant: listed, read, changed, deactivated.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::ready;
use revops_gainsight::user_management::Client;
use revops_gainsight::user_management::operations::{GET_USER, LIST_USERS, UPDATE_USER};
use revops_gainsight::user_management::types::GainsightUserInput;
use revops_runtime::generated::names_of;
use revops_runtime::paging::{Cursor, CursorPaging, Fingerprint, cursor_pages};

use super::{RESTLESS, User};
use crate::people::Email;
use crate::vendor::list;
use crate::{Call, Checkpoint, Error, Page, Record};

/// The users of a tenant, from [`Gainsight::users`](super::Gainsight::users).
///
/// Everything here spends from a small quota of the tenant, which company teams share: 100 calls an hour
/// and 1,000 a day. Ask for large pages.
#[derive(Clone, Debug)]
pub struct Users {
    client: Client,
}

impl Users {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All users, active or not (operation `listUsers`).
    ///
    /// The vendor gives them by numbered pages, which cannot overlap: if a user is removed while the list is read, one
    /// who stood at the beginning of a later page can be missing. Compare how many came with the total of the
    /// [`pages`](ListUsers::pages) where nobody may be missing, and read it again if they differ.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// let users: Vec<_> = gainsight.users().list().page_size(250).stream().try_collect().await?;
    /// println!("{} users", users.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListUsers {
        ListUsers { client: self.client.clone(), page_size: 100, resume: None }
    }

    /// One user by Gainsight id (operation `getUser`).
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.users().list().stream().try_next().await?;
    /// # let gsid = first.and_then(|user| user.gsid).unwrap_or_default();
    /// let user = gainsight.users().get(gsid).await?;
    /// println!("{:?}", user.email);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, gsid: impl Into<String>) -> Call<User> {
        get(self.client.clone(), gsid.into())
    }

    /// Changes what is said of one user (operation `updateUser`); what is not said stays.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.users().list().stream().try_next().await?;
    /// # let gsid = first.and_then(|user| user.gsid).unwrap_or_default();
    /// gainsight.users().update(gsid).role("CSM").license_type("Full").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(&self, gsid: impl Into<String>) -> UpdateUser {
        UpdateUser { client: self.client.clone(), gsid: gsid.into(), input: GainsightUserInput::default() }
    }

    /// Deactivates one user (operation `deactivateUser`), who can then no longer log in. Doing it again
    /// changes nothing.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gainsight = revops::gainsight::Gainsight::sandbox(sandbox.base_url(Vendor::Gainsight))?;
    /// # let first = gainsight.users().list().stream().try_next().await?;
    /// # let gsid = first.and_then(|user| user.gsid).unwrap_or_default();
    /// gainsight.users().deactivate(gsid).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn deactivate(&self, gsid: impl Into<String>) -> Call<()> {
        deactivate(self.client.clone(), gsid.into())
    }
}

fn get(client: Client, gsid: String) -> Call<User> {
    async move {
        let found = client.get_user().user_id(gsid).send().await?;
        found.into_inner().data.ok_or_else(|| Error::empty(&GET_USER, "the answer holds no user"))
    }
    .boxed()
}

fn deactivate(client: Client, gsid: String) -> Call<()> {
    async move { client.deactivate_user().user_id(gsid).send().await.map(drop) }.boxed()
}

/// All users; from [`Users::list`].
#[derive(Clone, Debug)]
#[must_use = "a list is read by `stream`, `records` or `pages`"]
pub struct ListUsers {
    client: Client,
    page_size: u32,
    resume: Option<Checkpoint>,
}

impl ListUsers {
    /// How many users are asked for at once; 100 unless told. The vendor may send fewer.
    pub fn page_size(mut self, users: u32) -> Self {
        self.page_size = users.max(1);
        self
    }

    /// Pages are asked for by number, which serves as their cursor. An empty page ends the list: a page that
    /// is merely short may be all the vendor sends at once. Pages by number cannot overlap. Who was moved from
    /// one to the next by an addition, and so comes twice, is left out; who was moved from one to the one before
    /// by a removal is missed.
    fn paging(self) -> CursorPaging<User, Error> {
        let Self { client, page_size, resume } = self;
        let before = Arc::new(Mutex::new(HashSet::<String>::new()));
        let fetch = move |cursor: Option<Cursor>| {
            let (client, before) = (client.clone(), Arc::clone(&before));
            async move {
                let number = cursor.map_or(Ok(0), |cursor| cursor.as_str().parse::<i64>());
                let number =
                    number.map_err(|_| Error::invalid(&LIST_USERS, "the checkpoint names no page"))?;
                let call = client.list_users().page_number(number).page_size(i64::from(page_size));
                let (answer, rejected) = call.send().await?.into_parts();
                let data = answer.data.unwrap_or_default();
                let total = data.total_count.and_then(|total| u64::try_from(total).ok());
                let mut page = Page::gathered(data.records.unwrap_or_default(), rejected).total(total);
                let next = (!page.records.is_empty()).then(|| (number + 1).to_string());
                let id = |user: &Record<User>| user.as_ref().ok().and_then(|user| user.gsid.clone());
                let ids: HashSet<String> = page.records.iter().filter_map(id).collect();
                let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
                page.records.retain(|user| id(user).is_none_or(|id| !before.contains(&id)));
                *before = ids;
                Ok(page.next(next))
            }
        };
        let query = Fingerprint::of(LIST_USERS.id, &page_size);
        cursor_pages(query, fetch).key(|user: &User| user.gsid.clone()).max_empty_pages(RESTLESS).at(resume)
    }
}

list!(ListUsers of User, operation &LIST_USERS);

/// A change of one user; from [`Users::update`].
#[derive(Clone)]
#[must_use = "nothing is changed until `send`"]
pub struct UpdateUser {
    client: Client,
    gsid: String,
    input: GainsightUserInput,
}

impl fmt::Debug for UpdateUser {
    /// The names of what is said, and no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input = &self.input;
        let set = [
            ("gsid", true),
            ("first_name", input.first_name.is_some()),
            ("last_name", input.last_name.is_some()),
            ("email", input.email.is_some()),
            ("role", input.role.is_some()),
            ("license_type", input.license_type.is_some()),
            ("user_type", input.user_type.is_some()),
        ];
        names_of(f, "UpdateUser", &set)
    }
}

impl UpdateUser {
    /// The given name.
    pub fn first_name(mut self, name: impl Into<String>) -> Self {
        self.input.first_name = Some(name.into());
        self
    }

    /// The family name.
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.input.last_name = Some(name.into());
        self
    }

    /// The e-mail address.
    pub fn email(mut self, address: impl Into<String>) -> Self {
        self.input.email = Some(address.into());
        self
    }

    /// The role, such as `CSM`.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.input.role = Some(role.into());
        self
    }

    /// The licence: `Full`, `Viewer`, `Viewer Analytics`, `Internal Collaborators`, `External`.
    pub fn license_type(mut self, license: impl Into<String>) -> Self {
        self.input.license_type = Some(license.into());
        self
    }

    /// The kind of user, such as `Internal`.
    pub fn user_type(mut self, kind: impl Into<String>) -> Self {
        self.input.user_type = Some(kind.into());
        self
    }

    /// Sends the change.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for an e-mail address that is none, and if nothing was
    /// said; nothing was sent.
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such user,
    /// [`Kind::Conflict`](crate::Kind::Conflict) if another has the address.
    #[must_use]
    pub fn send(self) -> Call<()> {
        let Self { client, gsid, input } = self;
        if serde_json::to_value(&input)
            .is_ok_and(|said| said.as_object().is_none_or(serde_json::Map::is_empty))
        {
            let detail = "nothing is said of the user that could be changed";
            return ready(Err(Error::invalid(&UPDATE_USER, detail))).boxed();
        }
        if let Some(Err(invalid)) = input.email.as_deref().map(str::parse::<Email>) {
            let detail = format!("the user's e-mail address is none: {}", invalid.reason());
            return ready(Err(Error::invalid(&UPDATE_USER, detail))).boxed();
        }
        async move { client.update_user().user_id(gsid).body(input).send().await.map(drop) }.boxed()
    }
}
