//! Parameters, request bodies and answers.

use serde_json::{Value, json};

use super::{with_operation, within};

fn with_parameters(parameters: &Value) -> Value {
    with_operation(json!({ "parameters": parameters }))
}

#[test]
fn a_new_parameter_breaks_callers_only_if_it_is_required() {
    let none = with_parameters(&json!([]));
    let optional = with_parameters(&json!([{ "name": "a", "in": "query", "schema": { "type": "string" } }]));
    let required = with_parameters(
        &json!([{ "name": "a", "in": "query", "required": true, "schema": { "type": "string" } }]),
    );
    assert_eq!(within(&none, &optional), ["C query a: added (optional)"]);
    assert_eq!(within(&none, &required), ["B query a: added (required)"]);
    assert_eq!(within(&optional, &none), ["B query a: removed (optional)"]);
    assert_eq!(within(&optional, &required), ["B query a: optional → required"]);
    assert_eq!(within(&required, &optional), ["C query a: required → optional"]);
}

#[test]
fn a_parameter_tells_what_became_of_its_type() {
    let of = |schema: Value| with_parameters(&json!([{ "name": "a", "in": "query", "schema": schema }]));
    let (old, new) = (of(json!({ "type": "integer" })), of(json!({ "type": "string" })));
    assert_eq!(within(&old, &new), ["B query a: type: integer → string"]);
    let new = of(json!({ "type": "integer", "format": "int32" }));
    assert_eq!(within(&old, &new), ["B query a: format: none → int32"]);
    let (old, new) = (
        of(json!({ "type": "string", "enum": ["x", "y"] })),
        of(json!({ "type": "string", "enum": ["y", "z"] })),
    );
    assert_eq!(within(&old, &new), ["B query a: enum value `x` removed", "C query a: enum value `z` added"]);
    // An optional parameter is an `Option` already.
    let (old, new) = (of(json!({ "type": "string" })), of(json!({ "type": "string", "nullable": true })));
    assert_eq!(within(&old, &new), ["C query a: nullable: false → true"]);
}

#[test]
fn a_parameter_that_is_written_otherwise_keeps_callers_compiling() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let old = with_parameters(&json!([{ "name": "a", "in": "query", "schema": list }]));
    let new = with_parameters(&json!([{ "name": "a", "in": "query", "explode": false, "schema": list }]));
    assert_eq!(within(&old, &new), ["C query a: explode: true → false"]);
    let new =
        with_parameters(&json!([{ "name": "a", "in": "query", "style": "pipeDelimited", "schema": list }]));
    let changes = ["C query a: style: form → pipeDelimited", "C query a: explode: true → false"];
    assert_eq!(within(&old, &new), changes);
    let new = with_parameters(&json!([{ "name": "a", "in": "header", "schema": list }]));
    assert_eq!(within(&old, &new), ["C parameter a: location: query → header; callers keep compiling"]);
}

#[test]
fn defaults_that_are_written_out_and_headers_the_client_sets_are_no_change() {
    let old = with_parameters(&json!([{ "name": "a", "in": "query" }]));
    let new = with_parameters(&json!([
        { "name": "a", "in": "query", "required": false, "style": "form", "explode": true, "deprecated": false },
        { "name": "Accept", "in": "header", "required": true },
    ]));
    assert!(within(&old, &new).is_empty());
}

#[test]
fn an_operation_replaces_the_parameters_of_its_path() {
    let parameter = |description: &str| json!({ "name": "a", "in": "query", "description": description });
    let mut old = with_operation(json!({ "parameters": [parameter("own")] }));
    old["paths"]["/it"]["parameters"] = json!([{ "name": "a", "in": "query", "required": true }]);
    let new = with_operation(json!({ "parameters": [parameter("only")] }));
    assert!(within(&old, &new).is_empty());
}

