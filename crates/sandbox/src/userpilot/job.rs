//! One background job: when it is queued, validated, worked through and done, and how it is shown.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::row::Row;

/// How long a job is queued, and how long it is validated, in milliseconds.
const STEP: i64 = 1000;
/// 1,200 rows a minute, in milliseconds for each.
const ROW: i64 = 50;

/// An instant of the sandbox's clock, and what time of day it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) elapsed: i64,
    pub(super) now: DateTime<Utc>,
}

impl Moment {
    fn at(self, elapsed: i64) -> String {
        let ago = TimeDelta::milliseconds(self.elapsed.saturating_sub(elapsed));
        let time = self.now.checked_sub_signed(ago).unwrap_or(self.now);
        time.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// Milliseconds since the sandbox began.
pub(super) fn instant(elapsed: Duration) -> i64 {
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

/// Which operation's answer shows a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// A bulk update that was just accepted.
    Update,
    /// An import that was just accepted, whose document gives sizes as text.
    Import,
    /// One of a list.
    Listed,
    /// A job asked for by its id.
    Single,
}

/// What a job is made of.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) kind: &'static str,
    pub(super) file_name: String,
    pub(super) size: u64,
    /// Each row or what is wrong with it, or why the whole is of no use.
    pub(super) rows: Result<Vec<Result<Row, String>>, String>,
}

/// A background job; all its times are known when it is submitted.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: String,
    kind: &'static str,
    file_name: String,
    size: u64,
    total: usize,
    /// Those that were not worked through yet.
    rows: std::vec::IntoIter<Result<Row, String>>,
    done: usize,
    failure: Option<String>,
    errors: Vec<(usize, String)>,
    submitted: i64,
    begun: i64,
    validated: i64,
    row_time: i64,
}

impl Job {
    /// `slowness` is how many times as long it takes.
    pub(super) fn submit(id: String, work: Work, submitted: i64, slowness: i64) -> Self {
        let begun = submitted.saturating_add(STEP * slowness);
        let (rows, failure) = match work.rows {
            Ok(rows) => {
                let hopeless = !rows.is_empty() && rows.iter().all(Result::is_err);
                (rows, hopeless.then(|| "no row can be applied".to_owned()))
            }
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let mut job = Self {
            id,
            kind: work.kind,
            file_name: work.file_name,
            size: work.size,
            total: rows.len(),
            rows: rows.into_iter(),
            done: 0,
            failure,
            errors: Vec::new(),
            submitted,
            begun,
            validated: begun.saturating_add(STEP * slowness),
            row_time: ROW * slowness,
        };
        if job.failure.is_some() {
            let rows = std::mem::take(&mut job.rows).enumerate();
            job.errors = rows.filter_map(|(index, row)| Some((index + 1, row.err()?))).collect();
        }
        job
    }

    /// A job that worked through so many rows and ended an hour before the sandbox began.
    pub(super) fn of_the_past(id: String, kind: &'static str, file_name: &str, rows: usize) -> Self {
        let work =
            Work { kind, file_name: file_name.to_owned(), size: 64 * rows as u64, rows: Ok(Vec::new()) };
        let lasted = ROW.saturating_mul(i64::try_from(rows).unwrap_or_default());
        let begun = -3_600_000 - lasted - 2 * STEP;
        Self { total: rows, done: rows, ..Self::submit(id, work, begun, 1) }
    }

    pub(super) fn ended(&self) -> i64 {
        if self.failure.is_some() {
            return self.validated;
        }
        let rows = i64::try_from(self.total).unwrap_or(i64::MAX);
        self.validated.saturating_add(self.row_time.saturating_mul(rows))
    }

    /// Applies the rows whose time has come.
    pub(super) fn settle(&mut self, elapsed: i64, directory: &mut Directory) {
        let time = elapsed.saturating_sub(self.validated).max(0);
        let due = usize::try_from(time / self.row_time.max(1)).unwrap_or(usize::MAX).min(self.total);
        let rows = due.saturating_sub(self.done);
        for row in self.rows.by_ref().take(rows) {
            self.done += 1;
            match row {
                Ok(row) => directory.apply(row),
                Err(text) => self.errors.push((self.done, text)),
            }
        }
    }

    fn status(&self, elapsed: i64) -> &'static str {
        match elapsed {
            _ if elapsed < self.begun => "queued",
            _ if elapsed < self.validated => "validating",
            _ if self.failure.is_some() => "failed",
            _ if elapsed < self.ended() => "processing",
            _ => "completed",
        }
    }

    /// What the document lets this answer show.
    pub(super) fn show(&self, view: View, moment: Moment) -> Map<String, Value> {
        let ended = self.ended();
        let has_ended = ended <= moment.elapsed;
        let quantity = |number: u64| match view {
            View::Import => Value::from(number.to_string()),
            _ => Value::from(number),
        };
        let mut shown = Map::new();
        let mut add = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        add("job_id", self.id.as_str().into());
        add("status", self.status(moment.elapsed).into());
        add("type", self.kind.into());
        add("filename", self.file_name.as_str().into());
        add("file_size", quantity(self.size));
        add("total_rows", quantity(self.total as u64));
        add("start_time", moment.at(self.submitted).into());
        add("links", format!("/v1/background_jobs/{}", self.id).into());
        match view {
            View::Update => {
                add("end_time", Value::Null);
            }
            View::Import => {}
            View::Listed | View::Single => {
                let until = if has_ended { ended } else { moment.elapsed };
                add("elapsed_time", ((until - self.submitted) / 1000).into());
            }
        }
        if has_ended {
            add("end_time", moment.at(ended).into());
        }
        if view == View::Single {
            add("completed_rows", self.done.into());
        }
        shown
    }

    /// All there is to know about it.
    pub(super) fn tell(&self, moment: Moment) -> Value {
        let mut told = self.show(View::Single, moment);
        let failure = self.failure.as_ref().filter(|_| moment.elapsed >= self.validated);
        told.insert("error".to_owned(), json!(failure));
        let errors = self.errors.iter().filter(|_| moment.elapsed >= self.validated);
        let errors = errors.map(|(row, message)| json!({"row": row, "message": message})).collect();
        told.insert("row_errors".to_owned(), errors);
        Value::Object(told)
    }
}
