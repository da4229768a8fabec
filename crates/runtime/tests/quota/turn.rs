//! What turns promise to those who wait for one: order, and nobody kept by one who is silent or gone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use revops_runtime::quota::Quota;
use tokio::time::Instant;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Within the millisecond that timers are rounded up to.
fn passed(since: Instant, seconds: u64) -> bool {
    (secs(seconds)..secs(seconds) + Duration::from_millis(3)).contains(&since.elapsed())
}

#[tokio::test(start_paused = true)]
async fn turns_are_in_the_order_of_arrival_and_end_when_they_are_dropped() {
    let quota = Quota::of(&[]);
    let order = Arc::new(Mutex::new(Vec::new()));
    let began = Instant::now();
    let tasks = (0..5).map(|number| {
        let (quota, order) = (quota.clone(), Arc::clone(&order));
        tokio::spawn(async move {
            let mine = quota.turn("jobs").await;
            order.lock().unwrap().push(number);
            // Longer than a silent one is waited for.
            for _ in 0..4 {
                tokio::time::sleep(secs(30)).await;
                mine.alive();
            }
        })
    });
    for ended in join_all(tasks.collect::<Vec<_>>()).await {
        ended.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    assert!(passed(began, 600), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_silent_or_given_up_keeps_nobody() {
    let quota = Quota::of(&[]);
    let silent = quota.turn("jobs").await;
    let began = Instant::now();
    // One who gives up leaves nothing behind.
    assert!(tokio::time::timeout(secs(1), quota.turn("jobs")).await.is_err());
    let _ = quota.turn("jobs").await;
    assert!(passed(began, 60), "{:?}", began.elapsed());
    drop(silent);
    let _mine = quota.turn("jobs").await;
    let (_none, ()) = tokio::join!(quota.turn("jobs"), async { quota.close() });
    assert!(passed(began, 60), "{:?}", began.elapsed());
    let _ = quota.turn("jobs").await;
}
