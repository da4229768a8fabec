//! Finds members that an object of a JSON text has twice, of which readers keep one or the other.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::document::segment;

/// A JSON pointer to each member that came before under the same name; none in a text that is not JSON.
pub(crate) fn repeated(text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(text);
    // What is not JSON was told before.
    let _ = Walk { place: String::new(), found: &mut found }.deserialize(&mut reader);
    found
}

struct Walk<'a> {
    place: String,
    found: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            let place = format!("{}/{}", self.place, segment(&name));
            if !seen.insert(name) {
                self.found.push(place.clone());
            }
            members.next_value_seed(Walk { place, found: self.found })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while let Some(()) =
            items.next_element_seed(Walk { place: format!("{}/{index}", self.place), found: self.found })?
        {
            index += 1;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_repetition_is_found_where_it_stands() {
        let text =
            br#"{"a": 1, "b": [{"c": null, "c": {}}, {"c": 1.5}], "a": "x", "d/e": {"f": [], "f": true}}"#;
        assert_eq!(repeated(text), ["/b/0/c", "/a", "/d~1e/f"]);
        assert_eq!(repeated(b"[1, {\"a\": 1}, {\"a\": 1}]"), [""; 0]);
        assert_eq!(repeated(b"{\"a\": "), [""; 0]);
    }
}
