//! Lists written into one query value, for parameters that do not repeat their name.

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
        let texts: Vec<String> =
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
        serializer.collect_seq([(self.name, texts.join(self.separator))])
    }
}
