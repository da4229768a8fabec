//! Each rule of the lowering on a small document.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use revops_codegen::lower::{lower, rule};
use revops_codegen::{Error, Notes};
use serde_json::{Value, json};

/// A 3.1 document with one component, `Subject`.
fn document(schema: Value) -> Value {
    let mut root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}});
    root["components"]["schemas"]["Subject"] = schema;
    root
}

fn lowered(root: Value) -> (Value, Notes) {
    let mut notes = Notes::new();
    let root = lower(root, &mut notes).unwrap();
    (root, notes)
}

fn refused(root: Value) -> Error {
    lower(root, &mut Notes::new()).unwrap_err()
}

/// What becomes of one schema; `rule` has noted it.
#[track_caller]
fn schema_becomes(rule: &str, published: Value, expected: &Value) {
    let (root, notes) = lowered(document(published));
    assert_eq!(root["components"]["schemas"]["Subject"], *expected);
    assert!(notes.count(rule) > 0, "no note of {rule}:\n{notes}");
}

#[track_caller]
fn schema_stays(published: &Value) {
    let (root, notes) = lowered(document(published.clone()));
    assert_eq!(root["components"]["schemas"]["Subject"], *published);
    assert_eq!(notes.iter().count(), notes.count(rule::VERSION), "{notes}");
}

/// A 3.1 document with one path item at `/a`.
fn with_item(item: Value) -> Value {
    let mut root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}});
    root["paths"]["/a"] = item;
    root
}

mod versions {
    use super::*;

    #[test]
    fn a_3_0_document_comes_back_as_it_went_in() {
        let mut published = document(json!({"type": ["string", "null"], "const": 1, "$ref": "other.yaml"}));
        published["openapi"] = json!("3.0.0");
        let (root, notes) = lowered(published.clone());
        assert_eq!(root, published);
        assert_eq!(notes, Notes::new());
    }

    #[test]
    fn a_3_1_document_becomes_3_0_3_and_keeps_the_order_of_its_members() {
        let (root, notes) = lowered(document(json!({})));
        assert_eq!(root["openapi"], "3.0.3");
        let members: Vec<&String> = root.as_object().unwrap().keys().collect();
        assert_eq!(members, ["openapi", "info", "paths", "components"]);
        assert_eq!(notes.to_string(), "version (1)\n  #/openapi  3.1.0 becomes 3.0.3\n");
    }

    #[test]
    fn other_versions_are_refused_with_a_remedy() {
        for (root, pointer) in [
            (json!({"swagger": "2.0"}), "/swagger"),
            (json!({"openapi": "3.2.0"}), "/openapi"),
            (json!({"openapi": "3.10.0"}), "/openapi"),
            (json!({"openapi": 3.1}), "/openapi"),
            (json!({"info": {}}), ""),
            (json!([]), ""),
        ] {
            let error = refused(root);
            assert_eq!((error.rule(), error.pointer()), (rule::SUPPORTED_VERSION, pointer));
            assert!(error.to_string().contains(". "), "no remedy: {error}");
        }
    }
}

mod members {
    use super::*;

    #[test]
    fn members_that_3_0_does_not_know_are_dropped() {
        let (root, notes) = lowered(json!({
            "openapi": "3.1.1",
            "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
            "info": {"title": "t", "summary": "s", "version": "1", "license": {"name": "MIT", "identifier": "MIT"}},
            "webhooks": {"grown": {"post": {}}},
        }));
        assert_eq!(
            root,
            json!({
                "openapi": "3.0.3",
                "info": {"title": "t", "version": "1", "license": {"name": "MIT"}},
                "paths": {},
            })
        );
        assert_eq!(notes.count(rule::UNKNOWN_MEMBER), 3);
        assert_eq!(notes.count(rule::WEBHOOKS), 1);
        assert_eq!(notes.count(rule::ABSENT_PATHS), 1);
    }

