//! Judges the path parameters and the query.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Number, Value};

use crate::operation::{In, Operation, Parameter};
use crate::violation::{Place, Reason};

/// Decoded and typed parameters by name.
pub(crate) type Values = BTreeMap<&'static str, Value>;

/// Types the path parameters by their schemas.
pub(crate) fn judge_path(
    operation: &'static Operation,
    sent: BTreeMap<&'static str, String>,
    reasons: &mut Vec<Reason>,
) -> Values {
    let mut values = Values::new();
    for (name, text) in sent {
        if text.is_empty() {
            reasons.push(Reason::new(
                Place::Path,
                format!("/{name}"),
                format!("path parameter `{name}` is empty"),
            ));
        } else if let Some(parameter) = operation.parameter(In::Path, name) {
            values.insert(name, typed(parameter, text, Place::Path, reasons));
        } else {
            reasons.push(Reason::new(
                Place::Path,
                format!("/{name}"),
                format!("`{name}` is declared nowhere"),
            ));
        }
    }
    values
}

/// Every name must be declared and come once, every value be what its schema asks for.
pub(crate) fn judge_query(operation: &'static Operation, query: &str, reasons: &mut Vec<Reason>) -> Values {
    let mut seen = Values::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(text)) = (decode_form(name), decode_form(text)) else {
            reasons.push(Reason::new(Place::Query, "", "the query is not percent-encoded UTF-8"));
            continue;
        };
        let found = operation.parameter(In::Query, &name);
        if found.is_none() && is_bare(pair) {
            reasons.push(Reason::new(Place::Query, "", "a part without a value is no query parameter"));
            continue;
        }
        let mut object = |text: String| reasons.push(Reason::new(Place::Query, format!("/{name}"), text));
        let Some(parameter) = found else {
            object(format!("unknown query parameter `{name}`"));
            continue;
        };
        if seen.contains_key(parameter.name.as_str()) {
            object(format!("query parameter `{name}` came more than once"));
        } else {
            seen.insert(&parameter.name, typed(parameter, text, Place::Query, reasons));
        }
    }
    for parameter in operation.parameters.iter().filter(|it| it.place == In::Query && it.required) {
        let name = parameter.name.as_str();
        if !seen.contains_key(name) {
            let text = format!("required query parameter `{name}` is missing");
            reasons.push(Reason::new(Place::Query, format!("/{name}"), text));
        }
    }
    seen
}

/// Whether a part of a query has no value and so could be one that lost its name: a key in base64 ends in
/// `=` as often as not.
pub(crate) fn is_bare(part: &str) -> bool {
    let value = part.split_once('=').map_or("", |(_, value)| value);
    value.replace("%3D", "=").replace("%3d", "=").bytes().all(|byte| byte == b'=')
}

/// The text as the type its schema asks for, and what the schema objects to.
pub(crate) fn typed(parameter: &Parameter, text: String, place: Place, reasons: &mut Vec<Reason>) -> Value {
    let value = read_as(parameter.schema.value(), text);
    for objection in parameter.schema.judge(&value) {
        reasons.push(Reason::new(place, format!("/{}", parameter.name), objection.text));
    }
    value
}

/// Text that does not read as the type stays text, for the schema to object to.
fn read_as(schema: &Value, text: String) -> Value {
    let is = |name: &str| match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|it| it == name),
        Some(kind) => kind == name,
        None => false,
    };
    if is("boolean") && (text == "true" || text == "false") {
        return Value::Bool(text == "true");
    }
    // JSON's own reader of numbers allows space around them; `1.0` is a number, not an integer.
    let number = serde_json::from_str::<Number>(&text).ok().filter(|_| text.trim() == text);
    let number = number.map(|number| whole(&text).filter(|_| number.is_f64()).unwrap_or(number));
    match number.filter(|number| is("number") || (is("integer") && !number.is_f64())) {
        Some(number) => Value::Number(number),
        None => Value::String(text),
    }
}

/// An integer of any length: one that has no room counts as the greatest or the least that has.
fn whole(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| if digits.len() < text.len() { i64::MIN } else { i64::MAX }.into())
}

/// A query is a form: `+` is a space.
fn decode_form(text: &str) -> Option<String> {
    decode(&text.replace('+', " "))
}

/// Percent-decoded text, or nothing if an escape is broken or the bytes are no UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let whole = |escape: &str| {
        let digits = escape.as_bytes();
        digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    };
    if !text.split('%').skip(1).all(whole) {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_query_value_is_read_as_the_type_of_its_schema() {
        let integer = json!({"type": "integer"});
        assert_eq!(read_as(&integer, "25".into()), json!(25));
        for text in ["ten", "+5", " 5", "1.0", ""] {
            assert_eq!(read_as(&integer, text.into()), json!(text));
        }
        assert_eq!(read_as(&integer, "-73610422469766332547072".into()), json!(i64::MIN));
        assert_eq!(read_as(&integer, "1e3".into()), json!("1e3"));
        assert_eq!(read_as(&json!({"type": "boolean"}), "true".into()), json!(true));
        assert_eq!(read_as(&json!({"type": ["boolean", "null"]}), "false".into()), json!(false));
        assert_eq!(read_as(&json!({"type": "string"}), "25".into()), json!("25"));
    }

    #[test]
    fn a_broken_escape_does_not_decode() {
        assert_eq!(decode("a%20b").as_deref(), Some("a b"));
        assert_eq!(decode_form("a+b%2B").as_deref(), Some("a b+"));
        assert_eq!([decode("%"), decode("%4"), decode("%zz"), decode("%ff")], [None, None, None, None]);
    }
}
