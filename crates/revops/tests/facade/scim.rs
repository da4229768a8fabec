//! Gainsight's users by SCIM: every method, in every mood that concerns it, and provisioning when answers are lost.

use std::sync::Arc;

use crate::support::{
    assert_right, calls, gainsight, gainsight_in, gainsight_with, gainsight_with_tokens, is_send, quick,
    sandbox, sandbox_in, texts,
};
use futures::TryStreamExt;
use revops::gainsight::scim::{self, Provisioned, Scim, ScimUser, ScimUserInput, attribute};
use revops::{Contract, Error, Kind, Stream};
use revops_sandbox::fault::{Act, How, Reply};
use revops_sandbox::{Mood, Profile, Sandbox};
use serde_json::json;

async fn names(users: Stream<ScimUser>) -> Vec<String> {
    let users: Vec<ScimUser> = users.try_collect().await.unwrap();
    users.into_iter().map(|user| user.user_name.unwrap()).collect()
}

fn jane() -> ScimUserInput {
    scim::user("jane.doe@example.com", "Jane", "Doe", "jane.doe@example.com").unwrap()
}

fn scim_of(sandbox: &Sandbox) -> Scim {
    gainsight(sandbox).scim()
}

#[tokio::test]
async fn every_method_does_the_same_in_every_mood() {
    let published = Mood::ALL.into_iter().filter(|mood| *mood != Mood::Quotas).map(Some).chain([None]);
    let cases = published.map(|mood| (mood, Contract::Published));
    for (mood, contract) in cases.chain([(Some(Mood::ObservedPaths), Contract::Observed)]) {
        let sandbox = sandbox_in(40, mood).await;
        let scim = gainsight_in(&sandbox, mood, quick().with_contract(contract)).scim();
        let before = texts(&sandbox.gainsight().scim_users(), "userName");
        let found = names(is_send(scim.list().page_size(15).stream())).await;
        let old: Vec<String> = found.iter().filter(|name| before.contains(name)).cloned().collect();
        assert_eq!(old, before, "{mood:?}");
        let mut unique = found.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), found.len(), "{mood:?}: nobody twice");

        let created = is_send(scim.create(jane())).await.unwrap();
        let id = created.id.unwrap();
        assert_eq!(scim.create(jane()).await.unwrap_err().kind(), Kind::Conflict, "{mood:?}");
        assert_eq!(is_send(scim.get(&id)).await.unwrap().user_name, created.user_name, "{mood:?}");
        let mut change = jane();
        change.active = Some(false);
        change.title = Some("Ex".to_owned());
        let changed = is_send(scim.replace(&id, change)).await.unwrap();
        assert_eq!((changed.active, changed.id.as_ref()), (Some(false), Some(&id)), "{mood:?}");
        let by_name = scim.list().filter(attribute("userName").eq("jane.doe@example.com"));
        assert_eq!(names(by_name.stream()).await, ["jane.doe@example.com"], "{mood:?}");
        is_send(scim.delete(&id)).await.unwrap();
        for error in [
            scim.delete(&id).await.unwrap_err(),
            scim.get(&id).await.map(drop).unwrap_err(),
            scim.replace(&id, jane()).await.map(drop).unwrap_err(),
        ] {
            assert_eq!(error.kind(), Kind::NotFound, "{mood:?}: {error}");
        }
        let first = is_send(scim.provision(jane())).await.unwrap();
        let again = scim.provision(jane()).await.unwrap();
        assert!(matches!((&first, &again), (Provisioned::Created(_), Provisioned::Existing(_))), "{mood:?}");
        assert_eq!(first.into_user().id, again.into_user().id);
        assert_right(&sandbox);
    }
}

/// A client that holds only the key reaches all but SCIM, as with the vendor.
#[tokio::test]
async fn where_scim_takes_no_key_it_is_sent_the_token_and_the_rest_the_key() {
    let sandbox = Sandbox::builder().people(12).profile(Profile::Observed).start().await.unwrap();
    let observed = || quick().with_contract(Contract::Observed);
    let both = gainsight_with_tokens(&sandbox, observed());
    let scim = both.scim();
    assert_eq!(names(scim.list().page_size(5).stream()).await.len(), 12);
    let id = scim.create(jane()).await.unwrap().id.unwrap();
    assert_eq!(scim.create(jane()).await.unwrap_err().kind(), Kind::Conflict);
    let mut change = jane();
    change.active = Some(false);
    assert_eq!(scim.replace(&id, change).await.unwrap().active, Some(false));
    assert!(matches!(scim.provision(jane()).await.unwrap(), Provisioned::Existing(_)));
    scim.delete(&id).await.unwrap();
    assert_eq!(both.users().list().stream().try_collect::<Vec<_>>().await.unwrap().len(), 12);
    assert_right(&sandbox);
    let used: Vec<(bool, bool)> = sandbox
        .requests()
        .iter()
        .map(|line| {
            let sent = |name: &str| line.headers.iter().any(|(it, _)| it == name);
            (
                line.path.contains("/scim/") || line.operation == Some("token"),
                sent("authorization") && !sent("accesskey"),
            )
        })
        .collect();
    assert!(used.iter().all(|(token, sent)| token == sent), "{used:?}");

    let key_alone = gainsight_with(&sandbox, observed());
    let refused = key_alone.scim().get("1").await.unwrap_err();
    assert_eq!((refused.kind(), refused.status().map(|it| it.as_u16())), (Kind::Credential, Some(401)));
    key_alone.users().list().stream().try_collect::<Vec<_>>().await.unwrap();
}

