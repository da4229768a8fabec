//! Whether the packages can be depended on: what is in them, and a program beside the workspace that uses them.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{cargo, read, run};
use crate::workspace::{Package, Workspace};
use scratch::Scratch;

pub mod consumer;
pub mod contents;
pub mod scratch;

/// As in the workspace, so that what was built of others need not be built again.
const PROFILE: (&str, &str) = ("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");

/// What may be left as it is found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allowances {
    /// Package what is in the working tree even if it is not committed.
    pub dirty: bool,
    /// Let the program that uses the packages have the newest dependencies that will do, as a new user has,
    /// not those of `Cargo.lock`.
    pub newest: bool,
}

/// A package as a user gets it.
#[derive(Debug)]
pub struct Unpacked {
    /// What its manifest says.
    pub package: Package,
    /// Where it was unpacked.
    pub folder: PathBuf,
}

/// Packages what can be published, looks into the packages, and lets a crate outside of the workspace depend on
/// them: the Rust examples of their READMEs are compiled, the programs in the examples of `revops` are built, and
/// the tour is run.
///
/// # Errors
/// Something of that is not as it should be; the error says what.
pub fn prove(root: &Path, allowances: Allowances) -> io::Result<()> {
    let workspace = Workspace::read(root)?;
    let objections: Vec<_> = workspace.published().flat_map(contents::of_manifest).collect();
    refuse(&objections)?;

    let scratch = Scratch::below(&workspace.target)?;
    let target = scratch.path();
    make(root, &workspace, target, allowances)?;
    let outside = outside(root)?;
    let mut unpacked = Vec::new();
    let mut objections = Vec::new();
    let (mut files, mut bytes) = (0, 0);
    for package in workspace.published() {
        let made = target.join(format!("package/{}-{}.crate", package.name, package.version));
        let names = names(&made)?;
        let size = fs::metadata(&made)?.len();
        println!("{}: {} files, {} KiB", package.name, names.len(), size.div_ceil(1024));
        objections.extend(contents::of_package(package, &names, size));
        files += names.len();
        bytes += size;
        unpacked.push(unpack(&made, &outside.join("packages"), package)?);
    }
    refuse(&objections)?;

    let consumer = outside.join("consumer");
    let written = consumer::write(&consumer, &unpacked)?;
    if !allowances.newest {
        fs::copy(root.join("Cargo.lock"), consumer.join("Cargo.lock"))?;
    }
    println!("a crate outside of the workspace depends on them: {}", consumer.display());
    let command = |arguments: &[&str]| {
        let mut command = cargo(&consumer);
        command.env("CARGO_TARGET_DIR", &workspace.target).env(PROFILE.0, PROFILE.1).args(arguments);
        command
    };
    run(&mut command(&["build", "--quiet", "--lib", "--examples"]))?;
    for program in &written.programs {
        run(&mut command(&["run", "--quiet", "--example", program]))?;
    }
    fs::remove_dir_all(&outside)?;
    println!();
    println!(
        "proven: {} packages, {files} files, {} KiB; {} examples of their READMEs compile in a crate of their user; \
         these programs ran: {}",
        unpacked.len(),
        bytes.div_ceil(1024),
        written.examples,
        written.programs.join(", "),
    );
    Ok(())
}

/// Lets cargo package everything that can be published, and build each package from what is in it.
fn make(root: &Path, workspace: &Workspace, target: &Path, allowances: Allowances) -> io::Result<()> {
    let mut package = cargo(root);
    package.env("CARGO_TARGET_DIR", target).env(PROFILE.0, PROFILE.1).args([
        "package",
        "--quiet",
        "--workspace",
    ]);
    for kept in workspace.packages.iter().filter(|package| !package.is_published) {
        package.args(["--exclude", &kept.name]);
    }
    if allowances.dirty {
        package.arg("--allow-dirty");
    }
    run(&mut package)
}

/// An empty folder outside of the workspace, the same for each run from the same place: no manifest, toolchain
/// file or configuration of the workspace holds there.
fn outside(root: &Path) -> io::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    let folder = env::temp_dir().join(format!("revops-package-{:016x}", hasher.finish()));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("packages"))?;
    Ok(folder)
}

/// The files of a package, below its own folder.
fn names(made: &Path) -> io::Result<Vec<String>> {
    let listing = read(Command::new("tar").arg("-tzf").arg(made))?;
    Ok(listing.lines().filter_map(|line| line.split_once('/')).map(|(_, name)| name.to_owned()).collect())
}

fn unpack(made: &Path, into: &Path, package: &Package) -> io::Result<Unpacked> {
    // The files of a package are all of one old date. With `m` they are new, and cargo sees that they changed.
    run(Command::new("tar").arg("-xmzf").arg(made).arg("-C").arg(into))?;
    let folder = into.join(format!("{}-{}", package.name, package.version));
    let mut packages = Workspace::read(&folder)?.packages;
    match (packages.pop(), packages.pop()) {
        (Some(package), None) => Ok(Unpacked { package, folder }),
        _ => Err(io::Error::other(format!("{} is not one package", folder.display()))),
    }
}

fn refuse(objections: &[String]) -> io::Result<()> {
    if objections.is_empty() { Ok(()) } else { Err(io::Error::other(objections.join("\nerror: "))) }
}
