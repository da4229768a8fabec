//! What a caller can decide about calls: contract, patience, limits.

use std::time::Duration;

use crate::retry::RetryPolicy;

/// How calls are made. Every field has a default that suits a nightly sync.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Which paths and headers are spoken where the vendor is known to differ from its document.
    pub contract: Contract,
    /// When a failed attempt is made again.
    pub retry: RetryPolicy,
    /// When an attempt is given up.
    pub timeouts: Timeouts,
    /// How long an operation may take with all its waiting; `None` for as long as it needs. It ends waits for
    /// a credential, for quota, between attempts and for an answer to begin, and no attempt is started after
    /// it. A transfer that makes progress is not cut.
    pub deadline: Option<Duration>,
    /// How many bytes an answer may have once decompressed. 16 MiB by default.
    pub max_response: usize,
    /// How many records the list of an answer may have; 100,000 by default. A record takes more memory than
    /// its JSON: four megabytes of `{}` are more than a million records of some hundred bytes each.
    pub max_records: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            contract: Contract::Published,
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            deadline: None,
            max_response: 16 * 1024 * 1024,
            max_records: 100_000,
        }
    }
}

impl Options {
    /// The same, with this contract.
    #[must_use]
    pub fn with_contract(mut self, contract: Contract) -> Self {
        self.contract = contract;
        self
    }

    /// The same, with this retry policy; `RetryPolicy::never()` for one attempt and no more.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The same, with these timeouts.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The same, with this deadline for an operation and all its waiting.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The same, taking answers of up to `bytes`.
    #[must_use]
    pub fn with_max_response(mut self, bytes: usize) -> Self {
        self.max_response = bytes;
        self
    }

    /// The same, taking lists of up to `records`.
    #[must_use]
    pub fn with_max_records(mut self, records: usize) -> Self {
        self.max_records = records;
        self
    }
}

/// Which of two descriptions of a vendor is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contract {
    /// The published document.
    #[default]
    Published,
    /// How the vendor was seen to behave: `x-observed-path` and `x-observed-headers` of the overlays.
    Observed,
}

/// When an attempt is given up. There is no limit on a transfer as a whole: one that makes progress is
/// healthy however long it takes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Timeouts {
    /// From when the last of the request was handed to the network to the first byte of the answer. 30 s by
    /// default.
    pub first_byte: Duration,
    /// An answer's body must bring [`min_bytes`](Self::min_bytes) in each such stretch of time, and of an
    /// upload some must be taken. 20 s by default. Only the vendor's time counts: who reads a streamed answer
    /// may be slow, and so may the stream that an upload comes from.
    pub stall: Duration,
    /// See [`stall`](Self::stall). 256 by default.
    pub min_bytes: usize,
    /// The longest an attempt may take in all; `None`, the default, for no such limit.
    pub attempt: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(30),
            stall: Duration::from_secs(20),
            min_bytes: 256,
            attempt: None,
        }
    }
}
