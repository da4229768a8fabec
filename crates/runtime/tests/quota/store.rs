//! What a quota asks of a store, and what it makes of the answers of one that knows little.

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use revops_runtime::api::Window;
use revops_runtime::clock::TokioClock;
use revops_runtime::quota::{
    InProcess, PoolLimits, Quota, Rate, Refused, Remaining, Reserved, Store, Ticket,
};
use tokio::time::Instant;

/// A store on the other side of a network: it answers late, cannot forecast, and writes down what it is told.
struct Remote {
    store: InProcess,
    told: Mutex<Vec<String>>,
}

impl Remote {
    fn note(&self, what: &str) {
        self.told.lock().unwrap().push(what.to_owned());
    }
}

impl Store for Remote {
    fn reserve<'a>(&'a self, pool: &'a str, rates: &'a [Rate]) -> BoxFuture<'a, Reserved> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(3)).await;
            self.note("reserve");
            self.store.reserve(pool, rates).await
        })
    }

    fn forecast<'a>(&'a self, _: &'a str, _: &'a [Rate], _: usize) -> BoxFuture<'a, Duration> {
        Box::pin(ready(Duration::ZERO))
    }

    fn sent(&self, pool: &str, ticket: Ticket, late: Duration) {
        self.note(&format!("sent {late:?}"));
        self.store.sent(pool, ticket, late);
    }

    fn earlier(&self, pool: &str, ticket: Ticket, by: Duration) {
        self.note(&format!("earlier {by:?}"));
        self.store.earlier(pool, ticket, by);
    }

    fn give_back(&self, pool: &str, ticket: Ticket) {
        self.note("give back");
        self.store.give_back(pool, ticket);
    }

    fn pause(&self, pool: &str, wait: Duration) {
        self.note(&format!("pause {wait:?}"));
        self.store.pause(pool, wait);
    }

    fn paused<'a>(&'a self, pool: &'a str) -> BoxFuture<'a, Duration> {
        self.store.paused(pool)
    }

    fn remaining(&self, pool: &str, rates: &[Rate]) -> Vec<Remaining> {
        self.store.remaining(pool, rates)
    }
}

fn remote() -> Arc<Remote> {
    Arc::new(Remote { store: InProcess::new(Arc::new(TokioClock::new())), told: Mutex::default() })
}

/// A pool of one window of a minute, kept in `store`.
fn quota(store: &Arc<Remote>, limit: u32) -> Quota {
    let limits = PoolLimits { windows: vec![Window { limit, seconds: 60 }], concurrency: None };
    Quota::builder(&[]).pool("pool", limits).store(Arc::<Remote>::clone(store)).build()
}

#[tokio::test(start_paused = true)]
async fn a_store_is_told_what_becomes_of_each_reservation() {
    let store = remote();
    let quota = quota(&store, 5);
    drop(quota.acquire("pool", None).await);
    let mut permit = quota.acquire("pool", None).await.unwrap();
    permit.answered();
    permit.sent();
    permit.sent();
    tokio::time::sleep(Duration::from_millis(50)).await;
    permit.answered();
    permit.answered();
    drop(permit);
    quota.pause("pool", Duration::from_secs(1));
    let told = ["reserve", "give back", "reserve", "sent 150ms", "earlier 100ms", "pause 1s"];
    assert_eq!(*store.told.lock().unwrap(), told);
}

#[tokio::test(start_paused = true)]
async fn quotas_of_two_processes_share_what_their_store_holds() {
    let store = remote();
    let (here, there) = (quota(&store, 2), quota(&store, 2));
    here.acquire("pool", None).await.unwrap().sent();
    there.acquire("pool", None).await.unwrap().sent();
    assert_eq!((here.remaining("pool")[0].left, there.remaining("pool")[0].left), (0, 0));
    let start = Instant::now();
    here.acquire("pool", None).await.unwrap().sent();
    assert!(start.elapsed() >= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_reservation_is_believed_where_the_forecast_knew_nothing() {
    let quota = quota(&remote(), 1);
    quota.acquire("pool", None).await.unwrap().sent();
    let start = Instant::now();
    let refused = quota.acquire("pool", Some(Duration::from_secs(30))).await.unwrap_err();
    assert!(matches!(refused, Refused::Exhausted { wait, .. } if wait >= Duration::from_secs(60)));
    assert!(start.elapsed() < Duration::from_secs(1));
}
