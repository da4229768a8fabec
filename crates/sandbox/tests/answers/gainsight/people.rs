//! People: upsert by keys, get and delete.

use serde_json::{Value, json};

use super::client::Client;

const UPSERT: &str = "/data/objects/Person?keys=Email";

async fn upsert(client: &Client, keys: &str, records: Value) -> Value {
    let path = format!("/data/objects/Person?keys={keys}");
    let answer = client.ask("upsertPeople", &path, json!({"records": records})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json["data"].clone()
}

fn counts(data: &Value) -> [u64; 4] {
    ["count", "insertedCount", "updatedCount", "failedCount"].map(|name| data[name].as_u64().unwrap())
}

#[tokio::test]
async fn an_upsert_counts_what_it_inserted_what_it_updated_and_what_failed() {
    let client = Client::start().await;
    let known = client.sandbox.gainsight().people().swap_remove(0);
    let email = known["Email"].as_str().unwrap().to_uppercase();
    let records = json!([
        {"Email": "new@example.com", "FirstName": "Nadia"},
        {"Email": email, "Title": "Head of Tests"},
        {"FirstName": "Nobody"},
        {"Email": "new@example.com", "LastName": "Newman", "Segment__gc": ["a", 1]},
    ]);
    let data = upsert(&client, "Email", records).await;
    assert_eq!(counts(&data), [3, 1, 2, 1]);
    assert_eq!(data["failures"], json!([{"index": 2, "errorMessage": "the key field Email is missing"}]));

    let people = client.sandbox.gainsight().people();
    assert_eq!(people.len(), 251);
    let new = &people[250];
    let expected = json!(["new@example.com", "Nadia", "Newman", ["a", 1], true]);
    let fields = ["Email", "FirstName", "LastName", "Segment__gc", "IsActive"];
    assert_eq!(json!(fields.map(|name| &new[name])), expected);
    assert_eq!((&people[0]["Gsid"], &people[0]["Title"]), (&known["Gsid"], &json!("Head of Tests")));
    assert_eq!(people[0]["FirstName"], known["FirstName"]);
    assert_ne!(people[0]["ModifiedDate"], known["ModifiedDate"]);
    assert_eq!(people[0]["CreatedDate"], known["CreatedDate"]);
}

#[tokio::test]
async fn several_keys_must_all_fit_and_fit_one_person() {
    let client = Client::start().await;
    let gainsight = client.sandbox.gainsight();
    let both = || json!({"LastName": "Twin", "FirstName": "Ann", "Email": "ann@example.com"});
    gainsight.set_person(&both());
    gainsight.set_person(&json!({"LastName": "Twin", "FirstName": "Ben", "Email": "ben@example.com"}));
    let data =
        upsert(&client, "LastName,%20FirstName", json!([{"LastName": "Twin", "FirstName": "Ben", "NPS": 9}]))
            .await;
    assert_eq!(counts(&data), [1, 0, 1, 0]);
    let data = upsert(&client, "LastName", json!([{"LastName": "Twin", "NPS": 1}])).await;
    assert_eq!(counts(&data), [0, 0, 0, 1]);
    assert_eq!(data["failures"][0]["errorMessage"], "the key fields fit 2 people; only one can be meant");
    let data =
        upsert(&client, "Gsid", json!([{"Gsid": "mine"}, {"Gsid": gainsight.people()[0]["Gsid"]}])).await;
    assert_eq!(counts(&data), [1, 0, 1, 1]);
}

#[tokio::test]
async fn keys_that_are_no_fields_and_more_than_fifty_records_are_refused_as_a_whole() {
    let client = Client::start().await;
    for (keys, reason) in [
        ("E-Mail", "`keys` names `E-Mail`, which is no field of Person"),
        ("Email,", "`keys` names a field that is empty"),
    ] {
        let path = format!("/data/objects/Person?keys={keys}");
        let answer = client.ask("upsertPeople", &path, json!({"records": []})).await;
        assert_eq!((answer.status, answer.text("/errorDesc")), (400, reason));
        assert_eq!((&answer.json["result"], answer.text("/errorCode")), (&json!(false), "GSOBJ_VQP1001"));
    }
    let people = |count: usize| -> Value {
        (0..count).map(|number| json!({"Email": format!("p{number}@example.com")})).collect()
    };
    let answer = client.ask("upsertPeople", UPSERT, json!({"records": people(51)})).await;
    assert_eq!((answer.status, client.sandbox.violations().len()), (400, 1));
    assert_eq!(client.sandbox.gainsight().people().len(), 250);
    assert_eq!(counts(&upsert(&client, "Email", people(50)).await), [50, 50, 0, 0]);
    assert_eq!(counts(&upsert(&client, "Email", people(50)).await), [50, 0, 50, 0]);
    assert_eq!(counts(&upsert(&client, "Email", json!([])).await), [0, 0, 0, 0]);
}

#[tokio::test]
async fn what_gainsight_writes_itself_cannot_be_written() {
    let client = Client::start().await;
    let record = json!({"Email": "a@example.com", "Gsid": "mine", "CreatedDate": "2001-01-01T00:00:00Z"});
    upsert(&client, "Email", json!([record])).await;
    let person = client.sandbox.gainsight().people().pop().unwrap();
    assert_eq!(person["Gsid"].as_str().unwrap().len(), 36);
    assert!(!person["CreatedDate"].as_str().unwrap().starts_with("2001"));
}

#[tokio::test]
async fn a_person_is_got_and_deleted_by_gsid_once() {
    let client = Client::start().await;
    let person = client.sandbox.gainsight().people().swap_remove(7);
    let path = format!("/data/objects/Person/{}", person["Gsid"].as_str().unwrap());
    let answer = client.ask("getPerson", &path, Value::Null).await;
    assert_eq!((answer.status, &answer.json["data"]), (200, &person));
    let answer = client.ask("deletePerson", &path, Value::Null).await;
    assert_eq!((answer.status, &answer.json["result"]), (200, &json!(true)));
    for id in ["getPerson", "deletePerson"] {
        let answer = client.ask(id, &path, Value::Null).await;
        assert_eq!((answer.status, answer.text("/title")), (404, "OBJECT_NOT_FOUND"), "{answer:?}");
        assert!(answer.text("/detail").contains(person["Gsid"].as_str().unwrap()));
    }
    assert_eq!((client.sandbox.gainsight().people().len(), client.sandbox.violations().len()), (249, 0));
}

#[tokio::test]
async fn a_test_sets_and_removes_people_past_the_api() {
    let client = Client::start().await;
    let gainsight = client.sandbox.gainsight();
    let gsid = gainsight.set_person(&json!({"Email": "set@example.com", "Title": null}));
    assert_eq!(gainsight.person(&gsid).unwrap()["Title"], Value::Null);
    gainsight.set_person(&json!({"Gsid": gsid, "Email": "again@example.com"}));
    assert_eq!(gainsight.people().len(), 251);
    let path = format!("/data/objects/Person/{gsid}");
    let answer = client.ask("getPerson", &path, Value::Null).await;
    assert_eq!(answer.text("/data/Email"), "again@example.com");
    assert_eq!(gainsight.remove_person(&gsid).unwrap()["Email"], "again@example.com");
    assert_eq!(gainsight.remove_person(&gsid), None);
}

#[tokio::test]
async fn the_same_seed_is_the_same_people_users_and_team() {
    let (one, other) = (Client::start().await, Client::start().await);
    let all = |client: &Client| {
        let gainsight = client.sandbox.gainsight();
        [gainsight.people(), gainsight.users(), gainsight.company_team(), gainsight.companies()]
    };
    assert_eq!(all(&one), all(&other));
    assert_eq!(all(&one).map(|rows| rows.len()), [250, 240, 34, 25]);
}

#[tokio::test]
async fn an_upsert_among_very_many_people_is_quick() {
    let client = Client::from(revops_sandbox::Sandbox::builder().people(20_000)).await;
    let records: Vec<Value> =
        (0..50).map(|it| json!({"LastName": "New", "Email": format!("new.{it}@example.com")})).collect();
    let begun = std::time::Instant::now();
    let answer =
        client.ask("upsertPeople", "/data/objects/Person?keys=Email", json!({"records": records})).await;
    // A scan for each record took seconds; this one is for machines that are busy with other tests.
    assert!(begun.elapsed() < std::time::Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(answer.json["data"]["insertedCount"], 50);
}
