//! The four operations of the Gong Users API, on the wire and back.

use revops_gong::types::{SpokenLanguage, User, UserSettings, UsersFilter, UsersFilterRequest};
use revops_gong::{Client, ErrorBody};
use revops_tests::assert_fields;
use revops_tests::fields::{only, some};
use revops_tests::published::GONG;
use revops_tests::wire::{Expected, Wire};
use serde_json::Value;

fn client(wire: &Wire) -> Client {
    Client::builder()
        .basic_auth("key", "secret")
        .base_url(wire.base_url())
        .options(revops_tests::once())
        .quota(revops_runtime::Quota::unlimited())
        .build()
        .unwrap()
}

/// A request of a client with an access key and its secret: `key:secret` in base 64.
fn request(wire: &Wire) -> Expected {
    wire.expects("basicAuth", "a2V5OnNlY3JldA==")
}

#[tokio::test]
async fn a_page_of_users_is_listed() {
    let wire = Wire::of(GONG, "GET", "/users").await;
    let gong = client(&wire);
    let call = || gong.list_users().cursor("eyJ/+= &ü").include_avatars(true).send();
    let request = request(&wire);
    let full = request.clone().query("cursor", "eyJ/+= &ü").query("includeAvatars", "true");

    let page = wire.accepts(&full, call()).await;
    let published = wire.example();
    assert_fields!(*page, published, request_id = "requestId", records = "records", users = "users");
    assert_page(some(page.records.as_ref()), &published["records"]);
    assert_user(only(page.users.as_ref()), &published["users"][0]);

    wire.accepts_the_least(&request, gong.list_users().send()).await;
    wire.refuses::<ErrorBody, _, _>(&full, call).await;
}

#[tokio::test]
async fn one_user_is_read() {
    let wire = Wire::of(GONG, "GET", "/users/{id}").await;
    let gong = client(&wire);
    let call = || gong.get_user().id("7782342274025937895").send();
    let request = request(&wire).path("id", "7782342274025937895");

    let answer = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(*answer, published, request_id = "requestId", user = "user");
    assert_user(some(answer.user.as_ref()), &published["user"]);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn a_history_of_settings_is_read() {
    let wire = Wire::of(GONG, "GET", "/users/{id}/settings-history").await;
    let gong = client(&wire);
    let call = || gong.get_user_settings_history().id("id/1").send();
    let request = request(&wire).path("id", "id%2F1");

    let answer = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(
        *answer,
        published,
        request_id = "requestId",
        user_settings_history = "userSettingsHistory"
    );
    let change = only(answer.user_settings_history.as_ref());
    assert_fields!(
        *change,
        published["userSettingsHistory"][0],
        user_id = "userId",
        setting_name = "settingName",
        previous_value = "previousValue",
        new_value = "newValue",
        changed_at = "changedAt",
        changed_by = "changedBy",
    );

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

#[tokio::test]
async fn users_are_filtered() {
    let wire = Wire::of(GONG, "POST", "/users/filter").await;
    let gong = client(&wire);
    let body = wire.published.full_request();
    let filter: UsersFilter = UsersFilter::builder()
        .user_ids(vec![body["filter"]["userIds"][0].as_str().unwrap().to_owned()])
        .created_from_date_time(time(&body["filter"]["createdFromDateTime"]))
        .created_to_date_time(time(&body["filter"]["createdToDateTime"]))
        .build()
        .unwrap();
    let cursor = body["cursor"].as_str().unwrap().to_owned();
    let filter = UsersFilterRequest::builder().cursor(cursor).filter(filter).build().unwrap();
    let call = || gong.list_users_by_filter().body(filter.clone()).send();
    let request = request(&wire).json(&body);

    let page = wire.accepts(&request, call()).await;
    let published = wire.example();
    assert_fields!(*page, published, request_id = "requestId", records = "records", users = "users");
    assert_page(some(page.records.as_ref()), &published["records"]);
    assert_user(only(page.users.as_ref()), &published["users"][0]);

    wire.refuses::<ErrorBody, _, _>(&request, call).await;
}

fn time<T: serde::de::DeserializeOwned>(text: &Value) -> Option<T> {
    serde_json::from_value(text.clone()).unwrap()
}

fn assert_page(page: &revops_gong::types::PageInfo, json: &Value) {
    assert_fields!(
        *page,
        *json,
        total_records = "totalRecords",
        current_page_size = "currentPageSize",
        current_page_number = "currentPageNumber",
        cursor = "cursor",
    );
}

fn assert_user(user: &User, json: &Value) {
    assert_fields!(
        *user,
        *json,
        id = "id",
        email_address = "emailAddress",
        first_name = "firstName",
        last_name = "lastName",
        title = "title",
        phone_number = "phoneNumber",
        extension = "extension",
        personal_meeting_urls = "personalMeetingUrls",
        settings = "settings",
        manager_id = "managerId",
        meeting_consent_page_url = "meetingConsentPageUrl",
        spoken_languages = "spokenLanguages",
        active = "active",
        created = "created",
        avatar_url = "avatarUrl",
        trusted_email_address = "trustedEmailAddress",
    );
    assert!(user.extra.is_empty(), "{:?}", user.extra);
    let language: &SpokenLanguage = only(user.spoken_languages.as_ref());
    assert_fields!(*language, json["spokenLanguages"][0], language = "language", primary = "primary");
    let settings: &UserSettings = some(user.settings.as_ref());
    assert_fields!(
        *settings,
        json["settings"],
        web_conferences_recorded = "webConferencesRecorded",
        prevent_web_conference_recording = "preventWebConferenceRecording",
        telephony_calls_imported = "telephonyCallsImported",
        emails_imported = "emailsImported",
        prevent_email_import = "preventEmailImport",
    );
}
