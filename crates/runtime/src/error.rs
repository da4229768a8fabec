//! What went wrong, where, and what to do next.

mod kind;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::api::Retry;
use crate::decode::charset;
use crate::delivery::{Failure, Refusal};
use crate::{Api, Connection, Delivery, Operation, Rejected};

pub use kind::Kind;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Headers in which vendors and their gateways name a request, for their support.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "x-traceid", "x-gs-request-id"];

/// An operation that did not succeed, or a client that could not be built.
///
/// Its `Display` is one line a person can act on: vendor, operation, status, what happened, what became of
/// the request. It never holds a credential, a body or a query value; what the vendor answered is there on
/// request, by [`status`](Self::status), [`headers`](Self::headers), [`text`](Self::text) and
/// [`body`](Self::body).
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    operation: Option<&'static Operation>,
    detail: String,
    delivery: Delivery,
    answer: Option<Answer>,
    attempts: u32,
    elapsed: Duration,
    source: Option<Source>,
    /// The vendor named the request with a credential of the caller's.
    echoed: bool,
    /// Time alone will not change it, whatever its kind.
    lasting: bool,
    /// An attempt before the last one may have been processed.
    doubted: bool,
}

/// What the vendor answered.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The body that a vendor's errors follow, as its document declares it.
pub trait ErrorBody: DeserializeOwned {
    /// The API whose errors look like this.
    fn api() -> &'static Api;
}

impl Error {
    /// A request that was refused here, before anything was sent.
    #[must_use]
    pub fn invalid(operation: &'static Operation, detail: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, Some(operation), detail)
    }

    /// An answer that is a success and yet lacks what was asked for.
    #[must_use]
    pub fn empty(operation: &'static Operation, detail: impl Into<String>) -> Self {
        Self::new(Kind::Empty, Some(operation), detail).delivered(Delivery::Answered)
    }

    /// A request that was not made, because the vendor is busy with something that must end first.
    #[must_use]
    pub fn busy(operation: &'static Operation, detail: impl Into<String>) -> Self {
        Self::new(Kind::Busy, Some(operation), detail)
    }

    /// A record of a list that could not be decoded, for who takes that for a failure. The record is the
    /// source of the error.
    #[must_use]
    pub fn rejected(operation: &'static Operation, rejected: Rejected) -> Self {
        let error = Self::new(Kind::Decode, Some(operation), rejected.to_string());
        error.delivered(Delivery::Answered).caused_by(rejected)
    }

    /// A client that cannot be built from what was given.
    pub(crate) fn setup(kind: Kind, detail: impl Into<String>) -> Self {
        Self::new(kind, None, detail)
    }

    /// A failure of which nothing was sent; what differs is added by the methods below.
    pub(crate) fn new(kind: Kind, operation: Option<&'static Operation>, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            detail: detail.into(),
            delivery: Delivery::NotSent,
            answer: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            source: None,
            echoed: false,
            lasting: false,
            doubted: false,
        }))
    }

    pub(crate) fn delivered(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self
    }

    pub(crate) fn answered(mut self, answer: Answer) -> Self {
        self.0.answer = Some(answer);
        self
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn attempted(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }

    /// The same, without a request id that repeats a credential.
    pub(crate) fn masked(mut self, connection: &Connection) -> Self {
        self.0.echoed = self.request_id().is_some_and(|id| connection.sends(&id));
        self
    }

    /// The same, which no later call will be spared without a change.
    pub(crate) fn lasting(mut self) -> Self {
        self.0.lasting = true;
        self
    }

    /// The same, of the client of a vendor that could not be built; `given` are the variables it was read from.
    pub(crate) fn building(mut self, api: &Api, given: &[&str]) -> Self {
        let read = if given.is_empty() { String::new() } else { format!(" ({})", given.join(" or ")) };
        self.0.detail = format!("{}: {}{read}", api.title, self.0.detail);
        self
    }

    /// What happened, without where and how often.
    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The same, after an attempt that may have been processed.
    pub(crate) fn after_doubt(mut self, doubted: bool) -> Self {
        self.0.doubted = doubted;
        self
    }

    /// Says why nothing more was tried.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.0.detail.push_str("; ");
        self.0.detail.push_str(reason);
        self
    }

    pub(crate) fn on(mut self, operation: &'static Operation) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Whether the request may have been applied all the same.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// Whether the same call can succeed later without a change: quota, outage, timeout, a broken
    /// connection, a vendor that is busy. Whether sending it again is safe is what
    /// [`delivery`](Self::delivery) and the operation's [`retry`](Operation::retry) tell.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let may_pass = matches!(
            self.0.kind,
            Kind::Quota { .. }
                | Kind::Unavailable
                | Kind::Timeout
                | Kind::Connect
                | Kind::Transport
                | Kind::Incomplete
                | Kind::Busy
                | Kind::UnexpectedContent
        );
        may_pass && !self.0.lasting
    }

    /// Whether this attempt or one before it may have been applied: then a 404 to a deletion can mean that it was
    /// done, and a 409 to a creation that the first attempt created.
    #[must_use]
    pub fn may_have_been_applied(&self) -> bool {
        self.0.doubted || self.0.delivery == Delivery::MaybeProcessed
    }

    /// How many attempts were made; 0 if the request never left.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the operation took, with all its attempts and waits.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// How long the vendor asks to wait, or the quota's window takes, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.0.kind {
            Kind::Quota { retry_after } => retry_after,
            _ => crate::retry_after::retry_after(self.headers()?),
        }
    }

    /// The operation that failed; `None` if a client could not be built.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The HTTP status, if the vendor answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The response headers, if the vendor answered.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The body as the vendor sent it, whatever it is. It may hold personal data.
    #[must_use]
    pub fn bytes(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// The body as text, in the encoding it comes in; what cannot be read is replaced. It may hold personal
    /// data.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        self.0.answer.as_ref().map(|answer| charset::text(&answer.body, &answer.headers))
    }

    /// What the body is about: of its first 200 words those that are common in messages of failure, `…` for
    /// all others. Enough to recognise a maintenance page or a login, nothing to recognise a person or a key.
    #[must_use]
    pub fn excerpt(&self) -> Option<String> {
        self.text().map(|text| crate::excerpt::excerpt(&text))
    }

    /// The body as the vendor's declared error type, if it is one and comes from that vendor's API.
    #[must_use]
    pub fn body<B: ErrorBody>(&self) -> Option<B> {
        let operation = self.operation()?;
        let ours = B::api().operations.iter().any(|candidate| std::ptr::eq(*candidate, operation));
        if ours { serde_json::from_str(&self.text()?).ok() } else { None }
    }

    /// The name the vendor gave the request, for its support: from a header, else from the body. `None` if
    /// it repeats the credential, or is something else than a name: longer than 128 characters, or with others
    /// in it than letters, digits, `-`, `_`, `.` and `:`. A body can hold anything there.
    #[must_use]
    pub fn request_id(&self) -> Option<Cow<'_, str>> {
        if self.0.echoed {
            return None;
        }
        let in_header =
            |name: &&str| self.headers()?.get(*name)?.to_str().ok().filter(|id| is_identifier(id));
        match REQUEST_ID_HEADERS.iter().find_map(in_header) {
            Some(id) => Some(Cow::Borrowed(id)),
            None => crate::decode::text_member(self.bytes()?, "requestId")
                .filter(|id| is_identifier(id))
                .map(Cow::Owned),
        }
    }
}

