//! Upserts of any size while calls fail at random: nothing lost, nothing twice, the order kept, one outcome each.

use std::collections::BTreeMap;

use crate::support::{gainsight, texts};
use futures::StreamExt;
use proptest::prelude::*;
use revops::gainsight::{Person, TeamMember};
use revops::{Duplicates, Outcome};
use revops_sandbox::fault::{Act, Reply};
use revops_sandbox::{Sandbox, UnknownOperation};
use serde_json::json;

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug)]
enum Failure {
    LostAfter,
    ResetBefore,
    Overloaded,
    TooMany,
    Gateway,
}

/// Which calls fail; never three in a row, so that the calls themselves get over it in no time.
fn failures() -> impl Strategy<Value = BTreeMap<u64, Failure>> {
    let failure = prop_oneof![
        Just(Failure::LostAfter),
        Just(Failure::ResetBefore),
        Just(Failure::Overloaded),
        Just(Failure::TooMany),
        Just(Failure::Gateway),
    ];
    let calls = prop::collection::btree_map(0..8_u64, failure, 0..6);
    calls.prop_map(|calls| calls.into_iter().map(|(call, failure)| (call * 3 / 2 + 1, failure)).collect())
}

fn plan(
    sandbox: &Sandbox,
    operation: &str,
    failures: &BTreeMap<u64, Failure>,
) -> Result<(), UnknownOperation> {
    for (call, failure) in failures {
        match failure {
            Failure::LostAfter => sandbox.after(operation).on_call(*call, Act::close_before_answer())?,
            Failure::ResetBefore => sandbox.before(operation).on_call(*call, Act::reset_before_answer())?,
            Failure::Overloaded => sandbox.before(operation).on_call(*call, Reply::status(503))?,
            Failure::TooMany => sandbox.before(operation).on_call(*call, Reply::status(429))?,
            Failure::Gateway => sandbox.after(operation).on_call(*call, Reply::status(504))?,
        }
    }
    Ok(())
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn email(number: usize) -> String {
    format!("new.{number}@example.com")
}

fn person(number: usize, place: usize) -> Person {
    Person::builder().email(email(number)).title(format!("{place}")).try_into().unwrap()
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn each_person_ends_in_exactly_one_outcome_in_order(
        count in 0..170_usize,
        poison in prop::collection::btree_set(0..170_usize, 0..5),
        nameless in prop::collection::btree_set(0..170_usize, 0..4),
        failures in failures(),
        concurrency in 1..4_usize,
    ) {
        let done: Result<(), TestCaseError> = run(async {
            let sandbox = crate::support::sandbox(0).await;
            // Two people have the address of a poisonous one, so that the vendor cannot know who is meant.
            for number in &poison {
                sandbox.gainsight().set_person(&json!({"Email": email(*number)}));
                sandbox.gainsight().set_person(&json!({"Email": email(*number)}));
            }
            let before = sandbox.gainsight().people().len();
            plan(&sandbox, "upsertPeople", &failures).unwrap();
            let input = (0..count).map(move |number| person(number, number));
            let input: Vec<Person> = input.enumerate().map(|(number, mut person)| {
                if nameless.contains(&number) { person.email = None; }
                person
            }).collect();
            let nameless: Vec<bool> = input.iter().map(|person| person.email.is_none()).collect();
            let mut outcomes = gainsight(&sandbox).people().upsert(input).concurrency(concurrency).stream().unwrap();
            let (mut next, mut written) = (0, 0);
            while let Some((index, outcome)) = outcomes.next().await {
                prop_assert_eq!(index, next);
                let refused = nameless[index] || poison.contains(&index);
                match outcome {
                    Outcome::Done(_) => { prop_assert!(!refused); written += 1; }
                    Outcome::Refused { .. } => prop_assert!(refused),
                    other => prop_assert!(false, "{:?}", other),
                }
                next += 1;
            }
            prop_assert_eq!(next, count);
            let mut emails = texts(&sandbox.gainsight().people()[before..], "Email");
            let all = emails.len();
            emails.sort();
            emails.dedup();
            prop_assert_eq!((all, emails.len()), (written, written));
            Ok(())
        });
        done?;
    }

    #[test]
    fn of_people_with_one_key_the_one_that_was_asked_for_is_written(
        numbers in prop::collection::vec(0..40_usize, 0..120),
        failures in failures(),
        choice in prop_oneof![Just(Duplicates::KeepFirst), Just(Duplicates::KeepLast), Just(Duplicates::Reject)],
    ) {
        let done: Result<(), TestCaseError> = run(async {
            let sandbox = crate::support::sandbox(0).await;
            plan(&sandbox, "upsertPeople", &failures).unwrap();
            let input: Vec<Person> = numbers.iter().enumerate().map(|(place, number)| person(*number, place)).collect();
            let report = gainsight(&sandbox).people().upsert(input).duplicates(choice).send().await.unwrap();
            prop_assert_eq!(report.len(), numbers.len());
            let mut expected = BTreeMap::new();
            for (place, number) in numbers.iter().enumerate() {
                let same = || numbers.iter().enumerate().filter(|(_, it)| *it == number).map(|(place, _)| place);
                let winner = match choice {
                    Duplicates::KeepFirst => same().min(),
                    Duplicates::KeepLast => same().max(),
                    Duplicates::Reject => Some(place).filter(|_| same().count() == 1),
                };
                match (report.get(place).unwrap(), winner) {
                    (Outcome::Done(_), Some(winner)) => {
                        prop_assert_eq!(winner, place);
                        expected.insert(email(*number), place.to_string());
                    }
                    (Outcome::Superseded { by }, Some(winner)) => prop_assert_eq!(*by, winner),
                    (Outcome::Refused { .. }, None) => {}
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            let people = sandbox.gainsight().people();
            let stored = texts(&people, "Email").into_iter().zip(texts(&people, "Title")).collect();
            prop_assert_eq!(expected, stored);
            Ok(())
        });
        done?;
    }

    /// A team is written all or not at all, so that a refused call is halved.
    #[test]
    fn a_team_is_written_but_for_what_the_vendor_refuses(
        count in 0..120_usize,
        poison in prop::collection::btree_set(0..120_usize, 0..3),
        failures in failures(),
    ) {
        let done: Result<(), TestCaseError> = run(async {
            let sandbox = crate::support::sandbox(130).await;
            plan(&sandbox, "upsertCompanyTeam", &failures).unwrap();
            let companies = texts(&sandbox.gainsight().companies(), "Gsid");
            let users = texts(&sandbox.gainsight().users(), "Gsid");
            let before = sandbox.gainsight().company_team().len();
            let member = |number: usize| -> TeamMember {
                let company = if poison.contains(&number) { "nowhere" } else { &companies[number % companies.len()] };
                let member = TeamMember::builder().company_id(company.to_owned()).user_id(users[number].clone());
                member.team_role("Tester").try_into().unwrap()
            };
            let input: Vec<TeamMember> = (0..count).map(member).collect();
            let report = gainsight(&sandbox).company_team().upsert(input).send().await;
            let refused: Vec<usize> = report.refused().map(|(index, _)| index).collect();
            let expected: Vec<usize> = poison.iter().copied().filter(|number| *number < count).collect();
            prop_assert_eq!(report.written(), count - expected.len(), "{}", report);
            prop_assert_eq!(&refused, &expected);
            let now = sandbox.gainsight().company_team().len();
            prop_assert_eq!(now - before, count - expected.len());
            Ok(())
        });
        done?;
    }
}
