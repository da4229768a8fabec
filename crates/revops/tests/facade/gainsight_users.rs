//! Gainsight's users and company teams: every method, in every mood that concerns it, and when things go wrong.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::support::{
    assert_right, calls, gainsight, gainsight_with, is_send, quick, sandbox, sandbox_in, texts,
};
use futures::{StreamExt, TryStreamExt, stream};
use revops::gainsight::{Filter, Gainsight, TeamMember, User, field};
use revops::{Contract, Error, Kind, Stream};
use revops_sandbox::fault::{Act, How, Reply};
use revops_sandbox::{Mood, Pool, Sandbox, Vendor, Window};
use serde_json::json;

async fn ids(users: Stream<User>) -> Vec<String> {
    let users: Vec<User> = users.try_collect().await.unwrap();
    users.into_iter().map(|user| user.gsid.unwrap()).collect()
}

async fn members(members: Stream<TeamMember>) -> Vec<String> {
    let members: Vec<TeamMember> = members.try_collect().await.unwrap();
    members.into_iter().map(|member| member.gsid.unwrap()).collect()
}

fn moods() -> impl Iterator<Item = Option<Mood>> {
    Mood::ALL.into_iter().filter(|mood| *mood != Mood::Quotas).map(Some).chain([None])
}

/// What a later page is refused for is told as what it is, and not as a list that must be begun anew.
#[tokio::test]
async fn a_credential_that_ends_while_a_list_is_read_is_no_expired_cursor() {
    let sandbox = sandbox(40).await;
    for (code, kind) in [("GSOBJ_1024", "credential"), ("GU_2400", "quota")] {
        let body = json!({"result": false, "errorCode": code}).to_string();
        let listed = (Vendor::Gainsight, "listUsers");
        sandbox.before(listed).every(2, Reply::json(400, body)).unwrap();
        let mut options = quick();
        options.retry.attempts = 1;
        let mut users = gainsight_with(&sandbox, options).users().list().page_size(15).stream();
        let error = loop {
            match users.next().await.unwrap() {
                Ok(_) => {}
                Err(error) => break Error::from(error),
            }
        };
        assert_eq!(error.kind().name(), kind, "{error}");
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn every_method_of_users_does_the_same_in_every_mood() {
    for mood in moods() {
        let sandbox = sandbox_in(40, mood).await;
        let users = gainsight(&sandbox).users();
        let before = texts(&sandbox.gainsight().users(), "Gsid");
        let found = ids(is_send(users.list().page_size(15).stream())).await;
        let old: Vec<String> = found.iter().filter(|gsid| before.contains(gsid)).cloned().collect();
        assert_eq!(old, before, "{mood:?}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{mood:?}: nobody twice");
        let gsid = &before[3];
        assert_eq!(is_send(users.get(gsid)).await.unwrap().gsid.as_ref(), Some(gsid), "{mood:?}");
        let update = users.update(gsid).first_name("Jane").last_name("Doe").email("jane@example.com");
        is_send(update.role("CSM").license_type("Full").user_type("Internal").send()).await.unwrap();
        is_send(users.deactivate(gsid)).await.unwrap();
        users.deactivate(gsid).await.unwrap();
        let user = sandbox.gainsight().user(gsid).unwrap();
        assert_eq!(
            (&user["FirstName"], &user["Email"], &user["LicenseType"], &user["IsActive"]),
            (&json!("Jane"), &json!("jane@example.com"), &json!("Full"), &json!(false)),
            "{mood:?}"
        );
        // GU_2403 can mean more than that nobody is there, so that a 200 with it is no more than a refusal.
        let missing = if mood == Some(Mood::FailureIn200) { Kind::Refused } else { Kind::NotFound };
        for error in [
            users.get("1P01XYZ").await.unwrap_err(),
            users.update("1P01XYZ").role("CSM").send().await.unwrap_err(),
            users.deactivate("1P01XYZ").await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), missing, "{mood:?}: {error}");
        }
        let taken = users.update(&before[4]).email("Jane@Example.com").send().await.unwrap_err();
        assert_eq!(taken.kind(), Kind::Conflict, "{mood:?}: {taken}");
        assert_right(&sandbox);
    }
}

