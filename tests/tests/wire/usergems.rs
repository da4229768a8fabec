//! The five operations of the `UserGems` API, on the wire and back.

use revops_tests::assert_fields;
use revops_tests::published::USERGEMS;
use revops_tests::wire::{Expected, Wire};
use revops_usergems::types::{AddAccountRequest, AddContactRequest, PrivacyDeleteRequest, QueueAck};
use revops_usergems::{Client, ErrorBody};
use serde_json::Value;

fn client(wire: &Wire) -> Client {
    Client::builder()
        .api_key_auth("secret-1")
        .base_url(wire.base_url())
        .options(revops_tests::once())
        .quota(revops_runtime::Quota::unlimited())
        .build()
        .unwrap()
}

fn request(wire: &Wire) -> Expected {
    wire.expects("ApiKeyAuth", "secret-1")
}

#[tokio::test]
async fn a_contact_is_added() {
    let wire = Wire::of(USERGEMS, "POST", "/contact").await;
    let usergems = client(&wire);
    let example = wire.published.request();
    let contact: AddContactRequest = AddContactRequest::builder()
        .email(text(&example, "email"))
        .first_name(text(&example, "firstName"))
        .last_name(text(&example, "lastName"))
        .company(text(&example, "company"))
        .relationship_type(text(&example, "relationshipType"))
        .linkedin_url(text(&example, "linkedinUrl"))
        .signal(text(&example, "signal"))
        .build()
        .unwrap();
    let call = || usergems.add_contact().body(contact.clone()).send();
    let request = request(&wire);

    let answer = wire.accepts(&request.clone().json(&example), call()).await;
    assert_ack(&answer, &wire, "Contact added to queue");
    wire.refuses::<ErrorBody, _, _>(&request.clone().json(&example), call).await;

    let full = wire.published.full_request();
    let contact = AddContactRequest::builder()
        .email(text(&full, "email"))
        .first_name(text(&full, "firstName"))
        .last_name(text(&full, "lastName"))
        .full_name(text(&full, "fullName"))
        .company(text(&full, "company"))
        .relationship_type(text(&full, "relationshipType"))
        .linkedin_url(text(&full, "linkedinUrl"))
        .signal(text(&full, "signal"))
        .custom(text(&full, "custom"));
    wire.accepts(&request.json(&full), usergems.add_contact().body(contact).send()).await;
}

#[tokio::test]
async fn a_contact_is_deleted() {
    let wire = Wire::of(USERGEMS, "DELETE", "/contact").await;
    let usergems = client(&wire);
    let all = || usergems.delete_contact().email("jane+1@example.com").relationship_type("Open Opp Contact");
    let call = || all().signal("q2&champions=ü").send();
    let least = request(&wire).query("email", "jane+1@example.com");
    let full = least.clone().query("relationshipType", "Open Opp Contact").query("signal", "q2&champions=ü");

    let answer = wire.accepts(&full, call()).await;
    assert_ack(&answer, &wire, "Contact deleted");

    wire.accepts_the_least(&least, usergems.delete_contact().email("jane+1@example.com").send()).await;
    wire.refuses::<ErrorBody, _, _>(&full, call).await;
}

#[tokio::test]
async fn an_account_is_added() {
    let wire = Wire::of(USERGEMS, "POST", "/account").await;
    let usergems = client(&wire);
    let example = wire.published.request();
    let account: AddAccountRequest = AddAccountRequest::builder()
        .name(text(&example, "name"))
        .domain(text(&example, "domain"))
        .report_name(text(&example, "reportName"))
        .signal(text(&example, "signal"))
        .salesforce_id(text(&example, "salesforceId"))
        .build()
        .unwrap();
    let call = || usergems.add_account().body(account.clone()).send();
    let request = request(&wire);

    let answer = wire.accepts(&request.clone().json(&example), call()).await;
    assert_ack(&answer, &wire, "Account added");
    wire.refuses::<ErrorBody, _, _>(&request.clone().json(&example), call).await;

    let full = wire.published.full_request();
    let account = AddAccountRequest::builder()
        .name(text(&full, "name"))
        .domain(text(&full, "domain"))
        .report_name(text(&full, "reportName"))
        .signal(text(&full, "signal"))
        .salesforce_id(text(&full, "salesforceId"))
        .custom_id(text(&full, "customId"))
        .custom(text(&full, "custom"));
    wire.accepts(&request.json(&full), usergems.add_account().body(account).send()).await;
}

#[tokio::test]
async fn an_account_is_deleted() {
    let wire = Wire::of(USERGEMS, "DELETE", "/account").await;
    let usergems = client(&wire);
    let call = || {
        let named = usergems.delete_account().name("Acme & Söhne").domain("acme.com").report_name("Q2 #1");
        named.signal("hiring/vp").salesforce_id("0014x00000ABCDeAAA").custom_id("c=1").send()
    };
    let least = request(&wire).query("name", "Acme & Söhne").query("domain", "acme.com");
    let full = least.clone().query("reportName", "Q2 #1").query("signal", "hiring/vp");
    let full = full.query("salesforceId", "0014x00000ABCDeAAA").query("customId", "c=1");

    let answer = wire.accepts(&full, call()).await;
    assert_ack(&answer, &wire, "Account deleted");

    let named = usergems.delete_account().name("Acme & Söhne").domain("acme.com");
    wire.accepts_the_least(&least, named.send()).await;
    wire.refuses::<ErrorBody, _, _>(&full, call).await;
}

#[tokio::test]
async fn a_person_is_erased() {
    let wire = Wire::of(USERGEMS, "POST", "/privacy/delete").await;
    let usergems = client(&wire);
    let example = wire.published.request();
    let email = text(&example, "email");
    let call = || usergems.privacy_delete().body(PrivacyDeleteRequest::builder().email(email.clone())).send();
    let request = request(&wire).json(&example);

    let answer = wire.accepts(&request, call()).await;
    assert_ack(&answer, &wire, "Contact removed");

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

fn text(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap_or_else(|| panic!("the example has no text `{member}`")).to_owned()
}

fn assert_ack(ack: &QueueAck, wire: &Wire, message: &str) {
    assert_fields!(*ack, wire.example(), message = "message");
    assert_eq!(ack.message, message);
}
