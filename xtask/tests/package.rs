//! What the tasks of publishing decide before anything is built.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use xtask::fences::rust_examples;
use xtask::package::Unpacked;
use xtask::package::consumer;
use xtask::package::contents::{of_manifest, of_package};
use xtask::package::scratch::{Scratch, has_ended};
use xtask::workspace::{About, Dependency, Package, Workspace};

fn package(name: &str) -> Package {
    Package {
        name: name.to_owned(),
        version: "0.1.0".to_owned(),
        folder: PathBuf::from("/somewhere").join(name),
        is_published: true,
        features: Vec::new(),
        dependencies: Vec::new(),
        about: About {
            description: "One sentence.".to_owned(),
            readme: "README.md".to_owned(),
            repository: "https://example.com".to_owned(),
            license: "MIT".to_owned(),
            keywords: vec!["one".to_owned()],
            categories: vec!["api-bindings".to_owned()],
        },
    }
}

fn files(more: &[&str]) -> Vec<String> {
    let required = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];
    required.iter().chain(more).map(|&file| file.to_owned()).collect()
}

fn dependency(name: &str, features: &[&str]) -> Dependency {
    Dependency {
        name: name.to_owned(),
        requirement: "^1".to_owned(),
        features: features.iter().map(|&feature| feature.to_owned()).collect(),
        default_features: false,
    }
}

#[test]
fn a_manifest_says_what_the_registry_shows() {
    assert_eq!(of_manifest(&package("good")), [""; 0]);
    let mut bare = package("bare");
    bare.about.description.clear();
    bare.about.keywords = vec!["a word".to_owned(), "far-too-long-for-a-keyword".to_owned()];
    bare.about.categories.clear();
    assert_eq!(
        of_manifest(&bare),
        [
            "bare: its manifest has no `description`",
            "bare: 0 `categories`; the registry takes up to 5",
            "bare: the registry does not take the keyword `a word`",
            "bare: the registry does not take the keyword `far-too-long-for-a-keyword`",
        ]
    );
}

#[test]
fn a_package_has_what_it_needs_and_nothing_else() {
    let good = files(&["build.rs", "specs/users.yaml", "src/a/b.rs", "Cargo.toml.orig"]);
    assert_eq!(of_package(&package("good"), &good, 1000), [""; 0]);
    assert_eq!(
        of_package(&package("bad"), &files(&["build.rs", "notes.txt", "tests/a.rs"])[1..], 1024 * 1024),
        [
            "bad: Cargo.toml is not in the package",
            "bad: nothing of specs/ is in the package, and its build needs it",
            "bad: notes.txt has no business in the package",
            "bad: tests/a.rs has no business in the package",
            "bad: 1024 KiB, more than 512 KiB",
        ]
    );
}

#[test]
fn each_choice_of_features_is_made_once() {
    let choices = |features: &[&str]| {
        let mut package = package("some");
        package.features = features.iter().map(|&feature| feature.to_owned()).collect();
        let lines: Vec<_> =
            xtask::features::choices(&package).iter().map(|arguments| arguments.join(" ")).collect();
        lines
    };
    assert_eq!(choices(&[]), [""]);
    assert_eq!(choices(&["metrics"]), ["", "--no-default-features --features metrics"]);
    assert_eq!(
        choices(&["default", "page", "tls"]),
        [
            "",
            "--no-default-features",
            "--no-default-features --features page",
            "--no-default-features --features tls",
            "--all-features",
        ]
    );
}

#[test]
fn the_user_depends_on_packages_as_a_user_does() {
    let unpacked = ["revops", "revops-sandbox"].map(|name| Unpacked {
        package: package(name),
        folder: PathBuf::from(format!("/unpacked/{name}-0.1.0")),
    });
    let mut dependencies =
        ["csv", "indicatif", "serde_json", "unicode-width"].map(|name| dependency(name, &[])).to_vec();
    dependencies.push(dependency("futures", &["std"]));
    dependencies.push(dependency("tokio", &["fs"]));
    dependencies.push(dependency("tokio", &["macros"]));
    dependencies.push(dependency("chrono", &[]));
    let manifest = consumer::manifest(&unpacked, &dependencies).unwrap();
    let expected = r#"[package]
name = "consumer"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
revops = { version = "0.1.0" }
revops-sandbox = { version = "0.1.0", default-features = false }
csv = { version = "^1", default-features = false, features = [] }
futures = { version = "^1", default-features = false, features = ["std"] }
indicatif = { version = "^1", default-features = false, features = [] }
serde_json = { version = "^1", default-features = false, features = [] }
tokio = { version = "^1", default-features = false, features = ["fs", "macros"] }
unicode-width = { version = "^1", default-features = false, features = [] }

[patch.crates-io]
revops = { path = "/unpacked/revops-0.1.0" }
revops-sandbox = { path = "/unpacked/revops-sandbox-0.1.0" }
"#;
    assert_eq!(manifest, expected);

    let error = consumer::manifest(&unpacked, &dependencies[1..]).unwrap_err().to_string();
    assert_eq!(error, "revops does not depend on csv, its examples do");
}

#[test]
fn every_example_of_the_readmes_is_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut count = 0;
    for package in Workspace::read(root).unwrap().published() {
        let readme = fs::read_to_string(package.folder.join("README.md")).unwrap();
        count += rust_examples(&readme).unwrap_or_else(|error| panic!("{}: {error}", package.name)).len();
    }
    assert!(count >= 12, "only {count} examples were found");
}

#[test]
fn what_cargo_built_for_the_packages_goes_however_the_run_ends() {
    let target = std::env::temp_dir().join(format!("revops-scratch-{}", std::process::id()));
    // No process has this number.
    let killed = target.join(format!("packages-{}", u32::MAX));
    let other = target.join("packages-of-mine");
    for folder in [&killed, &other] {
        fs::create_dir_all(folder.join("debug")).unwrap();
    }
    let fails = || -> std::io::Result<()> {
        let scratch = Scratch::below(&target)?;
        fs::create_dir_all(scratch.path().join("package"))?;
        fs::read(scratch.path().join("package/nothing.crate")).map(|_| ())
    };
    fails().unwrap_err();
    let left: BTreeSet<_> = fs::read_dir(&target).unwrap().map(|entry| entry.unwrap().path()).collect();
    // Where the system does not list what runs, it may still be under way.
    let is_known = has_ended(Path::new("/proc"), u32::MAX);
    assert_eq!(left, if is_known { BTreeSet::from([other]) } else { BTreeSet::from([other, killed]) });
    fs::remove_dir_all(&target).unwrap();
}

#[test]
fn a_run_is_taken_for_ended_only_where_the_system_lists_what_runs() {
    let processes = std::env::temp_dir().join(format!("revops-processes-{}", std::process::id()));
    assert!(!has_ended(&processes, 7));
    fs::create_dir_all(processes.join("7")).unwrap();
    assert!(!has_ended(&processes, 8));
    fs::create_dir_all(processes.join("self")).unwrap();
    assert!(!has_ended(&processes, 7));
    assert!(has_ended(&processes, 8));
    fs::remove_dir_all(&processes).unwrap();
}
