//! Operations as a whole, security, and what belongs to the document.

use serde_json::json;

use super::{lines, with_operation, within};

#[test]
fn an_operation_that_goes_breaks_callers_and_one_that_comes_does_not() {
    let old = json!({ "paths": { "/a": { "get": { "operationId": "a" } } } });
    let new = json!({ "paths": { "/b": { "get": { "operationId": "b" } } } });
    assert_eq!(lines(&old, &new), ["B a | operation: removed", "C b | operation: added"]);
}

#[test]
fn a_moved_operation_keeps_callers_compiling() {
    let old = json!({ "paths": { "/a": { "get": { "operationId": "a" } } } });
    let new = json!({ "paths": { "/b": { "post": { "operationId": "a" } } } });
    let moved = "C a | operation: moved: `GET /a` → `POST /b`; callers keep compiling and call it there";
    assert_eq!(lines(&old, &new), [moved]);
}

#[test]
fn a_renamed_operation_breaks_callers_unless_the_method_is_named_the_same() {
    let named = |id: &str| json!({ "paths": { "/a": { "get": { "operationId": id } } } });
    let renamed = ["B listUsers | operation: operationId: `listUsers` → `getUsers`"];
    assert_eq!(lines(&named("listUsers"), &named("getUsers")), renamed);
    let respelled = ["C listUsers | operation: operationId: `listUsers` → `list_users`"];
    assert_eq!(lines(&named("listUsers"), &named("list_users")), respelled);
}

#[test]
fn operations_that_swap_paths_are_both_moved() {
    let at = |a: &str, b: &str| json!({ "paths": { "/a": { "get": { "operationId": a } }, "/b": { "get": { "operationId": b } } } });
    let changes = lines(&at("one", "two"), &at("two", "one"));
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|line| line.contains("moved: ")), "{changes:?}");
}

#[test]
fn an_operation_without_an_id_goes_by_its_method_and_path() {
    let old = json!({ "paths": { "/a/{id}": { "get": {} } } });
    let new = json!({ "paths": { "/a/{id}": { "get": { "deprecated": true } } } });
    assert_eq!(lines(&old, &new), ["N GET /a/{id} | operation: deprecated: false → true"]);
}

#[test]
fn another_name_for_a_path_parameter_is_no_move() {
    let at = |name: &str| {
        let parameter =
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
        json!({ "paths": { format!("/a/{{{name}}}"): { "parameters": [parameter], "get": { "operationId": "a" } } } })
    };
    let changes = ["B a | path id: removed (required)", "B a | path key: added (required)"];
    assert_eq!(lines(&at("id"), &at("key")), changes);
}

#[test]
fn a_security_scheme_that_goes_breaks_those_who_use_it() {
    let old = with_operation(json!({ "security": [{ "basic": [] }, { "bearer": [] }] }));
    let new = with_operation(json!({ "security": [{ "bearer": [] }] }));
    assert_eq!(within(&old, &new), ["B security: scheme `basic` removed"]);
    assert_eq!(within(&new, &old), ["C security: scheme `basic` added"]);
}

#[test]
fn credentials_that_become_needed_break_callers_and_those_no_longer_needed_do_not() {
    let open = with_operation(json!({}));
    let closed = with_operation(json!({ "security": [{ "basic": [] }] }));
    let needed = ["B security: access without credentials removed", "C security: scheme `basic` added"];
    assert_eq!(within(&open, &closed), needed);
    let opened = ["C security: scheme `basic` removed", "C security: access without credentials added"];
    assert_eq!(within(&closed, &open), opened);
}

#[test]
fn a_second_scheme_beside_the_first_and_a_further_scope_are_asked_of_callers() {
    let one = with_operation(json!({ "security": [{ "oauth": ["read"] }] }));
    let both = with_operation(json!({ "security": [{ "oauth": ["read"], "key": [] }] }));
    let changes =
        ["B security: scheme `oauth` removed", "C security: schemes `key` and `oauth` together added"];
    assert_eq!(within(&one, &both), changes);
    let more = with_operation(json!({ "security": [{ "oauth": ["read", "write"] }] }));
    assert_eq!(within(&one, &more), ["B security: scope `oauth:write` added"]);
}

#[test]
fn security_of_the_document_holds_for_operations_that_say_nothing() {
    let mut old = with_operation(json!({}));
    old["security"] = json!([{ "basic": [] }]);
    let new = with_operation(json!({ "security": [{ "basic": [] }] }));
    assert!(lines(&old, &new).is_empty());
}

#[test]
fn a_credential_sent_in_another_way_breaks_callers() {
    let with = |scheme| json!({ "components": { "securitySchemes": { "key": scheme } } });
    let old = with(json!({ "type": "apiKey", "in": "header", "name": "X-Key", "description": "a" }));
    let new = with(json!({ "type": "apiKey", "in": "query", "name": "X-Key", "description": "b" }));
    assert_eq!(lines(&old, &new), ["B key | security scheme: in: header → query"]);
}

#[test]
fn versions_servers_and_extensions_are_noted() {
    let old = json!({
        "info": { "version": "1", "description": "a" }, "servers": [{ "url": "https://a" }],
        "paths": { "/a": { "x-p": 1, "get": { "operationId": "a", "x-retry": "safe" } } },
    });
    let new = json!({
        "info": { "version": "2", "description": "b" }, "servers": [{ "url": "https://b" }],
        "paths": { "/a": { "get": { "operationId": "a", "summary": "s", "x-retry": "never" } } },
    });
    let changes = [
        "N document | info: version: 1 → 2",
        "N document | servers: `https://a` removed",
        "N document | servers: `https://b` added",
        "N /a | path: x-p: 1 → none",
        "N a | operation: x-retry: safe → never",
    ];
    assert_eq!(lines(&old, &new), changes);
}
