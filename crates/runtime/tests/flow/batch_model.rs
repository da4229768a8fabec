//! A model of batches: whatever fails and however often, every item ends in one outcome, and it is the truth.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::fault::Fault;
use futures::StreamExt;
use proptest::prelude::*;
use revops_runtime::batch::{Batch, ChunkReply, Duplicates, Outcome, Report};

/// What the vendor does with one sending.
#[derive(Debug, Clone)]
enum Step {
    Answer,
    NotSent,
    Quota,
    /// It breaks; whether the vendor applied it is not told to the client.
    Break {
        applied: bool,
    },
}

/// What the vendor thinks of an item.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Nature {
    Good,
    /// It is refused by itself.
    Bad,
    /// It makes the vendor refuse the whole chunk.
    Poison,
    /// It is not done the first times.
    Slow(u8),
}

/// What happened at the vendor's to each item.
#[derive(Debug, Default)]
struct Vendor {
    sent: HashMap<usize, usize>,
    applied: HashMap<usize, usize>,
    answered: HashMap<usize, bool>,
    broken: HashMap<usize, bool>,
    breaches: Vec<String>,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Answer),
        1 => Just(Step::NotSent),
        1 => Just(Step::Quota),
        1 => any::<bool>().prop_map(|applied| Step::Break { applied }),
    ]
}

fn nature() -> impl Strategy<Value = Nature> {
    prop_oneof![
        12 => Just(Nature::Good),
        1 => Just(Nature::Bad),
        1 => Just(Nature::Poison),
        1 => (1..6_u8).prop_map(Nature::Slow),
    ]
}

