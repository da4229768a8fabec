//! The users of a Gong account: all, filtered, one, and how one's settings changed.

use std::fmt;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use revops_gong::Client;
use revops_gong::operations::{GET_USER, GET_USER_SETTINGS_HISTORY, LIST_USERS, LIST_USERS_BY_FILTER};
use revops_gong::types::{UsersFilter, UsersFilterRequest, UsersResponse};
use revops_runtime::Response;
use revops_runtime::generated::names_of;
use revops_runtime::paging::{Cursor, CursorPaging, Fingerprint, cursor_pages};

use super::{SettingsChange, User};
use crate::told::names;
use crate::vendor::list;
use crate::{Call, Checkpoint, Error, Page};

/// The users of a Gong account, from [`Gong::users`](super::Gong::users).
///
/// Reading takes three calls a second and ten thousand a day of the company's quota, whoever asks; a page has
/// a hundred users.
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
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gong = revops::gong::Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
    /// let mut users = gong.users().list().stream();
    /// let first = users.try_next().await?;
    /// println!("{:?} of {:?}", first.and_then(|user| user.email_address), users.total());
    ///
    /// let saved = serde_json::to_string(&users.checkpoint())?; // … and in another process:
    /// let rest: Vec<_> = gong.users().list().resume(serde_json::from_str(&saved)?).stream().try_collect().await?;
    /// # assert!(!rest.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListUsers {
        ListUsers { client: self.client.clone(), include_avatars: None, resume: None }
    }

    /// The users that a filter asks for (operation `listUsersByFilter`). Nobody matching is an empty list,
    /// though the vendor calls it a 404.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gong = revops::gong::Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
    /// let since = "2024-06-01T00:00:00Z".parse()?;
    /// let joined: Vec<_> = gong.users().filter().created_from(since).stream().try_collect().await?;
    /// println!("{} joined since June", joined.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(&self) -> FilterUsers {
        FilterUsers { client: self.client.clone(), filter: UsersFilter::default(), resume: None }
    }

    /// One user by id, which is a number of up to twenty digits (operation `getUser`).
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
    /// # let gong = revops::gong::Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
    /// # let id = gong.users().list().stream().try_next().await?.and_then(|user| user.id).unwrap_or_default();
    /// let user = gong.users().get(id).await?;
    /// println!("{:?} is active: {:?}", user.title, user.active);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, id: impl Into<String>) -> Call<User> {
        get(self.client.clone(), id.into())
    }

    /// How the settings of one user changed (operation `getUserSettingsHistory`), as the vendor orders them. It
    /// is one call, and a list like the others.
    ///
    /// ```
    /// # use futures::TryStreamExt;
    /// # use revops_sandbox::{Sandbox, Vendor};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = Sandbox::start().await?;
    /// # let gong = revops::gong::Gong::sandbox(sandbox.base_url(Vendor::Gong))?;
    /// # let id = gong.users().list().stream().try_next().await?.and_then(|user| user.id).unwrap_or_default();
    /// let changes: Vec<_> = gong.users().settings_history(id).stream().try_collect().await?;
    /// println!("{} changes", changes.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn settings_history(&self, id: impl Into<String>) -> SettingsHistory {
        SettingsHistory { client: self.client.clone(), id: id.into(), resume: None }
    }
}

fn get(client: Client, id: String) -> Call<User> {
    async move {
        let found = client.get_user().id(id).send().await?;
        found.into_inner().user.ok_or_else(|| Error::empty(&GET_USER, "the answer names no user"))
    }
    .boxed()
}

/// All users; from [`Users::list`].
#[derive(Clone, Debug)]
#[must_use = "a list is read by `stream`, `records` or `pages`"]
pub struct ListUsers {
    client: Client,
    include_avatars: Option<bool>,
    resume: Option<Checkpoint>,
}

impl ListUsers {
    /// Whether avatars are listed too: users that stand for employees of the vendor.
    pub fn include_avatars(mut self, include: bool) -> Self {
        self.include_avatars = Some(include);
        self
    }

    fn paging(self) -> CursorPaging<User, Error> {
        let Self { client, include_avatars, resume } = self;
        let query = Fingerprint::of(LIST_USERS.id, &include_avatars);
        let fetch = move |cursor: Option<Cursor>| {
            let client = client.clone();
            async move {
                let mut call = client.list_users();
                if let Some(include) = include_avatars {
                    call = call.include_avatars(include);
                }
                if let Some(cursor) = cursor {
                    call = call.cursor(cursor.into_string());
                }
                call.send().await.map(page)
            }
        };
        cursor_pages(query, fetch).key(|user: &User| user.id.clone()).at(resume)
    }
}

