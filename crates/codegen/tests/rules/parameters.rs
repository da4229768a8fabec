//! Parameters in path, query and headers.

use serde_json::Value;

use crate::{api, api_3_1, assert_has, assert_noted, generated, refused, source};

fn with(path: &str, parameters: &str) -> Value {
    api(&format!(
        "paths:\n  {path}:\n    get: {{operationId: read, parameters: [{parameters}], responses: {{'204': {{description: done}}}}}}"
    ))
}

fn query(rest: &str) -> Value {
    with("/things", &format!("{{name: q, in: query, {rest}}}"))
}

#[test]
fn an_undeclared_path_variable_is_an_error_that_names_the_operation() {
    assert_eq!(
        refused(with("/things/{id}", "")),
        "api.yaml at #/paths/~1things~1{id}/get: the variables of `/things/{id}` are not the path parameters that \
         `read` declares (none) [declared-path-variables]. In a repair, rename the path or declare the parameters, \
         so that each `{name}` has one of that name"
    );
}

#[test]
fn a_path_parameter_that_the_path_does_not_have_is_an_error() {
    let text = refused(with("/things", "{name: id, in: path, required: true, schema: {type: string}}"));
    assert_has(&text, "`read` declares (id) [declared-path-variables]");
}

#[test]
fn doubled_braces_are_an_error_that_shows_the_path() {
    let text =
        refused(with("'/jobs/{{id}}'", "{name: id, in: path, required: true, schema: {type: string}}"));
    assert_has(&text, "the variables of `/jobs/{{id}}` are not the path parameters");
}

