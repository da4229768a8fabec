//! Userpilot, alive: users, companies and events, and background jobs that take their time.

mod directory;
mod file;
mod job;
mod jobs;
mod properties;
mod row;

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::Sandbox;
use crate::answer::Answer;
use crate::judge::Call;
use crate::operation::Operation;
use crate::population::Population;
use crate::world::Scene;
use directory::Directory;
use jobs::Jobs;
pub(crate) use jobs::Submission;
use row::Subject;

/// So many events are remembered.
const MEMORY: usize = 100_000;
/// The longest metadata of an event, as JSON.
const MAX_EVENT: usize = 10 * 1024;

/// Userpilot as a test sees it and sets it up; from [`Sandbox::userpilot`].
#[derive(Clone, Copy, Debug)]
pub struct Userpilot<'a> {
    sandbox: &'a Sandbox,
}

impl Sandbox {
    /// What Userpilot holds.
    #[must_use]
    pub fn userpilot(&self) -> Userpilot<'_> {
        Userpilot { sandbox: self }
    }
}

impl Userpilot<'_> {
    /// Every user, shaped as in a bulk update: `user_id`, `company_id`, `metadata`.
    #[must_use]
    pub fn users(&self) -> Vec<Value> {
        self.with(|state| state.directory.all(Subject::User).cloned().collect())
    }

    /// The user of this id.
    #[must_use]
    pub fn user(&self, id: &str) -> Option<Value> {
        self.with(|state| state.directory.get(Subject::User, id).cloned())
    }

    /// Adds a user, or replaces the one of the same `user_id`; says whether it has one and was taken.
    #[must_use]
    pub fn put_user(&self, user: Value) -> bool {
        self.with(|state| state.directory.put(Subject::User, user))
    }

    /// Removes a user; says whether there was one.
    #[must_use]
    pub fn remove_user(&self, id: &str) -> bool {
        self.with(|state| state.directory.remove(Subject::User, id))
    }

    /// Every company, shaped as in a bulk update: `company_id`, `metadata`.
    #[must_use]
    pub fn companies(&self) -> Vec<Value> {
        self.with(|state| state.directory.all(Subject::Company).cloned().collect())
    }

    /// The company of this id.
    #[must_use]
    pub fn company(&self, id: &str) -> Option<Value> {
        self.with(|state| state.directory.get(Subject::Company, id).cloned())
    }

    /// What was tracked, as it was sent, the oldest first, up to the last hundred thousand.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        self.with(|state| state.events.iter().cloned().collect())
    }

    /// Every background job, the oldest first: as the API shows it, and `error`, why it failed, and
    /// `row_errors`, each a `row` counted from 1 and a `message`, which the API does not show.
    #[must_use]
    pub fn jobs(&self) -> Vec<Value> {
        self.sandbox.with(|world| {
            let (now, elapsed) = (world.clock.now(), world.clock.elapsed());
            world.userpilot().jobs_told(elapsed, now)
        })
    }

    fn with<T>(self, use_state: impl FnOnce(&mut State) -> T) -> T {
        self.sandbox.with(|world| {
            let elapsed = job::instant(world.clock.elapsed());
            world.userpilot().settle(elapsed);
            use_state(world.userpilot())
        })
    }
}

/// What Userpilot holds.
#[derive(Debug)]
pub(crate) struct State {
    directory: Directory,
    events: VecDeque<Value>,
    jobs: Jobs,
}

/// Reads what a call submits, if it submits anything. That needs no state, so nothing has to wait for it.
pub(crate) fn submission(call: &Call) -> Option<Submission> {
    match call.operation.id() {
        "POST /v1/users/bulk_identify" => Some(jobs::update(call, Subject::User, "users")),
        "POST /v1/companies/bulk_identify" => Some(jobs::update(call, Subject::Company, "companies")),
        "POST /v1/imports" => Some(jobs::import(call)),
        _ => None,
    }
}

impl State {
    pub(crate) fn seeded(population: &Population) -> Self {
        let directory = Directory::seeded(population);
        let jobs = Jobs::seeded(directory.all(Subject::User).count());
        Self { directory, events: VecDeque::new(), jobs }
    }

    pub(crate) fn answer(&mut self, call: &mut Call, scene: &Scene<'_>) -> Answer {
        self.settle(job::instant(scene.elapsed));
        if let Some(submission) = call.submission.take() {
            return match submission {
                Ok(submitted) => self.jobs.submit(call.operation, submitted, scene),
                Err((status, text)) => refuse(status, &text),
            };
        }
        let body = call.body.json();
        match call.operation.id() {
            "POST /v1/identify" => self.identify(call.operation, body),
            "POST /v1/companies/identify" => {
                let id = text(body, "company_id");
                if id.is_empty() {
                    return refuse(StatusCode::BAD_REQUEST, "`company_id` is empty");
                }
                match properties_of(call.operation, body.get("metadata")) {
                    Ok(properties) => {
                        self.directory.identify_company(id, properties);
                        Answer::new(call.operation.success)
                    }
                    Err(text) => refuse(StatusCode::BAD_REQUEST, &text),
                }
            }
            "POST /v1/track" => self.track(call.operation, body),
            "GET /v1/background_jobs" => self.jobs.list(scene),
            "GET /v1/background_jobs/{job_id}" => {
                let id = call.path.get("job_id").and_then(Value::as_str).unwrap_or_default();
                let job = self.jobs.get(id, scene);
                job.unwrap_or_else(|| refuse(StatusCode::NOT_FOUND, "there is no such background job"))
            }
            // A document that has grown is answered by its own example.
            _ => Answer::documented(call.operation),
        }
    }

