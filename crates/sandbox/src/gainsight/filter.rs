//! Whether a SCIM resource meets a filter (RFC 7644, section 3.4.2.2).

use std::cmp::Ordering;

use chrono::DateTime;
use scim_v2::filter::{AttrExp, AttrPath, CompValue, CompareOp, Filter, ValFilter};
use serde_json::Value;

use super::scim::USER_SCHEMA;

/// Attributes of a user whose text is compared letter by letter; that of all others is compared
/// without regard to case (RFC 7643, section 7, `caseExact`).
const CASE_EXACT: [&str; 2] = ["id", "externalId"];

/// Attributes of a user that are true or false; every other of the core schema is text.
const BOOLEAN: [&str; 2] = ["active", "primary"];

/// Reads a filter; the error is a sentence.
pub(super) fn read(text: &str) -> Result<Filter, String> {
    let filter: Filter =
        spaced(text).parse().map_err(|error| format!("the filter cannot be read: {error}"))?;
    comparable(&filter)?;
    Ok(filter)
}

/// RFC 7644 asks for no space between `not` and its parenthesis, the reader does. What stands in
/// quotes stays as it is.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            '"' if !escaped => quoted = !quoted,
            '(' if !quoted && ends_with_not(&spaced) => spaced.push(' '),
            _ => {}
        }
        escaped = quoted && letter == '\\' && !escaped;
        spaced.push(letter);
    }
    spaced
}

/// Whether the last word is `not`.
fn ends_with_not(text: &str) -> bool {
    let word = text.rsplit(|letter: char| letter.is_whitespace() || "([".contains(letter)).next();
    word.is_some_and(|word| word.eq_ignore_ascii_case("not"))
}

/// Only text and numbers have an order, and only text has parts; what is true or false has neither
/// (RFC 7644, section 3.4.2.2).
fn comparable(filter: &Filter) -> Result<(), String> {
    match filter {
        Filter::Attr(expression) => comparable_attribute(expression),
        Filter::ValuePath(path) => comparable_value(&path.filter),
        Filter::Not(inner) => comparable(inner),
        Filter::And(parts) | Filter::Or(parts) => parts.iter().try_for_each(comparable),
    }
}

fn comparable_value(filter: &ValFilter) -> Result<(), String> {
    match filter {
        ValFilter::Attr(expression) => comparable_attribute(expression),
        ValFilter::Not(inner) => comparable_value(inner),
        ValFilter::And(parts) | ValFilter::Or(parts) => parts.iter().try_for_each(comparable_value),
    }
}

fn comparable_attribute(expression: &AttrExp) -> Result<(), String> {
    let AttrExp::Comparison(path, operator, value) = expression else { return Ok(()) };
    let name = path.sub_attr.as_ref().unwrap_or(&path.name);
    let boolean = BOOLEAN.iter().any(|known| known.eq_ignore_ascii_case(name));
    // Only an extension can have numbers.
    let extended = path.uri.as_ref().is_some_and(|uri| !uri.eq_ignore_ascii_case(USER_SCHEMA));
    let fits = match operator {
        CompareOp::Eq | CompareOp::Ne => true,
        _ if boolean && !extended => false,
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => matches!(value, CompValue::Str(_)),
        CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le => match value {
            CompValue::Str(_) => true,
            CompValue::Number(_) => extended,
            _ => false,
        },
    };
    if fits { Ok(()) } else { Err(format!("`{path} {operator}` cannot take the value it is given")) }
}

/// Whether the resource meets the filter.
pub(super) fn holds(filter: &Filter, resource: &Value) -> bool {
    match filter {
        Filter::Attr(expression) => attribute_holds(expression, resource),
        Filter::ValuePath(path) => {
            values(&path.attr, resource).into_iter().any(|element| value_holds(&path.filter, element))
        }
        Filter::Not(inner) => !holds(inner, resource),
        Filter::And(parts) => parts.iter().all(|part| holds(part, resource)),
        Filter::Or(parts) => parts.iter().any(|part| holds(part, resource)),
    }
}

