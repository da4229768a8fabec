//! Single schemas: enums, formats, bounds, nesting.

use crate::{api_3_1, assert_has, assert_noted, generated, refused, schemas, source};

#[test]
fn an_enum_keeps_values_it_does_not_know() {
    let made = generated(schemas("Status: {type: string, enum: [active, inactive]}"));
    assert_noted(&made, "open-enum");
    assert_has(&source(&made), "#[serde(untagged)] Unknown(::std::string::String)");
}

#[test]
fn an_enum_that_has_an_unknown_of_its_own_calls_ours_otherwise() {
    let made = generated(schemas("Status: {type: string, enum: [active, unknown]}"));
    assert_has(&source(&made), "Unrecognized(::std::string::String)");
}

#[test]
fn values_that_differ_in_case_alone_make_a_text() {
    let made = generated(schemas("Order: {type: string, enum: [asc, ASC, Asc]}"));
    assert_noted(&made, "open-enum-type");
    assert_has(&source(&made), "pub struct Order(pub ::std::string::String);");
}

#[test]
fn odd_values_get_names_or_make_a_text() {
    let made =
        generated(schemas("Odd: {type: string, enum: ['', '+1', '-1', 'a b', '1st', 'self', \"it's\"]}"));
    for variant in ["X", "plus1", "minus1", "AB", "X1st", "Self_", "Its"] {
        assert_has(&source(&made), &format!("{variant},"));
    }
    assert_noted(&generated(schemas("Sign: {type: string, enum: ['<', '>', '=']}")), "open-enum-type");
}

#[test]
fn null_among_the_values_is_nullable() {
    for nullable in ["", "nullable: true, "] {
        let made = generated(schemas(&format!(
            "Status: {{type: string, {nullable}enum: [active, inactive, null]}}"
        )));
        assert_noted(&made, "enum-null");
        assert_noted(&made, "nullable-component");
        assert_has(&source(&made), "pub enum Status {");
    }
}

#[test]
fn a_component_that_may_be_null_is_one_type_and_optional_where_it_is_used() {
    for body in [
        "type: object, properties: {a: {type: string}}",
        "type: string, enum: [a, b]",
        "type: string",
        "oneOf: [{type: string}, {type: integer}]",
        "type: array, items: {type: string}",
    ] {
        let made = generated(schemas(&format!(
            "It: {{nullable: true, {body}}}, Alias: {{$ref: '#/components/schemas/It'}}, Holder: {{type: object, required: [it, alias, list], properties: {{it: {{$ref: '#/components/schemas/It'}}, alias: {{$ref: '#/components/schemas/Alias'}}, list: {{type: array, items: {{$ref: '#/components/schemas/It'}}}}}}}}"
        )));
        assert_eq!(made.notes.count("nullable-component"), 2);
        assert_has(&source(&made), "pub it: ::std::option::Option<It>");
        assert_has(&source(&made), "pub alias: ::std::option::Option<Alias>");
        assert_has(&source(&made), "pub list: ::std::vec::Vec<::std::option::Option<It>>");
    }
}

#[test]
fn an_enum_of_numbers_takes_any_number() {
    let made = generated(schemas(
        "Level: {type: integer, enum: [1, 2, 3]}, Pi: {type: number, enum: [3.14]}, Yes: {type: boolean, enum: [true]}",
    ));
    assert_eq!(made.notes.count("open-enum-type"), 3);
    assert_has(&source(&made), "pub struct Level(pub i64);");
}

#[test]
fn bounds_and_patterns_are_the_vendors_to_judge() {
    let made = generated(schemas(
        "A: {type: object, properties: {n: {type: integer, minimum: 1, maximum: 255}, s: {type: string, minLength: 1, pattern: '^a$'}, l: {type: array, items: {type: string}, uniqueItems: true}}}",
    ));
    assert_eq!(made.notes.count("bounds-left-to-vendor"), 3);
    assert_has(&source(&made), "pub n: ::std::option::Option<i64>");
    assert_has(&source(&made), "pub s: ::std::option::Option<::std::string::String>");
    assert_has(&source(&made), "pub l: ::std::option::Option<::std::vec::Vec<::std::string::String>>");
}

#[test]
fn a_default_is_neither_invented_nor_checked() {
    let made = generated(schemas("A: {type: object, properties: {n: {type: integer, default: many}}}"));
    assert_noted(&made, "default-left-to-vendor");
    assert_has(&source(&made), "pub n: ::std::option::Option<i64>");
}

#[test]
fn identifiers_and_addresses_stay_texts() {
    let made = generated(schemas(
        "A: {type: object, properties: {id: {type: string, format: uuid}, ip: {type: string, format: ipv4}, at: {type: string, format: date-time}, mail: {type: string, format: email}}}",
    ));
    assert_eq!(made.notes.count("plain-text-format"), 2);
    assert!(!made.source.contains("::uuid::"));
    assert_has(&source(&made), "::chrono::DateTime<::chrono::offset::Utc>");
}

#[test]
fn a_negation_is_left_to_the_vendor() {
    let made = generated(schemas(
        "A: {not: {type: string}}, B: {type: string, not: {enum: [x]}}, C: {type: object, properties: {never: {not: {}}}}",
    ));
    assert_eq!(made.notes.count("negation-left-to-vendor"), 3);
}

#[test]
fn optional_lists_and_maps_take_null() {
    let made = generated(schemas(
        "A: {type: object, properties: {list: {type: array, items: {type: string}}, map: {type: object, additionalProperties: {type: string}}, any: {type: object}}}",
    ));
    assert_noted(&made, "optional-accepts-null");
    assert_has(&source(&made), "pub list: ::std::option::Option<::std::vec::Vec<::std::string::String>>");
    assert_has(
        &source(&made),
        "pub map: ::std::option::Option<::std::collections::BTreeMap<::std::string::String, ::std::string::String>>",
    );
}

