//! Rows 24 to 29 and 68 of the faults: what an answer means, whatever its status says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::classes::{CANARY, CLASSES, Clients, PERSON, assert_took, success, then_success, timed, told};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use revops_gainsight::person::types::{SearchRequest, UpsertPeopleRequest};
use revops_gong::types::UsersFilterRequest;
use revops_runtime::api::Retry;
use revops_runtime::credential::Credential;
use revops_runtime::provider::{Issued, Provider, ProviderError};
use revops_runtime::upload::Part;
use revops_runtime::{Delivery, Error, Kind, Quota};
use revops_sandbox::fault::{Act, FaultServer, Reply, Script};
use revops_userpilot::types::{BulkUsers, ImportDataForm};
use serde_json::json;

/// Gives out `canary-secret-5f1c-1`, `-2` and so on, each after a second.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicU32>);

impl Provider for Counting {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(Issued::new(Credential::Token(format!("{CANARY}-{number}").into())))
        }
        .boxed()
    }
}

/// The same as a key that comes after a word.
struct KeyOf(Counting);

impl Provider for KeyOf {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let issued = self.0.issue();
        async move {
            Ok(match issued.await?.credential {
                Credential::Token(token) => Issued::new(Credential::Key(token)),
                other => Issued::new(other),
            })
        }
        .boxed()
    }
}

fn gong(server: &FaultServer, provider: impl Provider) -> revops_gong::Client {
    revops_gong::Client::builder()
        .base_url(server.base_url())
        .quota(Quota::unlimited())
        .connection(|connection| connection.provider("bearerAuth", provider))
        .build()
        .unwrap()
}

/// A server for which only the token of this number is good.
async fn accepting(number: u32) -> FaultServer {
    let good = format!(" {CANARY}-{number}");
    let act = Act::choose(move |received| match received.header("authorization") {
        Some(given) if given.ends_with(&good) => Reply::json(200, "{}").into(),
        _ => Reply::json(401, format!(r#"{{"errors":["{PERSON}"]}}"#)).into(),
    });
    FaultServer::start(Script::always(act)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn row_24_fifty_waiters_share_one_renewal_after_a_401() {
    let (server, provider) = (accepting(2).await, Counting::default());
    let gong = gong(&server, provider.clone());
    gong.get_user().id("0").send().await.unwrap();
    assert_eq!((provider.0.load(Ordering::SeqCst), server.request_count()), (2, 2));
    server.play(Script::always(Act::choose(|received| match received.header("authorization") {
        Some(given) if given.ends_with("-3") => Reply::json(200, "{}").into(),
        _ => Reply::status(401).into(),
    })));
    let calls = (0..50).map(|_| timed(gong.get_user().id("1").send()));
    for (outcome, time) in join_all(calls).await {
        outcome.unwrap();
        assert_took(time, 1_000, 1_100);
    }
    assert_eq!(provider.0.load(Ordering::SeqCst), 3);
    assert_eq!(server.request_count(), 2 + 100);
}

#[tokio::test(start_paused = true)]
async fn row_24_a_second_401_is_the_end() {
    let (server, provider) = (accepting(0).await, Counting::default());
    let gong = gong(&server, provider.clone());
    let error = gong.get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Credential, Delivery::Answered, 2));
    assert!(!error.is_retryable());
    assert_eq!((provider.0.load(Ordering::SeqCst), server.request_count()), (2, 2));
    assert!(told(&error).contains("the vendor refused the credential"));
}

#[tokio::test(start_paused = true)]
async fn row_24_a_fixed_key_that_is_refused_is_not_tried_again() {
    for class in CLASSES {
        let server = then_success([Reply::status(401)], class).await;
        let error = Clients::unpaced(&server).call(class).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), server.request_count()), (Kind::Credential, 1, 1));
        told(&error);
    }
}

/// Panics the first time.
struct Panicking(AtomicU32);

impl Provider for Panicking {
    fn issue(&self) -> BoxFuture<'static, Result<Issued, ProviderError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        async move {
            assert!(number > 0, "a provider's own fault");
            Ok(Issued::new(Credential::Token(CANARY.into())).expires_in(Duration::MAX))
        }
        .boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn row_24_a_provider_that_panics_fails_one_call_and_not_all_that_follow() {
    let server = FaultServer::start(Script::always(success(Retry::Safe))).await.unwrap();
    let gong = gong(&server, Panicking(AtomicU32::new(0)));
    let error = gong.get_user().id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Credential, Delivery::NotSent, 0));
    gong.get_user().id("1").send().await.unwrap();
}

fn envelope(code: &str, description: &str) -> String {
    json!({"result": false, "errorCode": code, "errorDesc": description, "requestId": "r-7", "data": null})
        .to_string()
}

