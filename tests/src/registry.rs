//! Which test covers which operation. `tests/coverage.rs` compares this list with the documents and with
//! the tests.

use crate::published::{GONG, PERSON, USER_MANAGEMENT, USERGEMS, USERPILOT};

/// One operation and its wire test.
#[derive(Debug, Clone, Copy)]
pub struct WireTest {
    /// The document, below `specs/`.
    pub document: &'static str,
    /// The method, upper case.
    pub method: &'static str,
    /// The path template, as published.
    pub path: &'static str,
    /// The test: its file in `tests/`, and its function.
    pub test: &'static str,
}

const fn wire_test(
    document: &'static str,
    method: &'static str,
    path: &'static str,
    test: &'static str,
) -> WireTest {
    WireTest { document, method, path, test }
}

/// Every operation of every document.
pub const WIRE_TESTS: &[WireTest] = &[
    wire_test(GONG, "GET", "/users", "wire_gong::a_page_of_users_is_listed"),
    wire_test(GONG, "GET", "/users/{id}", "wire_gong::one_user_is_read"),
    wire_test(GONG, "GET", "/users/{id}/settings-history", "wire_gong::a_history_of_settings_is_read"),
    wire_test(GONG, "POST", "/users/filter", "wire_gong::users_are_filtered"),
    wire_test(PERSON, "POST", "/data/objects/Person", "wire_gainsight_person::people_are_upserted"),
    wire_test(PERSON, "POST", "/data/objects/Person/search", "wire_gainsight_person::people_are_searched"),
    wire_test(PERSON, "GET", "/data/objects/Person/{recordId}", "wire_gainsight_person::one_person_is_read"),
    wire_test(
        PERSON,
        "DELETE",
        "/data/objects/Person/{recordId}",
        "wire_gainsight_person::a_person_is_deleted",
    ),
    wire_test(USER_MANAGEMENT, "GET", "/users", "wire_gainsight_user_management::a_page_of_users_is_listed"),
    wire_test(USER_MANAGEMENT, "GET", "/users/{userId}", "wire_gainsight_user_management::one_user_is_read"),
    wire_test(USER_MANAGEMENT, "PUT", "/users/{userId}", "wire_gainsight_user_management::a_user_is_updated"),
    wire_test(
        USER_MANAGEMENT,
        "POST",
        "/users/{userId}/deactivate",
        "wire_gainsight_user_management::a_user_is_deactivated",
    ),
    wire_test(USER_MANAGEMENT, "POST", "/companyteam", "wire_gainsight_user_management::a_team_is_upserted"),
    wire_test(
        USER_MANAGEMENT,
        "POST",
        "/companyteam/search",
        "wire_gainsight_user_management::teams_are_searched",
    ),
    wire_test(
        USER_MANAGEMENT,
        "GET",
        "/scim/v2/Users",
        "wire_gainsight_user_management::a_page_of_scim_users_is_listed",
    ),
    wire_test(
        USER_MANAGEMENT,
        "POST",
        "/scim/v2/Users",
        "wire_gainsight_user_management::a_scim_user_is_created",
    ),
    wire_test(
        USER_MANAGEMENT,
        "GET",
        "/scim/v2/Users/{scimUserId}",
        "wire_gainsight_user_management::a_scim_user_is_read",
    ),
    wire_test(
        USER_MANAGEMENT,
        "PUT",
        "/scim/v2/Users/{scimUserId}",
        "wire_gainsight_user_management::a_scim_user_is_replaced",
    ),
    wire_test(
        USER_MANAGEMENT,
        "DELETE",
        "/scim/v2/Users/{scimUserId}",
        "wire_gainsight_user_management::a_scim_user_is_removed",
    ),
    wire_test(USERGEMS, "POST", "/contact", "wire_usergems::a_contact_is_added"),
    wire_test(USERGEMS, "DELETE", "/contact", "wire_usergems::a_contact_is_deleted"),
    wire_test(USERGEMS, "POST", "/account", "wire_usergems::an_account_is_added"),
    wire_test(USERGEMS, "DELETE", "/account", "wire_usergems::an_account_is_deleted"),
    wire_test(USERGEMS, "POST", "/privacy/delete", "wire_usergems::a_person_is_erased"),
    wire_test(USERPILOT, "POST", "/v1/identify", "wire_userpilot::a_user_is_identified"),
    wire_test(USERPILOT, "POST", "/v1/users/bulk_identify", "wire_userpilot::many_users_are_identified"),
    wire_test(USERPILOT, "POST", "/v1/companies/identify", "wire_userpilot::a_company_is_identified"),
    wire_test(
        USERPILOT,
        "POST",
        "/v1/companies/bulk_identify",
        "wire_userpilot::many_companies_are_identified",
    ),
    wire_test(USERPILOT, "POST", "/v1/track", "wire_userpilot::an_event_is_tracked"),
    wire_test(USERPILOT, "GET", "/v1/background_jobs", "wire_userpilot::jobs_are_listed"),
    wire_test(USERPILOT, "GET", "/v1/background_jobs/{{job_id}}", "wire_userpilot::one_job_is_read"),
    wire_test(USERPILOT, "POST", "/v1/imports", "wire_userpilot::a_file_is_imported"),
];
