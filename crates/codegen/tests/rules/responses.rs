//! Responses.

use crate::{api, api_3_1, assert_has, assert_noted, generated, operation, refused, source};

const A: &str = "application/json: {schema: {type: object, properties: {a: {type: string}}}}";
const B: &str = "application/json: {schema: {type: object, properties: {b: {type: string}}}}";

fn responses(list: &str) -> serde_json::Value {
    operation(&format!("responses: {{{list}}}"))
}

fn response(status: &str, content: &str) -> String {
    format!("'{status}': {{description: some, content: {{{content}}}}}")
}

/// What `send` answers with.
#[track_caller]
fn assert_answer(list: &str, answer: &str) -> revops_codegen::Generated {
    let made = generated(responses(list));
    assert_has(
        &source(&made),
        &format!("Result<::revops_runtime::Response<{answer}>, ::revops_runtime::Error>"),
    );
    made
}

#[test]
fn a_success_and_an_error_written_in_place_are_never_one_type() {
    let made =
        assert_answer(&format!("{}, {}", response("200", A), response("422", B)), "types::ThingsResponse");
    assert_noted(&made, "errors-on-demand");
    assert_has(&source(&made), "pub struct ThingsResponse { #[serde(skip_serializing_if");
    assert!(!source(&made).contains("pub b:"));
}

#[test]
fn a_component_of_the_name_of_an_inline_body_stays_a_type_of_its_own() {
    let made = generated(api(&format!(
        "paths:\n  /users:\n    get: {{operationId: users, responses: {{{}}}}}\ncomponents: {{schemas: {{UsersResponse: {{type: object, properties: {{b: {{type: string}}}}}}}}}}",
        response("200", A)
    )));
    assert_has(&source(&made), "Response<types::UsersResponse2>");
    assert_has(&source(&made), "pub struct UsersResponse2");
}

#[test]
fn a_success_with_content_and_one_without_make_an_option() {
    let made = assert_answer(
        &format!("{}, '204': {{description: none}}", response("200", A)),
        "::std::option::Option<types::ThingsResponse>",
    );
    assert_noted(&made, "one-success");
    assert_has(&source(&made), "success: &[200u16, 204u16]");
}

/// Here they are no responses, whatever they hold.
#[test]
fn an_extension_beside_the_responses_is_none_of_them() {
    let made = assert_answer(
        &format!(
            "x-first: {{content: {{text/csv: {{}}}}}}, x-second: {{$ref: '#/nowhere'}}, x-third: some, {}",
            response(
                "200",
                "application/vnd.api+json: {schema: {type: object, properties: {a: {type: string}}}}"
            )
        ),
        "types::ThingsResponse",
    );
    assert_eq!(made.notes.count("errors-on-demand"), 0, "{}", made.notes);
    let made = generated(responses("x-first: {content: {text/csv: {}}}, '204': {description: none}"));
    assert_has(&source(&made), "accept: None");
}

#[test]
fn several_error_types_do_not_disturb_the_success() {
    assert_answer(
        &format!(
            "{}, {}, {}, '401': {{description: none}}",
            response("200", A),
            response("400", B),
            response("409", A)
        ),
        "types::ThingsResponse",
    );
}

#[test]
fn a_default_beside_a_success_is_an_error() {
    let made = assert_answer(
        &format!("{}, {}", response("200", A), response("default", B)),
        "types::ThingsResponse",
    );
    assert_noted(&made, "errors-on-demand");
}

#[test]
fn a_default_alone_is_what_all_statuses_promise() {
    let made = assert_answer(
        &format!("{}, '404': {{description: none}}", response("default", A)),
        "types::ThingsResponse",
    );
    assert_noted(&made, "default-is-success");
    assert_has(&source(&made), "success: &[2u16]");
}

#[test]
fn no_success_is_any_success_without_a_promised_body() {
    let made = assert_answer(&response("400", A), "()");
    assert_noted(&made, "undocumented-success");
    let made = generated(api_3_1("paths:\n  /a:\n    get: {operationId: things}"));
    assert_has(&source(&made), "::revops_runtime::call_empty");
}

