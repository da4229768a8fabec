//! Who has access where: the users of Gong and of Gainsight, joined by e-mail, as a table and as CSV.
//!
//! `cargo run --example access_review` reads a sandbox; `-- --real` reads the vendors, with the credentials of
//! the environment. Nothing is changed. The table shows who is to be looked at; a last argument such as
//! `review.csv` is the file that everybody is written to. It names people: keep it where that is in order.

use std::path::Path;

use revops::people::{self, Difference, RosterReport, Row};
use unicode_width::UnicodeWidthStr;

mod support;
use support::{Outcome, Vendors};

#[tokio::main]
async fn main() -> Outcome {
    let vendors = Vendors::connect(120).await?;
    let roster = people::roster().of_gong(&vendors.gong).of_gainsight(&vendors.gainsight).run().await?;

    for (system, failed) in roster.failures() {
        eprintln!("{} could not be read to its end: {failed}", roster.systems()[*system]);
    }
    let is_whole = roster.failures().is_empty();
    let odd: Vec<&Row> = roster.rows().iter().filter(|row| !row.differences.is_empty()).collect();
    let mut table = vec![heads(&roster, "e-mail", "what to look at")];
    table.extend(odd.iter().map(|row| line(&roster, row)));
    print_table(&table);
    let extent = if is_whole { "" } else { ", as far as could be read: who is missing where is not known" };
    println!("\n{} people, {} to look at{extent}", roster.rows().len(), odd.len());

    let file = std::env::args().skip(1).find(|argument| argument != "--real");
    match &file {
        Some(path) => {
            write_csv(&roster, Path::new(path))?;
            println!("everybody is in {path}");
        }
        None => println!("name a file, such as `review.csv`, to have everybody in it"),
    }
    if is_whole { Ok(()) } else { Err("the review is incomplete".into()) }
}

/// The first line: the systems between the person and the differences.
fn heads(roster: &RosterReport, person: &str, differences: &str) -> Vec<String> {
    let systems = roster.systems().iter().map(String::as_str);
    [person].into_iter().chain(systems).chain([differences]).map(str::to_owned).collect()
}

fn line(roster: &RosterReport, row: &Row) -> Vec<String> {
    let mut line = vec![row.email.clone()];
    line.extend((0..roster.systems().len()).map(|system| state(row, system).to_owned()));
    line.push(explain(roster, row));
    line
}

fn state(row: &Row, system: usize) -> &'static str {
    match row.is_active_in(system) {
        _ if row.members[system].is_empty() => "-",
        Some(true) => "active",
        Some(false) => "inactive",
        None => "there",
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

/// Every column as wide as what is widest in it, on the screen.
fn print_table(table: &[Vec<String>]) {
    let columns = table.first().map_or(0, Vec::len);
    let width =
        |column: usize| table.iter().map(|line| line[column].as_str().width()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for line in table {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.as_str().width())));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

fn write_csv(roster: &RosterReport, path: &Path) -> Outcome {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(heads(roster, "email", "differences"))?;
    for row in roster.rows() {
        csv.write_record(line(roster, row))?;
    }
    Ok(csv.flush()?)
}
