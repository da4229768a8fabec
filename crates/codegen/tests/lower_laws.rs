//! What holds of the lowering for every document: random ones and the published ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use revops_codegen::Notes;
use revops_codegen::lower::lower;
use roas::v3_0::spec::Spec;
use roas::validation::{Options, Validate};
use serde_json::{Map, Value, json};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_3_0_document_comes_back_as_it_went_in(
        mut root in document(),
        version in select(vec!["3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.0.4"]),
    ) {
        root["openapi"] = json!(version);
        let mut notes = Notes::new();
        prop_assert_eq!(lower(root.clone(), &mut notes).unwrap(), root);
        prop_assert_eq!(notes, Notes::new());
    }

    #[test]
    fn to_lower_twice_is_to_lower_once(root in document()) {
        let once = lowered(root);
        prop_assert_eq!(lowered(once.clone()), once);
    }

    #[test]
    fn nothing_is_left_to_lower(root in document()) {
        let once = lowered(root);
        let mut relabelled = once.clone();
        relabelled["openapi"] = json!("3.1.0");
        let mut notes = Notes::new();
        prop_assert_eq!(lower(relabelled, &mut notes).unwrap(), once);
        prop_assert_eq!(notes.iter().count(), 1, "{}", notes);
    }

    #[test]
    fn the_lowered_document_is_valid(root in document()) {
        let root = lowered(root);
        prop_assert_eq!(faults(&root), Vec::<String>::new(), "{:#}", root);
        prop_assert_eq!(faults_of_roas(root.clone()), Vec::<String>::new(), "{:#}", root);
        serde_json::from_value::<openapiv3::OpenAPI>(root).unwrap();
    }
}

#[test]
fn the_published_documents_lower_to_valid_ones() {
    // In the published text: one path is a template of a template, one tag is not declared.
    let userpilot = [
        "#.paths[/v1/background_jobs/{{job_id}}].get.parameters: \
         path template variable `{{job_id}` has no matching `in: path` parameter",
        "#.paths[/v1/background_jobs/{{job_id}}].get.parameters: \
         path parameter `job_id` does not match any `{name}` in the path template",
        "#.paths[/v1/identify].post.tags[0].tags[0]: `Real-time` not found in spec",
        "#.paths[/v1/users/bulk_identify].post.tags[0].tags[0]: `Real-time` not found in spec",
    ];
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    for (file, expected) in [
        ("gong/users.yaml", vec![]),
        ("gainsight/person.yaml", vec![]),
        ("gainsight/user-management.yaml", vec![]),
        ("usergems/usergems.yaml", vec![]),
        ("userpilot/userpilot.json", userpilot.to_vec()),
    ] {
        let text = std::fs::read_to_string(specs.join(file)).unwrap();
        let published: Value = serde_saphyr::from_str(&text).unwrap();
        let root = lowered(published);
        assert_eq!(faults(&root), Vec::<String>::new(), "{file}");
        assert_eq!(faults_of_roas(root), expected, "{file}");
    }
}

fn lowered(root: Value) -> Value {
    lower(root, &mut Notes::new()).unwrap()
}

// ---- What is valid -------------------------------------------------------------------------------------

/// What `roas` finds wrong. It holds every `enum`, `default` and `format` to the type beside it, so that a
/// nullable `enum` with `null` in it, which 3.0.3 permits, cannot be read at all; they are therefore left out.
fn faults_of_roas(mut root: Value) -> Vec<String> {
    each_schema(&mut root, &mut |schema| {
        schema.shift_remove("enum");
        schema.shift_remove("default");
        schema.shift_remove("format");
    });
    let unused = Options::IgnoreUnusedSchemas
        | Options::IgnoreUnusedSecuritySchemes
        | Options::IgnoreUnusedExamples
        | Options::IgnoreEmptyResponseDescription;
    match serde_json::from_value::<Spec>(root) {
        Err(error) => vec![error.to_string()],
        Ok(spec) => match spec.validate(unused, None) {
            Ok(()) => Vec::new(),
            Err(report) => report.errors.iter().map(ToString::to_string).collect(),
        },
    }
}

/// What is wrong with the schemas. `roas` passes over keywords that it does not know, so this does not.
fn faults(root: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    each_schema(&mut root.clone(), &mut |schema| {
        for (keyword, value) in schema.iter() {
            if !is_sound(keyword, value) {
                faults.push(format!("{keyword}: {value}"));
            }
        }
        if schema.contains_key("$ref") && schema.len() > 1 {
            faults.push(format!("$ref beside others: {schema:?}"));
        }
        if schema.get("type") == Some(&json!("array")) && !schema.contains_key("items") {
            faults.push("array without items".to_owned());
        }
        let lists_null =
            schema.get("enum").and_then(Value::as_array).is_some_and(|it| it.contains(&Value::Null));
        if lists_null && schema.get("nullable") != Some(&json!(true)) {
            faults.push("null in an enum that is not nullable".to_owned());
        }
    });
    faults
}

