//! Search over people: operators, expressions, order, fields and pages.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::client::{Answer, Client};

const SEARCH: &str = "/data/objects/Person/search";

async fn search(client: &Client, body: Value) -> Answer {
    client.ask("searchPeople", SEARCH, body).await
}

/// Three people beside the seeded ones, told by `Tier__gc`.
async fn client() -> Client {
    let client = Client::start().await;
    let people = [
        json!({"Email": "ann@acme.example.com", "LastName": "Ash", "NPS": 9, "IsPrimary": true, "Tier__gc": "gold"}),
        json!({"Email": "Ben@acme.example.com", "LastName": "Birch", "NPS": 4, "IsPrimary": false, "Tier__gc": "gold"}),
        json!({"Email": "cem@beta.example.com", "LastName": "Cedar", "IsPrimary": false, "Tier__gc": "tin",
               "CreatedDate": "2030-05-01T12:00:00Z"}),
    ];
    for person in &people {
        client.sandbox.gainsight().set_person(person);
    }
    client
}

/// The last names, in order, of the three who meet the condition.
async fn named(client: &Client, name: &str, operator: &str, value: Value) -> String {
    let body = json!({
        "where": {
            "conditions": [
                {"name": "Tier__gc", "alias": "T", "operator": "IN", "value": ["gold", "tin"]},
                {"name": name, "alias": "A", "operator": operator, "value": value},
            ],
            "expression": "T AND A",
        },
        "orderBy": {"field": "LastName", "order": "ASC"},
    });
    let answer = search(client, body).await;
    assert_eq!(answer.status, 200, "{name} {operator}: {answer:?}");
    assert_eq!(answer.json["data"]["count"], answer.json["data"]["totalCount"]);
    let names: Vec<String> =
        answer.each("LastName").iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    names.join(" ")
}

