//! Where cargo builds the packages: a folder of gigabytes that nobody needs afterwards.

use std::path::{Path, PathBuf};
use std::{fs, io, process};

const NAME: &str = "packages-";

/// A folder of its own for each run: of a version that it has unpacked once from the same place, cargo builds the
/// old files. It goes when this is dropped, however the run ended.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// The folder of this process below `target`. Those of runs that are known to have ended are removed.
    ///
    /// # Errors
    /// A folder that cannot be listed or removed.
    pub fn below(target: &Path) -> io::Result<Self> {
        for entry in fs::read_dir(target).into_iter().flatten() {
            let entry = entry?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(NAME)?.parse::<u32>().ok());
            if number.is_some_and(|number| number == process::id() || has_ended(Path::new("/proc"), number)) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(Self(target.join(format!("{NAME}{}", process::id()))))
    }

    /// The folder; cargo makes it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Whether the system says that there is no such process: `processes` has a folder for each, this one among them.
/// A system without such a list says nothing, and the folder may be another run's that is under way.
#[must_use]
pub fn has_ended(processes: &Path, number: u32) -> bool {
    processes.join("self").exists() && !processes.join(number.to_string()).exists()
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            eprintln!("{} is left: {error}", self.0.display());
        }
    }
}
