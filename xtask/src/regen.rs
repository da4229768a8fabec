//! `cargo xtask regen`: every document through the pipeline, compared with the snapshots in review.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, io};

use revops_codegen::{Generated, document};
use similar::TextDiff;

use crate::compare::compare;
use crate::snapshots::{self, Snapshot};

/// The command that mends a difference.
const MEND: &str = "cargo xtask regen";

/// Where the documents and their snapshots are.
#[derive(Debug)]
pub struct Regen {
    specs: PathBuf,
    snapshots: PathBuf,
}

/// What a run found; anything but `Same` ends the process with a failure when checking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is as in the snapshots.
    Same,
    /// Something differs, or differed and was written.
    Changed,
    /// Something cannot be generated, or would break callers.
    Broken,
}

impl Regen {
    /// For the workspace at `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        // Relative where it can be, so that notes and errors read the same on every machine.
        let is_here = root.canonicalize().is_ok_and(|root| env::current_dir().is_ok_and(|here| here == root));
        let root = if is_here { Path::new("") } else { root };
        Self { specs: root.join("specs"), snapshots: root.join("tests/snapshots") }
    }

    /// Regenerates all documents and writes what differs, or only shows it (`check`).
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub fn run(&self, check: bool) -> io::Result<Outcome> {
        let mut outcome = Outcome::Same;
        let mut expected: Vec<String> = Vec::new();
        let started = Instant::now();
        let documents = snapshots::documents(&self.specs)?;
        if documents.is_empty() {
            return Err(io::Error::other(format!("there is no document in {}", self.specs.display())));
        }
        for path in &documents {
            let shown = path.strip_prefix(&self.specs).unwrap_or(path).display().to_string();
            if io::stderr().is_terminal() {
                eprint!("\r\x1b[K{shown} …");
            }
            let began = Instant::now();
            let made = revops_codegen::run(path).and_then(|generated| {
                let snapshots = snapshots::snapshots(path, &generated)?;
                Ok((generated, snapshots))
            });
            let took = began.elapsed().as_millis();
            if io::stderr().is_terminal() {
                eprint!("\r\x1b[K");
            }
            match made {
                Err(error) => {
                    println!("{shown:32} cannot be generated\n\n{error}\n");
                    outcome = Outcome::Broken;
                    expected.extend(
                        ["notes", "outline", "operations", "source"]
                            .map(|kind| format!("{}.{kind}", snapshots::name(path))),
                    );
                }
                Ok((generated, made)) => {
                    let changed = self.compare_all(&made, check)?;
                    report(&shown, &generated, took, changed);
                    if changed > 0 && outcome == Outcome::Same {
                        outcome = Outcome::Changed;
                    }
                    expected.extend(made.into_iter().map(|snapshot| snapshot.name));
                }
            }
        }
        if self.drop_strays(&expected, check)? && outcome == Outcome::Same {
            outcome = Outcome::Changed;
        }
        println!("{} documents in {} ms", documents.len(), started.elapsed().as_millis());
        if check && outcome == Outcome::Changed {
            println!(
                "\nThe output differs from tests/snapshots. If that is meant, run\n\n    {MEND}\n\nand commit the result."
            );
        }
        Ok(outcome)
    }

    /// How many snapshots differ; they are written, or shown as a diff when checking.
    fn compare_all(&self, made: &[Snapshot], check: bool) -> io::Result<usize> {
        let mut changed = 0;
        for snapshot in made {
            let path = self.path(&snapshot.name);
            let stored = fs::read_to_string(&path).ok();
            let old = stored.as_deref().map(body).unwrap_or_default();
            if stored.is_some() && old == snapshot.text {
                continue;
            }
            changed += 1;
            if check {
                let diff = TextDiff::from_lines(old, &snapshot.text);
                let label = path.display().to_string();
                println!("{}", diff.unified_diff().context_radius(3).header(&label, "regenerated"));
            } else {
                fs::create_dir_all(&self.snapshots)?;
                fs::write(&path, with_head(snapshot))?;
            }
        }
        Ok(changed)
    }

    /// Snapshots of documents that are no longer there.
    fn drop_strays(&self, expected: &[String], check: bool) -> io::Result<bool> {
        let mut found = false;
        let Ok(entries) = fs::read_dir(&self.snapshots) else { return Ok(false) };
        for path in entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".snap") else { continue };
            let ours = ["notes", "outline", "operations", "source"]
                .iter()
                .any(|kind| stem.ends_with(&format!(".{kind}")));
            if ours && !expected.iter().any(|known| known == stem) {
                found = true;
                println!("{name} belongs to no document");
                if !check {
                    fs::remove_file(&path)?;
                }
            }
        }
        Ok(found)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.snapshots.join(format!("{name}.snap"))
    }

    /// Shows what the document at `changed` would do to callers if it took the place of a vendored one: the
    /// one named by `instead_of` (such as `gong-users`), else the one of the same title.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn preview(&self, changed: &Path, instead_of: Option<&str>) -> io::Result<Outcome> {
        let new = match document::read(changed) {
            Ok(new) => new.root,
            Err(error) => {
                println!("{error}");
                return Ok(Outcome::Broken);
            }
        };
        let documents = snapshots::documents(&self.specs)?;
        let same = |path: &&PathBuf| match instead_of {
            Some(name) => snapshots::name(path) == name,
            None => {
                document::read(path).is_ok_and(|known| known.root["info"]["title"] == new["info"]["title"])
            }
        };
        let Some(vendored) = documents.iter().find(same) else {
            let names: Vec<String> = documents.iter().map(|path| snapshots::name(path)).collect();
            println!(
                "No vendored document has the title {}. Say which one it replaces: --instead-of one of {}.",
                new["info"]["title"],
                names.join(", ")
            );
            return Ok(Outcome::Broken);
        };
        println!("{} instead of {}\n", changed.display(), vendored.display());
        let old = match revops_codegen::run(vendored) {
            Ok(old) => old,
            Err(error) => {
                println!("The vendored document itself cannot be generated:\n\n{error}");
                return Ok(Outcome::Broken);
            }
        };
        match revops_codegen::run_on(new, vendored) {
            Ok(new) => {
                let comparison = compare(&old.lowered, &new.lowered);
                print!("{comparison}");
                Ok(if comparison.is_breaking() { Outcome::Broken } else { Outcome::Changed })
            }
            Err(error) => {
                println!(
                    "With the overlays beside {} it cannot be generated:\n\n{error}",
                    vendored.display()
                );
                Ok(Outcome::Broken)
            }
        }
    }
}

fn report(shown: &str, generated: &Generated, took: u128, changed: usize) {
    let state = if changed == 0 { "unchanged".to_owned() } else { format!("{changed} snapshots differ") };
    println!(
        "{shown:32} {:2} operations, {:3} schemas, {:4} lines, {took:4} ms, {state}",
        generated.meta.operations.len(),
        generated.adapted["components"]["schemas"].as_object().map_or(0, serde_json::Map::len),
        generated.source.lines().count(),
    );
}

/// The text of a snapshot file behind the head that insta writes.
fn body(stored: &str) -> &str {
    let rest = stored.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    rest.map_or(stored, |(_, body)| body).trim_end()
}

/// The file as insta writes it for `tests/tests/documents/snapshots.rs`.
fn with_head(snapshot: &Snapshot) -> String {
    format!(
        "---\nsource: tests/tests/documents/snapshots.rs\nexpression: snapshot.text\n---\n{}\n",
        snapshot.text
    )
}