async fn upsert(clients: &Clients) -> Result<(), Error> {
    let people: UpsertPeopleRequest =
        serde_json::from_value(json!({"records": [{"Email": PERSON}]})).unwrap();
    clients.people.upsert_people().keys("Email").body(people).send().await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn row_25_a_quota_answer_that_is_no_429_is_a_quota_answer() {
    for status in [200, 400, 429] {
        let refusal = Reply::json(status, envelope("GU_2400", "Too many request"));
        let server = FaultServer::start(
            Script::new().on_request(refusal).on_request(Reply::json(200, r#"{"result":true}"#)),
        );
        let server = server.await.unwrap();
        upsert(&Clients::unpaced(&server)).await.unwrap();
        assert_eq!(server.request_count(), 2, "{status}");
    }
    let server =
        FaultServer::start(Script::always(Reply::json(400, envelope("GU_2400", PERSON)))).await.unwrap();
    let error = upsert(&Clients::unpaced(&server)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Quota { retry_after: None });
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 4));
    let text = told(&error);
    assert!(text.contains("quota is used up") && text.contains("request r-7"), "{text}");
    // A 403 that no vendor gives another meaning stays what it says.
    let server = FaultServer::start(Script::always(Reply::status(403))).await.unwrap();
    assert_eq!(upsert(&Clients::unpaced(&server)).await.unwrap_err().kind(), Kind::Permission);
}

#[tokio::test(start_paused = true)]
async fn row_26_a_409_is_a_conflict_or_a_job_under_way() {
    let script = Script::always(Reply::json(409, r#"{"errors":["job in progress"]}"#));
    let server = FaultServer::start(script).await.unwrap();
    let clients = Clients::unpaced(&server);
    let users: BulkUsers = serde_json::from_value(json!({"users": []})).unwrap();
    let error = clients.userpilot.bulk_identify_users().body(users).send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Busy, Delivery::Answered, 1));
    assert!(error.is_retryable() && told(&error).contains("try again when it has ended"));
    for class in CLASSES {
        let error = clients.call(class).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Conflict, 1));
        assert!(!error.is_retryable());
    }
    server.play(Script::always(Reply::json(400, envelope("GU_2411", "exists"))));
    assert_eq!(upsert(&clients).await.unwrap_err().kind(), Kind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn row_27_a_gainsight_refusal_in_a_200_is_an_error() {
    let cases = [
        (200, "GSOBJ_9999", "Something", Kind::Refused),
        (400, "GSOBJ_1024", "Invalid credentials", Kind::Credential),
        (400, "GSOBJ_9999", "Something", Kind::Invalid),
    ];
    for (status, code, description, kind) in cases {
        let script = Script::always(Reply::json(status, envelope(code, description)));
        let server = FaultServer::start(script).await.unwrap();
        let error = upsert(&Clients::unpaced(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (kind, Delivery::Answered, 1));
        assert!(!error.is_retryable() && told(&error).contains("request r-7"));
        assert_eq!(server.request_count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn row_27_nothing_found_is_an_empty_page() {
    let replies = [
        Reply::json(200, envelope("GSOBJ_1", "No data found for given criteria")),
        Reply::json(400, envelope("GSOBJ_1011", "No entity matches the given criteria")),
        Reply::json(200, envelope("GSOBJ_1011", "No entity matches the given criteria")),
        Reply::json(404, envelope("GSOBJ_1011", "No entity matches the given criteria")),
    ];
    for reply in replies {
        let server = FaultServer::start(Script::always(reply)).await.unwrap();
        let clients = Clients::unpaced(&server);
        let search: SearchRequest = serde_json::from_value(json!({"select": ["Email"]})).unwrap();
        let page = clients.people.search_people().body(search).send().await.unwrap();
        assert!(page.data.is_none());
        // Where there is no list, nothing found is no success.
        assert!(clients.people.get_person().record_id("1").send().await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn row_27_a_gong_filter_that_matches_nobody_is_an_empty_page_and_other_404s_are_not() {
    let nobody = r#"{"requestId":"r","errors":["No users found corresponding to the provided filters"]}"#;
    let server = FaultServer::start(Script::always(Reply::json(404, nobody))).await.unwrap();
    let clients = Clients::unpaced(&server);
    let filter = || {
        let body: UsersFilterRequest = serde_json::from_value(json!({"filter": {}})).unwrap();
        clients.gong.list_users_by_filter().body(body).send()
    };
    let page = filter().await.unwrap();
    assert!(page.users.is_none() && page.records.is_none());
    assert_eq!(clients.call(Retry::Safe).await.unwrap_err().kind(), Kind::NotFound);
    server.play(Script::always(Reply::json(404, r#"{"errors":["No such path"]}"#)));
    assert_eq!(filter().await.unwrap_err().kind(), Kind::NotFound);
    server.play(Script::always(Reply::html(404, "Not found")));
    assert_eq!(filter().await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn row_27_a_redirect_of_usergems_is_a_refused_key() {
    let other = FaultServer::start(Script::new()).await.unwrap();
    let script = Script::always(Reply::redirect(302, other.base_url()));
    let server = FaultServer::start(script).await.unwrap();
    let clients = Clients::unpaced(&server);
    let error = clients.call(Retry::UpsertSafe).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credential, 1));
    told(&error);
    assert_eq!(clients.call(Retry::Safe).await.unwrap_err().kind(), Kind::Redirect);
    assert_eq!(other.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn row_28_another_success_than_the_documents_is_told_apart() {
    // That a write was taken on is a success; a read that is still being made could pass for an empty page.
    for (status, classes) in [
        (202, &[Retry::Safe][..]),
        (206, &[Retry::Safe, Retry::UpsertSafe, Retry::CheckFirst]),
        (304, &[Retry::Safe, Retry::UpsertSafe, Retry::CheckFirst]),
    ] {
        for class in classes.iter().copied() {
            let mut reply = Reply::status(status);
            if status != 304 {
                reply = Reply::json(status, format!(r#"{{"a":"{PERSON}"}}"#));
            }
            let server = then_success([reply], class).await;
            let error = Clients::unpaced(&server).call(class).await.unwrap_err();
            assert_eq!(error.kind(), Kind::UnexpectedStatus, "{status}");
            assert_eq!(error.status().unwrap().as_u16(), status);
            assert_eq!((error.delivery(), server.request_count()), (Delivery::Answered, 1));
            assert!(!error.is_retryable());
            told(&error);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_28_a_204_is_enough_where_no_content_matters_and_empty_elsewhere() {
    let server = FaultServer::start(Script::always(Reply::status(204))).await.unwrap();
    let clients = Clients::unpaced(&server);
    clients.call(Retry::Never).await.unwrap();
    for class in [Retry::Safe, Retry::UpsertSafe, Retry::CheckFirst] {
        let error = clients.call(class).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Empty, Delivery::Answered, 1));
        assert!(told(&error).contains("HTTP 204"));
    }
}

#[tokio::test(start_paused = true)]
async fn row_29_a_streamed_body_is_not_sent_again_and_the_error_says_why() {
    for reply in [Reply::status(429), Reply::status(503).header("retry-after", "1")] {
        let server = FaultServer::start(Script::always(reply)).await.unwrap();
        let clients = Clients::unpaced(&server);
        let pieces = [PERSON, "\n", PERSON].map(Ok::<_, std::io::Error>);
        let part = Part::stream(futures::stream::iter(pieces)).file_name("users.csv");
        let form = ImportDataForm::new(part);
        let error = clients.userpilot.import_data().body(form).send().await.unwrap_err();
        assert_eq!((error.attempts(), error.delivery()), (1, Delivery::NotSent));
        assert!(told(&error).contains("its body is a stream that has been read"), "{error}");
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert!(String::from_utf8_lossy(&requests[0].body).contains(PERSON));
    }
}

#[tokio::test(start_paused = true)]
async fn row_29_a_streamed_body_that_met_a_401_renews_the_credential_for_the_next_call() {
    let (server, provider) = (accepting(2).await, Counting::default());
    let (issued, provider) = (Arc::clone(&provider.0), KeyOf(provider));
    let userpilot = revops_userpilot::Client::builder()
        .base_url(server.base_url())
        .quota(Quota::unlimited())
        .connection(|connection| connection.provider("apiToken", provider))
        .build()
        .unwrap();
    let part = || Part::stream(futures::stream::iter([Ok::<_, std::io::Error>(PERSON)])).file_name("a.csv");
    let error = userpilot.import_data().body(ImportDataForm::new(part())).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credential, 1));
    assert!(told(&error).contains("the credential was renewed for the next call"), "{error}");
    assert_eq!((server.request_count(), issued.load(Ordering::SeqCst)), (1, 2));
    userpilot.import_data().body(ImportDataForm::new(part())).send().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| String::from_utf8_lossy(&request.body).contains(PERSON)));
}

#[tokio::test(start_paused = true)]
async fn row_68_a_thousand_clones_share_one_limiter_in_the_order_of_their_coming() {
    let server = FaultServer::start(Script::always(success(Retry::UpsertSafe))).await.unwrap();
    let clients = Clients::paced(&server);
    let calls = (0..1_000).map(|_| {
        let clone = clients.clone();
        async move {
            let (outcome, time) = timed(clone.call(Retry::UpsertSafe)).await;
            outcome.unwrap();
            time
        }
    });
    let times = join_all(calls).await;
    assert!(times.is_sorted_by(|first, second| *second + Duration::from_millis(20) >= *first));
    assert_took(times[999], 49_000, 51_000);
    let arrived: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    assert_eq!(arrived.len(), 1_000);
    assert!(arrived.windows(21).all(|window| window[20] - window[0] >= Duration::from_secs(1)));
}

#[tokio::test(start_paused = true)]
async fn row_68_a_shutdown_wakes_who_waits() {
    let server = FaultServer::start(Script::always(success(Retry::UpsertSafe))).await.unwrap();
    let clients = Clients::paced(&server);
    let quota = clients.usergems.connection().quota().clone();
    let calls = join_all((0..100).map(|_| clients.call(Retry::UpsertSafe)));
    let close = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        quota.close();
    };
    let ((outcomes, ()), time) = timed(async { tokio::join!(calls, close) }).await;
    assert_took(time, 500, 520);
    let closed: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert_eq!((closed.len(), server.request_count()), (80, 20));
    for error in closed {
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Closed, Delivery::NotSent, 0));
        told(&error);
    }
}