#[test]
fn a_range_and_a_code_are_one_success() {
    let made =
        assert_answer(&format!("{}, {}", response("2XX", A), response("404", B)), "types::ThingsResponse");
    assert_has(&source(&made), "success: &[2u16]");
}

#[test]
fn two_successes_that_differ_in_words_alone_are_one() {
    let other = A.replace("{a: {type: string}}", "{a: {type: string, description: words}}");
    assert_answer(&format!("{}, {}", response("200", A), response("201", &other)), "types::ThingsResponse");
}

#[test]
fn two_successes_of_different_bodies_are_an_error() {
    assert_eq!(
        refused(responses(&format!("{}, {}", response("200", A), response("202", B)))),
        "api.yaml at #/paths/~1things/get/responses: the successes of `things` have 2 different bodies [one-success]. \
         Give them one schema in a repair (a `oneOf` with a `title` for each), so that it is one type"
    );
}

#[test]
fn a_json_response_without_a_schema_is_any_json() {
    assert_answer(&response("200", "application/json: {}"), "::serde_json::Value");
}

#[test]
fn anything_but_json_is_a_stream() {
    for media_type in ["text/plain", "text/csv", "application/octet-stream", "'*/*'", "application/xml"] {
        assert_answer(
            &response("200", &format!("{media_type}: {{schema: {{type: string}}}}")),
            "::revops_runtime::ByteStream",
        );
        let empty =
            format!("{}, '204': {{description: none}}", response("200", &format!("{media_type}: {{}}")));
        assert_answer(&empty, "::revops_runtime::ByteStream");
    }
}

#[test]
fn json_under_another_name_is_decoded_and_asked_for_by_its_name() {
    let made = assert_answer(
        &response("200", &A.replace("application/json", "application/problem+json")),
        "types::ThingsResponse",
    );
    assert_has(&source(&made), r#"accept: Some("application/problem+json")"#);
}

#[test]
fn a_status_without_content_has_none_whatever_the_document_says() {
    assert_answer(&response("204", A), "()");
    let head = api(&format!(
        "paths:\n  /a:\n    head: {{operationId: look, responses: {{{}}}}}",
        response("200", A)
    ));
    assert_has(&source(&generated(head)), "::revops_runtime::call_empty");
}

#[test]
fn the_type_that_all_errors_follow_is_named_even_if_it_is_renamed() {
    let errors = "'400': {description: bad, content: {application/json: {schema: {$ref: '#/components/schemas/Result'}}}}";
    let made = generated(api(&format!(
        "paths:\n  /a:\n    get: {{operationId: a, responses: {{'204': {{description: done}}, {errors}}}}}\ncomponents: {{schemas: {{Result: {{type: object, properties: {{message: {{type: string}}}}}}}}}}"
    )));
    assert_has(&source(&made), "pub use types::Result2 as ErrorBody;");
    assert_has(&source(&made), "impl ::revops_runtime::ErrorBody for types::Result2");
}

#[test]
fn a_response_that_refers_to_a_component_is_read_there() {
    let made = generated(api(&format!(
        "paths:\n  /a:\n    get: {{operationId: a, responses: {{'200': {{$ref: '#/components/responses/Some'}}}}}}\ncomponents: {{responses: {{Some: {{description: some, content: {{{A}}}}}}}}}"
    )));
    assert_has(&source(&made), "Response<types::AResponse>");
}

#[test]
fn a_status_that_is_none_is_an_error() {
    assert_has(
        &refused(responses("success: {description: x}")),
        "api.yaml at #/paths/~1things/get/responses/success: `success` is not a status: a code such as `200`, a range such as `4XX`, or `default` [well-formed]",
    );
}

#[test]
fn a_status_written_as_a_number_is_read() {
    assert_answer("204: {description: none}", "()");
}
