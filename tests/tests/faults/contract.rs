//! Which contract is spoken: the published one, or the observed one where it is asked for.

use revops_gainsight::user_management::types::ScimUserInput;
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
