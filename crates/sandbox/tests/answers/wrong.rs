//! Wrong requests are refused in the vendor's own shape and kept with the exact reason.

use crate::support::{Call, Case, check, example, get};
use revops_sandbox::{Sandbox, USERGEMS_API_KEY, Vendor};
use serde_json::json;

const NOWHERE: &str = "route: no published path is this one";

#[tokio::test]
async fn a_request_that_finds_no_operation_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let outside = sandbox.base_url(Vendor::Gong).replace("/gong/v2", "/elsewhere");
    let put_users = Call { method: "PUT".into(), ..get(&sandbox, Vendor::Gong, "/users") };
    let cases: Vec<Case> = vec![
        (get(&sandbox, Vendor::Gong, "/calls"), 404, &[NOWHERE]),
        (get(&sandbox, Vendor::Userpilot, "/v1/users"), 404, &[NOWHERE]),
        (get(&sandbox, Vendor::UserGems, "/contact/"), 404, &[NOWHERE]),
        (get(&sandbox, Vendor::Gong, "/users/%zz"), 404, &[NOWHERE]),
        (Call::new("GET", outside), 404, &[NOWHERE]),
        (put_users, 405, &["method: `PUT` is not published for this path"]),
        (
            get(&sandbox, Vendor::Gong, "/users/filter"),
            405,
            &["method: `GET` is not published for this path"],
        ),
    ];
    check(&sandbox, cases).await;
    assert_eq!(get(&sandbox, Vendor::Gong, "/users/filter").send().await.header("allow"), Some("POST"));
}