    #[test]
    fn absent_responses_and_descriptions_are_supplied() {
        let (root, notes) = lowered(with_item(json!({
            "get": {},
            "put": {"responses": {"200": {"content": {"application/json": {}}}, "x-note": {}}},
        })));
        assert_eq!(root["paths"]["/a"]["get"], json!({"responses": {"default": {"description": ""}}}));
        assert_eq!(
            root["paths"]["/a"]["put"]["responses"],
            json!({"200": {"content": {"application/json": {}}, "description": ""}, "x-note": {}})
        );
        assert_eq!((notes.count(rule::ABSENT_RESPONSES), notes.count(rule::ABSENT_DESCRIPTION)), (1, 1));
    }

    #[test]
    fn a_reference_object_loses_its_overrides() {
        let (root, notes) = lowered(with_item(json!({
            "get": {"responses": {"200": {"$ref": "#/components/responses/Ok", "summary": "s", "description": "d"}}},
        })));
        assert_eq!(
            root["paths"]["/a"]["get"]["responses"]["200"],
            json!({"$ref": "#/components/responses/Ok"})
        );
        assert_eq!(notes.count(rule::REFERENCE_OVERRIDES), 2);
    }

    #[test]
    fn schemas_are_found_wherever_the_structure_has_them() {
        let one = json!({"const": 1});
        let mut published = with_item(json!({
            "parameters": [{"name": "p", "in": "query", "schema": one}],
            "post": {
                "parameters": [{"name": "q", "in": "query", "content": {"application/json": {"schema": one}}}],
                "requestBody": {"content": {"multipart/form-data": {
                    "schema": one,
                    "encoding": {"f": {"headers": {"H": {"schema": one}}}},
                }}},
                "responses": {"200": {
                    "description": "",
                    "headers": {"x-rate": {"schema": one}},
                    "content": {"application/json": {"schema": one}},
                }},
                "callbacks": {"c": {"{$url}": {"get": {"responses": {"200": {
                    "description": "", "content": {"application/json": {"schema": one}},
                }}}}}},
            },
        }));
        published["components"] = json!({
            "schemas": {"x-odd": one}, "headers": {"H": {"schema": one}},
            "parameters": {"P": {"name": "p", "in": "query", "schema": one}},
            "requestBodies": {"B": {"content": {"application/json": {"schema": one}}}},
            "responses": {"R": {"description": "", "content": {"application/json": {"schema": one}}}},
        });
        let (root, notes) = lowered(published);
        assert_eq!(notes.count(rule::CONST), 12);
        assert!(!root.to_string().contains("const"));
    }
}

mod path_items {
    use super::*;

    #[test]
    fn a_path_item_reference_is_replaced_by_its_target() {
        let mut published = with_item(json!({"$ref": "#/components/pathItems/A", "summary": "nearer"}));
        published["paths"]["/b"] = json!({"$ref": "#/paths/~1a"});
        published["components"] =
            json!({"pathItems": {"A": {"summary": "farther", "get": {"responses": {}}}}});
        let (root, notes) = lowered(published);
        let expected = json!({"summary": "nearer", "get": {"responses": {}}});
        assert_eq!(root["paths"], json!({"/a": expected, "/b": expected}));
        assert_eq!(root["components"], json!({}));
        assert_eq!(notes.count(rule::PATH_ITEM_REFERENCE), 3);
        assert_eq!(notes.count(rule::PATH_ITEM_COMPONENTS), 1);
    }

    #[test]
    fn a_path_item_that_refers_to_itself_or_to_nothing_is_an_error() {
        for item in [json!({"$ref": "#/paths/~1a"}), json!({"$ref": "#/components/pathItems/None"})] {
            let error = refused(with_item(item));
            assert_eq!((error.rule(), error.pointer()), (rule::PATH_ITEM_REFERENCE, "/paths/~1a"));
        }
    }

    #[test]
    fn a_path_item_that_refers_to_itself_through_a_callback_is_an_error() {
        let error = refused(with_item(json!({
            "get": {"callbacks": {"c": {"{$url}": {"$ref": "#/paths/~1a"}}}},
        })));
        assert_eq!(error.rule(), rule::PATH_ITEM_REFERENCE);
    }
}

mod references {
    use super::*;

