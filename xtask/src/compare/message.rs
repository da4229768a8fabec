//! Compares what goes over the wire in one operation: parameters, request body, answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Effect::{self, Breaking, Compatible, Note};
use super::document::{Document, Operation};
use super::schema::Use;
use super::walk::{Direction, NOTHING, Walk, flag, keys, part, text, turn};

/// Header parameters that `OpenAPI` says to ignore; the client sets these headers itself.
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

const SETTER_GONE: Effect = Breaking("its setter is gone");
const MUST_GIVE: Effect = Breaking("callers must now give it");
const BODY_TYPE: Effect = Breaking("the body has another type");

/// Where a parameter is, and its name.
type Key<'a> = (&'a str, &'a str);

impl<'a> Walk<'a> {
    pub(super) fn parameters(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (old, new) = (parameters(&self.old, old), parameters(&self.new, new));
        let alone = |of: &[(Key<'a>, &'a Value)], other: &[(Key<'a>, &'a Value)], name: &str| {
            let mut left = of.iter().filter(|(key, _)| key.1 == name && !other.iter().any(|(o, _)| o == key));
            left.next().copied().filter(|_| left.next().is_none())
        };
        let mut moved = BTreeSet::new();
        for (key, value) in &old {
            let place = format!("{} {}", key.0, key.1);
            if let Some((_, other)) = new.iter().find(|(other, _)| other == key) {
                self.parameter(&place, value, other);
            } else if alone(&old, &new, key.1).is_some()
                && let Some((to, other)) = alone(&new, &old, key.1)
            {
                moved.insert(key.1);
                let place = format!("parameter {}", key.1);
                let what = turn("location", key.0, to.0) + "; callers keep compiling";
                self.push(&place, what, Compatible);
                self.parameter(&place, value, other);
            } else {
                self.push(&place, presence("removed", value), SETTER_GONE);
            }
        }
        for (key, value) in &new {
            if old.iter().all(|(other, _)| other != key) && !moved.contains(key.1) {
                let effect = if flag(value, "required") { MUST_GIVE } else { Compatible };
                self.push(&format!("{} {}", key.0, key.1), presence("added", value), effect);
            }
        }
    }

    fn parameter(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        self.requirement(place, old, new);
        // Style and explode change what is sent, not what the caller writes.
        if part(old, "in") == part(new, "in") {
            let (was, is) = (style(old), style(new));
            if was.0 != is.0 {
                self.push(place, turn("style", was.0, is.0), Compatible);
            }
            if was.1 != is.1 {
                self.push(place, turn("explode", &was.1.to_string(), &is.1.to_string()), Compatible);
            }
        }
        for keyword in ["allowReserved", "allowEmptyValue"] {
            self.switch(place, keyword, old, new, Compatible);
        }
        self.switch(place, "deprecated", old, new, Note);
        self.extensions(place, old, new);
        let ((was, old_schema), (is, new_schema)) = (carried(old), carried(new));
        if was != is {
            let name = |media: Option<&str>| media.unwrap_or("none").to_owned();
            self.push(place, turn("media type", &name(was), &name(is)), Compatible);
        }
        // A parameter that may be left out is an `Option` whether it may be null or not.
        let optional = !flag(old, "required") || !flag(new, "required");
        let of = |schema| Use { schema, optional };
        self.as_text = [old, new].iter().all(|of| matches!(part(of, "in").as_str(), Some("path" | "header")));
        self.towards(Direction::Request, |walk| walk.schema(place, of(old_schema), of(new_schema)));
        self.as_text = false;
    }

    pub(super) fn request(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let place = "request body";
        let body = |document: &Document<'a>, operation: &Operation<'a>| {
            operation.value.get("requestBody").map(|body| document.resolve(body))
        };
        match (body(&self.old, old), body(&self.new, new)) {
            (None, None) => {}
            (Some(old), None) => self.push(place, presence("removed", old), SETTER_GONE),
            (None, Some(new)) => {
                let effect = if flag(new, "required") { MUST_GIVE } else { Compatible };
                self.push(place, presence("added", new), effect);
            }
            (Some(old), Some(new)) => {
                self.requirement(place, old, new);
                self.extensions(place, old, new);
                self.towards(Direction::Request, |walk| walk.content("", place, old, new));
            }
        }
    }

    pub(super) fn responses(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (old, new) = (part(old.value, "responses"), part(new.value, "responses"));
        self.extensions("responses", old, new);
        for status in keys(old, new).into_iter().filter(|key| !key.starts_with("x-")) {
            // The errors of an operation share one Rust type, which is not made from the document.
            let success = status.starts_with('2');
            let direction = if success { Direction::Response } else { Direction::Aside };
            self.towards(direction, |walk| walk.response(status, old, new));
        }
    }

