//! Properties of users, companies and events, and what the vendor takes of them.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::told::IsSet;

/// As many properties as the vendor takes of one record.
const MAX_PROPERTIES: usize = 500;
/// The longest name, in characters.
const MAX_NAME: usize = 255;
/// The longest value, in characters.
const MAX_VALUE: usize = 65_535;

/// What a property is: a text, a finite number or a boolean. A JSON `null` removes the property, as `remove`
/// does.
///
/// It is made from any of these. What is missing must be left out and not said: there is no property of an
/// `Option`, so that nothing is removed by accident. Its `Debug` does not tell the value.
#[derive(Clone, PartialEq)]
pub struct Property(Value);

impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Property(…)")
    }
}

macro_rules! property_of {
    ($($Kind:ty),*) => {
        $(
            impl From<$Kind> for Property {
                fn from(value: $Kind) -> Self {
                    Self(Value::from(value))
                }
            }
        )*
    };
}

property_of!(&str, String, bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, Value);

impl From<f64> for Property {
    fn from(number: f64) -> Self {
        // Not a number would become null, and remove the property. An empty list is refused.
        Self(if number.is_finite() { Value::from(number) } else { Value::Array(Vec::new()) })
    }
}

/// Properties by name.
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Properties(Map<String, Value>);

impl fmt::Debug for Properties {
    /// The names alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl IsSet for Properties {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

// Derived, it would be compiled anew in every program that names a user.
impl Default for Properties {
    fn default() -> Self {
        Self(Map::new())
    }
}

impl Properties {
    pub(super) fn set(&mut self, name: String, value: Property) {
        self.0.insert(name, value.0);
    }

    pub(super) fn remove(&mut self, name: String) {
        self.0.insert(name, Value::Null);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// Why they are not sent. The reason tells the names of properties, and no value.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.0.len() > MAX_PROPERTIES {
            let count = self.0.len();
            return Err(format!(
                "there may be {MAX_PROPERTIES} properties, and there are {count}; it was not sent"
            ));
        }
        self.0.iter().try_for_each(|(name, value)| check(name, value))
    }
}

fn check(name: &str, value: &Value) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err("the name of a property is empty; it was not sent".to_owned());
    }
    if is_longer(name, MAX_NAME) {
        return Err(format!("the name of a property is longer than {MAX_NAME} characters; it was not sent"));
    }
    let name = name.escape_debug();
    match value {
        Value::Array(_) | Value::Object(_) => Err(format!(
            "the property `{name}` is neither a text, a finite number nor a boolean; it was not sent"
        )),
        Value::String(text) if is_longer(text, MAX_VALUE) => {
            Err(format!("the property `{name}` is longer than {MAX_VALUE} characters; it was not sent"))
        }
        _ => Ok(()),
    }
}

/// Why an id or a name is not sent.
pub(super) fn check_id(what: &str, id: &str) -> Result<(), String> {
    if id.trim().is_empty() { Err(format!("{what} is empty; it was not sent")) } else { Ok(()) }
}

pub(super) fn check_name(what: &str, name: &str) -> Result<(), String> {
    check_id(what, name)?;
    if is_longer(name, MAX_NAME) {
        return Err(format!("{what} is longer than {MAX_NAME} characters; it was not sent"));
    }
    Ok(())
}

fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().count() > most
}

/// How many bytes a value takes as JSON.
pub(super) fn size(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Maps of texts to plain values can always be written.
    if serde_json::to_writer(&mut count, value).is_err() {
        return usize::MAX;
    }
    count.0
}