#[tokio::test]
async fn every_operator_means_what_it_says() {
    let client = client().await;
    let cases = [
        ("LastName", "EQ", json!("Ash"), "Ash"),
        ("LastName", "EQ", json!(["Ash"]), "Ash"),
        ("LastName", "EQ", json!("ash"), ""),
        ("Email", "EQ", json!("ben@ACME.example.com"), "Birch"),
        ("LastName", "NE", json!("Ash"), "Birch Cedar"),
        ("NPS", "NE", json!(9), "Birch Cedar"),
        ("NPS", "EQ", json!(9.0), "Ash"),
        ("NPS", "GT", json!(4), "Ash"),
        ("NPS", "GTE", json!(4), "Ash Birch"),
        ("NPS", "LT", json!(9), "Birch"),
        ("NPS", "LTE", json!(9), "Ash Birch"),
        ("IsPrimary", "EQ", json!(true), "Ash"),
        ("Email", "CONTAINS", json!("ACME"), "Ash Birch"),
        ("LastName", "STARTS_WITH", json!("B"), "Birch"),
        ("LastName", "ENDS_WITH", json!("r"), "Cedar"),
        ("LastName", "IN", json!(["Ash", "Cedar", "Oak"]), "Ash Cedar"),
        ("LastName", "NOT_IN", json!(["Ash", "Cedar"]), "Birch"),
        ("CreatedDate", "GT", json!("2030-05-01"), "Cedar"),
        ("CreatedDate", "EQ", json!("2030-05-01 12:00:00"), "Cedar"),
        ("CreatedDate", "GTE", json!(1_903_867_200_000_i64), "Cedar"),
        ("CreatedDate", "LT", json!("2030-05-01T14:00:00+02:00"), "Ash Birch"),
        ("Tier__gc", "EQ", json!("tin"), "Cedar"),
        ("Nowhere__gc", "EQ", json!("x"), ""),
        ("Nowhere__gc", "NE", json!("x"), "Ash Birch Cedar"),
    ];
    for (name, operator, value, expected) in cases {
        let shown = format!("{name} {operator} {value}");
        assert_eq!(named(&client, name, operator, value).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn what_cannot_be_searched_is_refused_with_a_reason_to_act_on() {
    let client = client().await;
    let condition = |name: &str, alias: &str, operator: &str, value: Value| json!({"name": name, "alias": alias, "operator": operator, "value": value});
    let one = |it: Value| json!({"where": {"conditions": [it]}});
    let a = || condition("LastName", "A", "EQ", json!("Ash"));
    let joined = |expression: &str| {
        let b = condition("NPS", "B", "GT", json!(3));
        json!({"where": {"conditions": [a(), b], "expression": expression}})
    };
    let query = "GSOBJ_VQP1001";
    let cases = [
        (
            joined("A AND C"),
            query,
            "`expression` cannot be used: it names `C`, which is no condition's alias",
        ),
        (joined(""), query, "`expression` cannot be used: it ends where an alias was expected"),
        (joined("A"), query, "`expression` cannot be used: it does not name the condition `B`"),
        (joined("(A AND B"), query, "`expression` cannot be used: a `)` is missing"),
        (
            json!({"where": {"conditions": [{"name": "NPS", "operator": "EQ", "value": 1}], "expression": "A"}}),
            query,
            "condition #0 has no `alias`, so the expression cannot name it",
        ),
        (json!({"where": {"conditions": [a(), a()]}}), query, "two conditions have the alias `A`"),
        (
            json!({"where": {"expression": "A"}}),
            query,
            "`expression` cannot be used: it names `A`, which is no condition's alias",
        ),
        (
            one(json!({"alias": "A", "operator": "EQ", "value": 1})),
            query,
            "condition `A` has no `name`, the field it compares",
        ),
        (
            one(condition("Surname", "A", "EQ", json!("x"))),
            query,
            "condition `A` names `Surname`, which is no field of Person",
        ),
        (
            one(condition("IsActive", "A", "GT", json!(true))),
            query,
            "condition `A` compares `IsActive` by GT, but it holds true or false",
        ),
        (
            one(condition("NPS", "A", "CONTAINS", json!(1))),
            query,
            "condition `A` compares `NPS` by CONTAINS, but it holds a number",
        ),
        (
            one(condition("NPS", "A", "EQ", json!([1, 2]))),
            query,
            "condition `A` has 2 values, which is not what EQ takes",
        ),
        (
            one(condition("NPS", "A", "EQ", Value::Null)),
            query,
            "condition `A` has 0 values, which is not what EQ takes",
        ),
        (
            one(condition("NPS", "A", "IN", json!([]))),
            query,
            "condition `A` has 0 values, which is not what IN takes",
        ),
        (
            one(condition("NPS", "A", "IN", json!([1, "2"]))),
            "GSOBJ_VDT1001",
            "condition `A`: the value of `NPS` must be a number",
        ),
        (
            one(condition("CreatedDate", "A", "LT", json!("May"))),
            "GSOBJ_VDT1001",
            "condition `A`: the value of `CreatedDate` must be a date and time (RFC 3339, `yyyy-MM-dd HH:mm:ss` or epoch milliseconds)",
        ),
        (
            json!({"select": ["Email", "Surname"]}),
            query,
            "`select` names `Surname`, which is no field of Person",
        ),
        (
            json!({"orderBy": {"field": "Surname"}}),
            query,
            "`orderBy` names `Surname`, which is no field of Person",
        ),
        (json!({"orderBy": {"order": "ASC"}}), query, "`orderBy` has an `order` and no `field`"),
        (json!({"limit": -1}), query, "`limit` is less than 0"),
        (json!({"offset": -1}), query, "`offset` is less than 0"),
    ];
    for (body, code, reason) in cases {
        let answer = search(&client, body).await;
        assert_eq!((answer.status, answer.text("/errorDesc")), (400, reason), "{answer:?}");
        assert_eq!((&answer.json["result"], answer.text("/errorCode")), (&json!(false), code));
    }
    assert_eq!(client.sandbox.violations(), []);
    let answer = search(&client, json!({"limit": 5001})).await;
    assert_eq!((answer.status, client.sandbox.violations().len()), (400, 1));
}

#[tokio::test]
async fn conditions_without_an_expression_must_all_be_met() {
    let client = client().await;
    let body = json!({"where": {"conditions": [
        {"name": "Tier__gc", "operator": "EQ", "value": "gold"},
        {"name": "NPS", "operator": "LT", "value": 5},
    ]}});
    assert_eq!(search(&client, body).await.each("LastName"), ["Birch"]);
    let all = search(&client, json!({})).await;
    assert_eq!((&all.json["data"]["totalCount"], all.each("Gsid").len()), (&json!(253), 253));
}

#[tokio::test]
async fn records_come_in_order_with_the_fields_that_were_selected() {
    let client = client().await;
    let body = |order: Value| {
        json!({
            "select": ["LastName", "NPS"],
            "where": {"conditions": [{"name": "Tier__gc", "operator": "IN", "value": ["gold", "tin"]}]},
            "orderBy": order,
        })
    };
    let down = search(&client, body(json!({"field": "NPS", "order": "DESC"}))).await;
    let expected =
        json!([{"LastName": "Ash", "NPS": 9}, {"LastName": "Birch", "NPS": 4}, {"LastName": "Cedar"}]);
    assert_eq!(down.json["data"]["records"], expected);
    let up = search(&client, body(json!({"field": "NPS"}))).await;
    assert_eq!(up.each("LastName"), ["Birch", "Ash", "Cedar"]);
    // The vendor's own form.
    let map = search(&client, body(json!({"Tier__gc": "desc", "LastName": "desc"}))).await;
    assert_eq!(map.each("LastName"), ["Cedar", "Birch", "Ash"]);
}

#[tokio::test]
async fn an_empty_search_is_an_empty_page() {
    let client = Client::start().await;
    for body in [json!({"offset": 250}), json!({"limit": 0})] {
        let answer = search(&client, body).await;
        assert_eq!(answer.json["data"], json!({"totalCount": 250, "count": 0, "records": []}));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Pages of any size put together are the whole list, each record once.
    #[test]
    fn pages_put_together_are_the_whole(limit in 1_usize..70, people in 0_usize..120) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = Client::from(revops_sandbox::Sandbox::builder().people(people)).await;
            let order = json!({"field": "Email", "order": "DESC"});
            let whole = search(&client, json!({"orderBy": order})).await.each("Gsid");
            let mut pages = Vec::new();
            loop {
                let body = json!({"orderBy": order, "limit": limit, "offset": pages.len()});
                let page = search(&client, body).await.each("Gsid");
                let end = page.len() < limit;
                pages.extend(page);
                if end { break }
            }
            assert_eq!((pages.len(), pages), (people, whole));
        });
    }

    /// Whatever is asked, the answer is one that the document promises, and never the server's fault.
    #[test]
    fn whatever_is_searched_is_answered_as_documented(bodies in proptest::collection::vec(any_search(), 40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = Client::from(revops_sandbox::Sandbox::builder().people(30)).await;
            for body in bodies {
                let answer = search(&client, body).await;
                assert!([200, 400].contains(&answer.status), "{answer:?}");
            }
        });
    }
}

