//! Batches: every item ends in exactly one outcome (rows 54 to 58 of the fault list).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::fault::Fault;
use futures::{FutureExt, StreamExt, future};
use revops_runtime::batch::{Batch, ChunkReply, Duplicates, ItemReply, Outcome, Report};

type Sent = Arc<Mutex<Vec<Vec<u32>>>>;

/// Runs a batch against an answer to each sending, which is told its number, and keeps what was sent.
async fn run(
    batch: Batch<u32>,
    answer: impl Fn(usize, &[u32]) -> Result<ChunkReply<u32>, Fault> + Send + Sync + 'static,
) -> (Report<u32>, Vec<Vec<u32>>) {
    let sent = Sent::default();
    let log = Arc::clone(&sent);
    let report = batch
        .report(move |chunk: Vec<u32>| {
            let number = {
                let mut log = log.lock().unwrap();
                log.push(chunk.clone());
                log.len()
            };
            let answer = answer(number, &chunk);
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                answer
            }
        })
        .await;
    let sent = sent.lock().unwrap().clone();
    (report, sent)
}

fn done(chunk: &[u32]) -> ChunkReply<u32> {
    ChunkReply::all_done(chunk.iter().copied())
}

fn indices<'a>(of: impl Iterator<Item = (usize, &'a str)>) -> Vec<usize> {
    of.map(|(index, _)| index).collect()
}

#[tokio::test(start_paused = true)]
async fn items_are_sent_in_chunks_and_reported_in_their_order() {
    let (report, sent) = run(Batch::of(0..120).concurrency(3), |_, chunk| Ok(done(chunk))).await;
    assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    assert_eq!(report.written(), 120);
    assert!(report.iter().enumerate().all(|(place, (index, outcome))| {
        place == index && *outcome == Outcome::Done(u32::try_from(index).unwrap())
    }));
    let (empty, sent) = run(Batch::of([]), |_, chunk| Ok(done(chunk))).await;
    assert!(empty.is_empty() && sent.is_empty());
}

#[tokio::test(start_paused = true)]
async fn row_54_only_what_failed_and_may_be_sent_again_is_sent_again() {
    let (report, sent) = run(Batch::of(0..5), |number, chunk| {
        Ok(match number {
            1 => done(chunk).refused(1, "no e-mail").again(3, "busy").again(4, "busy"),
            2 => done(chunk).again(1, "busy"),
            _ => done(chunk),
        })
    })
    .await;
    assert_eq!(sent, [vec![0, 1, 2, 3, 4], vec![3, 4], vec![4]]);
    assert_eq!(report.written(), 4);
    assert_eq!(report.refused().collect::<Vec<_>>(), [(1, "no e-mail")]);
}

#[tokio::test(start_paused = true)]
async fn row_54_an_item_is_sent_again_a_bounded_number_of_times() {
    let (report, sent) = run(Batch::of(0..2).resends(2), |_, chunk| Ok(done(chunk).again(0, "busy"))).await;
    assert_eq!(sent.len(), 3);
    assert_eq!(report.not_applied().collect::<Vec<_>>(), [(0, "busy; sent 3 times")]);
    assert_eq!(report.written(), 1);
}

#[tokio::test(start_paused = true)]
async fn row_54_an_item_that_is_not_sent_again_is_not_counted() {
    let (report, _) = run(Batch::of(0..2).resends(0), |_, chunk| Ok(done(chunk).again(0, "busy"))).await;
    assert_eq!(report.not_applied().collect::<Vec<_>>(), [(0, "busy")]);
}

#[tokio::test(start_paused = true)]
async fn row_54_an_item_that_the_answer_does_not_mention_is_unknown() {
    let (report, sent) = run(Batch::of(0..3), |_, _| Ok(ChunkReply::new().done(1, 1).done(7, 7))).await;
    assert_eq!((sent.len(), report.written()), (1, 1));
    assert_eq!(indices(report.unknown()), [0, 2]);
    let replies =
        [ItemReply::Done(4), ItemReply::Refused("no".into())].into_iter().collect::<ChunkReply<u32>>();
    assert_eq!(replies, ChunkReply::new().done(0, 4).refused(1, "no"));
}

