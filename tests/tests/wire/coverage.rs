//! Every operation of every vendored document has a wire test that is really there.

use std::collections::BTreeSet;
use std::path::Path;

use revops_tests::published::{DOCUMENTS, Document, specs};
use revops_tests::registry::WIRE_TESTS;

/// How many operations the five documents have together.
const OPERATIONS: usize = 32;

#[test]
fn every_operation_of_every_document_has_a_wire_test_and_no_test_is_left_over() {
    let documented: BTreeSet<String> = DOCUMENTS.into_iter().flat_map(operations_of).collect();
    let tested: BTreeSet<String> =
        WIRE_TESTS.iter().map(|t| format!("{} {} {}", t.document, t.method, t.path)).collect();
    assert_eq!(tested.len(), WIRE_TESTS.len(), "an operation is listed twice");
    let missing: Vec<_> = documented.difference(&tested).collect();
    assert!(
        missing.is_empty(),
        "operations without a wire test, to be added to tests/src/registry.rs: {missing:#?}"
    );
    let surplus: Vec<_> = tested.difference(&documented).collect();
    assert!(surplus.is_empty(), "wire tests of operations that no document has: {surplus:#?}");
    assert_eq!(documented.len(), OPERATIONS);
}

#[test]
fn every_wire_test_that_is_listed_exists_and_calls_its_own_operation() {
    let mut names = BTreeSet::new();
    for listed in WIRE_TESTS {
        let name = listed.test;
        assert!(names.insert(name), "{name} is listed for two operations");
        let (file, function) = name.split_once("::").unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(file).with_extension("rs");
        let source =
            std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: tests/wire/{file}.rs: {e}"));
        let start = format!("\n#[tokio::test]\nasync fn {function}() {{\n");
        let (_, rest) = source.split_once(&start).unwrap_or_else(|| panic!("{name} is not a test"));
        let (body, _) = rest.split_once("\n}\n").unwrap();
        let operation = format!(r#", "{}", "{}").await;"#, listed.method, listed.path);
        assert!(body.contains(&operation), "{name} does not call {} {}", listed.method, listed.path);
        for proof in ["wire.accepts(", "wire.refuses::<ErrorBody"] {
            assert!(body.contains(proof), "{name} lacks `{proof}`");
        }
    }
}

#[test]
fn every_vendored_document_is_compared() {
    let mut found: Vec<String> = Vec::new();
    for vendor in std::fs::read_dir(specs()).unwrap().map(|entry| entry.unwrap().path()) {
        if !vendor.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&vendor).unwrap().map(|entry| entry.unwrap().path()) {
            let below = file.strip_prefix(specs()).unwrap().to_string_lossy().replace('\\', "/");
            if !below.ends_with(".repairs.yaml") && !below.ends_with(".observed.yaml") {
                found.push(below);
            }
        }
    }
    found.sort();
    let mut known = DOCUMENTS.map(str::to_owned);
    known.sort();
    assert_eq!(found, known, "a document without wire tests");
}

fn operations_of(name: &'static str) -> Vec<String> {
    let operations = Document::read(name).operations();
    operations.into_iter().map(|(method, path)| format!("{name} {method} {path}")).collect()
}
