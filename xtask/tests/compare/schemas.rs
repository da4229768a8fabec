//! Schemas, where callers send them and where they get them.

use serde_json::{Value, json};

use super::{answering, assert_schema, lines, within};

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

#[test]
fn a_field_that_comes_or_goes() {
    let (a, ab) = (json!({ "a": {} }), json!({ "a": {}, "b": {} }));
    let (one, two) = (object(&a, &[]), object(&ab, &[]));
    assert_schema(
        &one,
        &two,
        &["C request body.b: added (optional)"],
        &["C 200 response b: added (optional)"],
    );
    assert_schema(
        &two,
        &one,
        &["B request body.b: removed (optional)"],
        &["B 200 response b: removed (optional)"],
    );
    let must = object(&ab, &["b"]);
    assert_schema(
        &one,
        &must,
        &["B request body.b: added (required)"],
        &["C 200 response b: added (required)"],
    );
}

#[test]
fn a_field_that_becomes_required_or_optional_changes_its_rust_type() {
    let fields = json!({ "a": { "type": "string" } });
    let (may, must) = (object(&fields, &[]), object(&fields, &["a"]));
    assert_schema(
        &may,
        &must,
        &["B request body.a: optional → required"],
        &["B 200 response a: optional → required"],
    );
    assert_schema(
        &must,
        &may,
        &["B request body.a: required → optional"],
        &["B 200 response a: required → optional"],
    );
}

#[test]
fn a_field_that_may_be_null_is_an_option_whether_required_or_not() {
    let fields = json!({ "a": { "type": "string", "nullable": true } });
    let (may, must) = (object(&fields, &[]), object(&fields, &["a"]));
    let sent = ["B request body.a: optional → required"];
    assert_schema(&may, &must, &sent, &["C 200 response a: optional → required"]);
    let sent = ["C request body.a: required → optional"];
    assert_schema(&must, &may, &sent, &["C 200 response a: required → optional"]);
    let plain = object(&json!({ "a": { "type": "string" } }), &["a"]);
    assert_schema(
        &plain,
        &must,
        &["B request body.a: nullable: false → true"],
        &["B 200 response a: nullable: false → true"],
    );
}

#[test]
fn an_enum_of_answers_is_open_and_one_of_requests_is_not() {
    let (old, new) =
        (json!({ "type": "string", "enum": ["a", "b"] }), json!({ "type": "string", "enum": ["c", "b"] }));
    assert_schema(
        &old,
        &new,
        &["B request body: enum value `a` removed", "C request body: enum value `c` added"],
        &["C 200 response: enum value `a` removed", "C 200 response: enum value `c` added"],
    );
    let free = json!({ "type": "string" });
    assert_schema(
        &old,
        &free,
        &["B request body: enum: `a`, `b` → none"],
        &["B 200 response: enum: `a`, `b` → none"],
    );
}

#[test]
fn a_format_matters_if_it_makes_another_rust_type() {
    let of = |format: &str| json!({ "type": "string", "format": format });
    let changed = "format: date-time → date";
    let (sent, got) = (format!("B request body: {changed}"), format!("B 200 response: {changed}"));
    assert_schema(&of("date-time"), &of("date"), &[&sent], &[&got]);
    let changed = "format: email → uri";
    let (sent, got) = (format!("C request body: {changed}"), format!("C 200 response: {changed}"));
    assert_schema(&of("email"), &of("uri"), &[&sent], &[&got]);
}

#[test]
fn a_bound_breaks_those_who_send_beyond_it_and_makes_no_type() {
    let of = |most: u64| json!({ "type": "array", "maxItems": most });
    let sent = ["B request body: maxItems: 100 → 50"];
    assert_schema(&of(100), &of(50), &sent, &["C 200 response: maxItems: 100 → 50"]);
    let sent = ["C request body: maxItems: 50 → 100"];
    assert_schema(&of(50), &of(100), &sent, &["C 200 response: maxItems: 50 → 100"]);
    let (free, bound) = (json!({ "type": "string" }), json!({ "type": "string", "maxLength": 9 }));
    assert_schema(
        &free,
        &bound,
        &["B request body: maxLength: none → 9"],
        &["C 200 response: maxLength: none → 9"],
    );
}

