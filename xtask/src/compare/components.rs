//! Compares what belongs to no operation: the document itself, its paths, its named parts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Effect::{self, Breaking, Compatible, Note};
use super::schema::Use;
use super::walk::{Direction, Walk, keys, part};

impl<'a> Walk<'a> {
    pub(super) fn document(&mut self) {
        "document".clone_into(&mut self.subject);
        let (old, new) = (self.old.root, self.new.root);
        let (info, new_info) = (part(old, "info"), part(new, "info"));
        self.keyword("info", "version", info.get("version"), new_info.get("version"), Note);
        self.extensions("info", info, new_info);
        self.extensions("document", old, new);
        self.servers(old, new);
        let (old, new) = (part(old, "paths"), part(new, "paths"));
        self.extensions("paths", old, new);
        for path in keys(old, new).into_iter().filter(|path| !path.starts_with("x-")) {
            if let (Some(old), Some(new)) = (old.get(path), new.get(path)) {
                path.clone_into(&mut self.subject);
                let (old, new) = (self.old.resolve(old), self.new.resolve(new));
                self.extensions("path", old, new);
                self.servers(old, new);
            }
        }
    }

    pub(super) fn servers(&mut self, old: &'a Value, new: &'a Value) {
        let by_url = |of: &'a Value| -> BTreeMap<&'a str, &'a Value> {
            let servers = part(of, "servers").as_array().into_iter().flatten();
            servers.map(|server| (part(server, "url").as_str().unwrap_or_default(), server)).collect()
        };
        let (old, new) = (by_url(old), by_url(new));
        for (url, server) in &old {
            match new.get(url) {
                None => self.push("servers", format!("`{url}` removed"), Note),
                Some(other) => {
                    let place = format!("server {url}");
                    let (was, is) = (server.get("variables"), other.get("variables"));
                    self.keyword(&place, "variables", was, is, Note);
                    self.extensions(&place, server, other);
                }
            }
        }
        for url in new.keys().filter(|url| !old.contains_key(*url)) {
            self.push("servers", format!("`{url}` added"), Note);
        }
    }

    /// The named schemas, as far as no operation has shown them, and the security schemes.
    pub(super) fn components(&mut self) {
        let (old, new) = (self.old.components("schemas"), self.new.components("schemas"));
        let (old_used, new_used) = (self.old.used(), self.new.used());
        for name in keys(old, new) {
            name.clone_into(&mut self.subject);
            // What no operation uses is not generated.
            let used = |before: bool, after: bool| {
                let generated = (!before || old_used.contains(name)) && (!after || new_used.contains(name));
                if generated { Direction::Request } else { Direction::Aside }
            };
            match (old.get(name), new.get(name)) {
                (Some(_), Some(_)) if self.seen.contains(name) || self.unchanged.contains(name) => {}
                (Some(old), Some(new)) => {
                    let (old, new) = (Use::always(old), Use::always(new));
                    self.towards(used(true, true), |walk| walk.schema("schema", old, new));
                }
                (Some(_), None) => self.towards(used(true, false), |walk| {
                    walk.push("schema", "removed", Breaking("its Rust type is gone"));
                }),
                (None, _) => self.towards(used(false, true), |walk| {
                    walk.push("schema", "added", Compatible);
                }),
            }
        }
        self.schemes();
    }

    fn schemes(&mut self) {
        let place = "security scheme";
        let (old, new) = (self.old.components("securitySchemes"), self.new.components("securitySchemes"));
        for name in keys(old, new) {
            name.clone_into(&mut self.subject);
            // Who may still get in is told by the operations.
            let (Some(old), Some(new)) = (old.get(name), new.get(name)) else {
                let what = if new.get(name).is_none() { "removed" } else { "added" };
                self.push(place, what, Note);
                continue;
            };
            let (old, new) = (self.old.resolve(old), self.new.resolve(new));
            for keyword in keys(old, new).into_iter().filter(|keyword| *keyword != "description") {
                self.keyword(place, keyword, old.get(keyword), new.get(keyword), scheme_effect(keyword));
            }
        }
    }
}

fn scheme_effect(keyword: &str) -> Effect {
    match keyword {
        "type" | "scheme" | "in" | "name" => Breaking("the credential is sent in another way"),
        _ => Note,
    }
}
