//! The generated clients of invented vendors, against a server on loopback: what is on the wire, and what
//! becomes of the answer. The documents gather what real documents do and progenitor alone gets wrong.

use clients::{bodyless, ledger};
use httpmock::{Method, Mock, MockServer, Then, When};
use ledger::types;
use revops_runtime::{Kind, upload::Part};
use serde_json::{Value, json};

mod clients {
    #[allow(
        clippy::all,
        clippy::pedantic,
        dead_code,
        missing_docs,
        nonstandard_style,
        unreachable_pub,
        unused_imports,
        reason = "generated: its names and texts are the document's"
    )]
    pub(crate) mod ledger {
        include!(concat!(env!("OUT_DIR"), "/ledger.rs"));
    }

    #[allow(
        clippy::all,
        clippy::pedantic,
        dead_code,
        missing_docs,
        nonstandard_style,
        unreachable_pub,
        unused_imports,
        reason = "generated: its names and texts are the document's"
    )]
    pub(crate) mod bodyless {
        include!(concat!(env!("OUT_DIR"), "/bodyless.rs"));
    }
}

const ID: &str = "0c5e4b8e-7d3f-4d8e-9f0e-2f1d4c1b2a3d";

/// A client of the ledger at `server`, with every credential.
fn ledger(server: &MockServer) -> ledger::Client {
    let client = ledger::Client::builder().base_url(server.base_url()).key("k").token("t").either("u", "p");
    client.build().unwrap()
}

async fn mock(server: &MockServer, expect: impl FnOnce(When) -> When, answer: Value) -> Mock<'_> {
    server
        .mock_async(|when: When, then: Then| {
            expect(when);
            then.status(200).json_body(answer);
        })
        .await
}

fn user() -> Value {
    json!({ "id": ID, "status": null, "manager": null })
}

#[tokio::test]
async fn an_inline_success_and_a_component_of_its_name_are_two_types() {
    let server = MockServer::start_async().await;
    let mock = mock(
        &server,
        |when| when.method(Method::GET).path("/users").query_param_missing("pageSize"),
        json!({"users": [user()], "next": null}),
    )
    .await;
    let answer = ledger(&server).users().send().await.unwrap();
    mock.assert_async().await;
    assert_eq!(answer.users[0].id, ID);
    let _: Option<String> = types::UsersResponse::default().unrelated;
}

#[tokio::test]
async fn an_error_of_another_shape_keeps_status_and_body() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/users");
            then.status(422).json_body(json!({"errors": ["no"]}));
        })
        .await;
    let error = ledger(&server).users().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (Kind::Invalid, 422));
    assert_eq!(error.text().unwrap(), r#"{"errors":["no"]}"#);
}

#[tokio::test]
async fn each_query_parameter_is_written_as_its_style_says() {
    let server = MockServer::start_async().await;
    let mock = mock(
        &server,
        |when| {
            when.path("/users")
                .query_param("pageSize", "5")
                .query_param("type", "a&b=c")
                .query_param("client", "me")
                .query_param("note", "a,b")
                .query_param("request", "r")
                .query_param("response", "s")
                .query_param("order", "Asc")
                .query_param("ids", "1,2")
                .query_param("tags", "x|y z")
                .query_param("field", "p")
                .query_param("field", "q")
                .query_param("since", "2026-01-31T12:00:00Z")
        },
        json!({"users": []}),
    )
    .await;
    let since: chrono::DateTime<chrono::Utc> = "2026-01-31T12:00:00Z".parse().unwrap();
    let client = ledger(&server);
    let call = client
        .users()
        .page_size(5)
        .type_("a&b=c")
        .client("me")
        .note("a,b")
        .request("r")
        .response("s")
        .order("Asc")
        .ids(vec![1, 2]);
    let call = call
        .tags(vec!["x".to_owned(), "y z".to_owned()])
        .field(vec!["p".to_owned(), "q".to_owned()])
        .since(since);
    call.send().await.unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn both_credentials_of_a_requirement_are_sent_and_no_version() {
    let server = MockServer::start_async().await;
    let mock = mock(
        &server,
        |when| {
            when.path("/pets")
                .header("x-ledger-key", "k")
                .header("authorization", "Bearer t")
                .header_missing("api-version")
        },
        json!([]),
    )
    .await;
    ledger(&server).pets().send().await.unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn optional_security_sends_the_credential_that_is_there() {
    let server = MockServer::start_async().await;
    let with = server
        .mock_async(|when, then| {
            when.method(Method::DELETE).path(format!("/users/{ID}")).header("x-ledger-key", "k");
            then.status(204);
        })
        .await;
    let body = types::UsersRemoveRequest::builder().reason("gone".to_owned()).build().unwrap();
    ledger(&server).users_remove().user_id(ID).body(body.clone()).send().await.unwrap();
    with.assert_async().await;
    with.delete_async().await;
    // 3.1 lets the body of a DELETE stand.
    let without = server
        .mock_async(|when, then| {
            when.method(Method::DELETE).header_missing("x-ledger-key").json_body(json!({"reason": "gone"}));
            then.status(204);
        })
        .await;
    let bare = ledger::Client::builder().base_url(server.base_url()).build().unwrap();
    bare.users_remove().user_id(ID).body(body).send().await.unwrap();
    without.assert_async().await;
}

#[tokio::test]
async fn an_operation_without_security_sends_no_credential() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(Method::HEAD).header_missing("x-ledger-key").header_missing("authorization");
            then.status(200);
        })
        .await;
    ledger(&server).look().user_id(ID).send().await.unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn a_success_with_content_is_some_and_one_without_is_none() {
    let server = MockServer::start_async().await;
    let found = server
        .mock_async(|when, then| {
            when.path(format!("/users/{ID}"))
                .query_param("expand", "true")
                .header("x-trace-id", "t1")
                .header("x-max-age", "60")
                .header("if-modified-since", "2026-01-31T12:00:00Z")
                .header("accept", "application/vnd.api+json");
            then.status(200).header("content-type", "application/vnd.api+json").json_body(user());
        })
        .await;
    let call = || async {
        let client = ledger(&server);
        let call = client
            .match_()
            .user_id(ID)
            .expand(true)
            .x_trace_id("t1")
            .x_max_age(60)
            .if_modified_since("2026-01-31T12:00:00Z".to_owned());
        call.send().await.map(revops_runtime::Response::into_inner)
    };
    assert_eq!(call().await.unwrap().unwrap().id, ID);
    found.delete_async().await;
    server
        .mock_async(|when, then| {
            when.path(format!("/users/{ID}"));
            then.status(204);
        })
        .await;
    assert!(call().await.unwrap().is_none());
}

