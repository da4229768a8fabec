//! Userpilot's users, companies and events, and the background jobs that change them in time.

use std::time::Duration;

use crate::support::{Answer, BOUNDARY, Call, operation};
use revops_sandbox::{Mood, Sandbox, Vendor};
use serde_json::{Value, json};

const USERS: &str = "POST /v1/users/bulk_identify";
const COMPANIES: &str = "POST /v1/companies/bulk_identify";
const IMPORTS: &str = "POST /v1/imports";

/// The answer, which must be what the document promises if it promises anything for its status.
async fn judged(sandbox: &Sandbox, id: &str, call: Call) -> Answer {
    let answer = call.send().await;
    let objections =
        operation(sandbox, id).judge_answer(answer.status, answer.header("content-type"), &answer.body);
    let undocumented = [404, 409, 413].contains(&answer.status)
        && objections == [format!("status {} is not documented", answer.status)];
    assert!(objections.is_empty() || undocumented, "{id} {objections:?} {answer:?}");
    answer
}

async fn post(sandbox: &Sandbox, id: &str, body: &Value) -> Answer {
    judged(sandbox, id, Call::example(sandbox, operation(sandbox, id)).body(body.to_string())).await
}

async fn import(sandbox: &Sandbox, file_name: &str, content: &str) -> Answer {
    let disposition = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"");
    let form = format!("--{BOUNDARY}\r\n{disposition}\r\n\r\n{content}\r\n--{BOUNDARY}--\r\n");
    judged(sandbox, IMPORTS, Call::example(sandbox, operation(sandbox, IMPORTS)).body(form)).await
}

async fn job(sandbox: &Sandbox, started: &Answer) -> Value {
    let started = started.json();
    let url = format!(
        "{}/v1/background_jobs/{}",
        sandbox.base_url(Vendor::Userpilot),
        started["job_id"].as_str().unwrap()
    );
    let call = Call::new("GET", url).credential(sandbox, Vendor::Userpilot);
    judged(sandbox, "GET /v1/background_jobs/{job_id}", call).await.json()
}

/// What the sandbox tells of the last job and its API does not.
fn told(sandbox: &Sandbox) -> (Value, Value) {
    let job = sandbox.userpilot().jobs().pop().unwrap();
    (job["error"].clone(), job["row_errors"].clone())
}

fn message(answer: &Answer) -> String {
    answer.json()["errors"][0]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_said_of_a_user_and_a_company_is_merged_and_null_removes() {
    let sandbox = Sandbox::start().await.unwrap();
    let owl = json!({"user_id": "owl", "metadata": {"name": "Olga", "plan": "pro", "seats": 3},
        "company": {"company_id": "wood", "name": "Wood", "size": 7}});
    let again = json!({"user_id": "owl", "metadata": {"plan": null, "seats": 4, "tags": ["a"]},
        "company": {"company_id": "wood", "size": null}});
    for body in [&owl, &again] {
        let answer = post(&sandbox, "POST /v1/identify", body).await;
        assert_eq!((answer.status, answer.body.len()), (202, 0));
    }
    let userpilot = sandbox.userpilot();
    let expected = json!({"user_id": "owl", "metadata": {"name": "Olga", "seats": 4}, "company_id": "wood"});
    assert_eq!(userpilot.user("owl"), Some(expected));
    let wood = json!({"company_id": "wood", "metadata": {"name": "Wood"}});
    assert_eq!(userpilot.company("wood"), Some(wood));

    let body = json!({"company_id": "wood", "metadata": {"industry": "Trees", "name": null}});
    assert_eq!(post(&sandbox, "POST /v1/companies/identify", &body).await.status, 202);
    let wood = json!({"company_id": "wood", "metadata": {"industry": "Trees"}});
    assert_eq!(userpilot.company("wood"), Some(wood));
    let nested = json!({"company_id": "wood", "metadata": {"tags": ["a"]}});
    let answer = post(&sandbox, "POST /v1/companies/identify", &nested).await;
    let text = "a property is neither text, number, boolean nor null";
    assert_eq!((answer.status, message(&answer)), (400, text.to_owned()));
}

#[tokio::test]
async fn an_event_is_tracked_for_a_user_who_is_known() {
    let sandbox = Sandbox::start().await.unwrap();
    let event = json!({"user_id": "owl", "event_name": "hoot", "metadata": {"loud": true}});
    let answer = post(&sandbox, "POST /v1/track", &event).await;
    let text = "the user has to be identified before an event is tracked";
    assert_eq!((answer.status, message(&answer)), (400, text.to_owned()));
    post(&sandbox, "POST /v1/identify", &json!({"user_id": "owl"})).await;
    assert_eq!(post(&sandbox, "POST /v1/track", &event).await.status, 202);
    let long = json!({"user_id": "owl", "event_name": "hoot", "metadata": {"long": "x".repeat(10_240)}});
    assert_eq!(post(&sandbox, "POST /v1/track", &long).await.status, 400);
    assert_eq!(sandbox.userpilot().events(), [event]);
}

#[tokio::test(start_paused = true)]
async fn a_bulk_update_is_a_job_that_works_through_its_rows_in_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let users: Vec<Value> = (0..1200)
        .map(|it| json!({"user_id": format!("u{it}"), "company_id": "wood", "metadata": {"n": it}}))
        .collect();
    let before = sandbox.userpilot().users().len();
    let started = post(&sandbox, USERS, &json!({"users": users})).await;
    assert_eq!((started.status, &started.json()["total_rows"]), (202, &json!(1200)));
    let steps = [
        (0, "queued", 0),
        (1, "validating", 0),
        (1, "processing", 0),
        (30, "processing", 600),
        (29, "processing", 1180),
        (1, "completed", 1200),
        (600, "completed", 1200),
    ];
    for (seconds, status, rows) in steps {
        sandbox.advance(Duration::from_secs(seconds));
        let job = job(&sandbox, &started).await;
        assert_eq!((&job["status"], &job["completed_rows"]), (&json!(status), &json!(rows)));
        assert_eq!(job.get("end_time").is_some(), status == "completed", "{job}");
        assert_eq!(sandbox.userpilot().users().len(), before + rows);
    }
    assert_eq!(job(&sandbox, &started).await["elapsed_time"], json!(62));
    let expected = json!({"user_id": "u7", "metadata": {"n": 7}, "company_id": "wood"});
    assert_eq!(sandbox.userpilot().user("u7"), Some(expected));
    assert!(sandbox.userpilot().company("wood").is_some());
    assert_eq!(told(&sandbox), (Value::Null, json!([])));
}

