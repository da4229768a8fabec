//! Gong's users against the sandbox: every method, in every mood that concerns it, and when things go wrong.

use std::time::{Duration, Instant};

use crate::support::{assert_right, calls, gong, gong_with, is_send, quick, sandbox, sandbox_in, texts};
use futures::{StreamExt, TryStreamExt};
use revops::gong::{Gong, User};
use revops::{Contract, Error, Kind, Options, PagingError, Stream};
use revops_sandbox::fault::{Act, How, Reply};
use revops_sandbox::{GONG_ACCESS_TOKEN, Mood, Pool, Sandbox, Vendor, Window};
use serde_json::json;

async fn ids(users: Stream<User>) -> Vec<String> {
    let users: Vec<User> = users.try_collect().await.unwrap();
    users.into_iter().map(|user| user.id.unwrap()).collect()
}

/// Whatever the records look like, who they are stays the same.
#[tokio::test]
async fn every_method_reads_the_same_users_in_every_mood() {
    let moods = Mood::ALL.into_iter().map(Some).chain([None]);
    for mood in moods.filter(|mood| *mood != Some(Mood::Quotas)) {
        let sandbox = sandbox_in(120, mood).await;
        let users = gong(&sandbox).users();
        let known = texts(&sandbox.gong().users(), "id");
        assert_eq!(ids(is_send(users.list().stream())).await, known, "{mood:?}");
        assert_eq!(ids(users.list().include_avatars(true).stream()).await, known, "{mood:?}");
        let some = &known[3..20];
        assert_eq!(ids(is_send(users.filter().ids(some).stream())).await, some, "{mood:?}");
        assert_eq!(is_send(users.get(&known[7])).await.unwrap().id.as_ref(), Some(&known[7]), "{mood:?}");
        let changes = is_send(users.settings_history(&known[7]).stream()).try_collect::<Vec<_>>().await;
        let recorded = sandbox.gong().settings_history(&known[7]);
        assert_eq!(changes.unwrap().len(), recorded.len(), "{mood:?}");
        assert!(!recorded.is_empty());
        assert_right(&sandbox);
    }
}

#[tokio::test]
async fn pages_hold_a_hundred_and_the_total_is_told() {
    let sandbox = sandbox(250).await;
    let mut pages = gong(&sandbox).users().list().pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        sizes.push((page.records.len(), page.total));
    }
    assert_eq!(sizes, [(100, Some(240)), (100, Some(240)), (40, Some(240))]);
    assert_eq!((pages.total(), pages.checkpoint().is_end()), (Some(240), true));
}