#[tokio::test]
async fn a_member_of_the_staff_who_is_added_while_all_are_read_makes_nobody_appear_twice() {
    for size in [1, 7, 30] {
        let sandbox = sandbox(60).await;
        sandbox.set_mood(Mood::ShiftingOffsets, true);
        let before = texts(&sandbox.gainsight().users(), "Gsid");
        let found = ids(gainsight(&sandbox).users().list().page_size(size).stream()).await;
        assert_eq!(found, before, "{size}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_before_anything_is_sent() {
    let sandbox = sandbox(3).await;
    let gainsight = gainsight(&sandbox);
    let (users, team) = (gainsight.users(), gainsight.company_team());
    let other = users.list().stream().checkpoint();
    let refused: Vec<Error> = vec![
        users.get("").await.unwrap_err(),
        users.deactivate("").await.unwrap_err(),
        users.update("").role("CSM").send().await.unwrap_err(),
        users.update("1P01").email("jane at example.com").send().await.unwrap_err(),
        users.update("1P01").send().await.unwrap_err(),
        users.list().page_size(7).resume(other.clone()).stream().try_next().await.unwrap_err().into(),
        team.search(Filter::all()).stream().try_next().await.unwrap_err().into(),
        team.search(Filter::all()).select([""]).stream().try_next().await.unwrap_err().into(),
        team.search(Filter::all().not()).select(["UserId"]).stream().try_next().await.unwrap_err().into(),
        team.search(Filter::all())
            .select(["UserId"])
            .resume(other)
            .stream()
            .try_next()
            .await
            .unwrap_err()
            .into(),
    ];
    assert!(refused.iter().all(|error| error.kind() == Kind::Invalid));
    let lines: Vec<String> = refused.iter().map(Error::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Gainsight CS User Management API getUser: the path parameter `userId` is empty
    Gainsight CS User Management API deactivateUser: the path parameter `userId` is empty
    Gainsight CS User Management API updateUser: the path parameter `userId` is empty
    Gainsight CS User Management API updateUser: the user's e-mail address is none: it holds white space, within or around it
    Gainsight CS User Management API updateUser: nothing is said of the user that could be changed
    Gainsight CS User Management API listUsers: the checkpoint was made by another query; start this one anew, or ask the query it was made by
    Gainsight CS User Management API searchCompanyTeam: a search reads the fields it selects, and selects none
    Gainsight CS User Management API searchCompanyTeam: field 0 of those a search selects has no name; nothing was asked
    Gainsight CS User Management API searchCompanyTeam: `not` of every record is no record; nothing was asked
    Gainsight CS User Management API searchCompanyTeam: the checkpoint was made by another query; start this one anew, or ask the query it was made by
    ");
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn changes_whose_answer_was_lost_are_repeated() {
    let sandbox = sandbox(3).await;
    let users = gainsight(&sandbox).users();
    let gsid = &texts(&sandbox.gainsight().users(), "Gsid")[0];
    sandbox.after("updateUser").once(Act::close_before_answer()).unwrap();
    sandbox.after("deactivateUser").once(Act::reset_before_answer()).unwrap();
    sandbox.before("getUser").once(Reply::status(503)).unwrap();
    sandbox
        .before((Vendor::Gainsight, "listUsers"))
        .spoil(1, |answer| answer.cut_body(9, How::Close))
        .unwrap();
    users.update(gsid).role("CSM").send().await.unwrap();
    users.deactivate(gsid).await.unwrap();
    users.get(gsid).await.unwrap();
    assert_eq!(ids(users.list().stream()).await.len(), 3);
    assert_eq!(sandbox.gainsight().user(gsid).unwrap()["IsActive"], false);
    assert_eq!(sandbox.requests().len(), 9);
}

#[tokio::test]
async fn the_small_quota_of_users_is_kept_and_a_refusal_waited_for() {
    let sandbox = sandbox(30).await;
    sandbox.set_quota(Pool::GainsightUsers, [Window::new(2, Duration::from_millis(60))]);
    let mut options = quick();
    options.retry.base = Duration::from_millis(100);
    options.retry.attempts = 10;
    let users = gainsight_with(&sandbox, options).users();
    assert_eq!(ids(users.list().page_size(5).stream()).await.len(), 29);
    assert!(sandbox.quotas().iter().any(|used| used.refused > 0));
    // A client of its own accord makes a hundred calls an hour, and says so rather than wait for the next.
    let paced = Gainsight::builder().access_key(revops_sandbox::GAINSIGHT_ACCESS_KEY);
    let paced = paced.base_url(sandbox.base_url(Vendor::Gainsight));
    let paced = paced.options(quick().with_deadline(Duration::from_secs(5))).build().unwrap();
    sandbox.set_quota(Pool::GainsightUsers, []);
    let began = Instant::now();
    let error = loop {
        if let Err(error) = paced.users().get(&texts(&sandbox.gainsight().users(), "Gsid")[0]).await {
            break error;
        }
    };
    assert!(
        matches!(error.kind(), Kind::Quota { retry_after: Some(wait) } if wait.as_secs() > 3000),
        "{error}"
    );
    assert_eq!((calls(&sandbox, "getUser"), began.elapsed().as_secs() < 5), (100, true));
}

fn member(sandbox: &Sandbox, company: usize, user: usize) -> TeamMember {
    let company = texts(&sandbox.gainsight().companies(), "Gsid")[company].clone();
    let user = texts(&sandbox.gainsight().users(), "Gsid")[user].clone();
    TeamMember::builder().company_id(company).user_id(user).team_role("Tester").try_into().unwrap()
}

#[tokio::test]
async fn the_company_team_is_written_and_searched_in_every_mood() {
    for (mood, contract) in moods()
        .map(|mood| (mood, Contract::Published))
        .chain([(Some(Mood::ObservedPaths), Contract::Observed)])
    {
        let sandbox = sandbox_in(150, mood).await;
        let team = gainsight_with(&sandbox, quick().with_contract(contract)).company_team();
        let before = sandbox.gainsight().company_team().len();
        let input: Vec<TeamMember> = (0..120).map(|user| member(&sandbox, user % 15, user)).collect();
        let report = is_send(team.upsert(input.clone()).send()).await;
        assert_eq!((report.written(), report.len()), (120, 120), "{mood:?}: {report}");
        let mut outcomes = is_send(team.upsert_stream(stream::iter(input)).stream());
        let mut index = 0;
        while let Some((place, outcome)) = outcomes.next().await {
            assert!(place == index && outcome.is_done());
            index += 1;
        }
        let now = sandbox.gainsight().company_team();
        assert_eq!((index, now.len()), (120, before + 120), "{mood:?}");
        // Who is new since is beside them, in the mood for it.
        let known = texts(&now, "Gsid");
        let found =
            members(is_send(team.search(Filter::all()).select(["UserId"]).page_size(50).stream())).await;
        let old: Vec<String> = found.iter().filter(|gsid| known.contains(gsid)).cloned().collect();
        assert_eq!(old, known, "{mood:?}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{mood:?}: nobody twice");
        let testers = team.search(field("TeamRole").eq("Tester").and(field("UserId").ne("x")));
        assert_eq!(members(testers.select(["UserId"]).stream()).await.len(), 120, "{mood:?}");
        let nobody = team.search(field("TeamRole").eq("Nobody")).select(["UserId"]);
        assert_eq!(members(nobody.stream()).await.len(), 0, "{mood:?}");
        assert_right(&sandbox);
    }
}

#[tokio::test]
async fn a_poison_record_of_a_team_is_isolated_and_a_lost_answer_repeated() {
    for mood in [None, Some(Mood::FailureIn200)] {
        let sandbox = sandbox_in(150, mood).await;
        sandbox.after("upsertCompanyTeam").on_call(2, Act::close_before_answer()).unwrap();
        let before = sandbox.gainsight().company_team().len();
        let mut input: Vec<TeamMember> = (0..120).map(|user| member(&sandbox, user % 15, user)).collect();
        input[60].company_id = Some("1P02NOCOMPANY".to_owned());
        let report = gainsight(&sandbox).company_team().upsert(input).send().await;
        let refused: Vec<usize> = report.refused().map(|(index, _)| index).collect();
        assert_eq!((report.written(), refused), (119, vec![60]), "{report}");
        assert_eq!(sandbox.gainsight().company_team().len(), before + 119);
    }
}
