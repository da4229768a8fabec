//! Models of paging: whatever the pages, the interruptions and the moves, nothing is lost, and what is repeated
//! is told. And its memory does not grow with the list.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::fault::Fault;
use futures::TryStreamExt;
use proptest::prelude::*;
use revops_runtime::paging::{
    Checkpoint, Cursor, CursorPaging, Fingerprint, OffsetPaging, Page, PagingError, Records, cursor_pages,
    offset_pages,
};
use revops_runtime::rejected::Rejected;

const QUERY: &str = "listUsers";

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

fn key(number: &u64) -> Option<String> {
    Some(number.to_string())
}

/// Pages of the sizes given, some of them empty; every seventh record cannot be decoded.
fn by_cursor(sizes: &[usize]) -> CursorPaging<u64, Fault> {
    let mut next = 0..;
    let pages: Vec<Vec<u64>> = sizes.iter().map(|size| next.by_ref().take(*size).collect()).collect();
    cursor_pages(Fingerprint::of(QUERY, &()), move |cursor: Option<Cursor>| {
        let at: usize = cursor.map_or(0, |cursor| cursor.as_str().parse().unwrap());
        let records = pages[at].iter().enumerate().map(|(index, number)| match number % 7 {
            6 => Err(Rejected::new(index, "odd", serde_json::json!(number))),
            _ => Ok(*number),
        });
        let page = Page::new(records.collect()).next((at + 1 < pages.len()).then(|| (at + 1).to_string()));
        async move { Ok(page) }
    })
    .max_empty_pages(100)
}

fn by_offset(length: u64, page_size: u64, served: u64, total: Option<u64>) -> OffsetPaging<u64, Fault> {
    offset_pages(
        Fingerprint::of(QUERY, &()),
        NonZeroU64::new(page_size).unwrap(),
        move |offset, limit| async move {
            tokio::time::sleep(std::time::Duration::from_millis(offset % 7)).await;
            Ok(Page::of((offset..length).take(limit.min(served) as usize)).total(total))
        },
    )
}

/// Reads a list in runs of the lengths given, each going on from the saved checkpoint of the last, and to the
/// end at last. Returns each record with whether it may have been a repetition; `None` if the list was replaced
/// under the reader so often that the stream gave up, and said so.
fn in_runs(
    list: impl Fn(Option<Checkpoint>) -> Records<u64, Fault>,
    runs: &[usize],
) -> Option<Vec<(u64, bool)>> {
    block_on(async {
        let (mut read, mut saved): (_, Option<String>) = (Vec::new(), None);
        for run in runs.iter().copied().chain([usize::MAX]) {
            let mut records = list(saved.as_ref().map(|saved| serde_json::from_str(saved).unwrap()));
            for _ in 0..run {
                let record = match records.try_next().await {
                    Err(PagingError::Moved { .. }) => return None,
                    record => record.unwrap(),
                };
                let Some(record) = record else { break };
                let number = record.unwrap_or_else(|rejected| rejected.raw.as_u64().unwrap());
                read.push((number, records.may_repeat()));
            }
            saved = Some(serde_json::to_string(&records.checkpoint()).unwrap());
        }
        Some(read)
    })
}

