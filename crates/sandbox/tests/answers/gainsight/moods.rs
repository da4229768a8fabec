//! What Gainsight does beside its documents, one mood at a time.

use revops_sandbox::{Mood, Sandbox};
use serde_json::{Value, json};

use super::client::Client;

const SEARCH: &str = "/data/objects/Person/search";

fn nobody() -> Value {
    json!({"where": {"conditions": [{"name": "Email", "operator": "EQ", "value": ["nobody@example.com"]}]}})
}

#[tokio::test]
async fn a_failure_comes_as_result_false_in_a_200() {
    let client = Client::moody(&[Mood::FailureIn200]).await;
    let cases = [
        ("getPerson", "/data/objects/Person/1", Value::Null, "/title", "OBJECT_NOT_FOUND"),
        ("getUser", "/users/1", Value::Null, "/errorCode", "GU_2403"),
        ("searchPeople", SEARCH, json!({"limit": -1}), "/errorCode", "GSOBJ_VQP1001"),
    ];
    for (id, path, body, pointer, expected) in cases {
        let answer = client.ask(id, path, body).await;
        assert_eq!((answer.status, &answer.json["result"]), (200, &json!(false)), "{id}");
        assert_eq!(answer.text(pointer), expected, "{id}");
    }
    assert_eq!(client.ask("scimGetUser", "/scim/v2/Users/1", Value::Null).await.status, 404);
}

#[tokio::test]
async fn to_find_nothing_is_an_error() {
    let client = Client::moody(&[Mood::EmptyIsAnError]).await;
    let team = json!({"where": {"conditions": [{"name": "TeamRole", "operator": "EQ", "value": "x"}]}});
    for (id, path, body) in [
        ("searchPeople", SEARCH, nobody()),
        ("searchCompanyTeam", "/companyteam/search", team),
        ("listUsers", "/users?pageNumber=99", Value::Null),
    ] {
        let answer = client.ask_moody(id, path, body).await;
        assert_eq!((answer.status, answer.text("/errorCode")), (400, "GSOBJ_1011"), "{id}");
        assert_eq!(answer.text("/errorDesc"), "No entity matches the given criteria");
    }
    client.sandbox.set_mood(Mood::FailureIn200, true);
    let answer = client.ask("searchPeople", SEARCH, nobody()).await;
    assert_eq!((answer.status, answer.text("/errorDesc")), (200, "No data found for given criteria"));
    assert_eq!(client.ask("scimListUsers", "/scim/v2/Users?startIndex=999", Value::Null).await.status, 200);
}

#[tokio::test]
async fn pages_are_small_and_who_goes_on_after_what_came_sees_everybody() {
    let client = Client::moody(&[Mood::SmallPages]).await;
    let mut seen = Vec::new();
    loop {
        let body = json!({"limit": 100, "offset": seen.len()});
        let page = client.ask("searchPeople", SEARCH, body).await.each("Gsid");
        assert!(page.len() <= 5);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen.len(), 250);
    let users = client.ask("listUsers", "/users?pageNumber=1&pageSize=100", Value::Null).await.each("Gsid");
    let scim = client.ask("scimListUsers", "/scim/v2/Users?startIndex=6", Value::Null).await.each("id");
    assert_eq!((users.len(), &users), (5, &scim));
}

