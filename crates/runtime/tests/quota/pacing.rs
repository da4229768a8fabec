//! What a quota promises to those who wait for it: order, patience, and nothing left behind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use revops_runtime::api::{Api, Pool, Window};
use revops_runtime::clock::Clock;
use revops_runtime::quota::{Permit, PoolLimits, Quota, QuotaBuilder, Refused};
use tokio::time::Instant;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A pool named `pool` with one window, no margin and no jitter, so that times are round.
fn one(limit: u32, seconds: u32) -> QuotaBuilder {
    exact(&[Window { limit, seconds }], None)
}

fn exact(windows: &[Window], concurrency: Option<u32>) -> QuotaBuilder {
    let limits = PoolLimits { windows: windows.to_vec(), concurrency };
    Quota::builder(&[]).pool("pool", limits).margin(Duration::ZERO).jitter(Duration::ZERO)
}

async fn send(quota: &Quota) {
    drop(send_and_keep(quota).await);
}

async fn send_and_keep(quota: &Quota) -> Permit {
    let mut permit = quota.acquire("pool", None).await.unwrap();
    permit.sent();
    permit
}

fn left(quota: &Quota) -> Vec<u32> {
    quota.remaining("pool").iter().map(|remaining| remaining.left).collect()
}

fn exhausted(seconds: u64) -> Refused {
    Refused::Exhausted { pool: "pool".to_owned(), wait: secs(seconds) }
}

/// Within the millisecond that timers are rounded up to.
fn passed(since: Instant, seconds: u64) -> bool {
    (secs(seconds)..secs(seconds) + Duration::from_millis(3)).contains(&since.elapsed())
}