#[tokio::test]
async fn a_request_without_the_right_credential_is_refused_before_all_else() {
    let sandbox = Sandbox::start().await.unwrap();
    let gong = || Call::new("GET", format!("{}/users?page=2", sandbox.base_url(Vendor::Gong)));
    let contact = || example(&sandbox, "addContact").without("x-api-key");
    let track = || example(&sandbox, "POST /v1/track").without("authorization");
    let cases: Vec<Case> = vec![
        (
            gong(),
            401,
            &[
                "credential /authorization: the credential is missing: send `Authorization: Basic` or `Authorization: Bearer`",
            ],
        ),
        (
            gong().header("authorization", "Basic d3Jvbmc6a2V5"),
            401,
            &["credential /authorization: the credential is not one the sandbox accepts"],
        ),
        (
            gong().header("authorization", "Digest username=jane"),
            401,
            &[
                "credential /authorization: the credential is of another scheme: send `Authorization: Basic` or `Authorization: Bearer`",
            ],
        ),
        (
            gong().header("authorization", "Bearer test-token").header("authorization", "Bearer test-token"),
            401,
            &["credential /authorization: header `authorization` came more than once"],
        ),
        (contact(), 401, &["credential /x-api-key: the credential is missing: send `X-Api-Key`"]),
        (
            contact().header("x-api-key", "another-key"),
            401,
            &["credential /x-api-key: the credential is not one the sandbox accepts"],
        ),
        (
            example(&sandbox, "scimGetUser").without("accessKey"),
            401,
            &["credential /accesskey: the credential is missing: send `accessKey`"],
        ),
        (
            track(),
            401,
            &["credential /authorization: the credential is missing: send `Authorization: Token`"],
        ),
        (
            track().header("authorization", "Token another-key"),
            401,
            &["credential /authorization: the credential is not one the sandbox accepts"],
        ),
        (
            track().header("authorization", "Bearer test-userpilot-key"),
            401,
            &["credential /authorization: the credential is of another scheme: send `Authorization: Token`"],
        ),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_wrong_path_or_query_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let gong = |path: &str| get(&sandbox, Vendor::Gong, path);
    let gainsight = |path: &str| get(&sandbox, Vendor::Gainsight, path);
    let delete = |path: &str| Call { method: "DELETE".into(), ..get(&sandbox, Vendor::UserGems, path) };
    let upsert = example(&sandbox, "upsertPeople");
    let upsert = Call { url: upsert.url.replace("?keys=Email", ""), ..upsert };
    let cases: Vec<Case> = vec![
        (gong("/users//settings-history"), 400, &["path /id: path parameter `id` is empty"]),
        (gong("/users/"), 400, &["path /id: path parameter `id` is empty"]),
        (gong("/users?limit=5"), 400, &["query /limit: unknown query parameter `limit`"]),
        (
            gong("/users?includeAvatars=yes"),
            400,
            &[r#"query /includeAvatars: value is not of type "boolean""#],
        ),
        (
            gong("/users?cursor=a&cursor=b"),
            400,
            &["query /cursor: query parameter `cursor` came more than once"],
        ),
        (gong("/users?cursor=%zz"), 400, &["query: the query is not percent-encoded UTF-8"]),
        (gainsight("/users?pageNumber=two"), 400, &[r#"query /pageNumber: value is not of type "integer""#]),
        (
            gainsight("/scim/v2/Users?startIndex=1.5"),
            400,
            &[r#"query /startIndex: value is not of type "integer""#],
        ),
        (delete("/contact"), 400, &["query /email: required query parameter `email` is missing"]),
        (delete("/contact?email=jane"), 400, &[r#"query /email: value is not a "email""#]),
        (
            delete("/account"),
            400,
            &[
                "query /name: required query parameter `name` is missing",
                "query /domain: required query parameter `domain` is missing",
            ],
        ),
        (upsert, 400, &["query /keys: required query parameter `keys` is missing"]),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_wrong_header_or_media_type_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let contact = || example(&sandbox, "addContact");
    let scim = || example(&sandbox, "scimCreateUser");
    let cases: Vec<Case> = vec![
        (
            contact().header("content-type", "application/json"),
            400,
            &["header /content-type: `Content-Type` came 2 times"],
        ),
        (
            contact().header("accept", "text/html"),
            400,
            &["header /accept: `Accept` does not admit `application/json`, which the operation answers with"],
        ),
        (
            scim().header("accept", "application/json"),
            400,
            &[
                "header /accept: `Accept` does not admit `application/scim+json`, which the operation answers with",
            ],
        ),
        (
            scim().replace("content-type", "application/json"),
            415,
            &[
                "media type /content-type: `application/json` is not declared, expected `application/scim+json`",
            ],
        ),
        (
            contact().replace("content-type", "text/plain; charset=utf-8"),
            415,
            &["media type /content-type: `text/plain` is not declared, expected `application/json`"],
        ),
        (
            contact().without("content-type"),
            415,
            &["media type /content-type: a body without `Content-Type`, expected `application/json`"],
        ),
        (
            example(&sandbox, "POST /v1/imports").replace("content-type", "text/csv"),
            415,
            &["media type /content-type: `text/csv` is not declared, expected `multipart/form-data`"],
        ),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_wrong_body_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let contact = |body: &str| example(&sandbox, "addContact").body(body.to_owned());
    let records = vec![json!({"Email": "jane.doe@example.com"}); 51];
    let cases: Vec<Case> = vec![
        (contact(""), 400, &["body: a body is required, none was sent"]),
        (
            contact(r#"{"email": "#),
            400,
            &["body: the body is not JSON: EOF while parsing a value at line 1 column 10"],
        ),
        (contact("{}"), 400, &[r#"body: "email" is a required property"#]),
        (contact("[]"), 400, &[r#"body: value is not of type "object""#]),
        (
            contact(r#"{"email": "jane", "firstName": 7, "creditsUsed": 1250}"#),
            400,
            &[
                r#"body /creditsUsed: value is not of type "string""#,
                r#"body /email: value is not a "email""#,
                r#"body /firstName: value is not of type "string""#,
            ],
        ),
        (
            example(&sandbox, "upsertPeople").body(json!({"records": records}).to_string()),
            400,
            &["body /records: value has more than 50 items"],
        ),
        (
            example(&sandbox, "searchPeople")
                .body(json!({"where": {"conditions": [{"operator": "LIKE"}]}, "limit": 5001}).to_string()),
            400,
            &[
                "body /limit: value is greater than the maximum of 5000",
                r#"body /where/conditions/0/operator: value is not one of "EQ", "NE" or 9 other candidates"#,
            ],
        ),
        (
            example(&sandbox, "listUsersByFilter")
                .body(json!({"filter": {"createdFromDateTime": "yesterday"}}).to_string()),
            400,
            &[r#"body /filter/createdFromDateTime: value is not a "date-time""#],
        ),
        (
            example(&sandbox, "POST /v1/identify").body(json!({"user_id": "7", "company": {}}).to_string()),
            400,
            &[r#"body /company: "company_id" is a required property"#],
        ),
        (
            example(&sandbox, "deactivateUser").header("content-type", "application/json").body("{}"),
            400,
            &["body: the operation takes no body, one was sent"],
        ),
        (
            example(&sandbox, "GET /v1/background_jobs")
                .header("content-type", "application/json")
                .body("[]"),
            400,
            &[r#"body: value is not of type "object""#],
        ),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_wrong_form_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let import = |names: &[&str]| example(&sandbox, "POST /v1/imports").form(names);
    let cases: Vec<Case> = vec![
        (
            import(&["data"]),
            400,
            &["body /data: part `data` is not declared", "body /file: part `file` is required and missing"],
        ),
        (import(&["file", "note"]), 400, &["body /note: part `note` is not declared"]),
        (import(&["file", "file"]), 400, &["body /file: part `file` came more than once"]),
        (
            import(&["file"]).replace("content-type", "multipart/form-data"),
            400,
            &["body: the body is not a form: multipart boundary not found in Content-Type"],
        ),
        (
            import(&["file"])
                .body("--a-boundary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n1,Jane"),
            400,
            &[r#"body: the body is not a form: field "file" received with incomplete data"#],
        ),
    ];
    check(&sandbox, cases).await;
}

#[tokio::test]
async fn a_refusal_has_the_shape_of_the_vendors_errors() {
    let sandbox = Sandbox::start().await.unwrap();
    let text = "query /q: unknown query parameter `q`";
    let refuse = async |vendor, path: &str| get(&sandbox, vendor, path).send().await.json();
    let gong = refuse(Vendor::Gong, "/users?q=1").await;
    assert_eq!(gong, json!({"requestId": "sandbox", "errors": [text]}));
    let gainsight = refuse(Vendor::Gainsight, "/users?q=1").await;
    let expected =
        json!({"result": false, "errorCode": "SANDBOX_400", "errorDesc": text, "requestId": "sandbox"});
    assert_eq!(gainsight, expected);
    let userpilot = refuse(Vendor::Userpilot, "/v1/background_jobs?q=1").await;
    let error = json!({"error": "Bad Request", "error_code": "400", "message": text, "details": "query /q"});
    assert_eq!(userpilot, json!({"errors": [error]}));
    let usergems = example(&sandbox, "deleteContact");
    let usergems = Call { url: format!("{}&q=1", usergems.url), ..usergems }.send().await.json();
    assert_eq!(usergems, json!({"message": text}));
}

#[tokio::test]
async fn a_documented_error_keeps_its_documented_schema() {
    let sandbox = Sandbox::start().await.unwrap();
    for operation in sandbox.operations() {
        let mut call = Call::example(&sandbox, operation);
        call.headers.retain(|(name, _)| name == "content-type");
        let answer = call.send().await;
        assert_eq!(answer.status, 401, "{}", operation.id());
        // Some of Userpilot's operations document no error at all.
        let undocumented = ["status 401 is not documented"];
        let objections = operation.judge_answer(401, answer.header("content-type"), &answer.body);
        let silent = operation.vendor() == Vendor::Userpilot && objections == undocumented;
        assert!(objections.is_empty() || silent, "{} {objections:?}", operation.id());
    }
}

#[tokio::test]
async fn the_logs_keep_no_key_no_query_and_no_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = example(&sandbox, "deleteContact");
    assert!(call.url.contains("jane.doe"), "{}", call.url);
    assert_eq!(call.clone().send().await.status, 200);
    assert_eq!(call.header("x-apikey", "hunter2").send().await.status, 400);
    let body = json!({"email": "jane.doe", "custom": 90210}).to_string();
    assert_eq!(example(&sandbox, "privacyDelete").body(body).send().await.status, 400);
    let kept = format!("{:?} {:?}", sandbox.requests(), sandbox.violations());
    assert!(kept.contains("deleteContact"), "{kept}");
    for secret in [USERGEMS_API_KEY, "jane.doe", "hunter2", "90210"] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
    let shown = sandbox.violations()[0].to_string();
    assert_eq!(
        shown,
        "DELETE /usergems/v1/contact → 400: header /x-apikey: unexpected header `x-apikey`: is `X-Api-Key` meant?"
    );
}

/// A key in base64 ends in `=` as often as not, and then looks like a name whose value is empty.
#[tokio::test]
async fn a_key_that_was_sent_as_a_bare_part_of_the_query_is_shown_nowhere() {
    let sandbox = Sandbox::start().await.unwrap();
    for bare in
        ["aHVudGVyMg", "aHVudGVyMg=", "aHVudGVyMg==", "aHVudGVyMg%3D%3D", "aHVudGVyMg%3d=", "aHVudGVyMg=%3D"]
    {
        for path in ["/users", "/users/1", "/calls"] {
            let answer = get(&sandbox, Vendor::Gong, &format!("{path}?{bare}")).send().await;
            let told = String::from_utf8(answer.body.to_vec()).unwrap();
            assert!(!told.contains("aHVu"), "{bare}: {told}");
        }
        let line = sandbox.requests().pop().unwrap();
        assert_eq!(line.query, ["…"], "{bare}");
        #[cfg(feature = "page")]
        for path in ["/", "/requests.json", "/violations.json"] {
            let url = format!("http://{}{path}", sandbox.address());
            let shown = String::from_utf8(Call::new("GET", url).send().await.body.to_vec()).unwrap();
            assert!(!shown.contains("aHVu"), "{bare}: {shown}");
        }
    }
    let kept = format!("{:?} {:?}", sandbox.requests(), sandbox.violations());
    assert!(!kept.contains("aHVu"), "{kept}");
    let reason = "query: a part without a value is no query parameter";
    assert!(sandbox.violations()[0].to_string().ends_with(reason), "{:?}", sandbox.violations()[0]);
    // A name that the document declares, or that has a value, is a name.
    get(&sandbox, Vendor::Gong, "/users?cursor=&limit=5&includeAvatars=").send().await;
    assert_eq!(sandbox.requests().pop().unwrap().query, ["cursor", "limit", "includeAvatars"]);
}

#[tokio::test]
async fn a_wrong_request_of_scim_is_refused_in_the_shape_of_scim() {
    let sandbox = Sandbox::start().await.unwrap();
    let create = || example(&sandbox, "scimCreateUser");
    let users = || get(&sandbox, Vendor::Gainsight, "/scim/v2/Users");
    let syntax = Some("invalidSyntax");
    let cases = [
        (create().body("{"), 400, syntax),
        (create().body("{}"), 400, syntax),
        (Call { url: format!("{}?page=2", users().url), ..users() }, 400, None),
        (create().without("accessKey"), 401, None),
        (get(&sandbox, Vendor::Gainsight, "/scim/v2/Groups"), 404, None),
        (Call { method: "PATCH".into(), ..users() }, 405, None),
        (create().replace("content-type", "application/json"), 415, None),
    ];
    for (call, status, kind) in cases {
        let answer = call.send().await;
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/scim+json")));
        let body = answer.json();
        assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        assert_eq!(body["status"], json!(status.to_string()));
        assert_eq!(body.get("scimType").and_then(serde_json::Value::as_str), kind);
        let violation = sandbox.violations().pop().unwrap();
        assert!(body["detail"].as_str().unwrap().contains(&violation.reasons[0].to_string()), "{body}");
    }
}
