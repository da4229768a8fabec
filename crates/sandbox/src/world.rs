//! Everything a sandbox knows: its time, its moods and the state of the four vendors.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde_json::Value;

use crate::answer::Answer;
use crate::clock::Clock;
use crate::judge::Call;
use crate::mood::Moods;
use crate::oddity::Oddities;
use crate::plan::Plans;
use crate::population::Population;
use crate::quota::Quotas;
use crate::tokens::Tokens;
use crate::{Mood, Operation, Vendor, gainsight, gong, usergems, userpilot};

/// One lock holds all of it, so that what a test sees is what one instant was.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) moods: Moods,
    pub(crate) plans: Plans,
    pub(crate) quotas: Quotas,
    oddities: Oddities,
    pub(crate) tokens: Tokens,
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
            plans: Plans::default(),
            quotas: Quotas::default(),
            oddities: Oddities::default(),
            tokens: Tokens::seeded(seed),
            gainsight: gainsight::State::seeded(&population),
            gong: gong::State::seeded(&population),
            usergems: usergems::State::default(),
            userpilot: userpilot::State::seeded(&population),
        }
    }

    /// Whether the request brings an access token that was given out here.
    pub(crate) fn admits(&self, vendor: Vendor, headers: &HeaderMap) -> bool {
        self.moods.is(Mood::Tokens) && self.tokens.admit(vendor, headers, self.clock.now())
    }

    /// Answers a request that was judged right, and changes accordingly.
    pub(crate) fn answer(&mut self, call: &mut Call, url: &str) -> Answer {
        let scene = Scene { now: self.clock.now(), elapsed: self.clock.elapsed(), moods: &self.moods, url };
        let mut answer = match call.operation.vendor() {
            Vendor::Gainsight => self.gainsight.answer(call, &scene),
            Vendor::Gong => self.gong.answer(call, &scene),
            Vendor::UserGems => self.usergems.answer(call, &scene),
            Vendor::Userpilot => self.userpilot.answer(call, &scene),
        };
        self.oddities.apply(call.operation, &self.moods, &mut answer);
        answer
    }

    /// Spends a call of the operation's quota; the refusal if there is none left.
    pub(crate) fn spend(&mut self, operation: &Operation) -> Option<Answer> {
        self.quotas.spend(operation, self.clock.elapsed(), self.moods.is(Mood::Quotas))
    }

    /// How much of what a vendor holds.
    #[cfg(feature = "page")]
    pub(crate) fn summary(&mut self, vendor: Vendor) -> Vec<(&'static str, usize)> {
        match vendor {
            Vendor::Gainsight => self.gainsight.summary(),
            Vendor::Gong => self.gong.summary(),
            Vendor::UserGems => self.usergems.summary(),
            Vendor::Userpilot => self.userpilot.summary(self.clock.elapsed()),
        }
    }

    /// The records of a vendor, and what its API does not show of them.
    #[cfg(feature = "page")]
    pub(crate) fn holdings(&mut self, vendor: Vendor) -> Value {
        match vendor {
            Vendor::Gainsight => self.gainsight.holdings(),
            Vendor::Gong => self.gong.holdings(),
            Vendor::UserGems => self.usergems.holdings(),
            Vendor::Userpilot => self.userpilot.holdings(self.clock.elapsed(), self.clock.now()),
        }
    }

    /// The body of an example, where one made from the schema alone could not be right.
    pub(crate) fn example_body(&self, operation: &Operation) -> Option<Value> {
        match operation.vendor() {
            Vendor::Gainsight => self.gainsight.example_body(operation),
            Vendor::Gong => self.gong.example_body(operation),
            Vendor::Userpilot => self.userpilot.example_body(operation),
            Vendor::UserGems => None,
        }
    }

    /// A value with which this path or query parameter of the operation leads to something that exists.
    pub(crate) fn existing(&self, operation: &Operation, parameter: &str) -> Option<String> {
        match operation.vendor() {
            Vendor::Gainsight => self.gainsight.existing(operation, parameter),
            Vendor::Gong => self.gong.existing(operation, parameter),
            Vendor::UserGems => self.usergems.existing(operation, parameter),
            Vendor::Userpilot => self.userpilot.existing(operation, parameter),
        }
    }
}
