//! Where a stream stands: small, to be saved anywhere, and good only for the query it was made by.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use twox_hash::XxHash3_64;

use super::Cursor;
use crate::Operation;

/// Where a stream stands, to go on from there in this process or another.
///
/// It serialises to a small object and holds no record, but it does hold the vendor's cursor: keep it where
/// you would keep the vendor's data. It belongs to one query and is refused by every other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    query: Fingerprint,
    pub(super) place: Place,
    /// How many records of the page at `place` were handed out.
    pub(super) taken: usize,
    /// What tells the records that were handed out last, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) marks: Vec<Fingerprint>,
    pub(super) records: u64,
}

/// Where a page is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    Start,
    Cursor(Cursor),
    Offset(u64),
    End,
}

impl Checkpoint {
    /// The beginning of the list that `query` asks for.
    #[must_use]
    pub fn start(query: Fingerprint) -> Self {
        Self { query, place: Place::Start, taken: 0, marks: Vec::new(), records: 0 }
    }

    /// The beginning of the same list, for when the vendor no longer knows the place.
    #[must_use]
    pub fn restart(&self) -> Self {
        Self::start(self.query)
    }

    /// How many records had been handed out.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Whether the whole list had been handed out.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.place == Place::End
    }

    /// The checkpoint, if it belongs to the query and to the way of paging.
    pub(super) fn of(self, query: Fingerprint, by_cursor: bool) -> Result<Self, CheckpointMismatch> {
        let fits = match self.place {
            Place::Cursor(_) => by_cursor,
            Place::Offset(_) => !by_cursor,
            Place::Start | Place::End => true,
        };
        if self.query == query && fits { Ok(self) } else { Err(CheckpointMismatch { operation: None }) }
    }
}

/// A checkpoint that belongs to another query. Nothing was sent.
#[derive(Debug, Clone, Copy)]
pub struct CheckpointMismatch {
    /// What was to go on from it, where the list says so.
    pub(super) operation: Option<&'static Operation>,
}

impl CheckpointMismatch {
    pub(super) const DETAIL: &str =
        "the checkpoint was made by another query; start this one anew, or ask the query it was made by";
}

impl fmt::Display for CheckpointMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation {
            write!(f, "{} {}: ", operation.api, operation.id)?;
        }
        f.write_str(Self::DETAIL)
    }
}

impl std::error::Error for CheckpointMismatch {}

/// What tells one query, or one record, from another: a short hash that is the same in every process.
///
/// ```
/// use revops_runtime::paging::Fingerprint;
/// use std::collections::BTreeMap;
///
/// let active = Fingerprint::of("listUsers", &BTreeMap::from([("active", true)]));
/// assert_eq!(active, Fingerprint::of("listUsers", &serde_json::json!({"active": true})));
/// assert_ne!(active, Fingerprint::of("listUsers", &serde_json::json!({"active": false})));
/// assert_ne!(active, Fingerprint::of("listTeams", &serde_json::json!({"active": true})));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of an operation and of what it is asked for. The order of the members of a map does
    /// not matter. A query that cannot be serialised has the fingerprint of the reason.
    #[must_use]
    pub fn of(operation: &str, query: &impl Serialize) -> Self {
        let text = match serde_json::to_value(query) {
            Ok(mut value) => {
                value.sort_all_objects();
                value.to_string()
            }
            Err(error) => error.to_string(),
        };
        Self::of_bytes(format!("{operation}\n{text}").as_bytes())
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        // XXH3: the same on every machine and in every version, at a hundredth of what SHA-256 takes for each record.
        Self(XxHash3_64::oneshot(bytes))
    }

    /// One fingerprint for many, in their order.
    pub(super) fn of_all<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let bytes: Vec<u8> = all.into_iter().flat_map(|one| one.0.to_be_bytes()).collect();
        Self::of_bytes(&bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Self).map_err(|_| D::Error::custom("expected a fingerprint"))
    }
}