    /// A value with which this parameter of the operation's path leads to something that exists.
    pub(crate) fn existing(&self, _operation: &Operation, parameter: &str) -> Option<String> {
        self.jobs.first_id().filter(|_| parameter == "job_id")
    }

    /// The document's example tracks somebody whom nobody knows.
    pub(crate) fn example_body(&self, operation: &Operation) -> Option<Value> {
        if operation.id() != "POST /v1/track" {
            return None;
        }
        let user = self.directory.all(Subject::User).next()?.get("user_id")?.clone();
        let mut body = operation.body.as_ref()?.media.first()?.example();
        body["user_id"] = user;
        Some(body)
    }

    /// What there is, in plural, and how many of it.
    #[cfg(feature = "page")]
    pub(crate) fn summary(&mut self, elapsed: Duration) -> Vec<(&'static str, usize)> {
        let now = job::instant(elapsed);
        self.settle(now);
        let (jobs, under_way) = self.jobs.count(now);
        vec![
            ("users", self.directory.all(Subject::User).count()),
            ("companies", self.directory.all(Subject::Company).count()),
            ("tracked events", self.events.len()),
            ("background jobs", jobs),
            ("jobs under way", under_way),
        ]
    }

    #[cfg(feature = "page")]
    pub(crate) fn holdings(&mut self, elapsed: Duration, now: DateTime<Utc>) -> Value {
        let jobs = self.jobs_told(elapsed, now);
        json!({
            "jobs": jobs,
            "events": self.events,
            "users": self.directory.all(Subject::User).collect::<Vec<_>>(),
            "companies": self.directory.all(Subject::Company).collect::<Vec<_>>(),
        })
    }

    /// Every job as [`Userpilot::jobs`] tells it.
    pub(crate) fn jobs_told(&mut self, elapsed: Duration, now: DateTime<Utc>) -> Vec<Value> {
        let elapsed = job::instant(elapsed);
        self.settle(elapsed);
        self.jobs.told(job::Moment { elapsed, now })
    }

    /// Applies what the jobs have worked through by now.
    fn settle(&mut self, elapsed: i64) {
        self.jobs.settle(elapsed, &mut self.directory);
    }

    fn identify(&mut self, operation: &Operation, body: &Value) -> Answer {
        let nameless = body
            .get("company")
            .is_some_and(|company| company.is_object() && text(company, "company_id").is_empty());
        if text(body, "user_id").is_empty() || nameless {
            return refuse(StatusCode::BAD_REQUEST, "`user_id` or `company_id` is empty");
        }
        let company = body.get("company").and_then(Value::as_object);
        let about_company = company.map(|company| {
            let mut properties = company.clone();
            properties.shift_remove("company_id");
            Value::Object(properties)
        });
        let properties = properties_of(operation, body.get("metadata"));
        let company_properties = properties_of(operation, about_company.as_ref());
        let (properties, company_properties) = match (properties, company_properties) {
            (Ok(properties), Ok(company_properties)) => (properties, company_properties),
            (Err(text), _) | (_, Err(text)) => return refuse(StatusCode::BAD_REQUEST, &text),
        };
        let company = company.map(|_| text(&body["company"], "company_id"));
        self.directory.identify_user(text(body, "user_id"), company, properties);
        if let Some(id) = company {
            self.directory.identify_company(id, company_properties);
        }
        Answer::new(operation.success)
    }

    fn track(&mut self, operation: &Operation, body: &Value) -> Answer {
        if self.directory.get(Subject::User, text(body, "user_id")).is_none() {
            return refuse(
                StatusCode::BAD_REQUEST,
                "the user has to be identified before an event is tracked",
            );
        }
        if body.get("metadata").is_some_and(|metadata| metadata.to_string().len() > MAX_EVENT) {
            return refuse(StatusCode::BAD_REQUEST, "the metadata of an event is longer than 10 KB");
        }
        if let Err(text) = properties_of(operation, body.get("metadata")) {
            return refuse(StatusCode::BAD_REQUEST, &text);
        }
        if self.events.len() == MEMORY {
            self.events.pop_front();
        }
        self.events.push_back(body.clone());
        Answer::new(operation.success)
    }
}

/// The properties, or why they are refused. Where the document knows no refusal those that cannot
/// be are left out, as by a vendor who has said 202 before looking.
fn properties_of(operation: &Operation, sent: Option<&Value>) -> Result<Map<String, Value>, String> {
    let properties = sent.and_then(Value::as_object).cloned().unwrap_or_default();
    let refusable = operation.response(StatusCode::BAD_REQUEST.as_u16()).is_some();
    if refusable { properties::checked(properties) } else { Ok(properties::fitting(properties)) }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// In the shape of the vendor's errors.
fn refuse(status: StatusCode, message: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or_default();
    let error =
        json!({"error": title, "error_code": status.as_str(), "message": message, "details": message});
    Answer::json(status, json!({"errors": [error]}))
}
