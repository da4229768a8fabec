//! Generates a client once and prints what it took: `generate DOCUMENT`, or `generate OPERATIONS` for a synthetic
//! document of so many. The benchmark `generation` runs it in the debug profile, in which build scripts run.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let what = std::env::args().nth(1).ok_or("generate DOCUMENT|OPERATIONS")?;
    let operations: Option<usize> = what.parse().ok();
    let document = operations.map(synthetic);
    let began = Instant::now();
    let generated = match document {
        Some(document) => revops_codegen::run_on(document, Path::new("synthetic.json"))?,
        None => revops_codegen::run(Path::new(&what))?,
    };
    let seconds = began.elapsed().as_secs_f64();
    let (lines, operations) = (generated.source.lines().count(), generated.meta.operations.len());
    println!("{}", json!({ "seconds": seconds, "lines": lines, "operations": operations, "peak": peak() }));
    Ok(())
}

/// The most memory the process held, in KiB; nothing where the kernel does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().split(' ').next()?.parse().ok()
}

/// A document as vendors write them: for every four operations on a resource its schemas, each with twelve fields
/// of which one refers to another resource.
fn synthetic(operations: usize) -> Value {
    let resources = operations.div_ceil(4);
    let (mut paths, mut schemas) = (serde_json::Map::new(), serde_json::Map::new());
    let name = |number: usize| format!("Resource{number}");
    let link = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let body = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
    let answers = |schema: Value| {
        let mut answer = body(schema);
        answer["description"] = json!("Done.");
        json!({ "200": answer, "400": { "description": "Wrong." } })
    };
    for number in 0..resources {
        let mut fields = serde_json::Map::new();
        for field in 0..11 {
            let schema = match field % 4 {
                0 => json!({ "type": ["string", "null"], "description": "A text." }),
                1 => json!({ "type": "integer", "format": "int64" }),
                2 => json!({ "type": "array", "items": { "type": "string" } }),
                _ => json!({ "type": "string", "enum": ["one", "two", "three"] }),
            };
            fields.insert(format!("field{field}"), schema);
        }
        fields.insert("other".to_owned(), link(&name(number / 2)));
        schemas.insert(name(number), json!({ "type": "object", "properties": fields }));
        let id = |verb: &str| format!("{verb}{}", name(number));
        let query = json!([
            { "name": "limit", "in": "query", "schema": { "type": "integer" } },
            { "name": "cursor", "in": "query", "schema": { "type": "string" } },
        ]);
        let list = json!({ "type": "array", "items": link(&name(number)) });
        let whole = json!({
            "get": { "operationId": id("list"), "parameters": query, "responses": answers(list) },
            "post": { "operationId": id("create"), "requestBody": body(link(&name(number))), "responses": answers(link(&name(number))) },
        });
        let one = json!({
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
            "get": { "operationId": id("get"), "responses": answers(link(&name(number))) },
            "put": { "operationId": id("replace"), "requestBody": body(link(&name(number))), "responses": answers(link(&name(number))) },
        });
        paths.insert(format!("/resources{number}"), whole);
        paths.insert(format!("/resources{number}/{{id}}"), one);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Synthetic", "version": "1" },
        "servers": [{ "url": "https://api.example.com" }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
}
