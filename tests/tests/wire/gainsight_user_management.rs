//! The eleven operations of the Gainsight CS User Management API, on the wire and back.

use revops_gainsight::user_management::types::{
    ApiResponse, CompanyTeamRecord, Condition, GainsightUser, GainsightUserInput, ScimEmail, ScimNameInput,
    ScimUser, ScimUserInput, SearchRequest, UpsertCompanyTeamRequest, Where,
};
use revops_gainsight::user_management::{Client, ErrorBody};
use revops_tests::assert_fields;
use revops_tests::fields::{only, some};
use revops_tests::published::USER_MANAGEMENT;
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
async fn a_page_of_users_is_listed() {
    let wire = Wire::of(USER_MANAGEMENT, "GET", "/users").await;
    let gainsight = client(&wire);
    let call = || gainsight.list_users().page_number(2).page_size(50).send();
    let request = request(&wire);
    let full = request.clone().query("pageNumber", "2").query("pageSize", "50");

    let page = wire.accepts(&full, call()).await;
    let published = wire.example();
    assert_fields!(*page, published, result = "result", data = "data");
    let data = some(page.data.as_ref());
    assert_fields!(*data, published["data"], records = "records", total_count = "totalCount");
    assert_user(only(data.records.as_ref()), &published["data"]["records"][0]);

    wire.accepts_the_least(&request, gainsight.list_users().send()).await;
    wire.refuses::<ErrorBody, _, _>(&full, call).await;
}

