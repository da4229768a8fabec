//! Lists in pages: every way in which a server gets them wrong (rows 46 to 53 of the fault list).

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::fault::Fault;
use futures::{FutureExt, StreamExt, TryStreamExt};
use revops_runtime::delivery::Failure;
use revops_runtime::paging::{
    Checkpoint, Cursor, CursorPaging, Fingerprint, OffsetPaging, Page, PagingError, cursor_pages,
    offset_pages,
};
use revops_runtime::rejected::Rejected;

type Read = (Vec<i64>, Option<PagingError<Fault>>);

fn query() -> Fingerprint {
    Fingerprint::of("listUsers", &["active"])
}

fn key(number: &i64) -> Option<String> {
    Some(number.to_string())
}

/// A list whose answer to each cursor is a function of the cursor alone.
fn by_cursor(answer: impl Fn(&str) -> Result<Page<i64>, Fault> + Send + 'static) -> CursorPaging<i64, Fault> {
    cursor_pages(query(), move |cursor: Option<Cursor>| {
        let page = answer(cursor.as_ref().map_or("", Cursor::as_str));
        async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            page
        }
    })
}

fn by_offset(
    page_size: u64,
    mut answer: impl FnMut(u64, u64) -> Result<Page<i64>, Fault> + Send + 'static,
) -> OffsetPaging<i64, Fault> {
    offset_pages(query(), NonZeroU64::new(page_size).unwrap(), move |offset, limit| {
        let page = answer(offset, limit);
        async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            page
        }
    })
}

fn slice(all: &[i64], offset: u64, limit: u64) -> Page<i64> {
    Page::of(all.iter().copied().skip(offset as usize).take(limit as usize))
}

async fn read(records: revops_runtime::paging::Records<i64, Fault>) -> Read {
    let mut records = records.decoded(|_| Ok(()));
    let mut read = Vec::new();
    loop {
        match records.next().await {
            Some(Ok(record)) => read.push(record),
            Some(Err(error)) => {
                assert!(records.next().await.is_none(), "an error ends the stream");
                return (read, Some(error));
            }
            None => return (read, None),
        }
    }
}

