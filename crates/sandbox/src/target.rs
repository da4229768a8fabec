//! Which requests a planned fault is for.

use std::fmt;

use crate::{Operation, Vendor};

/// What a token endpoint is called among the operations.
pub(crate) const TOKEN: &str = "token";

/// The names that the clients of this workspace have for operations whose published document gives
/// none: those that the overlay `userpilot.repairs.yaml` adds.
const GIVEN_NAMES: [(&str, &str); 8] = [
    ("identifyUser", "POST /v1/identify"),
    ("bulkIdentifyUsers", "POST /v1/users/bulk_identify"),
    ("identifyCompany", "POST /v1/companies/identify"),
    ("bulkIdentifyCompanies", "POST /v1/companies/bulk_identify"),
    ("trackEvent", "POST /v1/track"),
    ("listJobs", "GET /v1/background_jobs"),
    ("getJob", "GET /v1/background_jobs/{job_id}"),
    ("importData", "POST /v1/imports"),
];

/// Which requests a fault is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// All, also those that lead nowhere and those to a token endpoint.
    Everything,
    /// Those below the base URL of one vendor, and those to its token endpoint.
    Vendor(Vendor),
    /// Those of one operation, of one vendor or of every vendor that has one: Gong and Gainsight
    /// both have `listUsers`. It is called by its [`id`](Operation::id), by method and path
    /// (`POST /v1/track`), or as the clients of this workspace call it (`trackEvent`); a token
    /// endpoint is called `token`.
    Operation(Option<Vendor>, String),
}

/// What a request turned out to be for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    Operation(&'static Operation),
    /// The token endpoint of a vendor.
    Token(Vendor),
    /// No operation, and the vendor if the path says so.
    Elsewhere(Option<Vendor>),
}

impl Aim {
    pub(crate) fn vendor(self) -> Option<Vendor> {
        match self {
            Self::Operation(operation) => Some(operation.vendor()),
            Self::Token(vendor) => Some(vendor),
            Self::Elsewhere(vendor) => vendor,
        }
    }

    pub(crate) fn operation(self) -> Option<&'static Operation> {
        match self {
            Self::Operation(operation) => Some(operation),
            Self::Token(_) | Self::Elsewhere(_) => None,
        }
    }

    /// As it is called in the log.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Operation(operation) => Some(operation.id()),
            Self::Token(_) => Some(TOKEN),
            Self::Elsewhere(_) => None,
        }
    }

    fn is_called(self, name: &str) -> bool {
        match self {
            Self::Operation(operation) => is_called(operation, name),
            Self::Token(_) => name == TOKEN,
            Self::Elsewhere(_) => false,
        }
    }
}

fn is_called(operation: &Operation, name: &str) -> bool {
    let by_path = || name.split_once(' ').is_some_and(|it| it == (operation.method(), operation.path()));
    let given = || GIVEN_NAMES.iter().any(|(given, id)| *given == name && *id == operation.id());
    operation.id() == name || by_path() || given()
}

impl Target {
    /// Whether it is one of the operations, if it has to be one.
    pub(crate) fn exists(&self, operations: &'static [Operation]) -> bool {
        let tokens = [Vendor::Gainsight, Vendor::Gong].map(Aim::Token);
        let mut aims = operations.iter().map(Aim::Operation).chain(tokens);
        !matches!(self, Self::Operation(..)) || aims.any(|aim| self.is(aim))
    }

    pub(crate) fn is(&self, aim: Aim) -> bool {
        match self {
            Self::Everything => true,
            Self::Vendor(vendor) => aim.vendor() == Some(*vendor),
            Self::Operation(of, name) => {
                aim.is_called(name) && of.is_none_or(|vendor| aim.vendor() == Some(vendor))
            }
        }
    }
}

impl From<Vendor> for Target {
    fn from(vendor: Vendor) -> Self {
        Self::Vendor(vendor)
    }
}

impl From<&str> for Target {
    fn from(operation: &str) -> Self {
        Self::Operation(None, operation.to_owned())
    }
}

impl From<(Vendor, &str)> for Target {
    fn from((vendor, operation): (Vendor, &str)) -> Self {
        Self::Operation(Some(vendor), operation.to_owned())
    }
}

impl From<&Operation> for Target {
    fn from(operation: &Operation) -> Self {
        Self::Operation(Some(operation.vendor()), operation.id().to_owned())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.pad("everything"),
            Self::Vendor(vendor) => vendor.fmt(f),
            Self::Operation(None, id) => f.pad(id),
            Self::Operation(Some(vendor), id) => write!(f, "{vendor} {id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn the_given_names_are_those_of_the_overlay() {
        let overlay = include_str!("../specs/userpilot/userpilot.repairs.yaml");
        let names = overlay.lines().filter_map(|line| line.trim().strip_prefix("operationId: "));
        let mut names: Vec<&str> = names.collect();
        let mut given: Vec<&str> = GIVEN_NAMES.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        given.sort_unstable();
        assert_eq!(names, given);
        let operations = &Catalog::published().unwrap().operations;
        for (name, id) in GIVEN_NAMES {
            assert!(operations.iter().any(|it| it.id() == id), "{id}");
            assert!(Target::from(name).exists(operations), "{name}");
        }
        assert!(Target::from("GET /users").exists(operations));
        assert!(!Target::from((Vendor::UserGems, "token")).exists(operations));
    }
}
