//! A user, a company, an event, by itself or as one of many.

use revops_userpilot::types;
use serde::Serialize;

use super::Property;
use super::properties::{Properties, check_id, check_name, size};
use crate::told::names;

/// The longest metadata of an event as JSON, in bytes.
const MAX_EVENT: usize = 10 * 1024;

/// A user of the product. What is not said of a user stays as it is.
///
/// ```
/// use revops::userpilot::User;
///
/// let jane = User::new("user-1").property("plan", "pro").property("seats", 3).remove("trial").company("acme");
/// # let _ = jane;
/// ```
#[derive(Clone, PartialEq, Serialize)]
#[must_use]
pub struct User {
    #[serde(rename = "user_id")]
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) company_id: Option<String>,
    #[serde(skip_serializing_if = "Properties::is_empty")]
    pub(super) metadata: Properties,
}

names!(User { id, company_id, metadata });

/// A company that users belong to. What is not said of a company stays as it is.
#[derive(Clone, PartialEq, Serialize)]
#[must_use]
pub struct Company {
    pub(super) company_id: String,
    #[serde(skip_serializing_if = "Properties::is_empty")]
    pub(super) metadata: Properties,
}

names!(Company { company_id, metadata });

/// Something that a user did.
#[derive(Clone, PartialEq, Serialize)]
#[must_use]
pub struct Event {
    user_id: String,
    #[serde(rename = "event_name")]
    name: String,
    #[serde(skip_serializing_if = "Properties::is_empty")]
    metadata: Properties,
}

names!(Event { user_id, name, metadata });

/// The methods that set properties.
macro_rules! properties {
    ($Record:ident) => {
        impl $Record {
            /// One property: a text of up to 65,535 characters, a number or a boolean. Its name has up to 255
            /// characters, and there may be 500 of them.
            pub fn property(mut self, name: impl Into<String>, value: impl Into<Property>) -> Self {
                self.metadata.set(name.into(), value.into());
                self
            }
        }
    };
}

properties!(User);
properties!(Company);
properties!(Event);

impl From<&str> for User {
    /// The user of this id.
    fn from(user_id: &str) -> Self {
        Self::new(user_id)
    }
}

impl From<String> for User {
    /// The user of this id.
    fn from(user_id: String) -> Self {
        Self::new(user_id)
    }
}

impl User {
    /// The user of this id.
    pub fn new(user_id: impl Into<String>) -> Self {
        Self::of(user_id.into())
    }

    fn of(id: String) -> Self {
        Self { id, company_id: None, metadata: Properties::default() }
    }

    /// The company the user belongs to, by its id.
    pub fn company(mut self, company_id: impl Into<String>) -> Self {
        self.company_id = Some(company_id.into());
        self
    }

    /// Takes one property away.
    pub fn remove(mut self, name: impl Into<String>) -> Self {
        self.metadata.remove(name.into());
        self
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Why it is not sent.
    pub(super) fn check(&self) -> Result<(), String> {
        check_id("the user's id", &self.id)?;
        if let Some(company) = &self.company_id {
            check_id("the company's id", company)?;
        }
        self.metadata.check()
    }

    pub(super) fn about(metadata: Properties) -> Option<types::UserMetadata> {
        types::UserMetadata::builder().extra(metadata.into_map()).build().ok()
    }
}

impl Company {
    /// The company of this id.
    pub fn new(company_id: impl Into<String>) -> Self {
        Self::of(company_id.into())
    }

    fn of(company_id: String) -> Self {
        Self { company_id, metadata: Properties::default() }
    }

    /// Takes one property away.
    pub fn remove(mut self, name: impl Into<String>) -> Self {
        self.metadata.remove(name.into());
        self
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.company_id
    }

    /// Why it is not sent.
    pub(super) fn check(&self) -> Result<(), String> {
        check_id("the company's id", &self.company_id)?;
        self.metadata.check()
    }

    pub(super) fn about(metadata: Properties) -> Option<types::CompanyMetadata> {
        types::CompanyMetadata::builder().extra(metadata.into_map()).build().ok()
    }
}

impl Event {
    /// What this user did, by a name of up to 255 characters.
    pub fn new(user_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self::of(user_id.into(), name.into())
    }

    fn of(user_id: String, name: String) -> Self {
        Self { user_id, name, metadata: Properties::default() }
    }

    /// Why it is not sent.
    pub(super) fn check(&self) -> Result<(), String> {
        check_id("the user's id", &self.user_id)?;
        check_name("the event's name", &self.name)?;
        self.metadata.check()?;
        let bytes = size(&self.metadata);
        if bytes > MAX_EVENT {
            return Err(format!(
                "the properties of an event take {bytes} bytes and may take {MAX_EVENT}; it was not sent"
            ));
        }
        Ok(())
    }

    pub(super) fn lower(self) -> types::builder::TrackEvent {
        let metadata = types::EventMetadata::builder().extra(self.metadata.into_map()).build().ok();
        types::TrackEvent::builder().user_id(self.user_id).event_name(self.name).metadata(metadata)
    }
}