#[tokio::test(start_paused = true)]
async fn slow_jobs_take_a_hundred_times_as_long() {
    let sandbox = Sandbox::builder().mood(Mood::SlowJobs).start().await.unwrap();
    let started = post(&sandbox, COMPANIES, &json!({"companies": [{"company_id": "wood"}]})).await;
    for (seconds, status) in [(99, "queued"), (100, "validating"), (5, "processing"), (1, "completed")] {
        sandbox.advance(Duration::from_secs(seconds));
        assert_eq!(job(&sandbox, &started).await["status"], json!(status));
    }
}

#[tokio::test(start_paused = true)]
async fn while_a_job_is_under_way_another_of_either_kind_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let update = async || post(&sandbox, COMPANIES, &json!({"companies": [{"company_id": "wood"}]})).await;
    let import = async || import(&sandbox, "users.csv", "user_id\nowl\n").await;
    let first = import().await;
    assert_eq!((first.status, &first.json()["total_rows"]), (200, &json!("1")));
    for second in [import().await, update().await] {
        assert_eq!((second.status, message(&second).as_str()), (409, "a job is already in progress"));
    }
    sandbox.advance(Duration::from_millis(2050));
    assert_eq!(job(&sandbox, &first).await["status"], json!("completed"));
    assert_eq!(update().await.status, 202);
    assert_eq!((update().await.status, import().await.status), (409, 409));
    sandbox.advance(Duration::from_millis(2050));
    assert_eq!(import().await.status, 200);
}

