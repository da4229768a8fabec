//! Right requests are answered with what the documents promise, and nothing is held against them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{BOUNDARY, Call, operation};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http_body::Frame;
use http_body_util::StreamBody;
use revops_sandbox::{Sandbox, Vendor};
use serde_json::json;

#[tokio::test]
async fn every_operation_answers_its_documented_example_as_its_document_promises() {
    let sandbox = Sandbox::start().await.unwrap();
    for operation in sandbox.operations() {
        let answer = Call::example(&sandbox, operation).send().await;
        assert_eq!(answer.status, operation.success(), "{} {answer:?}", operation.id());
        // One background job at a time.
        sandbox.advance(std::time::Duration::from_secs(60));
        let objections = operation.judge_answer(answer.status, answer.header(CONTENT_TYPE), &answer.body);
        assert_eq!(objections, Vec::<String>::new(), "{} {answer:?}", operation.id());
    }
    assert_eq!(sandbox.violations(), []);
    let lines = sandbox.requests();
    let answered: Vec<Option<&str>> = lines.iter().map(|line| line.operation).collect();
    let published: Vec<Option<&str>> = sandbox.operations().iter().map(|it| Some(it.id())).collect();
    assert_eq!((answered.len(), answered), (32, published));
}

#[tokio::test]
async fn an_answer_is_the_documented_example() {
    let sandbox = Sandbox::start().await.unwrap();
    let expected = [
        ("addContact", "Contact added to queue"),
        ("deleteContact", "Contact deleted"),
        ("addAccount", "Account added"),
        ("deleteAccount", "Account deleted"),
        ("privacyDelete", "Contact removed"),
    ];
    for (id, message) in expected {
        let answer = Call::example(&sandbox, operation(&sandbox, id)).send().await;
        assert_eq!(answer.json(), json!({"message": message}), "{id}");
    }
}

#[tokio::test]
async fn a_status_without_documented_content_has_no_body_and_no_content_type() {
    let sandbox = Sandbox::start().await.unwrap();
    let expected = [
        ("POST /v1/identify", 202),
        ("POST /v1/companies/identify", 202),
        ("POST /v1/track", 202),
        ("scimDeleteUser", 204),
    ];
    for (id, status) in expected {
        let answer = Call::example(&sandbox, operation(&sandbox, id)).send().await;
        let got = (answer.status, answer.header(CONTENT_TYPE), answer.body.as_ref());
        assert_eq!(got, (status, None, b"".as_slice()), "{id}");
    }
}

#[tokio::test]
async fn what_is_asked_for_by_its_identity_answers_with_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let gsid = |records: Vec<serde_json::Value>| records[9]["Gsid"].as_str().unwrap().to_owned();
    let (person, user) = (gsid(sandbox.gainsight().people()), gsid(sandbox.gainsight().users()));
    let (person, user) = (person.as_str(), user.as_str());
    let expected = [
        (Vendor::Gainsight, &*format!("/users/{user}"), "/data/Gsid", user),
        (Vendor::Gainsight, &*format!("/data/objects/Person/{person}"), "/data/Gsid", person),
        (Vendor::Gainsight, &*format!("/scim/v2/Users/{user}"), "/id", user),
    ];
    for (vendor, path, pointer, value) in expected {
        let call = Call::new("GET", format!("{}{path}", sandbox.base_url(vendor)));
        let answer = call.credential(&sandbox, vendor).send().await;
        assert_eq!(answer.json().pointer(pointer), Some(&json!(value)), "{path} {answer:?}");
    }
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn what_was_created_says_where_it_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let answer = Call::example(&sandbox, operation(&sandbox, "scimCreateUser")).send().await;
    let location = answer.header(LOCATION).unwrap();
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("{}/scim/v2/Users/{id}", sandbox.base_url(Vendor::Gainsight)));
    assert_eq!(answer.header(CONTENT_TYPE), Some("application/scim+json"));
    let found = Call::new("GET", location.to_owned()).credential(&sandbox, Vendor::Gainsight).send().await;
    assert_eq!((found.status, found.json()["id"].clone()), (200, answer.json()["id"].clone()));
}

