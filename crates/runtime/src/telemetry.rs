//! What an operator sees of a call: one span, an event for each attempt, counters. No personal data, no
//! secret: templates stand for paths, and neither queries nor bodies are recorded.

use std::time::Duration;

use tracing::{Span, debug, field, info};

use crate::{Connection, Error, Operation};

/// The span of one operation, named as OpenTelemetry names those of HTTP clients.
pub(crate) fn span(connection: &Connection, operation: &'static Operation) -> Span {
    tracing::info_span!(
        "revops.call",
        otel.name = field::Empty,
        otel.kind = "client",
        api = operation.api,
        operation = operation.id,
        http.request.method = operation.method,
        url.template = operation.path,
        server.address = connection.host(),
        http.response.status_code = field::Empty,
        http.request.resend_count = field::Empty,
        error.type = field::Empty,
        request.id = field::Empty,
        revops.not_repeated = field::Empty,
    )
}

/// An attempt failed and another follows.
pub(crate) fn again(operation: &'static Operation, error: &Error, attempt: u32, wait: Duration) {
    debug!(
        operation = operation.id,
        attempt,
        error.type = kind(error),
        status = error.status().map(|status| status.as_u16()),
        wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        "attempt failed, trying again"
    );
    #[cfg(feature = "metrics")]
    crate::metered::again(operation, kind(error));
}

/// An attempt failed that could be repeated, and none follows. Why is a word of a few, to group by.
pub(crate) fn not_repeated(span: &Span, why: &'static str) {
    span.record("revops.not_repeated", why);
}

/// Whoever called dropped the call before it had ended.
pub(crate) fn dropped(operation: &'static Operation, attempts: u32, elapsed: Duration) {
    over(operation, attempts);
    Span::current().record("error.type", DROPPED);
    #[cfg(feature = "metrics")]
    crate::metered::ended(operation, Some(DROPPED), elapsed);
    #[cfg(not(feature = "metrics"))]
    let _ = elapsed;
}

/// The outcome of a call that was dropped.
const DROPPED: &str = "cancelled";

/// What is told of every end.
fn over(operation: &'static Operation, attempts: u32) {
    let span = Span::current();
    if !span.is_disabled() {
        span.record("otel.name", format!("{} {}", operation.method, operation.path).as_str());
        if attempts > 1 {
            span.record("http.request.resend_count", attempts - 1);
        }
    }
}

/// The quota makes a call wait for longer than a person would expect.
pub(crate) fn waiting(operation: &'static Operation, pool: &str, wait: Duration) {
    info!(operation = operation.id, pool, wait_s = wait.as_secs(), "waiting for quota");
}

/// The operation has ended.
pub(crate) fn ended(
    operation: &'static Operation,
    outcome: Result<u16, &Error>,
    attempts: u32,
    elapsed: Duration,
) {
    let span = Span::current();
    if !span.is_disabled() {
        over(operation, attempts);
        match outcome {
            Ok(status) => {
                span.record("http.response.status_code", status);
            }
            Err(error) => {
                if let Some(status) = error.status() {
                    span.record("http.response.status_code", status.as_u16());
                }
                if let Some(id) = error.request_id() {
                    span.record("request.id", id.as_ref());
                }
                span.record("error.type", kind(error));
            }
        }
    }
    #[cfg(feature = "metrics")]
    crate::metered::ended(operation, outcome.map_err(kind).err(), elapsed);
    #[cfg(not(feature = "metrics"))]
    let _ = elapsed;
}

fn kind(error: &Error) -> &'static str {
    error.kind().name()
}
