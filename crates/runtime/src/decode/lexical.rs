//! Where things stand in a JSON text, found by its brackets and quotes alone.
//!
//! A parser stops at the first number or escape it cannot read. What stands around such an oddity is told by
//! brackets and quotes, which it leaves as they are; so one odd record can be parted from the others, and a
//! place that the parser knows by line and column can be told by names.

use std::ops::Range;

/// The names of a JSON pointer.
pub(super) fn names(pointer: &str) -> Vec<&str> {
    pointer.split('/').skip(1).collect()
}

/// The value below `names`, each a member of the one before. Of members that are named twice, the last.
/// Where a value on the way is no object, that value; how many names led to it is told with it. `None` if a
/// member is missing, or brackets and quotes do not match.
pub(super) fn find(json: &[u8], names: &[&str]) -> Option<(Range<usize>, usize)> {
    let start = blank(json, 0);
    let mut found = start..value(json, start)?;
    for (depth, name) in names.iter().enumerate() {
        if json.get(found.start) != Some(&b'{') {
            return Some((found, depth));
        }
        found = member(json, &found, name)?;
    }
    Some((found, names.len()))
}

/// The elements of the list at `list`; none if it is no list. `None` if what stands between its brackets is not
/// elements and commas in turn: what was found up to there would pass for the whole list.
pub(super) fn elements(json: &[u8], list: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut elements = Vec::new();
    if json.get(list.start) != Some(&b'[') {
        return Some(elements);
    }
    let is_whole = each(json, list, |element| {
        elements.push(element);
        true
    });
    is_whole.then_some(elements)
}

/// Whether the list below `names` has more than `most` elements; no memory is needed to tell.
pub(super) fn has_more(json: &[u8], names: &[&str], most: usize) -> bool {
    let Some((list, depth)) = find(json, names) else { return false };
    let mut count = 0_usize;
    if depth == names.len() {
        each(json, &list, |_| {
            count += 1;
            count <= most
        });
    }
    count > most
}

/// Hands the elements of a list to `seen` until it has seen enough. Whether it has seen all there are, with a comma
/// between any two and the list's bracket after the last.
fn each(json: &[u8], list: &Range<usize>, mut seen: impl FnMut(Range<usize>) -> bool) -> bool {
    if json.get(list.start) != Some(&b'[') {
        return false;
    }
    let closing = list.end.saturating_sub(1);
    let mut at = blank(json, list.start + 1);
    let mut is_closed = at == closing;
    while !is_closed {
        let Some(end) = value(json, at).filter(|end| *end > at) else { return false };
        if !seen(at..end) {
            return false;
        }
        at = blank(json, end);
        is_closed = at == closing;
        if !is_closed {
            if json.get(at) != Some(&b',') {
                return false;
            }
            at = blank(json, at + 1);
        }
    }
    // Brackets were counted and not told apart.
    json.get(closing) == Some(&b']')
}

/// The value of a member of the object at `object`.
fn member(json: &[u8], object: &Range<usize>, name: &str) -> Option<Range<usize>> {
    let mut found = None;
    let mut at = blank(json, object.start + 1);
    while json.get(at) == Some(&b'"') {
        let end = text(json, at)?;
        let is_it = json.get(at + 1..end - 1) == Some(name.as_bytes());
        at = blank(json, end);
        if json.get(at) != Some(&b':') {
            return None;
        }
        at = blank(json, at + 1);
        let end = value(json, at)?;
        if is_it {
            found = Some(at..end);
        }
        at = blank(json, end);
        if json.get(at) == Some(&b',') {
            at = blank(json, at + 1);
        }
    }
    found
}

