//! Rows 16 to 24 of the faults: what is sent again, when, and how often.

use std::time::Duration;

use crate::classes::{CLASSES, Clients, PERSON, assert_took, success, then_success, timed, told};
use futures::future::join_all;
use revops_runtime::api::Retry;
use revops_runtime::{Delivery, Kind, Options};
use revops_sandbox::fault::{FaultServer, Reply, Script};

fn quota(seconds: u64) -> Kind {
    Kind::Quota { retry_after: Some(Duration::from_secs(seconds)) }
}

#[tokio::test(start_paused = true)]
async fn row_16_a_429_with_seconds_is_waited_for_by_every_class() {
    for class in CLASSES {
        let server = then_success([Reply::status(429).header("retry-after", "7")], class).await;
        let (outcome, time) = timed(Clients::unpaced(&server).call(class)).await;
        outcome.unwrap();
        assert_took(time, 7_000, 7_300);
        assert_eq!(server.request_count(), 2);
        assert_eq!(server.requests()[0].body, server.requests()[1].body);
    }
}

#[tokio::test(start_paused = true)]
async fn row_16_the_pause_holds_for_all_clones() {
    let server = then_success([Reply::status(429).header("retry-after", "7")], Retry::UpsertSafe).await;
    let clients = Clients::paced(&server);
    let first = clients.clone();
    let first = tokio::spawn(async move { timed(first.call(Retry::UpsertSafe)).await });
    server.until(|events| events.len() > 3).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let calls = (0..5).map(|_| {
        let clone = clients.clone();
        async move { timed(clone.call(Retry::UpsertSafe)).await }
    });
    for (outcome, time) in join_all(calls).await {
        outcome.unwrap();
        assert_took(time, 6_900, 7_300);
    }
    first.await.unwrap().0.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 7);
    assert!(requests[1..].iter().all(|later| later.at - requests[0].at >= Duration::from_secs(7)));
}

