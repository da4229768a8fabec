//! Nothing a vendor says is lost, and nothing it leaves out is missed.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, stream};
use revops_gainsight::{person, user_management};
use revops_gong::types as gong;
use revops_runtime::upload::Part;
use revops_runtime::{Error, Kind};
use revops_tests::capture::{Reader, Upload};
use revops_tests::fields::{only, some, to_json};
use revops_tests::published::{Document, GONG, PERSON, USER_MANAGEMENT, USERPILOT};
use revops_tests::vendor::{Answer, Vendor};
use revops_usergems::types::AddContactRequest;
use revops_userpilot::types as userpilot;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

fn userpilot_at(origin: &str) -> revops_userpilot::Client {
    revops_userpilot::Client::builder()
        .api_token("secret-1")
        .base_url(origin)
        .options(revops_tests::once())
        .quota(revops_runtime::Quota::unlimited())
        .build()
        .unwrap()
}

fn usergems_at(origin: &str) -> revops_usergems::Client {
    revops_usergems::Client::builder()
        .api_key_auth("secret-1")
        .base_url(origin)
        .options(revops_tests::once())
        .quota(revops_runtime::Quota::unlimited())
        .build()
        .unwrap()
}

/// Decodes `json` and checks that writing the value again loses nothing.
fn keeps<T: DeserializeOwned + Serialize>(json: &Value) -> T {
    let value: T = serde_json::from_value(json.clone()).unwrap_or_else(|e| panic!("{e}: {json}"));
    assert_eq!(&to_json(&value), json);
    value
}

#[test]
fn a_value_that_an_enumeration_does_not_list_is_kept_and_sent_back() {
    let job: userpilot::Job = keeps(&json!({ "job_id": "1", "status": "paused" }));
    assert_eq!(job.status, Some(userpilot::JobStatus::Unknown("paused".to_owned())));
    assert_eq!(job.status.unwrap().to_string(), "paused");
    let change: gong::SettingsChange = keeps(&json!({ "setting": "dealsImported", "value": true }));
    assert_eq!(change.setting, Some("dealsImported".parse().unwrap()));
    assert_eq!(change.setting, Some(gong::Setting::Unknown("dealsImported".to_owned())));
    let condition: person::types::Condition = keeps(&json!({ "operator": "SOUNDS_LIKE" }));
    assert_eq!(condition.operator, Some(person::types::Operator::Unknown("SOUNDS_LIKE".to_owned())));
    let known: person::types::Condition = keeps(&json!({ "operator": "STARTS_WITH" }));
    assert_eq!(known.operator, Some(person::types::Operator::StartsWith));
    let order: person::types::OrderBy = keeps(&json!({ "order": "desc" }));
    assert_eq!(order.order, Some(person::types::Order::Unknown("desc".to_owned())));
}

