//! Lists written into one query value, for parameters that do not repeat their name, and forms of pairs.

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;

/// A list parameter of a style that joins its items: `form` without `explode`, `spaceDelimited`,
/// `pipeDelimited`.
#[derive(Debug)]
pub struct Delimited<'a, T> {
    name: &'a str,
    value: &'a T,
    separator: &'a str,
}

impl<'a, T> Delimited<'a, T> {
    /// The items of `value`, joined by `separator`, as the value of the parameter `name`.
    pub fn new(name: &'a str, value: &'a T, separator: &'a str) -> Self {
        Self { name, value, separator }
    }
}

impl<T: Serialize> Serialize for Delimited<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = match serde_json::to_value(self.value).map_err(S::Error::custom)? {
            Value::Null => return serializer.collect_seq(std::iter::empty::<(&str, &str)>()),
            Value::Array(items) => items,
            other => vec![other],
        };
        let texts: Vec<String> = items.iter().map(text).collect();
        if texts.is_empty() {
            return serializer.collect_seq(std::iter::empty::<(&str, &str)>());
        }
        // The vendor takes the list apart at the separator and would see more items than were meant.
        if texts.iter().any(|text| text.contains(self.separator)) {
            return Err(S::Error::custom("an item holds what separates the items"));
        }
        serializer.collect_seq([(self.name, texts.join(self.separator))])
    }
}

/// The members of an object as pairs of name and text: what a URL-encoded form consists of. A list repeats its
/// name; `null` is left out.
#[derive(Debug)]
pub struct Pairs<'a, T>(&'a T);

impl<'a, T> Pairs<'a, T> {
    /// The pairs of `value`.
    pub fn new(value: &'a T) -> Self {
        Self(value)
    }
}

impl<T: Serialize> Serialize for Pairs<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(members) = serde_json::to_value(self.0).map_err(S::Error::custom)? else {
            return Err(S::Error::custom("a form is made of an object"));
        };
        let mut pairs = Vec::with_capacity(members.len());
        for (name, value) in members {
            let values = match value {
                Value::Array(items) => items,
                other => vec![other],
            };
            for value in values {
                match value {
                    Value::Null => {}
                    Value::Object(_) | Value::Array(_) => {
                        return Err(S::Error::custom("a form holds texts and lists of texts only"));
                    }
                    scalar => pairs.push((name.clone(), text(&scalar))),
                }
            }
        }
        serializer.collect_seq(pairs)
    }
}

fn text(scalar: &Value) -> String {
    scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned)
}
