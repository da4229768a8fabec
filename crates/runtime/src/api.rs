//! What a document says of itself and of its operations, as constants that generated code writes.
//!
//! The structs have public fields because generated code builds them as constants; they are read, not
//! built, by everybody else.

use std::fmt;

/// One API: a document with its repairs and observations.
#[derive(Debug)]
pub struct Api {
    /// `info.title` of the document.
    pub title: &'static str,
    /// `info.version` of the document.
    pub version: &'static str,
    /// Where the API is served; the first is the default.
    pub servers: &'static [Server],
    /// The security schemes its operations name.
    pub schemes: &'static [Scheme],
    /// What the vendor lets a caller spend (`x-quota`).
    pub pools: &'static [Pool],
    /// The environment variable that overrides the base URL (`x-env`), if one is named.
    pub base_url_env: Option<&'static str>,
    /// Every operation, in the order of the document.
    pub operations: &'static [&'static Operation],
}

/// A base URL with the variables in it.
#[derive(Debug)]
pub struct Server {
    /// The URL, with `{name}` where a variable goes.
    pub url: &'static str,
    /// The variables of the URL.
    pub variables: &'static [Variable],
}

/// One variable of a [`Server`] URL.
#[derive(Debug)]
pub struct Variable {
    /// The name between the braces.
    pub name: &'static str,
    /// What stands there when the caller says nothing; `None` if the caller must say (`x-required`).
    pub default: Option<&'static str>,
    /// The values the document lists, for messages; others are accepted, as vendors open new regions.
    pub known: &'static [&'static str],
    /// The environment variable it is read from (`x-env`).
    pub env: Option<&'static str>,
}

/// One security scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in the document.
    pub name: &'static str,
    /// How the credential is sent.
    pub kind: SchemeKind,
    /// The environment variables its parts are read from (`x-env`): the key or token, or user name and
    /// password in this order.
    pub env: &'static [&'static str],
}

/// How a credential is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// In a header of its own, after a constant prefix that is mostly empty.
    Header {
        /// The header's name, lower case.
        name: &'static str,
        /// What stands before the key (`x-prefix`), such as `Token `.
        prefix: &'static str,
    },
    /// `Authorization: Basic …`.
    Basic,
    /// `Authorization: Bearer …`.
    Bearer,
}

/// One operation: one method on one path.
pub struct Operation {
    /// The document's `operationId`, exactly.
    pub id: &'static str,
    /// The title of the document it comes from, for messages.
    pub api: &'static str,
    /// The HTTP method, upper case.
    pub method: &'static str,
    /// The path template, relative to the base URL.
    pub path: &'static str,
    /// The media type of the request body, if it takes one and its framing does not choose it
    /// (multipart chooses its own).
    pub content_type: Option<&'static str>,
    /// The media type asked for, if a success has content.
    pub accept: Option<&'static str>,
    /// The statuses that mean success: a code such as 204, or 2 for any of 2XX.
    pub success: &'static [u16],
    /// The security requirements, any one of which is enough; each names schemes that are all needed.
    /// Empty: no credential is sent.
    pub security: &'static [&'static [&'static str]],
    /// Whether it may be sent again when nobody knows whether it was applied (`x-retry`).
    pub retry: Retry,
    /// The quota pool it spends from (`x-quota`), a name in [`Api::pools`].
    pub pool: Option<&'static str>,
    /// Where the list of records stands in a success body, as a JSON pointer (`x-records`).
    pub records: Option<&'static str>,
    /// Where the cursor of the next page stands and goes (`x-cursor`).
    pub cursor: Option<Cursor>,
    /// The path the vendor really serves it on, where that is known to differ (`x-observed-path`).
    pub observed_path: Option<&'static str>,
    /// Constant headers the vendor's own integrations send and its document does not name
    /// (`x-observed-headers`). They are not part of the published contract.
    pub observed_headers: &'static [(&'static str, &'static str)],
    /// Answers that mean something else than their status says (`x-answers`), the first that fits first.
    pub answers: &'static [AnswerRule],
}

/// By its name: the rest stands in its document.
impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("api", &self.api).field("id", &self.id).finish_non_exhaustive()
    }
}

/// An answer that means something else than its status says.
#[derive(Debug)]
pub struct AnswerRule {
    /// The status it comes with; `None` for any.
    pub status: Option<u16>,
    /// Where in its JSON body the telling text or value stands, as a JSON pointer; `None` if the status
    /// tells alone.
    pub at: Option<&'static str>,
    /// What stands there.
    pub test: AnswerTest,
    /// What it means.
    pub means: Meaning,
}

/// What stands at the place an [`AnswerRule`] looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerTest {
    /// Anything that stands there; where the rule names no place, any answer at all.
    Any,
    /// `true` or `false`.
    Flag(bool),
    /// Exactly this text.
    Text(&'static str),
    /// A text with this in it, upper and lower case alike.
    Contains(&'static str),
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Success with no records.
    Empty,
    /// The request was wrong.
    Invalid,
    /// The credential was refused.
    Credential,
    /// The credential may not do this.
    Permission,
    /// There is no such thing.
    NotFound,
    /// The state of things forbids it.
    Conflict,
    /// The vendor is busy with something that must end first, such as a job.
    Busy,
    /// The quota is used up.
    Quota,
    /// The vendor is in trouble.
    Unavailable,
    /// The vendor did not do it, and says so in a success.
    Refused,
}

/// Where the cursor of the next page is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// A JSON pointer into the success body.
    pub response: &'static str,
    /// Whether the next request carries it in its query or at a member of its body.
    pub place: CursorPlace,
    /// The parameter's or member's name.
    pub name: &'static str,
}

/// Where a request carries its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CursorPlace {
    /// In the query.
    Query,
    /// In the JSON body.
    Body,
}

/// What happens if an operation is sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retry {
    /// It reads; twice is as good as once.
    Safe,
    /// It writes, and the second write changes nothing.
    UpsertSafe,
    /// A second call duplicates or destroys. Also the default where nothing is known.
    #[default]
    Never,
    /// Look whether the first was applied before sending it again.
    CheckFirst,
}

/// A quota: what may be spent in each window of time, and at once.
#[derive(Debug)]
pub struct Pool {
    /// Its name in the document's overlays.
    pub name: &'static str,
    /// The windows, all of which hold.
    pub windows: &'static [Window],
    /// How many operations may be under way at once.
    pub concurrency: Option<u32>,
}

/// At most `limit` operations in `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many operations.
    pub limit: u32,
    /// The length of the window, in seconds.
    pub seconds: u32,
}
