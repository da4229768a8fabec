//! Members of objects: their names, and those that the schema does not declare.

use crate::{assert_has, assert_noted, generated, refused, schemas, source};

#[test]
fn undeclared_members_are_kept_where_the_document_allows_them() {
    for allowed in ["true", "{}"] {
        let made = generated(schemas(&format!(
            "A: {{type: object, properties: {{a: {{type: string}}}}, additionalProperties: {allowed}}}"
        )));
        assert_has(
            &source(&made),
            "#[serde(flatten)] pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>",
        );
    }
}

#[test]
fn undeclared_members_of_a_type_are_kept_as_that_type() {
    let made = generated(schemas(
        "A: {type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}",
    ));
    assert_has(
        &source(&made),
        "pub extra: ::std::collections::BTreeMap<::std::string::String, ::std::string::String>",
    );
}

#[test]
fn undeclared_members_are_ignored_and_not_refused_where_the_document_forbids_them() {
    let made =
        generated(schemas("A: {type: object, properties: {a: {type: string}}, additionalProperties: false}"));
    assert_noted(&made, "additional-properties");
    assert!(!made.source.contains("deny_unknown_fields"));
}

#[test]
fn a_member_named_extra_beside_undeclared_ones_is_an_error() {
    assert_eq!(
        refused(schemas(
            "A: {type: object, properties: {extra: {type: string}}, additionalProperties: true}"
        )),
        "api.yaml at #/components/schemas/A/properties/extra: a member named `extra` stands beside undeclared members, \
         whose field has that name [distinct-member-names]. Remove the member in a repair; it stays readable among \
         the undeclared ones"
    );
    generated(schemas("A: {type: object, properties: {extra: {type: string}}}"));
}

#[test]
fn members_equal_in_snake_case_are_an_error() {
    let text =
        refused(schemas("A: {type: object, properties: {userId: {type: string}, user_id: {type: string}}}"));
    assert_has(
        &text,
        "api.yaml at #/components/schemas/A/properties/user_id: `user_id` and `userId` are both the field `user_id` [distinct-member-names]. Remove one of them in a repair; with `additionalProperties: {}` it stays readable among the others",
    );
}

#[test]
fn members_named_as_keywords_or_signs_are_fields_that_keep_their_wire_name() {
    let made = generated(schemas(
        "A: {type: object, properties: {type: {type: string}, self: {type: string}, match: {type: string}, async: {type: string}, '@id': {type: string}, '+1': {type: integer}, '-1': {type: integer}, 1st: {type: string}, $ref-like: {type: string}}}",
    ));
    for (wire, field) in [
        ("type", "type_"),
        ("self", "self_"),
        ("match", "match_"),
        ("async", "async_"),
        ("@id", "id"),
        ("+1", "plus1"),
        ("-1", "minus1"),
        ("1st", "x1st"),
    ] {
        assert_has(&source(&made), &format!("rename = \"{wire}\""));
        assert_has(&source(&made), &format!("pub {field}:"));
    }
}

#[test]
fn a_member_named_build_leaves_the_builder_its_setter() {
    let made = generated(schemas(
        "A: {type: object, properties: {build: {type: integer}}}, B: {type: object, properties: {b: {type: string}}}",
    ));
    assert_eq!(source(&made).matches("pub fn build<T>(mut self").count(), 1);
    assert_has(&source(&made), "pub fn build(self) -> ::std::result::Result<super::B,");
    assert!(!source(&made).replace(' ', "").contains("pubfnbuild(self,)->::std::result::Result<super::A,"));
}

#[test]
fn a_member_that_goes_one_way_is_not_compulsory() {
    for way in ["readOnly", "writeOnly"] {
        for whole in [
            format!("{{type: object, required: [id, name], properties: {{id: {{type: string, {way}: true}}, name: {{type: string}}}}}}"),
            "{type: object, required: [id, name], properties: {id: {$ref: '#/components/schemas/Id'}, name: {type: string}}}".to_owned(),
            format!("{{allOf: [{{type: object, properties: {{id: {{type: string, {way}: true}}, name: {{type: string}}}}}}, {{required: [id, name]}}]}}"),
        ] {
            let made = generated(schemas(&format!("A: {whole}, Id: {{type: string, {way}: true}}")));
            assert_noted(&made, "one-way-member");
            assert_has(&source(&made), "pub id: ::std::option::Option<");
            assert_has(&source(&made), "pub name: ::std::string::String");
        }
    }
}
