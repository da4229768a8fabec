//! `cargo xtask bench`: runs the benchmarks, judges what is counted, shows the rest.

mod chart;
mod limits;
mod table;

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use revops_bench::{Figure, Report};

pub use limits::{Breach, Limits};
pub use table::table;

/// All benchmarks, in the order in which they run.
pub const PARTS: [&str; 4] = ["calls", "quota", "build", "generation"];
/// Those whose figures are all counted, or have counted ones among them.
const COUNTED: [&str; 3] = ["calls", "quota", "build"];

const BEGIN: &str = "<!-- written by `cargo xtask bench --readme` -->";
const END: &str = "<!-- until here -->";

const RESULTS: &str = "# Results of the last `cargo xtask bench --readme`\n\nWhat each row is, and how it is \
                       measured, stands in `bench/benches/`.\n";
/// The ends of the rows that the README has.
const BRIEF: [&str; 5] = ["/instructions", "/allocations", "/peak heap", "/requests a second", "/CPU"];

/// What to run, and what to do with it.
#[derive(Debug, Clone, Default)]
pub struct Bench {
    /// The benchmarks; all if empty.
    pub parts: Vec<String>,
    /// Only what is counted is measured, and judged by `bench/limits.yaml`.
    pub check: bool,
    /// The tables and the chart go into the README, too; of the benchmarks that are not run, those of their last run.
    pub readme: bool,
}

/// Runs the benchmarks of the workspace at `root`; whether every limit held.
///
/// # Errors
/// A benchmark that does not exist or fails, a file that cannot be read or written.
pub fn run(root: &Path, bench: &Bench) -> io::Result<bool> {
    let all: &[&str] = if bench.check { &COUNTED } else { &PARTS };
    if let Some(unknown) = bench.parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(io::Error::other(format!(
            "there is no benchmark `{unknown}`, only {}",
            PARTS.join(", ")
        )));
    }
    let parts: Vec<&str> = all
        .iter()
        .copied()
        .filter(|part| bench.parts.is_empty() || bench.parts.iter().any(|p| p == part))
        .collect();
    if parts.is_empty() {
        return Err(io::Error::other(format!("nothing is counted there, only in {}", COUNTED.join(", "))));
    }
    let limits = Limits::read(&root.join("bench/limits.yaml"))?;
    let mut reports = Vec::new();
    if bench.readme {
        // Known before anything is measured for minutes.
        for part in all.iter().filter(|part| !parts.contains(part)) {
            drawable(&Report::read(root, part, false)?)?;
        }
    }
    for part in all {
        if !parts.contains(part) {
            if bench.readme {
                reports.push(Report::read(root, part, false)?);
            }
            continue;
        }
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(root).args(["bench", "--package", "revops-bench", "--bench", part, "--"]);
        if bench.check {
            cargo.arg("--counted");
        }
        if !cargo.status()?.success() {
            return Err(io::Error::other(format!("the benchmark `{part}` failed")));
        }
        let report = Report::read(root, part, bench.check)?;
        if bench.readme {
            drawable(&report)?;
        }
        reports.push(report);
    }
    let text = table(&reports);
    println!("{text}");
    fs::write(root.join("target/bench/report.md"), &text)?;
    if let Some(calls) = reports.iter().find(|report| report.part == "calls") {
        chart::draw(calls, &root.join("target/bench/calls.svg"))?;
    }
    if bench.readme {
        fs::write(root.join("bench/RESULTS.md"), format!("{RESULTS}\n{text}"))?;
        write_readme(root, &table(&brief(&reports)))?;
    }
    let breaches = limits.judge(&reports);
    for breach in &breaches {
        eprintln!("{breach}\n");
    }
    for what in reports.iter().filter(|_| bench.check).flat_map(|report| &report.left_out) {
        eprintln!("NOT CHECKED: {what}");
    }
    Ok(breaches.is_empty())
}

/// Refuses to write a README whose chart would be that of an earlier run.
fn drawable(report: &Report) -> io::Result<()> {
    match report.left_out.iter().find(|what| chart::shows(what)) {
        Some(what) => Err(io::Error::other(format!(
            "nothing is written: `{}` has left out {what}; the README's chart shows them",
            report.part
        ))),
        None => Ok(()),
    }
}

/// What most people want to know: the rest is in `bench/RESULTS.md`.
fn brief(reports: &[Report]) -> Vec<Report> {
    let is_brief = |figure: &Figure| BRIEF.iter().any(|measure| figure.row().ends_with(measure));
    let mut reports = reports.to_vec();
    for report in &mut reports {
        report.figures.retain(is_brief);
    }
    reports.retain(|report| !report.figures.is_empty());
    reports
}

/// Puts the tables between the marks in the README, and the chart beside it.
fn write_readme(root: &Path, text: &str) -> io::Result<()> {
    let path = root.join("README.md");
    let readme = fs::read_to_string(&path)?;
    let marked = readme.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = marked
        .ok_or_else(|| io::Error::other(format!("README.md has no place between `{BEGIN}` and `{END}`")))?;
    fs::write(path, format!("{before}{BEGIN}\n\n{text}\n{END}{after}"))?;
    fs::copy(root.join("target/bench/calls.svg"), root.join("bench/calls.svg"))?;
    Ok(())
}