fn answer(
    vendor: &mut Vendor,
    step: &Step,
    natures: &[Nature],
    chunk: &[usize],
    upsert_safe: bool,
) -> Result<ChunkReply<usize>, Fault> {
    for item in chunk {
        *vendor.sent.entry(*item).or_default() += 1;
        if vendor.answered.contains_key(item) {
            vendor.breaches.push(format!("{item} was sent after it was done"));
        }
        if vendor.broken.contains_key(item) && !upsert_safe {
            vendor.breaches.push(format!("{item} was sent after it may have been applied"));
        }
    }
    match step {
        Step::NotSent => return Err(Fault::NotSent),
        Step::Quota => return Err(Fault::Quota),
        _ if chunk.iter().any(|item| natures[*item] == Nature::Poison) => return Err(Fault::Whole),
        Step::Break { applied } => {
            for item in chunk {
                vendor.broken.insert(*item, true);
                if *applied && natures[*item] == Nature::Good {
                    *vendor.applied.entry(*item).or_default() += 1;
                }
            }
            return Err(Fault::MaybeProcessed);
        }
        Step::Answer => {}
    }
    let mut reply = ChunkReply::new();
    for (index, item) in chunk.iter().enumerate() {
        reply = match natures[*item] {
            Nature::Bad => reply.refused(index, "bad"),
            Nature::Slow(times) if vendor.sent[item] <= usize::from(times) => reply.again(index, "slow"),
            _ => {
                *vendor.applied.entry(*item).or_default() += 1;
                vendor.answered.insert(*item, true);
                reply.done(index, *item)
            }
        };
    }
    Ok(reply)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_item_has_one_outcome_and_it_is_the_truth(
        natures in prop::collection::vec(nature(), 0..120),
        steps in prop::collection::vec(step(), 1..60),
        chunk in 1..20_usize,
        concurrency in 1..5_usize,
        resends in 0..5_u32,
        upsert_safe in any::<bool>(),
        cancel in prop::option::of(0..4000_u64),
    ) {
        let vendor = Arc::new(Mutex::new(Vendor::default()));
        let count = Arc::new(AtomicUsize::new(0));
        let batch = Batch::of(0..natures.len()).chunks_of(chunk).concurrency(concurrency).resends(resends);
        let outcomes = {
            let (vendor, natures) = (Arc::clone(&vendor), natures.clone());
            batch.upsert_safe(upsert_safe).run(move |chunk: Vec<usize>| {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let answer = answer(&mut vendor.lock().unwrap(), &steps[number % steps.len()], &natures, &chunk, upsert_safe);
                async move {
                    tokio::time::sleep(Duration::from_millis(number as u64 * 7 % 50)).await;
                    answer
                }
            })
        };
        let seen: Vec<(usize, Outcome<usize>)> = block_on(async {
            match cancel {
                Some(cancel) => {
                    let stop = tokio::time::sleep(Duration::from_millis(cancel));
                    outcomes.until(stop).await.into_iter().collect()
                }
                None => outcomes.collect().await,
            }
        });
        let vendor = vendor.lock().unwrap();
        prop_assert!(vendor.breaches.is_empty(), "{:?}", vendor.breaches);
        // In order, none twice, none left out up to the last one; all of them if it was not cancelled.
        prop_assert!(seen.iter().enumerate().all(|(place, (index, _))| place == *index));
        prop_assert!(cancel.is_some() || seen.len() == natures.len());
        prop_assert!(vendor.sent.keys().all(|item| *item < seen.len()), "an item was sent and not reported");
        for (index, outcome) in &seen {
            let applied = vendor.applied.contains_key(index);
            match outcome {
                Outcome::Done(value) => prop_assert!(value == index && applied),
                Outcome::Refused { .. } => {
                    prop_assert!(!applied && matches!(natures[*index], Nature::Bad | Nature::Poison));
                }
                Outcome::NotApplied { .. } => prop_assert!(!applied, "{} was applied", index),
                Outcome::Unknown { .. } => {
                    prop_assert!(cancel.is_some() || vendor.broken.contains_key(index));
                }
                other => prop_assert!(false, "{:?}", other),
            }
            if !upsert_safe {
                prop_assert!(vendor.applied.get(index).copied().unwrap_or(0) <= 1, "{} was applied twice", index);
            }
        }
    }

    #[test]
    fn of_items_with_the_same_key_only_the_chosen_one_is_sent(
        keys in prop::collection::vec(prop::option::of(0..15_u8), 0..80),
        choice in prop_oneof![Just(Duplicates::KeepLast), Just(Duplicates::KeepFirst), Just(Duplicates::Reject)],
        chunk in 1..10_usize,
    ) {
        let items: Vec<(usize, Option<u8>)> = keys.iter().copied().enumerate().collect();
        let batch = Batch::of(items.clone()).chunks_of(chunk).duplicates(choice, |item| item.1.map(|key| key.to_string()));
        let send = |chunk: Vec<(usize, Option<u8>)>| async move {
            Ok::<_, Fault>(ChunkReply::all_done(chunk.into_iter().map(|(index, _)| index)))
        };
        let report: Report<usize> = block_on(batch.report(send));
        prop_assert_eq!(report.len(), items.len());
        for (index, key) in items {
            let same: Vec<usize> = (0..keys.len()).filter(|other| key.is_some() && keys[*other] == key).collect();
            let chosen = match choice {
                Duplicates::KeepLast => same.last().copied().unwrap_or(index),
                Duplicates::KeepFirst => same.first().copied().unwrap_or(index),
                Duplicates::Reject if same.len() > 1 => usize::MAX,
                Duplicates::Reject => index,
            };
            match report.get(index).unwrap() {
                Outcome::Done(value) => prop_assert!(*value == index && chosen == index),
                Outcome::Superseded { by } => prop_assert!(*by == chosen && chosen != index),
                Outcome::Refused { .. } => prop_assert_eq!(chosen, usize::MAX),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}

#[derive(Debug)]
struct Live(Arc<AtomicUsize>);

impl Live {
    fn new(live: &Arc<AtomicUsize>, peak: &AtomicUsize) -> Self {
        peak.fetch_max(live.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        Self(Arc::clone(live))
    }
}

impl Clone for Live {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&self.0))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn a_million_items_take_the_memory_of_the_chunks_under_way() {
    let (live, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let most = Arc::clone(&peak);
    let items = (0..1_000_000).map(move |_| Live::new(&live, &peak));
    let outcomes = Batch::of(items).concurrency(4).run(|chunk: Vec<Live>| async move {
        Ok::<_, Fault>(ChunkReply::all_done(chunk.iter().map(|_| ())))
    });
    assert_eq!(
        block_on(outcomes.filter(|(_, outcome)| futures::future::ready(outcome.is_done())).count()),
        1_000_000
    );
    let peak = most.load(Ordering::Relaxed);
    println!("{peak} items at most");
    assert!(peak <= 4 * 2 * 50 + 50, "{peak}");
}