#[tokio::test]
async fn filters_are_escaped_and_mean_what_they_say() {
    let sandbox = sandbox(20).await;
    let scim = scim_of(&sandbox);
    let odd = r#"o"brien\ or userName pr"#;
    let user = scim::user(odd, "Pat", "O'Brien", "pat@example.com").unwrap();
    let id = scim.create(user).await.unwrap().id;
    let only = |filter| scim.list().filter(filter).stream();
    assert_eq!(names(only(attribute("userName").eq(odd))).await, [odd]);
    assert_eq!(names(only(attribute("userName").starts_with("o\""))).await, [odd]);
    assert_eq!(names(only(attribute("emails.value").eq("pat@example.com"))).await, [odd]);
    let inactive = attribute("active").eq(false);
    let all = sandbox.gainsight().scim_users();
    let expected = all.iter().filter(|user| user["active"] == false).count();
    assert!(expected > 0 && expected < all.len());
    assert_eq!(names(only(inactive.clone())).await.len(), expected);
    assert_eq!(names(only(inactive.clone().not())).await.len(), all.len() - expected);
    assert_eq!(names(only(inactive.clone().and(attribute("userName").present()))).await.len(), expected);
    assert_eq!(names(only(inactive.or(attribute("userName").contains("o\"b")))).await.len(), expected + 1);
    assert_eq!(names(only(attribute("userName").eq("nobody"))).await.len(), 0);
    assert!(id.is_some());
    assert_right(&sandbox);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_before_anything_is_sent() {
    let sandbox = sandbox(3).await;
    let scim = scim_of(&sandbox);
    let other = scim.list().stream().checkpoint();
    let active = || attribute("active").eq(true);
    let first =
        |list: scim::ListUsers| async move { Error::from(list.stream().try_next().await.unwrap_err()) };
    let refused: Vec<Error> = vec![
        scim::user(" ", "Jane", "Doe", "jane@example.com").unwrap_err(),
        scim::user("jane", "Jane", "", "jane@example.com").unwrap_err(),
        scim::user("jane", "Jane", "Doe", "jane at example.com").unwrap_err(),
        first(scim.list().filter(attribute("userName pr or x").eq("y"))).await,
        first(scim.list().filter(active().and(attribute("").present()))).await,
        first(scim.list().filter(active()).resume(other)).await,
        scim.get("").await.unwrap_err(),
        scim.replace("..", jane()).await.unwrap_err(),
        scim.delete("").await.unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.kind() == Kind::Invalid));
    let lines: Vec<String> = refused.iter().map(Error::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Gainsight CS User Management API scimCreateUser: the user name of a user is empty
    Gainsight CS User Management API scimCreateUser: the family name of a user is empty
    Gainsight CS User Management API scimCreateUser: the e-mail address of a user is none: it holds white space, within or around it
    Gainsight CS User Management API scimListUsers: an attribute's path holds more than letters, digits and `.:_-$`
    Gainsight CS User Management API scimListUsers: an attribute's path holds more than letters, digits and `.:_-$`
    Gainsight CS User Management API scimListUsers: the checkpoint was made by another query; start this one anew, or ask the query it was made by
    Gainsight CS User Management API scimGetUser: the path parameter `scimUserId` is empty
    Gainsight CS User Management API scimUpdateUser: the path parameter `scimUserId` is a dot segment, which would leave its place in the path
    Gainsight CS User Management API scimDeleteUser: the path parameter `scimUserId` is empty
    ");
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_not_repeated_and_provision_finds_it() {
    for act in [Act::close_before_answer(), Act::reset_before_answer(), Reply::status(502).into()] {
        let sandbox = sandbox(3).await;
        let scim = scim_of(&sandbox);
        sandbox.after("scimCreateUser").once(act.clone()).unwrap();
        let error = scim.create(jane()).await.unwrap_err();
        assert_eq!(
            (calls(&sandbox, "scimCreateUser"), error.delivery()),
            (1, revops::Delivery::MaybeProcessed)
        );
        assert_eq!(sandbox.gainsight().scim_users().len(), 4);

        let other = scim::user("john.doe@example.com", "John", "Doe", "john.doe@example.com").unwrap();
        sandbox.after("scimCreateUser").once(act).unwrap();
        let found = scim.provision(other).await.unwrap();
        assert!(matches!(&found, Provisioned::Existing(user) if user.id.is_some()), "{found:?}");
        assert_eq!((calls(&sandbox, "scimCreateUser"), sandbox.gainsight().scim_users().len()), (2, 5));
    }
}

#[tokio::test]
async fn provision_creates_whom_a_lost_request_did_not() {
    let sandbox = sandbox(3).await;
    sandbox.before("scimCreateUser").once(Act::close_before_answer()).unwrap();
    let made = scim_of(&sandbox).provision(jane()).await.unwrap();
    assert!(matches!(made, Provisioned::Created(_)));
    assert_eq!(sandbox.gainsight().scim_users().len(), 4);
}

#[tokio::test]
async fn provision_finds_whom_a_lost_request_created_late() {
    let sandbox = Arc::new(sandbox(3).await);
    sandbox.before("scimCreateUser").once(Act::close_before_answer()).unwrap();
    // Nobody is there when it looks, and then the first request arrives.
    let late = Arc::clone(&sandbox);
    let nobody =
        json!({"schemas": [], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []});
    let look = Act::choose(move |_| {
        late.gainsight().set_user(&json!({"Email": "jane.doe@example.com", "IsActive": true}));
        let reply = Reply::status(200).header("content-type", "application/scim+json");
        reply.body(nobody.to_string().into_bytes()).into()
    });
    sandbox.before("scimListUsers").once(look).unwrap();
    let found = scim_of(&sandbox).provision(jane()).await.unwrap();
    assert!(matches!(found, Provisioned::Existing(_)));
    assert_eq!(sandbox.gainsight().users().len(), 4);
    sandbox.clear_faults();
}

#[tokio::test]
async fn provision_says_what_keeps_a_user_from_being_there() {
    let sandbox = sandbox(3).await;
    let scim = scim_of(&sandbox);
    sandbox.before("scimCreateUser").every(1, Reply::status(403)).unwrap();
    assert_eq!(scim.provision(jane()).await.unwrap_err().kind(), Kind::Permission);
    assert_eq!(calls(&sandbox, "scimListUsers"), 0);
    sandbox.clear_faults();
    // Taken under another name: nobody of this name is found.
    sandbox.before("scimCreateUser").every(1, Reply::status(409)).unwrap();
    assert_eq!(scim.provision(jane()).await.unwrap_err().kind(), Kind::Conflict);
    sandbox.clear_faults();
    // A server that ignores the filter is not believed.
    sandbox.before("scimCreateUser").once(Reply::status(409)).unwrap();
    let everybody =
        json!({"totalResults": 1, "Resources": [{"id": "1", "userName": "somebody.else@example.com"}]});
    let everybody = Reply::status(200)
        .header("content-type", "application/scim+json")
        .body(everybody.to_string().into_bytes());
    sandbox.before("scimListUsers").once(everybody).unwrap();
    assert_eq!(scim.provision(jane()).await.unwrap_err().kind(), Kind::Conflict);
}

/// Whoever provisions a user who was deactivated must be able to see that nobody can log in.
#[tokio::test]
async fn a_user_who_was_there_and_is_not_active_is_told_apart() {
    let sandbox = sandbox(0).await;
    let scim = scim_of(&sandbox);
    let created = scim.provision(jane()).await.unwrap();
    assert!(created.is_active());
    let mut gone = jane();
    gone.active = Some(false);
    scim.replace(created.into_user().id.unwrap(), gone).await.unwrap();
    let again = scim.provision(jane()).await.unwrap();
    assert!(matches!(again, Provisioned::Existing(_)) && !again.is_active());
}

#[tokio::test]
async fn reads_replacements_and_deletions_outlive_lost_answers() {
    let sandbox = sandbox(10).await;
    let scim = scim_of(&sandbox);
    let id = scim.create(jane()).await.unwrap().id.unwrap();
    sandbox.after("scimUpdateUser").once(Act::close_before_answer()).unwrap();
    sandbox.before("scimGetUser").once(Reply::status(503)).unwrap();
    sandbox.after("scimDeleteUser").once(Act::reset_before_answer()).unwrap();
    sandbox.before("scimListUsers").spoil(1, |answer| answer.cut_body(50, How::Close)).unwrap();
    scim.replace(&id, jane()).await.unwrap();
    scim.get(&id).await.unwrap();
    assert_eq!(names(scim.list().stream()).await.len(), 11);
    scim.delete(&id).await.unwrap();
    assert_eq!((sandbox.gainsight().scim_users().len(), calls(&sandbox, "scimDeleteUser")), (10, 2));
}
