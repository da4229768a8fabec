//! Keeps everything this workspace's crates tell `tracing` and `metrics`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, SharedString, Unit,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_core::span::Current;

/// A span or an event: its fields by name.
pub type Fields = BTreeMap<String, String>;

/// What was told so far.
#[derive(Clone, Default)]
pub struct Recording(Arc<State>);

#[derive(Default)]
struct State {
    spans: Mutex<Vec<Fields>>,
    events: Mutex<Vec<Fields>>,
    metrics: Mutex<Vec<(String, f64)>>,
    current: AtomicU64,
    /// There is one span in these crates.
    metadata: Mutex<Option<&'static tracing::Metadata<'static>>>,
}

impl Recording {
    /// The spans that were opened, with the fields they have by now.
    #[must_use]
    pub fn spans(&self) -> Vec<Fields> {
        self.0.spans.lock().unwrap().clone()
    }

    /// The events.
    #[must_use]
    pub fn events(&self) -> Vec<Fields> {
        self.0.events.lock().unwrap().clone()
    }

    /// Name with labels, and what was counted or measured.
    #[must_use]
    pub fn metrics(&self) -> Vec<(String, f64)> {
        self.0.metrics.lock().unwrap().clone()
    }

    /// Everything, as text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{:?} {:?} {:?}", self.spans(), self.events(), self.metrics())
    }
}

struct Into<'a>(&'a mut Fields);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

/// The part of a recording that `tracing` is given.
pub struct Spans(pub Recording);

impl Subscriber for Spans {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("revops")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::from([("span".to_owned(), span.metadata().name().to_owned())]);
        span.record(&mut Into(&mut fields));
        *self.0.0.metadata.lock().unwrap() = Some(span.metadata());
        let mut spans = self.0.0.spans.lock().unwrap();
        spans.push(fields);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.0.0.spans.lock().unwrap();
        let place = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Into(&mut spans[place]));
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::from([("level".to_owned(), event.metadata().level().to_string())]);
        event.record(&mut Into(&mut fields));
        self.0.0.events.lock().unwrap().push(fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, span: &Id) {
        self.0.0.current.store(span.into_u64(), Ordering::Relaxed);
    }

    fn exit(&self, _: &Id) {
        self.0.0.current.store(0, Ordering::Relaxed);
    }

    fn current_span(&self) -> Current {
        let id = self.0.0.current.load(Ordering::Relaxed);
        match *self.0.0.metadata.lock().unwrap() {
            Some(metadata) if id > 0 => Current::new(Id::from_u64(id), metadata),
            _ => Current::none(),
        }
    }
}

struct Series(Recording, String);

impl CounterFn for Series {
    #[allow(clippy::cast_precision_loss, reason = "counts of a test are small")]
    fn increment(&self, value: u64) {
        self.0.0.metrics.lock().unwrap().push((self.1.clone(), value as f64));
    }

    fn absolute(&self, _: u64) {}
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        self.0.0.metrics.lock().unwrap().push((self.1.clone(), value));
    }
}

/// The part of a recording that `metrics` is given.
pub struct Metrics(pub Recording);

impl Metrics {
    fn series(&self, key: &Key) -> Arc<Series> {
        let labels: Vec<String> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Series(self.0.clone(), format!("{}{{{}}}", key.name(), labels.join(","))))
    }
}

impl metrics::Recorder for Metrics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}
