//! One record of a bulk update or of a file: about whom, and what.

use serde_json::{Map, Value};

use super::properties;

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    User,
    Company,
}

impl Subject {
    /// The member or column that identifies it.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::User => "user_id",
            Self::Company => "company_id",
        }
    }

    /// Users have a company, so it is their id that tells what the record is about.
    pub(super) fn of(has: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::User, Self::Company].into_iter().find(|subject| has(subject.id()))
    }
}

/// One record.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) subject: Subject,
    pub(super) id: String,
    /// The company of a user.
    pub(super) company: Option<String>,
    pub(super) properties: Map<String, Value>,
}

impl Row {
    /// From an object with an id, `metadata`, and properties beside it; or what is wrong with it.
    pub(super) fn read(subject: Subject, mut members: Map<String, Value>) -> Result<Self, String> {
        let id = match members.shift_remove(subject.id()) {
            Some(Value::String(id)) if !id.is_empty() => id,
            _ => return Err(format!("`{}` is missing, empty or no text", subject.id())),
        };
        let company = match subject {
            Subject::Company => None,
            Subject::User => match members.shift_remove(Subject::Company.id()) {
                None | Some(Value::Null) => None,
                Some(Value::String(company)) => Some(company).filter(|company| !company.is_empty()),
                Some(_) => return Err("`company_id` is no text".to_owned()),
            },
        };
        let metadata = match members.shift_remove("metadata") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(metadata)) => metadata,
            Some(_) => return Err("`metadata` is no object".to_owned()),
        };
        members.extend(metadata);
        Ok(Self { subject, id, company, properties: properties::checked(members)? })
    }
}
