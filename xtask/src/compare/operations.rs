//! Pairs the operations of two documents and compares each pair.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use serde_json::Value;

use super::Effect::{Breaking, Compatible, Note};
use super::document::{Document, Operation};
use super::walk::{Walk, part, turn};

/// What stands for a call without credentials.
const ANONYMOUS: &str = "access without credentials";

impl<'a> Walk<'a> {
    pub(super) fn operations(&mut self) {
        let (old, new) = (self.old.operations(), self.new.operations());
        let matches = pair(&old, &new);
        for (operation, other) in old.iter().zip(&matches) {
            self.subject = operation.name();
            match other.and_then(|index| new.get(index)) {
                Some(other) => self.operation(operation, other),
                None => self.push("operation", "removed", Breaking("the method is gone")),
            }
        }
        for (index, operation) in new.iter().enumerate() {
            if !matches.contains(&Some(index)) {
                self.subject = operation.name();
                self.push("operation", "added", Compatible);
            }
        }
    }

    fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let place = "operation";
        if let (was, is) = (old.id(), new.id())
            && was != is
        {
            let snake = |id: Option<&str>| id.unwrap_or_default().to_snake_case();
            let same = was.is_some() && snake(was) == snake(is);
            let name = |id: Option<&str>| id.map_or("none".to_owned(), |id| format!("`{id}`"));
            let effect = if same { Compatible } else { Breaking("the method has another name") };
            self.push(place, turn("operationId", &name(was), &name(is)), effect);
        }
        if (old.method, old.route()) != (new.method, new.route()) {
            let line = |operation: &Operation| format!("`{}`", operation.line());
            let what = turn("moved", &line(old), &line(new)) + "; callers keep compiling and call it there";
            self.push(place, what, Compatible);
        }
        self.switch(place, "deprecated", old.value, new.value, Note);
        self.extensions(place, old.value, new.value);
        self.keyword(place, "callbacks", old.value.get("callbacks"), new.value.get("callbacks"), Note);
        self.servers(old.value, new.value);
        self.security(old, new);
        self.parameters(old, new);
        self.request(old, new);
        self.responses(old, new);
    }

    fn security(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (old, new) = (alternatives(&self.old, old), alternatives(&self.new, new));
        for (way, scopes) in &old {
            let Some(others) = new.get(way) else {
                let open = new.contains_key(ANONYMOUS);
                let effect = if open { Compatible } else { Breaking("callers that rely on it are refused") };
                self.push("security", format!("{way} removed"), effect);
                continue;
            };
            for scope in scopes.difference(others) {
                self.push("security", format!("scope `{scope}` removed"), Compatible);
            }
            for scope in others.difference(scopes) {
                let effect = Breaking("credentials without it are refused");
                self.push("security", format!("scope `{scope}` added"), effect);
            }
        }
        for way in new.keys().filter(|way| !old.contains_key(*way)) {
            self.push("security", format!("{way} added"), Compatible);
        }
    }
}

/// For each old operation the index of the new one that it has become.
fn pair(old: &[Operation<'_>], new: &[Operation<'_>]) -> Vec<Option<usize>> {
    let id = |a: &Operation, b: &Operation| a.id().is_some() && a.id() == b.id();
    let route = |a: &Operation, b: &Operation| a.method == b.method && a.route() == b.route();
    let mut matches: Vec<Option<usize>> = vec![None; old.len()];
    let mut pass = |alike: &dyn Fn(&Operation, &Operation) -> bool| {
        for (index, operation) in old.iter().enumerate() {
            if matches.get(index).is_some_and(Option::is_none) {
                let free = |other: &usize| !matches.contains(&Some(*other));
                let mut found = new.iter().enumerate().filter(|(_, other)| alike(operation, other));
                let other = found.find(|(other, _)| free(other)).map(|(other, _)| other);
                if let Some(slot) = matches.get_mut(index) {
                    *slot = other;
                }
            }
        }
    };
    pass(&|a, b| id(a, b) && route(a, b));
    pass(&id);
    pass(&route);
    matches
}

/// The ways to be let in, with the scopes that each asks for.
fn alternatives<'a>(
    document: &Document<'a>,
    operation: &Operation<'a>,
) -> BTreeMap<String, BTreeSet<String>> {
    let security = operation.value.get("security").unwrap_or(part(document.root, "security"));
    let mut ways: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for way in security.as_array().into_iter().flatten().filter_map(Value::as_object) {
        let mut names: Vec<String> = way.keys().map(|name| format!("`{name}`")).collect();
        names.sort_unstable();
        let label = match names.as_slice() {
            [] => ANONYMOUS.to_owned(),
            [one] => format!("scheme {one}"),
            several => format!("schemes {} together", several.join(" and ")),
        };
        let scopes = way.iter().flat_map(|(name, scopes)| {
            let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str);
            scopes.map(move |scope| format!("{name}:{scope}"))
        });
        ways.entry(label).or_default().extend(scopes);
    }
    if ways.is_empty() {
        ways.insert(ANONYMOUS.to_owned(), BTreeSet::new());
    }
    ways
}
