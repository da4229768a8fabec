//! What generated code names, gathered so that client crates depend on this crate alone.

use std::fmt;

pub use progenitor_client::{ByteStream, QueryParam};
pub use reqwest;

pub use crate::api::{
    AnswerRule, AnswerTest, Api, Cursor, CursorPlace, Meaning, Operation, Pool, Retry, Scheme, SchemeKind,
    Server, Variable, Window,
};
pub use crate::call::{call, call_empty, call_stream};
pub use crate::path::path_segment;
pub use crate::query::{Delimited, Pairs};

use reqwest::header::HeaderValue;

use crate::Error;

/// The text of a header parameter as a header's value.
///
/// # Errors
/// [`Kind::Invalid`](crate::Kind::Invalid) for text that a header cannot carry; it is not repeated.
pub fn header_value(operation: &'static Operation, name: &str, text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text).map_err(|_| {
        Error::invalid(operation, format!("the header `{name}` cannot carry control characters"))
    })
}

/// Whether a body has at most `limit` members that its schema does not declare.
///
/// # Errors
/// [`Kind::Invalid`](crate::Kind::Invalid) if it has more.
pub fn at_most(operation: &'static Operation, count: usize, limit: usize) -> Result<(), Error> {
    if count <= limit {
        return Ok(());
    }
    Err(Error::invalid(
        operation,
        format!("the body has {count} additional members, {limit} at most are allowed"),
    ))
}

/// Writes the names of what is set in a builder; the values may be somebody's.
///
/// # Errors
/// What the formatter reports.
pub fn names_of(f: &mut fmt::Formatter<'_>, name: &str, inputs: &[(&str, bool)]) -> fmt::Result {
    let mut told = f.debug_struct(name);
    for (input, _) in inputs.iter().filter(|(_, is_set)| *is_set) {
        told.field(input, &format_args!("…"));
    }
    told.finish_non_exhaustive()
}

/// What a setter of an optional text takes.
pub trait OptionalText {
    /// The text, if there is one.
    fn into_optional_text(self) -> Option<String>;
}

impl OptionalText for &str {
    fn into_optional_text(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl OptionalText for &String {
    fn into_optional_text(self) -> Option<String> {
        Some(self.clone())
    }
}

impl OptionalText for String {
    fn into_optional_text(self) -> Option<String> {
        Some(self)
    }
}

impl<T: OptionalText> OptionalText for Option<T> {
    fn into_optional_text(self) -> Option<String> {
        self.and_then(T::into_optional_text)
    }
}
