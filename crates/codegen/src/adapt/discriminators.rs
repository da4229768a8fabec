//! Rule `discriminator-as-constant`: progenitor ignores discriminators and takes the first branch that fits,
//! which is the wrong one as soon as members are optional. Each branch gets its tag as a required constant.

use serde_json::{Map, Value, json};

use crate::{Error, Notes, openapi, pointer};

/// A union that is told apart by the value of one member.
struct Tagged {
    at: String,
    property: String,
    mapping: Value,
    /// The references of its branches; `None` for a branch written in place.
    branches: Vec<Option<String>>,
}

/// Puts the tags into the branches of every union with a discriminator.
pub(super) fn adapt(root: &mut Value, notes: &mut Notes) -> Result<(), Error> {
    let mut found: Vec<Tagged> = Vec::new();
    openapi::each_schema(root, &mut |at, schema| {
        let Some(discriminator) = schema.shift_remove("discriminator") else { return };
        let property = discriminator["propertyName"].as_str().unwrap_or_default().to_owned();
        let branches =
            ["oneOf", "anyOf"].into_iter().find_map(|key| schema.get(key)).and_then(Value::as_array);
        let Some(branches) = branches else {
            notes.record(
                "discriminator-as-constant",
                at,
                format!("`{property}` has no branches here; what extends this schema is read as this schema"),
            );
            return;
        };
        let branches = branches.iter().map(|branch| branch["$ref"].as_str().map(str::to_owned)).collect();
        // A union of objects told apart by a constant is one of them, not a mixture.
        if let Some(branches) = schema.shift_remove("anyOf") {
            schema.insert("oneOf".to_owned(), branches);
        }
        found.push(Tagged {
            at: at.to_owned(),
            property,
            mapping: discriminator["mapping"].clone(),
            branches,
        });
    });
    let mut known: Vec<(String, String)> = Vec::new();
    for union in found {
        let references = references(&union)?;
        all_mapped(&union, &references)?;
        for (index, reference) in references.into_iter().enumerate() {
            let tag = tag(&union, reference)?;
            if known.iter().any(|(other, value)| other == reference && *value != tag) {
                return Err(ambiguous(&union, reference));
            }
            let target = reference
                .strip_prefix('#')
                .and_then(|inner| root.pointer_mut(inner))
                .and_then(Value::as_object_mut);
            let Some(target) = target else { continue };
            let is_union = target.contains_key("oneOf") || target.contains_key("anyOf");
            if is_union || target.get("type").is_some_and(|kind| kind != "object") {
                return Err(Error::new(
                    "discriminator-as-constant",
                    format!("{}/{index}", union.at),
                    format!("this branch is no object that could have the member `{}`", union.property),
                )
                .remedy(
                    "Remove the `discriminator` in a repair, or name the schemas of the objects as branches",
                ));
            }
            pin(target, &union.property, &tag);
            notes.record(
                "discriminator-as-constant",
                &union.at,
                format!("`{}` is `{tag}` in `{reference}`", union.property),
            );
            known.push((reference.to_owned(), tag));
        }
    }
    Ok(())
}

/// The references of the branches: only a branch with a name can have a value.
fn references(union: &Tagged) -> Result<Vec<&str>, Error> {
    let named = union.branches.iter().enumerate().map(|(index, branch)| {
        branch.as_deref().ok_or_else(|| {
            Error::new(
                "discriminator-as-constant",
                format!("{}/{index}", union.at),
                format!(
                    "this branch is told apart by `{}` and has no name that could be its value",
                    union.property
                ),
            )
            .remedy("Move it to `components.schemas` in a repair and refer to it")
        })
    });
    named.collect()
}

/// Beside its branches, a discriminator chooses among them alone: OpenAPI has all possible schemas listed there. A
/// mapping that names another one would leave its branch with a value that the vendor never sends.
fn all_mapped(union: &Tagged, references: &[&str]) -> Result<(), Error> {
    for (value, target) in union.mapping.as_object().into_iter().flatten() {
        if !references.iter().any(|reference| is_target(target, reference)) {
            let target = target.as_str().map_or_else(|| target.to_string(), str::to_owned);
            return Err(Error::new(
                "discriminator-as-constant",
                &union.at,
                format!(
                    "the value `{value}` of `{}` stands for `{target}`, which is none of the branches",
                    union.property
                ),
            )
            .remedy("In a repair, add it to the branches, or mend the discriminator's `mapping`"));
        }
    }
    Ok(())
}

/// Whether a mapping's `target` is the branch `reference`, by its reference or its name.
fn is_target(target: &Value, reference: &str) -> bool {
    *target == reference || *target == pointer::last(reference).as_str()
}

/// The value that stands for `reference`: the mapping's, else the component's name.
fn tag(union: &Tagged, reference: &str) -> Result<String, Error> {
    let pairs = union.mapping.as_object().into_iter().flatten();
    let mut values = pairs.filter(|(_, target)| is_target(target, reference)).map(|(value, _)| value);
    match (values.next(), values.next()) {
        (None, _) => Ok(pointer::last(reference)),
        (Some(value), None) => Ok(value.clone()),
        (Some(_), Some(_)) => Err(ambiguous(union, reference)),
    }
}

fn ambiguous(union: &Tagged, reference: &str) -> Error {
    Error::new(
        "discriminator-as-constant",
        &union.at,
        format!("`{reference}` stands for two values of `{}`", union.property),
    )
    .remedy("Give each value a schema of its own in a repair, with `allOf` to share what they have in common")
}

/// Makes `property` a required constant of the schema `target`.
fn pin(target: &mut Map<String, Value>, property: &str, tag: &str) {
    if let Value::Object(properties) = target.entry("properties").or_insert_with(|| json!({})) {
        properties.insert(property.to_owned(), json!({ "type": "string", "enum": [tag] }));
    }
    if !target.contains_key("type") {
        target.insert("type".to_owned(), json!("object"));
    }
    match target.entry("required").or_insert_with(|| json!([])) {
        Value::Array(list) if !list.contains(&json!(property)) => list.push(json!(property)),
        _ => {}
    }
}
