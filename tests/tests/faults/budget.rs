//! What the retry budget is spent on.

use futures::future::join_all;
use revops_runtime::Quota;
use revops_sandbox::fault::{Act, FaultServer, How, Reply, Script};

fn gong(server: &FaultServer) -> revops_gong::Client {
    let builder = revops_gong::Client::builder().bearer_auth("key").base_url(server.base_url());
    builder.quota(Quota::unlimited()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn connections_that_die_idle_cost_no_budget() {
    let script = Script::always(Reply::json(200, "{}").then_end_on_reuse(How::Reset));
    let server = FaultServer::start(script.keep(2000)).await.unwrap();
    let client = gong(&server);
    for _ in 0..5 {
        let calls = (0..200).map(|_| client.get_user().id("1").send());
        for outcome in join_all(calls).await {
            outcome.unwrap();
        }
    }
    assert_eq!(server.request_count(), 1000);
}

#[tokio::test(start_paused = true)]
async fn connections_that_are_reset_all_the_time_are_an_outage() {
    let server = FaultServer::start(Script::always(Reply::json(200, "{}")).keep(2000)).await.unwrap();
    let client = gong(&server);
    for _ in 0..100 {
        join_all((0..10).map(|_| client.get_user().id("1").send())).await;
    }
    server.play(Script::always(Act::reset_before_answer()).keep(2000));
    let before = server.request_count();
    for _ in 0..50 {
        for outcome in join_all((0..10).map(|_| client.get_user().id("1").send())).await {
            outcome.unwrap_err();
        }
    }
    let sent = server.request_count() - before;
    // Ten were idle, ten retries were at hand, and one came with each ten calls.
    assert!(sent * 10 <= 500 * 12, "{sent} requests for 500 calls");
}
