//! One path parameter fills exactly one segment of a path.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, Operation};

/// Everything but what RFC 3986 lets stand raw in a segment. `;` is escaped too (some servers read path
/// parameters behind it), and `%`, so that text that looks escaped already stays text.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// `value` as one segment of the path of `operation`.
///
/// # Errors
/// [`Kind::Invalid`](crate::Kind::Invalid) for an empty value, `.` and `..`: URLs give them a meaning of
/// their own, so that they would call another operation. The value itself is not repeated in the error.
pub fn path_segment<'a>(
    operation: &'static Operation,
    name: &str,
    value: &'a str,
) -> Result<Cow<'a, str>, Error> {
    let reason = match value {
        "" => "is empty",
        "." | ".." => "is a dot segment, which would leave its place in the path",
        _ => return Ok(utf8_percent_encode(value, ESCAPED).into()),
    };
    Err(Error::invalid(operation, format!("the path parameter `{name}` {reason}")))
}
