//! The systems of a flow, each by a name of its own.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// Why a flow is not begun. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowError {
    /// No system was named, so nothing would be done to anybody.
    NoSystems,
    /// Two systems have the same name: the report could not tell them apart, and going on from it would take what
    /// was done in one for done in the other.
    SameName {
        /// The name.
        system: String,
    },
}

impl fmt::Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSystems => f.write_str(
                "the flow has no system; add one by its `in_…`, `of_…` or `into_…` methods. Nothing was sent",
            ),
            Self::SameName { system } => write!(
                f,
                "two systems of the flow are called `{system}`; tell them apart by `.named(\"…\")` after each call \
                 that adds one. Nothing was sent"
            ),
        }
    }
}

impl std::error::Error for FlowError {}

/// The systems of a flow, in the order they were added.
pub(super) struct Systems<S: ?Sized> {
    list: Vec<Named<S>>,
    /// Where the systems begin that the last call added.
    last: usize,
}

struct Named<S: ?Sized> {
    label: Option<String>,
    own: String,
    system: Arc<S>,
}

impl<S: ?Sized> Systems<S> {
    /// Adds a system that calls itself `own`.
    pub(super) fn add(&mut self, own: String, system: Arc<S>) {
        self.last = self.list.len();
        self.list.push(Named { label: None, own, system });
    }

    #[cfg(feature = "gainsight")]
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Takes what was added from there on for one call's.
    #[cfg(feature = "gainsight")]
    pub(super) fn together_from(&mut self, first: usize) {
        self.last = first;
    }

    /// Puts a label before the names of what the last call added.
    pub(super) fn label(&mut self, label: &str) {
        for named in self.list.iter_mut().skip(self.last) {
            named.label = Some(label.to_owned());
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.iter().map(|(name, _)| name).collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (String, &Arc<S>)> {
        self.list.iter().map(|Named { label, own, system }| {
            let name = label.as_ref().map_or_else(|| own.clone(), |label| format!("{label} {own}"));
            (name, system)
        })
    }

    /// Whether the flow can be begun.
    pub(super) fn check(&self) -> Result<(), FlowError> {
        if self.list.is_empty() {
            return Err(FlowError::NoSystems);
        }
        let mut known = HashSet::new();
        match self.names().into_iter().find(|name| !known.insert(name.clone())) {
            Some(system) => Err(FlowError::SameName { system }),
            None => Ok(()),
        }
    }
}

impl<S: ?Sized> Default for Systems<S> {
    fn default() -> Self {
        Self { list: Vec::new(), last: 0 }
    }
}

impl<S: ?Sized> Clone for Systems<S> {
    fn clone(&self) -> Self {
        let list = self.list.iter().map(|Named { label, own, system }| Named {
            label: label.clone(),
            own: own.clone(),
            system: Arc::clone(system),
        });
        Self { list: list.collect(), last: self.last }
    }
}
