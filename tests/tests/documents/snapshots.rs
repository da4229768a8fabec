//! The generated output is what was reviewed: `cargo xtask regen` writes what these tests compare.

use std::path::Path;

use xtask::snapshots::{documents, snapshots};

#[test]
fn the_output_of_every_document_is_what_was_reviewed() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let documents = documents(&specs).expect("specs/ can be listed");
    assert_eq!(documents.len(), 5, "{documents:?}");
    for document in documents {
        let generated = revops_codegen::run(&document).unwrap_or_else(|error| panic!("{error}"));
        for snapshot in snapshots(&document, &generated).unwrap_or_else(|error| panic!("{error}")) {
            insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => false }, {
                insta::assert_snapshot!(snapshot.name.as_str(), snapshot.text);
            });
        }
    }
}
