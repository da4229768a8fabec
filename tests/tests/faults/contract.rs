//! Which contract is spoken: the published one, or the observed one where it is asked for.

use std::time::Duration;

use revops_gainsight::user_management::types::ScimUserInput;
use revops_runtime::retry::RetryPolicy;
use revops_runtime::{Contract, Options};
use revops_sandbox::fault::{Reply, Script};
use revops_tests::faulted::Clients;
use serde_json::json;

#[tokio::test]
async fn the_observed_contract_is_spoken_when_asked_for_and_only_then() {
    let user: ScimUserInput = serde_json::from_value(json!({
        "schemas": [], "userName": "jane", "name": { "givenName": "J", "familyName": "D" }, "emails": []
    }))
    .unwrap();
    for (contract, paths, version) in [
        (
            Contract::Published,
            ["/users/filter", "/scim/v2/Users/a%2Fb", "/data/objects/Person/search", "/v1/background_jobs"],
            None,
        ),
        (
            Contract::Observed,
            [
                "/users/extensive",
                "/users/services/scim/Users/a%2Fb",
                "/data/objects/query/Person",
                "/v1/background_jobs",
            ],
            Some("2020-09-22"),
        ),
    ] {
        let options = Options::default().with_contract(contract);
        let clients = Clients::with(Script::always(Reply::json(200, "{}")), options).await;
        let _ = clients.gong.list_users_by_filter().body_map(|body| body).send().await;
        let _ = clients.users.scim_update_user().scim_user_id("a/b").body(user.clone()).send().await;
        let _ = clients.person.search_people().body_map(|body| body).send().await;
        let _ = clients.userpilot.list_jobs().send().await;
        let sent = clients.server.requests();
        assert_eq!(sent.iter().map(revops_sandbox::fault::Received::path).collect::<Vec<_>>(), paths);
        assert_eq!(sent[3].header("x-api-version"), version);
    }
}

#[tokio::test]
async fn a_copy_with_another_policy_keeps_the_contract_and_all_else() {
    let options = Options::default()
        .with_contract(Contract::Observed)
        .with_deadline(Duration::from_secs(7))
        .with_max_response(1_000)
        .with_max_records(5);
    let clients = Clients::with(Script::always(Reply::status(503)), options).await;
    let hasty = clients.gong.with_options(|options| options.with_retry(RetryPolicy::never()));
    let error = hasty.list_users_by_filter().body_map(|body| body).send().await.unwrap_err();
    assert_eq!((error.attempts(), clients.server.requests()[0].path()), (1, "/users/extensive"));
    let facade = revops::gong::Gong::from(hasty);
    let kept = facade.api().connection().options();
    assert_eq!(
        (kept.deadline, kept.max_response, kept.max_records),
        (Some(Duration::from_secs(7)), 1_000, 5)
    );
    // The other keeps its own.
    assert_eq!(clients.gong.connection().options().retry.attempts, 4);
}
