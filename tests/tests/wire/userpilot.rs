//! The eight operations of the Userpilot API, on the wire and back.

use revops_runtime::upload::Part;
use revops_tests::assert_fields;
use revops_tests::fields::only;
use revops_tests::published::USERPILOT;
use revops_tests::wire::{Expected, Wire};
use revops_userpilot::types::{
    BulkCompanies, BulkCompany, BulkUser, BulkUsers, CompanyMetadata, EventMetadata, IdentifyCompany,
    IdentifyUser, ImportDataForm, Job, JobStatus, TrackEvent, UserCompany, UserMetadata,
};
use revops_userpilot::{Client, ErrorBody};
use serde_json::{Map, Value};

fn client(wire: &Wire) -> Client {
    Client::builder()
        .api_token("secret-1")
        .base_url(wire.base_url())
        .options(revops_tests::once())
        .quota(revops_runtime::Quota::unlimited())
        .build()
        .unwrap()
}

/// The document declares the credential as a header parameter; its example shows the word before the key.
fn request(wire: &Wire) -> Expected {
    wire.expects("Authorization", "secret-1")
}

#[tokio::test]
async fn a_user_is_identified() {
    let wire = Wire::of(USERPILOT, "POST", "/v1/identify").await;
    let userpilot = client(&wire);
    let example = wire.published.request();
    let company = UserCompany::builder().company_id(text(&example["company"], "company_id"));
    let company: UserCompany = company.extra(without(&example["company"], "company_id")).build().unwrap();
    let metadata: UserMetadata = UserMetadata::builder().extra(map(&example["metadata"])).build().unwrap();
    let user = IdentifyUser::builder().user_id(text(&example, "user_id")).metadata(metadata).company(company);
    let call = || userpilot.identify_user().body(user.clone()).send();
    let request = request(&wire).json(&example);

    let answer = wire.accepts(&request, call()).await;
    assert_eq!(answer.status(), 202);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn many_users_are_identified() {
    let wire = Wire::of(USERPILOT, "POST", "/v1/users/bulk_identify").await;
    let userpilot = client(&wire);
    let example = wire.published.request();
    let users = example["users"].as_array().unwrap().iter().map(|user| {
        let metadata: UserMetadata = UserMetadata::builder().extra(map(&user["metadata"])).build().unwrap();
        let made = BulkUser::builder().user_id(text(user, "user_id")).company_id(text(user, "company_id"));
        made.metadata(metadata).build().unwrap()
    });
    let users: Vec<BulkUser> = users.collect();
    let call = || userpilot.bulk_identify_users().body(BulkUsers::builder().users(users.clone())).send();
    let request = request(&wire).json(&example);

    let job = wire.accepts(&request, call()).await;
    assert_started_job(&job, &wire.example());

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_company_is_identified() {
    let wire = Wire::of(USERPILOT, "POST", "/v1/companies/identify").await;
    let userpilot = client(&wire);
    let example = wire.published.request();
    let metadata: CompanyMetadata =
        CompanyMetadata::builder().extra(map(&example["metadata"])).build().unwrap();
    let company = IdentifyCompany::builder().company_id(text(&example, "company_id")).metadata(metadata);
    let call = || userpilot.identify_company().body(company.clone()).send();
    let request = request(&wire).json(&example);

    let answer = wire.accepts(&request, call()).await;
    assert_eq!(answer.status(), 202);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn many_companies_are_identified() {
    let wire = Wire::of(USERPILOT, "POST", "/v1/companies/bulk_identify").await;
    let userpilot = client(&wire);
    let example = wire.published.request();
    let companies = example["companies"].as_array().unwrap().iter().map(|company| {
        let metadata: CompanyMetadata =
            CompanyMetadata::builder().extra(map(&company["metadata"])).build().unwrap();
        BulkCompany::builder().company_id(text(company, "company_id")).metadata(metadata).build().unwrap()
    });
    let companies: Vec<BulkCompany> = companies.collect();
    let body = BulkCompanies::builder().companies(companies);
    let call = || userpilot.bulk_identify_companies().body(body.clone()).send();
    let request = request(&wire).json(&example);

    let job = wire.accepts(&request, call()).await;
    assert_started_job(&job, &wire.example());

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn an_event_is_tracked() {
    let wire = Wire::of(USERPILOT, "POST", "/v1/track").await;
    let userpilot = client(&wire);
    let example = wire.published.request();
    let metadata: EventMetadata = EventMetadata::builder().extra(map(&example["metadata"])).build().unwrap();
    let event = TrackEvent::builder().user_id(text(&example, "user_id")).metadata(metadata);
    let event = event.event_name(text(&example, "event_name"));
    let call = || userpilot.track_event().body(event.clone()).send();
    let request = request(&wire).json(&example);

    let answer = wire.accepts(&request, call()).await;
    assert_eq!(answer.status(), 202);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn jobs_are_listed() {
    let wire = Wire::of(USERPILOT, "GET", "/v1/background_jobs").await;
    let userpilot = client(&wire);
    let call = || userpilot.list_jobs().send();
    let request = request(&wire);

    let jobs = wire.accepts(&request, call()).await;
    let job = only(Some(&*jobs));
    assert_fields!(
        *job,
        wire.example()[0],
        elapsed_time = "elapsed_time",
        end_time = "end_time",
        file_size = "file_size",
        filename = "filename",
        job_id = "job_id",
        links = "links",
        start_time = "start_time",
        status = "status",
        total_rows = "total_rows",
        type_ = "type",
    );
    assert_job(job);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn one_job_is_read() {
    let wire = Wire::of(USERPILOT, "GET", "/v1/background_jobs/{{job_id}}").await;
    let userpilot = client(&wire);
    let id = "bulk:jobs:NX-ac54070e:c6f91301-54c1-4df7-a077-b34715c38875";
    let call = || userpilot.get_job().job_id(id).send();
    let request = request(&wire).path("job_id", id);

    let job = wire.accepts(&request, call()).await;
    assert_fields!(
        *job,
        wire.example(),
        completed_rows = "completed_rows",
        elapsed_time = "elapsed_time",
        end_time = "end_time",
        file_size = "file_size",
        filename = "filename",
        job_id = "job_id",
        links = "links",
        start_time = "start_time",
        status = "status",
        total_rows = "total_rows",
        type_ = "type",
    );
    assert_job(&job);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_file_is_imported() {
    let wire = Wire::of(USERPILOT, "POST", "/v1/imports").await;
    let userpilot = client(&wire);
    let content = "user_id,name\n1,Jürgen\n";
    let call = || {
        let part = Part::text(content).file_name("users \"ü\".csv").media_type("text/csv");
        userpilot.import_data().body(ImportDataForm::new(part)).send()
    };
    let request = request(&wire).file("file", "users \"ü\".csv", "text/csv", content);

    let job = wire.accepts(&request, call()).await;
    assert_fields!(
        *job,
        wire.example(),
        end_time = "end_time",
        file_size = "file_size",
        filename = "filename",
        job_id = "job_id",
        links = "links",
        start_time = "start_time",
        status = "status",
        total_rows = "total_rows",
    );
    assert_job(&job);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

fn assert_started_job(job: &Job, json: &Value) {
    assert_fields!(
        *job,
        *json,
        end_time = "end_time",
        file_size = "file_size",
        filename = "filename",
        job_id = "job_id",
        links = "links",
        start_time = "start_time",
        status = "status",
        total_rows = "total_rows",
        type_ = "type",
    );
    assert_job(job);
}

fn assert_job(job: &Job) {
    assert_eq!(job.status, Some(JobStatus::Queued));
    assert!(job.extra.is_empty(), "{:?}", job.extra);
}

fn text(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap_or_else(|| panic!("the example has no text `{member}`")).to_owned()
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("not an object: {value}")).clone()
}

fn without(value: &Value, member: &str) -> Map<String, Value> {
    let mut members = map(value);
    members.shift_remove(member);
    members
}
