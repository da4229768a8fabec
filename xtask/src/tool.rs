//! Programs of others, installed below `target/tools` in the version that is named here.

use std::env;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use crate::command::{cargo, run};

/// Where they are, below the root of the workspace.
const FOLDER: &str = "target/tools";

/// A program that cargo can install.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Judges a dependency graph: licences, duplicates, bans, sources, advisories.
pub const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// Finds what a new version of a library breaks for its users.
pub const SEMVER: Tool = Tool { name: "cargo-semver-checks", version: "0.51.0" };

impl Tool {
    /// The program, installed if it is not there. It is built without optimization: that takes a third of the
    /// time, and it runs for seconds.
    ///
    /// # Errors
    /// It cannot be installed.
    pub fn install(self, root: &Path) -> io::Result<PathBuf> {
        let version = format!("={}", self.version);
        let mut install = cargo(root);
        install.args(["install", "--quiet", "--locked", "--debug", "--root"]).arg(root.join(FOLDER));
        run(install.args(["--version", &version, self.name]))?;
        Ok(root.join(FOLDER).join("bin").join(self.name))
    }

    /// The program if it was installed before, here or by the user.
    #[must_use]
    pub fn find(self, root: &Path) -> Option<PathBuf> {
        let paths = env::var_os("PATH").unwrap_or_default();
        let folders = iter::once(root.join(FOLDER).join("bin")).chain(env::split_paths(&paths));
        folders.map(|folder| folder.join(self.name)).find(|program| program.is_file())
    }
}
