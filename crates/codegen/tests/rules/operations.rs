//! Names and methods of operations.

use crate::{api, assert_has, assert_noted, generated, refused, source};

const DONE: &str = "responses: {'204': {description: done}}";

fn two(first: &str, second: &str) -> serde_json::Value {
    api(&format!(
        "paths:\n  /a:\n    get: {{operationId: {first}, {DONE}}}\n  /b:\n    get: {{operationId: {second}, {DONE}}}"
    ))
}

fn one(id: &str) -> serde_json::Value {
    api(&format!("paths:\n  /a:\n    get: {{operationId: {id}, {DONE}}}"))
}

#[test]
fn an_operation_without_a_name_is_named_after_its_method_and_path() {
    let made = generated(api(&format!(
        "paths:\n  /v1/imports/{{id}}:\n    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n    get: {{{DONE}}}"
    )));
    assert_noted(&made, "operation-id");
    assert_has(&source(&made), "pub fn get_v1_imports_id(&self)");
}

#[test]
fn two_operations_of_one_name_are_an_error_that_names_both() {
    assert_eq!(
        refused(two("listUsers", "list_users")),
        "api.yaml at #/paths/~1b/get/operationId: `list_users` is named `list_users()`, as is #/paths/~1a/get \
         [distinct-operation-names]. Give one of them another `operationId` in a repair"
    );
}

#[test]
fn an_operation_may_not_be_named_as_what_the_client_has_itself() {
    for id in [
        "builder",
        "connection",
        "over",
        "fromEnv",
        "with_options",
        "newWithClient",
        "option",
        "result",
        "error",
        "client",
        "self",
    ] {
        assert_has(
            &refused(one(id)),
            "[distinct-operation-names]. Give it another `operationId` in a repair",
        );
    }
}

#[test]
fn an_operation_named_as_what_progenitor_has_for_itself_is_an_operation() {
    for id in ["new", "pre", "exec", "post", "baseurl", "inner", "apiVersion"] {
        assert_has(&source(&generated(one(id))), "call_empty(&client.connection, &super::operations::");
    }
}

#[test]
fn an_operation_named_as_a_keyword_gets_an_underscore() {
    let made = generated(one("match"));
    assert_has(&source(&made), "pub fn match_(&self) -> builder::Match<'_>");
    assert_has(&source(&made), r#"id: "match""#);
    assert_has(&made.positional().unwrap(), "pub async fn match_");
}

#[test]
fn an_operation_id_of_odd_characters_is_kept_in_messages_and_spelled_as_rust_in_code() {
    let made = generated(one("'users/list-all.v2'"));
    assert_has(&source(&made), "pub fn users_list_all_v2(&self)");
    assert_has(&source(&made), r#"id: "users/list-all.v2""#);
    assert_has(&made.positional().unwrap(), "pub async fn users_list_all_v2");
}

#[test]
fn every_method_is_sent_even_those_that_reqwest_has_no_function_for() {
    for method in ["get", "put", "post", "delete", "options", "head", "patch", "trace"] {
        let made = generated(api(&format!("paths:\n  /a:\n    {method}: {{operationId: call, {DONE}}}")));
        let sent = match method {
            "options" | "trace" => {
                format!("request( ::revops_runtime::generated::reqwest::Method::{}", method.to_uppercase())
            }
            _ => format!(".http() .{method}(url)"),
        };
        let source = source(&made).replace("request(::", "request( ::");
        assert!(
            source.contains(&sent) || source.contains(&format!(".http().{method}(url)")),
            "{method}: {source}"
        );
    }
}

#[test]
fn operations_keep_the_order_of_the_document_in_what_is_said_of_them() {
    let made = generated(two("zebra", "antelope"));
    assert_has(&source(&made), "operations: &[&operations::ZEBRA, &operations::ANTELOPE]");
}

#[test]
fn servers_of_one_operation_are_an_error_as_its_request_would_go_elsewhere() {
    let text = refused(api(&format!(
        "servers: [{{url: 'https://a.test'}}]\npaths:\n  /a:\n    get: {{operationId: a, servers: [{{url: 'https://b.test'}}], {DONE}}}"
    )));
    assert_has(
        &text,
        "api.yaml at #/paths/~1a/get: the operation has servers of its own, and a client has one base URL [one-server]. Split these operations into a document of their own, or remove the inner `servers` in a repair",
    );
}

#[test]
fn no_request_carries_a_version_header() {
    assert!(!generated(one("a")).source.contains("api-version"));
}

#[test]
fn a_path_that_does_not_start_with_a_slash_is_an_error() {
    for path in ["things", "'/things?all=true'", "'/things#all'", "'/a//b'"] {
        let text = refused(api(&format!("paths:\n  {path}:\n    get: {{operationId: a, {DONE}}}")));
        assert_has(
            &text,
            "is not a path that starts with `/`, without query, fragment and empty segments [well-formed]. Rename the path in a repair",
        );
    }
}

#[test]
fn operations_beside_parameters_of_their_path_keep_what_is_theirs() {
    let made = generated(api(
        "paths:\n  /a:\n    parameters: [{name: q, in: query, schema: {type: string}}]\n    get: {operationId: read, responses: {'200': {description: it, content: {application/json: {schema: {type: object, properties: {x: {type: string}}}}}}}}\n    put: {operationId: write, requestBody: {content: {application/json: {schema: {type: object, properties: {y: {type: string}}}}}}, responses: {'204': {description: done}}}\n    post: {operationId: add, responses: {'204': {description: done}}}\n    delete: {operationId: drop, responses: {'204': {description: done}}}",
    ));
    let item = &made.adapted["paths"]["/a"];
    for (method, id) in [("get", "read"), ("put", "write"), ("post", "add"), ("delete", "drop")] {
        assert_eq!(item[method]["operationId"], id);
    }
    assert_eq!(item.as_object().unwrap().keys().collect::<Vec<_>>(), ["get", "put", "post", "delete"]);
}