    fn response(&mut self, status: &str, old: &'a Value, new: &'a Value) {
        let place = format!("{status} response");
        match (old.get(status), new.get(status)) {
            (Some(old), Some(new)) => {
                let (old, new) = (self.old.resolve(old), self.new.resolve(new));
                self.extensions(&place, old, new);
                self.content(status, "response", old, new);
                self.headers(&place, part(old, "headers"), part(new, "headers"));
            }
            (Some(_), None) => {
                self.push(&place, "removed", Breaking("an answer with this status is no success any more"));
            }
            (None, _) => {
                let schemas = |document: &Document<'a>, response: &'a Value| -> Vec<&'a Value> {
                    let content = part(document.resolve(response), "content").as_object();
                    content.into_iter().flatten().map(|(_, media)| part(media, "schema")).collect()
                };
                let added = schemas(&self.new, part(new, status));
                let mut others =
                    old.as_object().into_iter().flatten().filter(|(key, _)| key.starts_with('2'));
                let alike = others.any(|(_, other)| schemas(&self.old, other) == added);
                let effect = if alike {
                    Compatible
                } else {
                    Breaking("the method returns one type for all its successes")
                };
                self.push(&place, "added", effect);
            }
        }
    }

    /// The client hands headers over as they are; no type depends on them.
    fn headers(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        for name in keys(old, new) {
            let place = format!("{place} header {name}");
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => {
                    let (old, new) = (self.old.resolve(old), self.new.resolve(new));
                    self.towards(Direction::Aside, |walk| walk.parameter(&place, old, new));
                }
                (Some(_), None) => self.push(&place, "removed", Note),
                (None, _) => self.push(&place, "added", Note),
            }
        }
    }

    /// The media types of a body, and the schema of each.
    fn content(&mut self, status: &str, noun: &str, old: &'a Value, new: &'a Value) {
        let (old, new) = (media(old), media(new));
        let place_of = |media: &str| {
            let words = [status, media, noun];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            words.join(" ")
        };
        let place = place_of("");
        let gone: Vec<_> = old.iter().filter(|(name, _)| !new.contains_key(*name)).collect();
        let come: Vec<_> = new.iter().filter(|(name, _)| !old.contains_key(*name)).collect();
        if let ([(was, old)], [(is, new)]) = (gone.as_slice(), come.as_slice()) {
            let effect = if is_json(was) && is_json(is) { Compatible } else { BODY_TYPE };
            self.push(&place, turn("media type", was, is), effect);
            self.medium(&place, old, new);
        } else {
            for (name, _) in gone {
                self.push(&place, format!("media type `{name}` removed"), BODY_TYPE);
            }
            for (name, _) in come {
                let effect = if old.is_empty() { BODY_TYPE } else { Compatible };
                self.push(&place, format!("media type `{name}` added"), effect);
            }
        }
        let several = old.len() > 1 || new.len() > 1;
        for (name, old) in &old {
            if let Some(new) = new.get(name) {
                self.medium(&place_of(if several { name } else { "" }), old, new);
            }
        }
    }

    fn medium(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        self.extensions(place, old, new);
        self.keyword(place, "encoding", old.get("encoding"), new.get("encoding"), Note);
        self.schema(place, Use::always(part(old, "schema")), Use::always(part(new, "schema")));
    }

    fn requirement(&mut self, place: &str, old: &Value, new: &Value) {
        match (flag(old, "required"), flag(new, "required")) {
            (false, true) => self.push(place, "optional → required", MUST_GIVE),
            (true, false) => self.push(place, "required → optional", Compatible),
            _ => {}
        }
    }

    /// Reports a boolean keyword that was turned.
    pub(super) fn switch(&mut self, place: &str, keyword: &str, old: &Value, new: &Value, effect: Effect) {
        let (was, is) = (Value::Bool(flag(old, keyword)), Value::Bool(flag(new, keyword)));
        if was != is {
            self.push(place, turn(keyword, &text(Some(&was)), &text(Some(&is))), effect);
        }
    }
}

/// The parameters of an operation, with those of its path that it does not replace.
fn parameters<'a>(document: &Document<'a>, operation: &Operation<'a>) -> Vec<(Key<'a>, &'a Value)> {
    let mut all: Vec<(Key<'a>, &'a Value)> = Vec::new();
    for level in [operation.item, operation.value] {
        for parameter in part(level, "parameters").as_array().into_iter().flatten() {
            let parameter = document.resolve(parameter);
            let word = |keyword| part(parameter, keyword).as_str().unwrap_or_default();
            let key = (word("in"), word("name"));
            if key.0 == "header" && IGNORED.contains(&key.1.to_lowercase().as_str()) {
                continue;
            }
            all.retain(|(other, _)| *other != key);
            all.push((key, parameter));
        }
    }
    all
}

/// The media type, if a parameter has one, and the schema.
fn carried(parameter: &Value) -> (Option<&str>, &Value) {
    let content = part(parameter, "content").as_object().and_then(|content| content.iter().next());
    match (parameter.get("schema"), content) {
        (None, Some((name, media))) => (Some(name), part(media, "schema")),
        (schema, _) => (None, schema.unwrap_or(&NOTHING)),
    }
}

/// How a parameter is written: its style, and whether lists are exploded.
fn style(parameter: &Value) -> (&str, bool) {
    let default = match part(parameter, "in").as_str() {
        Some("query" | "cookie") => "form",
        _ => "simple",
    };
    let style = parameter.get("style").and_then(Value::as_str).unwrap_or(default);
    (style, parameter.get("explode").and_then(Value::as_bool).unwrap_or(style == "form"))
}

fn media(body: &Value) -> BTreeMap<String, &Value> {
    let content = part(body, "content").as_object();
    content.into_iter().flatten().map(|(name, media)| (name.trim().to_lowercase(), media)).collect()
}

fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

fn presence(what: &str, of: &Value) -> String {
    format!("{what} ({})", if flag(of, "required") { "required" } else { "optional" })
}
