//! How the vendors are known to behave beside what they publish, each habit by name.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::Vendor;

/// One habit of the real vendors that a sandbox can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mood {
    /// The vendors' quotas are enforced: 429, with `Retry-After` from Gong, the only vendor that
    /// sends it.
    Quotas,
    /// Gainsight reports a failure as `result: false` in a 200.
    FailureIn200,
    /// A Gong filter that matches nobody answers 404, a Gainsight search or page of users that
    /// would be empty 400 with `GSOBJ_1011`.
    EmptyIsAnError,
    /// Optional members come as `null` where the document declares no null.
    Nulls,
    /// Records have members that no document names.
    UnknownFields,
    /// Enumerated members have values that no document names. Only Userpilot's background jobs have
    /// enumerated members in their answers: no answer of the other documents lists values.
    UnknownValues,
    /// Numbers come as strings, and dates as epoch milliseconds where Gainsight does that.
    NumbersAsText,
    /// Pages hold far fewer records than were asked for.
    SmallPages,
    /// Background jobs take a hundred times as long.
    SlowJobs,
    /// Between two pages of people, of users (by SCIM, too) or of a company team a record is inserted before
    /// them: 20 at most in one sequence of pages, which begins with the first page.
    ShiftingOffsets,
    /// The paths the vendors really serve answer beside the published ones.
    ObservedPaths,
    /// An OAuth token endpoint per vendor that has one; its access tokens are accepted.
    Tokens,
    /// Gainsight's SCIM takes an access token and refuses the access key, which its document declares. The
    /// tokens are given out as in [`Tokens`](Self::Tokens), also without that mood.
    ScimTokens,
}

impl Mood {
    /// Every mood, in the order in which they are listed.
    pub const ALL: [Self; 13] = [
        Self::Quotas,
        Self::FailureIn200,
        Self::EmptyIsAnError,
        Self::Nulls,
        Self::UnknownFields,
        Self::UnknownValues,
        Self::NumbersAsText,
        Self::SmallPages,
        Self::SlowJobs,
        Self::ShiftingOffsets,
        Self::ObservedPaths,
        Self::Tokens,
        Self::ScimTokens,
    ];

    /// The name on a command line, such as `small-pages`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quotas => "quotas",
            Self::FailureIn200 => "failure-in-200",
            Self::EmptyIsAnError => "empty-is-an-error",
            Self::Nulls => "nulls",
            Self::UnknownFields => "unknown-fields",
            Self::UnknownValues => "unknown-values",
            Self::NumbersAsText => "numbers-as-text",
            Self::SmallPages => "small-pages",
            Self::SlowJobs => "slow-jobs",
            Self::ShiftingOffsets => "shifting-offsets",
            Self::ObservedPaths => "observed-paths",
            Self::Tokens => "tokens",
            Self::ScimTokens => "scim-tokens",
        }
    }
}

impl fmt::Display for Mood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no mood's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMood(String);

impl fmt::Display for UnknownMood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Mood::ALL.into_iter().map(Mood::name).collect();
        write!(f, "`{}` is no mood; there are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for UnknownMood {}

impl FromStr for Mood {
    type Err = UnknownMood;

    fn from_str(name: &str) -> Result<Self, UnknownMood> {
        Self::ALL.into_iter().find(|mood| mood.name() == name).ok_or_else(|| UnknownMood(name.to_owned()))
    }
}

/// Which moods a sandbox starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// None: every answer is what the published document promises.
    #[default]
    Published,
    /// Those that the vendors' own texts or recorded traffic confirm.
    Observed,
}

impl Profile {
    /// The moods it turns on.
    pub fn moods(self) -> impl Iterator<Item = Mood> {
        let observed: &[Mood] = match self {
            Self::Published => &[],
            Self::Observed => &[
                Mood::Quotas,
                Mood::EmptyIsAnError,
                Mood::Nulls,
                Mood::UnknownFields,
                Mood::NumbersAsText,
                Mood::ObservedPaths,
                Mood::Tokens,
                Mood::ScimTokens,
            ],
        };
        observed.iter().copied()
    }
}

/// The moods that are on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moods(BTreeSet<Mood>);

impl Moods {
    pub(crate) fn is(&self, mood: Mood) -> bool {
        self.0.contains(&mood)
    }

    /// Whether the vendor's token endpoint is there, and what it gives out is accepted.
    pub(crate) fn give_tokens(&self, vendor: Vendor) -> bool {
        self.is(Mood::Tokens) || (vendor == Vendor::Gainsight && self.is(Mood::ScimTokens))
    }

    pub(crate) fn set(&mut self, mood: Mood, on: bool) {
        if on {
            self.0.insert(mood);
        } else {
            self.0.remove(&mood);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Mood> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mood_is_found_by_its_name() {
        for mood in Mood::ALL {
            assert_eq!(mood.name().parse(), Ok(mood));
        }
        assert!(
            "gloomy"
                .parse::<Mood>()
                .unwrap_err()
                .to_string()
                .starts_with("`gloomy` is no mood; there are quotas")
        );
    }
}
