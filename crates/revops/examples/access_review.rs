//! Who has access where: the users of Gong and of Gainsight, joined by e-mail, as a table and as CSV.
//!
//! `cargo run --example access_review` reads a sandbox; `-- --real` reads the vendors, with the credentials of
//! the environment. Nothing is changed.

use std::io::Write;

use revops::people::{self, Difference, Member, RosterReport, Row};

mod support;
use support::{Outcome, Vendors};

#[tokio::main]
async fn main() -> Outcome {
    let vendors = Vendors::connect(120).await?;
    let roster = people::roster().of_gong(&vendors.gong).of_gainsight(&vendors.gainsight).run().await;

    let odd: Vec<&Row> = roster.rows().iter().filter(|row| !row.differences.is_empty()).collect();
    println!("{:<48} {:<14} {:<14} what to look at", "e-mail", roster.systems()[0], roster.systems()[1]);
    for row in &odd {
        let states: Vec<&str> = row.members.iter().map(|member| state(member.as_ref())).collect();
        println!("{:<48} {:<14} {:<14} {}", row.email, states[0], states[1], explain(&roster, row));
    }
    println!("\n{} people, {} to look at", roster.rows().len(), odd.len());

    let path = std::env::temp_dir().join("access_review.csv");
    write_csv(&roster, &path)?;
    println!("everybody is in {}", path.display());
    for (system, failed) in roster.failures() {
        eprintln!("{} could not be read to its end: {failed}", roster.systems()[*system]);
    }
    if roster.failures().is_empty() { Ok(()) } else { Err("the review is incomplete".into()) }
}

fn state(member: Option<&Member>) -> &'static str {
    match member.map(|member| member.active) {
        None => "-",
        Some(Some(true)) => "active",
        Some(Some(false)) => "inactive",
        Some(None) => "there",
    }
}

fn explain(roster: &RosterReport, row: &Row) -> String {
    let name = |system: usize| roster.systems()[system].as_str();
    let differences = row.differences.iter().map(|difference| match difference {
        Difference::Missing { system } => format!("missing in {}", name(*system)),
        Difference::ActiveIn { system, and_not_in } => {
            format!("active in {}, not in {}", name(*system), name(*and_not_in))
        }
        Difference::Name { system } => format!("another name in {}", name(*system)),
        Difference::Duplicate { system, records } => format!("{records} records in {}", name(*system)),
        other => format!("{other:?}"),
    });
    differences.collect::<Vec<_>>().join("; ")
}

fn write_csv(roster: &RosterReport, path: &std::path::Path) -> Outcome {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["email", &roster.systems()[0], &roster.systems()[1], "differences"])?;
    for row in roster.rows() {
        let states: Vec<&str> = row.members.iter().map(|member| state(member.as_ref())).collect();
        csv.write_record([&row.email, states[0], states[1], &explain(roster, row)])?;
    }
    Ok(csv.into_inner()?.flush()?)
}
