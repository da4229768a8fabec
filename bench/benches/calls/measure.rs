//! Runs the contenders, each in a process of its own, and makes figures of what they print.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use revops_bench::{Report, counted_only, version};
use serde_json::Value;

use crate::drive::Fallible;

/// The baseline stands first among those that call by hand.
const BASELINE: &str = "reqwest";
const CONTENDERS: [&str; 7] =
    ["hyper", BASELINE, "reqwest, our types", "progenitor", "openapi-generator", "client", "facade"];

/// An operation, how it is called by the contenders, and by how many calls two runs differ.
struct Row {
    name: &'static str,
    operation: String,
    few: usize,
    many: usize,
}

const MIB: usize = 1 << 20;

/// Takes all measures.
pub(crate) fn measure(report: &mut Report) -> Fallible<()> {
    report.versions.extend([
        format!("revops {}", env!("CARGO_PKG_VERSION")),
        "openapi-generator 7.26.0".to_owned(),
        "release profile".to_owned(),
    ]);
    let bench = Bench::start()?;
    let row = |name, operation: &str, few, many| Row { name, operation: operation.to_owned(), few, many };
    let rows = [
        row("get", "get", 100, 600),
        row("page of 100", "page", 20, 120),
        row("upsert of 50", "upsert", 20, 120),
        row("upload of 4 MiB", &format!("upload:{}", 4 * MIB), 1, 5),
    ];
    bench.instructions(report, &rows)?;
    bench.allocations(report, &rows)?;
    bench.peaks(report)?;
    if !counted_only() {
        bench.rates(report)?;
    }
    report.relate_to(BASELINE);
    Ok(())
}

/// The server, and this program once more for each contender.
struct Bench {
    program: PathBuf,
    server: Child,
    url: String,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Bench {
    fn start() -> Fallible<Self> {
        let program = std::env::current_exe()?;
        let mut server = Command::new(&program).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let output = server.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut url)?;
        Ok(Self { program, server, url: url.trim().to_owned() })
    }

    fn contend(
        &self,
        how: &str,
        contender: &str,
        operation: &str,
        count: usize,
        in_flight: usize,
    ) -> Vec<String> {
        self.contend_at(&self.url, how, contender, operation, count, in_flight)
    }

    fn contend_at(
        &self,
        url: &str,
        how: &str,
        contender: &str,
        operation: &str,
        count: usize,
        in_flight: usize,
    ) -> Vec<String> {
        let program = self.program.display().to_string();
        let (count, in_flight) = (count.to_string(), in_flight.to_string());
        [&program, "contend", how, contender, operation, url, &count, &in_flight].map(str::to_owned).to_vec()
    }

    /// What the run printed; `None` if the contender cannot do it.
    fn run(command: &[String]) -> Fallible<Option<Value>> {
        let Some((program, arguments)) = command.split_first() else { return Ok(None) };
        let output = Command::new(program).args(arguments).output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        if errors.contains("not among what it can do") {
            return Ok(None);
        }
        if !output.status.success() {
            return Err(format!("{}: {errors}", command.join(" ")).into());
        }
        Ok(Some(serde_json::from_slice(&output.stdout)?))
    }

    /// The instructions of one call: the difference of two runs by callgrind.
    fn instructions(&self, report: &mut Report, rows: &[Row]) -> Fallible<()> {
        let Some(valgrind) = version("valgrind", &["--version"]) else {
            report.leave_out("instructions: valgrind is not installed here");
            return Ok(());
        };
        report.versions.push(valgrind);
        for row in rows {
            for contender in CONTENDERS {
                let few = self.instructions_of(contender, row, row.few)?;
                let Some(few) = few else { continue };
                let many = self.instructions_of(contender, row, row.many)?.unwrap_or(few);
                let name = format!("{}/instructions/{contender}", row.name);
                report.counted(name, ratio(many.saturating_sub(few), as_u64(row.many - row.few)).round(), "");
            }
        }
        Ok(())
    }

