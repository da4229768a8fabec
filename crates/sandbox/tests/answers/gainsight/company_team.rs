//! The company team: upsert and search.

use serde_json::{Value, json};

use super::client::{Answer, Client};

async fn upsert(client: &Client, records: Value) -> Answer {
    client.ask("upsertCompanyTeam", "/companyteam", json!({"records": records})).await
}

fn ids(client: &Client) -> (Value, Value) {
    let gainsight = client.sandbox.gainsight();
    (gainsight.companies()[1]["Gsid"].clone(), gainsight.users()[5]["Gsid"].clone())
}

#[tokio::test]
async fn the_same_company_user_and_role_is_the_same_record() {
    let client = Client::start().await;
    let (company, user) = ids(&client);
    let count = || client.sandbox.gainsight().company_team().len();
    let record = |role: &str, primary: bool| json!({"CompanyId": company, "UserId": user, "TeamRole": role, "IsPrimary": primary});
    let before = count();
    let answer = upsert(&client, json!([record("Architect", false), record("Trainer", false)])).await;
    assert_eq!((answer.status, &answer.json["result"], count()), (200, &json!(true), before + 2));
    upsert(&client, json!([record("Architect", true)])).await;
    assert_eq!(count(), before + 2);
    let architect = client.sandbox.gainsight().company_team()[before].clone();
    assert_eq!((&architect["TeamRole"], &architect["IsPrimary"]), (&json!("Architect"), &json!(true)));
    upsert(&client, json!([{"Gsid": architect["Gsid"], "TeamRole": "Advisor"}])).await;
    let advisor = client.sandbox.gainsight().company_team()[before].clone();
    assert_eq!((&advisor["TeamRole"], &advisor["UserId"]), (&json!("Advisor"), &user));
}

#[tokio::test]
async fn one_wrong_record_and_nothing_is_written() {
    let client = Client::start().await;
    let (company, user) = ids(&client);
    let right = json!({"CompanyId": company, "UserId": user, "TeamRole": "Architect"});
    let cases = [
        (json!({"UserId": user}), "record 1: `CompanyId` is missing; nothing was written"),
        (
            json!({"CompanyId": company, "UserId": "1P"}),
            "record 1: `UserId` is the Gsid of no user; nothing was written",
        ),
        (
            json!({"CompanyId": "1P", "UserId": user}),
            "record 1: `CompanyId` is the Gsid of no company; nothing was written",
        ),
        (
            json!({"Gsid": "1P"}),
            "record 1: no company team record has this Gsid; leave it out for a new one; nothing was written",
        ),
    ];
    let before = client.sandbox.gainsight().company_team();
    for (wrong, reason) in cases {
        let answer = upsert(&client, json!([right, wrong])).await;
        assert_eq!((answer.status, answer.text("/errorDesc")), (400, reason));
        assert_eq!(answer.text("/errorCode"), "GSOBJ_1006");
    }
    assert_eq!(client.sandbox.gainsight().company_team(), before);
}

#[tokio::test]
async fn conditions_are_named_by_letters_where_the_document_has_no_alias() {
    let client = Client::start().await;
    let search = |body: Value| {
        let client = &client;
        async move { client.ask("searchCompanyTeam", "/companyteam/search", body).await }
    };
    let (first, second) = (
        client.sandbox.gainsight().companies()[0]["Gsid"].clone(),
        client.sandbox.gainsight().companies()[1]["Gsid"].clone(),
    );
    let where_ = |expression: &str| {
        json!({"where": {"conditions": [
            {"name": "TeamRole", "operator": "EQ", "value": ["CSM"]},
            {"name": "CompanyId", "operator": "EQ", "value": [first]},
            {"name": "CompanyId", "operator": "EQ", "value": [second]},
        ], "expression": expression}})
    };
    assert_eq!(search(where_("A AND (B OR C)")).await.each("CompanyId"), [first.clone(), second.clone()]);
    assert_eq!(search(where_("A AND B OR C")).await.json["data"]["totalCount"], 2);
    let refused = search(where_("A AND (B OR D)")).await;
    assert_eq!((refused.status, refused.text("/errorCode")), (400, "GSOBJ_VQP1001"));
    // The document leaves the operator open, so here the vendor's further ones can be sent.
    let open = |operator: &str, value: Value| json!({"where": {"conditions": [{"name": "TeamRole", "operator": operator, "value": value}]}});
    assert_eq!(search(open("IS_NULL", Value::Null)).await.json["data"]["totalCount"], 0);
    assert_eq!(search(open("BTW", json!(["A", "D"]))).await.json["data"]["totalCount"], 25);
    // How several values are compared by these two is told nowhere, so they are not guessed at.
    for operator in ["LIKE", "INCLUDES", "EXCLUDES"] {
        let unknown = search(open(operator, json!(["CSM"]))).await;
        assert_eq!(unknown.status, 400, "{operator}");
        assert!(
            unknown.text("/errorDesc").starts_with("condition `A` has no operator that is known: EQ, NE,")
        );
    }
}
