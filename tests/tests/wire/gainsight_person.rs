//! The four operations of the Gainsight CS Person API, on the wire and back.

use revops_gainsight::person::types::{
    Condition, Operator, Order, OrderBy, PersonRecord, SearchRequest, Timestamp, UpsertPeopleRequest, Where,
};
use revops_gainsight::person::{Client, ErrorBody};
use revops_tests::assert_fields;
use revops_tests::fields::{only, some};
use revops_tests::published::PERSON;
use revops_tests::wire::{Expected, Wire};
use serde_json::{Map, Value};

fn client(wire: &Wire) -> Client {
    Client::builder()
        .api_key("secret-1")
        .base_url(wire.base_url())
        .options(revops_tests::once())
        .quota(revops_runtime::Quota::unlimited())
        .build()
        .unwrap()
}

fn request(wire: &Wire) -> Expected {
    wire.expects("apiKey", "secret-1")
}

#[tokio::test]
async fn people_are_upserted() {
    let wire = Wire::of(PERSON, "POST", "/data/objects/Person").await;
    let gainsight = client(&wire);
    let body = wire.published.request();
    let people = UpsertPeopleRequest::builder().records(vec![person(&body["records"][0])]);
    let call = || gainsight.upsert_people().keys("Email,Company_ID__gr.Name").body(people.clone()).send();
    let request = request(&wire).query("keys", "Email,Company_ID__gr.Name").json(&body);

    let answer = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(*answer, published, result = "result", data = "data");
    let written = some(answer.data.as_ref());
    assert_fields!(
        *written,
        published["data"],
        count = "count",
        inserted_count = "insertedCount",
        updated_count = "updatedCount",
        failed_count = "failedCount",
        failures = "failures",
    );
    let failure = only(written.failures.as_ref());
    assert_fields!(
        *failure,
        published["data"]["failures"][0],
        index = "index",
        error_message = "errorMessage",
    );

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn people_are_searched() {
    let wire = Wire::of(PERSON, "POST", "/data/objects/Person/search").await;
    let gainsight = client(&wire);
    let body = wire.published.request();
    let condition = &body["where"]["conditions"][0];
    let condition: Condition = Condition::builder()
        .name(text(condition, "name"))
        .alias(text(condition, "alias"))
        .value(condition["value"].clone())
        .operator(Operator::Eq)
        .build()
        .unwrap();
    let filter = Where::builder().conditions(vec![condition]);
    let filter: Where = filter.expression(text(&body["where"], "expression")).build().unwrap();
    let order = OrderBy::builder().field(text(&body["orderBy"], "field")).order(Order::Asc);
    let order: OrderBy = order.build().unwrap();
    let search = SearchRequest::builder()
        .select(vec![body["select"][0].as_str().unwrap().to_owned()])
        .where_(filter)
        .order_by(order)
        .limit(body["limit"].as_i64())
        .offset(body["offset"].as_i64());
    let call = || gainsight.search_people().body(search.clone()).send();
    let request = request(&wire).json(&body);

    let page = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(*page, published, result = "result", data = "data");
    let data = some(page.data.as_ref());
    assert_fields!(
        *data,
        published["data"],
        records = "records",
        total_count = "totalCount",
        count = "count",
    );
    assert_person(only(data.records.as_ref()), &published["data"]["records"][0]);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn one_person_is_read() {
    let wire = Wire::of(PERSON, "GET", "/data/objects/Person/{recordId}").await;
    let gainsight = client(&wire);
    let call = || gainsight.get_person().record_id("1P01ABC/ü").send();
    let request = request(&wire).path("recordId", "1P01ABC%2F%C3%BC");

    let answer = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(*answer, published, result = "result", data = "data");
    assert_person(some(answer.data.as_ref()), &published["data"]);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_person_is_deleted() {
    let wire = Wire::of(PERSON, "DELETE", "/data/objects/Person/{recordId}").await;
    let gainsight = client(&wire);
    let call = || gainsight.delete_person().record_id("1P01ABC").send();
    let request = request(&wire).path("recordId", "1P01ABC");

    let answer = wire.accepts(&request, call()).await;
    assert_fields!(
        *answer,
        wire.example(),
        result = "result",
        error_code = "errorCode",
        error_desc = "errorDesc",
        request_id = "requestId",
    );
    assert!(answer.extra.is_empty(), "{:?}", answer.extra);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

/// A person with every field the document declares, from the values in `json`.
fn person(json: &Value) -> PersonRecord {
    let made = PersonRecord::builder()
        .gsid(text(json, "Gsid"))
        .first_name(text(json, "FirstName"))
        .last_name(text(json, "LastName"))
        .email(text(json, "Email"))
        .company_id(text(json, "CompanyId"))
        .company_name(text(json, "CompanyName"))
        .title(text(json, "Title"))
        .role(text(json, "Role"))
        .phone(text(json, "Phone"))
        .location(text(json, "Location"))
        .linkedin_url(text(json, "LinkedinUrl"))
        .master_avatar_type_code(text(json, "MasterAvatarTypeCode"))
        .timezone(text(json, "Timezone"))
        .sfdc_contact_id(text(json, "SfdcContactId"))
        .nps(json["NPS"].as_f64())
        .is_primary(json["IsPrimary"].as_bool())
        .is_active(json["IsActive"].as_bool())
        .created_date(Timestamp::Text(text(json, "CreatedDate")))
        .modified_date(Timestamp::Text(text(json, "ModifiedDate")));
    made.build().unwrap()
}

fn assert_person(person: &PersonRecord, json: &Value) {
    assert_fields!(
        *person,
        *json,
        gsid = "Gsid",
        first_name = "FirstName",
        last_name = "LastName",
        email = "Email",
        company_id = "CompanyId",
        company_name = "CompanyName",
        title = "Title",
        role = "Role",
        phone = "Phone",
        location = "Location",
        linkedin_url = "LinkedinUrl",
        master_avatar_type_code = "MasterAvatarTypeCode",
        timezone = "Timezone",
        sfdc_contact_id = "SfdcContactId",
        nps = "NPS",
        is_primary = "IsPrimary",
        is_active = "IsActive",
        created_date = "CreatedDate",
        modified_date = "ModifiedDate",
    );
    assert_eq!(person.extra, Map::new());
}

fn text(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap_or_else(|| panic!("the example has no text `{member}`")).to_owned()
}