#[tokio::test]
async fn a_path_parameter_fills_one_segment() {
    let server = MockServer::start_async().await;
    for id in ["", ".", ".."] {
        let error = ledger(&server).look().user_id(id).send().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
    }
}

#[tokio::test]
async fn a_method_without_a_function_of_its_own_is_sent() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(Method::OPTIONS);
            then.status(200);
        })
        .await;
    ledger(&server).options().user_id(ID).send().await.unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn everything_a_member_may_be_is_decoded_and_written_back() {
    let full = json!({
        "id": ID, "status": "suspended", "manager": {"id": "m", "status": "active", "manager": null}, "reports": null,
        "labels": {"a": "b"}, "address": {"geo": {"points": [{"kind": "+1"}, {"kind": ""}, {"kind": "new"}]}},
        "geo": {"points": []}, "profile": {"bio": "long"}, "profile2": {"age": 3}, "type": "t", "self": "s", "match": "m",
        "build": "b", "@context": "c", "limit": 7, "code": "x1", "created": "2026-01-31T12:00:00Z", "custom": [1, 2]
    });
    let server = MockServer::start_async().await;
    mock(&server, |when| when.path("/borrowed"), json!({"users": [full]})).await;
    let answer = ledger(&server).borrowed().send().await.unwrap();
    let user = &answer.users[0];
    assert_eq!(user.status.as_ref().map(ToString::to_string).as_deref(), Some("suspended"));
    assert!(user.reports.is_none());
    assert_eq!(user.extra["custom"], json!([1, 2]));
    assert_eq!(
        (user.type_.as_deref(), user.self_.as_deref(), user.match_.as_deref()),
        (Some("t"), Some("s"), Some("m"))
    );
    assert_eq!(
        (user.profile.as_ref().unwrap().bio.as_deref(), user.profile2.as_ref().unwrap().age),
        (Some("long"), Some(3))
    );
    let mut expected = full.clone();
    expected.as_object_mut().unwrap().remove("reports");
    assert_eq!(serde_json::to_value(user).unwrap(), expected);
}

#[tokio::test]
async fn a_union_with_a_discriminator_is_what_the_discriminator_says() {
    let server = MockServer::start_async().await;
    mock(
        &server,
        |when| when.path("/pets"),
        json!([{"species": "Dog", "name": "Rex", "tricks": ["sit"]}, {"species": "feline", "name": "Tom"}]),
    )
    .await;
    let pets = ledger(&server).pets().send().await.unwrap().into_inner();
    assert!(matches!(&pets[0], types::Pet::Dog(dog) if dog.tricks == Some(vec!["sit".to_owned()])));
    assert!(matches!(&pets[1], types::Pet::Cat(cat) if cat.name.as_deref() == Some("Tom")));
}

#[tokio::test]
async fn an_extended_schema_has_the_members_of_both_and_goes_out_under_its_media_type() {
    let server = MockServer::start_async().await;
    let wire = json!({"kind": "entry", "note": "n", "amount": 1.5, "region": "north"});
    let mock = server
        .mock_async(|when, then| {
            when.method(Method::POST)
                .path("/entries")
                .header("authorization", "Basic dTpw")
                .header("content-type", "application/vnd.api+json")
                .json_body(wire.clone());
            then.status(201).json_body(wire.clone());
        })
        .await;
    let entry: types::Entry = serde_json::from_value(wire.clone()).unwrap();
    let answer = ledger(&server).post().body(entry).send().await.unwrap();
    mock.assert_async().await;
    assert_eq!(
        (answer.amount, answer.currency.as_deref(), answer.extra["region"].as_str()),
        (1.5, None, "north")
    );
}

