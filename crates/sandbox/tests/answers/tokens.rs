//! The token endpoints: what they ask for, what they give out, and how long that is good.

use std::time::Duration;

use crate::support::{Answer, Call, operation};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use revops_sandbox::{
    GAINSIGHT_ACCESS_KEY, GONG_REFRESH_TOKEN, Mood, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, Sandbox, Vendor,
};
use serde_json::{Value, json};

async fn sandbox() -> Sandbox {
    Sandbox::builder().mood(Mood::Tokens).start().await.unwrap()
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("{OAUTH_CLIENT_ID}:{OAUTH_CLIENT_SECRET}")))
}

/// The right request for a Gainsight token.
pub(crate) fn credentials(sandbox: &Sandbox) -> Call {
    Call::new("POST", sandbox.token_url(Vendor::Gainsight).unwrap())
        .header("authorization", &basic())
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials")
}

/// The right request for a Gong token, if the refresh token is.
fn refresh(sandbox: &Sandbox, token: &str) -> Call {
    let url = sandbox.token_url(Vendor::Gong).unwrap();
    let call = Call::new("POST", format!("{url}?grant_type=refresh_token&refresh_token={token}"));
    call.header("authorization", &basic())
}

/// A call of an operation of the vendor with this access token.
async fn call(sandbox: &Sandbox, id: &str, token: &Value) -> Answer {
    let operation = operation(sandbox, id);
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    let call = Call::example(sandbox, operation).without("accessKey").replace("authorization", &bearer);
    let answer = call.send().await;
    let content_type = answer.header("content-type");
    assert_eq!(operation.judge_answer(answer.status, content_type, &answer.body), Vec::<String>::new());
    answer
}

#[tokio::test]
async fn client_credentials_become_a_token_that_gainsight_takes_for_a_day() {
    let sandbox = sandbox().await;
    let url = sandbox.token_url(Vendor::Gainsight).unwrap();
    assert_eq!(url, format!("{}/users/m2m/oauth/token", sandbox.base_url(Vendor::Gainsight)));
    let answer = credentials(&sandbox).send().await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    let token = &body["access_token"];
    for id in ["listUsers", "getPerson", "scimListUsers"] {
        let found = sandbox.operations().iter().find(|it| it.id() == id && it.vendor() == Vendor::Gainsight);
        let call = Call::example(&sandbox, found.unwrap()).without("accessKey");
        let bearer = format!("bearer {}", token.as_str().unwrap());
        assert_eq!(call.header("authorization", &bearer).send().await.status, 200, "{id}");
    }
    sandbox.advance(Duration::from_secs(86_390));
    assert_eq!(call(&sandbox, "getPerson", token).await.status, 200);
    assert_eq!(sandbox.violations(), []);
    sandbox.advance(Duration::from_secs(10));
    assert_eq!(call(&sandbox, "getPerson", token).await.status, 401);
}

#[tokio::test]
async fn a_refresh_token_works_once_and_names_the_host_to_call() {
    let sandbox = sandbox().await;
    let first = refresh(&sandbox, GONG_REFRESH_TOKEN).send().await.json();
    assert_eq!((&first["scope"], &first["expires_in"]), (&json!("api:users:read"), &json!(86_400)));
    let base = first["api_base_url_for_customer"].as_str().unwrap();
    assert_eq!(format!("{base}/v2"), sandbox.base_url(Vendor::Gong));
    assert_eq!(call(&sandbox, "getUserSettingsHistory", &first["access_token"]).await.status, 200);

    let again = refresh(&sandbox, GONG_REFRESH_TOKEN).send().await;
    assert_eq!((again.status, &again.json()["error"]), (400, &json!("invalid_grant")));
    let second = refresh(&sandbox, first["refresh_token"].as_str().unwrap()).send().await;
    assert_eq!(second.status, 200);
    assert_ne!(second.json()["access_token"], first["access_token"]);

    sandbox.revoke_access_tokens();
    assert_eq!(call(&sandbox, "getUserSettingsHistory", &second.json()["access_token"]).await.status, 401);
    let third = refresh(&sandbox, second.json()["refresh_token"].as_str().unwrap()).send().await;
    assert_eq!(call(&sandbox, "getUserSettingsHistory", &third.json()["access_token"]).await.status, 200);
}

#[tokio::test]
async fn a_token_is_for_one_vendor_and_comes_alone() {
    let sandbox = sandbox().await;
    let gainsight = credentials(&sandbox).send().await.json()["access_token"].clone();
    assert_eq!(call(&sandbox, "getUserSettingsHistory", &gainsight).await.status, 401);
    let gong = refresh(&sandbox, GONG_REFRESH_TOKEN).send().await.json()["access_token"].clone();
    assert_eq!(call(&sandbox, "getPerson", &gong).await.status, 401);

    let bearer = format!("Bearer {}", gainsight.as_str().unwrap());
    let both = Call::example(&sandbox, operation(&sandbox, "getPerson")).header("authorization", &bearer);
    assert!(both.headers.contains(&("accessKey".to_owned(), GAINSIGHT_ACCESS_KEY.to_owned())));
    assert_eq!(both.send().await.status, 401);
    let reason = sandbox.violations().pop().unwrap().reasons[0].to_string();
    assert_eq!(reason, "credential /accesskey: two credentials came, send one");
}

