//! Everything a sandbox knows: its time, its moods and the state of the four vendors.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::answer::Answer;
use crate::clock::Clock;
use crate::judge::Call;
use crate::mood::Moods;
use crate::population::Population;
use crate::{ExampleRequest, Operation, Vendor, gainsight, gong, usergems, userpilot};

/// One lock holds all of it, so that what a test sees is what one instant was.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) moods: Moods,
    pub(crate) gainsight: gainsight::State,
    pub(crate) gong: gong::State,
    pub(crate) usergems: usergems::State,
    pub(crate) userpilot: userpilot::State,
}

/// What a vendor's state may look at besides the call itself.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// The sandbox's time of day.
    pub(crate) now: DateTime<Utc>,
    /// How long the sandbox has run by its own clock.
    pub(crate) elapsed: Duration,
    pub(crate) moods: &'a Moods,
    /// The absolute address of the request, without its query.
    pub(crate) url: &'a str,
}

impl World {
    pub(crate) fn seeded(people: usize, seed: u64, moods: Moods) -> Self {
        let population = Population::seeded(people, seed);
        Self {
            clock: Clock::new(),
            moods,
            gainsight: gainsight::State::seeded(&population),
            gong: gong::State::seeded(&population),
            usergems: usergems::State::default(),
            userpilot: userpilot::State::seeded(&population),
        }
    }

    /// Answers a request that was judged right, and changes accordingly.
    pub(crate) fn answer(&mut self, call: &Call, url: &str) -> Answer {
        let scene = Scene { now: self.clock.now(), elapsed: self.clock.elapsed(), moods: &self.moods, url };
        match call.operation.vendor() {
            Vendor::Gainsight => self.gainsight.answer(call, &scene),
            Vendor::Gong => self.gong.answer(call, &scene),
            Vendor::UserGems => self.usergems.answer(call, &scene),
            Vendor::Userpilot => self.userpilot.answer(call, &scene),
        }
    }

    /// A value with which this parameter of the operation's path leads to something that exists.
    pub(crate) fn existing(&self, operation: &Operation, parameter: &str) -> Option<String> {
        match operation.vendor() {
            Vendor::Gainsight => self.gainsight.existing(operation, parameter),
            Vendor::Gong => self.gong.existing(operation, parameter),
            Vendor::UserGems => self.usergems.existing(operation, parameter),
            Vendor::Userpilot => self.userpilot.existing(operation, parameter),
        }
    }

    /// Makes the document's example ask for what exists where its query or body names something.
    pub(crate) fn adapt(&self, operation: &Operation, example: &mut ExampleRequest) {
        match operation.vendor() {
            Vendor::Gong => self.gong.adapt(operation, example),
            Vendor::Userpilot => self.userpilot.adapt(operation, example),
            Vendor::Gainsight | Vendor::UserGems => {}
        }
    }
}
