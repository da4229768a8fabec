//! What became of the records of a bulk update, and why a job did not come to its good end.

use std::fmt;

use revops_runtime::batch::{Outcome, Report};
use revops_runtime::delivery::{Delivery, Failure, Refusal};
use revops_runtime::job::TurnError;

use super::{Job, JobError};
use crate::{Error, Kind};

/// Why a job did not come to its good end.
pub(super) enum Halt {
    Send(Error),
    Turn(TurnError<Error>),
    Job(Box<JobError>),
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(error) => error.fmt(f),
            Self::Turn(error) => error.fmt(f),
            Self::Job(error) => error.fmt(f),
        }
    }
}

impl Failure for Halt {
    fn delivery(&self) -> Delivery {
        match self {
            Self::Send(error) => error.delivery(),
            Self::Turn(error) => error.delivery(),
            // Nobody tells what a job that failed has applied.
            Self::Job(_) => Delivery::MaybeProcessed,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Send(error) => error.is_retryable(),
            // A vendor that was busy may be free later.
            Self::Turn(TurnError::Deadline { .. }) => true,
            Self::Turn(error) => error.is_retryable(),
            Self::Job(_) => false,
        }
    }

    fn rejects_whole(&self) -> bool {
        match self {
            Self::Send(error) => error.rejects_whole(),
            Self::Turn(error) => error.rejects_whole(),
            Self::Job(_) => false,
        }
    }

    fn refusal(&self) -> Option<Refusal> {
        match self {
            // That the vendor is busy is no word on the records.
            Self::Send(error) if error.kind() != Kind::Busy => error.refusal(),
            Self::Turn(TurnError::Failed(error)) => error.refusal(),
            _ => None,
        }
    }

    fn is_doubted(&self) -> bool {
        match self {
            Self::Send(error) => error.is_doubted(),
            Self::Turn(error) => error.is_doubted(),
            Self::Job(_) => true,
        }
    }

    fn into_error(self) -> Option<Error> {
        match self {
            Self::Send(error)
            | Self::Turn(TurnError::Failed(error) | TurnError::Deadline { source: error, .. }) => Some(error),
            Self::Job(error) => match *error {
                JobError::Unknown { source, .. } => Some(source),
                _ => None,
            },
            Self::Turn(_) => None,
        }
    }
}

/// What became of the records of a bulk update, and the jobs they went with.
#[derive(Clone, Debug)]
pub struct BulkReport {
    pub(super) items: Report<Job>,
}

impl BulkReport {
    /// What became of each record.
    #[must_use]
    pub fn items(&self) -> &Report<Job> {
        &self.items
    }

    /// The jobs that records are done by, in the order in which they were begun.
    #[must_use]
    pub fn jobs(&self) -> Vec<&Job> {
        let mut jobs: Vec<&Job> = Vec::new();
        for (_, outcome) in self.items.iter() {
            if let Outcome::Done(job) = outcome
                && jobs.last().is_none_or(|last| last.id() != job.id())
            {
                jobs.push(job);
            }
        }
        jobs
    }
}

impl fmt::Display for BulkReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let jobs = self.jobs().len();
        write!(f, "{} in {jobs} {}", self.items, if jobs == 1 { "job" } else { "jobs" })
    }
}