    #[test]
    fn a_reference_that_leaves_the_document_is_an_error() {
        let error = refused(document(json!({"properties": {"a": {"$ref": "user.yaml#/User"}}})));
        assert_eq!(error.rule(), rule::EXTERNAL_REFERENCE);
        assert_eq!(error.pointer(), "/components/schemas/Subject/properties/a/$ref");
        for item in [
            json!({"$ref": "paths.yaml"}),
            json!({"get": {"responses": {"200": {"$ref": "responses.yaml#/Ok"}}}}),
            json!({"parameters": [{"$ref": "https://example.com/p.json"}]}),
        ] {
            assert_eq!(refused(with_item(item)).rule(), rule::EXTERNAL_REFERENCE);
        }
    }

    #[test]
    fn a_dynamic_reference_is_an_error() {
        let error = refused(document(json!({"items": {"$dynamicRef": "#node"}})));
        assert_eq!(error.rule(), rule::DYNAMIC_REFERENCE);
        assert_eq!(error.pointer(), "/components/schemas/Subject/items/$dynamicRef");
    }

    #[test]
    fn a_reference_beside_other_keywords_moves_into_all_of() {
        schema_becomes(
            rule::REFERENCE_SIBLINGS,
            json!({"$ref": "#/components/schemas/A", "description": "d", "allOf": [{"minLength": 1}]}),
            &json!({"description": "d", "allOf": [{"$ref": "#/components/schemas/A"}, {"minLength": 1}]}),
        );
        schema_becomes(
            rule::REFERENCE_SIBLINGS,
            json!({"description": "d", "$ref": "#/components/schemas/A"}),
            &json!({"allOf": [{"$ref": "#/components/schemas/A"}], "description": "d"}),
        );
    }

    #[test]
    fn a_reference_beside_a_comment_stays_plain() {
        schema_becomes(
            rule::IDENTITY_KEYWORD,
            json!({"$ref": "#/components/schemas/A", "$comment": "c"}),
            &json!({"$ref": "#/components/schemas/A"}),
        );
    }

    #[test]
    fn a_reference_into_another_place_of_the_document_is_left_alone() {
        schema_stays(&json!({"$ref": "#/components/schemas/A/properties/b"}));
    }
}

mod definitions {
    use super::*;

    #[test]
    fn definitions_become_components_and_references_follow() {
        let mut published = document(json!({
            "$ref": "#/components/schemas/Subject/$defs/Outer",
            "$defs": {
                "Outer": {
                    "properties": {"inner": {"$ref": "#/components/schemas/Subject/$defs/Outer/$defs/In~1ner"}},
                    "$defs": {"In/ner": {"type": "string"}},
                },
                "Subject": {"items": {"$ref": "#/$defs/Root/properties/a"}},
            },
        }));
        published["$defs"] = json!({"Root": {"properties": {"a": true}}});
        let (root, notes) = lowered(published);
        assert_eq!(
            root["components"]["schemas"],
            json!({
                "Subject": {"$ref": "#/components/schemas/Outer"},
                "In_ner": {"type": "string"},
                "Outer": {"properties": {"inner": {"$ref": "#/components/schemas/In_ner"}}},
                "Subject2": {"items": {"$ref": "#/components/schemas/Root/properties/a"}},
                "Root": {"properties": {"a": {}}},
            })
        );
        assert_eq!(root.get("$defs"), None);
        assert_eq!(notes.count(rule::DEFINITIONS), 4);
    }

    #[test]
    fn a_pasted_schema_means_its_own_definitions() {
        let pasted = json!({
            "properties": {"a": {"$ref": "#/$defs/A"}},
            "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"type": "string"}},
        });
        let mut published = document(pasted.clone());
        published["components"]["schemas"]["Twin"] = pasted;
        let (root, _) = lowered(published);
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["Subject"]["properties"]["a"]["$ref"], "#/components/schemas/A");
        assert_eq!(schemas["A"]["items"]["$ref"], "#/components/schemas/B");
        assert_eq!(schemas["Twin"]["properties"]["a"]["$ref"], "#/components/schemas/A2");
        assert_eq!(schemas["A2"]["items"]["$ref"], "#/components/schemas/B2");
    }

    #[test]
    fn the_mapping_of_a_discriminator_follows_too() {
        let (root, _) = lowered(document(json!({
            "oneOf": [{"$ref": "#/components/schemas/Subject/$defs/A"}],
            "discriminator": {"propertyName": "k", "mapping": {"a": "#/components/schemas/Subject/$defs/A", "b": "B"}},
            "$defs": {"A": {}},
        })));
        assert_eq!(
            root["components"]["schemas"]["Subject"]["discriminator"]["mapping"],
            json!({"a": "#/components/schemas/A", "b": "B"})
        );
    }
}

