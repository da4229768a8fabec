//! What reviewers see of a document: its notes, its outline, its operations, and a hash of its whole source.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use revops_codegen::{Error, Generated};
use sha2::{Digest, Sha256};

use crate::outline::outline;

/// One snapshot: the stem of its file and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Such as `gong-users.notes`.
    pub name: String,
    /// What it holds, without the head that insta writes.
    pub text: String,
}

/// The vendored documents below `specs`, in the order of their paths.
///
/// # Errors
/// A folder that cannot be read.
pub fn documents(specs: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for vendor in sorted(specs)?.into_iter().filter(|path| path.is_dir()) {
        found.extend(sorted(&vendor)?.into_iter().filter(|path| is_document(path)));
    }
    Ok(found)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_document(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let overlay = name.ends_with(".repairs.yaml") || name.ends_with(".observed.yaml");
    !overlay && path.extension().is_some_and(|extension| extension == "yaml" || extension == "json")
}

/// `gong-users` for `specs/gong/users.yaml`; one word where vendor and document are named alike.
#[must_use]
pub fn name(document: &Path) -> String {
    let part = |path: Option<&std::ffi::OsStr>| path.unwrap_or_default().to_string_lossy().into_owned();
    let vendor = part(document.parent().and_then(Path::file_name));
    let stem = part(document.file_stem());
    if vendor == stem { stem } else { format!("{vendor}-{stem}") }
}

/// The snapshots of one document.
///
/// # Errors
/// What the positional rendering reports.
pub fn snapshots(document: &Path, generated: &Generated) -> Result<Vec<Snapshot>, Error> {
    let name = name(document);
    let texts = [
        ("notes", generated.notes.to_string()),
        ("outline", outline(&generated.lowered)),
        ("operations", generated.positional()?),
        ("source", source(&generated.source)),
    ];
    Ok(texts
        .into_iter()
        .map(|(kind, text)| Snapshot { name: format!("{name}.{kind}"), text: text.trim_end().to_owned() })
        .collect())
}

fn source(text: &str) -> String {
    let hash = Sha256::digest(text).iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    });
    format!("sha256 {hash}\nlines {}", text.lines().count())
}