/// Where the value that begins at `at` ends.
fn value(json: &[u8], at: usize) -> Option<usize> {
    match json.get(at)? {
        b'"' => text(json, at),
        b'{' | b'[' => {
            let mut depth = 0_usize;
            let mut at = at;
            loop {
                match json.get(at)? {
                    b'"' => at = text(json, at)? - 1,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth == 1 => return Some(at + 1),
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
            }
        }
        _ => {
            let rest = json.get(at..)?;
            let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
            Some(rest.iter().position(ends).map_or(json.len(), |length| at + length))
        }
    }
}

/// Where the text whose first quote is at `at` ends.
fn text(json: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', json.get(at..)?)?;
        match json.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// The next byte from `at` on that is not blank.
fn blank(json: &[u8], at: usize) -> usize {
    let rest = json.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())
}

/// The JSON pointer of what the parser was reading at a line and column, both from 1 as it counts them.
pub(super) fn place(json: &[u8], line: usize, column: usize) -> String {
    let start = match line {
        0 | 1 => 0,
        _ => memchr::memchr_iter(b'\n', json).nth(line - 2).map_or(0, |newline| newline + 1),
    };
    let limit = (start + column).min(json.len());
    // For each object or list that is open: what was reached in it.
    let mut open: Vec<Reached> = Vec::new();
    let mut at = 0;
    while at < limit {
        match json.get(at) {
            Some(b'"') => {
                let Some(end) = text(json, at).filter(|end| *end <= limit) else { break };
                if let Some(Reached::Member(name @ None)) = open.last_mut() {
                    *name = Some(at + 1..end - 1);
                }
                at = end;
                continue;
            }
            Some(b'{') => open.push(Reached::Member(None)),
            Some(b'[') => open.push(Reached::Element(0)),
            Some(b'}' | b']') => drop(open.pop()),
            Some(b',') => match open.last_mut() {
                Some(Reached::Member(name)) => *name = None,
                Some(Reached::Element(index)) => *index += 1,
                None => {}
            },
            _ => {}
        }
        at += 1;
    }
    let mut pointer = String::new();
    for reached in open {
        let name = match reached {
            Reached::Member(Some(name)) => shown(json.get(name).unwrap_or_default()),
            Reached::Member(None) => continue,
            Reached::Element(index) => index.to_string(),
        };
        pointer.push('/');
        pointer.push_str(&name);
    }
    pointer
}

/// How far the reader of an object or list has come.
enum Reached {
    /// The name of the member that is read, if it has been read.
    Member(Option<Range<usize>>),
    /// The index of the element that is read.
    Element(usize),
}

/// A member's name as it may be told: one that is no plain name could be somebody's, such as an address.
fn shown(name: &[u8]) -> String {
    let is_plain = name.len() <= 64
        && name.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'));
    if is_plain { String::from_utf8_lossy(name).into_owned() } else { "…".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(json: &str, names: &[&str]) -> Option<(String, usize)> {
        find(json.as_bytes(), names).map(|(range, depth)| (json[range].to_owned(), depth))
    }

    fn records(json: &str, names: &[&str]) -> Vec<String> {
        let (list, _) = find(json.as_bytes(), names).unwrap();
        let elements = elements(json.as_bytes(), &list).unwrap();
        elements.into_iter().map(|range| json[range].to_owned()).collect()
    }

    #[test]
    fn values_are_found_by_their_brackets_and_quotes_alone() {
        let json = r#" {"a": {"x]\"}": NaN, "list" : [ {"b":"\ud800]"}, 1e999 ,[[,]], "te,xt" ] }, "z":1}"#;
        assert_eq!(at(json, &["z"]).unwrap(), ("1".to_owned(), 1));
        assert_eq!(records(json, &["a", "list"]), [r#"{"b":"\ud800]"}"#, "1e999", "[[,]]", r#""te,xt""#]);
        assert_eq!(records("[]", &[]), Vec::<String>::new());
        assert_eq!(records(" [ 1 ] ", &[]), ["1"]);
        assert_eq!(at(r#"{"a":[]}"#, &["a", "list"]).unwrap(), ("[]".to_owned(), 1));
        assert_eq!(at(r#"{"a":1,"a":2}"#, &["a"]).unwrap().0, "2");
        for broken in ["", "{", r#"{"a"#, r#"{"a":"#, r#"{"a":[1,"#, r#"{"a":"x\"#, r#"{"a" 1}"#] {
            assert_eq!(at(broken, &["a"]), None, "{broken}");
        }
    }

    #[test]
    fn a_list_that_is_not_elements_and_commas_in_turn_has_none() {
        let list = |json: &str| elements(json.as_bytes(), &(0..json.len()));
        for whole in ["[]", "[ ]", "[1]", "[ {} , NaN\n]"] {
            assert!(list(whole).is_some(), "{whole}");
        }
        for broken in
            ["[{}{}]", "[{},,{}]", "[,{}]", "[{},]", "[1 2]", "[{}:{}]", "[\"a\"\"b\"]", "[{}}", "[1}"]
        {
            assert_eq!(list(broken), None, "{broken}");
        }
        assert_eq!(list("{}").unwrap(), [], "no list has no elements");
    }

    #[test]
    fn a_list_is_counted_up_to_what_is_wanted() {
        let json = br#"{"users":[1,{"a":[2,3]},"4"]}"#;
        assert!(!has_more(json, &["users"], 3) && has_more(json, &["users"], 2));
        assert!(!has_more(json, &["others"], 0) && !has_more(json, &["users", "x"], 0));
    }

    #[test]
    fn a_place_is_told_by_names_and_never_by_what_may_be_a_person() {
        let place_of = |json: &str, mark: &str| {
            let at = json.find(mark).unwrap() + mark.len();
            let before = &json[..at];
            let line = before.matches('\n').count() + 1;
            place(json.as_bytes(), line, at - before.rfind('\n').map_or(0, |newline| newline + 1))
        };
        let json =
            "{\"users\":[{\"id\":\"1\"},\n {\"id\":\"a,b\",\"jane@example.com\":{\"x\":7}}],\"n\":[[8],9]}";
        assert_eq!(place_of(json, "a,b\""), "/users/1/id");
        assert_eq!(place_of(json, "7"), "/users/1/…/x");
        assert_eq!(place_of(json, "7}"), "/users/1/…");
        assert_eq!(place_of(json, "8"), "/n/0/0");
        assert_eq!(place_of(json, "9"), "/n/1");
        assert_eq!(place(b"", 1, 5), "");
    }
}
