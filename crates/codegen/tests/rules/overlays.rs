//! Overlays beside a document.

use crate::{Folder, assert_has};

const DOCUMENT: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {responses: {'204': {description: done}}}\n";

fn with(name: &str, actions: &str) -> Result<revops_codegen::Generated, String> {
    let overlay = format!("overlay: 1.1.0\ninfo: {{title: Mends, version: '1'}}\nactions: [{actions}]\n");
    Folder::with(&[("api.yaml", DOCUMENT), (name, &overlay)]).run("api.yaml")
}

fn refused(name: &str, actions: &str) -> String {
    let text = with(name, actions).unwrap_err();
    assert!(!text.contains('\n'), "{text}");
    text
}

#[test]
fn a_repair_is_applied_and_noted_with_its_reason() {
    let made = with(
        "api.repairs.yaml",
        "{target: \"$.paths['/a'].get\", description: It has no name., update: {operationId: readA}}",
    )
    .unwrap();
    assert_has(&made.source, "pub fn read_a(&self)");
    assert_has(&made.notes.to_string(), "It has no name.");
}

#[test]
fn an_observation_comes_after_the_repairs() {
    let repair = "overlay: 1.1.0\ninfo: {title: R, version: '1'}\nactions: [{target: \"$.paths['/a'].get\", description: It has no name., update: {operationId: readA}}]\n";
    let observation = "overlay: 1.1.0\ninfo: {title: O, version: '1'}\nactions: [{target: \"$.paths['/a'].get\", description: It only reads., x-source: https://vendor.test/docs, x-confidence: high, update: {x-retry: safe}}]\n";
    let made = Folder::with(&[
        ("api.yaml", DOCUMENT),
        ("api.repairs.yaml", repair),
        ("api.observed.yaml", observation),
    ])
    .run("api.yaml")
    .unwrap();
    assert_eq!((made.notes.count("repair"), made.notes.count("observation")), (1, 1));
    assert_has(&made.source, "Retry::Safe");
}

#[test]
fn an_action_that_matches_nothing_is_an_error() {
    assert_eq!(
        refused("api.repairs.yaml", "{target: \"$.paths['/gone']\", description: It is gone., remove: true}"),
        "api.repairs.yaml at #/actions/0: `$.paths['/gone']` matches nothing [overlay]. Either the document has changed \
         and the action is no longer needed (delete it) or its target is misspelt (mend the JSONPath)"
    );
}

#[test]
fn an_action_without_a_reason_is_an_error() {
    assert_eq!(
        refused("api.repairs.yaml", "{target: $.info, update: {title: U}}"),
        "api.repairs.yaml at #/actions/0: the action does not say why [overlay-reason]. Add a `description` with the reason"
    );
}

#[test]
fn an_observation_without_its_source_or_confidence_is_an_error() {
    let text = refused("api.observed.yaml", "{target: $.info, description: So it is., update: {title: U}}");
    assert_has(
        &text,
        "api.observed.yaml at #/actions/0: the observation does not name its source [overlay-reason]. Add `x-source` with a public page, repository or recording",
    );
    let text = refused(
        "api.observed.yaml",
        "{target: $.info, description: So it is., x-source: here, x-confidence: sure, update: {title: U}}",
    );
    assert_has(
        &text,
        "the observation does not say how sure it is [overlay-reason]. Add `x-confidence`: `high`, `medium` or `low`",
    );
}

#[test]
fn a_target_that_overlays_cannot_reach_is_an_error() {
    assert_has(
        &refused("api.repairs.yaml", "{target: $.info.title, description: Another title., update: U}"),
        "names a single text, number or boolean, which overlays cannot target [overlay]. Target the object around it and `update` the member",
    );
}

#[test]
fn a_target_that_is_no_json_path_is_an_error() {
    for target in ["paths[", "$.paths[?(@", "$..["] {
        let action = format!("{{target: '{target}', description: It is broken., remove: true}}");
        let text = refused("api.repairs.yaml", &action);
        assert!(text.starts_with("api.repairs.yaml"), "{text}");
        assert_has(&text, "Mend the JSONPath (RFC 9535) of the `target`: it starts with `$`");
    }
}

#[test]
fn a_file_that_is_no_overlay_is_an_error_that_names_it() {
    for text in [
        "overlay: 1.1.0\nactions: none\n",
        "just text",
        "openapi: 3.0.0",
        "overlay: 9.0.0\ninfo: {title: R, version: '1'}\nactions: []",
        "[]",
        "a: [unclosed",
    ] {
        let folder = Folder::with(&[("api.yaml", DOCUMENT), ("api.repairs.yaml", text)]);
        let text = folder.run("api.yaml").unwrap_err();
        assert!(text.starts_with("api.repairs.yaml: ") && !text.contains('\n'), "{text}");
    }
}

fn updates(update: &str) -> String {
    refused(
        "api.observed.yaml",
        &format!(
            "{{target: \"$.paths['/a'].get\", description: So it is., x-source: here, x-confidence: high, update: {update}}}"
        ),
    )
}

#[test]
fn a_misspelt_extension_is_an_error_that_names_the_nearest() {
    assert_eq!(
        updates("{x-retyr: safe}"),
        "api.observed.yaml at #/actions/0/update/x-retyr: `x-retyr` is no extension that is read [known-extension]. Did \
         you mean `x-retry`?"
    );
    assert_has(&updates("{x-entirely-other-thing: safe}"), "Write one of x-answers, x-cursor,");
    assert_has(
        &updates("{x-env: {bas_url: A}}"),
        "api.observed.yaml at #/actions/0/update/x-env/bas_url: `bas_url` is no member of `x-env` that is read [known-extension]. Did you mean `base_url`?",
    );
}

#[test]
fn a_name_of_the_vendors_may_start_like_an_extension() {
    with(
        "api.repairs.yaml",
        "{target: $, description: It adds names., update: {x-observed-headers: {x-version: '1'}, components: {schemas: {A: {type: object, properties: {x-custom: {type: string}}, example: {x-b: 1}}}}}}, {target: $.components.schemas.A.properties, description: And one more., update: {x-other: {type: string}}}",
    )
    .unwrap();
}

#[test]
fn a_value_that_means_nothing_is_found_in_the_overlay_it_comes_from() {
    assert_has(
        &updates("{x-retry: sometimes}"),
        "api.observed.yaml at #/actions/0/update/x-retry: `x-retry` has a value that means nothing here [known-extension-value]",
    );
    assert_has(
        &updates("{x-quota: {a: {}}}"),
        "api.observed.yaml at #/actions/0/update/x-quota: `x-quota` has",
    );
}