fn is_sound(keyword: &str, value: &Value) -> bool {
    match keyword {
        "$ref" => value.as_str().is_some_and(|reference| reference.starts_with("#/components/schemas/")),
        "type" => {
            ["string", "number", "integer", "boolean", "array", "object"].iter().any(|name| value == name)
        }
        "title" | "description" | "format" | "pattern" => value.is_string(),
        "nullable" | "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" | "deprecated" | "readOnly"
        | "writeOnly" => value.is_boolean(),
        "minimum" | "maximum" | "multipleOf" => value.is_number(),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            value.is_u64()
        }
        "enum" | "required" => value.as_array().is_some_and(|list| !list.is_empty()),
        "allOf" | "anyOf" | "oneOf" => {
            value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_object))
        }
        "not" | "items" | "discriminator" | "xml" | "externalDocs" => value.is_object(),
        "properties" => value.as_object().is_some_and(|map| map.values().all(Value::is_object)),
        "additionalProperties" => value.is_object() || value.is_boolean(),
        "default" | "example" => true,
        other => other.starts_with("x-"),
    }
}

fn each_schema(root: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    for schema in entries(root.pointer_mut("/components/schemas")) {
        each_inner(schema, visit);
    }
    each_of_paths(root.get_mut("paths"), visit);
}

fn each_of_paths(paths: Option<&mut Value>, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    for item in entries(paths) {
        each_of_parameters(item.get_mut("parameters"), visit);
        for operation in entries(Some(item)) {
            each_of_parameters(operation.get_mut("parameters"), visit);
            each_of_content(operation.pointer_mut("/requestBody/content"), visit);
            for response in entries(operation.get_mut("responses")) {
                each_of_content(response.get_mut("content"), visit);
            }
            for callback in entries(operation.get_mut("callbacks")) {
                each_of_paths(Some(callback), visit);
            }
        }
    }
}

fn each_of_parameters(parameters: Option<&mut Value>, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    for parameter in parameters.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(schema) = parameter.get_mut("schema") {
            each_inner(schema, visit);
        }
    }
}

fn each_of_content(content: Option<&mut Value>, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    for media_type in entries(content) {
        if let Some(schema) = media_type.get_mut("schema") {
            each_inner(schema, visit);
        }
    }
}

fn each_inner(schema: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    for keyword in ["not", "items", "additionalProperties"] {
        if let Some(inner) = schema.get_mut(keyword) {
            each_inner(inner, visit);
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for inner in schema.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten() {
            each_inner(inner, visit);
        }
    }
    for inner in entries(schema.get_mut("properties")) {
        each_inner(inner, visit);
    }
    if let Some(schema) = schema.as_object_mut() {
        visit(schema);
    }
}

fn entries(map: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    map.and_then(Value::as_object_mut).into_iter().flat_map(|map| map.values_mut())
}

// ---- Random documents ----------------------------------------------------------------------------------

/// A valid 3.1 document with every feature that has a rule.
fn document() -> impl Strategy<Value = Value> {
    (vec(schema(), 1..4), vec(schema(), 4), subsequence(MEMBERS.to_vec(), 0..=MEMBERS.len())).prop_map(
        |(components, used, members)| {
            let mut root = json!({
                "openapi": "3.1.0",
                "info": {"title": "t", "version": "1"},
                "components": {"schemas": {"Base": {"type": "string"}}},
            });
            for (index, schema) in components.into_iter().enumerate() {
                root["components"]["schemas"][format!("S{index}")] = schema;
            }
            for member in members {
                add(&mut root, member, &used);
            }
            root
        },
    )
}

const MEMBERS: [&str; 8] =
    ["paths", "path-item", "$defs", "webhooks", "dialect", "info", "security", "callbacks"];

fn add(root: &mut Value, member: &str, schemas: &[Value]) {
    match member {
        "paths" => {
            root["paths"]["/a"] = json!({
                "parameters": [{"name": "p", "in": "query", "schema": schemas[0]}],
                "get": {},
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": schemas[1]}}},
                    "responses": {"200": {"content": {"application/json": {"schema": schemas[2]}}}},
                },
            });
        }
        "path-item" => {
            root["components"]["pathItems"] = json!({"Shared": {"get": {"responses": {"200": {
                "description": "", "content": {"text/plain": {"schema": schemas[3]}},
            }}}}});
            root["paths"]["/b"] = json!({"$ref": "#/components/pathItems/Shared", "summary": "s"});
        }
        "$defs" => {
            root["$defs"] = json!({"Root": schemas[0], "Base": {"type": ["integer", "null"]}});
            root["components"]["schemas"]["UsesRoot"] =
                json!({"items": {"$ref": "#/$defs/Root"}, "not": {"$ref": "#/$defs/Base"}});
        }
        "webhooks" => root["webhooks"] = json!({"grown": {"post": {"responses": {}}}}),
        "dialect" => root["jsonSchemaDialect"] = json!("https://json-schema.org/draft/2020-12/schema"),
        "info" => {
            root["info"]["summary"] = json!("s");
            root["info"]["license"] = json!({"name": "MIT", "identifier": "MIT"});
        }
        "security" => {
            root["security"] = json!([{"cert": []}, {"cert": [], "key": ["admin"]}, {"key": []}]);
            root["components"]["securitySchemes"] = json!({"cert": {"type": "mutualTLS"}, "key": {"type": "apiKey", "in": "header", "name": "k"}});
        }
        _ => {
            root["paths"]["/c"] = json!({"get": {"callbacks": {"called": {"{$url}": {"post": {"responses": {
                "200": {"description": "", "content": {"application/json": {"schema": schemas[1]}}},
            }}}}}}});
        }
    }
}