#[tokio::test]
async fn every_credential_of_a_vendor_opens_it() {
    let sandbox = Sandbox::start().await.unwrap();
    for vendor in Vendor::ALL {
        let operation = sandbox.operations().iter().find(|it| it.vendor() == vendor).unwrap();
        for credential in sandbox.credentials(vendor) {
            let call = Call::example(&sandbox, operation);
            let answer = call.replace(credential.header, credential.value).send().await;
            assert_eq!(answer.status, operation.success(), "{credential:?}");
        }
    }
    assert_eq!(sandbox.credentials(Vendor::Gong).count(), 2);
}

#[tokio::test]
async fn ordinary_headers_and_optional_parameters_are_welcome() {
    let sandbox = Sandbox::start().await.unwrap();
    let users = format!("{}/users?includeAvatars=true", sandbox.base_url(Vendor::Gong));
    let call = Call::new("GET", users)
        .credential(&sandbox, Vendor::Gong)
        .header("accept", "text/html, application/*;q=0.8")
        .header("user-agent", "revops")
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assert_eq!(call.send().await.status, 200);
    let call = Call::example(&sandbox, operation(&sandbox, "addContact"))
        .replace("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(call.send().await.status, 200);
    assert_eq!(sandbox.violations(), []);
}

/// A form of one file of 64 MiB, in chunks that are counted as they leave.
fn large_form(
    sent: &Arc<AtomicUsize>,
) -> impl http_body::Body<Data = Bytes, Error = std::io::Error> + Send + Unpin + use<> {
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n");
    let mut chunks = vec![Bytes::from(head)];
    chunks.extend(std::iter::repeat_n(Bytes::from(vec![b'x'; 1024 * 1024]), 64));
    chunks.push(Bytes::from(format!("\r\n--{BOUNDARY}--\r\n")));
    let sent = Arc::clone(sent);
    let frames = chunks.into_iter().map(move |chunk| {
        sent.fetch_add(1, Ordering::Relaxed);
        Ok(Frame::data(chunk))
    });
    StreamBody::new(futures::stream::iter(frames))
}

#[tokio::test]
async fn a_large_file_is_read_to_its_end_whatever_the_answer() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = Call::example(&sandbox, operation(&sandbox, "POST /v1/imports"));
    let form = format!("multipart/form-data; boundary={BOUNDARY}");
    let cases = [
        ("content-type", form.as_str(), 413),
        ("content-type", "multipart/form-data", 400),
        ("content-type", "text/csv", 415),
        ("authorization", "Token another-key", 401),
    ];
    for (name, value, status) in cases {
        let sent = Arc::new(AtomicUsize::new(0));
        let answer = call.clone().replace(name, value).send_with(large_form(&sent)).await;
        assert_eq!((answer.status, sent.load(Ordering::Relaxed)), (status, 66), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_dropped_sandbox_no_longer_listens() {
    let sandbox = Sandbox::start().await.unwrap();
    let other = Sandbox::start().await.unwrap();
    let address = sandbox.base_url(Vendor::Gong).replace("http://", "").replace("/gong/v2", "");
    assert!(tokio::net::TcpStream::connect(&address).await.is_ok());
    drop(sandbox);
    tokio::task::yield_now().await;
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let call = Call::example(&other, operation(&other, "addContact"));
    assert_eq!(call.send().await.status, 200);
}

#[test]
fn an_answer_that_breaks_its_document_is_told_from_one_that_keeps_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let get_person = operation(&sandbox, "getPerson");
    let json = Some("application/json");
    let objects =
        |status, content_type, body: &str| get_person.judge_answer(status, content_type, body.as_bytes());
    assert_eq!(objects(200, json, r#"{"data": {"Email": "jane.doe@example.com"}}"#), Vec::<String>::new());
    assert_eq!(
        objects(200, json, r#"{"data": {"Email": "nobody"}}"#),
        [r#"/data/Email: value is not a "email""#]
    );
    assert_eq!(objects(200, json, "[]"), [r#": value is not of type "object""#]);
    assert_eq!(
        objects(200, Some("text/html"), "<p>"),
        ["content type `text/html` is not documented for status 200"]
    );
    assert_eq!(objects(418, json, "{}"), ["status 418 is not documented"]);
    let delete = operation(&sandbox, "scimDeleteUser");
    assert_eq!(delete.judge_answer(204, None, b"x"), ["status 204 documents no body"]);
}