#[tokio::test]
async fn null_is_taken_for_every_optional_field_of_every_response() {
    nulls::<gong::UsersResponse>(GONG, "GET", "/users");
    nulls::<gong::UserResponse>(GONG, "GET", "/users/{id}");
    nulls::<gong::UserSettingsHistoryResponse>(GONG, "GET", "/users/{id}/settings-history");
    nulls::<gong::UsersResponse>(GONG, "POST", "/users/filter");
    nulls::<person::types::WriteResponse>(PERSON, "POST", "/data/objects/Person");
    nulls::<person::types::PeoplePage>(PERSON, "POST", "/data/objects/Person/search");
    nulls::<person::types::PersonResponse>(PERSON, "GET", "/data/objects/Person/{recordId}");
    nulls::<person::types::ApiResponse>(PERSON, "DELETE", "/data/objects/Person/{recordId}");
    nulls::<user_management::types::UsersPage>(USER_MANAGEMENT, "GET", "/users");
    nulls::<user_management::types::UserResponse>(USER_MANAGEMENT, "GET", "/users/{userId}");
    nulls::<user_management::types::ApiResponse>(USER_MANAGEMENT, "PUT", "/users/{userId}");
    nulls::<user_management::types::CompanyTeamPage>(USER_MANAGEMENT, "POST", "/companyteam/search");
    nulls::<user_management::types::ScimUserList>(USER_MANAGEMENT, "GET", "/scim/v2/Users");
    nulls::<user_management::types::ScimUser>(USER_MANAGEMENT, "POST", "/scim/v2/Users");
    nulls::<userpilot::Job>(USERPILOT, "POST", "/v1/users/bulk_identify");
    nulls::<Vec<userpilot::Job>>(USERPILOT, "GET", "/v1/background_jobs");
    nulls::<userpilot::Job>(USERPILOT, "GET", "/v1/background_jobs/{{job_id}}");
    nulls::<userpilot::Job>(USERPILOT, "POST", "/v1/imports");

    let vendor = Vendor::start().await;
    let answer = Answer::json(200, &json!({ "message": null }));
    let usergems = usergems_at(&vendor.origin());
    let (_, outcome) = vendor.answering(&answer, usergems.delete_contact().email("a@b.c").send()).await;
    assert_eq!(outcome.unwrap_err().kind(), Kind::Decode, "a field that the document requires");
}

/// Decodes the documented success once for every member at every depth, with null in its place.
fn nulls<T: DeserializeOwned + Debug>(document: &'static str, method: &str, path: &str) {
    let example = Document::read(document).operation(method, path).success().1.unwrap();
    let mut members = Vec::new();
    members_of(&example, "", &mut members);
    assert!(members.len() > 3, "{method} {path}");
    for member in members {
        let mut answer = example.clone();
        *answer.pointer_mut(&member).unwrap() = Value::Null;
        if let Err(error) = serde_json::from_value::<T>(answer) {
            panic!("{document} {method} {path}: null at {member}: {error}");
        }
    }
}

