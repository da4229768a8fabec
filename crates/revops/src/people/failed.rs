//! Why a step of a flow went wrong, whoever took it.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::{Delivery, Error, PagingError};

/// What a system does for a flow: done when it is awaited, and boxed, as a [`Call`](crate::Call) is. A call to
/// one of our vendors becomes one by `map_err(Failed::from)`, of `futures::TryFutureExt`.
pub type Step<T> = BoxFuture<'static, Result<T, Failed>>;

/// Why a step went wrong.
///
/// It is made from a [`revops::Error`](Error) by `?`, and by [`Failed::new`] for a vendor of one's own. It
/// serialises without what caused it.
///
/// ```
/// use revops::Delivery;
/// use revops::people::Failed;
///
/// fn unlock() -> Result<(), Failed> {
///     let answer = std::fs::read_to_string("no/such/door");
///     answer.map(drop).map_err(|error| {
///         let failed = Failed::new("Doors unlock: the door cannot be reached").caused_by(error);
///         failed.with_retryable(true).with_delivery(Delivery::NotSent)
///     })
/// }
///
/// let failed = unlock().unwrap_err();
/// assert!(failed.retryable && failed.error().is_none());
/// assert_eq!(failed.to_string(), "Doors unlock: the door cannot be reached");
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failed {
    /// One line of what happened, without personal data.
    pub reason: String,
    /// Whether doing it again later may succeed.
    pub retryable: bool,
    /// Whether it may have been done all the same.
    pub delivery: Delivery,
    #[serde(skip)]
    cause: Option<Cause>,
}

/// What made a step go wrong, which several of them can share.
pub(super) type Cause = Arc<dyn StdError + Send + Sync>;

impl Failed {
    /// What happened in one line. It is printed, logged and saved with reports, so it should name the system and
    /// no person. Nothing is known of it yet: it is not retryable and may have been done all the same.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retryable: false, delivery: Delivery::MaybeProcessed, cause: None }
    }

    /// The same, and whether doing it again later may succeed.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.retryable = retryable;
        self
    }

    /// The same, and whether it may have been done all the same.
    #[must_use]
    pub fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// The same, with its cause as [`source`](StdError::source). Nothing of it gets into the reason.
    #[must_use]
    pub fn caused_by(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// The same, with a cause that others have too.
    pub(super) fn sharing(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
        self
    }

    /// The error behind it, with the vendor's own words ([`Error::text`], [`Error::body`]), which can hold
    /// personal data. `None` if it was none of ours, or if the report was saved and read again.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.cause.as_deref()?.downcast_ref()
    }

    /// The same, and what else keeps the line open.
    pub(super) fn beside(mut self, other: &Self) -> Self {
        self.reason = format!("{}; besides, {other}", self.reason);
        self.and(other)
    }

    /// The same, after something that was no failure.
    pub(super) fn following(mut self, before: &str) -> Self {
        self.reason = format!("{before}; besides, {}", self.reason);
        self
    }

    /// The same, after which another record of the person failed too.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.retryable |= other.retryable;
        if other.delivery == Delivery::MaybeProcessed {
            self.delivery = other.delivery;
        }
        self
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        // An attempt before the one that was answered may have done it.
        let is_doubted = error.may_have_been_applied();
        let delivery = if is_doubted { Delivery::MaybeProcessed } else { error.delivery() };
        let failed = Self::new(error.to_string());
        failed.with_retryable(error.is_retryable()).with_delivery(delivery).caused_by(error)
    }
}

impl From<PagingError<Error>> for Failed {
    fn from(error: PagingError<Error>) -> Self {
        Self::from(Error::from(error))
    }
}

/// By what is told of it; the causes are not compared.
impl PartialEq for Failed {
    fn eq(&self, other: &Self) -> bool {
        (&self.reason, self.retryable, self.delivery) == (&other.reason, other.retryable, other.delivery)
    }
}

impl Eq for Failed {}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failed")
            .field("reason", &self.reason)
            .field("retryable", &self.retryable)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

impl StdError for Failed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause: &(dyn StdError + 'static) = self.cause.as_deref()?;
        Some(cause)
    }
}
