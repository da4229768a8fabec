//! A crate of somebody who depends on the packages, made of what they say about themselves.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::fences::{Example, rust_examples};
use crate::package::Unpacked;
use crate::workspace::Dependency;

/// The package that people depend on; its examples become the user's programs.
const FACADE: &str = "revops";

/// The program that does everything once.
const TOUR: &str = "tour";

/// What the examples need beside our packages, in the versions that the facade names.
const OTHERS: [&str; 6] = ["csv", "futures", "indicatif", "serde_json", "tokio", "unicode-width"];

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// How many examples of READMEs there are.
    pub examples: usize,
    /// The programs that are to be run.
    pub programs: Vec<String>,
}

/// Writes the crate: a manifest of its own, the READMEs' examples, and the programs of the facade's examples.
///
/// # Errors
/// An example cannot be found or understood, or the crate cannot be written.
pub fn write(folder: &Path, packages: &[Unpacked]) -> io::Result<Written> {
    fs::create_dir_all(folder.join("src"))?;
    let facade = packages.iter().find(|unpacked| unpacked.package.name == FACADE);
    let facade = facade.ok_or_else(|| io::Error::other(format!("there is no package {FACADE}")))?;
    fs::write(folder.join("Cargo.toml"), manifest(packages, &facade.package.dependencies)?)?;
    copy(&facade.folder.join("examples"), &folder.join("examples"))?;

    let mut written = Written { examples: 0, programs: vec![TOUR.to_owned()] };
    let mut library = String::from(
        "//! The examples of the packages' READMEs.\n#![allow(unused, unreachable_code, clippy::all)]\n",
    );
    for unpacked in packages {
        let readme = fs::read_to_string(unpacked.folder.join("README.md"))?;
        let name = unpacked.package.name.replace('-', "_");
        let examples = rust_examples(&readme)
            .map_err(|error| io::Error::other(format!("README.md of {name}: {error}")))?;
        for example in examples {
            let title = format!("{name}_readme_line_{}", example.line);
            if example.is_run {
                fs::write(folder.join(format!("examples/{title}.rs")), program(&example))?;
                written.programs.push(title);
            } else {
                library.push_str(&function(&title, &example));
            }
            written.examples += 1;
        }
    }
    fs::write(folder.join("src/lib.rs"), library)?;
    Ok(written)
}

/// The manifest of the crate. Its dependencies are as a user writes them; the patch says where the packages are as
/// long as no registry has them.
///
/// # Errors
/// The facade does not depend on what the examples need.
pub fn manifest(packages: &[Unpacked], dependencies: &[Dependency]) -> io::Result<String> {
    let mut manifest = String::from(
        "[package]\nname = \"consumer\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [workspace]\n\n[dependencies]\n",
    );
    let mut patch = String::from("\n[patch.crates-io]\n");
    for Unpacked { package, folder } in packages {
        // The sandbox without its program, as its README says; its tests have it on.
        let features = if package.name == "revops-sandbox" { ", default-features = false" } else { "" };
        let _ = writeln!(manifest, "{} = {{ version = {:?}{features} }}", package.name, package.version);
        let _ = writeln!(patch, "{} = {{ path = {:?} }}", package.name, folder.display().to_string());
    }
    let mut others: BTreeMap<&str, (String, bool, Vec<&str>)> = BTreeMap::new();
    for dependency in dependencies.iter().filter(|it| OTHERS.contains(&it.name.as_str())) {
        let entry = others.entry(&dependency.name).or_default();
        entry.0.clone_from(&dependency.requirement);
        entry.1 |= dependency.default_features;
        entry.2.extend(dependency.features.iter().map(String::as_str));
    }
    for name in OTHERS {
        let Some((version, default_features, features)) = others.get(name) else {
            return Err(io::Error::other(format!("{FACADE} does not depend on {name}, its examples do")));
        };
        let _ = writeln!(
            manifest,
            "{name} = {{ version = {version:?}, default-features = {default_features}, features = {features:?} }}"
        );
    }
    Ok(manifest + &patch)
}

/// As a doctest wraps what is only compiled.
fn function(title: &str, example: &Example) -> String {
    format!("\nfn {title}() {{\n{}}}\n", example.code)
}

/// As a doctest wraps what is run.
fn program(example: &Example) -> String {
    let code = &example.code;
    if code.contains("fn main()") {
        format!("#![allow(unused)]\n{code}")
    } else {
        format!("#![allow(unused)]\nfn main() {{\n{code}}}\n")
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
