//! A contact to be followed, by itself or as one of many.

use revops_usergems::types;
use serde_json::{Map, Value};

use super::check;
use crate::told::names;

/// As many custom fields as the vendor takes.
const MAX_FIELDS: usize = 100;

/// Members of the request that are no custom fields.
const NAMED: [&str; 9] = [
    "email",
    "firstName",
    "lastName",
    "fullName",
    "company",
    "relationshipType",
    "linkedinUrl",
    "signal",
    "custom",
];

/// A contact to be followed. It is told from others by its e-mail address, under a relationship and a signal.
///
/// ```
/// use revops::usergems::Contact;
///
/// let jane = Contact::new("jane.doe@example.com").relationship("Champion").field("creditsUsed", "1250");
/// # let _ = jane;
/// ```
#[derive(Clone, PartialEq)]
#[must_use]
pub struct Contact {
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    full_name: Option<String>,
    company: Option<String>,
    relationship: Option<String>,
    linkedin: Option<String>,
    signal: Option<String>,
    custom: Option<String>,
    fields: Map<String, Value>,
}

names!(Contact {
    email,
    first_name,
    last_name,
    full_name,
    company,
    relationship,
    linkedin,
    signal,
    custom,
    fields
});

/// The methods of a contact; also those of what tracks one.
macro_rules! contact_methods {
    ($(#[$field:meta])* field; $($(#[$docs:meta])* $name:ident;)*) => {
        impl Contact {
            $(
                $(#[$docs])*
                pub fn $name(mut self, $name: impl Into<String>) -> Self {
                    self.$name = Some($name.into());
                    self
                }
            )*

            $(#[$field])*
            pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
                self.fields.insert(name.into(), value.into());
                self
            }
        }

        impl super::TrackContact {
            $(
                $(#[$docs])*
                pub fn $name(self, $name: impl Into<String>) -> Self {
                    self.change(|contact| contact.$name($name))
                }
            )*

            $(#[$field])*
            pub fn field(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
                self.change(|contact| contact.field(name, value))
            }
        }
    };
}

contact_methods! {
    /// One custom field, of which there may be 100. **Give a text**: the published document takes
    /// nothing else, and a server that keeps to it answers 400 to a number, a boolean, a list or an
    /// object. The vendor's help has an example with a number, so it is sent as it is given. The names
    /// of the API's own members, such as `company`, are refused.
    field;
    /// What the person is to the company: `Champion`, `User`, `Prospect`, `Closed Won Opp Contact`, `Open Opp
    /// Contact`, `Closed Lost Opp Contact`, `Other`, or one of the company's own.
    relationship;
    /// The label of the workflow the person belongs to.
    signal;
    /// The given name.
    first_name;
    /// The family name.
    last_name;
    /// The whole name, where given and family name are not known apart.
    full_name;
    /// Where the person works now.
    company;
    /// The address of the public `LinkedIn` profile.
    linkedin;
    /// A text that comes back with whatever the vendor tells of the person later.
    custom;
}

impl From<&str> for Contact {
    /// Who has this e-mail address.
    fn from(email: &str) -> Self {
        Self::new(email)
    }
}

impl From<String> for Contact {
    /// Who has this e-mail address.
    fn from(email: String) -> Self {
        Self::new(email)
    }
}

impl Contact {
    /// Who has this e-mail address.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            first_name: None,
            last_name: None,
            full_name: None,
            company: None,
            relationship: None,
            linkedin: None,
            signal: None,
            custom: None,
            fields: Map::new(),
        }
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Why it is not sent.
    pub(super) fn check(&self) -> Result<(), String> {
        check::email(&self.email)?;
        check::label("relationship", self.relationship.as_ref())?;
        check::label("signal", self.signal.as_ref())?;
        if self.fields.len() > MAX_FIELDS {
            let fields = self.fields.len();
            return Err(format!(
                "a contact has up to {MAX_FIELDS} custom fields, this one {fields}; it was not sent"
            ));
        }
        if self.fields.keys().any(|name| name.trim().is_empty()) {
            return Err("the name of a custom field is empty; it was not sent".to_owned());
        }
        match NAMED.iter().find(|name| self.fields.contains_key(**name)) {
            Some(name) => Err(format!("`{name}` cannot be the name of a custom field; it was not sent")),
            None => Ok(()),
        }
    }

    pub(super) fn lower(self) -> types::builder::AddContactRequest {
        types::AddContactRequest::builder()
            .email(self.email)
            .first_name(self.first_name)
            .last_name(self.last_name)
            .full_name(self.full_name)
            .company(self.company)
            .relationship_type(self.relationship)
            .linkedin_url(self.linkedin)
            .signal(self.signal)
            .custom(self.custom)
            .extra(self.fields)
    }
}
