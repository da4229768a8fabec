//! References to places other than components, and references that lead nowhere.

use crate::{api, api_3_1, assert_has, assert_noted, generated, refused, schemas, source};

#[test]
fn a_reference_into_the_members_of_a_component_becomes_a_component() {
    let made = generated(schemas(
        "A: {type: object, properties: {inner: {type: object, properties: {x: {type: string}}}}}, B: {type: object, required: [it], properties: {it: {$ref: '#/components/schemas/A/properties/inner'}}}",
    ));
    assert_noted(&made, "referenced-in-place");
    assert_has(&source(&made), "pub it: AInner");
    assert_has(&source(&made), "pub inner: ::std::option::Option<AInner>");
}

#[test]
fn a_reference_into_a_path_becomes_a_component() {
    let rest = |reference: &str| {
        format!(
            "paths:\n  /a/{{id}}:\n    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n    get: {{operationId: readA, responses: {{'200': {{description: it, content: {{application/json: {{schema: {{type: object, properties: {{x: {{type: string}}}}}}}}}}}}, '400': {{description: bad, content: {{application/json: {{schema: {{type: object, properties: {{e: {{type: string}}}}}}}}}}}}}}}}\n  /b:\n    get: {{operationId: readB, responses: {{'200': {{description: it, content: {{application/json: {{schema: {{$ref: '{reference}'}}}}}}}}}}}}"
        )
    };
    let success =
        generated(api(&rest("#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema")));
    assert_noted(&success, "referenced-in-place");
    assert_has(&source(&success), "pub x:");
    let escaped =
        generated(api(&rest("#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema")));
    assert_noted(&escaped, "referenced-in-place");
    let error = generated(api(&rest("#/paths/~1a~1{id}/get/responses/400/content/application~1json/schema")));
    assert_has(&source(&error), "pub e:");
    let parameter = generated(api(&rest("#/paths/~1a~1{id}/parameters/0/schema")));
    assert_noted(&parameter, "referenced-in-place");
}

#[test]
fn a_reference_into_another_component_section_becomes_a_component() {
    let made = generated(api(
        "paths:\n  /a:\n    get: {operationId: a, responses: {'200': {description: it, content: {application/json: {schema: {$ref: '#/components/responses/R/content/application~1json/schema'}}}}}}\ncomponents: {responses: {R: {description: it, content: {application/json: {schema: {type: object, properties: {x: {type: string}}}}}}}}",
    ));
    assert_noted(&made, "referenced-in-place");
}

#[test]
fn definitions_inside_a_schema_are_components() {
    let made = generated(api_3_1(
        "paths: {}\ncomponents: {schemas: {A: {type: object, required: [b], properties: {b: {$ref: '#/components/schemas/A/$defs/B'}}, $defs: {B: {type: object, properties: {x: {type: string}}}}}}}",
    ));
    assert_has(&source(&made), "pub b: B");
}

#[test]
fn a_dangling_reference_is_an_error_that_names_it() {
    assert_eq!(
        refused(schemas("A: {type: object, properties: {b: {$ref: '#/components/schemas/Missing'}}}")),
        "api.yaml at #/components/schemas/A/properties/b: `#/components/schemas/Missing` leads nowhere \
         [resolvable-reference]. Point it at an existing schema in a repair, or add the missing one"
    );
}

#[test]
fn a_dangling_parameter_body_or_response_is_an_error() {
    let done = "responses: {'204': {description: done}}";
    for (rest, at) in [
        (format!("parameters: [{{$ref: '#/components/parameters/P'}}], {done}"), "parameters/0"),
        (format!("requestBody: {{$ref: '#/components/requestBodies/B'}}, {done}"), "requestBody"),
        ("responses: {'200': {$ref: '#/components/responses/R'}}".to_owned(), "responses/200"),
    ] {
        let text = refused(api(&format!("paths:\n  /a:\n    post: {{operationId: a, {rest}}}")));
        assert_has(
            &text,
            &format!(
                "api.yaml at #/paths/~1a/post/{at}: the reference leads nowhere, or in a circle [resolvable-reference]. Point it at an existing component in a repair"
            ),
        );
    }
}

#[test]
fn a_reference_into_another_file_is_an_error() {
    for root in [
        schemas("A: {$ref: 'other.yaml#/A'}"),
        api_3_1("paths: {}\ncomponents: {schemas: {A: {$ref: 'other.yaml#/A'}}}"),
    ] {
        assert_has(
            &refused(root),
            "`other.yaml#/A` is in another document [external-reference]. Bundle the document into one file",
        );
    }
}

#[test]
fn a_schema_that_consists_of_itself_is_an_error() {
    for cycle in [
        "A: {$ref: '#/components/schemas/A'}",
        "A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}",
        "A: {allOf: [{$ref: '#/components/schemas/A'}, {type: object}]}",
        "A: {type: object, oneOf: [{$ref: '#/components/schemas/B'}]}, B: {allOf: [{$ref: '#/components/schemas/A'}, {type: object}]}",
    ] {
        let text = refused(schemas(cycle));
        assert_has(
            &text,
            "`A` consists of itself, by way of its branches [finite-schema]. In a repair, remove the branch that leads back",
        );
    }
}

#[test]
fn a_path_that_refers_to_another_is_read_in_3_1_and_an_error_in_3_0() {
    let rest =
        "paths:\n  /a: {$ref: '#/paths/~1b'}\n  /b:\n    get: {responses: {'204': {description: done}}}";
    generated(api_3_1(rest));
    assert_has(&refused(api(rest)), "api.yaml at #/paths/~1a: `/a` is a reference to another path");
}
