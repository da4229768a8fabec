//! A list of records of which some, or the object around them, are odd.

use std::borrow::Cow;

use serde_json::Value;

use super::{Read, expected, is_repeated, last_wins, lexical};
use crate::rejected::{OddMember, Oddities, Rejected};

/// How many odd members around a list are left out before the answer counts as another kind altogether.
const MOST_ODD: usize = 32;

/// Reads the body with its odd records taken out, and with them the odd members around the list; none of those is
/// left out that stands at or above one of the pointers in `telling`. `None` if what is left does not decode, or
/// nobody can tell which records the list has.
pub(super) fn each(json: &[u8], pointer: &str, telling: &[&str], read: &mut Read<'_>) -> Option<Oddities> {
    let names = lexical::names(pointer);
    if let Some(held) = held(json, &names) {
        return each(&held, pointer, telling, read);
    }
    let mut oddities = Oddities::default();
    let found = lexical::find(json, &names).filter(|(_, depth)| *depth == names.len());
    let elements = match &found {
        Some((list, _)) => lexical::elements(json, list)?,
        None => Vec::new(),
    };
    let around = match (&found, elements.as_slice()) {
        (Some((list, _)), [_, ..]) => Shell::new(json, list.start + 1, list.end - 1),
        _ => Shell::new(json, json.len(), json.len()),
    };
    let around = around.mended(pointer, telling, &mut oddities, read)?;
    let least = Shell::least(&names);
    let probe = if least.holds(&[], read).is_ok() { &least } else { &around };
    let mut kept: Vec<Cow<'_, [u8]>> = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        let record = json.get(element).unwrap_or_default();
        match sound(record, probe, pointer, &mut oddities.repeated, read) {
            Ok(record) => kept.push(record),
            Err(reason) => oddities.rejected.push(Rejected::new(index, reason, raw(record))),
        }
    }
    around.holds(&kept, read).ok()?;
    Some(oddities)
}

/// The body with its list inside the object that should hold it, if the list stands where that object should.
/// Vendors answer one operation in both ways. A body that is nothing but a list is another kind of answer.
fn held(json: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let (list, depth) = lexical::find(json, names)?;
    let name = names.last().filter(|_| depth > 0 && depth + 1 == names.len())?;
    if lexical::elements(json, &list)?.is_empty() {
        return None;
    }
    let parts: [&[u8]; 6] =
        [json.get(..list.start)?, b"{\"", name.as_bytes(), b"\":", json.get(list.clone())?, b"}"];
    Some([&parts.concat(), json.get(list.end..)?].concat())
}

/// The record as it can be decoded; the reason if it cannot.
fn sound<'a>(
    record: &'a [u8],
    probe: &Shell,
    pointer: &str,
    repeated: &mut bool,
    read: &mut Read<'_>,
) -> Result<Cow<'a, [u8]>, String> {
    if std::str::from_utf8(record).is_err() {
        return Err("a text is not valid UTF-8".to_owned());
    }
    let Err(fault) = probe.holds(&[Cow::Borrowed(record)], read) else { return Ok(Cow::Borrowed(record)) };
    if is_repeated(&fault)
        && let Ok(record) = last_wins(record)
    {
        let record = Cow::Owned(record);
        if probe.holds(std::slice::from_ref(&record), read).is_ok() {
            *repeated = true;
            return Ok(record);
        }
    }
    let reason = if fault.is_data() || fault.to_string().starts_with("recursion") {
        expected(&fault, &probe.around(&[Cow::Borrowed(record)]))
    } else {
        let place = lexical::place(&probe.around(&[Cow::Borrowed(record)]), fault.line(), fault.column());
        format!("not valid JSON at {place}")
    };
    // The place within the record, not within its page.
    Err(reason.replace(&format!(" at {pointer}/0"), " at ").trim_end_matches(" at ").to_owned())
}

/// What the vendor sent: the record, or its text if it is not JSON.
fn raw(record: &[u8]) -> Value {
    serde_json::from_slice(record)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(record).into_owned()))
}

/// What stands around the elements of a list.
struct Shell {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Shell {
    fn new(json: &[u8], head: usize, tail: usize) -> Self {
        let part = |part: Option<&[u8]>| part.unwrap_or_default().to_vec();
        Self { head: part(json.get(..head)), tail: part(json.get(tail..)) }
    }

    /// The list and nothing else.
    fn least(names: &[&str]) -> Self {
        let mut head: Vec<u8> = Vec::new();
        for name in names {
            head.extend([b"{\"", name.as_bytes(), b"\":"].concat());
        }
        head.push(b'[');
        Self { head, tail: format!("]{}", "}".repeat(names.len())).into_bytes() }
    }