#[tokio::test(start_paused = true)]
async fn row_16_a_503_that_says_when_pauses_the_pool_too_and_counts_as_not_processed() {
    for class in CLASSES {
        let server = then_success([Reply::status(503).header("retry-after", "5")], class).await;
        let (outcome, time) = timed(Clients::paced(&server).call(class)).await;
        outcome.unwrap();
        assert_took(time, 5_000, 5_300);
        assert_eq!(server.request_count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn row_17_a_date_is_taken_relative_to_the_vendors_own_clock() {
    for skew in [-86_400, 0, 3 * 3_600] {
        let reply = Reply::status(429).clock_skew(skew).retry_after_date(9);
        let server = then_success([reply], Retry::Safe).await;
        let (outcome, time) = timed(Clients::unpaced(&server).call(Retry::Safe)).await;
        outcome.unwrap();
        // Dates have whole seconds.
        assert_took(time, 8_000, 9_300);
    }
}

#[tokio::test(start_paused = true)]
async fn row_17_a_date_that_is_past_means_now() {
    let server = then_success([Reply::status(429).clock_skew(0).retry_after_date(-60)], Retry::Never).await;
    let (outcome, time) = timed(Clients::unpaced(&server).call(Retry::Never)).await;
    outcome.unwrap();
    assert_took(time, 0, 300);
    assert_eq!(server.request_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn row_18_a_wait_above_the_cap_fails_at_once_with_its_value() {
    // Nothing longer than a year is told apart.
    for (value, seconds) in [("86400", 86_400), ("121", 121), ("99999999999999999999999", 31_536_000)] {
        let server = then_success([Reply::status(429).header("retry-after", value)], Retry::Safe).await;
        let (outcome, time) = timed(Clients::unpaced(&server).call(Retry::Safe)).await;
        let error = outcome.unwrap_err();
        assert_took(time, 0, 50);
        assert_eq!(error.kind(), quota(seconds));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 1));
        let text = told(&error);
        assert!(text.contains(&seconds.to_string()) && text.contains("120 s"), "{text}");
        assert_eq!(server.request_count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn row_18_the_others_of_the_pool_fail_at_once_too_and_go_on_when_it_is_over() {
    let server = then_success([Reply::status(429).header("retry-after", "86400")], Retry::Safe).await;
    let clients = Clients::paced(&server);
    clients.call(Retry::Safe).await.unwrap_err();
    let (outcome, time) = timed(clients.clone().call(Retry::Safe)).await;
    let error = outcome.unwrap_err();
    assert_took(time, 0, 10);
    assert!(matches!(error.kind(), Kind::Quota { retry_after: Some(wait) } if wait.as_secs() >= 86_390));
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 0));
    assert!(told(&error).contains("120 s this client waits for"));
    assert_eq!(server.request_count(), 1);
    tokio::time::sleep(Duration::from_secs(86_300)).await;
    // Less than the cap is left, which is waited for.
    clients.call(Retry::Safe).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn row_18_what_cannot_be_read_is_ignored() {
    let odd: [&[u8]; 7] = [b"-5", b"abc", b"1e9", "\u{b2}".as_bytes(), b"\xb2", b"", b"7 s"];
    for value in odd {
        let server = then_success([Reply::status(429).header("retry-after", value)], Retry::Never).await;
        let (outcome, time) = timed(Clients::unpaced(&server).call(Retry::Never)).await;
        outcome.unwrap();
        assert_took(time, 0, 300);
        assert_eq!(server.request_count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn row_18_of_several_the_longest_counts() {
    let twice = Reply::status(429).header("retry-after", "7").header("retry-after", "9000");
    let server = then_success([twice], Retry::Never).await;
    let error = Clients::unpaced(&server).call(Retry::Never).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (quota(9_000), 1));
    let same = Reply::status(429).header("retry-after", "7").header("retry-after", "7");
    let server = then_success([same], Retry::Never).await;
    let (outcome, time) = timed(Clients::unpaced(&server).call(Retry::Never)).await;
    outcome.unwrap();
    assert_took(time, 7_000, 7_300);
}

#[tokio::test(start_paused = true)]
async fn row_19_a_429_of_any_body_is_a_quota_answer() {
    for reply in [Reply::html(429, "Slow down"), Reply::status(429), Reply::json(429, "{\"a\":")] {
        let script = Script::always(reply.header("retry-after", "3").header("x-request-id", "r-1"));
        for class in CLASSES {
            let server = FaultServer::start(script.clone()).await.unwrap();
            let (outcome, time) = timed(Clients::unpaced(&server).call(class)).await;
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), quota(3));
            assert_eq!(error.status().unwrap().as_u16(), 429);
            assert_eq!(error.request_id().as_deref(), Some("r-1"));
            assert!(error.is_retryable());
            assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 4));
            assert_eq!(server.request_count(), 4);
            assert_took(time, 9_000, 9_900);
            assert!(told(&error).contains("HTTP 429"), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_19_a_429_that_does_not_say_when_pauses_the_pool_for_its_shortest_window() {
    let server = then_success([Reply::status(429)], Retry::Safe).await;
    let clients = Clients::paced(&server);
    let (outcome, time) = timed(clients.call(Retry::Safe)).await;
    outcome.unwrap();
    assert_took(time, 1_000, 1_400);

    let server = then_success([Reply::status(429)], Retry::Safe).await;
    let clients = Clients::paced(&server);
    let first = clients.clone();
    let first = tokio::spawn(async move { timed(first.people.get_person().record_id("1").send()).await });
    server.until(|events| events.len() > 3).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (outcome, time) = timed(clients.people.get_person().record_id("2").send()).await;
    outcome.unwrap();
    assert_took(time, 59_900, 60_300);
    let (outcome, time) = first.await.unwrap();
    outcome.unwrap();
    assert_took(time, 60_000, 60_400);
}

#[tokio::test(start_paused = true)]
async fn row_19_a_pool_of_long_windows_is_paused_as_long_as_this_client_waits() {
    let server = then_success([Reply::status(429)], Retry::Safe).await;
    let (outcome, time) = timed(Clients::paced(&server).users.get_user().user_id("1").send()).await;
    outcome.unwrap();
    assert_took(time, 120_000, 120_400);
}

#[tokio::test(start_paused = true)]
async fn row_20_a_storm_of_503_is_met_with_a_fifth_more_at_most() {
    let server = FaultServer::start(Script::outage().keep(2_000)).await.unwrap();
    let clients = Clients::unpaced(&server);
    let calls = 300;
    let mut failed_fast = 0;
    for round in 0..calls / 10 {
        let class = [Retry::Safe, Retry::UpsertSafe][round % 2];
        for outcome in join_all((0..10).map(|_| clients.call(class))).await {
            let error = outcome.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::Unavailable, Delivery::MaybeProcessed));
            failed_fast +=
                u32::from(told(&error).contains("so many calls fail that none is repeated for now"));
        }
    }
    // Two clients, each with a budget of its own for 150 calls: 10 retries at hand and one for each ten calls.
    let sent = server.request_count();
    assert!(sent * 10 <= calls as u64 * 12, "{sent} requests for {calls} calls");
    assert!(failed_fast >= 200, "{failed_fast}");

    // The vendor is back: first attempts are the probes, and the budget fills up again.
    server.play(Script::new().on_request(success(Retry::Safe)).then_repeat());
    for _ in 0..100 {
        clients.call(Retry::Safe).await.unwrap();
    }
    server.play(Script::new().times(3, Reply::status(503)).on_request(success(Retry::Safe)).then_repeat());
    let before = server.request_count();
    clients.call(Retry::Safe).await.unwrap();
    assert_eq!(server.request_count() - before, 4);
}

#[tokio::test(start_paused = true)]
async fn row_21_a_500_is_repeated_where_a_second_time_changes_nothing() {
    refused_by_class(500, Kind::Unavailable).await;
}

#[tokio::test(start_paused = true)]
async fn row_22_a_502_or_504_of_a_create_may_have_been_processed() {
    for status in [502, 503, 504] {
        refused_by_class(status, Kind::Unavailable).await;
    }
}

#[tokio::test(start_paused = true)]
async fn row_23_a_408_or_425_is_repeated_where_that_is_safe() {
    for status in [408, 425] {
        refused_by_class(status, Kind::Timeout).await;
    }
}

/// The first answer is this status, the second a success.
async fn refused_by_class(status: u16, kind: Kind) {
    for class in CLASSES {
        let body = format!(r#"{{"message":"{PERSON}"}}"#);
        let server = then_success([Reply::json(status, body)], class).await;
        let (outcome, time) = timed(Clients::unpaced(&server).call(class)).await;
        assert_took(time, 0, 300);
        if matches!(class, Retry::Safe | Retry::UpsertSafe) {
            outcome.unwrap();
            assert_eq!(server.request_count(), 2);
            continue;
        }
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MaybeProcessed));
        assert_eq!((error.attempts(), server.request_count()), (1, 1));
        assert!(error.is_retryable());
        let text = told(&error);
        assert!(text.contains("not sent again, as it may have been applied"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_21_it_ends_after_four_attempts_with_doubling_waits() {
    let server = FaultServer::start(Script::always(Reply::status(500))).await.unwrap();
    let (outcome, time) = timed(Clients::unpaced(&server).call(Retry::Safe)).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.attempts(), server.request_count()), (4, 4));
    assert_took(time, 0, 1_800);
    assert!(error.elapsed() <= time);
    assert!(told(&error).contains("4 attempts in"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn row_21_a_deadline_nearer_than_the_wait_ends_it_at_once() {
    let server =
        FaultServer::start(Script::always(Reply::status(429).header("retry-after", "60"))).await.unwrap();
    let options = Options::default().with_deadline(Duration::from_secs(30));
    let (outcome, time) = timed(Clients::with(&server, &options).call(Retry::Safe)).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (quota(60), 1));
    assert_took(time, 0, 50);
    assert!(told(&error).contains("the deadline is nearer than the next attempt"));
}

#[tokio::test(start_paused = true)]
async fn row_30_a_vendor_that_asks_not_to_repeat_is_obeyed() {
    for status in [429, 500, 503] {
        let reply = Reply::status(status).header("x-should-retry", "false").header("retry-after", "1");
        let server = then_success([reply], Retry::Safe).await;
        let error = Clients::unpaced(&server).call(Retry::Safe).await.unwrap_err();
        assert_eq!((error.attempts(), server.request_count()), (1, 1));
        assert!(told(&error).contains("the vendor asks not to repeat it"));
    }
}
