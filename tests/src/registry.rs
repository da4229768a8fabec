//! Which test covers which operation. `tests/wire/coverage.rs` compares this list with the documents and with
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
    /// The test: its file in `tests/wire/` of this package, and its function.
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
    wire_test(GONG, "GET", "/users", "gong::a_page_of_users_is_listed"),
    wire_test(GONG, "GET", "/users/{id}", "gong::one_user_is_read"),
    wire_test(GONG, "GET", "/users/{id}/settings-history", "gong::a_history_of_settings_is_read"),
    wire_test(GONG, "POST", "/users/filter", "gong::users_are_filtered"),
    wire_test(PERSON, "POST", "/data/objects/Person", "gainsight_person::people_are_upserted"),
    wire_test(PERSON, "POST", "/data/objects/Person/search", "gainsight_person::people_are_searched"),
    wire_test(PERSON, "GET", "/data/objects/Person/{recordId}", "gainsight_person::one_person_is_read"),
    wire_test(PERSON, "DELETE", "/data/objects/Person/{recordId}", "gainsight_person::a_person_is_deleted"),
    wire_test(USER_MANAGEMENT, "GET", "/users", "gainsight_user_management::a_page_of_users_is_listed"),
    wire_test(USER_MANAGEMENT, "GET", "/users/{userId}", "gainsight_user_management::one_user_is_read"),
    wire_test(USER_MANAGEMENT, "PUT", "/users/{userId}", "gainsight_user_management::a_user_is_updated"),
    wire_test(
        USER_MANAGEMENT,
        "POST",
        "/users/{userId}/deactivate",
        "gainsight_user_management::a_user_is_deactivated",
    ),
    wire_test(USER_MANAGEMENT, "POST", "/companyteam", "gainsight_user_management::a_team_is_upserted"),
    wire_test(
        USER_MANAGEMENT,
        "POST",
        "/companyteam/search",
        "gainsight_user_management::teams_are_searched",
    ),
    wire_test(
        USER_MANAGEMENT,
        "GET",
        "/scim/v2/Users",
        "gainsight_user_management::a_page_of_scim_users_is_listed",
    ),
    wire_test(USER_MANAGEMENT, "POST", "/scim/v2/Users", "gainsight_user_management::a_scim_user_is_created"),
    wire_test(
        USER_MANAGEMENT,
        "GET",
        "/scim/v2/Users/{scimUserId}",
        "gainsight_user_management::a_scim_user_is_read",
    ),
    wire_test(
        USER_MANAGEMENT,
        "PUT",
        "/scim/v2/Users/{scimUserId}",
        "gainsight_user_management::a_scim_user_is_replaced",
    ),
    wire_test(
        USER_MANAGEMENT,
        "DELETE",
        "/scim/v2/Users/{scimUserId}",
        "gainsight_user_management::a_scim_user_is_removed",
    ),
    wire_test(USERGEMS, "POST", "/contact", "usergems::a_contact_is_added"),
    wire_test(USERGEMS, "DELETE", "/contact", "usergems::a_contact_is_deleted"),
    wire_test(USERGEMS, "POST", "/account", "usergems::an_account_is_added"),
    wire_test(USERGEMS, "DELETE", "/account", "usergems::an_account_is_deleted"),
    wire_test(USERGEMS, "POST", "/privacy/delete", "usergems::a_person_is_erased"),
    wire_test(USERPILOT, "POST", "/v1/identify", "userpilot::a_user_is_identified"),
    wire_test(USERPILOT, "POST", "/v1/users/bulk_identify", "userpilot::many_users_are_identified"),
    wire_test(USERPILOT, "POST", "/v1/companies/identify", "userpilot::a_company_is_identified"),
    wire_test(USERPILOT, "POST", "/v1/companies/bulk_identify", "userpilot::many_companies_are_identified"),
    wire_test(USERPILOT, "POST", "/v1/track", "userpilot::an_event_is_tracked"),
    wire_test(USERPILOT, "GET", "/v1/background_jobs", "userpilot::jobs_are_listed"),
    wire_test(USERPILOT, "GET", "/v1/background_jobs/{{job_id}}", "userpilot::one_job_is_read"),
    wire_test(USERPILOT, "POST", "/v1/imports", "userpilot::a_file_is_imported"),
];