/// A schema of 2020-12, nested up to four levels.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => union(leaf_keywords().boxed()),
        1 => any::<bool>().prop_map(Value::Bool),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        let keywords = prop_oneof![leaf_keywords(), inner_keywords(inner.clone())];
        prop_oneof![6 => union(keywords.boxed()), 1 => pasted(inner)]
    })
}

/// The keywords of one to four fragments; of two that say the same the later one.
fn union(keywords: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    vec(keywords, 1..5).prop_map(|fragments| {
        let mut schema = Map::new();
        for fragment in fragments {
            schema.extend(fragment.as_object().cloned().unwrap_or_default());
        }
        Value::Object(schema)
    })
}

/// A JSON Schema with a root of its own.
fn pasted(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    inner.prop_map(|inner| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": {"local": {"$ref": "#/$defs/Local"}, "next": {"$ref": "#/$defs/Next", "title": "n"}},
            "$defs": {"Local": inner, "Next": {"items": {"$ref": "#/$defs/Local"}}},
        })
    })
}

fn leaf_keywords() -> impl Strategy<Value = Value> {
    let types = vec!["string", "number", "integer", "boolean", "array", "object", "null"];
    prop_oneof![
        3 => select(types.clone()).prop_map(|name| json!({"type": name})),
        3 => subsequence(types, 1..4).prop_map(|names| json!({"type": names})),
        5 => select(vec![
            json!({"const": "a"}),
            json!({"const": null}),
            json!({"enum": ["a", 1, null, true]}),
            json!({"enum": [null]}),
            json!({"enum": [1.5, 2], "default": 2}),
            json!({"examples": ["a", {"const": 1}]}),
            json!({"example": {"type": ["string", "null"]}, "examples": []}),
            json!({"exclusiveMinimum": 1, "minimum": 3}),
            json!({"exclusiveMaximum": 9.5, "multipleOf": 0.5}),
            json!({"format": "int64"}),
            json!({"format": "date-time", "pattern": "^a", "maxLength": 9}),
            json!({"contentEncoding": "base64"}),
            json!({"contentMediaType": "application/octet-stream"}),
            json!({"contentMediaType": "image/png", "contentEncoding": "base64url"}),
            json!({"required": ["a"], "maxProperties": 4}),
            json!({"required": []}),
            json!({"title": "T", "description": "d", "deprecated": true}),
            json!({"$comment": "c", "$id": "https://example.com/s", "$anchor": "here"}),
            json!({"dependentRequired": {"a": ["b"]}, "flavour": 1, "x-flavour": {"const": 1}}),
            json!({"unevaluatedProperties": false, "additionalProperties": false}),
            json!({"default": {"anyOf": [{"type": "null"}]}}),
            json!({"uniqueItems": true, "maxItems": 3, "minContains": 2}),
        ]),
        2 => Just(json!({"$ref": "#/components/schemas/Base"})),
    ]
}

fn inner_keywords(inner: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Value> {
    let list = vec(inner.clone(), 1..4);
    let nullable = list.clone().prop_map(|mut branches| {
        branches.insert(branches.len() / 2, json!({"type": "null"}));
        branches
    });
    let property = select(vec!["a", "b", "type", "const", "$ref", "properties", "example", "enum", "x-y"]);
    prop_oneof![
        3 => vec((property, inner.clone()), 1..4).prop_map(|properties| {
            let properties: Map<String, Value> =
                properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
            json!({"properties": properties})
        }),
        2 => inner.clone().prop_map(|items| json!({"items": items})),
        1 => list.clone().prop_map(|places| json!({"prefixItems": places})),
        1 => list.clone().prop_map(|places| json!({"prefixItems": places, "items": false})),
        1 => inner.clone().prop_map(|schema| json!({"additionalProperties": schema})),
        1 => inner.clone().prop_map(|schema| json!({"patternProperties": {"^a": schema}})),
        1 => list.clone().prop_map(|all| json!({"allOf": all})),
        1 => list.clone().prop_map(|any| json!({"anyOf": any})),
        1 => list.prop_map(|one| json!({"oneOf": one})),
        2 => nullable.clone().prop_map(|any| json!({"anyOf": any})),
        2 => nullable.prop_map(|one| json!({"oneOf": one})),
        1 => inner.clone().prop_map(|schema| json!({"not": schema})),
        1 => inner.clone().prop_map(|schema| json!({"if": schema, "then": schema, "else": false})),
        1 => inner.clone().prop_map(|schema| json!({"contains": schema, "propertyNames": schema})),
        1 => inner.prop_map(|schema| json!({"$defs": {"Odd name/": schema}, "definitions": {"Base": true}})),
    ]
}
