//! What a failed call tells its user, in one comparable piece.

use revops_runtime::{Delivery, Error, Kind};

/// What a program decides by: kind, delivery, attempts, and whether the same call can succeed later.
///
/// # Panics
/// If the line a person reads holds the secret of these tests or the query of the request.
#[must_use]
pub fn facts(error: &Error) -> (Kind, Delivery, u32, bool) {
    let told = format!("{error} {error:?} {}", sources(error));
    for canary in [SECRET, QUERY] {
        assert!(!told.contains(canary), "the error tells {canary}");
    }
    (error.kind(), error.delivery(), error.attempts(), error.is_retryable())
}

/// The credential of every client in the tests of faults.
pub const SECRET: &str = "canary-secret-7291";
/// A value in the query of their requests.
pub const QUERY: &str = "canary-query-4410";

/// The error of the runtime among the causes of another.
#[must_use]
pub fn cause(error: &dyn std::error::Error) -> Option<&Error> {
    std::iter::successors(error.source(), |error| error.source()).find_map(|it| it.downcast_ref())
}

fn sources(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(error.source(), |error| error.source());
    chain.map(|error| format!("{error} {error:?}")).collect::<Vec<_>>().join(" ")
}
