//! From bytes to a typed value, tolerantly: one odd record does not lose its page.

pub(crate) mod charset;
mod lexical;
mod records;

use std::borrow::Cow;

use bytes::Bytes;
use reqwest::StatusCode;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::error::Answer;
use crate::rejected::Oddities;
use crate::{Delivery, Error, Kind, Operation, classify};

/// A decoded body, and what was odd about it.
pub(crate) struct Decoded<T> {
    pub(crate) value: T,
    pub(crate) oddities: Option<Box<Oddities>>,
}

/// Reads JSON as what the caller wants, and keeps it; the last that could be read counts. All but that is the same
/// for every type, and compiled once.
type Read<'a> = dyn FnMut(&[u8]) -> Result<(), serde_json::Error> + 'a;

/// Decodes the body of a success. An empty one is `null`, which is what an operation that may answer without
/// content declares. If the whole does not decode and the operation has a list of records, each record is
/// tried on its own and the odd ones are set aside. A list of more than `most` records is not decoded.
pub(crate) fn decode<T: DeserializeOwned>(
    operation: &'static Operation,
    answer: &Answer,
    most: usize,
) -> Result<Decoded<T>, Error> {
    let mut value = None;
    let oddities = read_answer(operation, answer, most, &mut |json| {
        value = Some(serde_json::from_slice(json)?);
        Ok(())
    })?;
    let nothing = || failed(Kind::Decode, operation, answer, "nothing was read of the answer".to_owned());
    Ok(Decoded { value: value.ok_or_else(nothing)?, oddities })
}

fn read_answer(
    operation: &'static Operation,
    answer: &Answer,
    most: usize,
    read: &mut Read<'_>,
) -> Result<Option<Box<Oddities>>, Error> {
    let body = charset::plain(&answer.body);
    let is_empty = body.iter().all(u8::is_ascii_whitespace);
    let json: &[u8] = if is_empty { b"null" } else { &body };
    // The shortest record is a character and a comma, but takes as much memory as any other.
    if json.len() / 2 >= most
        && let Some(pointer) = operation.records
        && lexical::has_more(json, &lexical::names(pointer), most)
    {
        let detail = format!("the answer has more than {most} records, which is as many as are read");
        return Err(failed(Kind::TooLarge, operation, answer, detail));
    }
    match read(json) {
        Ok(()) => Ok(None),
        Err(_) if is_empty => {
            let detail = "the answer is empty although content was promised".to_owned();
            Err(failed(Kind::Empty, operation, answer, detail))
        }
        Err(fault) => mended(operation, answer, json, &fault, read),
    }
}

/// What can be had of a body that does not decode as it is.
#[cold]
fn mended(
    operation: &'static Operation,
    answer: &Answer,
    json: &[u8],
    fault: &serde_json::Error,
    read: &mut Read<'_>,
) -> Result<Option<Box<Oddities>>, Error> {
    if let Some(json) = charset::labelled(json, &answer.headers) {
        return match read(&json) {
            Ok(()) => Ok(None),
            Err(fault) => in_part(operation, answer, &json, &fault, read),
        };
    }
    in_part(operation, answer, json, fault, read)
}

fn in_part(
    operation: &'static Operation,
    answer: &Answer,
    json: &[u8],
    fault: &serde_json::Error,
    read: &mut Read<'_>,
) -> Result<Option<Box<Oddities>>, Error> {
    if is_repeated(fault) && last_wins(json).is_ok_and(|json| read(&json).is_ok()) {
        return Ok(Some(Box::new(Oddities { repeated: true, ..Oddities::default() })));
    }
    // Whoever pages would stop, and a failure would pass for a success, if these were left out.
    let cursor = operation.cursor.map(|cursor| cursor.response);
    let telling: Vec<&str> = operation.answers.iter().filter_map(|rule| rule.at).chain(cursor).collect();
    if let Some(pointer) = operation.records
        && let Some(oddities) = records::each(json, pointer, &telling, read)
    {
        return Ok(Some(Box::new(oddities)));
    }
    let detail = format!("the answer is not what the document promises: {}", expected(fault, json));
    Err(failed(Kind::Decode, operation, answer, detail))
}

fn failed(kind: Kind, operation: &'static Operation, answer: &Answer, detail: String) -> Error {
    let is_named = classify::is_success(operation, answer.status) || answer.status == StatusCode::NO_CONTENT;
    let error = if is_named {
        Error::new(kind, Some(operation), detail)
    } else {
        Error::new(
            Kind::UnexpectedStatus,
            Some(operation),
            format!("{}; {detail}", classify::UNNAMED_SUCCESS),
        )
    };
    error.delivered(Delivery::Answered).answered(answer.clone())
}

/// How serde reports a member that an object names twice.
const REPEATED: &str = "duplicate field `";

fn is_repeated(fault: &serde_json::Error) -> bool {
    fault.is_data() && fault.to_string().starts_with(REPEATED)
}

/// Of members that are named twice, the last.
fn last_wins(json: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::from_slice::<Value>(json).map(|value| value.to_string().into_bytes())
}

/// What serde reports, cut down to what holds no data: what was expected or which field is missing, and where.
fn expected(fault: &serde_json::Error, json: &[u8]) -> String {
    match lexical::place(json, fault.line(), fault.column()) {
        place if place.is_empty() => wanted(fault),
        place => format!("{} at {place}", wanted(fault)),
    }
}

fn wanted(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    let without_place = |text: &str| text.split(" at line ").next().unwrap_or(text).to_owned();
    match text.rsplit_once(", expected ") {
        Some((_, expected)) if expected.starts_with("struct ") => "expected an object".to_owned(),
        Some((_, expected)) => format!("expected {}", without_place(expected)),
        None if text.starts_with("missing field `") || text.starts_with(REPEATED) => without_place(&text),
        None if fault.is_data() => "a value of another kind was expected".to_owned(),
        None if text.starts_with("recursion limit") => "nested deeper than is read".to_owned(),
        None => format!("not valid JSON at line {} column {}", fault.line(), fault.column()),
    }
}

/// Whether a body is markup rather than JSON, whatever its media type says.
pub(crate) fn is_markup(body: &Bytes) -> bool {
    charset::plain(body).iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
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
    match pointer.strip_prefix('/') {
        Some(name) if !name.contains(['/', '~']) => member(body, name),
        _ => serde_json::from_slice::<Value>(&charset::plain(body)).ok()?.pointer(pointer).cloned(),
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
    let body = charset::plain(body);
    // Most answers do not have the member at all, which a plain search tells sooner than a parser.
    memchr::memmem::find(&body, name.as_bytes())?;
    let mut found = None;
    let _ = serde_json::Deserializer::from_slice(&body).deserialize_map(Member { name, found: &mut found });
    found
}
