//! Unions: `oneOf`, `anyOf`, discriminators.

use crate::{assert_has, assert_noted, generated, refused, schemas, source};

const TWO: &str = "Cat: {type: object, properties: {name: {type: string}, lives: {type: integer}}}, Dog: {type: object, properties: {name: {type: string}, tricks: {type: integer}}}";

#[test]
fn any_of_scalars_takes_the_first_that_fits() {
    let made = generated(schemas("A: {anyOf: [{type: string, enum: [auto, none]}, {type: integer}]}"));
    assert_noted(&made, "any-of-scalars");
    assert_has(&source(&made), "#[serde(untagged)]");
    assert!(!made.source.contains("flatten"));
}

#[test]
fn any_of_objects_is_one_object_with_the_members_of_all() {
    for branches in [
        "{type: object, required: [id, a], properties: {id: {type: string}, a: {type: string}}}, {type: object, required: [id], properties: {id: {type: string}, b: {type: string}}}",
        "{$ref: '#/components/schemas/First'}, {$ref: '#/components/schemas/Second'}",
    ] {
        let made = generated(schemas(&format!(
            "A: {{anyOf: [{branches}]}}, First: {{type: object, required: [id, a], properties: {{id: {{type: string}}, a: {{type: string}}}}}}, Second: {{type: object, required: [id], properties: {{id: {{type: string}}, b: {{type: string}}}}}}"
        )));
        assert_noted(&made, "any-of-objects");
        let whole = &made.adapted["components"]["schemas"]["A"];
        assert_eq!(whole["required"], serde_json::json!(["id"]));
        assert!(whole["properties"]["a"].is_object() && whole["properties"]["b"].is_object(), "{whole}");
        assert_has(&source(&made), "pub struct A {");
    }
}

#[test]
fn any_of_objects_beside_another_kind_is_a_union_of_the_two() {
    let made = generated(schemas(&format!(
        "{TWO}, A: {{anyOf: [{{$ref: '#/components/schemas/Cat'}}, {{type: string}}, {{$ref: '#/components/schemas/Dog'}}]}}"
    )));
    assert_has(&source(&made), "pub struct CatOrDog {");
    assert_has(&source(&made), "pub enum A { CatOrDog(CatOrDog), String(::std::string::String), }");
}

#[test]
fn any_of_objects_may_be_null_if_one_of_them_may() {
    let branches = "First: {type: object, nullable: true, properties: {a: {type: string}}}, Second: {type: object, properties: {b: {type: string}}}, Extended: {allOf: [{$ref: '#/components/schemas/First'}]}";
    let of = |member: &str| {
        source(&generated(schemas(&format!(
            "{branches}, Holder: {{type: object, required: [m], properties: {{m: {member}}}}}"
        ))))
    };
    for first in ["First", "Extended"] {
        let both =
            format!("{{$ref: '#/components/schemas/{first}'}}, {{$ref: '#/components/schemas/Second'}}");
        let m = of(&format!("{{anyOf: [{both}]}}"));
        assert_has(&m, &format!("pub m: ::std::option::Option<{first}OrSecond>"));
        let mixed = of(&format!("{{anyOf: [{both}, {{type: string}}]}}"));
        assert_has(&mixed, "pub m: ::std::option::Option<HolderM>");
    }
    let inline = of(
        "{anyOf: [{type: object, nullable: true, properties: {a: {type: string}}}, {type: object, properties: {b: {type: string}}}]}",
    );
    assert_has(&inline, "pub m: ::std::option::Option<HolderM>");
    let none = of(
        "{anyOf: [{$ref: '#/components/schemas/Second'}, {type: object, properties: {c: {type: string}}}]}",
    );
    assert_has(&none, "pub m: HolderM");
}

#[test]
fn any_of_objects_that_hold_each_other_is_finite() {
    let holder = "type: object, properties: {next: {anyOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}";
    let made = generated(schemas(&format!(
        "A: {{{holder}}}}}, B: {{type: object, properties: {{b: {{type: string}}}}}}, C: {{{holder}, c: {{type: string}}}}}}"
    )));
    let next = &made.adapted["components"]["schemas"]["AOrB"]["properties"]["next"];
    assert_eq!(*next, serde_json::json!({"allOf": [{"$ref": "#/components/schemas/AOrB"}]}));
}

#[test]
fn any_of_objects_that_disagree_is_an_error() {
    let text = refused(schemas(
        "A: {anyOf: [{type: object, properties: {a: {type: string}}}, {type: object, properties: {a: {type: integer}}}]}",
    ));
    assert_eq!(
        text,
        "api.yaml at #/components/schemas/A: two branches of the `anyOf` declare the member `a` as different things, \
         and cannot be one object [any-of-objects]. Declare it alike in a repair, or write `oneOf` with a \
         `discriminator` if a value is only one of them"
    );
}

