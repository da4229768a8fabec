//! What holds for every pair of documents.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use xtask::compare::{Change, compare};

/// Enough to find what was ever wrong here; thousands pass too, in minutes.
const CASES: u32 = 64;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn a_document_does_not_differ_from_itself(document in document()) {
        prop_assert!(compare(&document, &document).is_empty());
    }

    #[test]
    fn the_order_of_keys_and_of_lists_without_order_is_no_difference(document in document()) {
        let turned = turned(&document, "");
        let comparison = compare(&document, &turned);
        prop_assert!(comparison.is_empty(), "{comparison}\n{document:#}");
    }

    #[test]
    fn what_one_way_adds_the_other_way_removes(
        (old, other, picks) in (document(), document(), proptest::collection::vec(any::<bool>(), 1..64)),
    ) {
        let mut new = mixed(&old, &other, &mut picks.into_iter().cycle());
        name_once(&mut new);
        let forth = compare(&old, &new).changes;
        let back = compare(&new, &old).changes;
        let mut mirrored = mirror(&forth);
        let mut back: Vec<_> = back.iter().map(said).collect();
        mirrored.sort();
        back.sort();
        prop_assert_eq!(mirrored, back);
    }

    #[test]
    fn a_difference_is_found_wherever_the_schema_is_used(document in document()) {
        let mut changed = document.clone();
        changed["components"]["schemas"]["A"] = json!({ "type": "string", "format": "new" });
        prop_assert!(!compare(&document, &changed).is_empty());
    }
}

fn said(change: &Change) -> (String, String, String) {
    (change.operation.clone(), change.place.clone(), change.what.clone())
}

/// The changes as they should read when the documents are compared the other way round.
fn mirror(changes: &[Change]) -> Vec<(String, String, String)> {
    let renamed: BTreeMap<&str, &str> = changes
        .iter()
        .filter_map(|change| {
            let (_, new) = change.what.strip_prefix("operationId: ")?.split_once(" → ")?;
            Some((change.operation.as_str(), new.trim_matches('`')))
        })
        .collect();
    let mirrored = |change: &Change| {
        let operation = renamed.get(change.operation.as_str()).copied().unwrap_or(&change.operation);
        let (what, remark) = match change.what.split_once("; ") {
            Some((what, remark)) => (what, format!("; {remark}")),
            None => (change.what.as_str(), String::new()),
        };
        let what = if let Some((old, new)) = what.split_once(" → ") {
            let (keyword, old) = old.split_once(": ").map_or(("", old), |(keyword, old)| (keyword, old));
            let colon = if keyword.is_empty() { "" } else { ": " };
            format!("{keyword}{colon}{new} → {old}")
        } else if what.contains("added") {
            what.replace("added", "removed")
        } else {
            what.replace("removed", "added")
        };
        (operation.to_owned(), change.place.clone(), what + &remark)
    };
    changes.iter().map(mirrored).collect()
}

/// The same document with every map, and every list that has no order, turned round.
fn turned(value: &Value, key: &str) -> Value {
    match value {
        Value::Object(map) => {
            let entries = map.iter().rev().map(|(key, value)| (key.clone(), turned(value, key)));
            Value::Object(entries.collect())
        }
        Value::Array(list) if ["required", "enum", "security"].contains(&key) => {
            Value::Array(list.iter().rev().map(|value| turned(value, "")).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(|value| turned(value, "")).collect()),
        other => other.clone(),
    }
}

/// A document with something of each, so that the two differ deep inside.
fn mixed(old: &Value, other: &Value, picks: &mut impl Iterator<Item = bool>) -> Value {
    let mut pick = || picks.next().unwrap_or_default();
    let (Value::Object(old), Value::Object(other)) = (old, other) else {
        return if pick() { old.clone() } else { other.clone() };
    };
    let mut map = Map::new();
    for (key, value) in old.iter().chain(other.iter().filter(|(key, _)| !old.contains_key(*key))) {
        match (old.get(key), other.get(key)) {
            (Some(old), Some(other)) => {
                map.insert(key.clone(), mixed(old, other, picks));
            }
            _ => {
                if picks.next().unwrap_or_default() {
                    map.insert(key.clone(), value.clone());
                }
            }
        }
    }
    Value::Object(map)
}

/// Gives operations that were mixed into the same name names of their own.
fn name_once(document: &mut Value) {
    let mut names = Vec::new();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut);
    for operation in items.flat_map(Map::values_mut) {
        let mut name = operation["operationId"].as_str().unwrap_or_default().to_owned();
        if names.contains(&name) {
            name = format!("{name} {}", names.len());
        }
        operation["operationId"] = json!(name);
        names.push(name);
    }
}

