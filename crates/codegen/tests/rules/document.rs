//! Files that are no document, or none that we read.

use crate::{Folder, assert_has};

fn refused(name: &str, text: &str) -> String {
    let text = Folder::with(&[(name, text)]).run(name).unwrap_err();
    assert!(!text.contains('\n'), "{text}");
    text
}

#[test]
fn a_missing_file_is_an_error_that_says_how_to_get_it() {
    let text = Folder::with(&[]).run("users.yaml").unwrap_err();
    assert_has(&text, "users.yaml: the file cannot be read: No such file or directory");
    assert_has(
        &text,
        "[readable-document]. The published documents are vendored: `git checkout -- specs` restores them, and specs/README.md says where each comes from",
    );
}

#[test]
fn text_that_is_not_yaml_is_an_error_with_its_place() {
    let text = refused("api.yaml", "openapi: 3.0.3\npaths: [\n");
    assert!(text.starts_with("api.yaml: the file cannot be parsed: "), "{text}");
    assert_has(&text, "line ");
    assert_has(
        &text,
        "[readable-document]. Restore the published text; what is wrong in it is mended in an overlay, never in the file",
    );
}

#[test]
fn text_that_is_not_json_is_an_error_with_its_place() {
    let text = refused("api.json", "{\"openapi\": \"3.0.3\",}");
    assert_has(
        &text,
        "api.json: the file cannot be parsed: trailing comma at line 1 column 21 [readable-document]",
    );
}

#[test]
fn a_file_that_is_not_text_is_an_error() {
    let folder = Folder::with(&[]);
    std::fs::write(folder.0.join("api.yaml"), [0xff, 0xfe, 0x00]).unwrap();
    assert_has(
        &folder.run("api.yaml").unwrap_err(),
        "api.yaml: the file cannot be read: stream did not contain valid UTF-8",
    );
}

#[test]
fn a_file_without_an_object_is_an_error() {
    for text in ["", "just text", "[1, 2]", "null"] {
        let text = refused("api.yaml", text);
        assert!(text.starts_with("api.yaml: the file "), "{text}");
    }
}

#[test]
fn a_key_written_twice_is_an_error() {
    assert_has(
        &refused("api.yaml", "openapi: 3.0.3\nopenapi: 3.1.0\n"),
        "api.yaml: the file cannot be parsed:",
    );
}

#[test]
fn a_swagger_2_document_is_an_error() {
    assert_eq!(
        refused("api.yaml", "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n"),
        "api.yaml at #/swagger: this is a Swagger 2.0 document [supported-version]. Convert it to OpenAPI 3.0 or 3.1 and \
         vendor the result"
    );
}

#[test]
fn a_swagger_2_document_is_told_to_be_one_before_its_overlays_fail_on_it() {
    let overlay = "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions: [{target: $.servers, description: One., remove: true}]\n";
    let folder = Folder::with(&[
        ("api.yaml", "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n"),
        ("api.repairs.yaml", overlay),
    ]);
    assert_has(&folder.run("api.yaml").unwrap_err(), "[supported-version]");
}

#[test]
fn another_version_is_an_error() {
    assert_has(
        &refused("api.yaml", "openapi: 3.2.0\n"),
        "OpenAPI 3.2.0 is not one of 3.0 and 3.1 [supported-version]",
    );
    assert_has(&refused("api.yaml", "openapi: 3.1\n"), "is not a string [supported-version]");
    assert_has(
        &refused("api.yaml", "info: {}\n"),
        "does not say which version of OpenAPI it is written in [supported-version]",
    );
}

#[test]
fn a_member_of_the_wrong_kind_is_an_error_with_its_place() {
    let head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";
    for (rest, expected) in [
        ("paths: []", "api.yaml at #/paths: `paths` is not an object"),
        ("paths: {/a: 1}", "api.yaml at #/paths/~1a: `/a` is not an object"),
        (
            "paths: {/a: {get: {parameters: {}, responses: {}}}}",
            "api.yaml at #/paths/~1a/get/parameters: `parameters` is not a list",
        ),
        ("paths: {/a: {get: {}}}", "api.yaml at #/paths/~1a/get: `get` has no `responses`"),
        (
            "paths: {/a: {get: {responses: {200: done}}}}",
            "api.yaml at #/paths/~1a/get/responses/200: `200` is not an object",
        ),
        (
            "components: {schemas: []}\npaths: {}",
            "api.yaml at #/components/schemas: `schemas` is not an object",
        ),
        (
            "components: {schemas: {A: true}}\npaths: {}",
            "api.yaml at #/components/schemas/A: `A` is not an object",
        ),
        (
            "components: {schemas: {A: {required: true}}}\npaths: {}",
            "api.yaml at #/components/schemas/A/required: `required` is not a list",
        ),
        (
            "components: {schemas: {A: {type: file}}}\npaths: {}",
            "api.yaml at #/components/schemas/A/type: `type` is \"file\", and not one of array",
        ),
        (
            "components: {schemas: {A: {type: [string, 'null']}}}\npaths: {}",
            "`type` is [\"string\",\"null\"], and not one of array, boolean, integer, number, object, string [well-formed]. Write in a repair what it is; in OpenAPI 3.0 a value that may be null has `nullable: true`",
        ),
        (
            "components: {schemas: {A: {oneOf: []}}}\npaths: {}",
            "api.yaml at #/components/schemas/A/oneOf: `oneOf` is empty",
        ),
        (
            "components: {schemas: {A: {nullable: 'yes'}}}\npaths: {}",
            "`nullable` is neither `true` nor `false`",
        ),
        ("security: {}\npaths: {}", "api.yaml at #/security: `security` is not a list"),
        ("servers: [https://a.test]\npaths: {}", "api.yaml at #/servers/0: `0` is not an object"),
    ] {
        assert_has(&refused("api.yaml", &format!("{head}{rest}\n")), expected);
    }
}

#[test]
fn a_version_without_quotes_is_an_error_that_tells_to_quote_it() {
    let text = refused("api.yaml", "openapi: 3.0.3\ninfo: {title: T, version: 1.0}\npaths: {}\n");
    assert_has(
        &text,
        "api.yaml at #/info/version: `version` is 1.0, which is not a text [well-formed]. Write `\"1.0\"` in a repair, with the quotes",
    );
}

#[test]
fn a_word_that_older_yaml_takes_for_a_boolean_is_a_text() {
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {Country: {type: string, enum: [se, no]}}}\n";
    let made = Folder::with(&[("api.yaml", text)]).run("api.yaml").unwrap();
    assert_has(&made.source, "#[serde(rename = \"no\")]");
}

#[test]
fn a_document_that_nests_too_deep_is_not_told_to_restore_its_text() {
    let deep = format!("{}{{}}{}", "{\"items\":".repeat(200), "}".repeat(200));
    let text = format!("{{\"openapi\": \"3.0.3\", \"components\": {{\"schemas\": {{\"A\": {deep}}}}}}}");
    let error = crate::Folder::with(&[("api.json", &text)]).run("api.json").unwrap_err();
    crate::assert_has(&error, "Nothing is wrong with the text, but it nests deeper than is read");
}
