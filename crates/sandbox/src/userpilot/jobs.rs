//! The background jobs: one at a time, and what is told of them.

use std::collections::VecDeque;

use http::StatusCode;
use serde_json::Value;

use super::directory::Directory;
use super::job::{Job, Moment, View, Work, instant};
use super::row::{Row, Subject};
use super::{file, refuse};
use crate::answer::Answer;
use crate::judge::Call;
use crate::mood::Mood;
use crate::operation::Operation;
use crate::payload::FormPart;
use crate::world::Scene;

/// The most records of one bulk update.
const MAX_RECORDS: usize = 10_000;
/// So many jobs are remembered; how long the vendor does is not known.
const MEMORY: usize = 1000;
/// How much longer a job takes in the mood for it.
const SLOWNESS: i64 = 100;

/// Work that waits for its job, and which answer shows that.
#[derive(Debug)]
pub(crate) struct Submitted {
    work: Work,
    view: View,
}

/// The work that a call submits, or why it is refused.
pub(crate) type Submission = Result<Submitted, (StatusCode, String)>;

/// A bulk update of the records in this member of the body.
pub(super) fn update(call: &Call, subject: Subject, member: &str) -> Submission {
    let body = call.body.json();
    let records = body.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if records.len() > MAX_RECORDS {
        let text = format!("a bulk update has at most {MAX_RECORDS} records");
        return Err((StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    let rows = records.iter().map(|record| {
        let members = record.as_object().cloned().unwrap_or_default();
        Row::read(subject, members)
    });
    let work = Work {
        kind: match subject {
            Subject::User => "users_bulk_identify",
            Subject::Company => "companies_bulk_identify",
        },
        file_name: "bulk_identify.json".to_owned(),
        size: body.to_string().len() as u64,
        rows: Ok(rows.collect()),
    };
    Ok(Submitted { work, view: View::Update })
}

/// An import of the form's file.
pub(super) fn import(call: &Call) -> Submission {
    let Some(part) = call.body.part("file") else {
        return Err((StatusCode::BAD_REQUEST, "the form has no part `file`".to_owned()));
    };
    if part.length >= FormPart::LIMIT as u64 {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "the file is larger than 50 MB".to_owned()));
    }
    let (kind, rows) = match file::read(part) {
        Ok((Subject::User, rows)) => ("users_import", Ok(rows)),
        Ok((Subject::Company, rows)) => ("companies_import", Ok(rows)),
        Err(failure) => ("import", Err(failure)),
    };
    let file_name = part.file_name.clone().unwrap_or_else(|| "file".to_owned());
    let work = Work { kind, file_name, size: part.length, rows };
    Ok(Submitted { work, view: View::Import })
}

/// Every job that is remembered, the oldest first.
#[derive(Debug)]
pub(super) struct Jobs {
    jobs: VecDeque<Job>,
    submitted: u64,
}

impl Jobs {
    /// One job is over: the import of as many users as there are.
    pub(super) fn seeded(users: usize) -> Self {
        let job = Job::of_the_past(id(0), "users_import", "users.csv", users);
        Self { jobs: VecDeque::from([job]), submitted: 0 }
    }

    pub(super) fn first_id(&self) -> Option<String> {
        self.jobs.front().map(|job| job.id.clone())
    }

    pub(super) fn settle(&mut self, elapsed: i64, directory: &mut Directory) {
        for job in &mut self.jobs {
            job.settle(elapsed, directory);
        }
    }

    pub(super) fn list(&self, scene: &Scene<'_>) -> Answer {
        let jobs = self.jobs.iter().map(|job| Value::Object(job.show(View::Listed, moment(scene))));
        Answer::json(StatusCode::OK, jobs.collect())
    }

    pub(super) fn get(&self, id: &str, scene: &Scene<'_>) -> Option<Answer> {
        let job = self.jobs.iter().find(|job| job.id == id)?;
        Some(Answer::json(StatusCode::OK, Value::Object(job.show(View::Single, moment(scene)))))
    }

    /// How many there are, and how many of them are not over.
    #[cfg(feature = "page")]
    pub(super) fn count(&self, elapsed: i64) -> (usize, usize) {
        (self.jobs.len(), self.jobs.iter().filter(|job| job.ended() > elapsed).count())
    }

    pub(super) fn told(&self, moment: Moment) -> Vec<Value> {
        self.jobs.iter().map(|job| job.tell(moment)).collect()
    }

    /// One job at a time: while a bulk update or an import is under way, another of either kind is refused.
    pub(super) fn submit(
        &mut self,
        operation: &Operation,
        submitted: Submitted,
        scene: &Scene<'_>,
    ) -> Answer {
        let Submitted { work, view } = submitted;
        let elapsed = instant(scene.elapsed);
        if self.jobs.iter().any(|job| job.ended() > elapsed) {
            return refuse(StatusCode::CONFLICT, "a job is already in progress");
        }
        let slowness = if scene.moods.is(Mood::SlowJobs) { SLOWNESS } else { 1 };
        self.submitted += 1;
        let job = Job::submit(id(self.submitted), work, elapsed, slowness);
        let shown = job.show(view, moment(scene));
        if self.jobs.len() == MEMORY {
            self.jobs.pop_front();
        }
        self.jobs.push_back(job);
        Answer::json(operation.success, Value::Object(shown))
    }
}

fn moment(scene: &Scene<'_>) -> Moment {
    Moment { elapsed: instant(scene.elapsed), now: scene.now }
}

/// Of the vendor's shape, which its document takes for a URI.
fn id(number: u64) -> String {
    format!("bulk:jobs:NX-5a4db0c5:00000000-0000-4000-8000-{number:012x}")
}
