//! Saying who a user is, as it becomes known.

use futures::FutureExt;
use futures::stream::BoxStream;
use revops_userpilot::Client;
use revops_userpilot::operations::IDENTIFY_USER;
use revops_userpilot::types;

use super::properties::Properties;
use super::{Property, User};
use crate::vendor::each;
use crate::{Call, Error, Response};

/// What is said of a user; from [`Userpilot::identify`](super::Userpilot::identify).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send`"]
pub struct IdentifyUser {
    client: Client,
    user: User,
    company: Properties,
}

impl IdentifyUser {
    pub(super) fn new(client: Client, user: User) -> Self {
        Self { client, user, company: Properties::default() }
    }

    /// One property: a text of up to 65,535 characters, a number or a boolean. Its name has up to 255
    /// characters, and there may be 500 of them.
    pub fn property(self, name: impl Into<String>, value: impl Into<Property>) -> Self {
        Self { user: self.user.property(name, value), ..self }
    }

    /// Takes one property away.
    pub fn remove(self, name: impl Into<String>) -> Self {
        Self { user: self.user.remove(name), ..self }
    }

    /// The company the user belongs to, by its id.
    pub fn company(self, company_id: impl Into<String>) -> Self {
        Self { user: self.user.company(company_id), ..self }
    }

    /// One property of that company.
    pub fn company_property(mut self, name: impl Into<String>, value: impl Into<Property>) -> Self {
        self.company.set(name.into(), value.into());
        self
    }

    /// Sends what was said. The vendor shows it within a quarter of an hour.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) for an empty id, what breaks the limits of properties, or
    /// properties of a company that is not named; nothing was sent.
    #[must_use]
    pub fn send(self) -> Call<()> {
        identify(self.client, self.user, self.company)
    }
}

each! {
    /// Users of whom something is said; from [`Userpilot::identify_all`](super::Userpilot::identify_all).
    IdentifyUsers of User => (), sent by identify_one, checked by User::check, calls 4, repeatable true
}

impl IdentifyUsers {
    pub(super) fn over(client: Client, users: BoxStream<'static, User>) -> Self {
        Self::new(client, users)
    }
}

fn identify_one(client: Client, user: User) -> Call<()> {
    identify(client, user, Properties::default())
}

fn identify(client: Client, user: User, company: Properties) -> Call<()> {
    async move {
        check(&user, &company).map_err(|reason| Error::invalid(&IDENTIFY_USER, reason))?;
        let mut request = types::IdentifyUser::builder().user_id(user.id);
        if !user.metadata.is_empty() {
            request = request.metadata(User::about(user.metadata));
        }
        if let Some(id) = user.company_id {
            let about = types::UserCompany::builder().company_id(id).extra(company.into_map());
            request = request.company(about.build().ok());
        }
        client.identify_user().body(request).send().await.map(Response::into_inner)
    }
    .boxed()
}

fn check(user: &User, company: &Properties) -> Result<(), String> {
    user.check()?;
    company.check()?;
    if user.company_id.is_none() && !company.is_empty() {
        return Err("there are properties of a company, and no company; it was not sent".to_owned());
    }
    if company.has("company_id") {
        return Err("`company_id` is no property of a company; it was not sent".to_owned());
    }
    Ok(())
}