mod security {
    use super::*;

    #[test]
    fn mutual_tls_and_roles_are_dropped() {
        let mut published = with_item(json!({
            "get": {"responses": {}, "security": [{"cert": []}]},
            "put": {"responses": {}, "security": [{"cert": [], "key": ["admin"]}, {"oauth": ["read"]}, {}]},
        }));
        published["security"] = json!([{"alias": []}, {"key": []}]);
        published["components"] = json!({"securitySchemes": {
            "cert": {"type": "mutualTLS"},
            "alias": {"$ref": "#/components/securitySchemes/cert"},
            "key": {"type": "apiKey", "in": "header", "name": "k"},
            "oauth": {"type": "oauth2", "flows": {}},
        }});
        let (root, notes) = lowered(published);
        assert_eq!(root["security"], json!([{"key": []}]));
        assert_eq!(root["paths"]["/a"]["get"]["security"], json!([]));
        assert_eq!(root["paths"]["/a"]["put"]["security"], json!([{"key": []}, {"oauth": ["read"]}, {}]));
        let schemes: Vec<&String> =
            root["components"]["securitySchemes"].as_object().unwrap().keys().collect();
        assert_eq!(schemes, ["key", "oauth"]);
        assert_eq!((notes.count(rule::MUTUAL_TLS), notes.count(rule::SECURITY_ROLES)), (5, 1));
    }
}

mod types {
    use super::*;

    #[test]
    fn null_beside_one_type_is_nullable() {
        schema_becomes(
            rule::TYPE_ARRAY,
            json!({"type": ["string", "null"], "maxLength": 3}),
            &json!({"type": "string", "maxLength": 3, "nullable": true}),
        );
        schema_becomes(rule::TYPE_ARRAY, json!({"type": ["string"]}), &json!({"type": "string"}));
    }

    #[test]
    fn several_types_are_one_of_with_the_keywords_of_each() {
        schema_becomes(
            rule::TYPE_ARRAY,
            json!({
                "title": "T", "type": ["string", "integer", "array", "null"],
                "format": "int64", "maxLength": 3, "maximum": 9, "description": "d", "x-quota": 1,
            }),
            &json!({
                "title": "T", "description": "d", "x-quota": 1, "nullable": true,
                "oneOf": [
                    {"type": "string", "maxLength": 3},
                    {"type": "integer", "format": "int64", "maximum": 9},
                    {"type": "array", "items": {}},
                ],
            }),
        );
    }

    #[test]
    fn a_choice_among_types_and_a_choice_of_the_document_both_hold() {
        schema_becomes(
            rule::TYPE_ARRAY,
            json!({"type": ["string", "boolean"], "oneOf": [{"enum": [true]}, {"enum": ["a"]}]}),
            &json!({
                "oneOf": [{"enum": [true]}, {"enum": ["a"]}],
                "allOf": [{"oneOf": [{"type": "string"}, {"type": "boolean"}]}],
            }),
        );
    }

    #[test]
    fn each_type_takes_its_own_values_of_an_enum() {
        schema_becomes(
            rule::TYPE_ARRAY,
            json!({"type": ["string", "integer", "null"], "enum": ["a", 1, null, "b"]}),
            &json!({
                "nullable": true,
                "oneOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "integer", "enum": [1]}],
            }),
        );
        schema_becomes(
            rule::TYPE_ARRAY,
            json!({"type": ["string", "integer"], "enum": ["a"]}),
            &json!({"type": "string", "enum": ["a"]}),
        );
    }

