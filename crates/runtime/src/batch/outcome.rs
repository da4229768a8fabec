//! What became of an item, and of all of them.

use std::vec;

use serde::{Deserialize, Serialize};

use super::Reason;
use crate::Error;

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome<T> {
    /// The vendor said that it did it.
    Done(T),
    /// The vendor said no to this item, or it was refused here before it was sent. It was not applied, and
    /// sending the same again is of no use.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// Nobody took the item: it did not reach the vendor, or the vendor was too busy each time. It was not
    /// applied, and may be sent again.
    NotApplied {
        /// Why.
        reason: Reason,
    },
    /// It may or may not have been applied, and nobody here can know.
    Unknown {
        /// Why.
        reason: Reason,
    },
    /// Another item of the input has the same key and was sent in its stead.
    Superseded {
        /// The index of the other.
        by: usize,
    },
}

impl<T> Outcome<T> {
    /// Whether the vendor said that it did it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Why it was not done; `None` if it was, or if another was sent in its stead.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Refused { reason } | Self::NotApplied { reason } | Self::Unknown { reason } => Some(reason),
            Self::Done(_) | Self::Superseded { .. } => None,
        }
    }

    /// The error of the call it went with, with what the vendor answered ([`Reason::error`]).
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.reason()?.error()
    }
}

/// What became of the items so far. It collects from a stream of outcomes, whole or cut short.
///
/// ```
/// use revops_runtime::batch::{Outcome, Report};
///
/// let report: Report<()> =
///     [(0, Outcome::Done(())), (1, Outcome::Unknown { reason: "no answer in time".into() })].into_iter().collect();
/// assert_eq!(report.to_string(), "1 written, 0 refused, 0 not applied, 1 unknown, 0 superseded");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct Report<T> {
    /// In the order of the input, each index once.
    #[serde(with = "by_index")]
    outcomes: Vec<(usize, Outcome<T>)>,
}

impl<T> Report<T> {
    /// How many items the vendor said that it did.
    #[must_use]
    pub fn written(&self) -> usize {
        self.outcomes.iter().filter(|(_, outcome)| outcome.is_done()).count()
    }

    /// The items that were refused, and why.
    pub fn refused(&self) -> impl Iterator<Item = (usize, &str)> {
        self.iter().filter_map(|(index, outcome)| match outcome {
            Outcome::Refused { reason } => Some((index, reason.as_str())),
            _ => None,
        })
    }

    /// The items that nobody took, and why. They may be sent again.
    pub fn not_applied(&self) -> impl Iterator<Item = (usize, &str)> {
        self.iter().filter_map(|(index, outcome)| match outcome {
            Outcome::NotApplied { reason } => Some((index, reason.as_str())),
            _ => None,
        })
    }

    /// The items that may or may not have been applied, and why that is not known.
    pub fn unknown(&self) -> impl Iterator<Item = (usize, &str)> {
        self.iter().filter_map(|(index, outcome)| match outcome {
            Outcome::Unknown { reason } => Some((index, reason.as_str())),
            _ => None,
        })
    }

    /// The items that were not sent because of another with the same key, and the index of that one.
    pub fn superseded(&self) -> impl Iterator<Item = (usize, usize)> {
        self.iter().filter_map(|(index, outcome)| match outcome {
            Outcome::Superseded { by } => Some((index, *by)),
            _ => None,
        })
    }

    /// What became of the item at `index` of the input.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Outcome<T>> {
        let at = self.outcomes.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        self.outcomes.get(at).map(|(_, outcome)| outcome)
    }

    /// Every outcome with the index of its item, in the order of the input.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Outcome<T>)> {
        self.outcomes.iter().map(|(index, outcome)| (*index, outcome))
    }

    /// How many items have an outcome.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether no item has an outcome.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// Of the outcomes the first `known` are in order, and all are if they come out of a stream. Elsewhere the last
    /// word on an item counts.
    fn put_in_order(&mut self, known: usize) {
        let fresh = self.outcomes.get(known.saturating_sub(1)..).unwrap_or_default();
        if fresh.is_sorted_by(|(one, _), (next, _)| one < next) {
            return;
        }
        self.outcomes.sort_by_key(|(index, _)| *index);
        self.outcomes.reverse();
        self.outcomes.dedup_by_key(|(index, _)| *index);
        self.outcomes.reverse();
    }
}

impl<T> Default for Report<T> {
    fn default() -> Self {
        Self { outcomes: Vec::new() }
    }
}

impl<T> Extend<(usize, Outcome<T>)> for Report<T> {
    fn extend<S: IntoIterator<Item = (usize, Outcome<T>)>>(&mut self, outcomes: S) {
        let known = self.outcomes.len();
        self.outcomes.extend(outcomes);
        self.put_in_order(known);
    }
}

impl<T> FromIterator<(usize, Outcome<T>)> for Report<T> {
    fn from_iter<S: IntoIterator<Item = (usize, Outcome<T>)>>(outcomes: S) -> Self {
        let mut report = Self::default();
        report.extend(outcomes);
        report
    }
}

impl<T> IntoIterator for Report<T> {
    type Item = (usize, Outcome<T>);
    type IntoIter = vec::IntoIter<(usize, Outcome<T>)>;

    fn into_iter(self) -> Self::IntoIter {
        self.outcomes.into_iter()
    }
}

impl<T> std::fmt::Display for Report<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} written, {} refused, {} not applied, {} unknown, {} superseded",
            self.written(),
            self.refused().count(),
            self.not_applied().count(),
            self.unknown().count(),
            self.superseded().count(),
        )
    }
}

/// A report is written as a map from the index to the outcome.
mod by_index {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Outcome;

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        outcomes: &[(usize, Outcome<T>)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(outcomes.iter().map(|(index, outcome)| (index, outcome)))
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(usize, Outcome<T>)>, D::Error> {
        BTreeMap::deserialize(deserializer).map(|outcomes| outcomes.into_iter().collect())
    }
}