#[tokio::test(start_paused = true)]
async fn row_55_what_may_have_been_applied_is_unknown_and_not_sent_again() {
    let (report, sent) = run(Batch::of(0..4).chunks_of(2), |number, chunk| {
        if number == 1 { Err(Fault::MaybeProcessed) } else { Ok(done(chunk)) }
    })
    .await;
    assert_eq!(sent, [[0, 1], [2, 3]]);
    assert_eq!(report.unknown().collect::<Vec<_>>(), [(0, "maybe processed"), (1, "maybe processed")]);
    assert_eq!(report.written(), 2);
}

#[tokio::test(start_paused = true)]
async fn row_55_what_may_have_been_applied_is_sent_again_if_that_changes_nothing() {
    let (report, sent) = run(Batch::of(0..2).upsert_safe(true), |number, chunk| {
        if number == 1 { Err(Fault::MaybeProcessed) } else { Ok(done(chunk)) }
    })
    .await;
    assert_eq!((sent.len(), report.written()), (2, 2));
    // Once in doubt, it stays in doubt: a later failure to send does not make it unapplied.
    let (report, _) = run(Batch::of(0..2).upsert_safe(true), |number, _| {
        Err(if number == 1 { Fault::MaybeProcessed } else { Fault::NotSent })
    })
    .await;
    assert_eq!(indices(report.unknown()), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_is_sent_again_and_then_reported_as_not_applied() {
    let (report, sent) = run(Batch::of(0..2), |_, _| Err(Fault::NotSent)).await;
    assert_eq!(sent.len(), 4);
    assert_eq!(indices(report.not_applied()), [0, 1]);
    assert_eq!(report.to_string(), "0 written, 0 refused, 2 not applied, 0 unknown, 0 superseded");
    let (report, sent) = run(Batch::of(0..2), |_, _| Err(Fault::Unreadable)).await;
    assert_eq!((sent.len(), indices(report.unknown())), (1, vec![0, 1]));
}

#[tokio::test(start_paused = true)]
async fn row_56_a_poison_item_is_isolated_and_the_others_are_sent() {
    let (report, sent) = run(Batch::of(0..100), |_, chunk| {
        if chunk.contains(&17) || chunk.contains(&63) { Err(Fault::Whole) } else { Ok(done(chunk)) }
    })
    .await;
    assert_eq!(indices(report.refused()), [17, 63]);
    assert_eq!(report.written(), 98);
    assert!(sent.len() <= 2 * (1 + 2 * 6), "{} sendings", sent.len());
}

#[tokio::test(start_paused = true)]
async fn row_56_a_chunk_keeps_to_its_bytes_and_an_oversized_item_is_refused_here() {
    let batch = Batch::of([3, 4, 4, 11, 9, 1]).max_bytes(10, |item| *item as usize);
    let (report, sent) = run(batch, |_, chunk| Ok(done(chunk))).await;
    assert_eq!(sent, [vec![3, 4], vec![4], vec![9, 1]]);
    assert_eq!(
        report.refused().collect::<Vec<_>>(),
        [(3, "the item takes 11 bytes, and one request may have 10; it was not sent")]
    );
}

#[tokio::test(start_paused = true)]
async fn row_57_duplicates_are_decided_before_anything_is_sent() {
    let tens =
        |choice| Batch::of([10, 20, 11, 30, 12]).duplicates(choice, |item| Some((item / 10).to_string()));
    let (last, sent) = run(tens(Duplicates::KeepLast), |_, chunk| Ok(done(chunk))).await;
    assert_eq!(sent, [[20, 30, 12]]);
    assert_eq!(last.superseded().collect::<Vec<_>>(), [(0, 4), (2, 4)]);
    let (first, sent) = run(tens(Duplicates::KeepFirst), |_, chunk| Ok(done(chunk))).await;
    assert_eq!(sent, [[10, 20, 30]]);
    assert_eq!(first.superseded().collect::<Vec<_>>(), [(2, 0), (4, 0)]);
    let (none, sent) = run(tens(Duplicates::Reject), |_, chunk| Ok(done(chunk))).await;
    assert_eq!(sent, [[20, 30]]);
    assert_eq!(indices(none.refused()), [0, 2, 4]);
    assert_eq!(none.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_is_refused_here_does_not_stand_for_others_with_its_key() {
    let tens = |choice| {
        let batch = Batch::of([15, 10, 11, 16]).max_bytes(100, |item| if *item == 16 { 101 } else { 1 });
        let batch = batch.check(|item| if *item == 15 { Err("five".to_owned()) } else { Ok(()) });
        batch.duplicates(choice, |item| Some((item / 10).to_string()))
    };
    for (choice, sending, superseded) in [
        (Duplicates::KeepFirst, vec![vec![10]], vec![(2, 1)]),
        (Duplicates::KeepLast, vec![vec![11]], vec![(1, 2)]),
        (Duplicates::Reject, vec![], vec![]),
    ] {
        let (report, sent) = run(tens(choice), |_, chunk| Ok(done(chunk))).await;
        assert_eq!(sent, sending);
        assert_eq!(report.superseded().collect::<Vec<_>>(), superseded);
        let refused: Vec<usize> = indices(report.refused());
        assert!(refused.contains(&0) && refused.contains(&3), "{refused:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_a_reason_outside_of_the_items_may_be_sent_again() {
    let (report, sent) = run(Batch::of(0..2), |_, _| Err(Fault::Permission)).await;
    assert_eq!((sent.len(), indices(report.not_applied())), (1, vec![0, 1]));
    // Unless an earlier attempt of the same call may have been applied.
    let (report, sent) = run(Batch::of(0..2), |_, _| Err(Fault::DoubtedPermission)).await;
    assert_eq!((sent.len(), indices(report.unknown())), (1, vec![0, 1]));
}

#[tokio::test(start_paused = true)]
async fn row_56_a_reason_that_is_in_every_item_does_not_cost_a_request_for_each() {
    let (report, sent) = run(Batch::of(0..1000), |_, _| Err(Fault::Whole)).await;
    assert_eq!(sent.len(), 99 + 19 * 2);
    assert_eq!(report.refused().count(), 50 + 19);
    let (index, reason) = report.not_applied().next().unwrap();
    assert_eq!(
        (index, reason),
        (51, "refused as a whole; it was not sent alone, as every item before it that was had been refused")
    );
    assert_eq!(report.not_applied().count(), 19 * 49);
    // An item that is taken ends it: nobody is left out who can be written.
    let (report, sent) = run(Batch::of(0..200), |_, chunk| {
        if chunk.iter().any(|item| *item < 50 || *item == 77) { Err(Fault::Whole) } else { Ok(done(chunk)) }
    })
    .await;
    assert_eq!((report.written(), report.refused().count(), report.not_applied().count()), (149, 51, 0));
    assert_eq!(sent.len(), 99 + (1 + 1 + 13) + 2);
    // Of one that could not be tried nothing is learned.
    let (report, _) = run(Batch::of(0..100).resends(0), |number, chunk| match chunk[..] {
        [50] => Err(Fault::NotSent),
        _ if number <= 99 || chunk.len() == 50 => Err(Fault::Whole),
        _ => Ok(done(chunk)),
    })
    .await;
    assert_eq!((report.written(), indices(report.not_applied())), (49, vec![50]));
    // The vendor's word on each item is no refusal of the whole.
    let (report, _) = run(Batch::of(0..100), |_, chunk| {
        if chunk[0] == 0 {
            return Ok((0..chunk.len()).fold(ChunkReply::new(), |reply, item| reply.refused(item, "no")));
        }
        if chunk.contains(&50) { Err(Fault::Whole) } else { Ok(done(chunk)) }
    })
    .await;
    assert_eq!((report.written(), report.refused().count(), report.not_applied().count()), (49, 51, 0));
}

/// Two chunks at once: what is taken in one is no streak in the other.
#[tokio::test(start_paused = true)]
async fn row_56_a_chunk_of_bad_items_leaves_out_nobody_of_those_beside_it() {
    let bad = |item: u32| item < 50 || item == 100;
    let outcomes = Batch::of(0..150_u32).concurrency(2).run(move |chunk: Vec<u32>| async move {
        // The chunk of bad ones is the last to end.
        tokio::time::sleep(Duration::from_millis(if chunk[0] < 50 { 10 } else { 15 })).await;
        if chunk.iter().any(|item| bad(*item)) { Err(Fault::Whole) } else { Ok(ChunkReply::all_done(chunk)) }
    });
    let report: Report<u32> = outcomes.collect().await;
    assert_eq!((report.written(), report.refused().count(), report.not_applied().count()), (99, 51, 0));
}

#[tokio::test(start_paused = true)]
async fn row_58_a_batch_cancelled_midway_tells_what_is_known_of_each_item_it_sent() {
    let answer = |chunk: Vec<u32>| async move {
        match chunk[0] {
            0 => Ok(ChunkReply::all_done(chunk)),
            2 => future::pending().await,
            4 => Ok(ChunkReply::all_done(chunk).again(1, "busy")),
            _ => Err(Fault::NotSent),
        }
    };
    let outcomes = Batch::of(0..100).chunks_of(2).concurrency(3).run(answer);
    let report = outcomes.until(tokio::time::sleep(Duration::from_millis(300))).await;
    assert_eq!(report.len(), 8);
    assert_eq!(report.written(), 3);
    assert_eq!(indices(report.unknown()), [2, 3]);
    assert_eq!(indices(report.not_applied()), [5, 6, 7]);
}

#[tokio::test(start_paused = true)]
async fn row_58_dropping_the_future_of_next_loses_nothing() {
    let mut outcomes = Batch::of(0..10_u32).chunks_of(3).run(|chunk: Vec<u32>| async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok::<_, Fault>(ChunkReply::all_done(chunk))
    });
    let mut seen = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_millis(7), outcomes.next()).await {
            Ok(Some((index, _))) => seen.push(index),
            Ok(None) => break,
            Err(_) => assert!(outcomes.next().now_or_never().is_none_or(|next| next.is_none())),
        }
    }
    assert_eq!(seen, (0..10).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn resending_waits_longer_each_time() {
    let begin = tokio::time::Instant::now();
    run(Batch::of(0..1), |_, _| Err(Fault::Quota)).await;
    let waited = begin.elapsed();
    assert!(waited > Duration::from_millis(2600) && waited < Duration::from_millis(3700), "{waited:?}");
}

#[test]
fn a_report_is_in_order_whatever_order_it_was_told_in_and_the_last_word_counts() {
    let told =
        [(2, Outcome::Done('c')), (0, Outcome::Done('a')), (2, Outcome::Done('d')), (1, Outcome::Done('b'))];
    let report: Report<char> = told.into_iter().collect();
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(json, r#"{"outcomes":{"0":{"done":"a"},"1":{"done":"b"},"2":{"done":"d"}}}"#);
    assert_eq!(serde_json::from_str::<Report<char>>(&json).unwrap(), report);
    assert_eq!((report.len(), report.get(2), report.get(3)), (3, Some(&Outcome::Done('d')), None));
}

/// A vendor's words are printed and logged with the report.
#[tokio::test(start_paused = true)]
async fn a_reason_is_one_line_that_is_not_too_long() {
    let forged = "no\r\n2026-01-01 INFO all is well\u{1b}[2K\u{202e}dlo\u{2028}\u{85}end\n";
    let long = format!("é{}", "x\t".repeat(400_000));
    let words = [forged.to_owned(), long, "é".repeat(512)];
    let answer = move |_: usize, chunk: &[u32]| {
        let reply = |(index, item): (usize, &u32)| (index, words[*item as usize].clone());
        Ok(chunk.iter().enumerate().map(reply).fold(ChunkReply::new(), |all, (index, said)| {
            if index == 0 { all.again(index, said) } else { all.refused(index, said) }
        }))
    };
    let (report, _) = run(Batch::of(0..3).chunks_of(3), answer).await;
    let reasons: Vec<&str> = report
        .iter()
        .filter_map(|(_, outcome)| outcome.reason())
        .map(revops_runtime::batch::Reason::as_str)
        .collect();
    assert!(reasons[0].ends_with("; sent 4 times"), "{}", reasons[0]);
    let (long, _) = run(Batch::of(0..1), |_, chunk| Ok(done(chunk).again(0, "x".repeat(600)))).await;
    let (_, long) = long.not_applied().next().unwrap();
    assert!(long.chars().count() == 512 && long.ends_with("x…; sent 4 times"), "{long}");
    assert!(reasons[0].contains("no  2026-01-01 INFO all is well [2K dlo  end"), "{}", reasons[0]);
    assert!(reasons.iter().all(|reason| !reason.chars().any(char::is_control)), "{reasons:?}");
    assert!(reasons[1].starts_with("éx x ") && reasons[1].ends_with('…'));
    let lengths: Vec<usize> = reasons[1..].iter().map(|reason| reason.chars().count()).collect();
    assert_eq!((lengths, reasons[2].ends_with('é')), (vec![512, 512], true));
    let saved = serde_json::to_string(&report.iter().map(|(_, it)| it.clone()).collect::<Vec<_>>()).unwrap();
    assert!(!saved.contains("\\n") && saved.len() < 4000);
    // What was saved by others is read as one line too.
    let read: revops_runtime::batch::Reason = serde_json::from_str("\"a\\nb\"").unwrap();
    assert_eq!(read, "a b");
}
