//! Users: list, get, update and deactivate.

use serde_json::{Value, json};

use super::client::Client;

fn gsid(client: &Client, index: usize) -> String {
    client.sandbox.gainsight().users()[index]["Gsid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn users_come_by_page_number_until_a_page_is_empty() {
    let client = Client::start().await;
    let mut seen = Vec::new();
    for page in 0.. {
        let answer =
            client.ask("listUsers", &format!("/users?pageNumber={page}&pageSize=100"), Value::Null).await;
        assert_eq!(answer.json["data"]["totalCount"], 240);
        let users = answer.each("Gsid");
        if users.is_empty() {
            break;
        }
        seen.push(users.len());
    }
    assert_eq!(seen, [100, 100, 40]);
    let first = client.ask("listUsers", "/users", Value::Null).await;
    assert_eq!(first.json["data"]["records"], json!(client.sandbox.gainsight().users()[..25]));
    let far = client.ask("listUsers", "/users?pageNumber=9223372036854775807", Value::Null).await;
    assert_eq!((far.status, far.each("Gsid").len()), (200, 0));
    for (wrong, least) in [("pageNumber=-1", 0), ("pageSize=0", 1), ("pageSize=-5", 1)] {
        let answer = client.ask_moody("listUsers", &format!("/users?{wrong}"), Value::Null).await;
        let text = format!("`{}` is less than {least}", wrong.split('=').next().unwrap());
        assert_eq!((answer.status, answer.text("/errorDesc")), (400, text.as_str()));
    }
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_nothing_else() {
    let client = Client::start().await;
    let (gsid, before) = (gsid(&client, 3), client.sandbox.gainsight().users().swap_remove(3));
    let path = format!("/users/{gsid}");
    let answer =
        client.ask("updateUser", &path, json!({"LastName": "Changed", "Team__gc": 7, "Gsid": "mine"})).await;
    assert_eq!((answer.status, &answer.json["result"]), (200, &json!(true)));
    let after = client.ask("getUser", &path, Value::Null).await.json["data"].clone();
    assert_eq!(after, client.sandbox.gainsight().user(&gsid).unwrap());
    for (name, value) in before.as_object().unwrap() {
        let changed = ["LastName", "ModifiedDate"].contains(&name.as_str());
        assert_eq!(after[name] != *value, changed, "{name}");
    }
    assert_eq!((&after["LastName"], &after["Team__gc"]), (&json!("Changed"), &json!(7)));
}

#[tokio::test]
async fn an_update_that_cannot_be_is_refused_with_the_code_for_it() {
    let client = Client::start().await;
    let taken = client.sandbox.gainsight().users()[4]["Email"].as_str().unwrap().to_uppercase();
    let path = format!("/users/{}", gsid(&client, 3));
    let cases = [
        (
            json!({"Email": taken}),
            "GU_2411",
            "another user has the same `Email`; each user needs one of their own",
        ),
        (json!({"IsActive": "yes"}), "GU_2402", "`IsActive` must be true or false"),
    ];
    for (body, code, reason) in cases {
        let answer = client.ask("updateUser", &path, body).await;
        assert_eq!(
            (answer.status, answer.text("/errorCode"), answer.text("/errorDesc")),
            (400, code, reason)
        );
    }
    // One's own address is no conflict.
    let own = client.sandbox.gainsight().users()[3]["Email"].clone();
    assert_eq!(client.ask("updateUser", &path, json!({"Email": own})).await.status, 200);
}

#[tokio::test]
async fn a_user_is_deactivated_however_often_and_stays_in_the_list() {
    let client = Client::start().await;
    let gsid = gsid(&client, 0);
    assert_eq!(client.sandbox.gainsight().user(&gsid).unwrap()["IsActive"], true);
    let mut modified = Vec::new();
    for _ in 0..2 {
        let answer = client.ask("deactivateUser", &format!("/users/{gsid}/deactivate"), Value::Null).await;
        assert_eq!((answer.status, &answer.json["result"]), (200, &json!(true)));
        modified.push(client.sandbox.gainsight().user(&gsid).unwrap()["ModifiedDate"].clone());
    }
    assert_eq!(modified[0], modified[1]);
    assert_eq!(client.sandbox.gainsight().users()[0]["IsActive"], false);
    assert_eq!(client.sandbox.gainsight().scim_users()[0]["active"], false);
}

#[tokio::test]
async fn who_is_no_user_is_not_found() {
    let client = Client::start().await;
    let cases = [
        ("getUser", "/users/1P0%2041", Value::Null),
        ("updateUser", "/users/1P0%2041", json!({})),
        ("deactivateUser", "/users/1P0%2041/deactivate", Value::Null),
    ];
    for (id, path, body) in cases {
        let answer = client.ask(id, path, body).await;
        let expected = (404, "GU_2403", "no user has the Gsid `1P0 41`");
        assert_eq!((answer.status, answer.text("/errorCode"), answer.text("/errorDesc")), expected);
    }
}

#[tokio::test]
async fn users_and_people_are_joined_by_address_and_differ_here_and_there() {
    let client = Client::start().await;
    let gainsight = client.sandbox.gainsight();
    let users = gainsight.users();
    let people = gainsight.people();
    let joined: Vec<(&Value, &Value)> = people
        .iter()
        .filter_map(|person| Some((person, users.iter().find(|user| user["Email"] == person["Email"])?)))
        .collect();
    let renamed = joined.iter().filter(|(person, user)| person["LastName"] != user["LastName"]).count();
    let inactive = users.iter().filter(|user| user["IsActive"] == false).count();
    assert_eq!((people.len(), joined.len()), (250, 240));
    assert!((10..=20).contains(&renamed) && (20..=30).contains(&inactive), "{renamed} {inactive}");
}
