//! A decoded answer with its status and headers.

use std::fmt;
use std::ops::{Deref, DerefMut};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::Rejected;
use crate::decode::Decoded;
use crate::rejected::{OddMember, Oddities};

/// What a vendor answered to one operation: the value, and the envelope it came in.
///
/// It dereferences to the value, so that its fields can be read without taking it out.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    /// Behind a pointer, as there are none in most answers.
    oddities: Option<Box<Oddities>>,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self { value, status, headers, oddities: None }
    }

    pub(crate) fn decoded(decoded: Decoded<T>, status: StatusCode, headers: HeaderMap) -> Self {
        let Decoded { value, oddities } = decoded;
        Self { value, status, headers, oddities }
    }

    /// The records of the operation's list that could not be decoded. The value holds the others, in order;
    /// [`Rejected::index`] tells where each of these stood among all.
    pub fn rejected(&self) -> &[Rejected] {
        self.oddities.as_ref().map(|odd| odd.rejected.as_slice()).unwrap_or_default()
    }

    /// The members beside the operation's list that could not be decoded and were left out, so that they do not
    /// cost the page: a request id that is a number, say. Never one that tells of a next page or a failure.
    pub fn odd_members(&self) -> &[OddMember] {
        self.oddities.as_ref().map(|odd| odd.members.as_slice()).unwrap_or_default()
    }

    /// Whether an object in the body named a member twice, of those the document names. The last one was
    /// taken, as most readers of JSON do; the vendor should be told.
    pub fn has_repeated_members(&self) -> bool {
        self.oddities.as_ref().is_some_and(|odd| odd.repeated)
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The value, and the records that could not be decoded.
    pub fn into_parts(self) -> (T, Vec<Rejected>) {
        let rejected = self.oddities.map(|odd| odd.rejected).unwrap_or_default();
        (self.value, rejected)
    }

    /// The HTTP status, for operations that document several successes.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The same envelope around another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: change(self.value),
            status: self.status,
            headers: self.headers,
            oddities: self.oddities,
        }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> fmt::Debug for Response<T> {
    /// Status and type. The value can hold personal data and the headers session cookies; a test that fails
    /// by printing what it did not expect would show them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("value", &format_args!("{}", std::any::type_name::<T>()))
            .field("rejected", &self.rejected().len())
            .finish_non_exhaustive()
    }
}
