//! What kind of failure an error is.

use std::time::Duration;

/// What kind of failure it was, which is what a program decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The request was wrong: refused here before anything was sent, or by the vendor (400, 422).
    Invalid,
    /// No credential was given that the operation accepts, it could not be had, or the vendor refused it.
    Credential,
    /// The credential is known but may not do this, or not from here (403).
    Permission,
    /// There is no such thing (404, 410).
    NotFound,
    /// The state of things forbids it, such as a duplicate (409).
    Conflict,
    /// The vendor is busy with something that must end first, such as another job.
    Busy,
    /// The quota is used up: the vendor said so, or waiting for it would take longer than allowed.
    Quota {
        /// How long until it can be tried again, where that is known.
        retry_after: Option<Duration>,
    },
    /// The vendor is in trouble (5XX), or whoever issues its credentials is.
    Unavailable,
    /// The vendor did not do it, and says so in an answer whose status means success.
    Refused,
    /// It took too long.
    Timeout,
    /// No connection could be made; nothing was sent.
    Connect,
    /// The other side could not prove who it is. There is no way to go on regardless.
    Tls,
    /// A proxy on the way refused.
    Proxy,
    /// The connection broke before the answer began.
    Transport,
    /// The answer was cut short, or its encoding is broken.
    Incomplete,
    /// The answer is larger than [`Options::max_response`](crate::options::Options::max_response), or its list
    /// longer than [`Options::max_records`](crate::options::Options::max_records).
    TooLarge,
    /// The answer is empty where content was promised.
    Empty,
    /// The answer is something else than was asked for, such as a web page.
    UnexpectedContent,
    /// The answer's body is not what the document promises.
    Decode,
    /// The vendor pointed elsewhere (3XX). Redirects are not followed, as credentials would go along.
    Redirect,
    /// A status that neither the document nor HTTP gives a meaning here.
    UnexpectedStatus,
    /// A list could not be read to its end: its pages go round in a circle, moved, or its cursor expired.
    Paging,
    /// The client was shut down while the call waited.
    Closed,
}

impl Kind {
    /// A short constant name, for metrics and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Credential => "credential",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Busy => "busy",
            Self::Quota { .. } => "quota",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Transport => "transport",
            Self::Incomplete => "incomplete",
            Self::TooLarge => "too_large",
            Self::Empty => "empty",
            Self::UnexpectedContent => "unexpected_content",
            Self::Decode => "decode",
            Self::Redirect => "redirect",
            Self::UnexpectedStatus => "unexpected_status",
            Self::Paging => "paging",
            Self::Closed => "closed",
        }
    }
}