#[test]
fn the_values_of_numbers_bound_them_and_make_no_enum() {
    let of = |values: Value| json!({ "type": "integer", "enum": values });
    assert_schema(
        &of(json!([1, 2])),
        &of(json!([2, 1, 3])),
        &["C request body: enum: [1,2] → [2,1,3]"],
        &["C 200 response: enum: [1,2] → [2,1,3]"],
    );
    assert_schema(
        &of(json!([1, 2])),
        &of(json!([2])),
        &["B request body: enum: [1,2] → [2]"],
        &["C 200 response: enum: [1,2] → [2]"],
    );
    assert_schema(&of(json!([1, 2])), &of(json!([2, 1])), &[], &[]);
}

#[test]
fn a_required_member_that_goes_one_way_only_is_an_option() {
    let of = |member: Value| object(&json!({ "a": member }), &["a"]);
    let plain = of(json!({ "type": "string" }));
    for key in ["readOnly", "writeOnly"] {
        let one_way = of(json!({ "type": "string", key: true }));
        assert_schema(
            &plain,
            &one_way,
            &["B request body.a: required → optional", &format!("N request body.a: {key}: none → true")],
            &["B 200 response a: required → optional", &format!("N 200 response a: {key}: none → true")],
        );
        let (constant, kept) = (json!({ "enum": ["x"] }), json!({ "enum": ["x"], key: true }));
        let (sent, got) = (
            format!("N request body.a: {key}: none → true"),
            format!("N 200 response a: {key}: none → true"),
        );
        assert_schema(&of(constant), &of(kept), &[&sent], &[&got]);
    }
}

#[test]
fn a_date_time_in_a_path_or_header_is_a_text() {
    let of = |place: &str, schema: Value| {
        let parameter = json!({ "name": "at", "in": place, "required": true, "schema": schema });
        super::with_operation(json!({ "parameters": [parameter] }))
    };
    let (text, time) = (json!({ "type": "string" }), json!({ "type": "string", "format": "date-time" }));
    for (place, effect) in [("header", "C"), ("path", "C"), ("query", "B")] {
        let changes = within(&of(place, text.clone()), &of(place, time.clone()));
        assert_eq!(changes, [format!("{effect} {place} at: format: none → date-time")]);
    }
}

/// What is said to break an answer's type, and nothing else, changes the code that is generated.
#[test]
fn a_type_breaks_where_the_generator_makes_another() {
    let member = |schema: &Value| {
        answering(&json!({ "type": "object", "required": ["a"], "properties": { "a": schema } }))
    };
    let types = |document: &Value| {
        let mut document = document.clone();
        document["info"] = json!({ "title": "Test", "version": "1" });
        document["paths"]["/it"]["post"]["responses"]["200"]["description"] = json!("");
        let made = revops_codegen::run_on(document, std::path::Path::new("api.yaml")).unwrap();
        let code = made.source.lines().map(str::trim).filter(|line| !line.starts_with("///"));
        code.collect::<Vec<_>>().join("\n")
    };
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer" });
    let order = |values: &[&str]| json!({ "type": "string", "enum": values });
    let (names, no_names) = (order(&["asc", "desc"]), order(&["asc", "ASC", "desc"]));
    for (old, new) in [
        (&text, json!({ "type": "string", "format": "uuid" })),
        (&text, json!({ "type": "string", "format": "ip" })),
        (&text, json!({ "type": "string", "format": "ipv4" })),
        (&text, json!({ "type": "string", "format": "email" })),
        (&text, json!({ "type": "string", "format": "date" })),
        (&text, json!({ "type": "string", "format": "date-time" })),
        (&text, json!({ "type": "string", "minLength": 1 })),
        (&text, json!({ "type": "string", "pattern": "^a" })),
        (&text, json!({ "type": "string", "enum": ["a", "b"] })),
        // Values that are equal as Rust names are no enum.
        (&names, no_names.clone()),
        (&no_names, names.clone()),
        (&text, no_names.clone()),
        (&text, json!({ "type": "string", "readOnly": true })),
        (&text, json!({ "type": "string", "writeOnly": true })),
        (&text, json!({ "type": "string", "nullable": true })),
        (&text, json!({ "type": "string", "default": "a" })),
        (&number, json!({ "type": "integer", "minimum": 0 })),
        (&number, json!({ "type": "integer", "minimum": 1 })),
        (&number, json!({ "type": "integer", "maximum": 9, "format": "int64" })),
        (&number, json!({ "type": "integer", "format": "int32" })),
        (&number, json!({ "type": "integer", "format": "uint8" })),
        (&number, json!({ "type": "integer", "format": "uint64" })),
        (&number, json!({ "type": "integer", "enum": [1, 2] })),
        (&number, json!({ "type": "number" })),
        (&json!({ "type": "number" }), json!({ "type": "number", "format": "float" })),
    ] {
        let (old, new) = (member(old), member(&new));
        let is_other = types(&old) != types(&new);
        assert_eq!(xtask::compare::compare(&old, &new).is_breaking(), is_other, "{new}");
    }
}