#[test]
fn a_recursive_schema_is_boxed() {
    let made = generated(schemas(
        "Node: {type: object, required: [value], properties: {value: {type: string}, left: {$ref: '#/components/schemas/Node'}, children: {type: array, items: {$ref: '#/components/schemas/Node'}}}}",
    ));
    assert_has(&source(&made), "pub left: ::std::option::Option<::std::boxed::Box<Node>>");
}

#[test]
fn a_reference_that_may_be_null_is_optional_even_if_required() {
    let made = generated(schemas(
        "B: {type: object, properties: {x: {type: string}}}, A: {type: object, required: [b], properties: {b: {allOf: [{$ref: '#/components/schemas/B'}], nullable: true, description: words}}}",
    ));
    assert_has(&source(&made), "pub b: ::std::option::Option<B>");
}

#[test]
fn all_of_one_reference_is_that_type() {
    let made = generated(schemas(
        "B: {type: object, properties: {x: {type: string}}}, A: {type: object, properties: {b: {allOf: [{$ref: '#/components/schemas/B'}], description: words}}}",
    ));
    assert_has(&source(&made), "pub b: ::std::option::Option<B>");
    assert!(!made.source.contains("struct AB"));
}

#[test]
fn all_of_two_objects_has_the_members_of_both() {
    let made = generated(schemas(
        "B: {type: object, required: [x], properties: {x: {type: string}}}, A: {allOf: [{$ref: '#/components/schemas/B'}, {type: object, properties: {y: {type: integer}}}]}",
    ));
    assert_has(
        &source(&made),
        "pub struct A { pub x: ::std::string::String, #[serde(skip_serializing_if = \"::std::option::Option::is_none\")] pub y: ::std::option::Option<i64>, }",
    );
}

#[test]
fn deep_nesting_gives_each_level_a_name() {
    let made = generated(schemas(
        "Top: {type: object, properties: {mid: {type: object, properties: {low: {type: array, items: {type: object, properties: {d: {type: string, enum: [x, y]}}}}}}}}",
    ));
    for name in
        ["pub struct Top ", "pub struct TopMid ", "pub struct TopMidLowItem ", "pub enum TopMidLowItemD "]
    {
        assert_has(&source(&made), name);
    }
}

#[test]
fn what_3_1_says_in_its_own_words_is_read() {
    let made = generated(api_3_1(
        "paths: {}\ncomponents: {schemas: {A: {type: object, required: [k], properties: {n: {type: [integer, 'null'], exclusiveMinimum: 0}, u: {type: [string, integer]}, k: {const: fixed}, any: true, t: {type: array, prefixItems: [{type: string}, {type: integer}]}, z: {type: 'null'}}, patternProperties: {'^x-': {type: string}}}}}",
    ));
    assert_has(&source(&made), "pub n: ::std::option::Option<i64>");
    assert_has(&source(&made), "pub k: Ak");
    assert_has(&source(&made), "pub enum Au { ");
}

#[test]
fn a_title_names_a_schema_and_two_of_one_title_stay_two() {
    let made = generated(schemas(
        "Holder: {type: object, properties: {x: {title: Same, type: object, properties: {p: {type: string}}}, y: {title: Same, type: object, properties: {q: {type: string}}}, z: {title: Same, type: object, properties: {p: {type: string, description: words}}}}}",
    ));
    assert_has(&source(&made), "pub x: ::std::option::Option<Same>");
    assert_has(&source(&made), "pub y: ::std::option::Option<HolderY>");
    assert_has(&source(&made), "pub z: ::std::option::Option<Same>");
}

#[test]
fn shapes_that_differ_in_a_null_are_two_types() {
    let made = generated(schemas(
        "Holder: {type: object, properties: {x: {title: Same, type: object, required: [p], properties: {p: {type: string}}}, y: {title: Same, type: object, required: [p], properties: {p: {type: string, nullable: true}}}}}",
    ));
    assert_has(&source(&made), "pub y: ::std::option::Option<HolderY>");
}

#[test]
fn branches_that_only_say_what_must_be_there_are_left_to_the_vendor() {
    for key in ["oneOf", "anyOf", "allOf"] {
        let made = generated(schemas(&format!(
            "A: {{type: object, properties: {{a: {{type: string}}, b: {{type: string}}}}, {key}: [{{required: [a]}}, {{required: [b]}}]}}"
        )));
        assert_noted(&made, "alternatives-left-to-vendor");
        assert_has(&source(&made), "pub a: ::std::option::Option<::std::string::String>");
    }
}

#[test]
fn branches_that_exclude_each_other_are_an_error() {
    let member = "A: {allOf: [{type: object, properties: {x: {type: string}}}, {type: object, properties: {x: {type: integer}}}]}";
    assert_has(
        &refused(schemas(member)),
        "api.yaml at #/components/schemas/A: two branches declare the member `x` as different things, and no value is both [agreeing-branches]. Make them agree in a repair",
    );
    for whole in [
        "A: {allOf: [{type: string}, {type: integer}]}",
        "A: {allOf: [{type: string, enum: [a]}, {type: string, enum: [b]}]}",
    ] {
        assert_has(
            &refused(schemas(whole)),
            "api.yaml at #/components/schemas/A: no value fits the type `A`: what it combines excludes each other [inhabited-type]",
        );
    }
}

#[test]
fn a_word_that_older_yaml_takes_for_a_boolean_is_a_text() {
    let made = generated(schemas("Country: {type: string, enum: [se, no, y, on]}"));
    for value in ["se", "no", "y", "on"] {
        assert_has(&source(&made), &format!("#[serde(rename = \"{value}\")]"));
    }
}
