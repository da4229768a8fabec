//! What each rule does to a small document: the change and its note, or the error and its remedy.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod bodies;
mod document;
mod errors;
mod extensions;
mod names;
mod operations;
mod overlays;
mod parameters;
mod properties;
mod references;
mod responses;
mod schemas;
mod security;
mod unions;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process};

use revops_codegen::{Error, Generated};
use serde_json::Value;

/// A 3.0 document with `rest` (YAML) behind its head.
fn api(rest: &str) -> Value {
    yaml(&format!("openapi: 3.0.3\ninfo: {{title: Test, version: '1'}}\n{rest}"))
}

/// A 3.1 document with `rest` behind its head.
fn api_3_1(rest: &str) -> Value {
    yaml(&format!("openapi: 3.1.0\ninfo: {{title: Test, version: '1'}}\n{rest}"))
}

/// A document with one operation, `GET /things`, whose members are `rest` (flow style).
fn operation(rest: &str) -> Value {
    api(&format!("paths:\n  /things:\n    get: {{operationId: things, {rest}}}"))
}

/// A document with the schemas `schemas` (a flow mapping without braces) and no operations.
fn schemas(schemas: &str) -> Value {
    api(&format!("paths: {{}}\ncomponents: {{schemas: {{{schemas}}}}}"))
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true }).unwrap()
}

/// Generates from a document that lies in no file.
fn generate(root: Value) -> Result<Generated, Error> {
    revops_codegen::run_on(root, Path::new("api.yaml"))
}

/// The source, of which the formatting is no concern.
fn source(generated: &Generated) -> String {
    flat(&generated.source)
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn generated(root: Value) -> Generated {
    generate(root).unwrap_or_else(|error| panic!("{error}"))
}

/// The text of the error, which is one paragraph.
#[track_caller]
fn refused(root: Value) -> String {
    let text = generate(root).map(|generated| flat(&generated.source)).unwrap_err().to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}

#[track_caller]
fn assert_has(text: &str, part: &str) {
    // The formatter breaks lines, and ends broken lists in a comma, as their length will have it.
    let bare = |text: &str| text.replace(char::is_whitespace, "").replace(",)", ")").replace(",>", ">");
    assert!(
        bare(text).contains(&bare(part)),
        "`{part}` is not in {}",
        if text.len() < 2_000 { text } else { "it" }
    );
}

#[track_caller]
fn assert_noted(generated: &Generated, rule: &str) {
    assert!(generated.notes.count(rule) > 0, "`{rule}` is not in\n{}", generated.notes);
}

/// Files in a folder of their own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("revops-rules-{}-{number}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }

    /// Generates from the file `name`; the error without the folder's name.
    fn run(&self, name: &str) -> Result<Generated, String> {
        let prefix = format!("{}/", self.0.display());
        revops_codegen::run(&self.0.join(name)).map_err(|error| error.to_string().replace(&prefix, ""))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