#[tokio::test]
async fn between_two_pages_somebody_comes_before_them() {
    let client = Client::moody(&[Mood::ShiftingOffsets]).await;
    let page = |offset: usize, order: &'static str| {
        let client = &client;
        async move {
            let body = json!({"limit": 10, "offset": offset, "orderBy": {"field": order}});
            client.ask("searchPeople", SEARCH, body).await.each("Gsid")
        }
    };
    // Ordered by what does not change, the first person of the second page was on the first one.
    let (first, second) = (page(0, "IsActive").await, page(10, "IsActive").await);
    assert_eq!(second[0], first[9]);
    // Ordered by when it was last changed, a newcomer is the last.
    let (first, second) = (page(0, "ModifiedDate").await, page(10, "ModifiedDate").await);
    assert!(second.iter().all(|gsid| !first.contains(gsid)));

    let users = |path: &'static str, name: &'static str, id: &'static str| {
        let client = &client;
        async move { client.ask(id, path, Value::Null).await.each(name) }
    };
    let first = users("/users?pageNumber=0&pageSize=5", "Gsid", "listUsers").await;
    assert_eq!(users("/users?pageNumber=1&pageSize=5", "Gsid", "listUsers").await[0], first[4]);
    let first = users("/scim/v2/Users?count=5", "id", "scimListUsers").await;
    assert_eq!(users("/scim/v2/Users?startIndex=6&count=5", "id", "scimListUsers").await[0], first[4]);
    assert_eq!(client.sandbox.gainsight().people().len() + client.sandbox.gainsight().users().len(), 490 + 4);
}

#[tokio::test]
async fn between_two_pages_of_a_company_team_a_member_comes_before_them() {
    let client = Client::moody(&[Mood::ShiftingOffsets]).await;
    let before = client.sandbox.gainsight().company_team();
    let page = |offset: usize| {
        let client = &client;
        async move {
            let body = json!({"limit": 10, "offset": offset});
            client.ask("searchCompanyTeam", "/companyteam/search", body).await.each("Gsid")
        }
    };
    let (first, second) = (page(0).await, page(10).await);
    assert_eq!(second[0], first[9]);
    let now = client.sandbox.gainsight().company_team();
    assert_eq!(now[1..], before);
    // It is a record of its own by what such a record is known by, too.
    let keys = |record: &Value| ["CompanyId", "UserId", "TeamRole"].map(|name| record[name].clone());
    assert_eq!(now.iter().filter(|record| keys(record) == keys(&now[0])).count(), 1);
    let users = client.sandbox.gainsight().users();
    assert!(users.iter().any(|user| user["Gsid"] == now[0]["UserId"]));
}

/// Who begins anew meets a list that moves as much as the first time; who pages one by one comes to an end.
#[tokio::test]
async fn each_sequence_of_pages_is_shifted_and_each_comes_to_an_end() {
    let builder = Sandbox::builder().people(30).mood(Mood::ShiftingOffsets);
    let client = Client::from(builder).await;
    let size = |client: &Client| {
        let gainsight = client.sandbox.gainsight();
        [gainsight.people().len(), gainsight.users().len(), gainsight.company_team().len()]
    };
    let [mut people, mut users, mut team] = size(&client);
    for _ in 0..2 {
        for (id, path) in [("searchPeople", SEARCH), ("searchCompanyTeam", "/companyteam/search")] {
            let mut offset = 0;
            let page =
                async |offset: usize| client.ask(id, path, json!({"limit": 1, "offset": offset})).await;
            while !page(offset).await.each("Gsid").is_empty() {
                offset += 1;
            }
        }
        (people, team) = (people + 20, team + 20);
        assert_eq!(size(&client), [people, users, team]);
        let mut number = 0;
        let page = async |path: String| client.ask("listUsers", &path, Value::Null).await.each("Gsid");
        while !page(format!("/users?pageNumber={number}&pageSize=1")).await.is_empty() {
            number += 1;
        }
        users += 20;
        assert_eq!(size(&client), [people, users, team]);
        let mut start = 1;
        let page = async |path: String| client.ask("scimListUsers", &path, Value::Null).await.each("id");
        while !page(format!("/scim/v2/Users?startIndex={start}&count=1")).await.is_empty() {
            start += 1;
        }
        users += 20;
        assert_eq!(size(&client), [people, users, team]);
    }
}

