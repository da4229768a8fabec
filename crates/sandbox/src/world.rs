//! Everything a sandbox knows: its time, its moods and the state of the four vendors.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde_json::Value;

use crate::answer::Answer;
use crate::clock::Clock;
use crate::credentials::Access;
use crate::judge::Call;
use crate::mood::Moods;
use crate::oddity::Oddities;
use crate::plan::Plans;
use crate::population::Population;
use crate::quota::Quotas;
use crate::tokens::Tokens;
use crate::{Mood, Operation, Vendor, gainsight, gong, usergems, userpilot};

/// So many people are made into records in no time.
const FEW: usize = 1000;

/// One lock holds all of it, so that what a test sees is what one instant was.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) moods: Moods,
    pub(crate) plans: Plans,
    pub(crate) quotas: Quotas,
    oddities: Oddities,
    pub(crate) tokens: Tokens,
    population: Arc<Population>,
    /// Made when they are first needed: a test of one vendor does not wait for the others.
    gainsight: Option<gainsight::State>,
    gong: Option<gong::State>,
    pub(crate) usergems: usergems::State,
    userpilot: Option<userpilot::State>,
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
        let population = Population::shared(people, seed);
        let mut world = Self {
            clock: Clock::new(),
            moods,
            plans: Plans::default(),
            quotas: Quotas::default(),
            oddities: Oddities::default(),
            tokens: Tokens::seeded(seed),
            population,
            gainsight: None,
            gong: None,
            usergems: usergems::State::default(),
            userpilot: None,
        };
        // That takes long enough to be noticed, so it belongs to the start.
        if people > FEW {
            world.gainsight();
            world.gong();
            world.userpilot();
        }
        world
    }

    pub(crate) fn gainsight(&mut self) -> &mut gainsight::State {
        self.gainsight.get_or_insert_with(|| gainsight::State::seeded(&self.population))
    }

    pub(crate) fn gong(&mut self) -> &mut gong::State {
        self.gong.get_or_insert_with(|| gong::State::seeded(&self.population))
    }

    pub(crate) fn userpilot(&mut self) -> &mut userpilot::State {
        self.userpilot.get_or_insert_with(|| userpilot::State::seeded(&self.population))
    }

    /// What the moods make of the credentials that a document declares.
    pub(crate) fn access(&self, operation: &Operation, headers: &HeaderMap) -> Access {
        let vendor = operation.vendor();
        if self.moods.give_tokens(vendor) && self.tokens.admit(vendor, headers, self.clock.now()) {
            Access::Issued
        } else if self.moods.is(Mood::ScimTokens) && operation.is_scim() {
            Access::TokenOnly
        } else {
            Access::Declared
        }
    }

    /// Answers a request that was judged right, and changes accordingly.
    pub(crate) fn answer(&mut self, call: &mut Call, url: &str) -> Answer {
        let scene = Scene { now: self.clock.now(), elapsed: self.clock.elapsed(), moods: &self.moods, url };
        let people = &self.population;
        let mut answer = match call.operation.vendor() {
            Vendor::Gainsight => {
                self.gainsight.get_or_insert_with(|| gainsight::State::seeded(people)).answer(call, &scene)
            }
            Vendor::Gong => self.gong.get_or_insert_with(|| gong::State::seeded(people)).answer(call, &scene),
            Vendor::UserGems => self.usergems.answer(call, &scene),
            Vendor::Userpilot => {
                self.userpilot.get_or_insert_with(|| userpilot::State::seeded(people)).answer(call, &scene)
            }
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
            Vendor::Gainsight => self.gainsight().summary(),
            Vendor::Gong => self.gong().summary(),
            Vendor::UserGems => self.usergems.summary(),
            Vendor::Userpilot => {
                let elapsed = self.clock.elapsed();
                self.userpilot().summary(elapsed)
            }
        }
    }

    /// The records of a vendor, and what its API does not show of them.
    #[cfg(feature = "page")]
    pub(crate) fn holdings(&mut self, vendor: Vendor) -> Value {
        match vendor {
            Vendor::Gainsight => self.gainsight().holdings(),
            Vendor::Gong => self.gong().holdings(),
            Vendor::UserGems => self.usergems.holdings(),
            Vendor::Userpilot => {
                let (elapsed, now) = (self.clock.elapsed(), self.clock.now());
                self.userpilot().holdings(elapsed, now)
            }
        }
    }

    /// The body of an example, where one made from the schema alone could not be right.
    pub(crate) fn example_body(&mut self, operation: &Operation) -> Option<Value> {
        match operation.vendor() {
            Vendor::Gainsight => self.gainsight().example_body(operation),
            Vendor::Gong => self.gong().example_body(operation),
            Vendor::Userpilot => self.userpilot().example_body(operation),
            Vendor::UserGems => None,
        }
    }

    /// A value with which this path or query parameter of the operation leads to something that exists.
    pub(crate) fn existing(&mut self, operation: &Operation, parameter: &str) -> Option<String> {
        match operation.vendor() {
            Vendor::Gainsight => self.gainsight().existing(operation, parameter),
            Vendor::Gong => self.gong().existing(operation, parameter),
            Vendor::UserGems => self.usergems.existing(operation, parameter),
            Vendor::Userpilot => self.userpilot().existing(operation, parameter),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::catalog::operations;
    use crate::document::Document;
    use crate::payload::Payload;

    const GROWN: &str = r#"{"openapi": "3.1.0", "paths": {"/grown/{id}": {"get": {
        "operationId": "getGrown",
        "security": [],
        "responses": {"200": {"description": "", "content": {"application/json": {
            "schema": {"type": "object", "properties": {"firstName": {"type": "string"}}}
        }}}}
    }}}}"#;

    #[test]
    fn an_operation_without_code_is_answered_by_a_sample_from_its_document() {
        for vendor in Vendor::ALL {
            let document = Box::leak(Box::new(Document::parse("grown.json", vendor, GROWN).unwrap()));
            let operation = &*Box::leak(Box::new(operations(document).unwrap().swap_remove(0)));
            let path = BTreeMap::from([("id", json!("1"))]);
            let (query, body) = (BTreeMap::new(), Payload::Empty);
            let mut call = Call { operation, path, query, body, submission: None };
            let mut world = World::seeded(3, 7, Moods::default());
            let answer = world.answer(&mut call, "http://localhost/grown/1");
            let (_, body) = answer.body.unwrap();
            assert_eq!((answer.status.as_u16(), body), (200, json!({"firstName": "first name"})), "{vendor}");
        }
    }
}