fn numbers(read: &[(u64, bool)]) -> Vec<u64> {
    read.iter().map(|(number, _)| *number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn by_cursor_and_with_a_key_every_record_comes_once_and_in_order(
        sizes in prop::collection::vec(0..6_usize, 1..20),
        runs in prop::collection::vec(0..15_usize, 0..6),
    ) {
        let list = |at: Option<Checkpoint>| {
            let list = by_cursor(&sizes).key(key);
            match at { Some(at) => list.resume(at).unwrap(), None => list }.records()
        };
        let read = in_runs(list, &runs).expect("nothing moves");
        prop_assert_eq!(numbers(&read), (0..sizes.iter().sum::<usize>() as u64).collect::<Vec<_>>());
        prop_assert!(read.iter().all(|(_, repeated)| !repeated));
    }

    #[test]
    fn by_cursor_and_without_a_key_no_record_is_lost_and_repetitions_are_told(
        sizes in prop::collection::vec(0..6_usize, 1..20),
        runs in prop::collection::vec(0..15_usize, 0..6),
    ) {
        let list = |at: Option<Checkpoint>| {
            let list = by_cursor(&sizes);
            match at { Some(at) => list.resume(at).unwrap(), None => list }.records()
        };
        let read = in_runs(list, &runs).expect("nothing moves");
        let all: Vec<u64> = (0..sizes.iter().sum::<usize>() as u64).collect();
        let mut seen = std::collections::BTreeSet::new();
        for (number, repeated) in &read {
            prop_assert!(seen.insert(*number) || *repeated, "{} came again and was not told of", number);
        }
        prop_assert_eq!(seen.into_iter().collect::<Vec<_>>(), all.clone());
        let bound = all.len() + runs.len() * sizes.iter().max().unwrap();
        prop_assert!(read.len() <= bound, "{} > {}", read.len(), bound);
    }

    #[test]
    fn by_offset_every_record_comes_once_and_in_order(
        length in 0..200_u64,
        page_size in 1..20_u64,
        served in 1..20_u64,
        total in prop::option::of(0..300_u64),
        concurrency in 1..5_usize,
        overlap in 0..6_u64,
        runs in prop::collection::vec(0..60_usize, 0..5),
    ) {
        let list = |at: Option<Checkpoint>| {
            let list = by_offset(length, page_size, served, total).key(key);
            let list = list.concurrency(concurrency).overlap(overlap);
            match at { Some(at) => list.resume(at).unwrap(), None => list }.records()
        };
        let read = in_runs(list, &runs).expect("nothing moves");
        prop_assert_eq!(numbers(&read), (0..length).collect::<Vec<_>>());
    }

    /// Records leave and come while the list is read and while it is interrupted; those that stay keep their
    /// order. Each that stayed all the time is read, and a record that comes twice is told of.
    #[test]
    fn by_offset_with_an_overlap_no_record_that_stays_is_lost(
        length in 1..150_u64,
        page_size in 4..20_u64,
        overlap in 1..8_u64,
        moves in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..40),
        runs in prop::collection::vec(0..60_usize, 0..3),
    ) {
        let all = Arc::new(Mutex::new((0..length).map(|number| number * 1000).collect::<Vec<u64>>()));
        let moves = Arc::new(Mutex::new(moves.into_iter()));
        let (server, left) = (Arc::clone(&all), Arc::new(Mutex::new(Vec::new())));
        let gone = Arc::clone(&left);
        let inserted = Arc::new(AtomicUsize::new(0));
        let list = move |at: Option<Checkpoint>| {
            let (server, moves, gone) = (Arc::clone(&server), Arc::clone(&moves), Arc::clone(&gone));
            let inserted = Arc::clone(&inserted);
            let list = offset_pages(Fingerprint::of(QUERY, &()), NonZeroU64::new(page_size).unwrap(), move |offset, limit| {
                let mut all = server.lock().unwrap();
                let page = Page::of(all.iter().copied().skip(offset as usize).take(limit as usize));
                match moves.lock().unwrap().next() {
                    Some((true, place)) if !all.is_empty() => {
                        let at = place.index(all.len());
                        gone.lock().unwrap().push(all.remove(at));
                    }
                    Some((false, place)) => {
                        let at = place.index(all.len() + 1);
                        all.insert(at, 1 + 2 * inserted.fetch_add(1, Ordering::Relaxed) as u64);
                    }
                    _ => {}
                }
                async move { Ok(page) }
            });
            // The end may move on with every look at it, as often as there are moves.
            let list = list.key(key).overlap(overlap).max_empty_pages(100);
            match at { Some(at) => list.resume(at).unwrap(), None => list }.records()
        };
        let Some(read) = in_runs(list, &runs) else { return Ok(()) };
        let left = left.lock().unwrap();
        let numbers = numbers(&read);
        for number in (0..length).map(|number| number * 1000).filter(|number| !left.contains(number)) {
            prop_assert!(numbers.contains(&number), "{} was lost of {:?}", number, numbers);
        }
        let mut seen = std::collections::BTreeSet::new();
        for (number, repeated) in &read {
            prop_assert!(seen.insert(*number) || *repeated, "{} came again and was not told of", number);
        }
    }

    #[test]
    fn a_checkpoint_from_anywhere_is_refused_or_read_and_never_a_panic(text in ".{0,80}", taken in any::<usize>()) {
        let _ = serde_json::from_str::<Checkpoint>(&text);
        let start = serde_json::to_value(Checkpoint::start(Fingerprint::of(QUERY, &()))).unwrap();
        let mut forged = start.clone();
        forged["taken"] = taken.into();
        forged["place"] = serde_json::json!({ "offset": u64::MAX });
        if let Ok(forged) = serde_json::from_value::<Checkpoint>(forged) {
            let list = by_offset(10, 5, 5, None).resume(forged).unwrap();
            prop_assert_eq!(block_on(list.records().try_collect::<Vec<_>>()).unwrap().len(), 0);
        }
    }
}

/// Counts itself while it lives.
struct Live(u64, Arc<AtomicUsize>);

impl Live {
    fn new(number: u64, live: &Arc<AtomicUsize>, peak: &AtomicUsize) -> Self {
        peak.fetch_max(live.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        Self(number, Arc::clone(live))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn a_million_records_take_the_memory_of_the_pages_under_way() {
    const RECORDS: u64 = 1_000_000;
    const PAGE: u64 = 100;
    for (concurrency, overlap) in [(1, 10), (4, 0)] {
        let (live, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let most = Arc::clone(&peak);
        let list = offset_pages(
            Fingerprint::of(QUERY, &()),
            NonZeroU64::new(PAGE).unwrap(),
            move |offset, limit| {
                let (live, peak) = (Arc::clone(&live), Arc::clone(&peak));
                async move {
                    let end = RECORDS.min(offset + limit);
                    let page = Page::of((offset..end).map(|number| Live::new(number, &live, &peak)));
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                    Ok::<_, Fault>(page.total(RECORDS))
                }
            },
        );
        let list =
            list.key(|record: &Live| Some(record.0.to_string())).concurrency(concurrency).overlap(overlap);
        let mut records = list.records();
        let read = block_on(async {
            let mut read = 0;
            while let Some(record) = records.try_next().await.unwrap() {
                assert_eq!(record.unwrap().0, read);
                read += 1;
            }
            read
        });
        assert_eq!(read, RECORDS);
        let peak = most.load(Ordering::Relaxed);
        println!("concurrency {concurrency}, overlap {overlap}: {peak} records at most");
        assert!(peak <= PAGE as usize * (concurrency + 1) + 1, "{peak}");
        assert!(serde_json::to_string(&records.checkpoint()).unwrap().len() < 1024);
    }
}

fn is_send<T: Send>(_: &T) {}

#[test]
fn streams_can_be_sent_to_other_threads() {
    is_send(&by_cursor(&[1]).pages());
    is_send(&by_offset(1, 1, 1, None).records());
}
