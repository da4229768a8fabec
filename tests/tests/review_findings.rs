//! What a stranger found by trying to break the clients, so that it stays mended.

#![allow(clippy::unwrap_used, reason = "a helper fails its test by panicking")]

use revops_runtime::Kind;
use revops_runtime::upload::Part;
use revops_tests::once;
use revops_tests::vendor::{Answer, Vendor};
use revops_userpilot::Client;
use revops_userpilot::types::{IdentifyUser, ImportDataForm};

fn client(vendor: &Vendor) -> Client {
    Client::builder().api_token("secret-1").base_url(vendor.origin()).options(once()).build().unwrap()
}

#[tokio::test]
async fn a_file_name_that_could_break_the_form_is_refused_before_anything_is_sent() {
    let vendor = Vendor::start().await;
    let part = Part::bytes("user_id\n1\n").file_name("pe\"o\r\nple.csv");
    let error = client(&vendor).import_data().body(ImportDataForm::new(part)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Invalid, 0));
    assert!(error.to_string().contains("file name of the part `file`"), "{error}");
    assert!(!error.to_string().contains("ple.csv"), "{error}");
}

#[tokio::test]
async fn a_success_that_the_document_does_not_name_says_that_it_was_probably_applied() {
    let vendor = Vendor::start().await;
    let client = client(&vendor);
    let call = client.identify_user().body(IdentifyUser::builder().user_id("u")).send();
    let (_, outcome) = vendor.answering(&Answer::text(207, "text/plain", ""), call).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), Kind::UnexpectedStatus);
    assert!(error.to_string().contains("probably applied"), "{error}");
}

#[test]
fn a_swagger_2_document_with_overlays_beside_it_is_told_to_be_one() {
    let specs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/gong/users.yaml");
    let swagger =
        serde_json::json!({ "swagger": "2.0", "info": { "title": "x", "version": "1" }, "paths": {} });
    let error = revops_codegen::run_on(swagger, &specs).unwrap_err();
    assert_eq!(error.rule(), "supported-version", "{error}");
}
