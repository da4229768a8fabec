//! What an error tells its reader, and which answers are no errors at all.

use std::io;

use bytes::Bytes;
use revops_runtime::delivery::Failure;
use revops_runtime::upload::Part;
use revops_runtime::{Delivery, Error, Kind};
use revops_sandbox::fault::Reply;
use revops_tests::faulted::Clients;
use revops_userpilot::types::{IdentifyUser, ImportDataForm};

async fn get_user(reply: Reply) -> Error {
    Clients::always(reply).await.gong.get_user().id("1").send().await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_status_that_means_something_says_what_to_do() {
    for (status, advice) in [
        (402, "plan"),
        (405, "check the base URL"),
        (406, "format"),
        (413, "send less at once"),
        (414, "send less in the query"),
        (415, "media type"),
        (431, "length of the credential"),
        (451, "legal reasons"),
    ] {
        let error = get_user(Reply::status(status)).await;
        assert_eq!((error.kind(), error.attempts()), (Kind::UnexpectedStatus, 1));
        assert!(error.to_string().contains(advice), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_cannot_be_made_says_why() {
    let refused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, why) in [
        (format!("http://{refused}"), "the host refused it"),
        ("https://no-such-host.invalid".to_owned(), "the host's name was not found"),
    ] {
        let client = revops_gong::Client::builder().bearer_auth("token").base_url(url);
        let client = client.options(revops_tests::once()).build().unwrap();
        let error = client.list_users().send().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Connect, Delivery::NotSent));
        assert!(error.to_string().contains(why), "{error}");
        assert!(error.refusal().is_none(), "nobody refused");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_of_the_callers_that_fails_is_not_the_networks_fault() {
    let clients = Clients::always(Reply::json(200, "{}")).await;
    let torn = futures::stream::iter([
        Ok(Bytes::from_static(b"user_id\n")),
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "jane/people.csv")),
    ]);
    let form = ImportDataForm::new(Part::stream(torn));
    let error = clients.userpilot.import_data().body(form).send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Invalid, Delivery::MaybeProcessed));
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
    let text = error.to_string();
    assert!(
        text.contains("the body given to be sent failed while it was read (permission denied)"),
        "{text}"
    );
    assert!(!text.contains("jane"), "{text}");
    let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
    assert!(causes.last().unwrap().to_string().contains("people.csv"), "the cause has the rest");
}

#[tokio::test]
async fn a_request_id_is_a_name_or_there_is_none() {
    for id in ["jane@example.com", "two words", "", &"x".repeat(129)] {
        let body = serde_json::json!({ "requestId": id }).to_string();
        assert_eq!(get_user(Reply::json(404, body.clone())).await.request_id(), None, "{id}");
        let reply = Reply::json(404, r#"{"requestId":"r-1"}"#).header("x-request-id", id.to_owned());
        assert_eq!(get_user(reply).await.request_id().as_deref(), Some("r-1"), "{id}");
    }
}

#[tokio::test]
async fn a_success_the_document_does_not_name_is_one_if_its_body_can_be_read() {
    let import = async |reply: Reply| {
        let form = ImportDataForm::new(Part::bytes("user_id\n1\n"));
        Clients::always(reply).await.userpilot.import_data().body(form).send().await
    };
    let job = import(Reply::json(202, r#"{"job_id":"j-1"}"#)).await.unwrap();
    assert_eq!((job.status().as_u16(), job.job_id.as_deref()), (202, Some("j-1")));
    let made = Clients::always(Reply::json(201, "{}")).await;
    made.userpilot.identify_user().body(IdentifyUser::builder().user_id("u")).send().await.unwrap();

    // One whose body cannot be read, that has parts which failed, or says that it failed, is none.
    let error = import(Reply::json(202, r#"{"job_id":7}"#)).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::UnexpectedStatus, Delivery::Answered));
    assert!(
        error.to_string().contains("probably applied") && error.to_string().contains("at /job_id"),
        "{error}"
    );
    for reply in [Reply::json(207, "{}"), Reply::status(202), Reply::html(202, "Sign in")] {
        assert!(import(reply).await.is_err());
    }
    let refused = Clients::always(Reply::json(202, r#"{"result":false}"#)).await;
    let refused = refused.users.deactivate_user().user_id("1").send().await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Refused);
    let parts = Clients::always(Reply::status(207)).await;
    let error =
        parts.userpilot.identify_user().body(IdentifyUser::builder().user_id("u")).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::UnexpectedStatus);
    assert!(error.to_string().contains("probably applied"), "{error}");
    // Of a read it is an error: an answer still being made could pass for a page without records.
    assert_eq!(get_user(Reply::json(202, "{}")).await.kind(), Kind::UnexpectedStatus);
}