fn value_holds(filter: &ValFilter, element: &Value) -> bool {
    match filter {
        ValFilter::Attr(expression) => attribute_holds(expression, element),
        ValFilter::Not(inner) => !value_holds(inner, element),
        ValFilter::And(parts) => parts.iter().all(|part| value_holds(part, element)),
        ValFilter::Or(parts) => parts.iter().any(|part| value_holds(part, element)),
    }
}

fn attribute_holds(expression: &AttrExp, resource: &Value) -> bool {
    match expression {
        AttrExp::Present(path) => values(path, resource).into_iter().any(present),
        AttrExp::Comparison(path, operator, wanted) => {
            let found = values(path, resource);
            // What is not there equals only null.
            if found.is_empty() {
                return (*wanted == CompValue::Null) == (*operator == CompareOp::Eq)
                    && matches!(operator, CompareOp::Eq | CompareOp::Ne);
            }
            let exact = CASE_EXACT.iter().any(|name| name.eq_ignore_ascii_case(&path.name));
            found.into_iter().any(|value| compares(value, operator, wanted, exact))
        }
    }
}

/// The values at a path; each element of a list is one. A complex value that is asked for as a
/// whole stands for its `value`.
fn values<'a>(path: &AttrPath, resource: &'a Value) -> Vec<&'a Value> {
    let root = match &path.uri {
        Some(uri) if !uri.eq_ignore_ascii_case(USER_SCHEMA) => member(resource, uri),
        _ => Some(resource),
    };
    let Some(attribute) = root.and_then(|root| member(root, &path.name)) else { return Vec::new() };
    let elements = attribute.as_array().map_or(std::slice::from_ref(attribute), Vec::as_slice);
    let inner = |element: &'a Value| match &path.sub_attr {
        Some(name) => member(element, name),
        None => Some(element),
    };
    elements.iter().filter_map(inner).filter(|value| !value.is_null()).collect()
}

/// A member of an object, its name without regard to case.
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let mut members = object.as_object()?.iter();
    members.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Text and lists that hold nothing are not present.
fn present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(members) => members.values().any(present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn compares(value: &Value, operator: &CompareOp, wanted: &CompValue, exact: bool) -> bool {
    let value = if value.is_object() { member(value, "value").unwrap_or(value) } else { value };
    let order = match (value, wanted) {
        (Value::String(value), CompValue::Str(wanted)) => {
            let fold = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
            let (text, part) = (fold(value), fold(wanted));
            match operator {
                CompareOp::Co => return text.contains(&part),
                CompareOp::Sw => return text.starts_with(&part),
                CompareOp::Ew => return text.ends_with(&part),
                _ => match (DateTime::parse_from_rfc3339(value), DateTime::parse_from_rfc3339(wanted)) {
                    (Ok(value), Ok(wanted)) => Some(value.cmp(&wanted)),
                    _ => Some(text.cmp(&part)),
                },
            }
        }
        (Value::Number(value), CompValue::Number(wanted)) => {
            value.as_f64().zip(wanted.as_f64()).and_then(|(value, wanted)| value.partial_cmp(&wanted))
        }
        (Value::Bool(value), CompValue::True) => Some(value.cmp(&true)),
        (Value::Bool(value), CompValue::False) => Some(value.cmp(&false)),
        _ => None,
    };
    match operator {
        CompareOp::Eq => order.is_some_and(Ordering::is_eq),
        CompareOp::Ne => !order.is_some_and(Ordering::is_eq),
        CompareOp::Gt => order.is_some_and(Ordering::is_gt),
        CompareOp::Ge => order.is_some_and(Ordering::is_ge),
        CompareOp::Lt => order.is_some_and(Ordering::is_lt),
        CompareOp::Le => order.is_some_and(Ordering::is_le),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}