/// Bodies of which some can be searched and many cannot.
fn any_search() -> impl Strategy<Value = Value> {
    let name = || prop::sample::select(vec!["Email", "NPS", "IsActive", "CreatedDate", "X__gc", "Surname"]);
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!([number])),
        ".{0,8}".prop_map(|text| json!(text)),
        Just(json!(["2025-01-01", "2026-01-01"])),
        Just(json!({"a": 1})),
    ];
    let operators = vec!["EQ", "NE", "GT", "LTE", "CONTAINS", "STARTS_WITH", "IN", "NOT_IN", "BTW"];
    let condition = (name(), prop::sample::select(operators), value, prop::sample::select(vec!["A", "B", ""]))
        .prop_map(|(name, operator, value, alias)| {
            json!({"name": name, "operator": operator, "value": value, "alias": alias})
        });
    let expression = prop_oneof!["[AB()]{0,6}", Just("A AND B".to_owned()), Just("A OR (B)".to_owned())];
    let conditions = proptest::collection::vec(condition, 0..3);
    (conditions, proptest::option::of(expression), name(), any::<i16>(), any::<i64>()).prop_map(
        |(conditions, expression, field, limit, offset)| {
            let mut body = json!({
                "where": {"conditions": conditions},
                "orderBy": {"field": field},
                "limit": limit,
                "offset": offset,
            });
            if let Some(expression) = expression {
                body["where"]["expression"] = json!(expression);
            }
            body
        },
    )
}
