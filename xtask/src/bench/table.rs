//! The reports as tables: a row per measure, a column per contender.

use std::fmt::Write as _;

use revops_bench::{Figure, Report};

/// All reports as Markdown.
#[must_use]
pub fn table(reports: &[Report]) -> String {
    let mut text = String::new();
    if let Some(first) = reports.first() {
        let versions =
            in_order(reports.iter().flat_map(|report| &report.versions).map(String::as_str)).join(", ");
        let dates = in_order(reports.iter().map(|report| report.date.as_str())).join(", ");
        let _ = writeln!(text, "{dates}, {}, {versions}.", first.machine);
    }
    for report in reports {
        let _ = writeln!(text, "\n`{}`\n", report.command);
        rows(report, &mut text);
        if let Some(baseline) = &report.baseline {
            let _ = writeln!(text, "\nIn brackets: by that of `{baseline}`{}.", others(report));
        }
        for what in &report.left_out {
            let _ = writeln!(text, "\nLeft out: {what}.");
        }
    }
    text
}

/// The columns whose ratios are to another one.
fn others(report: &Report) -> String {
    let one = |(contender, other): &(String, String)| {
        format!("; in the column `{contender}`, by that of `{other}`")
    };
    report.related.iter().map(one).collect()
}

fn rows(report: &Report, text: &mut String) {
    let contenders = in_order(report.figures.iter().map(Figure::contender));
    let _ = writeln!(text, "| {} | {} |", report.part, contenders.join(" | "));
    let _ = writeln!(text, "|---|{}", "---:|".repeat(contenders.len()));
    for row in in_order(report.figures.iter().map(Figure::row)) {
        let of_row: Vec<&Figure> = report.figures.iter().filter(|figure| figure.row() == row).collect();
        let unit = of_row.first().map_or("", |figure| figure.unit.as_str());
        // `instructions, instructions` says nothing more.
        let is_said = unit.is_empty() || row.rsplit('/').next() == Some(unit);
        let unit = if is_said { String::new() } else { format!(", {unit}") };
        let cells: Vec<String> = contenders
            .iter()
            .map(|contender| {
                of_row
                    .iter()
                    .find(|figure| figure.contender() == *contender)
                    .map_or(String::new(), |figure| cell(figure))
            })
            .collect();
        let _ = writeln!(text, "| {}{unit} | {} |", row.replace('/', ", "), cells.join(" | "));
    }
}

fn cell(figure: &Figure) -> String {
    let value = shown(figure.value);
    match figure.ratio {
        Some(ratio) => format!("{value} ({ratio:.2})"),
        None => value,
    }
}

/// Three digits that matter, or three after the point, and commas where a number is long.
fn shown(value: f64) -> String {
    if value != 0.0 && value.abs() < 10.0 {
        let (mut places, mut first) = (3, value.abs());
        while first < 0.1 && places < 12 {
            (places, first) = (places + 1, first * 10.0);
        }
        let text = format!("{value:.places$}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    if value.abs() < 100.0 && value.fract() != 0.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn in_order<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}
