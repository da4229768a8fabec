//! What a document says of itself and of its operations, taken before progenitor's needs narrow it.
//!
//! `revops-runtime` has the same facts as constants (`revops_runtime::Api`); [`crate::emit`] writes them.

/// One API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiMeta {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The servers, the default one first.
    pub servers: Vec<ServerMeta>,
    /// The security schemes.
    pub schemes: Vec<SchemeMeta>,
    /// The quota pools (`x-quota` at the root).
    pub pools: Vec<PoolMeta>,
    /// Constant headers of the observed contract (`x-observed-headers`).
    pub observed_headers: Vec<(String, String)>,
    /// The environment variable of the base URL (`x-env.base_url`).
    pub base_url_env: Option<String>,
    /// The component that every error body follows (`x-error-schema`, else the one all errors refer to).
    pub error_schema: Option<String>,
    /// The operations, in the order of the document.
    pub operations: Vec<OperationMeta>,
}

/// A base URL with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerMeta {
    /// The URL with `{name}` where a variable goes.
    pub url: String,
    /// Its variables.
    pub variables: Vec<VariableMeta>,
}

/// One server variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableMeta {
    /// Its name.
    pub name: String,
    /// Its default; `None` if the caller must choose (`x-required`).
    pub default: Option<String>,
    /// The values the document lists.
    pub known: Vec<String>,
    /// Its environment variable (`x-env`).
    pub env: Option<String>,
    /// Its description, for the builder's method.
    pub description: String,
}

/// One security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeMeta {
    /// Its name in the document.
    pub name: String,
    /// How the credential is sent.
    pub kind: SchemeKindMeta,
    /// Its environment variables, in the order of its parts.
    pub env: Vec<String>,
    /// Its description, for the builder's method.
    pub description: String,
}

/// How a credential is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKindMeta {
    /// In a header of its own.
    Header {
        /// The header's name, lower case.
        name: String,
        /// What stands before the key (`x-prefix`).
        prefix: String,
    },
    /// HTTP Basic.
    Basic,
    /// HTTP Bearer, and what ends as one: tokens of OAuth 2 and its like.
    Bearer,
}

/// One quota pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolMeta {
    /// Its name.
    pub name: String,
    /// Pairs of limit and seconds.
    pub windows: Vec<(u32, u32)>,
    /// How many may be under way at once.
    pub concurrency: Option<u32>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationMeta {
    /// The `operationId`: the document's, or one made from method and path.
    pub id: String,
    /// Upper case.
    pub method: String,
    /// The template.
    pub path: String,
    /// The parameters whose style progenitor does not know, with what joins their items.
    pub joined: Vec<(String, String)>,
    /// The request body.
    pub request: Option<RequestMeta>,
    /// The media type asked for.
    pub accept: Option<String>,
    /// Success statuses: codes, or 2 for `2XX`.
    pub success: Vec<u16>,
    /// Alternatives of scheme names.
    pub security: Vec<Vec<String>>,
    /// `x-retry`.
    pub retry: RetryMeta,
    /// `x-quota` of the operation.
    pub pool: Option<String>,
    /// `x-records`.
    pub records: Option<String>,
    /// `x-cursor`.
    pub cursor: Option<CursorMeta>,
    /// `x-observed-path`.
    pub observed_path: Option<String>,
    /// `x-answers` of the operation, then of the root.
    pub answers: Vec<AnswerMeta>,
}

/// One rule of `x-answers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerMeta {
    /// The status it comes with; `None` for any.
    pub status: Option<u16>,
    /// A JSON pointer into the body.
    pub at: Option<String>,
    /// What stands there.
    pub test: AnswerTestMeta,
    /// The name of what it means, such as `empty`.
    pub means: String,
}

/// What stands at the place an `x-answers` rule looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerTestMeta {
    /// Anything.
    Any,
    /// `equals: true` or `equals: false`.
    Flag(bool),
    /// `equals: text`.
    Text(String),
    /// `contains: text`.
    Contains(String),
}

/// A request body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestMeta {
    /// The media type chosen among those the document offers.
    pub media_type: String,
    /// How it is written.
    pub form: BodyForm,
    /// How many undeclared members its object may have (`x-max-additional-properties`).
    pub max_additional: Option<u32>,
}

/// How a request body is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyForm {
    /// As JSON, whatever `+json` type it goes under.
    Json,
    /// As `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// As it is given.
    Raw,
    /// As a multipart form of these parts.
    Multipart(Vec<PartMeta>),
}

/// One part of a multipart form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartMeta {
    /// Its name on the wire.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Whether there may be several of its name: the document says it is a list.
    pub repeated: bool,
    /// Its description.
    pub description: String,
}

/// `x-retry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetryMeta {
    /// It reads.
    Safe,
    /// A second write changes nothing.
    UpsertSafe,
    /// A second call duplicates or destroys, or nothing is known.
    #[default]
    Never,
    /// Look before repeating.
    CheckFirst,
}

/// `x-cursor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorMeta {
    /// A JSON pointer into the success body.
    pub response: String,
    /// Whether the request carries it in its body rather than its query.
    pub in_body: bool,
    /// Its name there.
    pub name: String,
}
