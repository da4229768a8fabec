//! SCIM 2.0 over the same users: filters, pages, create, replace and delete.

use http::header::{CONTENT_TYPE, LOCATION};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::client::{Answer, Client};

const USERS: &str = "/scim/v2/Users";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:gainsight:2.0:User";

fn jane(user_name: &str) -> Value {
    json!({
        "schemas": [SCHEMA, EXTENSION],
        "userName": user_name,
        "name": {"givenName": "Jane", "familyName": "Doe", "formatted": "Jane Doe"},
        "emails": [
            {"value": "j@home.example.com", "type": "home"},
            {"value": "jane@work.example.com", "type": "work", "primary": true},
        ],
        "externalId": "Ext-1",
        EXTENSION: {"LicenseType": "Viewer"},
    })
}

async fn filtered(client: &Client, filter: &str) -> Answer {
    let path = format!("{USERS}?filter={}", utf8_percent_encode(filter, NON_ALPHANUMERIC));
    client.ask_moody("scimListUsers", &path, Value::Null).await
}

/// The user names that meet the filter, of those who were not seeded.
async fn names(client: &Client, filter: &str) -> String {
    let answer = filtered(client, filter).await;
    assert_eq!(answer.status, 200, "{filter}: {answer:?}");
    assert_eq!(answer.json["totalResults"].as_u64().unwrap() >= 100, answer.json["itemsPerPage"] == 100);
    let names = answer.each("userName");
    let names: Vec<&str> =
        names.iter().map(|name| name.as_str().unwrap()).filter(|name| !name.contains('@')).collect();
    names.join(" ")
}