#[tokio::test]
async fn a_csv_goes_out_as_it_is_and_a_text_comes_back_as_a_stream() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.path("/import")
                .header("content-type", "text/csv")
                .header("accept", "text/plain")
                .body("a,b\n1,2\n");
            then.status(200).header("content-type", "text/plain").body("two rows");
        })
        .await;
    let answer = ledger(&server).import_csv().body("a,b\n1,2\n").send().await.unwrap();
    mock.assert_async().await;
    assert_eq!(answer.status().as_u16(), 200);
}

#[tokio::test]
async fn bytes_go_out_as_they_are_and_a_date_time_in_the_path_as_its_text() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(Method::PUT)
                .path("/blobs/2026-01-31T12:00:00+01:00")
                .header("content-type", "application/octet-stream")
                .body("\u{1}\u{2}");
            then.status(202);
        })
        .await;
    ledger(&server).put_blob().at("2026-01-31T12:00:00+01:00").body(vec![1, 2]).send().await.unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn a_multipart_form_has_its_parts_in_order_and_one_content_type() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.path("/documents").query_param("request", "r").header("x-trace-id", "t1").is_true(
                |request| {
                    let headers = request.headers();
                    let types: Vec<_> = headers.get_all("content-type").iter().collect();
                    let body = request.body().to_string();
                    let at = |part: &str| body.find(part);
                    let parts = [
                        at("name=\"file\"; filename=\"a.pdf\""),
                        at("name=\"type\""),
                        at("name=\"pages[]\""),
                        at("name=\"preview\""),
                    ];
                    types.len() == 1
                        && types[0]
                            .to_str()
                            .is_ok_and(|text| text.starts_with("multipart/form-data; boundary="))
                        && body.contains("Content-Type: application/pdf")
                        && parts.iter().all(Option::is_some)
                        && body.matches("name=\"pages[]\"").count() == 2
                },
            );
            then.status(201).json_body(json!({"kind": "entry", "amount": 1}));
        })
        .await;
    let mut form = types::UploadForm::new(
        Part::bytes("%PDF").file_name("a.pdf").media_type("application/pdf"),
        Part::text("invoice"),
    );
    form.preview = Some(Part::bytes("small"));
    form.pages = vec![Part::bytes("1"), Part::bytes("2")];
    ledger(&server).upload().request("r").x_trace_id("t1").body(form).send().await.unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn a_url_encoded_form_repeats_the_name_of_a_list() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.path("/token")
                .header("content-type", "application/x-www-form-urlencoded")
                .body("grant_type=client&scope=a+b&scope=c&ttl=60");
            then.status(200).json_body(json!({"access_token": "x"}));
        })
        .await;
    let body = types::TokenRequest::builder()
        .grant_type("client")
        .scope(vec!["a b".to_owned(), "c".to_owned()])
        .ttl(60);
    let answer = ledger(&server).token().body(body).send().await.unwrap();
    mock.assert_async().await;
    assert_eq!(answer.access_token.as_deref(), Some("x"));
}

#[tokio::test]
async fn any_success_counts_where_none_is_declared() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/silent");
            then.status(202).body("whatever");
        })
        .await;
    assert_eq!(ledger(&server).silent().send().await.unwrap().status().as_u16(), 202);
}

#[test]
fn the_server_of_the_document_has_its_fixed_variable_filled_in() {
    let client = ledger::Client::builder().tenant("acme").major("1").build().unwrap();
    assert_eq!(client.connection().base_url(), "https://acme.ledger.test/api/books/v1");
}

#[test]
fn types_named_as_the_prelude_have_names_of_their_own() {
    let _: (types::Default2, types::Option2, types::UploadForm2) = <_>::default();
}

#[tokio::test]
async fn a_3_0_document_sends_no_body_where_http_gives_it_no_meaning() {
    let server = MockServer::start_async().await;
    let client = bodyless::Client::builder().base_url(server.base_url()).build().unwrap();
    let get = server
        .mock_async(|when, then| {
            when.method(Method::GET)
                .path("/things")
                .header_missing("content-type")
                .header_missing("content-length");
            then.status(200).json_body(json!([1]));
        })
        .await;
    assert_eq!(client.list().send().await.unwrap().into_inner(), json!([1]));
    get.assert_async().await;
    let delete = server
        .mock_async(|when, then| {
            when.method(Method::DELETE).body("");
            then.status(204);
        })
        .await;
    client.new().send().await.unwrap();
    delete.assert_async().await;
}

#[tokio::test]
async fn null_is_nothing_wherever_a_document_allows_or_forgets_it() {
    let server = MockServer::start_async().await;
    let client = bodyless::Client::builder().base_url(server.base_url()).build().unwrap();
    mock(
        &server,
        |when| when.path("/things/a%2Fb"),
        json!({"required": null, "optional": null, "list": null}),
    )
    .await;
    let answer = client.get_things_id().id("a/b").send().await.unwrap();
    assert!(answer.required.is_none() && answer.optional.is_none() && answer.list.is_none());
}