#[test]
fn a_request_body_may_come_go_and_become_required() {
    let body = |required: bool| {
        let content = json!({ "application/json": { "schema": { "type": "object" } } });
        with_operation(json!({ "requestBody": { "required": required, "content": content } }))
    };
    let none = with_operation(json!({}));
    assert_eq!(within(&none, &body(false)), ["C request body: added (optional)"]);
    assert_eq!(within(&none, &body(true)), ["B request body: added (required)"]);
    assert_eq!(within(&body(true), &none), ["B request body: removed (required)"]);
    assert_eq!(within(&body(false), &body(true)), ["B request body: optional → required"]);
    assert_eq!(within(&body(true), &body(false)), ["C request body: required → optional"]);
}

#[test]
fn another_media_type_is_another_body_unless_both_are_json() {
    let body = |media: &[&str]| {
        let content: serde_json::Map<String, Value> = media
            .iter()
            .map(|name| ((*name).to_owned(), json!({ "schema": { "type": "string" } })))
            .collect();
        with_operation(json!({ "requestBody": { "content": content } }))
    };
    let json = body(&["application/json"]);
    let change = ["B request body: media type: application/json → text/csv"];
    assert_eq!(within(&json, &body(&["text/csv"])), change);
    let change = ["C request body: media type: application/json → application/scim+json"];
    assert_eq!(within(&json, &body(&["application/scim+json"])), change);
    let both = body(&["application/json", "text/csv"]);
    assert_eq!(within(&json, &both), ["C request body: media type `text/csv` added"]);
    assert_eq!(within(&both, &json), ["B request body: media type `text/csv` removed"]);
}

#[test]
fn of_several_media_types_the_place_tells_which() {
    let body = |kind: &str| {
        let content = json!({
            "application/json": { "schema": { "type": "object", "properties": { "a": { "type": kind } } } },
            "text/csv": { "schema": { "type": "string" } },
        });
        with_operation(json!({ "requestBody": { "content": content } }))
    };
    let change = ["B application/json request body.a: type: string → integer"];
    assert_eq!(within(&body("string"), &body("integer")), change);
}

#[test]
fn a_success_that_goes_breaks_callers_and_errors_are_only_noted() {
    let with = |responses: Value| with_operation(json!({ "responses": responses }));
    let old = with(json!({ "200": {}, "401": {} }));
    let new = with(json!({ "201": {}, "403": {} }));
    let changes = [
        "B 200 response: removed",
        "N 401 response: removed",
        "C 201 response: added",
        "N 403 response: added",
    ];
    assert_eq!(within(&old, &new), changes);
}

#[test]
fn a_success_with_another_body_changes_what_the_method_returns() {
    let text = json!({ "content": { "application/json": { "schema": { "type": "string" } } } });
    let old = with_operation(json!({ "responses": { "200": text } }));
    let same = with_operation(json!({ "responses": { "200": text, "201": text } }));
    let other = with_operation(json!({ "responses": { "200": text, "204": {} } }));
    assert_eq!(within(&old, &same), ["C 201 response: added"]);
    assert_eq!(within(&old, &other), ["B 204 response: added"]);
    let emptied = with_operation(json!({ "responses": { "200": {} } }));
    assert_eq!(within(&old, &emptied), ["B 200 response: media type `application/json` removed"]);
}

#[test]
fn the_fields_of_an_error_and_the_headers_of_an_answer_are_only_noted() {
    let with = |kind: &str, header: &str| {
        let schema = json!({ "type": "object", "properties": { "message": { "type": kind } } });
        let error = json!({ "content": { "application/json": { "schema": schema } } });
        let success = json!({ "headers": { header: { "schema": { "type": "string" } } } });
        with_operation(json!({ "responses": { "200": success, "default": error } }))
    };
    let changes = [
        "N 200 response header A: removed",
        "N 200 response header B: added",
        "N default response message: type: string → array",
    ];
    assert_eq!(within(&with("string", "A"), &with("array", "B")), changes);
}