    fn around(&self, records: &[Cow<'_, [u8]>]) -> Vec<u8> {
        [&self.head, &records.join(&b','), &self.tail].into_iter().flatten().copied().collect()
    }

    fn holds(&self, records: &[Cow<'_, [u8]>], read: &mut Read<'_>) -> Result<(), serde_json::Error> {
        read(&self.around(records))
    }

    /// The same without its odd members, so that it decodes if its list is empty.
    fn mended(
        self,
        pointer: &str,
        telling: &[&str],
        oddities: &mut Oddities,
        read: &mut Read<'_>,
    ) -> Option<Self> {
        let Err(mut fault) = self.holds(&[], read) else { return Some(self) };
        oddities.repeated |= is_repeated(&fault);
        // Of members that are named twice, this takes the last.
        let mut whole: Value = serde_json::from_slice(&self.around(&[])).ok()?;
        for _ in 0..MOST_ODD {
            let json = whole.to_string().into_bytes();
            fault = match read(&json) {
                Ok(()) => return Some(Self::of(&json, pointer)),
                Err(fault) => fault,
            };
            let place = lexical::place(&json, fault.line(), fault.column());
            let odd = leave_out(&mut whole, &place, pointer, telling)?;
            oddities.members.push(OddMember::new(odd.0, expected(&fault, b""), odd.1));
        }
        None
    }

    fn of(json: &[u8], pointer: &str) -> Self {
        let names = lexical::names(pointer);
        match lexical::find(json, &names) {
            Some((list, depth)) if depth == names.len() && json.get(list.start) == Some(&b'[') => {
                Self::new(json, list.start + 1, list.end - 1)
            }
            _ => Self::new(json, json.len(), json.len()),
        }
    }
}

/// Takes the member at `place` out of `whole`, or the member in which that element of a list stands.
fn leave_out(whole: &mut Value, place: &str, pointer: &str, telling: &[&str]) -> Option<(String, Value)> {
    let is_above = |place: &str, pointer: &str| {
        pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut place = place;
    loop {
        let (parent, name) = place.rsplit_once('/')?;
        if telling.iter().any(|telling| is_above(place, telling)) {
            return None;
        }
        match whole.pointer_mut(parent)? {
            Value::Object(members) => {
                let found = members.get_mut(name)?;
                if !is_above(place, pointer) {
                    return Some((place.to_owned(), members.remove(name)?));
                }
                // Some languages write an object without members as a list without elements.
                return match found {
                    Value::Array(list) if list.is_empty() && place != pointer => Some((
                        place.to_owned(),
                        std::mem::replace(found, Value::Object(serde_json::Map::new())),
                    )),
                    _ => None,
                };
            }
            _ => place = parent,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer};
    use serde_json::json;

    use super::*;

    fn as_type<T: DeserializeOwned>(json: &[u8], pointer: &str, telling: &[&str]) -> Option<(T, Oddities)> {
        let mut value = None;
        let oddities = each(json, pointer, telling, &mut |json| {
            value = Some(serde_json::from_slice(json)?);
            Ok(())
        })?;
        Some((value?, oddities))
    }

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
        let (page, odd): (Page, _) = as_type(body.as_bytes(), "/users", &[]).unwrap();
        assert_eq!((page.users.len(), odd.rejected.len(), odd.rejected[0].index), (999, 1, 500));
        assert!(DECODED.get() <= 2 * records.len(), "{}", DECODED.get());
    }

    #[derive(Debug, Deserialize)]
    struct Outer {
        data: Option<Inner>,
        required: u8,
        odd: Option<u8>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        records: Option<Vec<u8>>,
    }

    #[test]
    fn a_member_that_is_needed_or_tells_something_is_not_left_out() {
        let page = |body: &str, telling: &[&str]| as_type::<Outer>(body.as_bytes(), "/data/records", telling);
        let body = r#"{"required":1,"odd":"x","data":{"records":[1,"2",3]}}"#;
        let (outer, odd) = page(body, &[]).unwrap();
        assert_eq!((outer.data.unwrap().records.unwrap(), outer.odd, outer.required), (vec![1, 3], None, 1));
        assert_eq!((odd.rejected[0].index, odd.members[0].at.as_str()), (1, "/odd"));
        assert_eq!(odd.members[0].raw, json!("x"));
        assert!(page(body, &["/odd"]).is_none() && page(body, &["/odd/deeper"]).is_none());
        assert!(page(r#"{"required":"1","data":{"records":[1]}}"#, &[]).is_none());
        assert!(page(r#"{"required":1,"data":[]}"#, &[]).unwrap().0.data.unwrap().records.is_none());
        let (held, _) = page(r#"{"required":1,"data":[1,"2"]}"#, &[]).unwrap();
        assert_eq!(held.data.unwrap().records.unwrap(), [1], "a list that stands where its holder should");
        assert!(page(r#"{"required":1,"data":1}"#, &[]).is_none());
        assert!(page(r#"{"required":1,"data":{"records":{}}}"#, &[]).is_none());
    }
}
