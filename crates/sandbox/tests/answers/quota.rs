//! Quotas are enforced as each vendor does, by the sandbox's own clock.

use std::time::Duration;

use crate::support::{Answer, Call, operation};
use http::header::CONTENT_TYPE;
use revops_sandbox::{Mood, Pool, QuotaUse, Sandbox, Vendor, Window};
use serde_json::json;

/// An operation that only Gong has.
const GONG: &str = "listUsersByFilter";

async fn call(sandbox: &Sandbox, id: &str) -> Answer {
    Call::example(sandbox, operation(sandbox, id)).send().await
}

fn used(sandbox: &Sandbox, pool: Pool) -> QuotaUse {
    sandbox.quotas().into_iter().find(|used| used.pool == pool).unwrap()
}

/// Sends until the first 429 and says how many passed before it.
async fn until_refused(sandbox: &Sandbox, id: &str) -> (u32, Answer) {
    let mut passed = 0;
    loop {
        let answer = call(sandbox, id).await;
        if answer.status == 429 {
            return (passed, answer);
        }
        passed += 1;
    }
}

async fn moody() -> Sandbox {
    Sandbox::builder().mood(Mood::Quotas).start().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn gong_admits_three_calls_a_second_and_says_when_to_come_again() {
    let sandbox = moody().await;
    let (passed, refused) = until_refused(&sandbox, GONG).await;
    assert_eq!((passed, refused.header("retry-after")), (3, Some("1")));
    let documented = operation(&sandbox, GONG);
    assert_eq!(
        documented.judge_answer(429, refused.header(CONTENT_TYPE), &refused.body),
        Vec::<String>::new()
    );
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(until_refused(&sandbox, "getUserSettingsHistory").await.0, 3);
    assert_eq!((used(&sandbox, Pool::Gong).refused, used(&sandbox, Pool::Gong).windows[1].1), (2, 6));
}

#[tokio::test(start_paused = true)]
async fn when_the_day_is_spent_gong_says_to_come_again_in_hours() {
    let sandbox = Sandbox::start().await.unwrap();
    let day = Duration::from_secs(86_400);
    sandbox.set_quota(Pool::Gong, [Window::new(2, Duration::from_secs(1)), Window::new(4, day)]);
    for _ in 0..2 {
        assert_eq!(until_refused(&sandbox, GONG).await.0, 2);
        sandbox.advance(Duration::from_millis(1500));
    }
    let refused = call(&sandbox, GONG).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("86397")));
    sandbox.advance(day);
    assert_eq!(until_refused(&sandbox, GONG).await.0, 2);
}

#[tokio::test(start_paused = true)]
async fn gainsight_refuses_in_its_own_words_and_says_no_time() {
    let sandbox = moody().await;
    for (id, pool) in [("searchPeople", Pool::GainsightObjects), ("scimListUsers", Pool::GainsightUsers)] {
        let (passed, refused) = until_refused(&sandbox, id).await;
        assert_eq!((passed, refused.header("retry-after")), (100, None), "{id}");
        let expected = json!({
            "result": false, "errorCode": "GU_2400", "errorDesc": "Too many request",
            "requestId": "sandbox", "data": null, "message": null,
        });
        assert_eq!(refused.json(), expected, "{id}");
        assert_eq!(used(&sandbox, pool).refused, 1);
    }
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(call(&sandbox, "searchPeople").await.status, 200);
    assert_eq!(call(&sandbox, GONG).await.status, 200, "Gong has a quota of its own");
    let users = sandbox.operations().iter().filter(|it| it.vendor() == Vendor::Gainsight);
    for operation in users.filter(|it| !it.path().starts_with("/data/")) {
        assert_eq!(Call::example(&sandbox, operation).send().await.status, 429, "{}", operation.id());
    }
    sandbox.advance(Duration::from_secs(3600));
    assert_eq!(call(&sandbox, "scimListUsers").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn usergems_admits_twenty_a_second_and_userpilot_six_hundred_a_minute() {
    let sandbox = moody().await;
    let (passed, refused) = until_refused(&sandbox, "addContact").await;
    assert_eq!((passed, refused.json()), (20, json!({"message": "Too Many Requests"})));
    let (passed, refused) = until_refused(&sandbox, "POST /v1/identify").await;
    assert_eq!((passed, refused.header("retry-after")), (600, None));
    assert_eq!(refused.json()["errors"][0]["error_code"], "429");
    assert_eq!(call(&sandbox, "POST /v1/track").await.status, 202);
    assert_eq!(call(&sandbox, "POST /v1/companies/identify").await.status, 202);
    let refusals: Vec<_> = sandbox.counts().into_iter().filter(|count| count.status == 429).collect();
    let refusals: Vec<_> = refusals.iter().map(|it| (it.operation.unwrap(), it.count)).collect();
    assert_eq!(refusals, [("addContact", 1), ("POST /v1/identify", 1)]);
}

#[tokio::test]
async fn a_wrong_request_spends_and_one_without_a_credential_does_not() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_quota(Pool::UserGems, [Window::new(2, Duration::from_secs(3600))]);
    let right = Call::example(&sandbox, operation(&sandbox, "addContact"));
    for (call, status) in [
        (right.clone().without("x-api-key"), 401),
        (right.clone().body("{}"), 400),
        (right.clone(), 200),
        (right.clone(), 429),
        (right.clone().body("{}"), 429),
        (right.without("x-api-key"), 401),
    ] {
        assert_eq!(call.send().await.status, status);
    }
    assert_eq!(sandbox.violations().len(), 4);
}

#[tokio::test]
async fn without_the_mood_nothing_is_counted_and_a_mood_can_be_turned_off() {
    let sandbox = Sandbox::start().await.unwrap();
    for _ in 0..10 {
        assert_eq!(call(&sandbox, GONG).await.status, 200);
    }
    assert_eq!(used(&sandbox, Pool::Gong).windows[0].1, 0);
    sandbox.set_mood(Mood::Quotas, true);
    sandbox.set_quota(Pool::Gong, [Window::new(0, Duration::from_secs(9))]);
    assert_eq!(call(&sandbox, GONG).await.status, 429);
    sandbox.set_quota(Pool::Gong, []);
    assert_eq!(call(&sandbox, GONG).await.status, 200);
}
