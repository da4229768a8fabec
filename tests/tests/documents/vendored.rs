//! The vendored documents are those whose hashes were written down, byte for byte.

use std::fmt::Write as _;
use std::fs;

use revops_tests::published::{DOCUMENTS, specs};
use sha2::{Digest, Sha256};

#[test]
fn the_lock_file_holds_the_hash_of_every_document_and_nothing_else() {
    let lock = fs::read_to_string(specs().join("specs.lock")).unwrap();
    assert_eq!(lock, sums());
}

#[test]
fn the_readme_of_the_documents_shows_the_same_hashes() {
    let readme = fs::read_to_string(specs().join("README.md")).unwrap();
    assert!(readme.contains(&format!("```text\n{}```\n", sums())), "specs/README.md shows other hashes");
}

#[test]
fn a_client_is_generated_from_the_vendored_document_itself() {
    for document in DOCUMENTS {
        let (vendor, file) = document.split_once('/').unwrap();
        let generated_from = specs().join("../crates").join(vendor).join("specs").join(file);
        let vendored = fs::read(specs().join(document)).unwrap();
        assert!(
            fs::read(&generated_from).unwrap() == vendored,
            "crates/{vendor}/specs/{file} is another text"
        );
    }
}

fn sums() -> String {
    let mut sums = String::new();
    for document in DOCUMENTS {
        let text = fs::read(specs().join(document)).unwrap();
        for byte in Sha256::digest(text) {
            write!(sums, "{byte:02x}").unwrap();
        }
        writeln!(sums, "  {document}").unwrap();
    }
    sums
}
