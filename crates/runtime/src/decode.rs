//! From bytes to a typed value, tolerantly: one odd record does not lose its page.

use std::borrow::Cow;

use bytes::Bytes;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::error::Answer;
use crate::rejected::Rejected;
use crate::{Delivery, Error, Kind, Operation};

/// A decoded body, the records of its list that were odd, and what was odd about the body as a whole.
pub(crate) struct Decoded<T> {
    pub(crate) value: T,
    pub(crate) rejected: Vec<Rejected>,
    /// Whether an object named a member twice that the document names; the last one was taken.
    pub(crate) repeated: bool,
}

/// Decodes the body of a success. An empty one is `null`, which is what an operation that may answer without
/// content declares. If the whole does not decode and the operation has a list of records, each record is
/// tried on its own and the odd ones are set aside.
pub(crate) fn decode<T: DeserializeOwned>(
    operation: &'static Operation,
    answer: &Answer,
) -> Result<Decoded<T>, Error> {
    let body = without_bom(&answer.body);
    let json: &[u8] = if body.is_empty() { b"null" } else { body };
    let fault = match serde_json::from_slice(json) {
        Ok(value) => return Ok(Decoded { value, rejected: Vec::new(), repeated: false }),
        Err(fault) => fault,
    };
    let repeated = fault.to_string().starts_with(REPEATED);
    if repeated && let Some(value) = last_wins(json) {
        return Ok(Decoded { value, rejected: Vec::new(), repeated });
    }
    if let Some(pointer) = operation.records
        && let Some((value, rejected)) = record_by_record(json, pointer)
    {
        return Ok(Decoded { value, rejected, repeated });
    }
    let (kind, detail) = if body.is_empty() {
        (Kind::Empty, "the answer is empty although content was promised".to_owned())
    } else {
        (Kind::Decode, format!("the answer is not what the document promises: {}", expected(&fault)))
    };
    Err(Error::new(kind, Some(operation), detail).delivered(Delivery::Answered).answered(answer.clone()))
}

/// How serde reports a member that an object names twice.
const REPEATED: &str = "duplicate field `";

/// Of members that are named twice, the last.
fn last_wins<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    serde_json::from_value(serde_json::from_slice(json).ok()?).ok()
}

/// The body with its odd records taken out. `None` if there is no list at `pointer`, or the rest does not
/// decode either.
fn record_by_record<T: DeserializeOwned>(json: &[u8], pointer: &str) -> Option<(T, Vec<Rejected>)> {
    // Invalid UTF-8 in one text would make the parser refuse the page; the record it stands in is odd.
    let text = String::from_utf8_lossy(json);
    let was_invalid = matches!(text, Cow::Owned(_));
    let mut whole: Value = serde_json::from_str(&text).ok()?;
    let Value::Array(records) = whole.pointer_mut(pointer)?.take() else { return None };
    if was_invalid && holds_replacement(&whole) {
        // It is not a record that is odd, and nobody would be told.
        return None;
    }
    let mut kept = Vec::with_capacity(records.len());
    let mut rejected = Vec::new();
    for (index, record) in records.into_iter().enumerate() {
        if was_invalid && holds_replacement(&record) {
            rejected.push(Rejected::new(index, "a text is not valid UTF-8", record));
            continue;
        }
        *whole.pointer_mut(pointer)? = Value::Array(vec![record.clone()]);
        match T::deserialize(&whole) {
            Ok(_) => kept.push(record),
            Err(fault) => rejected.push(Rejected::new(index, expected(&fault), record)),
        }
    }
    *whole.pointer_mut(pointer)? = Value::Array(kept);
    let value = serde_json::from_value(whole).ok()?;
    Some((value, rejected))
}

fn holds_replacement(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\u{fffd}'),
        Value::Array(items) => items.iter().any(holds_replacement),
        Value::Object(members) => {
            members.iter().any(|(key, value)| key.contains('\u{fffd}') || holds_replacement(value))
        }
        _ => false,
    }
}

/// What serde reports, cut down to what holds no data: what was expected, or which field is missing.
fn expected(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {}", without_place(expected)),
        None if text.starts_with("missing field `") || text.starts_with(REPEATED) => {
            without_place(&text).to_owned()
        }
        None if fault.is_data() => "a value of another kind was expected".to_owned(),
        None => format!("not valid JSON at line {} column {}", fault.line(), fault.column()),
    }
}

fn without_place(text: &str) -> &str {
    text.split(" at line ").next().unwrap_or(text)
}

pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Whether a body is markup rather than JSON, whatever its media type says.
pub(crate) fn is_markup(body: &Bytes) -> bool {
    without_bom(body).iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// The text of one member at the top of a JSON object, without decoding the rest.
pub(crate) fn text_member(body: &[u8], name: &str) -> Option<String> {
    match member(body, name)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// What stands at a JSON pointer. A pointer of one name is read without building the rest of the document,
/// as it is looked for in every answer of some vendors.
pub(crate) fn at_pointer(body: &[u8], pointer: &str) -> Option<Value> {
    let body = without_bom(body);
    match pointer.strip_prefix('/') {
        Some(name) if !name.contains(['/', '~']) => member(body, name),
        _ => serde_json::from_slice::<Value>(body).ok()?.pointer(pointer).cloned(),
    }
}

fn member(body: &[u8], name: &str) -> Option<Value> {
    struct Member<'a> {
        name: &'a str,
        found: &'a mut Option<Value>,
    }
    impl<'de> Visitor<'de> for Member<'_> {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                if key == self.name {
                    *self.found = Some(map.next_value()?);
                    // What follows is of no interest; that the parser complains is neither.
                    return Ok(());
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let body = without_bom(body);
    // Most answers do not have the member at all, which a plain search tells sooner than a parser.
    memchr::memmem::find(body, name.as_bytes())?;
    let mut found = None;
    let _ = serde_json::Deserializer::from_slice(body).deserialize_map(Member { name, found: &mut found });
    found
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde::Deserialize;

    use super::*;

    thread_local!(static DECODED: Cell<usize> = const { Cell::new(0) });

    #[derive(Debug)]
    struct Counted;

    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            DECODED.set(DECODED.get() + 1);
            u8::deserialize(deserializer).map(|_| Self)
        }
    }

    #[derive(Debug, Deserialize)]
    struct Page {
        users: Vec<Counted>,
    }

    #[test]
    fn the_work_grows_with_the_records_and_not_with_their_square() {
        let mut records = vec!["1"; 1000];
        records[500] = "\"one\"";
        let body = format!("{{\"users\":[{}]}}", records.join(","));
        let (page, rejected): (Page, _) = record_by_record(body.as_bytes(), "/users").unwrap();
        assert_eq!((page.users.len(), rejected.len(), rejected[0].index), (999, 1, 500));
        assert!(DECODED.get() <= 2 * records.len(), "{}", DECODED.get());
    }

    #[test]
    fn what_is_not_utf8_outside_the_records_is_not_replaced_in_silence() {
        let body = b"{\"users\":[1],\"id\":\"\xff\"}";
        assert!(record_by_record::<Page>(body, "/users").is_none());
    }
}
