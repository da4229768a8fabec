//! Compares two schemas, and all that is inside them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Effect::{self, Breaking, Compatible, Note};
use super::document::{name_of, reference};
use super::shape::Shape;
use super::walk::{Direction, NOTHING, Walk, text, turn};

/// A schema where it is used.
#[derive(Clone, Copy)]
pub(super) struct Use<'a> {
    pub(super) schema: &'a Value,
    /// Whether the value may be left out, so that its Rust type is an `Option` already.
    pub(super) optional: bool,
}

impl<'a> Use<'a> {
    pub(super) fn always(schema: &'a Value) -> Self {
        Use { schema, optional: false }
    }
}

const ANOTHER_TYPE: Effect = Breaking("its Rust type is another one");
const ANOTHER_NAME: Effect = Breaking("its Rust type has another name");
const INTO_OPTION: Effect = Breaking("`T` becomes `Option<T>`");
const OUT_OF_OPTION: Effect = Breaking("`Option<T>` becomes `T`");
const NARROWER: Effect = Breaking("values that were accepted may be refused");

impl<'a> Walk<'a> {
    pub(super) fn schema(&mut self, at: &str, old: Use<'a>, new: Use<'a>) {
        if let (Some(a), Some(b)) = (reference(old.schema).map(name_of), reference(new.schema).map(name_of))
            && a == b
        {
            self.seen.insert(a);
            if self.unchanged.contains(a) && old.optional == new.optional {
                return;
            }
        }
        let (a, b) = (Shape::new(&self.old, old.schema), Shape::new(&self.new, new.schema));
        let pair = (a.id, b.id);
        self.wrapping(at, (old.optional, a.nullable), (new.optional, b.nullable));
        if self.inside.contains(&pair) {
            return;
        }
        self.inside.push(pair);
        self.identity(at, &a, &b);
        self.keywords(at, &a, &b);
        if a.kind == b.kind {
            self.values(at, &a, &b);
            self.fields(at, &a, &b);
            self.branches(at, &a, &b);
            if a.kind == "array" {
                let items = |shape: &Shape<'a>| Use::always(shape.items.unwrap_or(&NOTHING));
                self.schema(&format!("{at}[]"), items(&a), items(&b));
            }
        }
        self.inside.pop();
    }

    /// Whether the value is wrapped in an `Option`: (may be left out, may be null), before and after.
    fn wrapping(&mut self, at: &str, old: (bool, bool), new: (bool, bool)) {
        let (was, is) = (old.0 || old.1, new.0 || new.1);
        let by_type = match (was, is) {
            (false, true) => INTO_OPTION,
            (true, false) => OUT_OF_OPTION,
            _ => Compatible,
        };
        if old.0 != new.0 {
            let must = old.0 && self.direction == Direction::Request;
            let effect = if must { Breaking("callers that leave it out must now give it") } else { by_type };
            self.push(at, if old.0 { "optional → required" } else { "required → optional" }, effect);
        }
        if old.1 != new.1 {
            self.push(at, turn("nullable", &old.1.to_string(), &new.1.to_string()), by_type);
        }
    }

    /// The kind of the type, and its name.
    fn identity(&mut self, at: &str, old: &Shape<'a>, new: &Shape<'a>) {
        if old.kind != new.kind {
            self.push(at, turn("type", &old.kind, &new.kind), ANOTHER_TYPE);
        } else if old.name != new.name {
            let name = |shape: &Shape| shape.name.map_or("inline".to_owned(), |name| format!("`{name}`"));
            self.push(at, turn("named type", &name(old), &name(new)), ANOTHER_NAME);
        }
        if old.kind == new.kind && old.format != new.format {
            let format = turn("format", old.format.unwrap_or("none"), new.format.unwrap_or("none"));
            let same = self.rust_type(old) == self.rust_type(new);
            self.push(at, format, if same { Compatible } else { ANOTHER_TYPE });
        }
    }