list!(ListUsers of User, operation &LIST_USERS);

/// The users that match; from [`Users::filter`]. What is not said does not narrow the list.
#[derive(Clone)]
#[must_use = "a list is read by `stream`, `records` or `pages`"]
pub struct FilterUsers {
    client: Client,
    filter: UsersFilter,
    resume: Option<Checkpoint>,
}

impl fmt::Debug for FilterUsers {
    /// The names of what narrows the list, and no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UsersFilter { user_ids, include_avatars, created_from_date_time, created_to_date_time, .. } =
            &self.filter;
        let set = [
            ("ids", user_ids.is_some()),
            ("include_avatars", include_avatars.is_some()),
            ("created_from", created_from_date_time.is_some()),
            ("created_to", created_to_date_time.is_some()),
            ("resume", self.resume.is_some()),
        ];
        names_of(f, "FilterUsers", &set)
    }
}

impl FilterUsers {
    /// Only users with one of these ids. **An empty list is no condition: it lists everybody.** The vendor
    /// refuses an empty list, so it is left out; look whether there are ids before you ask by them.
    pub fn ids(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
        self.filter.user_ids = (!ids.is_empty()).then_some(ids);
        self
    }

    /// Only users created then or later.
    pub fn created_from(mut self, time: DateTime<Utc>) -> Self {
        self.filter.created_from_date_time = Some(time);
        self
    }

    /// Only users created before then.
    pub fn created_to(mut self, time: DateTime<Utc>) -> Self {
        self.filter.created_to_date_time = Some(time);
        self
    }

    /// Whether avatars are listed too: users that stand for employees of the vendor.
    pub fn include_avatars(mut self, include: bool) -> Self {
        self.filter.include_avatars = Some(include);
        self
    }

    fn paging(self) -> CursorPaging<User, Error> {
        let Self { client, filter, resume } = self;
        let query = Fingerprint::of(LIST_USERS_BY_FILTER.id, &filter);
        let fetch = move |cursor: Option<Cursor>| {
            let (client, filter) = (client.clone(), filter.clone());
            async move {
                check(&filter)?;
                let mut request = UsersFilterRequest::default();
                request.filter = Some(filter);
                request.cursor = cursor.map(Cursor::into_string);
                client.list_users_by_filter().body(request).send().await.map(page)
            }
        };
        cursor_pages(query, fetch).key(|user: &User| user.id.clone()).at(resume)
    }
}

list!(FilterUsers of User, operation &LIST_USERS_BY_FILTER);

fn check(filter: &UsersFilter) -> Result<(), Error> {
    let refuse = |detail: &str| Err(Error::invalid(&LIST_USERS_BY_FILTER, detail));
    match (filter.created_from_date_time, filter.created_to_date_time) {
        (Some(from), Some(to)) if from >= to => {
            refuse("`created_from` is not before `created_to`, so that nobody could match")
        }
        _ if filter.user_ids.iter().flatten().any(String::is_empty) => refuse("one of the ids is empty"),
        _ => Ok(()),
    }
}

/// The changes of one user's settings; from [`Users::settings_history`].
#[derive(Clone)]
#[must_use = "a list is read by `stream`, `records` or `pages`"]
pub struct SettingsHistory {
    client: Client,
    id: String,
    resume: Option<Checkpoint>,
}

names!(SettingsHistory { id, resume });

impl SettingsHistory {
    fn paging(self) -> CursorPaging<SettingsChange, Error> {
        let Self { client, id, resume } = self;
        let query = Fingerprint::of(GET_USER_SETTINGS_HISTORY.id, &id);
        let fetch = move |_| {
            let (client, id) = (client.clone(), id.clone());
            async move {
                let (answer, rejected) = client.get_user_settings_history().id(id).send().await?.into_parts();
                Ok(Page::gathered(answer.user_settings_history.unwrap_or_default(), rejected))
            }
        };
        // A change has no id; all of it tells it from the others.
        cursor_pages(query, fetch)
            .key(|change: &SettingsChange| serde_json::to_string(change).ok())
            .at(resume)
    }
}

list!(SettingsHistory of SettingsChange, operation &GET_USER_SETTINGS_HISTORY);

fn page(answer: Response<UsersResponse>) -> Page<User> {
    let (answer, rejected) = answer.into_parts();
    let info = answer.records.unwrap_or_default();
    let total = info.total_records.and_then(|total| u64::try_from(total).ok());
    Page::gathered(answer.users.unwrap_or_default(), rejected).next(info.cursor).total(total)
}