#[tokio::test]
async fn a_filter_leaves_out_what_is_not_asked_and_nobody_is_no_error() {
    for (mood, contract) in
        [(false, Contract::Published), (true, Contract::Published), (true, Contract::Observed)]
    {
        let sandbox = sandbox(60).await;
        sandbox.set_mood(Mood::EmptyIsAnError, mood);
        sandbox.set_mood(Mood::ObservedPaths, contract == Contract::Observed);
        let users = gong_with(&sandbox, quick().with_contract(contract)).users();
        let all = texts(&sandbox.gong().users(), "id");
        let nobody: [&str; 0] = [];
        assert_eq!(ids(users.filter().ids(nobody).stream()).await, all);
        assert_eq!(ids(users.filter().include_avatars(false).stream()).await, all);
        assert_eq!(ids(users.filter().ids(["1"]).stream()).await, nobody);
        let middle = "2025-01-01T00:00:00Z".parse().unwrap();
        let before = ids(users.filter().created_to(middle).stream()).await;
        let after = ids(users.filter().created_from(middle).stream()).await;
        assert!(!before.is_empty() && !after.is_empty());
        assert_eq!(before.len() + after.len(), all.len());
        let path = if contract == Contract::Observed { "/users/extensive" } else { "/users/filter" };
        assert!(sandbox.requests().iter().all(|line| line.path.ends_with(path)));
        // `includeAvatars` is the vendor's, and in no published filter.
        if contract == Contract::Published {
            assert_right(&sandbox);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_before_anything_is_sent() {
    let sandbox = sandbox(3).await;
    let users = gong(&sandbox).users();
    let late = "2025-01-01T00:00:00Z".parse().unwrap();
    let early = "2024-01-01T00:00:00Z".parse().unwrap();
    let list = users.list().stream().checkpoint();
    let backwards = users.filter().created_from(late).created_to(early);
    let refused: Vec<Error> = vec![
        users.get("").await.unwrap_err(),
        users.get("..").await.unwrap_err(),
        users.settings_history("").stream().try_next().await.unwrap_err().into(),
        backwards.stream().try_next().await.unwrap_err().into(),
        users.filter().ids(["1", ""]).stream().try_next().await.unwrap_err().into(),
        users.filter().resume(list).stream().try_next().await.unwrap_err().into(),
    ];
    assert!(refused.iter().all(|error| error.kind() == Kind::Invalid));
    let lines: Vec<String> = refused.iter().map(Error::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Gong Users API getUser: the path parameter `id` is empty
    Gong Users API getUser: the path parameter `id` is a dot segment, which would leave its place in the path
    Gong Users API getUserSettingsHistory: the path parameter `id` is empty
    Gong Users API listUsersByFilter: `created_from` is not before `created_to`, so that nobody could match
    Gong Users API listUsersByFilter: one of the ids is empty
    Gong Users API listUsersByFilter: the checkpoint was made by another query; start this one anew, or ask the query it was made by
    ");
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn who_is_not_there_is_not_found() {
    let sandbox = sandbox(3).await;
    let users = gong(&sandbox).users();
    assert_eq!(users.get("1").await.unwrap_err().kind(), Kind::NotFound);
    let error = Error::from(users.settings_history("1").stream().try_next().await.unwrap_err());
    assert_eq!(error.kind(), Kind::NotFound);
    insta::assert_snapshot!(error.to_string(), @"Gong Users API getUserSettingsHistory: HTTP 404: the vendor has no such thing (request sandbox-2)");
}

#[tokio::test]
async fn a_record_that_cannot_be_decoded_stays_in_its_place_and_costs_nobody_the_page() {
    let sandbox = sandbox(4).await;
    let all = texts(&sandbox.gong().users(), "id");
    assert!(sandbox.gong().put_user(json!({"id": all[1], "active": {"since": "always"}})));
    let users = gong(&sandbox).users();
    let read: Vec<_> = users.list().stream().collect().await;
    let told = |user: &Result<User, PagingError<Error>>| user.as_ref().ok().and_then(|user| user.id.clone());
    assert_eq!(
        read.iter().map(told).collect::<Vec<_>>(),
        [Some(all[0].clone()), None, Some(all[2].clone()), Some(all[3].clone())]
    );
    let records: Vec<_> = users.list().records().try_collect().await.unwrap();
    assert_eq!(records.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, true]);
    assert_eq!(records[1].as_ref().unwrap_err().index, 1);
}

#[tokio::test]
async fn a_list_outlives_resets_storms_and_answers_cut_short() {
    let sandbox = sandbox(250).await;
    sandbox.before("listUsers").on_call(1, Act::reset_before_answer()).unwrap();
    sandbox.before((Vendor::Gong, "listUsers")).on_call(3, Reply::status(503)).unwrap();
    sandbox.before((Vendor::Gong, "listUsers")).on_call(4, Reply::status(502)).unwrap();
    let target = (Vendor::Gong, "listUsers");
    sandbox.before(target).spoil(6, |answer| answer.cut_body(300, How::Reset)).unwrap();
    assert_eq!(ids(gong(&sandbox).users().list().stream()).await, texts(&sandbox.gong().users(), "id"));
    assert_eq!(calls(&sandbox, "listUsers"), 7);
}

#[tokio::test]
async fn an_outage_ends_the_stream_and_it_can_be_taken_up_where_it_stood() {
    let sandbox = sandbox(250).await;
    let users = gong(&sandbox).users();
    let mut first = users.list().stream();
    let mut read = Vec::new();
    for _ in 0..100 {
        read.push(first.try_next().await.unwrap().unwrap().id.unwrap());
    }
    sandbox.before(Vendor::Gong).every(1, Reply::status(503)).unwrap();
    let error = Error::from(first.try_next().await.unwrap_err());
    assert_eq!((error.kind(), error.is_retryable(), error.attempts()), (Kind::Unavailable, true, 4));
    assert!(first.next().await.is_none());
    sandbox.clear_faults();
    read.extend(ids(users.list().resume(first.checkpoint()).stream()).await);
    assert_eq!(read, texts(&sandbox.gong().users(), "id"));
}

#[tokio::test]
async fn a_cursor_that_has_expired_is_told_with_what_was_read() {
    let sandbox = sandbox(250).await;
    let users = gong(&sandbox).users();
    let mut stream = users.list().stream();
    for _ in 0..100 {
        stream.try_next().await.unwrap();
    }
    sandbox.advance(Duration::from_secs(2 * 60 * 60));
    let error = stream.try_next().await.unwrap_err();
    let PagingError::CursorExpired { checkpoint, .. } = &error else { panic!("{error:?}") };
    assert_eq!(checkpoint.records(), 100);
    insta::assert_snapshot!(error.to_string(), @"the vendor no longer knows the cursor after 100 records; start the list anew");
    let again = users.list().resume(checkpoint.restart()).stream();
    assert_eq!(ids(again).await.len(), 240);
}

#[tokio::test]
async fn the_quota_is_kept_and_a_refusal_waited_for() {
    let sandbox = sandbox(250).await;
    sandbox.set_mood(Mood::Quotas, true);
    sandbox.set_mood(Mood::SmallPages, true);
    // Its own pace: three a second, so the fourth and fifth wait.
    let users = Gong::sandbox(sandbox.base_url(Vendor::Gong)).unwrap().users();
    let began = Instant::now();
    let _: Vec<User> = users.list().stream().take(30).try_collect().await.unwrap();
    assert!(began.elapsed() > Duration::from_millis(900), "{:?}", began.elapsed());
    let refused = |sandbox: &Sandbox| -> u64 { sandbox.quotas().iter().map(|used| used.refused).sum() };
    assert_eq!(refused(&sandbox), 0);
    // Without one, it does what the vendor asks.
    sandbox.set_quota(Pool::Gong, [Window::new(2, Duration::from_millis(500))]);
    let users = gong(&sandbox).users();
    let read: Vec<User> = users.list().stream().take(21).try_collect().await.unwrap();
    assert_eq!((read.len(), refused(&sandbox) > 0), (21, true));
}

#[tokio::test]
async fn a_wait_of_hours_is_told_and_not_waited_for() {
    let sandbox = sandbox(3).await;
    sandbox.before(Vendor::Gong).every(1, Reply::status(429).header("retry-after", "7200")).unwrap();
    let users = gong(&sandbox).users();
    for _ in 0..2 {
        let error = users.get("1").await.unwrap_err();
        let Kind::Quota { retry_after: Some(wait) } = error.kind() else { panic!("{error}") };
        assert!(wait > Duration::from_secs(7000));
    }
    assert_eq!(sandbox.requests().len(), 1, "who knows that it is of no use does not ask");
}

#[tokio::test]
async fn an_access_token_is_as_good_and_a_wrong_key_is_told() {
    let sandbox = sandbox(3).await;
    let url = sandbox.base_url(Vendor::Gong);
    let gong = Gong::builder().access_token(GONG_ACCESS_TOKEN).base_url(&url).build().unwrap();
    assert_eq!(ids(gong.users().list().stream()).await.len(), 3);
    let options = Options::default();
    let gong = Gong::builder().access_key("not", "it").base_url(&url).options(options).build().unwrap();
    let error = gong.users().get("1").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Credential);
    insta::assert_snapshot!(error.to_string(), @"Gong Users API getUser: HTTP 401: the vendor refused the credential; check the key and, for accounts with a host of their own, the base URL (request sandbox)");
    assert!(!format!("{gong:?} {error:?}").contains("not:it"));
}