fn members_of(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                members_of(member, &at, found);
                found.push(at);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                members_of(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn fields_that_no_document_names_are_kept_where_it_allows_them() {
    let custom = json!({ "Gsid": "1P01", "Plan__gc": "Gold", "Score__gc": 7.5, "Company__gr.Name": null, "Tags__gc": ["a"] });
    let page = json!({ "result": true, "data": { "records": [custom] } });
    let page: person::types::PeoplePage = keeps(&page);
    let extra = &only(some(page.data.as_ref()).records.as_ref()).extra;
    assert_eq!(extra.keys().collect::<Vec<_>>(), ["Plan__gc", "Score__gc", "Company__gr.Name", "Tags__gc"]);
    assert_eq!(extra["Score__gc"], 7.5);

    let user = json!({ "id": "1", "someday": { "deep": [1, 2, { "x": null }] } });
    let user: gong::User = keeps(&user);
    assert_eq!(user.extra["someday"]["deep"][1], 2);

    let user: user_management::types::GainsightUser = keeps(&json!({ "Gsid": "1P02", "Team__gc": "A" }));
    assert_eq!(user.extra["Team__gc"], "A");
    let user = json!({ "id": "1", "urn:example:2.0:User": { "a": 1 } });
    let user: user_management::types::ScimUser = keeps(&user);
    assert_eq!(user.extra["urn:example:2.0:User"]["a"], 1);

    let job: userpilot::Job = keeps(&json!({ "job_id": "1", "priority": "high" }));
    assert_eq!(job.extra["priority"], "high");
}

#[test]
fn a_number_that_a_vendor_writes_as_text_is_taken_and_stays_what_it_was() {
    keeps::<userpilot::Job>(
        &json!({ "file_size": 12, "total_rows": "12", "completed_rows": 9_007_199_254_740_993_i64 }),
    );
    keeps::<person::types::PersonRecord>(
        &json!({ "CreatedDate": 1_706_781_600_000_i64, "ModifiedDate": "01/03/2025 23:27:54" }),
    );
}

#[tokio::test]
async fn metadata_of_any_shape_reaches_userpilot_unchanged() {
    let vendor = Vendor::start().await;
    let client = userpilot_at(&vendor.origin());
    let body = json!({
        "user_id": "1",
        "metadata": { "custom_user_property": "x", "seats": 12, "ratio": 0.1, "gone": null, "flag": false, "ü": ["a"] },
        "company": { "company_id": "c", "id": "c", "plan": { "name": "Pro" } },
    });
    let user: userpilot::IdentifyUser = serde_json::from_value(body.clone()).unwrap();
    let (sent, outcome) =
        vendor.answering(&Answer::empty(202), client.identify_user().body(user).send()).await;
    outcome.unwrap();
    assert_eq!(sent[0].json(), body);
}

#[tokio::test]
async fn a_contact_may_have_a_hundred_custom_fields_and_not_one_more() {
    let vendor = Vendor::start().await;
    let usergems = usergems_at(&vendor.origin());
    let contact = |count: u32| {
        let custom: Map<String, Value> = (0..count).map(|n| (format!("custom{n}"), json!(n))).collect();
        AddContactRequest::builder().email("jane@example.com").custom("c").extra(custom)
    };
    let answer = Answer::json(200, &json!({ "message": "Contact added to queue" }));
    let (sent, outcome) = vendor.answering(&answer, usergems.add_contact().body(contact(100)).send()).await;
    outcome.unwrap();
    let body = sent[0].json();
    assert_eq!(body.as_object().unwrap().len(), 102);
    assert_eq!((&body["custom99"], &body["custom"]), (&json!(99), &json!("c")));

    let refused = usergems.add_contact().body(contact(101)).send();
    let error = Box::pin(vendor.hears_nothing_of(refused)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (Kind::Invalid, None));
    assert!(error.to_string().contains("101"), "{error}");
}

#[test]
fn a_value_without_further_fields_is_built_without_naming_them() {
    AddContactRequest::builder().email("jane@example.com").build().unwrap();
    person::types::PersonRecord::builder().email("jane@example.com").build().unwrap();
    person::types::OrderBy::builder().field("Email").build().unwrap();
    userpilot::UserMetadata::builder().build().unwrap();
}

#[tokio::test]
async fn an_accepted_identification_may_have_an_empty_body_or_an_empty_object() {
    let vendor = Vendor::start().await;
    let client = userpilot_at(&vendor.origin());
    let user = || userpilot::IdentifyUser::builder().user_id("1".to_owned());
    for answer in [Answer::empty(202), Answer::json(202, &json!({})), Answer::text(202, "text/plain", "ok")] {
        let (_, outcome) = vendor.answering(&answer, client.identify_user().body(user()).send()).await;
        assert_eq!(outcome.unwrap().status(), 202);
    }
}

#[tokio::test]
async fn an_error_that_is_a_page_of_a_gateway_keeps_its_status_headers_and_text() {
    let vendor = Vendor::start().await;
    let usergems = usergems_at(&vendor.origin());
    let page = "<html><body>Bad gateway \u{fffd}</body></html>";
    let answer = Answer::text(502, "text/html", page).header("server", "edge").header("x-request-id", "r-1");
    let (_, outcome) = vendor.answering(&answer, usergems.delete_contact().email("a@b.c").send()).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (Kind::Unavailable, 502));
    assert_answer(&error, page);
    assert_eq!(error.headers().unwrap()["server"], "edge");
    assert_eq!(error.request_id().as_deref(), Some("r-1"));
}

#[tokio::test]
async fn a_success_that_is_not_what_the_document_promises_keeps_its_status_headers_and_text() {
    let vendor = Vendor::start().await;
    let usergems = usergems_at(&vendor.origin());
    let bodies = [
        ("<html>log in</html>", Kind::UnexpectedContent),
        ("", Kind::Empty),
        ("[1, 2]", Kind::Decode),
        (r#"{"msg":"other"}"#, Kind::Decode),
        (r#"{"message":"cut"#, Kind::Decode),
    ];
    for (body, kind) in bodies {
        let answer = Answer::text(200, "text/html; charset=utf-8", body);
        let (_, outcome) = vendor.answering(&answer, usergems.delete_contact().email("a@b.c").send()).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (kind, 200), "{body}");
        assert_answer(&error, body);
        assert_eq!(error.headers().unwrap()["content-type"], "text/html; charset=utf-8");
    }
}

fn assert_answer(error: &Error, body: &str) {
    assert_eq!(error.text().as_deref(), Some(body));
    assert_eq!(error.bytes().map(|bytes| &bytes[..]), Some(body.as_bytes()));
    assert!(error.body::<revops_usergems::ErrorBody>().is_none());
    assert!(body.is_empty() || !format!("{error} {error:?}").contains(body));
}

/// What is uploaded: 64 MiB, in pieces of 64 KiB.
const PIECES: u64 = 1024;
const PIECE: usize = 64 * 1024;
const SIZE: u64 = PIECES * PIECE as u64;
/// What may be under way: the buffers of two sockets, which the system sizes, and of the HTTP client.
const UNDER_WAY: u64 = SIZE / 4;
/// When an upload that does not end fails its test; one that does takes a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_upload_of_known_length_is_streamed_with_its_length_ahead() {
    let upload = upload(|pieces| Part::stream_with_length(pieces, SIZE)).await;
    assert_eq!(upload.headers["content-length"], upload.length.to_string());
    assert!(!upload.headers.contains_key("transfer-encoding"));
}

#[tokio::test]
async fn an_upload_of_unknown_length_is_streamed_in_chunks() {
    let upload = upload(Part::stream).await;
    assert_eq!(upload.headers["transfer-encoding"], "chunked");
    assert!(!upload.headers.contains_key("content-length"));
}

async fn upload(part: impl FnOnce(stream::BoxStream<'static, io::Result<Bytes>>) -> Part) -> Upload {
    let reader = Reader::start().await;
    let client = userpilot_at(&reader.origin());
    let produced = Arc::new(AtomicU64::new(0));
    let part = part(Box::pin(pieces(Arc::clone(&produced)))).file_name("big.csv").media_type("text/csv");
    let call = client.import_data().body(userpilot::ImportDataForm::new(part)).send();
    let answer =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"job_id\":\"1\"}";
    let both = async { tokio::join!(reader.receive(&produced, answer), call) };
    let (upload, outcome) = tokio::time::timeout(PATIENCE, both).await.expect("the upload ends");
    assert_eq!(outcome.unwrap().job_id.as_deref(), Some("1"));

    assert_eq!(upload.line, "POST /v1/imports HTTP/1.1");
    assert_eq!(produced.load(Ordering::Relaxed), SIZE);
    assert!(upload.ahead < UNDER_WAY, "{} bytes were taken before any were read", upload.ahead);
    let (_, boundary) = upload.headers["content-type"].split_once("multipart/form-data; boundary=").unwrap();
    let start = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.csv\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    let end = format!("\r\n--{boundary}--\r\n");
    assert!(upload.start.starts_with(start.as_bytes()), "{}", String::from_utf8_lossy(&upload.start[..200]));
    assert!(upload.end.ends_with(end.as_bytes()));
    assert_eq!(upload.length, SIZE + (start.len() + end.len()) as u64);
    upload
}

/// The pieces, counted as they are taken.
fn pieces(produced: Arc<AtomicU64>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let piece = Bytes::from(vec![b'x'; PIECE]);
    stream::iter((0..PIECES).map(move |_| {
        produced.fetch_add(PIECE as u64, Ordering::Relaxed);
        Ok(piece.clone())
    }))
}