#[tokio::test]
async fn one_user_is_read() {
    let wire = Wire::of(USER_MANAGEMENT, "GET", "/users/{userId}").await;
    let gainsight = client(&wire);
    let call = || gainsight.get_user().user_id("1P02 XYZ").send();
    let request = request(&wire).path("userId", "1P02%20XYZ");

    let answer = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(*answer, published, result = "result", data = "data");
    assert_user(some(answer.data.as_ref()), &published["data"]);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_user_is_updated() {
    let wire = Wire::of(USER_MANAGEMENT, "PUT", "/users/{userId}").await;
    let gainsight = client(&wire);
    let body = wire.published.request();
    let user = GainsightUserInput::builder()
        .first_name(text(&body, "FirstName"))
        .last_name(text(&body, "LastName"))
        .email(text(&body, "Email"))
        .user_type(text(&body, "UserType"))
        .license_type(text(&body, "LicenseType"))
        .role(text(&body, "Role"));
    let call = || gainsight.update_user().user_id("1P02XYZ").body(user.clone()).send();
    let request = request(&wire).path("userId", "1P02XYZ").json(&body);

    assert_envelope(&*wire.accepts(&request, call()).await, &wire);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_user_is_deactivated() {
    let wire = Wire::of(USER_MANAGEMENT, "POST", "/users/{userId}/deactivate").await;
    let gainsight = client(&wire);
    let call = || gainsight.deactivate_user().user_id("1P02;XYZ").send();
    let request = request(&wire).path("userId", "1P02%3BXYZ");

    assert_envelope(&*wire.accepts(&request, call()).await, &wire);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_team_is_upserted() {
    let wire = Wire::of(USER_MANAGEMENT, "POST", "/companyteam").await;
    let gainsight = client(&wire);
    let body = wire.published.request();
    let record = &body["records"][0];
    let record: CompanyTeamRecord = CompanyTeamRecord::builder()
        .gsid(text(record, "Gsid"))
        .company_id(text(record, "CompanyId"))
        .user_id(text(record, "UserId"))
        .team_role(text(record, "TeamRole"))
        .is_primary(record["IsPrimary"].as_bool())
        .build()
        .unwrap();
    let team = UpsertCompanyTeamRequest::builder().records(vec![record]);
    let call = || gainsight.upsert_company_team().body(team.clone()).send();
    let request = request(&wire).json(&body);

    assert_envelope(&*wire.accepts(&request, call()).await, &wire);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn teams_are_searched() {
    let wire = Wire::of(USER_MANAGEMENT, "POST", "/companyteam/search").await;
    let gainsight = client(&wire);
    let body = wire.published.request();
    let condition = &body["where"]["conditions"][0];
    let condition: Condition = Condition::builder()
        .name(text(condition, "name"))
        .value(condition["value"].clone())
        .operator(text(condition, "operator"))
        .build()
        .unwrap();
    let filter = Where::builder().conditions(vec![condition]);
    let filter: Where = filter.expression(text(&body["where"], "expression")).build().unwrap();
    let search = SearchRequest::builder()
        .select(vec![body["select"][0].as_str().unwrap().to_owned()])
        .where_(filter)
        .limit(body["limit"].as_i64())
        .offset(body["offset"].as_i64());
    let call = || gainsight.search_company_team().body(search.clone()).send();
    let request = request(&wire).json(&body);

    let page = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(*page, published, result = "result", data = "data");
    let data = some(page.data.as_ref());
    assert_fields!(*data, published["data"], records = "records", total_count = "totalCount");
    let record = only(data.records.as_ref());
    assert_fields!(
        *record,
        published["data"]["records"][0],
        gsid = "Gsid",
        company_id = "CompanyId",
        user_id = "UserId",
        team_role = "TeamRole",
        is_primary = "IsPrimary",
    );
    assert_eq!(record.extra, Map::new());

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_page_of_scim_users_is_listed() {
    let wire = Wire::of(USER_MANAGEMENT, "GET", "/scim/v2/Users").await;
    let gainsight = client(&wire);
    let filter = r#"userName eq "jane+1@example.com" & active"#;
    let call = || gainsight.scim_list_users().filter(filter).start_index(101).count(50).send();
    let request = request(&wire);
    let full = request.clone().query("filter", filter).query("startIndex", "101").query("count", "50");

    let page = wire.accepts(&full, call()).await;
    let published = wire.example();
    assert_fields!(
        *page,
        published,
        schemas = "schemas",
        total_results = "totalResults",
        start_index = "startIndex",
        items_per_page = "itemsPerPage",
        resources = "Resources",
    );
    assert_scim_user(only(page.resources.as_ref()), &published["Resources"][0]);

    wire.accepts_the_least(&request, gainsight.scim_list_users().send()).await;
    wire.refuses::<ErrorBody, _, _>(&full, call).await;
}

#[tokio::test]
async fn a_scim_user_is_created() {
    let wire = Wire::of(USER_MANAGEMENT, "POST", "/scim/v2/Users").await;
    let gainsight = client(&wire);
    let body = wire.published.request();
    let user = scim_input(&body);
    let call = || gainsight.scim_create_user().body(user.clone()).send();
    let request = request(&wire).json(&body);

    let created = wire.accepts(&request, call()).await;
    assert_eq!(created.status(), 201);
    assert_scim_user(&created, &wire.example());

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_scim_user_is_read() {
    let wire = Wire::of(USER_MANAGEMENT, "GET", "/scim/v2/Users/{scimUserId}").await;
    let gainsight = client(&wire);
    let call = || gainsight.scim_get_user().scim_user_id("2819c223?x#y").send();
    let request = request(&wire).path("scimUserId", "2819c223%3Fx%23y");

    let user = wire.accepts(&request, call()).await;
    assert_scim_user(&user, &wire.example());

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_scim_user_is_replaced() {
    let wire = Wire::of(USER_MANAGEMENT, "PUT", "/scim/v2/Users/{scimUserId}").await;
    let gainsight = client(&wire);
    let body = wire.published.request();
    let user = scim_input(&body);
    let call = || gainsight.scim_update_user().scim_user_id("2819c223-7f76").body(user.clone()).send();
    let request = request(&wire).path("scimUserId", "2819c223-7f76").json(&body);

    let replaced = wire.accepts(&request, call()).await;
    assert_scim_user(&replaced, &wire.example());

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_scim_user_is_removed() {
    let wire = Wire::of(USER_MANAGEMENT, "DELETE", "/scim/v2/Users/{scimUserId}").await;
    let gainsight = client(&wire);
    let call = || gainsight.scim_delete_user().scim_user_id("2819c223-7f76").send();
    let request = request(&wire).path("scimUserId", "2819c223-7f76");

    let answer = wire.accepts(&request, call()).await;
    assert_eq!(answer.status(), 204);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

/// A SCIM user to write, with every attribute the document declares, from the values in `json`.
fn scim_input(json: &Value) -> ScimUserInput {
    let email = &json["emails"][0];
    let email = ScimEmail::builder()
        .value(text(email, "value"))
        .type_(text(email, "type"))
        .primary(email["primary"].as_bool());
    let name = ScimNameInput::builder()
        .given_name(text(&json["name"], "givenName"))
        .family_name(text(&json["name"], "familyName"));
    let name: ScimNameInput = name.build().unwrap();
    let made = ScimUserInput::builder()
        .schemas(vec![json["schemas"][0].as_str().unwrap().to_owned()])
        .user_name(text(json, "userName"))
        .name(name)
        .emails(vec![email.build().unwrap()])
        .active(json["active"].as_bool());
    made.build().unwrap()
}

fn assert_scim_user(user: &ScimUser, json: &Value) {
    assert_fields!(
        *user,
        *json,
        schemas = "schemas",
        id = "id",
        user_name = "userName",
        name = "name",
        emails = "emails",
        active = "active",
        meta = "meta",
    );
    assert_eq!(user.extra, Map::new());
    let name = some(user.name.as_ref());
    assert_fields!(*name, json["name"], given_name = "givenName", family_name = "familyName");
    let email = only(user.emails.as_ref());
    assert_fields!(*email, json["emails"][0], value = "value", type_ = "type", primary = "primary");
    let meta = some(user.meta.as_ref());
    assert_fields!(
        *meta,
        json["meta"],
        resource_type = "resourceType",
        created = "created",
        last_modified = "lastModified",
    );
}

fn assert_user(user: &GainsightUser, json: &Value) {
    assert_fields!(
        *user,
        *json,
        gsid = "Gsid",
        first_name = "FirstName",
        last_name = "LastName",
        email = "Email",
        user_type = "UserType",
        is_active = "IsActive",
        license_type = "LicenseType",
        role = "Role",
        sfdc_user_id = "SfdcUserId",
        created_date = "CreatedDate",
        modified_date = "ModifiedDate",
    );
    assert_eq!(user.extra, Map::new());
}

fn assert_envelope(answer: &ApiResponse, wire: &Wire) {
    assert_fields!(
        *answer,
        wire.example(),
        result = "result",
        error_code = "errorCode",
        error_desc = "errorDesc",
        request_id = "requestId",
    );
    assert_eq!(answer.extra, Map::new());
}

fn text(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap_or_else(|| panic!("the example has no text `{member}`")).to_owned()
}
