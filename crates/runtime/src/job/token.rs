//! Which job it is, to be written down and waited for elsewhere.

use serde::{Deserialize, Serialize};

/// Which job of which API it is. It serialises, so that another process can wait for the job.
///
/// ```
/// use revops_runtime::job::JobToken;
///
/// let saved = serde_json::to_string(&JobToken::new("Userpilot", "bulk:jobs:NX-1"))?;
/// let token: JobToken = serde_json::from_str(&saved)?;
/// assert_eq!(token.job_of("Userpilot").unwrap(), "bulk:jobs:NX-1");
/// assert!(token.job_of("Gainsight").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobToken {
    api: String,
    job: String,
}

/// A token of a job of another API. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the job belongs to {found}, and not to {expected}")]
pub struct TokenMismatch {
    found: String,
    expected: String,
}

impl JobToken {
    /// The job `job` of the API called `api`.
    #[must_use]
    pub fn new(api: impl Into<String>, job: impl Into<String>) -> Self {
        Self { api: api.into(), job: job.into() }
    }

    /// The API's name.
    #[must_use]
    pub fn api(&self) -> &str {
        &self.api
    }

    /// The job's id.
    #[must_use]
    pub fn job(&self) -> &str {
        &self.job
    }

    /// The job's id, if it is a job of `api`.
    ///
    /// # Errors
    /// It is a job of another API.
    pub fn job_of(&self, api: &str) -> Result<&str, TokenMismatch> {
        if self.api == api {
            Ok(&self.job)
        } else {
            Err(TokenMismatch { found: self.api.clone(), expected: api.to_owned() })
        }
    }
}
