//! Credentials and servers.

use crate::{api, api_3_1, assert_has, assert_noted, generated, refused, source};

fn secured(schemes: &str, security: &str) -> serde_json::Value {
    api(&format!(
        "security: {security}\npaths:\n  /a:\n    get: {{operationId: a, responses: {{'204': {{description: done}}}}}}\n  /open:\n    get: {{operationId: open, security: [], responses: {{'204': {{description: done}}}}}}\n  /both:\n    get: {{operationId: either, security: [{{}}, {{key: []}}], responses: {{'204': {{description: done}}}}}}\ncomponents: {{securitySchemes: {{{schemes}}}}}"
    ))
}

const KEY: &str = "key: {type: apiKey, in: header, name: X-Key}";

#[test]
fn each_operation_knows_which_credentials_it_takes() {
    let made = generated(secured(
        &format!("{KEY}, token: {{type: http, scheme: Bearer}}"),
        "[{key: [], token: []}]",
    ));
    assert_eq!(made.meta.operations[0].security, [["key", "token"]]);
    assert!(made.meta.operations[1].security.is_empty());
    assert_eq!(made.meta.operations[2].security, [vec!["key".to_owned()], vec![]]);
    assert_has(&source(&made), "pub fn token(self, token: impl");
}

#[test]
fn a_scheme_that_is_not_declared_is_an_error() {
    assert_has(
        &refused(secured(KEY, "[{missing: []}]")),
        "api.yaml at #/paths/~1a/get: it asks for the security scheme `missing`, which is not declared [declared-security]. Declare it under `components.securitySchemes` in a repair",
    );
}

#[test]
fn a_credential_outside_headers_is_an_error() {
    for scheme in ["{type: apiKey, in: query, name: key}", "{type: apiKey, in: cookie, name: key}"] {
        let text = refused(secured(&format!("key: {scheme}"), "[{key: []}]"));
        assert_has(
            &text,
            "api.yaml at #/components/securitySchemes/key: credentials are sent in headers only: in a URL or a cookie they end up in logs [sendable-credential]. Declare a header scheme of the vendor's in a repair",
        );
    }
}

#[test]
fn a_scheme_that_is_not_spoken_is_an_error_that_says_so() {
    assert_has(
        &refused(secured("key: {type: http, scheme: Digest}", "[{key: []}]")),
        "api.yaml at #/components/securitySchemes/key: the HTTP scheme `digest` cannot be spoken: only `basic` and `bearer` can [sendable-credential]. Declare a header scheme",
    );
}

#[test]
fn a_scheme_that_cannot_be_sent_and_is_not_used_is_left_out() {
    for scheme in ["{type: apiKey, in: query, name: q}", "{type: http, scheme: digest}"] {
        let made = generated(secured(&format!("{KEY}, other: {scheme}"), "[{key: []}]"));
        assert_noted(&made, "unused-scheme");
        assert_eq!(made.meta.schemes.len(), 1);
    }
}

#[test]
fn two_credentials_of_one_header_at_once_are_an_error() {
    let text = refused(secured(
        "key: {type: http, scheme: basic}, token: {type: http, scheme: bearer}",
        "[{key: [], token: []}]",
    ));
    assert_has(
        &text,
        "it asks for key and token at once, and they are one header [sendable-credential]. Write them as alternatives in a repair",
    );
}

#[test]
fn a_certificate_is_no_header_and_the_other_credential_remains() {
    let made = generated(api_3_1(&format!(
        "security: [{{key: [], cert: []}}]\npaths:\n  /a:\n    get: {{operationId: a, responses: {{'204': {{description: done}}}}}}\ncomponents: {{securitySchemes: {{{KEY}, cert: {{type: mutualTLS}}}}}}"
    )));
    assert_noted(&made, "mutual-tls");
    assert_eq!(made.meta.operations[0].security, [["key"]]);
}

#[test]
fn a_scheme_named_as_what_the_builder_has_itself_is_an_error() {
    for name in ["build", "base_url", "options", "quota", "connection", "type"] {
        let text = refused(api(&format!(
            "paths: {{}}\ncomponents: {{securitySchemes: {{{name}: {{type: http, scheme: bearer}}}}}}"
        )));
        assert_has(
            &text,
            &format!(
                "api.yaml at #/components/securitySchemes/{name}: `{name}` cannot be a method of the client's builder [distinct-builder-methods]"
            ),
        );
    }
}

#[test]
fn a_server_variable_that_is_not_declared_is_an_error() {
    assert_has(
        &refused(api("servers: [{url: 'https://{tenant}.test'}]\npaths: {}")),
        "api.yaml at #/servers/0: the URL has a variable `tenant` that is not declared [declared-server-variables]. Declare it under the server's `variables` in a repair, with its `default`",
    );
}

#[test]
fn a_server_variable_of_several_segments_keeps_its_default() {
    let made = generated(api(
        "servers: [{url: 'https://{tenant}.test/{base}/x', variables: {tenant: {default: acme}, base: {default: api/v2}}}]\npaths: {}",
    ));
    assert_noted(&made, "fixed-server-variable");
    assert_has(&source(&made), r#"url: "https://{tenant}.test/api/v2/x""#);
}

#[test]
fn a_server_of_no_host_is_left_out() {
    let made = generated(api("servers: [{url: /v1}]\npaths: {}"));
    assert_noted(&made, "relative-server");
    assert_has(&source(&made), "servers: &[]");
}