impl Failure for Error {
    fn delivery(&self) -> Delivery {
        self.delivery()
    }

    fn is_retryable(&self) -> bool {
        self.is_retryable()
    }

    fn rejects_whole(&self) -> bool {
        match self.kind() {
            Kind::Invalid | Kind::Refused | Kind::Conflict => true,
            // A status of that meaning is about the path; a code in the body, about what a record points to.
            Kind::NotFound => !matches!(self.status(), Some(StatusCode::NOT_FOUND | StatusCode::GONE)),
            _ => self.status() == Some(StatusCode::PAYLOAD_TOO_LARGE),
        }
    }

    fn refusal(&self) -> Option<Refusal> {
        // Of a request that was not sent, or not answered, nobody refused anything.
        match self.kind() {
            _ if self.delivery() != Delivery::Answered => None,
            Kind::Credential | Kind::Permission => Some(Refusal::TurnedAway),
            Kind::Conflict => Some(Refusal::Conflict),
            Kind::Invalid | Kind::Refused | Kind::NotFound => Some(Refusal::Content),
            _ => self.status().filter(StatusCode::is_client_error).map(|_| Refusal::Content),
        }
    }

    fn is_doubted(&self) -> bool {
        self.may_have_been_applied()
    }

    fn cursor_expired(&self) -> bool {
        // Nobody documents the answer to an expired cursor; a request that named one and was refused as
        // invalid, or whose target is gone, is taken for it by whoever pages.
        matches!(self.kind(), Kind::Invalid | Kind::NotFound)
            && matches!(self.status(), Some(StatusCode::GONE | StatusCode::BAD_REQUEST))
    }

    fn into_error(self) -> Option<Error> {
        Some(self)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{} {}: ", operation.api, operation.id)?;
        }
        if let Some(status) = self.status() {
            write!(f, "HTTP {}: ", status.as_u16())?;
        }
        f.write_str(&self.0.detail)?;
        let mut notes: Vec<String> =
            self.request_id().map(|id| format!("request {id}")).into_iter().collect();
        if self.0.attempts > 1 {
            notes.push(format!("{} attempts in {:.1?}", self.0.attempts, self.0.elapsed));
        }
        // Where nothing is written, nothing can have been applied.
        let is_worth_telling = match self.0.delivery {
            Delivery::Answered => false,
            Delivery::NotSent => true,
            Delivery::MaybeProcessed => {
                self.operation().is_none_or(|operation| operation.retry != Retry::Safe)
            }
        };
        if self.0.attempts > 0 && is_worth_telling {
            notes.push(self.0.delivery.to_string());
        }
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join(", ")) }
    }
}

/// What ends up in a line must not be able to forge one, nor carry anything but an identifier.
pub(crate) fn is_identifier(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    !id.is_empty() && id.len() <= 128 && id.chars().all(is_plain)
}

impl fmt::Debug for Error {
    /// The same facts as `Display`, named; no body and no headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", &self.operation().map(|operation| operation.id))
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("detail", &self.0.detail)
            .field("delivery", &self.0.delivery)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