#[tokio::test]
async fn the_paths_that_are_really_served_answer_from_the_same_state() {
    let client = Client::moody(&[Mood::ObservedPaths]).await;
    let published = client.ask("searchPeople", SEARCH, json!({"limit": 3})).await;
    let observed = client.ask("searchPeople", "/data/objects/query/Person", json!({"limit": 3})).await;
    assert_eq!(published.json["data"], observed.json["data"]);
    let base = "/users/services/scim/Users";
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "jane",
        "name": {"givenName": "Jane", "familyName": "Doe"},
        "emails": [{"value": "jane@example.com"}],
    });
    let created = client.ask("scimCreateUser", base, user.clone()).await;
    let location = created.headers["location"].to_str().unwrap();
    assert!(location.ends_with(&format!("/gainsight/v1{base}/{}", created.text("/id"))), "{location}");
    let (at, other) =
        (format!("{base}/{}", created.text("/id")), format!("/scim/v2/Users/{}", created.text("/id")));
    for path in [&at, &other] {
        assert_eq!(client.ask("scimGetUser", path, Value::Null).await.json, created.json);
    }
    assert_eq!(client.ask("scimUpdateUser", &at, user).await.status, 200);
    assert_eq!(client.ask("scimDeleteUser", &at, Value::Null).await.status, 204);
    assert_eq!(client.ask("scimGetUser", &other, Value::Null).await.status, 404);
    assert_eq!(
        client.ask("scimListUsers", &format!("{base}?count=2"), Value::Null).await.each("id").len(),
        2
    );
    assert_eq!(client.sandbox.violations(), []);

    let wrong = client.send("PATCH", base, Value::Null).await;
    assert_eq!((wrong.status, wrong.headers["allow"].to_str().unwrap()), (405, "GET, POST"));
    client.sandbox.set_mood(Mood::ObservedPaths, false);
    assert_eq!(client.send("GET", base, Value::Null).await.status, 404);
}

#[tokio::test]
async fn dates_come_as_epoch_milliseconds() {
    let client = Client::moody(&[Mood::NumbersAsText]).await;
    let person = client.sandbox.gainsight().people().swap_remove(0);
    let time = |value: &Value| {
        chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap().timestamp_millis()
    };
    let path = format!("/data/objects/Person/{}", person["Gsid"].as_str().unwrap());
    let got = client.ask_moody("getPerson", &path, Value::Null).await.json["data"].clone();
    assert_eq!(got["CreatedDate"], time(&person["CreatedDate"]));
    let by_date = json!({
        "where": {"conditions": [{"name": "CreatedDate", "operator": "EQ", "value": got["CreatedDate"]}]},
        "select": ["Gsid", "ModifiedDate"],
    });
    let found = client.ask_moody("searchPeople", SEARCH, by_date).await;
    assert!(
        found.json["data"]["records"]
            .as_array()
            .unwrap()
            .contains(&json!({"Gsid": person["Gsid"], "ModifiedDate": time(&person["ModifiedDate"])}))
    );
    let users = client.ask_moody("listUsers", "/users", Value::Null).await;
    assert!(users.each("ModifiedDate").iter().all(Value::is_i64));
}

/// Which record was refused is not a matter of mood.
#[tokio::test]
async fn the_index_of_a_failure_stays_the_number_it_was() {
    let moods = [Mood::Nulls, Mood::UnknownFields, Mood::NumbersAsText];
    let records: Vec<Value> = (0..24)
        .map(|number| match number % 3 {
            0 => json!({"FirstName": "Nobody"}),
            _ => json!({"Email": format!("new.{number}@example.com")}),
        })
        .collect();
    for moods in [&moods[..], &moods[..1], &moods[2..]] {
        let client = Client::moody(moods).await;
        let path = "/data/objects/Person?keys=Email";
        let answer = client.ask_moody("upsertPeople", path, json!({"records": records})).await;
        let failures = answer.json["data"]["failures"].as_array().unwrap();
        let told: Vec<&Value> = failures.iter().map(|failure| &failure["index"]).collect();
        assert_eq!(told, [0, 3, 6, 9, 12, 15, 18, 21].map(Value::from).iter().collect::<Vec<_>>());
        let odd = failures.iter().any(|failure| failure["errorMessage"].is_null());
        assert_eq!(odd, moods.contains(&Mood::Nulls), "{failures:?}");
    }
}
