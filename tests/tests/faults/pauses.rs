//! How long a pool is left alone, and who waits for it.

use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use revops_runtime::api::Window;
use revops_runtime::options::Timeouts;
use revops_runtime::quota::PoolLimits;
use revops_runtime::retry::RetryPolicy;
use revops_runtime::{Delivery, Kind, Options, Quota};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script};
use revops_userpilot::types::TrackEvent;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const NEARLY_AN_HOUR: Duration = Duration::from_secs(3599);

fn gong(server: &FaultServer, quota: &Quota, options: &Options) -> revops_gong::Client {
    let builder = revops_gong::Client::builder().bearer_auth("key").base_url(server.base_url());
    builder.quota(quota.clone()).options(options.clone()).build().unwrap()
}

fn waiting_at_most(cap: Duration) -> Options {
    let mut retry = RetryPolicy::default();
    retry.retry_after_cap = cap;
    Options::default().with_retry(retry)
}

async fn refusing_once(retry_after: &'static str) -> FaultServer {
    let refusal = Reply::status(429).header("retry-after", retry_after);
    let script = Script::new().on_request(refusal).on_request(Reply::json(200, "{}")).then_repeat();
    FaultServer::start(script).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_long_pause_holds_for_every_client_of_the_quota_and_each_says_whether_it_waits() {
    let server = refusing_once("3600").await;
    let quota = Quota::of(&[&revops_gong::API]);
    let (hasty, patient) = (waiting_at_most(120 * SECOND), waiting_at_most(2 * HOUR));
    let first = gong(&server, &quota, &hasty);
    first.get_user().id("1").send().await.unwrap_err();
    // Another client of the same quota, one with the same patience and one with more.
    let began = Instant::now();
    let error = gong(&server, &quota, &hasty).get_user().id("1").send().await.unwrap_err();
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(
        matches!(error.kind(), Kind::Quota { retry_after: Some(wait) } if wait > NEARLY_AN_HOUR),
        "{error}"
    );
    assert_eq!((error.attempts(), error.delivery()), (0, Delivery::NotSent));
    for client in [gong(&server, &quota, &patient), first.with_options(|_| patient)] {
        client.get_user().id("1").send().await.unwrap();
        assert!(began.elapsed() >= NEARLY_AN_HOUR);
    }
}

#[tokio::test(start_paused = true)]
async fn of_ten_calls_that_wait_all_fail_at_once_when_the_pause_is_too_long() {
    let refusal = Reply::status(429).header("retry-after", "3600").delay(SECOND / 2);
    let server = FaultServer::start(Script::always(refusal)).await.unwrap();
    let quota = Quota::of(&[&revops_gong::API]);
    let client = gong(&server, &quota, &Options::default());
    let began = Instant::now();
    let calls = (0..10).map(|_| client.get_user().id("1").send());
    for outcome in join_all(calls).await {
        assert!(matches!(outcome.unwrap_err().kind(), Kind::Quota { retry_after: Some(_) }));
    }
    // Three went in the first second; the others learn from their answer.
    assert_eq!(server.request_count(), 3);
    assert!(began.elapsed() < SECOND, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_a_place_under_way_learn_of_a_pause_too() {
    let refusal = Reply::status(429).header("retry-after", "3600").delay(SECOND);
    let server = FaultServer::start(Script::always(refusal)).await.unwrap();
    let one = PoolLimits { windows: Vec::new(), concurrency: Some(1) };
    let quota = Quota::builder(&[]).pool("company", one).build();
    let client = gong(&server, &quota, &Options::default());
    let began = Instant::now();
    let calls = (0..5).map(|_| client.get_user().id("1").send());
    for outcome in join_all(calls).await {
        outcome.unwrap_err();
    }
    assert_eq!(server.request_count(), 1);
    assert_eq!(began.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_longest_of_what_is_asked_is_waited_for_and_parts_of_seconds_are_rounded_up() {
    let all = [(&["3, 9"][..], 9), (&["2", "5"][..], 5), (&["1.5"][..], 2), (&["abc", "4"][..], 4)];
    for (values, seconds) in all {
        let refusal =
            values.iter().fold(Reply::status(429), |reply, value| reply.header("retry-after", *value));
        let script = Script::new().on_request(refusal).on_request(Reply::json(200, "{}"));
        let server = FaultServer::start(script).await.unwrap();
        let client = gong(&server, &Quota::unlimited(), &Options::default());
        let began = Instant::now();
        client.get_user().id("1").send().await.unwrap();
        let took = began.elapsed();
        assert!(took >= SECOND * seconds && took < SECOND * seconds + SECOND / 2, "{values:?}: {took:?}");
    }
}

#[test]
fn a_quota_that_names_one_pool_has_the_documents_others_too() {
    use revops::gainsight::Gainsight;
    let limits = |limit| PoolLimits { windows: vec![Window { limit, seconds: 60 }], concurrency: None };
    let built = |quota: Quota| {
        let builder = Gainsight::builder().access_key("key").domain("acme").quota(quota.clone());
        builder.build().unwrap();
        quota
    };
    let quota = built(Quota::builder(&[]).pool("users", limits(7)).build());
    let windows = |pool: &str| -> Vec<u32> { quota.remaining(pool).iter().map(|it| it.limit).collect() };
    assert_eq!(windows("users"), [7], "the caller's limits stay as they are");
    assert!(!windows("objects").is_empty(), "{quota:?}");
    let quota = built(Quota::unlimited());
    assert!(quota.remaining("users").is_empty() && quota.remaining("objects").is_empty(), "{quota:?}");

    // A client of one API alone, too.
    let quota = Quota::builder(&[]).pool("mine", limits(1)).build();
    let client = revops_gong::Client::builder().bearer_auth("token").quota(quota.clone()).build().unwrap();
    assert!(!client.connection().quota().remaining("company").is_empty(), "{quota:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_allows_nothing_is_no_matter_of_time() {
    let server = refusing_once("1").await;
    let none = PoolLimits { windows: vec![Window { limit: 0, seconds: 60 }], concurrency: None };
    let quota = Quota::builder(&[]).pool("company", none).build();
    let error = gong(&server, &quota, &Options::default()).get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (Kind::Quota { retry_after: None }, None));
    assert!(!error.is_retryable(), "{error}");
    assert!(error.to_string().contains("raise its limit"), "{error}");
    assert_eq!(server.request_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_of_nothing_sends_nothing() {
    let server = FaultServer::start(Script::always(Reply::json(200, "{}"))).await.unwrap();
    let options = Options::default().with_deadline(Duration::ZERO);
    let client = gong(&server, &Quota::unlimited(), &options);
    let error = client.get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), server.request_count()), (0, 0));
    assert!(error.to_string().contains("deadline"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn limits_that_no_clock_can_be_set_to_are_none() {
    let long = Duration::MAX;
    let mut timeouts = Timeouts::default();
    (timeouts.stall, timeouts.first_byte, timeouts.attempt) = (long, long, Some(long));
    let mut retry = RetryPolicy::default();
    (retry.retry_after_cap, retry.cap) = (long, long);
    let options = Options::default().with_timeouts(timeouts).with_retry(retry).with_deadline(long);
    let script = Script::new()
        .on_request(Reply::status(503))
        .on_request(Reply::status(429).header("retry-after", "1"))
        .on_request(Reply::json(200, "{}  ").paced(1, 600 * SECOND));
    let server = FaultServer::start(script).await.unwrap();
    let quota = Quota::of(&[&revops_gong::API]);
    gong(&server, &quota, &options).get_user().id("1").send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_can_be_added_to_a_point_in_time() {
    let server = refusing_once("18446744073709551615").await;
    let client = gong(&server, &Quota::unlimited(), &Options::default());
    let error = client.get_user().id("1").send().await.unwrap_err();
    let wait = error.retry_after().unwrap();
    assert!(std::time::Instant::now().checked_add(wait).is_some() && wait > 24 * HOUR, "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn an_earlier_attempt_that_may_have_been_applied_is_not_forgotten() {
    let script = Script::new()
        .on_request(Act::hang())
        .on_request(Reply::status(429).header("retry-after", "1"))
        .then_repeat();
    let server = FaultServer::start(script).await.unwrap();
    let client = revops_userpilot::Client::builder().api_token("key").base_url(server.base_url());
    let client = client.quota(Quota::unlimited()).build().unwrap();
    let user = revops_userpilot::types::IdentifyUser::builder().user_id("u");
    let error = client.identify_user().body(user).send().await.unwrap_err();
    assert!(matches!(error.kind(), Kind::Quota { .. }));
    assert_eq!((error.attempts(), error.delivery()), (4, Delivery::MaybeProcessed), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_does_not_do_is_not_asked_for_twice() {
    for (status, kind) in [(501, Kind::UnexpectedStatus), (505, Kind::UnexpectedStatus), (511, Kind::Proxy)] {
        let server = FaultServer::start(Script::always(Reply::status(status))).await.unwrap();
        let client = gong(&server, &Quota::unlimited(), &Options::default());
        let error = client.get_user().id("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), error.is_retryable()), (kind, 1, false), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_says_things_once_and_nothing_of_writing_where_nothing_is_written() {
    let server = FaultServer::start(Script::always(Reply::status(500))).await.unwrap();
    let client = gong(&server, &Quota::unlimited(), &Options::default());
    let line = client.get_user().id("1").send().await.unwrap_err().to_string();
    assert!(line.contains("4 attempts") && !line.contains("applied"), "{line}");
    for status in [429, 503] {
        let refusal = Reply::status(status).header("retry-after", "121");
        let server = FaultServer::start(Script::always(refusal)).await.unwrap();
        let client = gong(&server, &Quota::unlimited(), &Options::default());
        let line = client.get_user().id("1").send().await.unwrap_err().to_string();
        assert_eq!(line.matches("121 s").count(), 1, "{line}");
        assert!(line.contains("120 s this client waits for"), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_that_never_says_when_is_met_with_ever_longer_pauses() {
    let server = FaultServer::start(Script::always(Reply::status(429))).await.unwrap();
    let client = gong(&server, &Quota::of(&[&revops_gong::API]), &Options::default());
    let error = client.get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Quota { retry_after: None }, 4));
    let at: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    let waits: Vec<u64> = at.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect();
    assert_eq!(waits, [1, 2, 4]);
}

#[tokio::test(start_paused = true)]
async fn three_hundred_events_pass_a_vendor_that_says_no_for_twenty_seconds() {
    let began = Instant::now();
    let refusing = Act::choose(move |_| match began.elapsed().as_secs() {
        5..25 => Reply::status(429).into(),
        _ => Reply::status(202).into(),
    });
    let server = FaultServer::start(Script::always(refusing.after(SECOND / 2)).keep(2000)).await.unwrap();
    let client =
        revops_userpilot::Client::builder().api_token("key").base_url(server.base_url()).build().unwrap();
    let call = |number: usize| {
        let event = TrackEvent::builder().user_id(format!("u{number}")).event_name("e");
        let client = client.clone();
        async move { client.track_event().body(event).send().await }
    };
    futures::stream::iter(0..300)
        .map(call)
        .buffer_unordered(10)
        .for_each(|outcome| async { drop(outcome.unwrap()) })
        .await;
    // Ten were under way when it began.
    assert!(server.request_count() <= 310, "{}", server.request_count());
}
