//! What a package must have, and what has no business in one.

use crate::workspace::Package;

/// A package that is larger has something in it that was not meant. The registry takes up to 10 MiB.
const LARGEST: u64 = 512 * 1024;

/// What every package has.
const REQUIRED: [&str; 5] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];

/// What cargo adds.
const ADDED: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

/// What else may be in one.
const FOLDERS: [&str; 4] = ["docs/", "examples/", "specs/", "src/"];

/// What a manifest lacks of what the registry wants or shows.
#[must_use]
pub fn of_manifest(package: &Package) -> Vec<String> {
    let about = &package.about;
    let mut objections = Vec::new();
    let texts = [
        ("description", &about.description),
        ("license", &about.license),
        ("readme", &about.readme),
        ("repository", &about.repository),
    ];
    for (key, text) in texts {
        if text.is_empty() {
            objections.push(format!("{}: its manifest has no `{key}`", package.name));
        }
    }
    for (key, words) in [("keywords", &about.keywords), ("categories", &about.categories)] {
        if !(1..=5).contains(&words.len()) {
            let count = words.len();
            objections.push(format!("{}: {count} `{key}`; the registry takes up to 5", package.name));
        }
    }
    for keyword in about.keywords.iter().filter(|keyword| !is_keyword(keyword)) {
        objections.push(format!("{}: the registry does not take the keyword `{keyword}`", package.name));
    }
    objections
}

/// What is wrong with the files of a package and its size, packed.
#[must_use]
pub fn of_package(package: &Package, files: &[String], size: u64) -> Vec<String> {
    let mut objections = Vec::new();
    let has = |name: &str| files.iter().any(|file| file == name);
    for name in REQUIRED {
        if !has(name) {
            objections.push(format!("{}: {name} is not in the package", package.name));
        }
    }
    if has("build.rs") && !files.iter().any(|file| file.starts_with("specs/")) {
        objections
            .push(format!("{}: nothing of specs/ is in the package, and its build needs it", package.name));
    }
    for file in files {
        let is_known = has_place(file) || file == "build.rs";
        if !is_known {
            objections.push(format!("{}: {file} has no business in the package", package.name));
        }
    }
    if size > LARGEST {
        let (size, largest) = (size.div_ceil(1024), LARGEST / 1024);
        objections.push(format!("{}: {size} KiB, more than {largest} KiB", package.name));
    }
    objections
}

fn has_place(file: &str) -> bool {
    let file = &file;
    REQUIRED.contains(file) || ADDED.contains(file) || FOLDERS.iter().any(|folder| file.starts_with(folder))
}

/// Whether the registry takes a keyword: up to 20 letters, digits, `_`, `-` and `+`, the first a letter or digit.
fn is_keyword(word: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric();
    word.len() <= 20
        && word.starts_with(is_plain)
        && word.chars().all(|letter| is_plain(letter) || "_-+".contains(letter))
}