#[test]
fn a_path_parameter_is_required_even_if_the_document_forgets_it() {
    let made = generated(with("/things/{id}", "{name: id, in: path, schema: {type: string}}"));
    assert_noted(&made, "path-parameter-required");
    assert_has(&source(&made), r#"path_segment( &super::operations::READ, "id", &id.to_string(), )?"#);
}

#[test]
fn one_name_in_path_and_query_is_an_error_with_a_remedy() {
    let both = "{name: id, in: path, required: true, schema: {type: string}}, {name: id, in: query, schema: {type: string}}";
    assert_eq!(
        refused(with("/things/{id}", both)),
        "api.yaml at #/paths/~1things~1{id}/get/parameters/1: two inputs of `read` are named `id` \
         [distinct-parameter-names]. In a repair, rename it if it stands in the path (there the name is ours to \
         choose), else remove it if it is optional"
    );
}

#[test]
fn names_equal_in_snake_case_are_an_error() {
    let both = "{name: pageSize, in: query, schema: {type: string}}, {name: page-size, in: query, schema: {type: string}}";
    assert_has(&refused(with("/things", both)), "two inputs of `read` are named `page_size`");
}

#[test]
fn a_parameter_named_body_beside_a_body_is_an_error() {
    let root = api(
        "paths:\n  /a:\n    post: {operationId: write, parameters: [{name: body, in: query, schema: {type: string}}], requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'204': {description: done}}}",
    );
    assert_has(&refused(root), "two inputs of `write` are named `body`");
    let root = api(
        "paths:\n  /a:\n    post: {operationId: write, parameters: [{name: bodyMap, in: query, schema: {type: string}}], requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'204': {description: done}}}",
    );
    assert_has(&refused(root), "two inputs of `write` are named `body_map`");
}

#[test]
fn a_parameter_may_not_be_named_as_what_the_builder_has_itself() {
    for name in ["send", "new", "header-map", "toCurl"] {
        let text =
            refused(with("/things", &format!("{{name: {name}, in: query, schema: {{type: string}}}}")));
        assert_has(&text, "cannot be an input of `read`, whose builder has its own");
    }
}

#[test]
fn a_parameter_named_as_a_local_of_the_generated_code_does_not_disturb_it() {
    let names = ["client", "baseurl", "url", "request", "response", "result", "value", "inner"];
    let list: Vec<String> =
        names.iter().map(|name| format!("{{name: {name}, in: query, schema: {{type: string}}}}")).collect();
    let made = generated(with("/things", &list.join(", ")));
    assert_has(&source(&made), "self.client = value");
    assert_has(&source(&made), "self.baseurl = value");
    assert_has(&source(&made), "_client.connection.http().get(_url)");
}

/// The compiler says it of the documents in `tests/documents`; here it is seen of any name.
#[test]
fn no_two_functions_of_a_builder_have_one_name() {
    let names = ["request", "client", "clone", "body", "body_map", "fmt", "default"];
    let list: Vec<String> =
        names.iter().map(|name| format!("{{name: {name}, in: query, schema: {{type: string}}}}")).collect();
    let made = generated(with("/things", &list.join(", ")));
    for name in names {
        assert_eq!(source(&made).matches(&format!("fn {name}<V>(mut self")).count(), 1, "{name}");
        assert!(!source(&made).contains(&format!("fn {name}(self")), "{name}");
    }
}

#[test]
fn accept_and_content_type_parameters_are_ignored_as_openapi_says() {
    let made = generated(with(
        "/things",
        "{name: Accept, in: header, schema: {type: string}}, {name: Content-Type, in: header, required: true, schema: {type: string}}",
    ));
    assert_eq!(made.notes.count("ignored-header-parameter"), 2);
    assert!(!made.source.contains("header_map"));
}

#[test]
fn an_authorization_parameter_without_security_is_an_error_that_tells_how_to_declare_it() {
    let text =
        refused(with("/things", "{name: Authorization, in: header, required: true, schema: {type: string}}"));
    assert_has(
        &text,
        "api.yaml at #/paths/~1things/get/parameters/0: the credential is declared as a header parameter only, which OpenAPI says shall be ignored [declared-security]. Declare it in a repair: a scheme under `components.securitySchemes`",
    );
}

#[test]
fn a_cookie_parameter_is_an_error() {
    let text = refused(with("/things", "{name: session, in: cookie, schema: {type: string}}"));
    assert_eq!(
        text,
        "api.yaml at #/paths/~1things/get/parameters/0: the parameter `session` is sent as a cookie, which cannot be \
         generated [supported-parameter]. Replace it in a repair by parameters that are texts, numbers, booleans or \
         lists of them, or remove it if it is optional"
    );
}

#[test]
fn a_parameter_written_as_a_document_is_an_error() {
    let text = refused(query("content: {application/json: {schema: {type: object}}}"));
    assert_has(&text, "the parameter `q` is written as a document (`content`)");
}

#[test]
fn an_object_in_the_query_is_an_error_whatever_its_style() {
    for style in ["style: deepObject", "style: form", "explode: false"] {
        let text = refused(query(&format!(
            "{style}, schema: {{type: object, properties: {{a: {{type: string}}}}}}"
        )));
        assert_has(
            &text,
            "the query parameter `q` is an object, which cannot be generated [supported-parameter]",
        );
    }
    let nested = refused(query("schema: {type: array, items: {type: object}}"));
    assert_has(&nested, "the query parameter `q` is a list of lists or objects");
}

#[test]
fn joined_lists_are_joined_by_what_their_style_says() {
    for (style, separator) in [
        ("explode: false", ","),
        ("style: pipeDelimited", "|"),
        ("style: spaceDelimited, explode: false", " "),
    ] {
        let made = generated(query(&format!("{style}, schema: {{type: array, items: {{type: string}}}}")));
        assert_noted(&made, "joined-list");
        assert_has(&source(&made), &format!(r#"Delimited::new("q", &q, "{separator}")"#));
    }
}

/// A single value is sent as it is, also with a comma in it.
#[test]
fn what_is_no_list_is_not_joined() {
    for (rest, joined) in [
        ("explode: false, schema: {type: string}", false),
        ("explode: false, schema: {type: string, enum: [a]}", false),
        ("explode: false, schema: {$ref: '#/components/schemas/Text'}", false),
        ("explode: false, schema: {oneOf: [{type: integer}, {type: string}]}", false),
        ("style: pipeDelimited, schema: {type: integer}", false),
        ("explode: false, schema: {$ref: '#/components/schemas/List'}", true),
        ("explode: false, schema: {oneOf: [{type: string}, {$ref: '#/components/schemas/List'}]}", true),
        ("explode: false, schema: {}", true),
    ] {
        let mut root = query(rest);
        root["components"] = serde_json::json!({"schemas": {
            "Text": {"type": "string"}, "List": {"type": "array", "items": {"type": "string"}}
        }});
        let made = generated(root);
        assert_eq!(source(&made).contains("Delimited::new"), joined, "{rest}");
        assert_eq!(source(&made).contains("QueryParam::new"), !joined, "{rest}");
    }
}

#[test]
fn the_style_of_the_operation_replaces_that_of_its_path() {
    let styled = |outer: &str, inner: &str| {
        let list = |style: &str| {
            format!("{{name: q, in: query, {style}schema: {{type: array, items: {{type: string}}}}}}")
        };
        source(&generated(api(&format!(
            "paths:\n  /a:\n    parameters: [{}]\n    get: {{operationId: read, parameters: [{}], responses: {{'204': {{description: done}}}}}}",
            list(outer),
            list(inner)
        ))))
    };
    assert_has(&styled("explode: false, ", ""), r#"QueryParam::new("q", &q)"#);
    assert_has(&styled("explode: false, ", "style: pipeDelimited, "), r#"Delimited::new("q", &q, "|")"#);
    assert_has(&styled("", "explode: false, "), r#"Delimited::new("q", &q, ",")"#);
}

#[test]
fn a_list_repeats_its_name_unless_the_document_says_otherwise() {
    let made = generated(query("schema: {type: array, items: {type: string}}"));
    assert_has(&source(&made), r#"QueryParam::new("q", &q)"#);
    assert_eq!(made.notes.count("joined-list"), 0);
}

#[test]
fn a_repeated_list_of_a_joining_style_is_an_error() {
    let text =
        refused(query("style: pipeDelimited, explode: true, schema: {type: array, items: {type: string}}"));
    assert_has(&text, "the query parameter `q` has the style `pipeDelimited`, repeated");
}

#[test]
fn a_list_or_an_object_in_a_header_or_path_is_an_error() {
    let header =
        refused(with("/things", "{name: X-Ids, in: header, schema: {type: array, items: {type: string}}}"));
    assert_has(&header, "`X-Ids` is not a text, number or boolean, which cannot be generated");
    let path = refused(with(
        "/things/{ids}",
        "{name: ids, in: path, required: true, schema: {type: array, items: {type: string}}}",
    ));
    assert_has(&path, "`ids` is not a text, number or boolean");
    let matrix = refused(with(
        "/things/{id}",
        "{name: id, in: path, required: true, style: matrix, schema: {type: string}}",
    ));
    assert_has(&matrix, "the path parameter `id` has a style other than `simple`");
}

#[test]
fn a_date_time_in_a_header_or_path_is_given_as_text() {
    let made = generated(with(
        "/things/{since}",
        "{name: since, in: path, required: true, schema: {type: string, format: date-time}}, {name: X-Since, in: header, schema: {type: string, format: date-time}}",
    ));
    assert_eq!(made.notes.count("text-parameter"), 2);
    assert!(!made.source.contains("chrono"));
}

#[test]
fn a_name_that_no_header_can_have_is_an_error() {
    let text = refused(with("/things", "{name: 'X Ünfit', in: header, schema: {type: string}}"));
    assert_has(&text, "`X Ünfit` cannot be the name of a header");
}

#[test]
fn a_default_is_left_to_the_vendor() {
    let made = generated(query("schema: {type: integer, default: 20}"));
    assert_noted(&made, "default-left-to-vendor");
    assert_has(&source(&made), "q: Result<Option<i64>, String>");
}

#[test]
fn a_parameter_of_the_operation_replaces_that_of_its_path() {
    let made = generated(api(
        "paths:\n  /a:\n    parameters: [{name: q, in: query, schema: {type: string}}, {name: r, in: query, schema: {type: boolean}}]\n    get: {operationId: read, parameters: [{name: q, in: query, required: true, schema: {type: integer}}], responses: {'204': {description: done}}}",
    ));
    assert_has(&source(&made), "q: Result<i64, String>, r: Result<Option<bool>, String>");
}

#[test]
fn parameters_are_named_and_not_positional_in_what_is_compiled() {
    let made = generated(with(
        "/things",
        "{name: domain, in: query, required: true, schema: {type: string}}, {name: customId, in: query, schema: {type: string}}",
    ));
    assert_has(&source(&made), "pub fn custom_id<V>(mut self, value: V) -> Self");
}

#[test]
fn a_parameter_without_a_schema_is_an_error() {
    assert_has(
        &refused(query("description: what")),
        "`0` has neither `schema` nor `content` [well-formed]. Add `schema: {type: string}`",
    );
}

#[test]
fn a_nullable_parameter_of_a_later_dialect_is_optional() {
    let made = generated(api_3_1(
        "paths:\n  /a:\n    get: {operationId: read, parameters: [{name: q, in: query, schema: {type: [integer, 'null']}}], responses: {'204': {description: done}}}",
    ));
    assert_has(&source(&made), "q: Result<Option<i64>, String>");
}

#[test]
fn variables_whose_values_could_be_a_dot_segment_together_are_an_error() {
    let parameter =
        |name: &str| format!("{{name: {name}, in: path, required: true, schema: {{type: string}}}}");
    let both = format!("{}, {}", parameter("v"), parameter("w"));
    for path in ["/x/{v}{w}", "/x/{v}.{w}/y"] {
        assert_has(&refused(with(path, &both)), "[one-variable-a-segment]");
    }
    for path in ["/z/.{v}", "/{v}..", "/%2E{v}"] {
        assert_has(&refused(with(path, &parameter("v"))), "[one-variable-a-segment]");
    }
    for path in ["/x/{v}-{w}", "/{v}/{w}", "/{v}/./{w}.json"] {
        generated(with(path, &both));
    }
}