#[test]
fn a_discriminator_becomes_a_required_constant_of_each_branch() {
    let made = generated(schemas(&format!(
        "{TWO}, Pet: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind, mapping: {{feline: '#/components/schemas/Cat', canine: Dog}}}}}}"
    )));
    assert_noted(&made, "discriminator-as-constant");
    assert_has(&source(&made), r#"#[serde(rename = "feline")] Feline,"#);
    assert_has(&source(&made), r#"#[serde(rename = "canine")] Canine,"#);
    assert_has(&source(&made), "pub kind: DogKind");
}

#[test]
fn a_discriminator_without_a_mapping_means_the_names_of_the_components() {
    let made = generated(schemas(&format!(
        "{TWO}, Pet: {{anyOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind}}}}"
    )));
    assert_has(&source(&made), "pub enum CatKind { Cat, }");
    assert_has(&source(&made), "pub enum Pet { Cat(Cat), Dog(Dog), }");
}

#[test]
fn a_mapping_names_its_branch_in_any_spelling() {
    let pet = |branch: &str, mapping: &str| {
        schemas(&format!(
            "'Big Cat': {{type: object, properties: {{name: {{type: string}}}}}}, {TWO}, Holder: {{type: object, properties: {{dog: {{type: object, properties: {{b: {{type: string}}}}}}}}}}, Pet: {{oneOf: [{{$ref: '{branch}'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind, mapping: {{feline: '{mapping}'}}}}}}"
        ))
    };
    for (branch, mapping) in [
        ("#/components/schemas/Big%20Cat", "#/components/schemas/Big%20Cat"),
        ("#/components/schemas/Big Cat", "#/components/schemas/Big%20Cat"),
        ("#/components/schemas/Big%20Cat", "#/components/schemas/Big Cat"),
        ("#/components/schemas/Big%20Cat", "Big Cat"),
        ("#/components/schemas/Holder/properties/dog", "#/components/schemas/Holder/properties/dog"),
    ] {
        let made = generated(pet(branch, mapping));
        assert_has(&source(&made), r#"#[serde(rename = "feline")] Feline,"#);
    }
}

#[test]
fn a_mapping_that_names_none_of_the_branches_is_an_error() {
    for target in ["#/components/schemas/Bird", "Bird", "bird.json"] {
        let text = refused(schemas(&format!(
            "{TWO}, Bird: {{type: object}}, Pet: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind, mapping: {{bird: '{target}'}}}}}}"
        )));
        assert_eq!(
            text,
            format!(
                "api.yaml at #/components/schemas/Pet: the value `bird` of `kind` stands for `{target}`, which is none of \
                 the branches [discriminator-as-constant]. In a repair, add it to the branches, or mend the \
                 discriminator's `mapping`"
            )
        );
    }
}

#[test]
fn one_schema_for_two_values_of_a_discriminator_is_an_error() {
    let text = refused(schemas(&format!(
        "{TWO}, Pet: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind, mapping: {{a: '#/components/schemas/Cat', b: '#/components/schemas/Cat', c: Dog}}}}}}"
    )));
    assert_eq!(
        text,
        "api.yaml at #/components/schemas/Pet: `#/components/schemas/Cat` stands for two values of `kind` \
         [discriminator-as-constant]. Give each value a schema of its own in a repair, with `allOf` to share what they \
         have in common"
    );
}

#[test]
fn a_branch_in_place_beside_a_discriminator_is_an_error() {
    // Also where the mapping names a schema that may be meant to be this branch.
    for mapping in ["", ", mapping: {dog: '#/components/schemas/Dog'}"] {
        let text = refused(schemas(&format!(
            "{TWO}, Pet: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{type: object}}], discriminator: {{propertyName: kind{mapping}}}}}"
        )));
        assert_has(&text, "this branch is told apart by `kind` and has no name that could be its value");
    }
}

#[test]
fn a_discriminator_of_a_base_schema_is_noted() {
    let made = generated(schemas(
        "Base: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}, Cat: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {lives: {type: integer}}}]}",
    ));
    assert_has(
        &made.notes.to_string(),
        "`kind` has no branches here; what extends this schema is read as this schema",
    );
}

#[test]
fn a_branch_that_can_never_be_reached_is_an_error() {
    let text = refused(schemas(&format!(
        "{TWO}, Pet: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}]}}"
    )));
    assert_eq!(
        text,
        "api.yaml at #/components/schemas/Pet/oneOf/1: whatever fits this branch fits branch 0 before it, and would be \
         read as that [reachable-branch]. In a repair, put the branch that requires more first, or add the \
         `discriminator` or the `required` members that tell them apart"
    );
}

#[test]
fn branches_told_apart_by_what_they_require_need_no_discriminator() {
    let made = generated(schemas(
        "A: {oneOf: [{title: Long, type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}}}, {title: Short, type: object, required: [id], properties: {id: {type: string}}}, {type: string}, {type: array, items: {type: string}}]}",
    ));
    assert_has(&source(&made), "pub enum A {");
    let constants = "A: {oneOf: [{type: object, required: [t], properties: {t: {type: string, enum: [x]}}}, {type: object, required: [t], properties: {t: {type: string, enum: [y]}}}]}";
    assert_has(&source(&generated(schemas(constants))), "pub enum A { ");
}

#[test]
fn a_branch_written_in_place_never_takes_the_type_of_another_name() {
    let made = generated(schemas(
        "A: {oneOf: [{type: object, required: [x], properties: {x: {type: string}}}, {type: string}]}, AVariant0: {type: object, properties: {y: {type: string}}}, A0: {type: object, properties: {z: {type: string}}}",
    ));
    assert_has(&source(&made), "pub x: ::std::string::String");
    assert_has(&source(&made), "pub y: ::std::option::Option<::std::string::String>");
    assert_has(&source(&made), "pub z: ::std::option::Option<::std::string::String>");
}

#[test]
fn a_union_of_listed_texts_is_one_open_enum() {
    let made = generated(schemas("A: {oneOf: [{type: string, enum: [x]}, {type: string, enum: [y]}]}"));
    assert_has(&source(&made), "pub enum A {");
}

#[test]
fn a_constant_stays_closed_only_where_it_tells_branches_apart() {
    let branch = |tag: &str| {
        format!(
            "{{type: object, required: [t, v], properties: {{t: {{type: string, enum: [{tag}]}}, v: {{type: string, enum: [one]}}}}}}"
        )
    };
    let made = generated(schemas(&format!("A: {{oneOf: [{}, {}]}}", branch("x"), branch("y"))));
    let notes = made.notes.to_string();
    assert!(!notes.contains("t` keeps a value"), "{notes}");
    assert_has(&notes, "`A0v` keeps a value it does not know");
    let made = generated(schemas(
        "A: {type: object, required: [state], properties: {state: {type: string, enum: [done]}}}",
    ));
    assert_has(&source(&made), "pub enum AState { #[serde(rename = \"done\")] Done,");
    assert_has(&source(&made), "Unknown(::std::string::String)");
}

#[test]
fn a_discriminator_is_closed_where_its_schema_is_also_used_alone() {
    let made = generated(schemas(&format!(
        "{TWO}, Pet: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind}}}}"
    )));
    assert!(!made.source.contains("Unknown("));
}

#[test]
fn the_scalar_that_keeps_its_values_exactly_is_tried_first() {
    let made = generated(schemas(
        "A: {oneOf: [{type: string}, {type: number}, {$ref: '#/components/schemas/Whole'}, {type: object, properties: {a: {type: string}}}, {type: boolean}]}, Whole: {type: integer}",
    ));
    assert_noted(&made, "narrower-scalar-first");
    let branches = &made.adapted["components"]["schemas"]["A"]["oneOf"];
    assert_eq!(branches[0]["type"], "boolean");
    assert_eq!(branches[1]["$ref"], "#/components/schemas/Whole");
    assert_eq!(branches[2]["type"], "number");
    assert_eq!(branches[3]["$ref"], "#/components/schemas/A3");
    assert_eq!(branches[4]["type"], "string");
}

#[test]
fn scalars_in_the_right_order_stay_as_they_are() {
    let made = generated(schemas("A: {anyOf: [{type: integer}, {type: number}, {type: string}]}"));
    assert_eq!(made.notes.count("narrower-scalar-first"), 0);
}

#[test]
fn a_date_beside_a_text_stays_the_text_it_came_as() {
    for dates in [
        "{type: string, format: date-time}, {type: string}",
        "{type: string}, {type: string, format: date-time}",
        "{type: string, format: date}, {$ref: '#/components/schemas/Text'}",
    ] {
        let made = generated(schemas(&format!(
            "A: {{type: object, required: [at], properties: {{at: {{oneOf: [{dates}]}}}}}}, Text: {{type: string}}"
        )));
        assert_noted(&made, "narrower-scalar-first");
        assert!(!made.source.contains("chrono"), "{}", made.source);
    }
    let made = generated(schemas("A: {oneOf: [{type: string, format: date-time}, {type: integer}]}"));
    assert_has(&source(&made), "chrono");
}
