//! Whatever the windows, the arrivals and the cancellations: no stretch of a window's length ever holds more
//! requests than its limit, and when all is over nothing is left taken.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use revops_runtime::api::Window;
use revops_runtime::quota::{PoolLimits, Quota};
use tokio::time::Instant;

/// One caller: when it comes, how long it takes to send once it may, and what becomes of it.
#[derive(Debug, Clone)]
struct Caller {
    comes: u64,
    prepares: u64,
    fate: Fate,
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    /// Sends, and is answered after this many milliseconds.
    Answered(u64),
    /// Sends, and never hears of it again.
    Lost,
    /// Has the permit and drops it.
    GivesBack,
    /// Is dropped this many milliseconds after it came, wherever it is then.
    Dropped(u64),
    /// Waits no longer than this.
    Patient(u64),
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let window = (1u32..6, 1u32..8).prop_map(|(limit, seconds)| Window { limit, seconds });
    prop::collection::vec(window, 1..4)
}

fn caller() -> impl Strategy<Value = Caller> {
    let fate = prop_oneof![
        4 => (0u64..1_500).prop_map(Fate::Answered),
        1 => Just(Fate::Lost),
        1 => Just(Fate::GivesBack),
        2 => (0u64..9_000).prop_map(Fate::Dropped),
        1 => (0u64..9_000).prop_map(Fate::Patient),
    ];
    let prepares = prop_oneof![3 => Just(0u64), 1 => 0u64..2_500];
    (0u64..20_000, prepares, fate).prop_map(|(comes, prepares, fate)| Caller { comes, prepares, fate })
}

async fn live(caller: Caller, quota: Quota, start: Instant, sent: Arc<Mutex<Vec<Duration>>>) {
    let ms = Duration::from_millis;
    tokio::time::sleep_until(start + ms(caller.comes)).await;
    let patience = if let Fate::Patient(patience) = caller.fate { Some(ms(patience)) } else { None };
    let call = async {
        let Ok(mut permit) = quota.acquire("pool", patience).await else { return };
        tokio::time::sleep(ms(caller.prepares)).await;
        if matches!(caller.fate, Fate::GivesBack) {
            return;
        }
        permit.sent();
        sent.lock().unwrap().push(start.elapsed());
        if let Fate::Answered(after) = caller.fate {
            tokio::time::sleep(ms(after)).await;
            permit.answered();
        }
    };
    match caller.fate {
        Fate::Dropped(after) => drop(tokio::time::timeout(ms(after), call).await),
        _ => call.await,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_stretch_of_time_ever_holds_more_than_its_limit(
        windows in windows(),
        concurrency in prop::option::of(1u32..4),
        jitter in 0u64..400,
        callers in prop::collection::vec(caller(), 1..80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (sent, left) = runtime.unwrap().block_on(async {
            let limits = PoolLimits { windows: windows.clone(), concurrency };
            let quota = Quota::builder(&[]).pool("pool", limits);
            let quota = quota.jitter(Duration::from_millis(jitter)).margin(Duration::ZERO).build();
            let sent = Arc::new(Mutex::new(Vec::new()));
            let start = Instant::now();
            let all: Vec<_> = callers
                .into_iter()
                .map(|caller| tokio::spawn(live(caller, quota.clone(), start, Arc::clone(&sent))))
                .collect();
            for one in all {
                one.await.unwrap();
            }
            // Everything has ended; a window later nothing may be left of it.
            tokio::time::sleep(Duration::from_secs(10)).await;
            let sent = sent.lock().unwrap().clone();
            (sent, quota.remaining("pool"))
        });
        for window in &windows {
            let per = Duration::from_secs(window.seconds.into());
            for pair in sent.windows(window.limit as usize + 1) {
                let stretch = pair[pair.len() - 1].saturating_sub(pair[0]);
                prop_assert!(stretch >= per, "{} within {stretch:?}", pair.len());
            }
        }
        for window in left {
            prop_assert_eq!((window.left, window.resets_in), (window.limit, Duration::ZERO));
        }
    }
}
