//! What a client crate's build script calls.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use crate::{Error, document, pipeline};

/// Generates `$OUT_DIR/<name>.rs` for each document, and tells cargo to run again only when one of them or
/// an overlay changes. What is wrong is reported as one paragraph, and the build fails.
#[must_use]
pub fn build(documents: &[&str]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for document in documents {
        if let Err(error) = one(Path::new(document)) {
            println!("cargo::error={error}");
            code = ExitCode::FAILURE;
        }
    }
    code
}

fn one(path: &Path) -> Result<(), Error> {
    println!("cargo::rerun-if-changed={}", path.display());
    for overlay in document::overlay_paths(path).iter().filter(|overlay| overlay.exists()) {
        println!("cargo::rerun-if-changed={}", overlay.display());
    }
    // A new overlay is noticed by its folder.
    if let Some(folder) = path.parent() {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    let target = target(path)?;
    let source = pipeline::run(path)?.source;
    fs::write(&target, source).map_err(|error| written(&target, &error.to_string()))
}

fn target(path: &Path) -> Result<PathBuf, Error> {
    let folder = env::var_os("OUT_DIR")
        .ok_or_else(|| written(path, "OUT_DIR is not set; this runs in a build script"))?;
    let name = path.file_stem().unwrap_or_default();
    Ok(PathBuf::from(folder).join(name).with_extension("rs"))
}

fn written(path: &Path, fault: &str) -> Error {
    Error::new("write", "", format!("the client cannot be written: {fault}"))
        .in_file(path.display().to_string())
}
