//! The limits of what is counted, kept in one file.

use std::fmt;
use std::path::Path;
use std::{fs, io};

use revops_bench::{Figure, Report};
use serde::Deserialize;

use super::PARTS;

/// What `bench/limits.yaml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Limits(Vec<Limit>);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    figure: String,
    of: Of,
    /// The contender that a ratio is to, if it is not the baseline.
    to: Option<String>,
    at_most: Option<f64>,
    at_least: Option<f64>,
    cause: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    Ratio,
    Value,
}

/// A limit that was not kept, or that nothing was measured for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach(String);

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Limits {
    /// Reads the file.
    ///
    /// # Errors
    /// No such file, or one that says something else.
    pub fn read(path: &Path) -> io::Result<Self> {
        Self::parse(&fs::read_to_string(path)?)
            .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// What it says instead of limits.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }

    /// All that is not kept. A limit of a benchmark that ran but has no such figure is broken, too: else a
    /// figure that is no longer measured would be one that always holds. So is one of a benchmark that does not
    /// exist. What a benchmark says it had to leave out is not missed.
    #[must_use]
    pub fn judge(&self, reports: &[Report]) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for limit in &self.0 {
            let (part, name) = limit.figure.split_once('/').unwrap_or((&limit.figure, ""));
            if !PARTS.contains(&part) {
                breaches.push(Breach(format!(
                    "{}: there is no benchmark `{part}`, but bench/limits.yaml has a limit for it",
                    limit.figure
                )));
            }
            let Some(report) = reports.iter().find(|report| report.part == part) else { continue };
            let met: Vec<&Figure> =
                report.figures.iter().filter(|figure| matches(name, &figure.name)).collect();
            if met.is_empty() && !report.left_out.iter().any(|what| is_left_out(name, what)) {
                breaches.push(Breach(format!(
                    "{}: not measured, but bench/limits.yaml has a limit for it",
                    limit.figure
                )));
            }
            breaches.extend(met.into_iter().filter_map(|figure| limit.broken_by(report, figure)));
        }
        breaches
    }
}

impl Limit {
    fn broken_by(&self, report: &Report, figure: &Figure) -> Option<Breach> {
        let (Figure { name, unit, .. }, part) = (figure, &report.part);
        let say =
            |what: String| Some(Breach(format!("{part}/{name}: {what}\n  likely cause: {}", self.cause)));
        if !figure.counted {
            return say("is timed, and what is timed is not judged".to_owned());
        }
        let (value, unit) = match self.of {
            Of::Value => (figure.value, unit.clone()),
            Of::Ratio => {
                let beside = |to: &String| {
                    let mut of_row = report.figures.iter().filter(|other| other.row() == figure.row());
                    of_row.find(|other| other.contender() == to).map(|other| figure.value / other.value)
                };
                let to = self.to.as_deref().unwrap_or("the baseline");
                match self.to.as_ref().map_or(figure.ratio, beside) {
                    Some(ratio) => (ratio, format!("x {to}")),
                    None => return say(format!("this run has not measured {to}")),
                }
            }
        };
        let space = if unit.is_empty() { "" } else { " " };
        match (self.at_most, self.at_least) {
            (Some(most), _) if value > most => {
                say(format!("{value:.4}{space}{unit}, and at most {most} is allowed"))
            }
            (_, Some(least)) if value < least => {
                say(format!("{value:.4}{space}{unit}, and at least {least} is due"))
            }
            (None, None) => say("the limit says neither at_most nor at_least".to_owned()),
            _ => None,
        }
    }
}

/// Whether `name` is what `pattern` means, in which `*` is any one segment.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), name.split('/').collect());
    pattern.len() == name.len() && pattern.iter().zip(&name).all(|(want, is)| *want == "*" || want == is)
}

/// A benchmark says `instructions: valgrind is not here` of every figure with such a segment.
fn is_left_out(pattern: &str, what: &str) -> bool {
    what.split_once(':').is_some_and(|(measure, _)| pattern.split('/').any(|segment| segment == measure))
}
