//! The fields of an object, as its published schema names them, and the kinds of their values.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::{Map, Value, json};

use crate::document::Document;

/// One record as it is served.
pub(super) type Record = Map<String, Value>;

/// What Gainsight itself writes, and nobody else.
const SYSTEM: [&str; 3] = ["Gsid", "CreatedDate", "ModifiedDate"];

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Text that is compared without regard to case.
    Email,
    Number,
    Boolean,
    Time,
    /// A field that the document does not name: anything.
    Custom,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "an e-mail address",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Time => "a date and time (RFC 3339, `yyyy-MM-dd HH:mm:ss` or epoch milliseconds)",
            Self::Custom => "text, a number, true or false",
        }
    }

    pub(super) fn admits(self, value: &Value) -> bool {
        match self {
            Self::Text | Self::Email => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Time => time(value).is_some(),
            Self::Custom => value.is_string() || value.is_number() || value.is_boolean(),
        }
    }
}

/// The fields of one object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) object: &'static str,
    properties: Option<&'static Map<String, Value>>,
}

impl Fields {
    /// Those of the component `schema` of the document.
    pub(super) fn published(document: &'static Document, object: &'static str, schema: &str) -> Self {
        let properties = document.root.pointer(&format!("/components/schemas/{schema}/properties"));
        Self { object, properties: properties.and_then(Value::as_object) }
    }

    /// The kind of a field; nothing if the document does not name the field and no tenant could
    /// have added it. `in_use` says whether some record has it.
    pub(super) fn kind(&self, name: &str, in_use: impl FnOnce(&str) -> bool) -> Option<Kind> {
        let Some(schema) = self.properties.and_then(|properties| properties.get(name)) else {
            let added = name.ends_with("__gc") || name.contains("__gr") || in_use(name);
            return added.then_some(Kind::Custom);
        };
        let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
        Some(match (text("type"), text("format")) {
            ("string", "date-time") => Kind::Time,
            ("string", "email") => Kind::Email,
            ("string", _) => Kind::Text,
            ("number" | "integer", _) => Kind::Number,
            ("boolean", _) => Kind::Boolean,
            _ => Kind::Custom,
        })
    }

    /// The documented fields of `record` whose values are of another kind than documented.
    pub(super) fn misfits<'a>(&self, record: &'a Record) -> impl Iterator<Item = (&'a str, Kind)> {
        let wrong = record.iter().filter_map(|(name, value)| {
            let kind = self.kind(name, |_| true).filter(|kind| *kind != Kind::Custom)?;
            (!kind.admits(value)).then_some((name.as_str(), kind))
        });
        wrong.collect::<Vec<_>>().into_iter()
    }
}

/// Takes over what was sent; the fields that Gainsight writes stay as they are.
pub(super) fn take_over(record: &mut Record, sent: &Record) {
    for (name, value) in sent.iter().filter(|(name, _)| !SYSTEM.contains(&name.as_str())) {
        record.insert(name.clone(), value.clone());
    }
}

/// Takes over what was sent, and says when.
pub(super) fn merge(record: &mut Record, sent: &Record, now: DateTime<Utc>) {
    take_over(record, sent);
    record.insert("ModifiedDate".to_owned(), json!(instant(now)));
}

/// A record that is made now.
pub(super) fn created(gsid: &str, now: DateTime<Utc>) -> Record {
    let mut record = Record::new();
    record.insert("Gsid".to_owned(), json!(gsid));
    record.insert("CreatedDate".to_owned(), json!(instant(now)));
    record.insert("ModifiedDate".to_owned(), json!(instant(now)));
    record
}

/// A point in time as the document has it.
pub(super) fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A point in time in any of the forms that Gainsight takes.
pub(super) fn time(value: &Value) -> Option<DateTime<Utc>> {
    if let Some(millis) = value.as_i64() {
        return DateTime::from_timestamp_millis(millis);
    }
    let text = value.as_str()?;
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let plain = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok();
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    zoned().or_else(|| plain().or_else(day).map(|time| time.and_utc()))
}

/// The two dates of a record as epoch milliseconds, as the real service has them.
pub(super) fn with_millis(mut record: Record) -> Record {
    for name in ["CreatedDate", "ModifiedDate"] {
        if let Some(value) = record.get_mut(name)
            && let Some(time) = time(value)
        {
            *value = json!(time.timestamp_millis());
        }
    }
    record
}