    #[test]
    fn an_integer_is_a_number() {
        schema_becomes(
            rule::TYPE_ARRAY,
            json!({"type": ["integer", "number"], "minimum": 0}),
            &json!({"type": "number", "minimum": 0}),
        );
    }

    #[test]
    fn null_alone_is_the_nullable_enum_of_null() {
        let null = json!({"enum": [null], "nullable": true});
        schema_becomes(rule::NULL_TYPE, json!({"type": "null"}), &null);
        schema_becomes(rule::TYPE_ARRAY, json!({"type": ["null"]}), &null);
        schema_becomes(rule::CONST, json!({"const": null}), &null);
    }
}

mod null_branches {
    use super::*;

    #[test]
    fn a_reference_that_remains_stands_in_all_of() {
        for keyword in ["anyOf", "oneOf"] {
            schema_becomes(
                rule::NULL_BRANCH,
                json!({keyword: [{"$ref": "#/components/schemas/A"}, {"type": "null"}], "description": "d"}),
                &json!({"description": "d", "allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true}),
            );
        }
    }

    #[test]
    fn a_schema_that_remains_is_merged() {
        schema_becomes(
            rule::NULL_BRANCH,
            json!({"title": "outer", "anyOf": [{"const": null}, {"title": "inner", "type": "string"}]}),
            &json!({"title": "outer", "type": "string", "nullable": true}),
        );
    }

    #[test]
    fn a_schema_that_says_otherwise_stands_in_all_of() {
        schema_becomes(
            rule::NULL_BRANCH,
            json!({"maxLength": 3, "anyOf": [{"enum": [null]}, {"type": "string", "maxLength": 5}]}),
            &json!({"maxLength": 3, "allOf": [{"type": "string", "maxLength": 5}], "nullable": true}),
        );
    }

    #[test]
    fn several_that_remain_are_a_choice_still() {
        schema_becomes(
            rule::NULL_BRANCH,
            json!({"oneOf": [{"type": "string"}, {"type": "null"}, {"type": "boolean"}]}),
            &json!({"oneOf": [{"type": "string"}, {"type": "boolean"}], "nullable": true}),
        );
    }

    #[test]
    fn a_choice_of_null_alone_is_null() {
        schema_becomes(
            rule::NULL_BRANCH,
            json!({"anyOf": [{"type": "null"}]}),
            &json!({"enum": [null], "nullable": true}),
        );
    }
}

mod keywords {
    use super::*;

    #[test]
    fn const_is_an_enum_of_one() {
        schema_becomes(
            rule::CONST,
            json!({"type": "string", "const": "a"}),
            &json!({"type": "string", "enum": ["a"]}),
        );
    }

    #[test]
    fn the_first_example_is_kept() {
        schema_becomes(
            rule::EXAMPLES,
            json!({"examples": [{"const": 1}, 2]}),
            &json!({"example": {"const": 1}}),
        );
        schema_becomes(rule::EXAMPLES, json!({"example": 1, "examples": [2]}), &json!({"example": 1}));
        schema_becomes(rule::EXAMPLES, json!({"examples": []}), &json!({}));
    }

    #[test]
    fn an_exclusive_bound_is_a_flag_and_the_stricter_bound_wins() {
        schema_becomes(
            rule::EXCLUSIVE_BOUND,
            json!({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9.5}),
            &json!({"type": "integer", "exclusiveMinimum": true, "exclusiveMaximum": true, "minimum": 0, "maximum": 9.5}),
        );
        schema_becomes(
            rule::EXCLUSIVE_BOUND,
            json!({"minimum": 5, "exclusiveMinimum": 0, "maximum": 20, "exclusiveMaximum": 20}),
            &json!({"minimum": 5, "maximum": 20, "exclusiveMaximum": true}),
        );
        schema_stays(&json!({"minimum": 5, "exclusiveMinimum": true}));
    }

    #[test]
    fn encoded_content_is_a_format() {
        schema_becomes(
            rule::CONTENT_FORMAT,
            json!({"type": ["string", "null"], "contentEncoding": "base64"}),
            &json!({"type": "string", "format": "byte", "nullable": true}),
        );
        schema_becomes(
            rule::CONTENT_FORMAT,
            json!({"contentMediaType": "application/octet-stream"}),
            &json!({"type": "string", "format": "binary"}),
        );
        schema_becomes(
            rule::WIDENED_KEYWORD,
            json!({"type": "string", "contentMediaType": "image/png"}),
            &json!({"type": "string"}),
        );
    }

    #[test]
    fn boolean_schemas_are_spelled_as_objects() {
        schema_becomes(
            rule::BOOLEAN_SCHEMA,
            json!({"properties": {"a": true, "b": false, "additionalProperties": true}, "additionalProperties": false}),
            &json!({
                "properties": {"a": {}, "b": {"not": {}}, "additionalProperties": {}},
                "additionalProperties": false,
            }),
        );
    }

    #[test]
    fn a_tuple_becomes_a_list() {
        schema_becomes(
            rule::PREFIX_ITEMS,
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}),
            &json!({"type": "array", "maxItems": 2, "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}),
        );
        schema_becomes(
            rule::PREFIX_ITEMS,
            json!({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "string"}, "minItems": 1}),
            &json!({"type": "array", "minItems": 1, "items": {"type": "string"}}),
        );
        schema_becomes(
            rule::PREFIX_ITEMS,
            json!({"type": "array", "prefixItems": [{"type": "number"}, {"type": "integer"}], "maxItems": 2}),
            &json!({"type": "array", "maxItems": 2, "items": {}}),
        );
        schema_becomes(
            rule::PREFIX_ITEMS,
            json!({"type": "array", "prefixItems": [{"type": "string"}]}),
            &json!({"type": "array", "items": {}}),
        );
        schema_becomes(
            rule::PREFIX_ITEMS,
            json!({"type": "array", "items": [{"const": 1}], "additionalItems": false}),
            &json!({"type": "array", "maxItems": 1, "items": {"enum": [1]}}),
        );
    }

    #[test]
    fn patterned_names_become_additional_properties() {
        let string = json!({"type": "string"});
        schema_becomes(
            rule::PATTERN_PROPERTIES,
            json!({"patternProperties": {"^a": string}, "additionalProperties": false}),
            &json!({"additionalProperties": string}),
        );
        schema_becomes(
            rule::PATTERN_PROPERTIES,
            json!({"patternProperties": {"^a": string}}),
            &json!({"additionalProperties": string}),
        );
        for published in [
            json!({"patternProperties": {"^a": string, "^b": {}}}),
            json!({"patternProperties": {"^a": string}, "additionalProperties": {"type": "integer"}}),
            json!({"patternProperties": {"^a": string}, "additionalProperties": true}),
        ] {
            schema_becomes(rule::PATTERN_PROPERTIES, published, &json!({"additionalProperties": {}}));
        }
    }

    #[test]
    fn a_negation_of_what_was_widened_is_dropped() {
        schema_becomes(
            rule::NEGATION,
            json!({"type": "array", "items": {}, "not": {"not": {"not": {"contains": {}}}}}),
            &json!({"type": "array", "items": {}}),
        );
        schema_stays(&json!({"not": {"type": "string"}}));
        schema_stays(&json!({"not": {}}));
    }

    #[test]
    fn an_array_has_items() {
        schema_becomes(rule::ABSENT_ITEMS, json!({"type": "array"}), &json!({"type": "array", "items": {}}));
    }

    #[test]
    fn an_enum_with_null_is_nullable() {
        schema_becomes(
            rule::NULL_IN_ENUM,
            json!({"type": "string", "enum": ["a", null]}),
            &json!({"type": "string", "enum": ["a", null], "nullable": true}),
        );
    }

    #[test]
    fn empty_lists_are_dropped() {
        schema_becomes(rule::EMPTY_LIST, json!({"required": []}), &json!({}));
    }

    #[test]
    fn what_3_0_cannot_say_is_dropped_and_named() {
        schema_becomes(
            rule::WIDENED_KEYWORD,
            json!({
                "if": {"const": 1}, "then": {"$ref": "far.yaml"}, "else": false, "contains": {}, "minContains": 1,
                "maxContains": 2, "propertyNames": {}, "dependentSchemas": {}, "dependentRequired": {},
                "unevaluatedProperties": false, "unevaluatedItems": false, "contentSchema": {}, "title": "t",
            }),
            &json!({"title": "t"}),
        );
        schema_becomes(
            rule::IDENTITY_KEYWORD,
            json!({"$id": "i", "$schema": "s", "$anchor": "a", "$dynamicAnchor": "d", "$comment": "c", "$vocabulary": {}}),
            &json!({}),
        );
        schema_becomes(
            rule::UNKNOWN_KEYWORD,
            json!({"flavour": 1, "x-flavour": {"const": 1}}),
            &json!({"x-flavour": {"const": 1}}),
        );
    }

    #[test]
    fn the_words_of_the_vendor_are_not_rewritten() {
        let words = json!({"const": 1, "type": ["string", "null"], "$ref": "far.yaml", "examples": [1], "$defs": {"a": 1}});
        schema_stays(&json!({
            "default": words, "example": words, "enum": [words], "x-words": words, "externalDocs": {"url": "u"},
        }));
        let mut published = with_item(json!({
            "x-words": {"get": words},
            "get": {
                "responses": {"200": {"description": "", "content": {"application/json": {
                    "example": words, "examples": {"one": {"value": words}},
                }}}},
            },
        }));
        published["paths"]["x-words"] = json!({"$ref": "far.yaml", "get": {}});
        let (root, notes) = lowered(published.clone());
        published["openapi"] = json!("3.0.3");
        assert_eq!(root, published);
        assert_eq!(notes.iter().count(), 1);
    }

    #[test]
    fn a_property_may_have_the_name_of_a_keyword() {
        let names = [
            "$ref",
            "$defs",
            "type",
            "const",
            "enum",
            "example",
            "examples",
            "default",
            "properties",
            "items",
            "anyOf",
            "x-extension",
            "if",
            "$dynamicRef",
            "patternProperties",
            "prefixItems",
        ];
        let properties = |inner: Value| -> Value {
            names
                .iter()
                .map(|name| ((*name).to_owned(), inner.clone()))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let (root, notes) = lowered(document(json!({
            "type": "object", "required": names, "properties": properties(json!({"const": 1})),
        })));
        assert_eq!(
            root["components"]["schemas"]["Subject"],
            json!({"type": "object", "required": names, "properties": properties(json!({"enum": [1]}))})
        );
        assert_eq!(notes.count(rule::CONST), names.len());
    }
}

#[test]
fn the_pointer_of_a_note_is_that_of_the_published_document() {
    let (_, notes) = lowered(document(json!({
        "anyOf": [{"type": "null"}, {"properties": {"a/b": {"type": ["string", "integer"], "const": 1}}}],
    })));
    let at: Vec<&str> =
        notes.iter().filter(|note| note.rule == rule::CONST).map(|note| &*note.pointer).collect();
    assert_eq!(at, ["/components/schemas/Subject/anyOf/1/properties/a~1b/const"]);
}

#[test]
fn nesting_beyond_the_limit_is_an_error_and_not_an_overflow() {
    let nested = |levels: usize| (0..levels).fold(json!({}), |inner, _| json!({"items": inner}));
    lower(document(nested(200)), &mut Notes::new()).unwrap();
    assert_eq!(refused(document(nested(400))).rule(), rule::NESTING_DEPTH);
}

#[test]
fn what_is_not_of_the_expected_type_is_left_for_the_reader_of_documents() {
    for root in [
        json!({"openapi": "3.1.0", "info": [], "paths": [], "components": "c", "security": {}, "webhooks": 1}),
        json!({"openapi": "3.1.0", "paths": {"/a": 1, "/b": {"get": [], "parameters": {}}}, "$defs": {"a": 1}}),
        document(json!({
            "type": 1, "properties": [], "items": "i", "anyOf": {}, "allOf": 1, "examples": {}, "enum": 1,
            "patternProperties": 1, "prefixItems": {}, "$ref": 1, "required": {}, "exclusiveMinimum": "0",
        })),
        document(json!(null)),
    ] {
        lower(root, &mut Notes::new()).unwrap();
    }
}
