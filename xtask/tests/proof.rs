//! What `cargo xtask proof` says where nothing can be proven.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{env, fs, process};

use xtask::proof::install;

#[test]
fn tools_that_cannot_be_installed_are_an_error() {
    let target = env::temp_dir().join(format!("revops-proof-{}", process::id()));
    let error = install(&target.join("no-requirements.txt"), &target).unwrap_err().to_string();
    assert!(error.starts_with("NOT PROVEN: the independent tools could not be installed: `"), "{error}");
    // Without Python there is none.
    let _ = fs::remove_dir_all(&target);
}
