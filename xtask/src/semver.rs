//! What a new version would break for those who depend on the last one.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::run;
use crate::tool;
use crate::workspace::Workspace;

/// Compares every published package with what it was at the last tag `v…`. Without a tag there is nothing to
/// compare with; without cargo-semver-checks nothing can be compared. Both are said, and fail nobody.
///
/// # Errors
/// Something was broken that the versions do not own up to; or cargo-semver-checks was to be installed, and
/// cannot be.
pub fn check(root: &Path, install: bool) -> io::Result<()> {
    let Some(tag) = last_tag(root)? else {
        eprintln!("NOT COMPARED: there is no tag `v…` yet, and so no version that anybody depends on.");
        return Ok(());
    };
    let program = if install { Some(tool::SEMVER.install(root)?) } else { tool::SEMVER.find(root) };
    let Some(program) = program else {
        eprintln!("NOT COMPARED with {tag}: cargo-semver-checks is not installed.");
        eprintln!("NOT COMPARED: `cargo xtask semver --install` builds it, in a quarter of an hour of CPU.");
        return Ok(());
    };
    let mut compare = Command::new(program);
    compare.current_dir(root).args(["semver-checks", "--baseline-rev", &tag]);
    for package in Workspace::read(root)?.published() {
        compare.args(["--package", &package.name]);
    }
    run(&mut compare)
}

/// The nearest tag `v…` that this commit comes after, or has.
fn last_tag(root: &Path) -> io::Result<Option<String>> {
    let mut describe = Command::new("git");
    describe.current_dir(root).args(["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]);
    let output = describe.stderr(Stdio::null()).output()?;
    let tag = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok((output.status.success() && !tag.is_empty()).then_some(tag))
}
