//! The four vendors, by name.

use std::fmt;

/// One of the vendors whose published documents the sandbox answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Vendor {
    /// `UserGems`: contacts and accounts to track.
    UserGems,
    /// Userpilot: users, companies, events, imports.
    Userpilot,
    /// Gainsight CS: people, users, company team, SCIM. Two documents, one base URL.
    Gainsight,
    /// Gong: users and their settings.
    Gong,
}

impl Vendor {
    /// Every vendor, in the order in which they are listed everywhere.
    pub const ALL: [Self; 4] = [Self::UserGems, Self::Userpilot, Self::Gainsight, Self::Gong];

    /// The first segment of the vendor's paths on the sandbox, such as `gong`.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::UserGems => "usergems",
            Self::Userpilot => "userpilot",
            Self::Gainsight => "gainsight",
            Self::Gong => "gong",
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::UserGems => "UserGems",
            Self::Userpilot => "Userpilot",
            Self::Gainsight => "Gainsight",
            Self::Gong => "Gong",
        })
    }
}
