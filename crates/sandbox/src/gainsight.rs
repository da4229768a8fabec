//! Gainsight, alive: what it holds and how it answers.

use crate::answer::{Answer, sample_answer};
use crate::judge::Call;
use crate::operation::Operation;
use crate::population::Population;
use crate::world::Scene;

/// What Gainsight holds.
#[derive(Debug, Default)]
pub(crate) struct State {}

impl State {
    pub(crate) fn seeded(_population: &Population) -> Self {
        Self {}
    }

    pub(crate) fn answer(&mut self, call: &Call, scene: &Scene<'_>) -> Answer {
        sample_answer(call, scene.url)
    }

    /// A value with which this parameter of the operation's path leads to something that exists.
    pub(crate) fn existing(&self, _operation: &Operation, _parameter: &str) -> Option<String> {
        None
    }
}
