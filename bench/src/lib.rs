//! What the benchmarks share: their figures, and the report each of them leaves in `target/bench`.
//!
//! A figure's name is a path whose last segment is the contender: `get/instructions/facade`. All contenders of
//! one run stand beside each other, and where one of them is the baseline the others are ratios to it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use chrono::Utc;
use serde::{Deserialize, Serialize};

/// What one benchmark measured in one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// Which benchmark: `calls`, `quota`, `build` or `generation`.
    pub part: String,
    /// The day of the run, such as `2026-11-21`.
    pub date: String,
    /// The command that repeats the run.
    pub command: String,
    /// Processor, cores and system.
    pub machine: String,
    /// Compiler and what else decides about the figures, such as `rustc 1.95.0`.
    pub versions: Vec<String>,
    /// In the order in which they were measured.
    pub figures: Vec<Figure>,
    /// What could not be measured here, and why.
    pub left_out: Vec<String>,
    /// The contender that the ratios are to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The contenders whose ratios are to another one than the baseline, each with that one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<(String, String)>,
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Such as `get/instructions/facade`.
    pub name: String,
    /// In `unit`.
    pub value: f64,
    /// Such as `instructions`, `ms`, `1/s`; empty for a ratio.
    pub unit: String,
    /// The value by that of the baseline, where the run has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Whether the same program gives the same value on any machine, so that it may be judged.
    pub counted: bool,
}

impl Figure {
    /// The name without the contender.
    #[must_use]
    pub fn row(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(row, _)| row)
    }

    /// The last segment of the name.
    #[must_use]
    pub fn contender(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }
}

/// Whether the benchmark was asked for what is counted only, and shall leave out what is timed.
#[must_use]
pub fn counted_only() -> bool {
    env::args().any(|argument| argument == "--counted")
}

impl Report {
    /// An empty report of the benchmark `part`.
    #[must_use]
    pub fn new(part: &str) -> Self {
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let processor = processor.map_or(env::consts::ARCH, |(_, name)| name);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            part: part.to_owned(),
            date: Utc::now().format("%Y-%m-%d").to_string(),
            command: format!("cargo xtask bench {part}"),
            machine: format!("{processor}, {cores} cores, {}", env::consts::OS),
            versions: version("rustc", &["--version"]).into_iter().collect(),
            figures: Vec::new(),
            left_out: Vec::new(),
            baseline: None,
            related: Vec::new(),
        }
    }

    /// Adds what is the same in every run of the same program, such as instructions or calls.
    pub fn counted(&mut self, name: impl Into<String>, value: f64, unit: &str) {
        self.push(name.into(), value, unit, true);
    }

    /// Adds what depends on the machine and on what else it does; never judged.
    pub fn timed(&mut self, name: impl Into<String>, value: f64, unit: &str) {
        self.push(name.into(), value, unit, false);
    }

    /// Says what could not be measured, and why.
    pub fn leave_out(&mut self, what: impl Into<String>) {
        let what = what.into();
        eprintln!("left out: {what}");
        self.left_out.push(what);
    }

    /// Makes ratios of all figures whose row has one of `baseline`.
    pub fn relate_to(&mut self, baseline: &str) {
        self.baseline = Some(baseline.to_owned());
        self.relate(baseline, |_| true);
    }

    /// Makes the ratios of one contender's figures those to `other`: what does less than the baseline has no ratio
    /// to it.
    pub fn relate_one(&mut self, contender: &str, other: &str) {
        self.related.push((contender.to_owned(), other.to_owned()));
        self.relate(other, |figure| figure.contender() == contender);
    }

    fn relate(&mut self, other: &str, is_meant: impl Fn(&Figure) -> bool) {
        let base: Vec<(String, f64)> = self
            .figures
            .iter()
            .filter(|figure| figure.contender() == other)
            .map(|figure| (figure.row().to_owned(), figure.value))
            .collect();
        for figure in self.figures.iter_mut().filter(|figure| is_meant(figure)) {
            let base = base.iter().find(|(row, value)| row == figure.row() && *value != 0.0);
            figure.ratio = base.map(|(_, base)| figure.value / base);
        }
    }

    /// Writes the report where [`Report::read`] finds it.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let path = file(root, &self.part, counted_only());
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")
    }

    /// The last report of `part`, whole or of what is counted only.
    ///
    /// # Errors
    /// No report, or one of another version.
    pub fn read(root: &Path, part: &str, counted: bool) -> io::Result<Self> {
        let text = fs::read_to_string(file(root, part, counted)).map_err(|error| {
            let what = format!("there is no whole report of `{part}`; `cargo xtask bench {part}` makes it");
            io::Error::new(error.kind(), what)
        })?;
        Ok(serde_json::from_str(&text)?)
    }

    fn push(&mut self, name: String, value: f64, unit: &str, counted: bool) {
        eprintln!("{name:60} {value:>16.3} {unit}");
        self.figures.push(Figure { name, value, unit: unit.to_owned(), ratio: None, counted });
    }
}

/// The folder of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The first line a program prints of its version; nothing if it is not there.
#[must_use]
pub fn version(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}

/// What is counted only does not take the place of a whole report.
fn file(root: &Path, part: &str, counted: bool) -> PathBuf {
    let folder = root.join(if counted { "target/bench/counted" } else { "target/bench" });
    folder.join(part).with_extension("json")
}
