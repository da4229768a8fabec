//! What a caller of the generated client is told when a document changes.

use serde_json::{Value, json};
use xtask::compare::{Effect, compare};

#[path = "compare/messages.rs"]
mod messages;
#[path = "compare/operations.rs"]
mod operations;
#[path = "compare/properties.rs"]
mod properties;
#[path = "compare/realistic.rs"]
mod realistic;
#[path = "compare/schemas.rs"]
mod schemas;

/// The changes, one a line: `B` breaking, `C` compatible, `N` a note.
fn lines(old: &Value, new: &Value) -> Vec<String> {
    let line = |change: &xtask::compare::Change| {
        let effect = match change.effect {
            Effect::Breaking(_) => 'B',
            Effect::Compatible => 'C',
            Effect::Note => 'N',
        };
        format!("{effect} {} | {}: {}", change.operation, change.place, change.what)
    };
    compare(old, new).changes.iter().map(line).collect()
}

/// As `lines`, for documents that differ in one operation only: without its name.
fn within(old: &Value, new: &Value) -> Vec<String> {
    lines(old, new).iter().map(|line| line.replace("op | ", "")).collect()
}

/// A document with one operation, `op`, at `POST /it`.
fn with_operation(mut operation: Value) -> Value {
    let defaults = json!({ "operationId": "op", "responses": { "204": { "description": "" } } });
    for (key, value) in defaults.as_object().into_iter().flatten() {
        if operation.get(key).is_none() {
            operation[key] = value.clone();
        }
    }
    json!({ "openapi": "3.0.3", "paths": { "/it": { "post": operation } } })
}

fn sending(schema: &Value) -> Value {
    with_operation(json!({ "requestBody": { "content": { "application/json": { "schema": schema } } } }))
}

fn answering(schema: &Value) -> Value {
    with_operation(
        json!({ "responses": { "200": { "content": { "application/json": { "schema": schema } } } } }),
    )
}

/// The changes of a schema, where callers send it and where they get it.
#[track_caller]
fn assert_schema(old: &Value, new: &Value, sent: &[&str], got: &[&str]) {
    assert_eq!(within(&sending(old), &sending(new)), sent, "sent");
    assert_eq!(within(&answering(old), &answering(new)), got, "got");
}