#[test]
fn places_lead_through_lists_maps_and_fields() {
    let of = |kind: &str| {
        let leaf = object(&json!({ "d": { "type": kind } }), &[]);
        let map = json!({ "type": "object", "additionalProperties": leaf });
        object(&json!({ "a": { "type": "array", "items": { "type": "array", "items": map } } }), &[])
    };
    assert_schema(
        &of("string"),
        &of("boolean"),
        &["B request body.a[][].*.d: type: string → boolean"],
        &["B 200 response a[][].*.d: type: string → boolean"],
    );
}

#[test]
fn an_object_without_fields_is_a_map_however_it_is_written() {
    let plain = json!({ "type": "object" });
    for same in [json!(true), json!(false), json!({})] {
        let other = json!({ "type": "object", "additionalProperties": same });
        assert_schema(&plain, &other, &[], &[]);
    }
    let fields = object(&json!({ "a": {} }), &[]);
    assert_schema(
        &plain,
        &fields,
        &["B request body: type: map → object"],
        &["B 200 response: type: map → object"],
    );
    let mut kept = fields.clone();
    kept["additionalProperties"] = json!(true);
    assert_schema(&fields, &kept, &["C request body.*: added"], &["C 200 response *: added"]);
    assert_schema(&kept, &fields, &["B request body.*: removed"], &["B 200 response *: removed"]);
}

#[test]
fn all_of_is_one_object_however_it_is_cut() {
    let whole = object(&json!({ "a": { "type": "string" }, "b": { "type": "string" } }), &["b"]);
    let cut = json!({ "allOf": [
        { "type": "object", "properties": { "b": { "type": "string" } }, "required": ["b"] },
        { "allOf": [{ "properties": { "a": { "type": "string" } } }] },
    ] });
    assert_schema(&whole, &cut, &[], &[]);
}

#[test]
fn branches_go_by_name_and_without_one_by_position() {
    let cat =
        |kind: &str| json!({ "title": "Cat", "type": "object", "properties": { "a": { "type": kind } } });
    let dog = json!({ "title": "Dog", "type": "object", "properties": { "b": {} } });
    let old = json!({ "oneOf": [cat("string"), dog] });
    let new = json!({ "oneOf": [dog, cat("integer")] });
    assert_schema(
        &old,
        &new,
        &["B request body<Cat>.a: type: string → integer"],
        &["B 200 response<Cat>.a: type: string → integer"],
    );
    let less = json!({ "oneOf": [dog] });
    assert_schema(&old, &less, &["B request body<Cat>: removed"], &["B 200 response<Cat>: removed"]);
    assert_schema(&less, &old, &["C request body<Cat>: added"], &["B 200 response<Cat>: added"]);
    let unnamed = |second: &str| json!({ "anyOf": [{ "type": "string" }, { "type": second }] });
    assert_schema(
        &unnamed("integer"),
        &unnamed("number"),
        &["B request body<1>: type: integer → number"],
        &["B 200 response<1>: type: integer → number"],
    );
    assert_schema(
        &json!({ "oneOf": [dog] }),
        &json!({ "anyOf": [dog] }),
        &["B request body: type: oneOf → anyOf"],
        &["B 200 response: type: oneOf → anyOf"],
    );
}

