//! Rule `known-extension`: a misspelt extension of ours would change nothing, without a word.

use serde_json::Value;

use crate::{Error, extension, pointer};

/// Members whose own members are names of the vendor's choosing.
const MAPS: [&str; 17] = [
    "callbacks",
    "content",
    "examples",
    "headers",
    "links",
    "mapping",
    "parameters",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "scopes",
    "security",
    "securitySchemes",
    "variables",
];

/// Checks what the action at `index` adds to `published`: the names of extensions and their values.
pub(crate) fn check(index: usize, action: &Value, published: &Value) -> Result<(), Error> {
    let Some(update) = action.get("update") else { return Ok(()) };
    let target = action["target"].as_str().unwrap_or_default();
    let last =
        target.trim_end_matches(['\'', '"', ']']).rsplit(['.', '[', '\'', '"']).next().unwrap_or_default();
    walk(update, &format!("/actions/{index}/update"), MAPS.contains(&last), published)
}

fn walk(value: &Value, at: &str, is_map: bool, published: &Value) -> Result<(), Error> {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{at}/{index}"), false, published)?;
            }
        }
        Value::Object(members) => {
            if !is_map {
                extension::check(value, at)?;
            }
            for (name, member) in members {
                let here = pointer::join(at, name);
                if is_map {
                    walk(member, &here, false, published)?;
                } else if name.starts_with("x-") {
                    known(name, member, &here, published)?;
                } else if !matches!(name.as_str(), "default" | "enum" | "example" | "examples") {
                    walk(member, &here, MAPS.contains(&name.as_str()), published)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn known(name: &str, value: &Value, at: &str, published: &Value) -> Result<(), Error> {
    if !extension::NAMES.contains(&name) {
        // A repair may also mend an extension of the vendor's.
        return if is_anywhere(published, name) {
            Ok(())
        } else {
            Err(unknown(name, &extension::NAMES, at, "is no extension that is read"))
        };
    }
    let members = value.as_object().filter(|_| name == "x-env").into_iter().flatten();
    for (member, _) in members {
        if !extension::ENV.contains(&member.as_str()) {
            let here = pointer::join(at, member);
            return Err(unknown(member, &extension::ENV, &here, "is no member of `x-env` that is read"));
        }
    }
    Ok(())
}

fn is_anywhere(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(members) => {
            members.contains_key(name) || members.values().any(|member| is_anywhere(member, name))
        }
        Value::Array(items) => items.iter().any(|item| is_anywhere(item, name)),
        _ => false,
    }
}

fn unknown(name: &str, known: &[&str], at: &str, what: &str) -> Error {
    let nearest = known.iter().min_by_key(|other| distance(name, other)).copied().unwrap_or_default();
    let remedy = if distance(name, nearest) * 2 <= nearest.len() {
        format!("Did you mean `{nearest}`?")
    } else {
        format!("Write one of {}", known.join(", "))
    };
    Error::new("known-extension", at, format!("`{name}` {what}")).remedy(remedy)
}

/// How many letters must be added, left out or replaced to make one name of the other.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.bytes().enumerate() {
        let mut next = vec![index + 1];
        for ((other, pair), before) in right.bytes().zip(row.windows(2)).zip(0_usize..) {
            let [diagonal, above] = pair else { continue };
            let beside = next.get(before).copied().unwrap_or_default();
            next.push((diagonal + usize::from(letter != other)).min(above + 1).min(beside + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
