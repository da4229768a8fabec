//! Our own extensions: any value that means nothing is an error that says what to write.

use crate::{api, assert_has, generated, operation, refused};

const DONE: &str = "responses: {'204': {description: done}}";

#[track_caller]
fn assert_refused(extension: &str, at: &str, form: &str) {
    let text = refused(operation(&format!("{extension}, {DONE}")));
    assert_has(
        &text,
        &format!(
            "api.yaml at #/paths/~1things/get/{at}: `{at}` has a value that means nothing here [known-extension-value]. Write {form}"
        ),
    );
}

#[test]
fn an_unknown_retry_class_is_an_error() {
    assert_refused("x-retry: sometimes", "x-retry", "one of `safe`, `upsert-safe`, `never`, `check-first`");
    assert_refused("x-retry: true", "x-retry", "one of `safe`");
}

#[test]
fn records_that_are_no_pointer_are_an_error() {
    assert_refused("x-records: data", "x-records", "a JSON pointer: empty, or starting with `/`");
}

#[test]
fn an_observed_path_of_other_variables_is_an_error() {
    assert_refused(
        "x-observed-path: '/things/{id}'",
        "x-observed-path",
        "a path starting with `/` with the same variables in the same order",
    );
    assert_refused("x-observed-path: v2/things", "x-observed-path", "a path starting with `/`");
}

#[test]
fn a_malformed_cursor_is_an_error() {
    for cursor in [
        "next",
        "{response: next, request: {in: query, name: cursor}}",
        "{response: /next, request: {in: header, name: cursor}}",
        "{response: /next}",
    ] {
        assert_refused(
            &format!("x-cursor: {cursor}"),
            "x-cursor",
            "`{response: <JSON pointer>, request: {in: query or body, name: <name>}}`",
        );
    }
}

#[test]
fn an_operation_of_an_undeclared_pool_is_an_error() {
    let text = refused(operation(&format!("x-quota: fast, {DONE}")));
    assert_has(
        &text,
        "api.yaml at #/paths/~1things/get/x-quota: `things` names the pool `fast`, which is not declared [known-extension-value]. Declare the pool under `x-quota` at the root in an overlay, or mend the name",
    );
    assert_refused("x-quota: [fast]", "x-quota", "a text");
}

#[test]
fn a_pool_of_no_sense_is_an_error() {
    for pool in [
        "{fast: {windows: [{limit: 10, per: 1w}]}}",
        "{fast: {windows: [{limit: 0, per: 1m}]}}",
        "{fast: {}}",
        "fast",
        "{fast: {windows: [{limit: 10, per: 'é'}]}}",
        "{fast: {windows: [{limit: 10, per: ''}]}}",
    ] {
        let text = refused(api(&format!("x-quota: {pool}\npaths: {{}}")));
        assert_has(
            &text,
            "api.yaml at #/x-quota: `x-quota` has a value that means nothing here [known-extension-value]. Write pools by name, each with `windows: [{limit, per: <number>s|m|h|d}]` or `concurrency`",
        );
    }
    generated(api("x-quota: {fast: {windows: [{limit: 10, per: 90s}], concurrency: 3}}\npaths: {}"));
}

#[test]
fn an_error_schema_that_is_not_there_is_an_error() {
    let text = refused(api("x-error-schema: Missing\npaths: {}"));
    assert_has(
        &text,
        "api.yaml at #/x-error-schema: there is no component schema `Missing` [known-extension-value]. Name a schema under `components.schemas`",
    );
}

#[test]
fn headers_and_variables_that_are_no_texts_are_an_error() {
    assert_has(
        &refused(api("x-observed-headers: {x-a: 1}\npaths: {}")),
        "api.yaml at #/x-observed-headers: `x-observed-headers` has a value that means nothing here",
    );
    assert_has(&refused(api("x-env: [A]\npaths: {}")), "Write an object whose members are texts");
}

#[test]
fn known_values_are_taken() {
    let made = generated(operation(&format!(
        "x-retry: safe, x-records: /data, x-cursor: {{response: /next, request: {{in: query, name: cursor}}}}, x-observed-path: /v2/things, {DONE}"
    )));
    assert_eq!(made.meta.operations[0].observed_path.as_deref(), Some("/v2/things"));
    assert_eq!(made.meta.operations[0].records.as_deref(), Some("/data"));
}

#[test]
fn what_a_header_cannot_carry_is_an_error() {
    for header in ["'x y': a", "'': a", "x-ä: a", "x-a: \"a\\nb\"", "x-a: é", "x-a: ' a'"] {
        let text = refused(api(&format!("x-observed-headers: {{{header}}}\npaths: {{}}")));
        assert_has(&text, "api.yaml at #/x-observed-headers/");
        assert_has(
            &text,
            "has a value that means nothing here [known-extension-value]. Write a header's name of letters, digits and `-`, and a text of printable ASCII signs on one line",
        );
    }
    generated(api("x-observed-headers: {X-API-Version: '2020-09-22', x-empty: ''}\npaths: {}"));
}