#[test]
fn deprecation_defaults_and_extensions_are_noted_and_texts_are_not() {
    let old = json!({ "type": "string", "description": "a", "example": "a", "default": "a" });
    let new = json!({ "type": "string", "title": "b", "default": "b", "deprecated": true, "x-a": 1 });
    let what = ["default: a → b", "deprecated: none → true", "x-a: none → 1"];
    let at = |place: &str| what.map(|what| format!("N {place}: {what}"));
    let (sent, got) = (at("request body"), at("200 response"));
    assert_schema(&old, &new, &sent.each_ref().map(String::as_str), &got.each_ref().map(String::as_str));
}

#[test]
fn a_component_or_a_title_names_the_type() {
    let fields = object(&json!({ "a": {} }), &[]);
    let with = |schema: Value, name: &str| {
        let mut document = answering(&schema);
        document["components"] = json!({ "schemas": { name: fields } });
        document
    };
    let user = with(json!({ "$ref": "#/components/schemas/User" }), "User");
    let person = with(json!({ "$ref": "#/components/schemas/Person" }), "Person");
    let changes = [
        "B op | 200 response: named type: `User` → `Person`",
        "B User | schema: removed",
        "C Person | schema: added",
    ];
    assert_eq!(lines(&user, &person), changes);
    let wrapped = with(json!({ "allOf": [{ "$ref": "#/components/schemas/User" }] }), "User");
    assert!(lines(&user, &wrapped).is_empty());
    let beside = |text: &str| {
        let user = json!([{ "$ref": "#/components/schemas/User" }]);
        with(json!({ "allOf": user, "default": text }), "User")
    };
    assert_eq!(within(&beside("a"), &beside("b")), ["N 200 response: default: a → b"]);
    let mut titled = fields.clone();
    titled["title"] = json!("User");
    assert_eq!(
        within(&answering(&fields), &answering(&titled)),
        ["B 200 response: named type: inline → `User`"]
    );
}

#[test]
fn a_component_that_no_operation_uses_is_only_noted() {
    let with =
        |kind: &str, name: &str| json!({ "components": { "schemas": { "A": { "type": kind }, name: {} } } });
    let changes = ["N A | schema: type: string → integer", "N B | schema: removed", "N C | schema: added"];
    assert_eq!(lines(&with("string", "B"), &with("integer", "C")), changes);
}

#[test]
fn a_type_that_contains_itself_is_walked_once() {
    let tree = |kind: &str| {
        let node = json!({ "type": "object", "properties": {
            "title": { "type": kind },
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } },
            "odd": { "allOf": [{ "$ref": "#/components/schemas/Node" }, { "properties": { "more": {} } }] },
        } });
        let mut document = answering(&json!({ "$ref": "#/components/schemas/Node" }));
        document["components"] = json!({ "schemas": { "Node": node } });
        document
    };
    let changes =
        ["B 200 response title: type: string → integer", "B 200 response odd.title: type: string → integer"];
    assert_eq!(within(&tree("string"), &tree("integer")), changes);
}

#[test]
fn references_that_go_round_or_nowhere_are_survived() {
    let with = |target: &str| {
        let mut document = answering(&json!({ "$ref": "#/components/schemas/A" }));
        document["components"] = json!({ "schemas": {
            "A": { "$ref": target }, "B": { "$ref": "#/components/schemas/A" },
            "C": { "allOf": [{ "$ref": "#/components/schemas/C" }, { "type": "string" }] },
        } });
        document
    };
    assert!(lines(&with("#/components/schemas/B"), &with("#/nowhere")).is_empty());
    let found = lines(&with("#/components/schemas/B"), &with("#/components/schemas/C"));
    let changes = ["B op | 200 response: type: any → string", "N B | schema: type: any → string"];
    assert_eq!(found, changes);
}