    fn instructions_of(&self, contender: &str, row: &Row, count: usize) -> Fallible<Option<u64>> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .args(self.contend("run", contender, &row.operation, count, 1))
            .output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        if told.contains("not among what it can do") {
            return Ok(None);
        }
        let collected =
            told.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
        match collected.map(str::parse) {
            Some(Ok(count)) if output.status.success() => Ok(Some(count)),
            _ => Err(format!("{contender} under callgrind: {told}").into()),
        }
    }

    /// What one call asks of the allocator: the difference of two runs.
    fn allocations(&self, report: &mut Report, rows: &[Row]) -> Fallible<()> {
        for (measure, unit) in [("allocations", ""), ("bytes", "bytes allocated")] {
            for row in rows {
                for contender in CONTENDERS {
                    let of = |count| Self::run(&self.contend("heap", contender, &row.operation, count, 1));
                    let Some(few) = of(row.few)? else { continue };
                    let many = of(row.many)?.unwrap_or_default();
                    let (few, many) = (number(&few[measure]), number(&many[measure]));
                    let name = format!("{}/{measure}/{contender}", row.name);
                    report.counted(
                        name,
                        ratio(many.saturating_sub(few), as_u64(row.many - row.few)).round(),
                        unit,
                    );
                }
            }
        }
        Ok(())
    }

    /// The most heap a run holds at once, over what the client holds before it.
    fn peaks(&self, report: &mut Report) -> Fallible<()> {
        for records in [10_000, 100_000, 1_000_000] {
            for contender in CONTENDERS {
                let url = format!("{}/list/{records}", self.url);
                let operation = format!("list:{records}");
                let command = self.contend_at(&url, "heap", contender, &operation, 1, 1);
                let Some(told) = Self::run(&command)? else { continue };
                let name = format!("list of {records}/peak heap/{contender}");
                report.counted(name, ratio(number(&told["peak"]), 1024).round(), "KiB");
            }
        }
        for (size, bytes) in [("32 MiB", 32 * MIB), ("1 GiB", 1024 * MIB)] {
            for contender in CONTENDERS {
                // The vendor takes no file over 50 MB, and so the facade sends none.
                if contender == "facade" && bytes > 50_000_000 {
                    continue;
                }
                let operation = format!("upload:{bytes}");
                let Some(told) = Self::run(&self.contend("heap", contender, &operation, 1, 1))? else {
                    continue;
                };
                let name = format!("upload of {size}/peak heap/{contender}");
                report.counted(name, ratio(number(&told["peak"]), 1024).round(), "KiB");
            }
        }
        Ok(())
    }

    /// Requests a second and waits; the best of seven rounds in which all take turns, for one round differs from the
    /// next by more than one contender from another.
    fn rates(&self, report: &mut Report) -> Fallible<()> {
        for (in_flight, calls) in [(1, 10_000), (8, 50_000), (64, 50_000)] {
            let mut best: Vec<Option<Value>> = vec![None; CONTENDERS.len()];
            for _ in 0..7 {
                for (contender, best) in CONTENDERS.iter().zip(&mut best) {
                    let Some(told) = Self::run(&self.contend("run", contender, "get", calls, in_flight))?
                    else {
                        continue;
                    };
                    let seconds = |told: &Value| told["seconds"].as_f64().unwrap_or(f64::MAX);
                    if best.as_ref().is_none_or(|best| seconds(&told) < seconds(best)) {
                        *best = Some(told);
                    }
                }
            }
            let name =
                |measure: &str, contender: &str| format!("get, {in_flight} in flight/{measure}/{contender}");
            for (measure, unit) in [("requests a second", ""), ("p50", "µs"), ("p99", "µs")] {
                for (contender, best) in CONTENDERS.iter().zip(&best) {
                    let Some(best) = best else { continue };
                    let seconds = |name: &str| best[name].as_f64().unwrap_or(f64::MAX);
                    let value = match measure {
                        "p50" | "p99" => seconds(measure) * 1e6,
                        _ => ratio(as_u64(calls), 1) / seconds("seconds"),
                    };
                    report.timed(name(measure, contender), value, unit);
                }
            }
        }
        Ok(())
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn ratio(value: u64, by: u64) -> f64 {
    value as f64 / by as f64
}