fn document() -> impl Strategy<Value = Value> {
    let slots = [("/a", "get"), ("/a", "post"), ("/b/{x}", "get"), ("/c", "put")];
    let ids = Just(vec!["one", "two", "three", "four", "five"]).prop_shuffle();
    let schemas = proptest::collection::vec(schema(), 3);
    let operations = proptest::collection::vec(proptest::option::weighted(0.8, operation()), slots.len());
    (ids, operations, schemas, security()).prop_map(move |(ids, operations, schemas, security)| {
        let mut paths = Map::new();
        for (((path, method), id), operation) in slots.into_iter().zip(ids).zip(operations) {
            if let Some(mut operation) = operation {
                operation["operationId"] = json!(id);
                let item = paths.entry(path).or_insert_with(|| json!({}));
                item[method] = operation;
            }
        }
        let components: Map<_, _> = ["A", "B", "C"].map(String::from).into_iter().zip(schemas).collect();
        json!({ "paths": paths, "security": security, "components": { "schemas": components } })
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let responses = subsequence(vec!["200", "201", "400", "default"], 0..=4)
        .prop_flat_map(|codes| codes.into_iter().map(|code| (Just(code), content())).collect::<Vec<_>>())
        .prop_map(|responses| {
            responses.into_iter().map(|(code, body)| (code.to_owned(), body)).collect::<Map<_, _>>()
        });
    let body = proptest::option::of((content(), any::<bool>()));
    (parameters(), body, responses, proptest::option::weighted(0.3, security())).prop_map(
        |(parameters, body, responses, security)| {
            let mut operation = json!({ "parameters": parameters, "responses": responses });
            if let Some((mut body, required)) = body {
                body["required"] = json!(required);
                operation["requestBody"] = body;
            }
            if let Some(security) = security {
                operation["security"] = security;
            }
            operation
        },
    )
}

fn parameters() -> impl Strategy<Value = Vec<Value>> {
    let keys = vec![("p", "query"), ("p", "header"), ("q", "query"), ("q", "path"), ("r", "query")];
    let parameter = |(name, place): (&'static str, &'static str)| {
        (any::<bool>(), select(vec!["form", "simple"]), schema()).prop_map(move |(required, style, schema)| {
            json!({ "name": name, "in": place, "required": required, "style": style, "schema": schema })
        })
    };
    subsequence(keys, 0..=5).prop_flat_map(move |keys| keys.into_iter().map(parameter).collect::<Vec<_>>())
}

fn content() -> impl Strategy<Value = Value> {
    let media = vec!["application/json", "application/scim+json", "text/csv"];
    subsequence(media, 0..=2)
        .prop_flat_map(|media| media.into_iter().map(|name| (Just(name), schema())).collect::<Vec<_>>())
        .prop_map(|media| {
            let content =
                media.into_iter().map(|(name, schema)| (name.to_owned(), json!({ "schema": schema })));
            json!({ "content": content.collect::<Map<_, _>>() })
        })
}

fn security() -> impl Strategy<Value = Value> {
    let ways =
        vec![json!({}), json!({ "s": [] }), json!({ "t": ["read"] }), json!({ "t": ["read"], "s": [] })];
    subsequence(ways, 0..=3).prop_map(Value::Array)
}

fn schema() -> impl Strategy<Value = Value> {
    let reference =
        select(vec!["A", "B", "C"]).prop_map(|to| json!({ "$ref": format!("#/components/schemas/{to}") }));
    let scalar = (
        select(vec!["string", "integer", "boolean"]),
        proptest::option::of(select(vec!["date", "int32", "email"])),
        proptest::option::of(0_u8..3),
        any::<bool>(),
    )
        .prop_map(|(kind, format, minimum, nullable)| {
            let mut schema = json!({ "type": kind, "nullable": nullable });
            if let Some(format) = format {
                schema["format"] = json!(format);
            }
            if let Some(minimum) = minimum {
                schema["minimum"] = json!(minimum);
            }
            schema
        });
    let enumeration = subsequence(vec!["a", "b", "c"], 1..=3)
        .prop_map(|values| json!({ "type": "string", "enum": values }));
    let leaf = prop_oneof![2 => scalar, 1 => enumeration, 2 => reference];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = |size| proptest::collection::vec(inner.clone(), size);
        let object =
            (subsequence(vec!["f", "g", "h"], 0..=3), list(3..4), subsequence(vec!["f", "g"], 0..=2))
                .prop_map(|(names, schemas, required)| {
                    let properties: Map<_, _> = names.into_iter().map(String::from).zip(schemas).collect();
                    json!({ "type": "object", "properties": properties, "required": required })
                });
        let open = (object.clone(), inner.clone()).prop_map(|(mut object, others)| {
            object["additionalProperties"] = others;
            object
        });
        let titled = (object.clone(), select(vec!["X", "Y"])).prop_map(|(mut object, title)| {
            object["title"] = json!(title);
            object
        });
        prop_oneof![
            3 => object,
            1 => open,
            1 => titled.clone(),
            2 => inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
            1 => (list(1..3), titled).prop_map(|(mut branches, titled)| {
                branches.push(titled);
                json!({ "oneOf": branches })
            }),
            1 => list(1..3).prop_map(|parts| json!({ "allOf": parts })),
        ]
    })
}
