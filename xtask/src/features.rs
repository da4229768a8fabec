//! Each published package by itself, with each of its features alone.
//!
//! Together the packages lend each other the features of their dependencies; a user's build does not.

use std::io;
use std::path::Path;

use crate::command::{cargo, run};
use crate::workspace::{Package, Workspace};

/// Lints every published package by itself: as it comes, without features, with each feature alone, and with all
/// of them. A warning is an error.
///
/// # Errors
/// One of them does not build, or not without a warning.
pub fn check(root: &Path) -> io::Result<()> {
    let mut count = 0;
    for package in Workspace::read(root)?.published() {
        for arguments in choices(package) {
            println!("{} {}", package.name, arguments.join(" "));
            let mut clippy = cargo(root);
            clippy.args(["clippy", "--quiet", "--no-deps", "--package", &package.name]).args(&arguments);
            run(clippy.args(["--", "--deny", "warnings"]))?;
            count += 1;
        }
    }
    println!("{count} choices of features build by themselves, without a warning");
    Ok(())
}

/// The choices of features that are worth a look, as arguments of cargo: none that is the same as another.
#[must_use]
pub fn choices(package: &Package) -> Vec<Vec<&str>> {
    let mut choices = vec![vec![]];
    let has_default = package.features.iter().any(|feature| feature == "default");
    if has_default {
        choices.push(vec!["--no-default-features"]);
    }
    let features: Vec<_> = package.features.iter().filter(|feature| *feature != "default").collect();
    for feature in &features {
        choices.push(vec!["--no-default-features", "--features", feature]);
    }
    if features.len() > 1 {
        choices.push(vec!["--all-features"]);
    }
    choices
}
