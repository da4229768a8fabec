//! The report on a vendor's document that has changed in many ways at once.

use std::error::Error;

use serde_json::{Value, json};
use xtask::compare::compare;

#[test]
fn the_report_puts_what_breaks_first() -> Result<(), Box<dyn Error>> {
    let old = users()?;
    let mut new = old.clone();
    new["info"]["version"] = json!("2.1.0");
    new["security"] = json!([{ "bearerAuth": [] }]);
    take(&mut new["components"]["securitySchemes"], "basicAuth");

    let list = &mut new["paths"]["/users"]["get"];
    list["parameters"][1]["name"] = json!("avatars");
    list["x-retry"] = json!("safe");
    let filter = take(&mut new["paths"], "/users/filter");
    new["paths"]["/users/extensive"] = filter;
    take(&mut new["paths"], "/users/{id}/settings-history");

    let schemas = &mut new["components"]["schemas"];
    let user = &mut schemas["User"];
    user["required"] = json!(["id"]);
    user["properties"]["jobTitle"] = take(&mut user["properties"], "title");
    user["properties"]["managerId"] = json!({ "type": "integer", "format": "int64" });
    user["properties"]["active"]["description"] = json!("Another text is no change.");
    schemas["UsersFilterRequest"]["properties"]["filter"]["required"] = json!(["userIds"]);
    schemas["ErrorResponse"]["properties"]["code"] = json!({ "type": "string" });
    take(schemas, "UserSettingsHistoryResponse");

    insta::assert_snapshot!(compare(&old, &new), @r"
    Breaking
      listUsers
        security: scheme `basicAuth` removed — callers that rely on it are refused
        query includeAvatars: removed (optional) — its setter is gone
        200 response users[].id: optional → required — `Option<T>` becomes `T`
        200 response users[].title: removed (optional) — the field is gone
        200 response users[].managerId: type: string → integer — its Rust type is another one
      getUser
        security: scheme `basicAuth` removed — callers that rely on it are refused
        200 response user.id: optional → required — `Option<T>` becomes `T`
        200 response user.title: removed (optional) — the field is gone
        200 response user.managerId: type: string → integer — its Rust type is another one
      getUserSettingsHistory
        operation: removed — the method is gone
      listUsersByFilter
        security: scheme `basicAuth` removed — callers that rely on it are refused
        request body.filter.userIds: optional → required — callers that leave it out must now give it
        200 response users[].id: optional → required — `Option<T>` becomes `T`
        200 response users[].title: removed (optional) — the field is gone
        200 response users[].managerId: type: string → integer — its Rust type is another one
      UserSettingsHistoryResponse
        schema: removed — its Rust type is gone

    Compatible
      listUsers
        query avatars: added (optional)
        200 response users[].jobTitle: added (optional)
      getUser
        200 response user.jobTitle: added (optional)
      listUsersByFilter
        operation: moved: `POST /users/filter` → `POST /users/extensive`; callers keep compiling and call it there
        200 response users[].jobTitle: added (optional)

    Notes
      document
        info: version: 2.0.0 → 2.1.0
      listUsers
        operation: x-retry: none → safe
        401 response code: added (optional)
        429 response code: added (optional)
      getUser
        401 response code: added (optional)
        404 response code: added (optional)
        429 response code: added (optional)
      listUsersByFilter
        400 response code: added (optional)
        401 response code: added (optional)
        429 response code: added (optional)
      basicAuth
        security scheme: removed

    16 breaking, 5 compatible, 11 notes
    ");
    Ok(())
}

#[test]
fn the_document_compared_with_itself_has_no_changes() -> Result<(), Box<dyn Error>> {
    let report = compare(&users()?, &users()?).to_string();
    assert_eq!(report, "0 breaking, 0 compatible, 0 notes");
    Ok(())
}

fn users() -> Result<Value, Box<dyn Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/gong/users.yaml");
    Ok(serde_saphyr::from_str(&std::fs::read_to_string(path)?)?)
}

/// Removes a key; a key that is not there leaves its trace in the report.
fn take(object: &mut Value, key: &str) -> Value {
    object.as_object_mut().and_then(|map| map.remove(key)).unwrap_or_default()
}
