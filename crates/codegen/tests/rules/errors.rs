//! Errors that carry what progenitor reports.

use std::process::Command;
use std::{env, thread};

use crate::{generate, refused, schemas};

/// A schema at which typify panics: an object and a list at once.
fn unfit() -> serde_json::Value {
    schemas(
        "Fit: {type: object, properties: {a: {type: string}}}, Unfit: {properties: {a: {type: string}}, items: {type: string}}",
    )
}

#[test]
fn what_progenitor_cannot_do_names_the_component() {
    let text = refused(unfit());
    assert!(
        text.starts_with("api.yaml at #/components/schemas/Unfit: progenitor cannot generate this: "),
        "{text}"
    );
    assert!(text.ends_with("[progenitor]. Simplify it in a repair, or remove it if nobody calls it; a rule in the adapt stage may be missing"), "{text}");
}

#[test]
fn a_panic_of_progenitor_prints_nothing() {
    const CHILD: &str = "REVOPS_RULES_CHILD";
    if env::var_os(CHILD).is_some() {
        assert!(generate(unfit()).is_err());
        return;
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "errors::a_panic_of_progenitor_prints_nothing", "--nocapture"])
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}");
    assert!(!printed.contains("panicked"), "{printed}");
}

#[test]
fn a_panic_elsewhere_is_still_reported_as_before() {
    assert!(generate(unfit()).is_err());
    let panic = thread::spawn(|| panic!("ours")).join().unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"ours"));
}

#[test]
fn an_error_tells_its_rule_file_and_place_to_programs_too() {
    let error = generate(unfit()).unwrap_err();
    assert_eq!(
        (error.rule(), error.file(), error.pointer()),
        ("progenitor", "api.yaml", "/components/schemas/Unfit")
    );
}