#[tokio::test]
async fn who_has_no_id_is_not_identified() {
    let sandbox = Sandbox::start().await.unwrap();
    for (id, body) in [
        ("POST /v1/identify", json!({"user_id": ""})),
        ("POST /v1/identify", json!({"user_id": "owl", "company": {"company_id": ""}})),
        ("POST /v1/companies/identify", json!({"company_id": ""})),
    ] {
        let call = Call::example(&sandbox, operation(&sandbox, id)).body(body.to_string());
        assert_eq!(call.send().await.status, 400, "{body}");
    }
    assert_eq!((sandbox.userpilot().user("owl"), sandbox.userpilot().company("")), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_csv_is_parsed_and_the_errors_of_its_rows_are_kept() {
    let sandbox = Sandbox::start().await.unwrap();
    let content = concat!(
        "\u{feff}user_id, name ,company_id,note\r\n",
        "owl,\"Olga \"\"Owl\"\", Dr.\",wood,\"two\nlines\"\r\n",
        ",nobody,,\r\n",
        "elk,too,many,fields,here\r\n",
        "fox,,,\r\n",
    );
    let started = import(&sandbox, "people.CSV", content).await;
    assert_eq!(started.json()["file_size"], json!(content.len().to_string()));
    sandbox.advance(Duration::from_secs(3));
    let job = job(&sandbox, &started).await;
    assert_eq!((&job["status"], &job["total_rows"]), (&json!("completed"), &json!(4)));
    let userpilot = sandbox.userpilot();
    let owl = json!({"user_id": "owl", "company_id": "wood",
        "metadata": {"name": "Olga \"Owl\", Dr.", "note": "two\nlines"}});
    assert_eq!(userpilot.user("owl"), Some(owl));
    assert_eq!(userpilot.user("fox"), Some(json!({"user_id": "fox", "metadata": {}})));
    let errors = json!([
        {"row": 2, "message": "`user_id` is missing, empty or no text"},
        {"row": 3, "message": "5 fields, the header has 4"},
    ]);
    assert_eq!(told(&sandbox), (Value::Null, errors));
}

#[tokio::test(start_paused = true)]
async fn ndjson_is_parsed_line_by_line() {
    let sandbox = Sandbox::start().await.unwrap();
    let content = concat!(
        "\u{feff}{\"company_id\": \"wood\", \"metadata\": {\"trees\": 7}, \"old\": true}\n\n",
        "{\"company_id\": \n",
        "[]\n",
        "{\"company_id\": \"sea\", \"metadata\": {\"fish\": [\"cod\"]}}",
    );
    import(&sandbox, "companies.ndjson", content).await;
    sandbox.advance(Duration::from_secs(3));
    let wood = json!({"company_id": "wood", "metadata": {"old": true, "trees": 7}});
    assert_eq!(sandbox.userpilot().company("wood"), Some(wood));
    let errors = json!([
        {"row": 2, "message": "the line is not JSON"},
        {"row": 3, "message": "the line is no JSON object"},
        {"row": 4, "message": "a property is neither text, number, boolean nor null"},
    ]);
    assert_eq!(told(&sandbox), (Value::Null, errors));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_of_no_use_fails_in_validation() {
    let cases = [
        (
            "name,email\nOlga,o@example.com\n",
            "the file has neither a column `user_id` nor a column `company_id`",
        ),
        ("", "the file has neither a column `user_id` nor a column `company_id`"),
        ("user_id,name,name\nowl,a,b\n", "two columns have the same name"),
        ("user_id,name\n,a\n,b\n", "no row can be applied"),
    ];
    for (content, error) in cases {
        let sandbox = Sandbox::start().await.unwrap();
        let started = import(&sandbox, "users.csv", content).await;
        sandbox.advance(Duration::from_millis(1999));
        assert_eq!(job(&sandbox, &started).await["status"], json!("validating"));
        assert_eq!(told(&sandbox), (Value::Null, json!([])));
        sandbox.advance(Duration::from_millis(1));
        assert_eq!(job(&sandbox, &started).await["status"], json!("failed"));
        assert_eq!(told(&sandbox).0, json!(error));
        // What failed is over.
        assert_eq!(import(&sandbox, "users.csv", content).await.status, 200);
    }
}

#[tokio::test]
async fn more_than_ten_thousand_records_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for (count, status) in [(10_001, 413), (10_000, 202)] {
        let companies = vec![json!({"company_id": "wood"}); count];
        assert_eq!(post(&sandbox, COMPANIES, &json!({"companies": companies})).await.status, status);
    }
}

#[tokio::test]
async fn jobs_are_listed_and_an_unknown_one_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    post(&sandbox, USERS, &json!({"users": []})).await;
    let list = operation(&sandbox, "GET /v1/background_jobs");
    let jobs = judged(&sandbox, list.id(), Call::example(&sandbox, list)).await.json();
    let shown: Vec<(&Value, &Value)> =
        jobs.as_array().unwrap().iter().map(|job| (&job["type"], &job["status"])).collect();
    let (import, update) = (json!("users_import"), json!("users_bulk_identify"));
    assert_eq!(shown, [(&import, &json!("completed")), (&update, &json!("queued"))]);
    let url = format!("{}/v1/background_jobs/7", sandbox.base_url(Vendor::Userpilot));
    let call = Call::new("GET", url).credential(&sandbox, Vendor::Userpilot);
    assert_eq!(judged(&sandbox, "GET /v1/background_jobs/{job_id}", call).await.status, 404);
    assert_eq!(sandbox.violations(), []);
}
