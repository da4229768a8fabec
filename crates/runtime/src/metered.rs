//! Counters and histograms through the `metrics` facade.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use metrics::{Key, Label, Level, Metadata, with_recorder};

use crate::Operation;

const CALLS: &str = "revops_calls_total";
static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// What one success of an operation is recorded under.
struct Keys {
    calls: Key,
    duration: Key,
}

/// The keys of the operations called so far, by the address of their constants. A key is a list of labels and
/// their hash, which costs more than all else that recording does where nobody listens.
static KEYS: RwLock<BTreeMap<usize, Arc<Keys>>> = RwLock::new(BTreeMap::new());

fn keys(operation: &'static Operation) -> Arc<Keys> {
    let address = std::ptr::from_ref(operation).addr();
    if let Some(keys) = KEYS.read().unwrap_or_else(PoisonError::into_inner).get(&address) {
        return Arc::clone(keys);
    }
    let labels = labels(operation);
    let keys = Keys {
        calls: counted(CALLS, operation, "ok"),
        duration: Key::from_parts("revops_call_duration_seconds", labels.to_vec()),
    };
    let mut all = KEYS.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(all.entry(address).or_insert_with(|| Arc::new(keys)))
}

fn labels(operation: &'static Operation) -> [Label; 2] {
    [Label::from_static_parts("api", operation.api), Label::from_static_parts("operation", operation.id)]
}

fn counted(name: &'static str, operation: &'static Operation, outcome: &'static str) -> Key {
    let [api, id] = labels(operation);
    Key::from_parts(name, vec![api, id, Label::from_static_parts("outcome", outcome)])
}

fn increment(key: &Key) {
    with_recorder(|recorder| recorder.register_counter(key, &METADATA).increment(1));
}

/// The operation has ended, with an error of the kind `error` if there is one.
pub(crate) fn ended(operation: &'static Operation, error: Option<&'static str>, elapsed: Duration) {
    let keys = keys(operation);
    match error {
        None => increment(&keys.calls),
        Some(kind) => increment(&counted(CALLS, operation, kind)),
    }
    with_recorder(|recorder| {
        recorder.register_histogram(&keys.duration, &METADATA).record(elapsed.as_secs_f64());
    });
}

/// An attempt failed and another follows.
pub(crate) fn again(operation: &'static Operation, kind: &'static str) {
    increment(&counted("revops_retries_total", operation, kind));
}
