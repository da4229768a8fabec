//! What it costs to build: from nothing, and again after a change, for one vendor, for all, and for what progenitor
//! alone makes of the same documents in a build script, with reqwest as its defaults give it.
//!
//! CPU seconds of all processes together, so that the machine's cores do not matter much; what else the machine
//! does still does. Each build is of a program of its own below `target/bench/build`, outside the workspace.

mod programs;

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use programs::{Program, programs};
use revops_bench::{Report, counted_only};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// How often a program is built again; the least counts.
const AGAIN: usize = 3;

fn main() -> Fallible<()> {
    let root = revops_bench::root();
    let mut report = Report::new("build");
    let folder = root.join("target/bench/build");
    for program in programs(&root)? {
        program.write(&root, &folder.join(program.name))?;
        let here = folder.join(program.name);
        crates(&mut report, &program, &here)?;
        if !counted_only() {
            from_nothing(&mut report, &program, &here)?;
            again(&mut report, &program, &here)?;
        }
    }
    report.relate_to("progenitor");
    // One document beside five says nothing; what one vendor costs beside all does.
    report.relate_one(programs::ONE_VENDOR, programs::ALL);
    report.write(&root)?;
    Ok(())
}

/// How many crates it is made of.
fn crates(report: &mut Report, program: &Program, here: &Path) -> Fallible<()> {
    for (what, edges) in [("crates in the program", "normal"), ("crates in all", "normal,build")] {
        let output = cargo(here)
            .args(["tree", "--edges", edges, "--prefix", "none", "--format", "{p}", "--no-dedupe"])
            .stderr(Stdio::inherit())
            .output()?;
        ended(output.status.success(), "cargo tree")?;
        let text = String::from_utf8(output.stdout)?;
        let mut names: Vec<&str> = text.lines().map(|line| line.split(" (").next().unwrap_or(line)).collect();
        names.sort_unstable();
        names.dedup();
        // Without the program itself.
        let count = u32::try_from(names.len().saturating_sub(1))?;
        report.counted(format!("{what}/count/{}", program.name), count.into(), "");
    }
    Ok(())
}

fn from_nothing(report: &mut Report, program: &Program, here: &Path) -> Fallible<()> {
    for (what, arguments) in [("check", &["check"][..]), ("build --release", &["build", "--release"])] {
        let _ = fs::remove_dir_all(here.join("target"));
        program.use_operations(here, program.operations())?;
        let seconds = cpu_of(cargo(here).args(arguments))?;
        report.timed(format!("{what} from nothing/CPU/{}", program.name), seconds, "s");
    }
    Ok(())
}

/// A person's own program, after a change in it: with none of the operations used, with one, with all.
fn again(report: &mut Report, program: &Program, here: &Path) -> Fallible<()> {
    let all = program.operations();
    let mut least = [f64::MAX; 3];
    for _ in 0..AGAIN {
        for (count, least) in [0, 1, all].into_iter().zip(&mut least) {
            program.use_operations(here, count)?;
            *least = cpu_of(cargo(here).args(["build", "--release"]))?.min(*least);
        }
    }
    let [none, one, every] = least;
    let size = fs::metadata(here.join("target/release").join(program.package()))?.len();
    let more = f64::from(u32::try_from(all.max(2) - 1)?);
    let name = |what: &str| format!("{what}/{}", program.name);
    report.timed(name("release build again, no operation used/CPU"), none, "s");
    report.timed(name("the first operation used adds/CPU"), (one - none).max(0.0), "s");
    report.timed(name("each further one adds/CPU"), (every - one).max(0.0) / more * 1e3, "ms");
    report.timed(name("stripped program with all/size"), f64::from(u32::try_from(size / 1024)?), "KiB");
    Ok(())
}

fn cargo(here: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // A program of its own: nothing that this workspace's build set up is its business.
    for (name, _) in env::vars_os() {
        let is_ours = name.to_str().is_some_and(|name| name.starts_with("CARGO_") && name != "CARGO_HOME");
        if is_ours {
            cargo.env_remove(name);
        }
    }
    cargo.current_dir(here);
    cargo
}

/// The CPU seconds of a command and of everything it starts.
fn cpu_of(command: &mut Command) -> Fallible<f64> {
    let before = children()?;
    let status = command.args(["--quiet"]).status()?;
    ended(status.success(), "cargo")?;
    Ok(children()? - before)
}

/// The CPU seconds of all processes that were waited for, as the kernel counts them: in hundredths.
fn children() -> Fallible<f64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The name in brackets may hold blanks; what follows it begins with the third field.
    let fields: Vec<&str> = text.rsplit_once(") ").ok_or("no such text")?.1.split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok()).ok_or("no such field");
    Ok(f64::from(ticks(13)? + ticks(14)?) / 100.0)
}

fn ended(well: bool, what: &str) -> io::Result<()> {
    if well { Ok(()) } else { Err(io::Error::other(format!("{what} failed"))) }
}
