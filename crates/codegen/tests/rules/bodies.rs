//! Request bodies.

use serde_json::Value;

use crate::{api, api_3_1, assert_has, assert_noted, generated, refused, source};

const DONE: &str = "responses: {'204': {description: done}}";

fn post(content: &str) -> Value {
    api(&format!(
        "paths:\n  /a:\n    post: {{operationId: write, requestBody: {{required: true, content: {{{content}}}}}, {DONE}}}"
    ))
}

fn form(media_type: &str, properties: &str) -> Value {
    post(&format!("{media_type}: {{schema: {{type: object, required: [a], properties: {{{properties}}}}}}}"))
}

#[test]
fn json_under_another_name_is_json_and_goes_out_under_its_name() {
    for media_type in ["application/scim+json", "application/vnd.api+json", "application/json; charset=utf-8"]
    {
        let made = generated(post(&format!(
            "'{media_type}': {{schema: {{type: object, properties: {{a: {{type: string}}}}}}}}"
        )));
        assert_noted(&made, "spoken-media-type");
        assert_has(&source(&made), &format!(r#"content_type: Some("{media_type}")"#));
        assert_has(&source(&made), ".json(&body)");
    }
}

#[test]
fn of_several_media_types_json_is_spoken() {
    let made = generated(post(
        "text/csv: {schema: {type: string}}, application/json: {schema: {type: object, properties: {a: {type: string}}}}",
    ));
    assert_noted(&made, "spoken-media-type");
    assert_has(&source(&made), r#"content_type: Some("application/json")"#);
}

#[test]
fn any_other_media_type_is_handed_over_as_it_is() {
    for schema in ["{type: string}", "{type: string, format: binary}", "{type: object}", "{}"] {
        for media_type in ["text/csv", "application/octet-stream", "application/pdf", "'*/*'"] {
            let made = generated(post(&format!("{media_type}: {{schema: {schema}}}")));
            assert_has(
                &source(&made),
                &format!(r#"content_type: Some("{}")"#, media_type.trim_matches('\'')),
            );
            assert_has(&source(&made), "body: Result<::revops_runtime::generated::reqwest::Body, String>");
        }
    }
}

#[test]
fn a_body_without_a_schema_takes_any_json() {
    assert_has(
        &source(&generated(post("application/json: {}"))),
        "body: Result<::serde_json::Value, String>",
    );
}

#[test]
fn a_multipart_body_is_a_form_with_one_field_for_each_part() {
    let made = generated(form(
        "multipart/form-data",
        "a: {type: string, format: binary}, type: {type: string}, 'file[]': {type: array, items: {type: string, format: binary}}, 2nd: {type: string}",
    ));
    assert_has(&source(&made), "pub struct WriteForm");
    assert_has(&source(&made), "pub a: ::revops_runtime::upload::Part,");
    assert_has(&source(&made), "pub type_: ::std::option::Option<::revops_runtime::upload::Part>,");
    assert_has(&source(&made), "pub file: ::std::vec::Vec<::revops_runtime::upload::Part>,");
    assert_has(&source(&made), r#"form.part("file[]", part)"#);
    assert_has(&source(&made), "content_type: None");
    assert_has(&source(&made), "Outgoing");
}

#[test]
fn a_multipart_body_that_does_not_declare_its_parts_is_an_error() {
    let text = refused(post("multipart/form-data: {schema: {type: object}}"));
    assert_eq!(
        text,
        "api.yaml at #/paths/~1a/post/requestBody/content/multipart~1form-data/schema: the multipart form does not \
         declare its parts under `properties` [declared-parts]. Declare them in a repair: `type: object` with one \
         property for each part"
    );
}

#[test]
fn two_parts_of_one_field_are_an_error() {
    let text = refused(form("multipart/form-data", "a: {type: string}, A: {type: string}"));
    assert_has(&text, "two parts are the field `a` [declared-parts]");
}

#[test]
fn a_component_named_as_a_form_makes_room_for_it() {
    let mut root = form("multipart/form-data", "a: {type: string}");
    root["components"]["schemas"]["WriteForm"] =
        serde_json::json!({"type": "object", "properties": {"b": {"type": "string"}}});
    let made = generated(root);
    assert_noted(&made, "distinct-type-names");
    assert_has(&source(&made), "pub struct WriteForm2");
}

#[test]
fn a_url_encoded_form_is_written_as_pairs() {
    let made = generated(form(
        "application/x-www-form-urlencoded",
        "a: {type: string}, tags: {type: array, items: {type: string}}",
    ));
    assert_has(&source(&made), ".form(&::revops_runtime::generated::Pairs::new(&body))");
}

#[test]
fn an_object_in_a_url_encoded_form_is_an_error() {
    let text = refused(form("application/x-www-form-urlencoded", "a: {type: object}"));
    assert_has(
        &text,
        "schema/properties/a: `a` is more than a text or a list of texts, which a URL-encoded form cannot carry [flat-form]. Write it in a repair as the vendor wants it",
    );
}

#[test]
fn a_member_of_a_url_encoded_form_that_is_written_otherwise_is_an_error() {
    let encoded = |encoding: &str| {
        post(&format!(
            "application/x-www-form-urlencoded: {{schema: {{type: object, properties: {{a: {{type: string}}, tags: {{type: array, items: {{type: string}}}}}}}}, encoding: {{{encoding}}}}}"
        ))
    };
    assert_eq!(
        refused(encoded("tags: {explode: false}")),
        "api.yaml at #/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/encoding/tags: `tags` is \
         to be written as `explode: false`, and a URL-encoded form is written with a repeated name alone \
         [repeated-name]. In a repair, declare the member as one text, which the caller joins, or remove its \
         `encoding` if the vendor takes a repeated name"
    );
    for style in ["spaceDelimited", "pipeDelimited", "deepObject"] {
        let text = refused(encoded(&format!("tags: {{style: {style}, explode: true}}")));
        assert_has(&text, &format!("`tags` is to be written as `{style}`"));
    }
    for same in ["tags: {style: form, explode: true}", "tags: {style: form}", "a: {explode: false}"] {
        generated(encoded(same));
    }
    // Nor do the styles of lists say anything of a single text.
    for style in ["spaceDelimited", "pipeDelimited"] {
        generated(encoded(&format!("a: {{style: {style}, explode: false}}")));
    }
    assert_has(&refused(encoded("a: {style: deepObject}")), "`a` is to be written as `deepObject`");
    // What is not declared may be a list.
    assert_has(&refused(encoded("b: {explode: false}")), "`b` is to be written as `explode: false`");
}

#[test]
fn a_member_of_a_url_encoded_form_is_known_by_all_that_the_form_is_made_of() {
    let encoded = |encoding: &str| {
        post(&format!(
            "application/x-www-form-urlencoded: {{schema: {{allOf: [{{type: object, properties: {{a: {{type: string}}, tags: {{type: array, items: {{type: string}}}}, o: {{type: object}}}}}}, {{type: object, properties: {{a: {{}}}}}}]}}, encoding: {{{encoding}}}}}"
        ))
    };
    generated(encoded("a: {explode: false}"));
    generated(encoded("a: {style: pipeDelimited}"));
    assert_has(&refused(encoded("tags: {explode: false}")), "`tags` is to be written as `explode: false`");
    assert_has(
        &refused(encoded("tags: {style: pipeDelimited}")),
        "`tags` is to be written as `pipeDelimited`",
    );
    assert_has(&refused(encoded("o: {explode: false}")), "`o` is to be written as `explode: false`");
}

#[test]
fn a_body_of_get_head_and_delete_is_ignored_in_3_0_and_kept_in_3_1() {
    for method in ["get", "head", "delete"] {
        let rest = format!(
            "paths:\n  /a:\n    {method}: {{operationId: call, requestBody: {{content: {{application/json: {{schema: {{type: object}}}}}}}}, {DONE}}}"
        );
        let made = generated(api(&rest));
        assert_noted(&made, "ignored-body");
        assert!(!made.source.contains(".json(&body)"));
        assert!(generated(api_3_1(&rest)).source.contains(".json(&body)"));
    }
}

#[test]
fn an_optional_body_is_always_sent_and_noted() {
    let made = generated(api(&format!(
        "paths:\n  /a:\n    post: {{operationId: write, requestBody: {{content: {{application/json: {{schema: {{type: object}}}}}}}}, {DONE}}}"
    )));
    assert_noted(&made, "required-body");
}

#[test]
fn a_limit_of_additional_members_needs_room_for_them() {
    let body = |rest: &str| {
        post(&format!(
            "application/json: {{schema: {{type: object, properties: {{a: {{type: string}}}}, x-max-additional-properties: 100{rest}}}}}"
        ))
    };
    assert_has(
        &source(&generated(body(", additionalProperties: {type: string}"))),
        "at_most(&super::operations::WRITE, body.extra.len(), 100usize)?",
    );
    assert_has(
        &refused(body("")),
        "the body has no room for additional members that could be counted [known-extension-value]. Write `additionalProperties: true` beside its `properties` in an overlay",
    );
}