#[tokio::test(start_paused = true)]
async fn row_68_a_thousand_clones_are_served_in_the_order_of_arrival() {
    let quota = one(20, 1).build();
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks = (0..1_000).map(|number| {
        let (quota, order) = (quota.clone(), Arc::clone(&order));
        tokio::spawn(async move {
            send(&quota).await;
            order.lock().unwrap().push(number);
        })
    });
    let start = Instant::now();
    join_all(tasks.collect::<Vec<_>>()).await;
    assert_eq!(*order.lock().unwrap(), (0..1_000).collect::<Vec<_>>());
    assert!(start.elapsed() < secs(50), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn row_68_nobody_starves_beside_greedy_clones() {
    let quota = one(10, 1).build();
    // Nothing is left, so that all of them are there when it begins.
    join_all((0..10).map(|_| send(&quota))).await;
    let counts: Arc<Vec<AtomicUsize>> = Arc::new((0..50).map(|_| AtomicUsize::new(0)).collect());
    let tasks = (0..50).map(|number| {
        let (quota, counts) = (quota.clone(), Arc::clone(&counts));
        tokio::spawn(async move {
            loop {
                send(&quota).await;
                counts[number].fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    let tasks: Vec<_> = tasks.collect();
    tokio::time::sleep(secs(100)).await;
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    let counts: Vec<_> = counts.iter().map(|count| count.load(Ordering::SeqCst)).collect();
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(*least >= 19 && most - least <= 1, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn row_58_waiters_dropped_in_the_queue_leave_the_rest_unharmed() {
    let quota = one(1, 1).build();
    send(&quota).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks = (0..100).map(|number| {
        let (quota, order) = (quota.clone(), Arc::clone(&order));
        tokio::spawn(async move {
            send(&quota).await;
            order.lock().unwrap().push(number);
        })
    });
    let tasks: Vec<_> = tasks.collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    // The head among them, and every third.
    tasks.iter().step_by(3).for_each(tokio::task::JoinHandle::abort);
    let start = Instant::now();
    join_all(tasks).await;
    assert_eq!(*order.lock().unwrap(), (0..100).filter(|number| number % 3 != 0).collect::<Vec<_>>());
    assert!(start.elapsed() < secs(66), "no second was lost: {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_future_dropped_at_any_moment_leaves_no_slot_taken() {
    let quota = exact(&[Window { limit: 2, seconds: 10 }], Some(2)).build();
    drop(quota.acquire("pool", None));
    assert_eq!(left(&quota), [2]);
    let first = send_and_keep(&quota).await;
    let held = quota.acquire("pool", None).await.unwrap();
    assert_eq!(left(&quota), [0]);
    let mut waiting = Box::pin(quota.acquire("pool", None));
    assert!(waiting.as_mut().now_or_never().is_none());
    drop(waiting);
    drop((first, held));
    assert_eq!(left(&quota), [1]);
    assert!(quota.acquire("pool", Some(Duration::ZERO)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_slot_given_back_goes_to_the_head_at_once() {
    let quota = one(1, 3_600).build();
    let unused = quota.acquire("pool", None).await.unwrap();
    let start = Instant::now();
    let waiter = tokio::spawn({
        let quota = quota.clone();
        async move { send(&quota).await }
    });
    tokio::time::sleep(secs(5)).await;
    drop(unused);
    waiter.await.unwrap();
    assert!(passed(start, 5));
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_is_sent_late_counts_from_then() {
    let quota = one(1, 10).build();
    let mut permit = quota.acquire("pool", None).await.unwrap();
    tokio::time::sleep(secs(60)).await;
    assert_eq!(left(&quota), [0], "a reserved slot does not grow old");
    permit.sent();
    let start = Instant::now();
    send(&quota).await;
    assert!(passed(start, 10));
}

#[tokio::test(start_paused = true)]
async fn an_answer_frees_what_was_kept_for_a_late_arrival() {
    let window = Window { limit: 1, seconds: 1 };
    let quota = exact(&[window], None).jitter(Duration::from_millis(300)).build();
    for (answer, wait) in [(None, 1_300), (Some(100), 1_100), (Some(2_000), 1_300)] {
        let mut permit = send_and_keep(&quota).await;
        let start = Instant::now();
        let next = tokio::spawn({
            let quota = quota.clone();
            async move { drop(quota.acquire("pool", None).await) }
        });
        if let Some(answer) = answer {
            tokio::time::sleep(Duration::from_millis(answer)).await;
            permit.answered();
        }
        next.await.unwrap();
        let waited = start.elapsed().as_millis();
        assert!((wait..wait + 3).contains(&waited) || answer == Some(2_000), "{answer:?}: {waited} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn who_would_wait_too_long_is_refused_before_any_waiting() {
    let quota = one(2, 60).build();
    send(&quota).await;
    tokio::time::sleep(secs(10)).await;
    send(&quota).await;
    let start = Instant::now();
    let refused = quota.acquire("pool", Some(secs(49))).await.unwrap_err();
    assert_eq!(refused, exhausted(50));
    assert_eq!(refused.to_string(), "the quota pool `pool` is spent; try again in 50 s");
    // Three wait already, so the fourth would go after 50, 60 and 110 seconds only, at 120.
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            tokio::spawn({
                let quota = quota.clone();
                async move { send(&quota).await }
            })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(quota.acquire("pool", Some(secs(119))).await.unwrap_err(), exhausted(120));
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(quota.acquire("pool", Some(secs(121))).await.is_ok());
    assert!(passed(start, 120));
    join_all(waiters).await;
}

#[tokio::test(start_paused = true)]
async fn patience_ends_where_nobody_can_know_how_long_a_request_takes() {
    let quota = exact(&[], Some(1)).build();
    let job = send_and_keep(&quota).await;
    let start = Instant::now();
    assert_eq!(quota.acquire("pool", Some(secs(7))).await.unwrap_err(), exhausted(0));
    assert!(passed(start, 7));
    let (next, ()) = tokio::join!(quota.acquire("pool", Some(secs(7))), async {
        tokio::time::sleep(secs(3)).await;
        drop(job);
    });
    assert!(next.is_ok() && passed(start, 10));
}

#[tokio::test(start_paused = true)]
async fn row_16_a_pause_holds_all_clones_and_is_never_shortened() {
    let quota = one(100, 1).build();
    let start = Instant::now();
    quota.pause("pool", secs(7));
    quota.pause("pool", secs(2));
    quota.pause("nobody's", secs(2));
    assert_eq!(quota.remaining("pool")[0].left, 0);
    assert_eq!(quota.remaining("pool")[0].resets_in, secs(7));
    let sent = join_all((0..20).map(|_| {
        let quota = quota.clone();
        async move {
            send(&quota).await;
            start.elapsed()
        }
    }));
    let (sent, ()) = tokio::join!(sent, async {
        tokio::time::sleep(secs(5)).await;
        quota.pause("pool", secs(4));
    });
    let round = secs(9)..secs(9) + Duration::from_millis(3);
    assert!(sent.iter().all(|sent| round.contains(sent)), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_refuses_the_impatient_where_they_wait() {
    let quota = one(1, 10).build();
    send(&quota).await;
    let start = Instant::now();
    let impatient = |_| {
        let quota = quota.clone();
        tokio::spawn(async move { quota.acquire("pool", Some(secs(100))).await.unwrap_err() })
    };
    let waiters: Vec<_> = (0..5).map(impatient).collect();
    tokio::time::sleep(secs(1)).await;
    quota.pause("pool", secs(86_400));
    for refused in join_all(waiters).await {
        assert_eq!(refused.unwrap(), exhausted(86_400));
    }
    assert!(passed(start, 1));
}

#[tokio::test(start_paused = true)]
async fn row_68_closing_wakes_all_who_wait() {
    for concurrency in [None, Some(1)] {
        let quota = exact(&[Window { limit: 1, seconds: 3_600 }], concurrency).build();
        let kept = send_and_keep(&quota).await;
        let waiters: Vec<_> = (0..100u64)
            .map(|number| {
                let quota = quota.clone();
                let patience = (number % 2 == 0).then_some(secs(1_000_000));
                tokio::spawn(async move { quota.acquire("pool", patience).await.unwrap_err() })
            })
            .collect();
        tokio::time::sleep(secs(1)).await;
        let start = Instant::now();
        quota.close();
        for refused in join_all(waiters).await {
            assert_eq!(refused.unwrap(), Refused::Closed);
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(quota.acquire("elsewhere", None).await.unwrap_err(), Refused::Closed);
        drop(kept);
    }
}

#[tokio::test(start_paused = true)]
async fn several_windows_hold_together() {
    let quota = exact(&[Window { limit: 3, seconds: 1 }, Window { limit: 5, seconds: 60 }], None).build();
    let start = Instant::now();
    let mut at = Vec::new();
    for _ in 0..11 {
        send(&quota).await;
        at.push(start.elapsed().as_secs());
    }
    assert_eq!(at, [0, 0, 0, 1, 1, 60, 60, 60, 61, 61, 120]);
    let now: Vec<_> = quota.remaining("pool").iter().map(|left| (left.limit, left.per, left.left)).collect();
    assert_eq!(now, [(3, secs(1), 2), (5, secs(60), 2)]);
    let resets = quota.remaining("pool").iter().map(|left| left.resets_in).collect::<Vec<_>>();
    assert_eq!(resets, [secs(1), secs(60)]);
}

#[tokio::test(start_paused = true)]
async fn one_job_at_a_time_means_one_at_a_time() {
    let quota = exact(&[], Some(1)).build();
    let start = Instant::now();
    for number in 1..=3 {
        let job = send_and_keep(&quota).await;
        tokio::time::sleep(secs(10)).await;
        drop(job);
        assert!(passed(start, 10 * number));
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_nothing_refuses_at_once() {
    for quota in [one(0, 1).build(), exact(&[], Some(0)).build()] {
        let refused = quota.acquire("pool", None).await.unwrap_err();
        assert_eq!(refused, Refused::Exhausted { pool: "pool".to_owned(), wait: Duration::MAX });
    }
}

static DOCUMENT: Api =
    api(&[Pool { name: "users", windows: &[Window { limit: 9, seconds: 60 }], concurrency: None }]);
static SAME: Api =
    api(&[Pool { name: "users", windows: &[Window { limit: 9, seconds: 60 }], concurrency: None }]);
static STRICTER: Api =
    api(&[Pool { name: "users", windows: &[Window { limit: 2, seconds: 60 }], concurrency: Some(1) }]);

const fn api(pools: &'static [Pool]) -> Api {
    Api { title: "", version: "", servers: &[], schemes: &[], pools, base_url_env: None, operations: &[] }
}

#[tokio::test(start_paused = true)]
async fn pools_of_one_name_are_one() {
    let limits = |quota: Quota| quota.remaining("users").iter().map(|left| left.limit).collect::<Vec<_>>();
    assert_eq!(limits(Quota::of(&[&DOCUMENT, &SAME])), [9]);
    assert_eq!(limits(Quota::of(&[&DOCUMENT, &STRICTER])), [9, 2]);
    let mine = PoolLimits { windows: vec![Window { limit: 50, seconds: 60 }], concurrency: None };
    assert_eq!(limits(Quota::builder(&[&DOCUMENT]).pool("users", mine).build()), [50]);
    assert_eq!(format!("{:?}", Quota::of(&[&DOCUMENT])), r#"Quota { pools: ["users"], .. }"#);
}

/// A clock that only the test moves, by as much as anybody sleeps.
#[derive(Default)]
struct ByHand(Arc<Mutex<Duration>>);

impl Clock for ByHand {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        let now = Arc::clone(&self.0);
        Box::pin(async move { *now.lock().unwrap() += wait })
    }
}

#[test]
fn a_clock_of_ones_own_needs_no_runtime() {
    let clock = Arc::new(ByHand::default());
    let quota = one(1, 3_600).clock(Arc::<ByHand>::clone(&clock)).build();
    for _ in 0..25 {
        send(&quota).now_or_never().unwrap();
    }
    assert_eq!(clock.now(), secs(24 * 3_600));
}

#[test]
fn what_is_shared_and_awaited_may_cross_threads() {
    fn crosses<T: Send>(_: &T) {}
    let quota = Quota::unlimited();
    crosses(&quota.acquire("pool", None));
    crosses(&(quota, Refused::Closed));
    crosses(&None::<Permit>);
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_was_paused_or_had_turns_before_it_was_declared_keeps_its_limits() {
    static PACED: Api =
        api(&[Pool { name: "pool", windows: &[Window { limit: 1, seconds: 60 }], concurrency: None }]);

    let quota = Quota::builder(&[]).margin(Duration::ZERO).jitter(Duration::ZERO).build();
    drop(quota.turn("pool").await);
    quota.pause("pool", secs(5));
    quota.include(&PACED);
    let began = Instant::now();
    send(&quota).await;
    assert!(passed(began, 5), "{:?}", began.elapsed());
    send(&quota).await;
    assert!(passed(began, 65), "{:?}", began.elapsed());
}
