//! What it costs to generate: time and memory for each document, and how both grow with the operations.

use std::env;
use std::error::Error;
use std::process::Command;

use revops_bench::Report;
use serde_json::Value;

const DOCUMENTS: [&str; 5] = [
    "gainsight/person.yaml",
    "gainsight/user-management.yaml",
    "gong/users.yaml",
    "usergems/usergems.yaml",
    "userpilot/userpilot.json",
];
const SIZES: [&str; 5] = ["8", "32", "128", "512", "2000"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = revops_bench::root();
    let mut report = Report::new("generation");
    for document in DOCUMENTS {
        measure(&mut report, document, &root.join("specs").join(document).display().to_string())?;
    }
    for size in SIZES {
        measure(&mut report, &format!("{size} synthetic operations"), size)?;
    }
    report.write(&root)?;
    Ok(())
}

/// The best of three runs, in a process each.
fn measure(report: &mut Report, name: &str, what: &str) -> Result<(), Box<dyn Error>> {
    let mut best: Option<Value> = None;
    for _ in 0..3 {
        // Build scripts are built without optimization, and so is what is measured.
        let example = ["run", "--quiet", "--package", "revops-bench", "--example", "generate", "--", what];
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo).current_dir(revops_bench::root()).args(example).output()?;
        if !output.status.success() {
            return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let told: Value = serde_json::from_slice(&output.stdout)?;
        let seconds = |told: &Value| told["seconds"].as_f64().unwrap_or(f64::MAX);
        if best.as_ref().is_none_or(|best| seconds(&told) < seconds(best)) {
            best = Some(told);
        }
    }
    let told = best.unwrap_or_default();
    let number = |name: &str| told[name].as_f64().unwrap_or_default();
    report.timed(format!("{name}/ms"), number("seconds") * 1e3, "");
    report.timed(
        format!("{name}/ms an operation"),
        number("seconds") * 1e3 / number("operations").max(1.0),
        "",
    );
    report.timed(format!("{name}/MiB"), number("peak") / 1024.0, "");
    report.counted(format!("{name}/lines"), number("lines"), "");
    Ok(())
}