#[tokio::test]
async fn a_wrong_request_for_a_token_is_refused_and_recorded() {
    let sandbox = sandbox().await;
    let gong = sandbox.token_url(Vendor::Gong).unwrap();
    let in_the_body = Call::new("POST", gong)
        .header("authorization", &basic())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("grant_type=refresh_token&refresh_token={GONG_REFRESH_TOKEN}"));
    let cases = [
        (credentials(&sandbox).without("authorization"), 401, "invalid_client", "credential /authorization"),
        (
            credentials(&sandbox).replace("authorization", "Basic eDp5"),
            401,
            "invalid_client",
            "credential /authorization",
        ),
        (
            credentials(&sandbox).replace("content-type", "application/json"),
            400,
            "invalid_request",
            "media type /content-type",
        ),
        (
            credentials(&sandbox).body("grant_type=password"),
            400,
            "unsupported_grant_type",
            "body /grant_type",
        ),
        (credentials(&sandbox).body(""), 400, "invalid_request", "body /grant_type"),
        (Call { method: "GET".into(), ..credentials(&sandbox).body("") }, 405, "invalid_request", "method"),
        (in_the_body, 400, "invalid_request", "query /grant_type"),
        (refresh(&sandbox, "another"), 400, "invalid_grant", "query /refresh_token"),
    ];
    for (index, (call, status, error, place)) in cases.into_iter().enumerate() {
        let answer = call.send().await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "case {index}");
        let violations = sandbox.violations();
        assert_eq!(violations.len(), index + 1);
        assert!(violations[index].reasons[0].to_string().starts_with(&format!("{place}: ")), "case {index}");
    }
    // None of these has spent the refresh token, and no log has kept it.
    assert_eq!(refresh(&sandbox, GONG_REFRESH_TOKEN).send().await.status, 200);
    let kept = format!("{:?} {:?}", sandbox.requests(), sandbox.violations());
    assert!(!kept.contains(GONG_REFRESH_TOKEN) && !kept.contains(OAUTH_CLIENT_SECRET), "{kept}");
}

#[tokio::test]
async fn without_the_mood_there_is_no_endpoint_and_no_token_is_good() {
    let sandbox = sandbox().await;
    let token = credentials(&sandbox).send().await.json()["access_token"].clone();
    sandbox.set_mood(Mood::Tokens, false);
    assert_eq!(credentials(&sandbox).send().await.status, 404);
    assert_eq!(refresh(&sandbox, GONG_REFRESH_TOKEN).send().await.status, 404);
    assert_eq!(call(&sandbox, "getPerson", &token).await.status, 401);
    assert_eq!((sandbox.token_url(Vendor::UserGems), sandbox.token_url(Vendor::Userpilot)), (None, None));
}

#[tokio::test]
async fn a_fault_can_be_planned_for_a_token_endpoint() {
    use revops_sandbox::Target;
    use revops_sandbox::fault::Reply;

    let sandbox = sandbox().await;
    for target in
        [Target::Everything, Vendor::Gainsight.into(), "token".into(), (Vendor::Gainsight, "token").into()]
    {
        sandbox.before((Vendor::Gong, "token")).once(Reply::status(500)).unwrap();
        sandbox.before(target.clone()).once(Reply::status(503)).unwrap();
        assert_eq!(credentials(&sandbox).send().await.status, 503, "{target}");
        assert_eq!(credentials(&sandbox).send().await.status, 200, "{target}");
        sandbox.clear_faults();
    }
    // The token was given out, and its answer lost.
    sandbox.after("token").once(Reply::status(502)).unwrap();
    assert_eq!(refresh(&sandbox, GONG_REFRESH_TOKEN).send().await.status, 502);
    assert_eq!(refresh(&sandbox, GONG_REFRESH_TOKEN).send().await.status, 400);
    assert_eq!(sandbox.requests()[0].operation, Some("token"));
}

#[tokio::test]
async fn a_clock_that_is_moved_too_far_stands_still() {
    let sandbox = sandbox().await;
    sandbox.advance(Duration::MAX);
    sandbox.advance(Duration::MAX);
    assert_eq!(credentials(&sandbox).send().await.status, 200);
    let import = Call::example(&sandbox, operation(&sandbox, "POST /v1/imports"));
    assert_eq!(import.send().await.status, 200);
    for operation in sandbox.operations().iter().filter(|it| it.method() == "GET") {
        assert_eq!(Call::example(&sandbox, operation).send().await.status, 200, "{}", operation.id());
    }
}