#[tokio::test]
async fn a_filter_is_what_rfc_7644_says() {
    let client = Client::from(revops_sandbox::Sandbox::builder().people(20)).await;
    for (name, external, active) in [("Jane", "Ext-1", true), ("Joan", "ext-1", false)] {
        let mut user = jane(name);
        user["active"] = json!(active);
        user["externalId"] = json!(external);
        if !active {
            user["emails"] = json!([{"value": "joan@home.example.com", "type": "home"}]);
        }
        assert_eq!(client.ask("scimCreateUser", USERS, user).await.status, 201);
    }
    let cases = [
        (r#"userName eq "jane""#, "Jane"),
        (r#"USERNAME Eq "JOAN""#, "Joan"),
        (r#"externalId eq "ext-1""#, "Joan"),
        (r#"userName sw "j" and not (userName co "oa")"#, "Jane"),
        (r#"userName sw "j" and not(userName co "oa")"#, "Jane"),
        (r#"userName sw "j" and (NOT(userName co "oa"))"#, "Jane"),
        (r#"userName eq "not(jane)" or userName eq "joan""#, "Joan"),
        (r#"emails.value co "home.example""#, "Jane Joan"),
        (r#"emails co "work.example""#, "Jane"),
        (r#"emails[type eq "work" and value sw "jane"]"#, "Jane"),
        (r#"emails[type eq "home" and value sw "jane"]"#, ""),
        (r#"name.familyName eq "doe" and (active eq false or externalId eq "Ext-1")"#, "Jane Joan"),
        (r#"name.familyName eq "doe" and active eq false or userName eq "nobody""#, "Joan"),
        ("externalId pr", "Jane Joan"),
        ("title pr", ""),
        (r#"externalId pr and title ne "x""#, "Jane Joan"),
        (r#"externalId pr and userName ew "e""#, "Jane"),
        (r#"externalId pr and meta.created gt "2001-01-01T00:00:00Z""#, "Jane Joan"),
        (r#"externalId pr and meta.created lt "2001-01-01T00:00:00Z""#, ""),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "jane""#, "Jane"),
        (r#"urn:ietf:params:scim:schemas:extension:gainsight:2.0:User:LicenseType eq "viewer""#, "Jane Joan"),
        (r#"userName eq "a\"b""#, ""),
    ];
    for (filter, expected) in cases {
        assert_eq!(names(&client, filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused_as_rfc_7644_asks() {
    let client = Client::start().await;
    let deep = format!("{}userName pr{}", "(".repeat(500), ")".repeat(500));
    for filter in [
        "userName",
        r#"userName is "x""#,
        "userName eq x",
        r#"(userName eq "x""#,
        "active gt true",
        "userName co 5",
        "",
        &deep,
    ] {
        let answer = filtered(&client, filter).await;
        assert_eq!((answer.status, answer.text("/scimType")), (400, "invalidFilter"), "{filter} {answer:?}");
        assert_eq!(
            (answer.text("/status"), answer.headers[CONTENT_TYPE].to_str().unwrap()),
            ("400", "application/scim+json")
        );
    }
    assert!(client.sandbox.exceptions().iter().any(|it| it.text.contains("invalidFilter")));
}

#[tokio::test]
async fn pages_begin_at_one_and_hold_no_more_than_was_asked() {
    let client = Client::start().await;
    let page = |query: &'static str| {
        let client = &client;
        async move {
            let answer = client.ask("scimListUsers", &format!("{USERS}{query}"), Value::Null).await;
            let users = answer.each("id");
            assert_eq!(
                (&answer.json["totalResults"], &answer.json["itemsPerPage"]),
                (&json!(240), &json!(users.len()))
            );
            (answer.json["startIndex"].as_u64().unwrap(), users)
        }
    };
    let everybody: Vec<Value> =
        client.sandbox.gainsight().users().iter().map(|user| user["Gsid"].clone()).collect();
    let cases: [(&str, u64, &[Value]); 8] = [
        ("", 1, &everybody[..100]),
        ("?startIndex=101", 101, &everybody[100..200]),
        ("?startIndex=0&count=3", 1, &everybody[..3]),
        ("?startIndex=-7&count=3", 1, &everybody[..3]),
        ("?startIndex=239&count=3", 239, &everybody[238..]),
        ("?startIndex=241", 241, &[]),
        ("?count=0", 1, &[]),
        ("?count=-2", 1, &[]),
    ];
    for (query, start, users) in cases {
        assert_eq!(page(query).await, (start, users.to_vec()), "{query}");
    }
}

#[tokio::test]
async fn what_was_created_is_found_where_it_says_and_nowhere_twice() {
    let client = Client::start().await;
    let created = client.ask("scimCreateUser", USERS, jane("jane")).await;
    let id = created.text("/id").to_owned();
    let location = created.headers[LOCATION].to_str().unwrap();
    assert_eq!(
        location,
        format!("{}{USERS}/{id}", client.sandbox.base_url(revops_sandbox::Vendor::Gainsight))
    );
    let found = client.ask("scimGetUser", &format!("{USERS}/{id}"), Value::Null).await;
    assert_eq!((created.status, found.status, &found.json), (201, 200, &created.json));
    assert_eq!(found.json["schemas"], json!([SCHEMA, EXTENSION]));
    assert_eq!(found.json["emails"], jane("jane")["emails"]);
    assert_eq!((&found.json["name"]["formatted"], &found.json["active"]), (&json!("Jane Doe"), &json!(true)));

    let again = client.ask("scimCreateUser", USERS, jane("JANE")).await;
    assert_eq!((again.status, again.text("/scimType"), again.text("/status")), (409, "uniqueness", "409"));
    let nameless = client.ask("scimCreateUser", USERS, jane(" ")).await;
    assert_eq!((nameless.status, nameless.text("/scimType")), (400, "invalidValue"));
    assert_eq!(client.sandbox.gainsight().scim_users().len(), 241);
}

#[tokio::test]
async fn scim_and_users_are_one_store() {
    let client = Client::start().await;
    let id = client.ask("scimCreateUser", USERS, jane("jane")).await.text("/id").to_owned();
    let user = client.ask("getUser", &format!("/users/{id}"), Value::Null).await.json["data"].clone();
    let fields = ["Gsid", "FirstName", "LastName", "Email", "IsActive", "LicenseType"];
    let expected = json!([id, "Jane", "Doe", "jane@work.example.com", true, "Viewer"]);
    assert_eq!(json!(fields.map(|name| &user[name])), expected);

    let change = json!({"Email": "new@work.example.com", "LastName": "Roe"});
    client.ask("updateUser", &format!("/users/{id}"), change).await;
    client.ask("deactivateUser", &format!("/users/{id}/deactivate"), Value::Null).await;
    let resource = client.ask("scimGetUser", &format!("{USERS}/{id}"), Value::Null).await.json;
    assert_eq!(
        resource["emails"][1],
        json!({"value": "new@work.example.com", "type": "work", "primary": true})
    );
    assert_eq!(resource["emails"][0]["value"], "j@home.example.com");
    assert_eq!((&resource["name"]["familyName"], &resource["active"]), (&json!("Roe"), &json!(false)));
    assert_eq!(resource["userName"], "jane");

    let deleted = client.ask("scimDeleteUser", &format!("{USERS}/{id}"), Value::Null).await;
    assert_eq!((deleted.status, deleted.json), (204, Value::Null));
    assert_eq!(client.ask("getUser", &format!("/users/{id}"), Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_replacement_leaves_nothing_of_before_but_whether_the_user_is_active() {
    let client = Client::start().await;
    let created = client.ask("scimCreateUser", USERS, jane("jane")).await.json;
    let path = format!("{USERS}/{}", created["id"].as_str().unwrap());
    client
        .ask("deactivateUser", &format!("/users/{}/deactivate", created["id"].as_str().unwrap()), Value::Null)
        .await;
    let sent = json!({
        "schemas": [SCHEMA],
        "userName": "jane.roe",
        "name": {"givenName": "Jane", "familyName": "Roe"},
        "emails": [],
    });
    let replaced = client.ask("scimUpdateUser", &path, sent).await;
    assert_eq!(replaced.status, 200);
    assert_eq!(replaced.json["name"], json!({"givenName": "Jane", "familyName": "Roe"}));
    assert_eq!((&replaced.json["emails"], &replaced.json["active"]), (&json!([]), &json!(false)));
    assert_eq!((replaced.json.get("externalId"), &replaced.json["schemas"]), (None, &json!([SCHEMA])));
    assert_eq!(replaced.json["meta"]["created"], created["meta"]["created"]);

    let other = client.sandbox.gainsight().scim_users()[0]["userName"].as_str().unwrap().to_owned();
    let conflict = client.ask_moody("scimUpdateUser", &path, jane(&other)).await;
    assert_eq!((conflict.status, conflict.text("/scimType")), (409, "uniqueness"));
}

#[tokio::test]
async fn who_is_not_there_is_not_found_in_the_shape_of_scim() {
    let client = Client::start().await;
    for (id, body) in
        [("scimGetUser", Value::Null), ("scimUpdateUser", jane("x")), ("scimDeleteUser", Value::Null)]
    {
        let answer = client.ask(id, "/scim/v2/Users/42", body).await;
        let expected = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "404",
            "detail": "no user has the id `42`",
        });
        assert_eq!((answer.status, &answer.json), (404, &expected));
        assert_eq!(answer.headers[CONTENT_TYPE], "application/scim+json");
    }
}

#[tokio::test]
async fn a_comparison_that_an_attribute_cannot_take_is_an_invalid_filter() {
    let client = Client::from(revops_sandbox::Sandbox::builder().people(1)).await;
    for filter in [
        r#"active co "t""#,
        r#"active gt "false""#,
        "active gt true",
        r#"emails.primary sw "t""#,
        r#"emails[primary lt "t"]"#,
        "userName gt 1",
        "userName co true",
    ] {
        let answer = filtered(&client, filter).await;
        assert_eq!((answer.status, answer.text("/scimType")), (400, "invalidFilter"), "{filter}");
    }
    for filter in ["active eq true", "not(active pr)", r#"meta.created gt "2024-01-01T00:00:00Z""#] {
        assert_eq!(filtered(&client, filter).await.status, 200, "{filter}");
    }
}

#[tokio::test]
async fn schemas_that_are_not_of_a_user_are_refused() {
    let client = Client::from(revops_sandbox::Sandbox::builder().people(1)).await;
    for schemas in [json!(["urn:nonsense"]), json!([]), json!([SCHEMA, "urn:nonsense"])] {
        let mut user = jane("jane");
        user["schemas"] = schemas.clone();
        let answer = client.ask("scimCreateUser", USERS, user).await;
        assert_eq!((answer.status, answer.text("/scimType")), (400, "invalidValue"), "{schemas}");
    }
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let mut user = jane("jane");
    user["schemas"] = json!([SCHEMA, enterprise]);
    user[enterprise] = json!({"department": "Sales"});
    assert_eq!(client.ask("scimCreateUser", USERS, user).await.status, 201);
}
