//! Which records are of one person: those that share an address, or that each share one with a third.

use std::collections::HashMap;

/// Addresses that belong together, whatever the order in which that was said.
#[derive(Default)]
pub(super) struct Join {
    places: HashMap<String, usize>,
    /// For each place another of the same person that was known before it, or itself.
    before: Vec<usize>,
}

impl Join {
    /// Says that all of these are addresses of one person; gives one of their places, to be asked for the person
    /// by [`person`](Self::person) when everything is said. `None` if there is no address.
    pub(super) fn say(&mut self, addresses: impl IntoIterator<Item = String>) -> Option<usize> {
        let mut person = None;
        for address in addresses {
            let place = self.place(address);
            person = Some(match person {
                Some(other) => self.join(place, other),
                None => place,
            });
        }
        person
    }

    /// The person of this place: the same for all places of one person.
    pub(super) fn person(&mut self, mut place: usize) -> usize {
        // Each step shortens the way for who comes after.
        while let Some(before) = self.before.get(place).copied().filter(|before| *before != place) {
            let further = self.before.get(before).copied().unwrap_or(before);
            if let Some(step) = self.before.get_mut(place) {
                *step = further;
            }
            place = further;
        }
        place
    }

    fn place(&mut self, address: String) -> usize {
        let next = self.before.len();
        let place = *self.places.entry(address).or_insert(next);
        if place == next {
            self.before.push(next);
        }
        place
    }

    fn join(&mut self, one: usize, other: usize) -> usize {
        let (one, other) = (self.person(one), self.person(other));
        let (first, second) = (one.min(other), one.max(other));
        if let Some(before) = self.before.get_mut(second) {
            *before = first;
        }
        first
    }
}