fn round_trip(checkpoint: &Checkpoint) -> Checkpoint {
    serde_json::from_str(&serde_json::to_string(checkpoint).unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn row_46_a_repeated_cursor_ends_the_stream_with_an_error() {
    let (read, error) = read(by_cursor(|_| Ok(Page::of([1, 2]).next(Some("same")))).records()).await;
    assert_eq!(read, [1, 2, 1, 2]);
    assert!(matches!(error, Some(PagingError::CursorLoop { pages: 2 })), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn row_47_a_circle_of_cursors_ends_the_stream_with_an_error() {
    let list = by_cursor(|cursor| {
        Ok(match cursor {
            "" | "b" => Page::of([1]).next(Some("a")),
            _ => Page::of([2]).next(Some("b")),
        })
    });
    let (read, error) = read(list.records()).await;
    assert_eq!(read, [1, 2, 1]);
    assert!(matches!(error, Some(PagingError::CursorLoop { .. })), "{error:?}");
    assert_eq!(
        error.unwrap().to_string(),
        "the vendor's cursors go round in a circle; stopped after 3 pages"
    );
}

#[tokio::test(start_paused = true)]
async fn row_48_an_empty_cursor_ends_the_list_as_a_missing_one_does() {
    for end in [Some(""), None] {
        let (read, error) = read(by_cursor(move |_| Ok(Page::of([1]).next(end))).records()).await;
        assert_eq!((read, error.is_none()), (vec![1], true));
    }
}

#[tokio::test(start_paused = true)]
async fn row_49_an_empty_page_with_a_cursor_does_not_end_the_list() {
    let empties = |count: u32| {
        by_cursor(move |cursor| {
            let number: u32 = cursor.parse().unwrap_or(0);
            let page =
                if number == 0 || number > count { Page::of([i64::from(number)]) } else { Page::of([]) };
            Ok(page.next((number <= count).then(|| (number + 1).to_string())))
        })
    };
    let (ten, error) = read(empties(10).records()).await;
    assert_eq!((ten, error.is_none()), (vec![0, 11], true));
    let (eleven, error) = read(empties(11).records()).await;
    assert_eq!(eleven, [0]);
    assert!(matches!(error, Some(PagingError::TooManyEmptyPages { pages: 11 })), "{error:?}");
    let (allowed, error) = read(empties(11).max_empty_pages(11).records()).await;
    assert_eq!((allowed, error.is_none()), (vec![0, 12], true));
}

#[tokio::test(start_paused = true)]
async fn row_50_records_deleted_while_paging_by_offset_cost_no_other_record() {
    let lost = |overlap: u64| async move {
        let all = Arc::new(Mutex::new((0..100).collect::<Vec<i64>>()));
        let list = by_offset(10, move |offset, limit| {
            let mut all = all.lock().unwrap();
            let page = slice(&all, offset, limit);
            if offset > 30 && all[0] < 27 {
                all.drain(..3); // Three of the first leave after each page, all of them long read.
            }
            Ok(page)
        });
        let (read, error) = read(list.key(key).overlap(overlap).records()).await;
        assert!(error.is_none(), "{error:?}");
        assert!(read.is_sorted(), "{read:?}");
        100 - read.len()
    };
    assert!(lost(0).await > 0, "without an overlap, records are lost");
    assert_eq!(lost(3).await, 0);
    assert_eq!(lost(1).await, 0, "more leave than the overlap: pages are fetched from farther back");
}

#[tokio::test(start_paused = true)]
async fn row_50_records_inserted_while_paging_by_offset_are_not_handed_out_twice() {
    let all = Arc::new(Mutex::new((0..50).collect::<Vec<i64>>()));
    let list = by_offset(10, move |offset, limit| {
        let mut all = all.lock().unwrap();
        let page = slice(&all, offset, limit);
        if all.len() < 60 {
            let new = -(all.len() as i64);
            all.splice(..0, [new, new - 1]);
        }
        Ok(page)
    });
    let (read, error) = read(list.key(key).overlap(3).records()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(read, (0..50).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn row_50_a_list_of_which_nothing_known_is_left_is_an_error_and_not_a_loss() {
    let mut calls = 0;
    let list = by_offset(10, move |offset, limit| {
        calls += 1;
        let shift = 1000 * calls;
        Ok(Page::of((0..1000).skip(offset as usize).take(limit as usize).map(move |n| n + shift)))
    });
    let (read, error) = read(list.key(key).overlap(2).records()).await;
    assert_eq!(read.len(), 40);
    assert!(matches!(error, Some(PagingError::Moved { .. })), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn row_51_totals_that_lie_neither_end_a_list_nor_lengthen_it() {
    for total in [0, 1, 37, 1_000_000] {
        for concurrency in [1, 4] {
            let list = by_offset(10, move |offset, limit| {
                Ok(slice(&(0..95).collect::<Vec<_>>(), offset, limit).total(total))
            });
            let (read, error) = read(list.concurrency(concurrency).records()).await;
            assert!(error.is_none(), "{error:?}");
            assert_eq!(read, (0..95).collect::<Vec<_>>(), "{total} {concurrency}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_51_a_short_page_is_not_the_end_unless_the_caller_says_so() {
    let calls = Arc::new(AtomicUsize::new(0));
    let list = || {
        let calls = Arc::clone(&calls);
        by_offset(10, move |offset, limit| {
            calls.fetch_add(1, Ordering::Relaxed);
            Ok(slice(&(0..20).collect::<Vec<_>>(), offset, limit.min(7)))
        })
    };
    assert_eq!(read(list().records()).await.0, (0..20).collect::<Vec<_>>());
    assert_eq!(calls.swap(0, Ordering::Relaxed), 4);
    assert_eq!(read(list().short_page_ends(true).records()).await.0, (0..7).collect::<Vec<_>>());
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_ignores_the_offset_is_found_out() {
    let (read, error) = read(by_offset(3, |_, _| Ok(Page::of([1, 2, 3]))).key(key).records()).await;
    assert_eq!(read, [1, 2, 3]);
    assert!(matches!(error, Some(PagingError::RepeatedPage { offset: 3 })), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn row_52_an_expired_cursor_says_where_the_stream_stood() {
    let list = || {
        by_cursor(|cursor| match cursor {
            "" => Ok(Page::of([1, 2]).next(Some("old"))),
            _ => Err(Fault::Expired),
        })
    };
    let (read, error) = read(list().records()).await;
    assert_eq!(read, [1, 2]);
    let Some(PagingError::CursorExpired { checkpoint, source: Fault::Expired }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(checkpoint.records(), 2);
    let mut anew = list().resume(checkpoint.restart()).unwrap().records();
    assert_eq!(anew.try_next().await.unwrap(), Some(Ok(1)));
}

#[tokio::test(start_paused = true)]
async fn row_53_a_stream_goes_on_in_another_process_where_it_was_dropped() {
    let list = || {
        by_cursor(|cursor| {
            Ok(match cursor {
                "" => Page::of([1, 2, 3]).next(Some("b")),
                _ => Page::of([4, 5]),
            })
        })
    };
    for keyed in [true, false] {
        for stop in 0..=5 {
            let list = || if keyed { list().key(key) } else { list() };
            let mut records = list().records();
            let mut read: Vec<i64> = Vec::new();
            for _ in 0..stop {
                read.push(records.try_next().await.unwrap().unwrap().unwrap());
            }
            let saved = serde_json::to_string(&records.checkpoint()).unwrap();
            assert!(saved.len() < 300, "{saved}");
            drop(records);
            let mut records = list().resume(serde_json::from_str(&saved).unwrap()).unwrap().records();
            let (mut rest, mut flagged) = (Vec::new(), 0);
            while let Some(record) = records.try_next().await.unwrap() {
                if records.may_repeat() {
                    flagged += 1;
                }
                rest.push(record.unwrap());
            }
            if keyed {
                assert_eq!(flagged, 0);
                assert_eq!([read, rest].concat(), [1, 2, 3, 4, 5]);
            } else {
                let page = if stop < 3 { stop } else { stop % 3 };
                assert_eq!(rest.len(), 5 - stop + if stop == 5 { 0 } else { page }, "{stop}");
                assert!(flagged <= 3);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_53_a_page_that_changed_meanwhile_is_repeated_where_in_doubt_and_says_so() {
    let before = by_cursor(|_| Ok(Page::of([1, 2, 3, 4]))).key(key);
    let mut records = before.records();
    for _ in 0..3 {
        records.try_next().await.unwrap();
    }
    let after = by_cursor(|_| Ok(Page::of([1, 9, 2, 4]))).key(key); // 3 left, 9 came.
    let mut records = after.resume(round_trip(&records.checkpoint())).unwrap().records();
    let mut seen = Vec::new();
    while let Some(record) = records.try_next().await.unwrap() {
        seen.push((record.unwrap(), records.may_repeat()));
    }
    assert_eq!(seen, [(9, true), (4, false)]);
}

#[tokio::test(start_paused = true)]
async fn row_53_dropping_the_future_of_next_loses_nothing() {
    let mut records = by_cursor(|cursor| {
        let number: i64 = cursor.parse().unwrap_or(0);
        Ok(Page::of([number]).next((number < 5).then(|| (number + 1).to_string())))
    })
    .records();
    let mut read = Vec::new();
    loop {
        assert!(records.next().now_or_never().is_none_or(|record| record.is_none()));
        match tokio::time::timeout(Duration::from_millis(3), records.next()).await {
            Ok(Some(record)) => read.push(record.unwrap().unwrap()),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    assert_eq!(read, [0, 1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_of_another_query_or_another_way_of_paging_is_refused() {
    let mut records = by_cursor(|_| Ok(Page::of([1, 2]).next(Some("b")))).records();
    for _ in 0..2 {
        records.try_next().await.unwrap();
    }
    let checkpoint = round_trip(&records.checkpoint());
    assert!(by_cursor(|_| Err(Fault::NotSent)).resume(checkpoint.clone()).is_ok());
    let other =
        cursor_pages(Fingerprint::of("listUsers", &["all"]), |_| async { Ok::<_, Fault>(Page::of([1])) });
    assert!(other.resume(checkpoint.clone()).is_err());
    let refused = by_offset(10, |_, _| Err(Fault::NotSent)).resume(checkpoint).unwrap_err();
    assert!(refused.to_string().contains("another query"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_page_keeps_the_checkpoint_good_and_its_error_tells_what_the_failure_told() {
    let failing = Arc::new(AtomicUsize::new(1));
    let list = || {
        let failing = Arc::clone(&failing);
        by_cursor(move |cursor| match cursor {
            "" => Ok(Page::of([1]).next(Some("b"))),
            _ if failing.swap(0, Ordering::Relaxed) == 1 => Err(Fault::Quota),
            _ => Ok(Page::of([2])),
        })
    };
    let mut records = list().records();
    assert_eq!(records.try_next().await.unwrap(), Some(Ok(1)));
    let error = records.try_next().await.unwrap_err();
    assert!(error.is_retryable());
    let rest: Vec<_> = list().resume(records.checkpoint()).unwrap().records().try_collect().await.unwrap();
    assert_eq!(rest, [Ok(2)]);
    let done = list().resume(records.checkpoint()).unwrap();
    assert!(!format!("{done:?}").contains("\"b\""), "{done:?}");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_decoded_stays_in_its_place_and_out_of_debug() {
    let odd = || Rejected::new(1, "expected a number", serde_json::json!({"email": "jane@acme.com"}));
    let list = || by_cursor(move |_| Ok(Page::new(vec![Ok(1), Err(odd()), Ok(3)]))).key(key);
    let mut records = list().records();
    assert_eq!(records.try_next().await.unwrap(), Some(Ok(1)));
    let rejected = records.try_next().await.unwrap().unwrap().unwrap_err();
    assert!(!format!("{rejected:?} {rejected}").contains("jane"));
    let mut rest = list().resume(round_trip(&records.checkpoint())).unwrap().records();
    assert_eq!(rest.try_next().await.unwrap(), Some(Ok(3)));
    let mut strict = list().records().decoded(|_| Err(Fault::Unreadable));
    assert_eq!(strict.try_next().await.unwrap(), Some(1));
    assert!(strict.try_next().await.is_err());
    assert_eq!(strict.try_next().await.unwrap(), Some(3), "the stream goes on after it");
}

#[tokio::test(start_paused = true)]
async fn pages_are_fetched_at_once_as_far_as_the_total_goes_and_come_in_order() {
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = Arc::clone(&most);
    let list = offset_pages(query(), NonZeroU64::new(10).unwrap(), move |offset, limit| {
        let (under_way, peak) = (Arc::clone(&under_way), Arc::clone(&peak));
        async move {
            peak.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Later pages are faster, so that they would overtake.
            tokio::time::sleep(Duration::from_millis(1000 - offset.min(990))).await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Fault>(slice(&(0..500).collect::<Vec<_>>(), offset, limit).total(500))
        }
    });
    let (read, error) = read(list.concurrency(4).records()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(read, (0..500).collect::<Vec<_>>());
    assert_eq!(most.load(Ordering::SeqCst), 4);
}

#[tokio::test(start_paused = true)]
async fn pages_can_be_read_as_pages_with_the_vendors_total() {
    let list = by_offset(2, |offset, limit| Ok(slice(&[1, 2, 3], offset, limit).total(3)));
    let pages: Vec<_> = list.pages().try_collect().await.unwrap();
    assert_eq!(pages, [Page::of([1, 2]).total(3), Page::of([3]).total(3)]);
    let empty = by_offset(2, |_, _| Ok(Page::of([]).total(0)));
    assert_eq!(empty.pages().try_collect::<Vec<_>>().await.unwrap(), [Page::of([]).total(0)]);
}
