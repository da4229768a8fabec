//! Waiting for what a vendor does in its own time: for a job to end, and for one's turn to begin one.
//!
//! [`wait`] asks after a job until it ends, less often the longer it takes; [`watch`] is the same as a stream.
//! Progress never goes backwards, states nobody has heard of are waited out, a few failing questions in a row
//! are borne, and there is a deadline for all of it. A [`JobToken`] says which job it is, to another process
//! too. [`turn`] repeats an attempt for as long as the vendor is busy with something else.
//!
//! ```
//! use revops_runtime::job::{Snapshot, State, WaitOptions, wait};
//! # use revops_runtime::delivery::{Delivery, Failure};
//! # #[derive(Debug, thiserror::Error)] #[error("no answer")] struct NoAnswer;
//! # impl Failure for NoAnswer {
//! #     fn delivery(&self) -> Delivery { Delivery::NotSent }
//! #     fn is_retryable(&self) -> bool { true }
//! # }
//! # use std::time::Duration;
//! # use revops_runtime::backoff::Backoff;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! let mut asked = 0;
//! let poll = move || {
//!     asked += 1;
//!     let state = if asked < 3 { State::Running("processing".into()) } else { State::Succeeded };
//!     async move { Ok::<_, NoAnswer>(Snapshot::new(state, "the job").rows(asked * 10, 30)) }
//! };
//! # let options = WaitOptions::default().backoff(Backoff::new(Duration::from_millis(1)));
//! # let _ = WaitOptions::default();
//! let job = wait(poll, options, |progress| println!("{progress}")).await?; // processing: 10 of 30 (33 %) …
//! assert_eq!(job, "the job");
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?; Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod progress;
mod token;
mod turn;
mod wait;

pub use error::{TurnError, WaitError};
pub use progress::{Progress, Snapshot, State};
pub use token::{JobToken, TokenMismatch};
pub use turn::{TurnOptions, turn};
pub use wait::{Event, WaitOptions, wait, watch};
