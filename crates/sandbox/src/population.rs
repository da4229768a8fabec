//! The people and companies a sandbox begins with: the same for the same seed, and nobody real.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use fake::Fake;
use fake::faker::company::en::CompanyName;
use fake::faker::job::en::Title;
use fake::faker::name::en::{FirstName, LastName};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How many people of which seed, and who they are.
type Known = ((usize, u64), Arc<Population>);

/// So many populations are kept for other sandboxes of the process.
const REMEMBERED: usize = 4;

/// About this many people work at one company.
const PEOPLE_PER_COMPANY: usize = 10;

/// One fictitious person. Every address is under `example.com`, which nobody can own.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Counted from 1; what vendors' ids are made from.
    pub(crate) number: usize,
    pub(crate) given: String,
    pub(crate) family: String,
    pub(crate) email: String,
    pub(crate) title: String,
    /// An index into [`Population::companies`].
    pub(crate) company: usize,
    /// The number of the person they report to.
    pub(crate) manager: Option<usize>,
    /// When they were first heard of, on a whole second.
    pub(crate) since: DateTime<Utc>,
}

impl Person {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

/// One fictitious company.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) domain: String,
}

/// Who there is when a sandbox starts.
#[derive(Clone, Debug)]
pub(crate) struct Population {
    /// What vendors' ids are made from, besides the numbers of people: 0 for the seed 7, which is the
    /// usual one.
    pub(crate) salt: u64,
    pub(crate) people: Vec<Person>,
    pub(crate) companies: Vec<Company>,
}

impl Population {
    /// The same, made once for the sandboxes of a process that ask for it.
    pub(crate) fn shared(people: usize, seed: u64) -> Arc<Self> {
        static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known()
            .iter()
            .find(|(of, _)| *of == (people, seed))
            .map(|(_, population)| Arc::clone(population));
        found.unwrap_or_else(|| {
            let population = Arc::new(Self::seeded(people, seed));
            let mut known = known();
            if known.len() == REMEMBERED {
                known.remove(0);
            }
            known.push(((people, seed), Arc::clone(&population)));
            population
        })
    }

    /// `people` persons at a tenth as many companies, the same for the same two numbers.
    pub(crate) fn seeded(people: usize, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let companies: Vec<Company> = (1..=people.div_ceil(PEOPLE_PER_COMPANY).max(1))
            .map(|number| company(number, &mut rng))
            .collect();
        let people = (1..=people).map(|number| person(number, &companies, &mut rng)).collect();
        Self { salt: mixed(seed ^ 7), people, companies }
    }
}

/// The mixing step of `SplitMix64`, by which 0 stays 0.
fn mixed(seed: u64) -> u64 {
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn company(number: usize, rng: &mut StdRng) -> Company {
    let name: String = CompanyName().fake_with_rng(rng);
    let label: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    Company { number, name, domain: format!("{label}-{number}.example.com") }
}

fn person(number: usize, companies: &[Company], rng: &mut StdRng) -> Person {
    let given: String = FirstName().fake_with_rng(rng);
    let family: String = LastName().fake_with_rng(rng);
    let company = rng.random_range(0..companies.len());
    let domain = companies.get(company).map_or("example.com", |company| company.domain.as_str());
    let letters = |text: &str| -> String {
        text.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()
    };
    Person {
        number,
        // The number keeps two people of one name apart.
        email: format!("{}.{}.{number}@{domain}", letters(&given), letters(&family)),
        given,
        family,
        title: Title().fake_with_rng(rng),
        company,
        manager: (number > 1).then(|| rng.random_range(1..number)),
        since: first_day() + TimeDelta::minutes(rng.random_range(0..2 * 365 * 24 * 60)),
    }
}

/// 2024-01-01, from which on people were heard of, for two years.
fn first_day() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(19_723)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_people_and_another_is_not() {
        let of = |seed| format!("{:?}", Population::seeded(250, seed));
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn addresses_are_unique_and_under_example_com() {
        let population = Population::seeded(250, 7);
        let emails: std::collections::BTreeSet<&str> =
            population.people.iter().map(|person| person.email.as_str()).collect();
        assert_eq!((emails.len(), population.companies.len()), (250, 25));
        assert!(emails.iter().all(|email| email.ends_with(".example.com") && email.is_ascii()));
        assert_eq!(Population::seeded(0, 7).people.len(), 0);
    }
}
