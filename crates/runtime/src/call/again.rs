//! Whether a failed attempt is made again, and when.

use std::time::Duration;

use super::Call;
use crate::{Error, Kind, classify, retry, telemetry};

impl Call<'_> {
    /// The error, with the reason why nothing more is tried.
    fn not_repeated(&self, error: Error, why: &'static str, reason: &str) -> Error {
        telemetry::not_repeated(&self.span, why);
        if reason.is_empty() { error } else { error.because(reason) }
    }

    /// How long to wait before the next attempt; the error if there is to be none, with the reason.
    pub(super) fn wait(&mut self, error: Error, can_repeat: bool) -> Result<Duration, Error> {
        let policy = &self.connection.options().retry;
        let asked = classify::asked_wait(&error);
        let is_quota = matches!(error.kind(), Kind::Quota { .. });
        let known = asked.or_else(|| if is_quota { self.without_room() } else { None });
        // Everybody who spends from the pool waits, whether this call is tried again or not.
        if is_quota || (error.kind() == Kind::Unavailable && asked.is_some()) {
            self.pause(known);
        }
        if !error.is_retryable() {
            return Err(error);
        }
        if error.kind() == Kind::Busy {
            return Err(self.not_repeated(error, "busy", ""));
        }
        if error
            .headers()
            .and_then(|headers| headers.get("x-should-retry"))
            .is_some_and(|value| value == "false")
        {
            return Err(self.not_repeated(error, "vendor", "the vendor asks not to repeat it"));
        }
        if !retry::allows(self.operation.retry, error.delivery()) {
            return Err(self.not_repeated(
                error,
                "class",
                "it is not sent again, as it may have been applied",
            ));
        }
        if !can_repeat {
            let reason = "it is not sent again, as its body is a stream that has been read";
            return Err(self.not_repeated(error, "body", reason));
        }
        // Where one idle connection is gone, all may be, and each of them is found out by a request. That is no
        // attempt; how many there can be the budget knows.
        let was_idle =
            error.kind() == Kind::Transport && policy.attempts > 1 && self.connection.budget().was_idle();
        self.seen.idle += u32::from(was_idle);
        if self.attempts >= policy.attempts.saturating_add(self.seen.idle) {
            return Err(self.not_repeated(error, "attempts", ""));
        }
        if let Some(asked) = asked.filter(|asked| *asked > policy.retry_after_cap) {
            let cap = policy.retry_after_cap.as_secs();
            let reason = if is_quota {
                format!("that is longer than the {cap} s this client waits for")
            } else {
                let asked = asked.as_secs();
                format!("it asks to wait {asked} s, which is longer than the {cap} s this client waits for")
            };
            return Err(self.not_repeated(error, "retry_after", &reason));
        }
        if classify::is_garbled(&error) && std::mem::replace(&mut self.seen.garbled, true) {
            return Err(self.not_repeated(error, "encoding", "it was so twice, and would be again"));
        }
        let wait = match known {
            // A little more than asked, so that those who were told the same do not come back at once.
            Some(known) => known.saturating_add(policy.base.mul_f64(fastrand::f64())),
            None if was_idle => Duration::ZERO,
            None => policy.backoff(self.attempts),
        };
        if self.left().is_some_and(|left| wait >= left) {
            let reason = "the deadline is nearer than the next attempt";
            return Err(self.not_repeated(error, "deadline", reason));
        }
        if !is_quota && !was_idle {
            if !self.connection.budget().spend() {
                let reason = "so many calls fail that none is repeated for now";
                return Err(self.not_repeated(error, "budget", reason));
            }
            self.paid += 1;
        }
        telemetry::again(self.operation, &error, self.attempts, wait);
        Ok(wait)
    }
}
