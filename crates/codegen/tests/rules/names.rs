//! Names of types.

use crate::{assert_has, assert_noted, generated, schemas, source};

const OBJECT: &str = "{type: object, properties: {a: {type: string}}}";

#[test]
fn components_equal_in_pascal_case_get_names_of_their_own() {
    let made = generated(schemas(&format!(
        "user_profile: {OBJECT}, UserProfile: {{type: object, properties: {{b: {{type: string}}}}}}, Holder: {{type: object, required: [p, q], properties: {{p: {{$ref: '#/components/schemas/user_profile'}}, q: {{$ref: '#/components/schemas/UserProfile'}}}}}}"
    )));
    assert_noted(&made, "distinct-type-names");
    assert_has(&source(&made), "pub p: UserProfile2, pub q: UserProfile");
}

#[test]
fn a_component_may_be_named_as_what_generated_code_needs() {
    for name in
        ["Default", "Option", "Result", "Vec", "String", "Box", "Some", "None", "Ok", "Err", "From", "Into"]
    {
        let made = generated(schemas(&format!("{name}: {OBJECT}")));
        assert_has(&source(&made), &format!("pub struct {name}2 "));
    }
    assert_has(&source(&generated(schemas(&format!("Self: {OBJECT}")))), "pub struct Self_ ");
}

#[test]
fn a_component_of_odd_characters_is_spelled_as_rust() {
    for (name, kind) in [
        ("Page«User»", "PageUser"),
        ("user.v2", "UserV2"),
        ("'2FA'", "X2fa"),
        ("a/b", "Ab"),
        ("Ünit", "Ünit"),
        ("'User[]'", "User"),
    ] {
        let made = generated(schemas(&format!("{name}: {OBJECT}")));
        assert_has(&source(&made), &format!("pub struct {kind} "));
    }
}

#[test]
fn references_follow_a_component_to_its_new_name() {
    for (name, reference) in
        [("a/b", "a~1b"), ("a b", "a%20b"), ("a b", "a b"), ("100%", "100%"), ("x~y", "x~0y")]
    {
        let made = generated(schemas(&format!(
            "'{name}': {OBJECT}, Holder: {{type: object, required: [it], properties: {{it: {{$ref: '#/components/schemas/{reference}'}}}}}}"
        )));
        assert!(
            made.adapted["components"]["schemas"]["Holder"]["properties"]["it"]["$ref"]
                .as_str()
                .is_some_and(|to| made.adapted.pointer(&to[1..]).is_some()),
            "{name}"
        );
    }
}

#[test]
fn every_type_carries_json_schema_behind_a_feature() {
    let made = generated(schemas(&format!("A: {OBJECT}")));
    assert_has(&source(&made), r#"#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]"#);
}