    fn rust_type(&self, shape: &Shape<'a>) -> &'static str {
        match shape.rust_type() {
            "DateTime<Utc>" if self.as_text => "String",
            other => other,
        }
    }

    /// Bounds, defaults, extensions and whatever else a schema may say.
    fn keywords(&mut self, at: &str, old: &Shape<'a>, new: &Shape<'a>) {
        let keys: BTreeSet<&str> = old.rest.keys().chain(new.rest.keys()).copied().collect();
        for key in keys {
            let (was, is) = (old.rest.get(key).copied(), new.rest.get(key).copied());
            let number = |value: Option<&Value>| value.and_then(Value::as_f64);
            let is_same =
                (number(was).is_some() && number(was) == number(is)) || (key == "enum" && alike(was, is));
            if was == is || is_same {
                continue;
            }
            let effect = match bound(key, was, is) {
                None => Note,
                Some(true) if self.direction == Direction::Request => NARROWER,
                Some(_) => Compatible,
            };
            self.keyword(at, key, was, is, effect);
        }
    }

    fn values(&mut self, at: &str, old: &Shape<'a>, new: &Shape<'a>) {
        let list = |values: &[&Value]| {
            let values: Vec<_> = values.iter().map(|value| format!("`{}`", text(Some(value)))).collect();
            values.join(", ")
        };
        match (&old.values, &new.values) {
            (None, None) => {}
            (Some(old), None) => self.push(at, turn("enum", &list(old), "none"), ANOTHER_TYPE),
            (None, Some(new)) => self.push(at, turn("enum", "none", &list(new)), ANOTHER_TYPE),
            (Some(old), Some(new)) => {
                // Enums of answers are open: one value less changes nothing at run time.
                let gone = match self.direction {
                    Direction::Request => Breaking("callers may send it"),
                    Direction::Response | Direction::Aside => Compatible,
                };
                for value in old.iter().filter(|value| !new.contains(value)) {
                    self.push(at, format!("enum value `{}` removed", text(Some(value))), gone);
                }
                for value in new.iter().filter(|value| !old.contains(value)) {
                    self.push(at, format!("enum value `{}` added", text(Some(value))), Compatible);
                }
            }
        }
    }

    fn fields(&mut self, at: &str, old: &Shape<'a>, new: &Shape<'a>) {
        for (name, schema) in &old.properties {
            let place = member(at, name);
            match new.properties.iter().find(|(other, _)| other == name) {
                None => self.push(&place, presence("removed", old, name), Breaking("the field is gone")),
                Some((_, other)) => {
                    let old = Use { schema, optional: !old.required.contains(name) };
                    let new = Use { schema: other, optional: !new.required.contains(name) };
                    self.schema(&place, old, new);
                }
            }
        }
        for (name, _) in &new.properties {
            if old.properties.iter().all(|(other, _)| other != name) {
                let must = new.required.contains(name) && self.direction == Direction::Request;
                let effect = if must { Breaking("callers must now give it") } else { Compatible };
                self.push(&member(at, name), presence("added", new, name), effect);
            }
        }
        self.other_fields(&member(at, "*"), old, new);
    }

    /// The fields beyond the known ones: a struct keeps them in `extra`, a map holds nothing else.
    fn other_fields(&mut self, at: &str, old: &Shape<'a>, new: &Shape<'a>) {
        match (old.others, new.others) {
            (Some(old), Some(new)) => self.schema(at, Use::always(old), Use::always(new)),
            (None, None) => {}
            (Some(_), None) => self.push(at, "removed", Breaking("further fields are no longer kept")),
            (None, Some(_)) => self.push(at, "added", Compatible),
        }
    }

    fn branches(&mut self, at: &str, old: &Shape<'a>, new: &Shape<'a>) {
        let name = |branch: &&'a Value| {
            reference(branch).map(name_of).or_else(|| branch.get("title").and_then(Value::as_str))
        };
        let named = |branches: &[&'a Value]| -> Vec<(&'a str, &'a Value)> {
            let mut named: Vec<(&str, &Value)> = Vec::new();
            for branch in branches {
                if let Some(name) = name(branch).filter(|name| named.iter().all(|(other, _)| other != name)) {
                    named.push((name, branch));
                }
            }
            named
        };
        let (old_named, new_named) = (named(&old.branches), named(&new.branches));
        let mut pairs: Vec<(String, Option<&'a Value>, Option<&'a Value>)> = Vec::new();
        for (name, branch) in &old_named {
            let other = new_named.iter().find(|(other, _)| other == name).map(|(_, other)| *other);
            pairs.push(((*name).to_owned(), Some(branch), other));
        }
        for (name, branch) in &new_named {
            if old_named.iter().all(|(other, _)| other != name) {
                pairs.push(((*name).to_owned(), None, Some(branch)));
            }
        }
        // Branches without a name are named by the generator after their position.
        let unnamed = |branches: &[&'a Value]| -> Vec<&'a Value> {
            branches.iter().filter(|branch| name(branch).is_none()).copied().collect()
        };
        let (old, new) = (unnamed(&old.branches), unnamed(&new.branches));
        for index in 0..old.len().max(new.len()) {
            pairs.push((index.to_string(), old.get(index).copied(), new.get(index).copied()));
        }
        for (name, old, new) in pairs {
            let place = format!("{at}<{name}>");
            match (old, new) {
                (Some(old), Some(new)) => self.schema(&place, Use::always(old), Use::always(new)),
                (Some(_), None) => self.push(&place, "removed", Breaking("the variant is gone")),
                (None, _) if self.direction == Direction::Request => self.push(&place, "added", Compatible),
                (None, _) => self.push(&place, "added", Breaking("a `match` does not cover the new variant")),
            }
        }
    }
}

/// For keywords that bound the values: whether the new bound lets fewer values through.
fn bound(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> Option<bool> {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    match keyword {
        "minimum" | "minLength" | "minItems" | "minProperties" => {
            let low = f64::NEG_INFINITY;
            Some(number(new).unwrap_or(low) > number(old).unwrap_or(low))
        }
        "maximum" | "maxLength" | "maxItems" | "maxProperties" => {
            let high = f64::INFINITY;
            Some(number(new).unwrap_or(high) < number(old).unwrap_or(high))
        }
        "enum" => Some(new.is_some() && !within(old, new)),
        "pattern" | "multipleOf" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" => {
            Some(new.is_some())
        }
        _ => None,
    }
}

/// Whether all values of one list are in the other; what has no list holds any value.
fn within(one: Option<&Value>, other: Option<&Value>) -> bool {
    let list = |value: Option<&'_ Value>| value.and_then(Value::as_array).cloned();
    match (list(one), list(other)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) => one.iter().all(|value| other.contains(value)),
    }
}

/// Whether two lists hold the same values.
fn alike(one: Option<&Value>, other: Option<&Value>) -> bool {
    within(one, other) && within(other, one)
}

fn presence(what: &str, shape: &Shape<'_>, name: &str) -> String {
    let required = if shape.required.contains(name) { "required" } else { "optional" };
    format!("{what} ({required})")
}

/// `request body.filter`, but `200 response users`.
fn member(at: &str, name: &str) -> String {
    let separator = if at.ends_with(" response") { ' ' } else { '.' };
    format!("{at}{separator}{name}")
}
