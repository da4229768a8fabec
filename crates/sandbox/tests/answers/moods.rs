//! Moods make a part of the records odd, and never whose records they are.

use crate::support::{Call, operation};
use http::header::CONTENT_TYPE;
use revops_sandbox::{Mood, Operation, Profile, Sandbox, Vendor};
use serde_json::Value;

const ODD: [Mood; 4] = [Mood::Nulls, Mood::UnknownFields, Mood::UnknownValues, Mood::NumbersAsText];

/// So many answers to the same request, and how many objections there are to each.
async fn answers(sandbox: &Sandbox, operation: &Operation, count: usize) -> Vec<(Value, usize)> {
    let mut answers = Vec::new();
    for _ in 0..count {
        let answer = Call::example(sandbox, operation).send().await;
        let objections = operation.judge_answer(answer.status, answer.header(CONTENT_TYPE), &answer.body);
        answers.push((answer.json(), objections.len()));
    }
    answers
}

/// Every member with its place, in order.
fn members(value: &Value, place: &str, all: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                members(value, &format!("{place}/{name}"), all);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                members(item, &format!("{place}/{index}"), all);
            }
        }
        value => all.push((place.to_owned(), value.clone())),
    }
}

fn of(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    members(value, "", &mut all);
    all
}

fn get_gong_user(sandbox: &Sandbox) -> &'static Operation {
    let mut operations = sandbox.operations().iter();
    operations.find(|it| it.vendor() == Vendor::Gong && it.id() == "getUser").unwrap()
}

#[tokio::test]
async fn one_record_in_three_has_nulls_and_every_optional_text_has_its_turn() {
    let sandbox = Sandbox::start().await.unwrap();
    let get_user = get_gong_user(&sandbox);
    let (plain, _) = answers(&sandbox, get_user, 1).await.remove(0);
    sandbox.set_mood(Mood::Nulls, true);
    let answers = answers(&sandbox, get_user, 9).await;
    let objections: Vec<bool> = answers.iter().map(|(_, objections)| *objections > 0).collect();
    assert_eq!(objections, [true, false, false, true, false, false, true, false, false]);
    let nulls = |index: usize| -> Vec<String> {
        let members = of(&answers[index].0).into_iter();
        members.filter(|(_, value)| value.is_null()).map(|(place, _)| place).collect()
    };
    assert!(!nulls(0).is_empty() && !nulls(3).is_empty() && nulls(0) != nulls(3), "{:?}", nulls(0));
    assert_eq!(nulls(0), nulls(6));
    for (answer, _) in &answers {
        assert!(answer["requestId"].is_string(), "{answer}");
        for pointer in ["/user/id", "/user/emailAddress", "/user/active"] {
            assert_eq!(answer.pointer(pointer), plain.pointer(pointer), "{pointer}");
        }
    }
}

#[tokio::test]
async fn unknown_fields_come_beside_the_known_ones() {
    let sandbox = Sandbox::builder().mood(Mood::UnknownFields).start().await.unwrap();
    let answers = answers(&sandbox, get_gong_user(&sandbox), 2).await;
    let (odd, plain) = (&answers[0].0["user"], &answers[1].0["user"]);
    assert_eq!((odd["sandboxField"].is_string(), plain["sandboxField"].is_null()), (true, true));
    for (name, value) in plain.as_object().unwrap().iter().filter(|(_, value)| !value.is_object()) {
        assert_eq!(odd[name], *value, "{name}");
    }
}

#[tokio::test]
async fn enumerated_values_are_unknown_and_numbers_are_text_in_a_job() {
    let sandbox = Sandbox::start().await.unwrap();
    let jobs = operation(&sandbox, "GET /v1/background_jobs");
    let (plain, _) = answers(&sandbox, jobs, 1).await.remove(0);
    if plain.as_array().is_none_or(Vec::is_empty) {
        // Nothing was imported, so there is no job.
        assert_eq!(Call::example(&sandbox, operation(&sandbox, "POST /v1/imports")).send().await.status, 200);
    }
    let (plain, _) = answers(&sandbox, jobs, 1).await.remove(0);
    sandbox.set_mood(Mood::NumbersAsText, true);
    sandbox.set_mood(Mood::UnknownValues, true);
    let (odd, _) = answers(&sandbox, jobs, 1).await.remove(0);
    let (plain, odd) = (&plain[0], &odd[0]);
    let numbers: Vec<&String> =
        plain.as_object().unwrap().iter().filter(|it| it.1.is_number()).map(|it| it.0).collect();
    assert!(!numbers.is_empty(), "{plain}");
    for name in numbers {
        assert_eq!(odd[name], Value::String(plain[name].to_string()), "{name}");
    }
    assert_eq!(odd["job_id"], plain["job_id"]);
    assert!(plain["status"] != "sandbox-value", "{plain}");
    assert_eq!(odd["status"], "sandbox-value");
}

#[tokio::test]
async fn only_successes_are_odd_and_no_identity_ever_is() {
    let plain = Sandbox::start().await.unwrap();
    let odd = Sandbox::start().await.unwrap();
    for mood in ODD {
        odd.set_mood(mood, true);
    }
    for operation in plain.operations() {
        let mut sent = Vec::new();
        for sandbox in [&plain, &odd] {
            let answer = Call::example(sandbox, operation).send().await;
            assert_eq!(answer.status, operation.success(), "{}", operation.id());
            // One background job at a time.
            sandbox.advance(std::time::Duration::from_secs(60));
            sent.push(if answer.body.is_empty() { Value::Null } else { answer.json() });
        }
        let identity = |(place, _): &&(String, Value)| {
            let name = place.rsplit('/').next().unwrap_or_default();
            matches!(
                name,
                "id" | "Gsid"
                    | "job_id"
                    | "requestId"
                    | "cursor"
                    | "emailAddress"
                    | "Email"
                    | "userName"
                    | "index"
            )
        };
        let [plain, odd] = [of(&sent[0]), of(&sent[1])];
        let names = |all: &[(String, Value)]| -> Vec<String> {
            all.iter()
                .filter(identity)
                .map(|(place, value)| format!("{place} {}", value.is_string()))
                .collect()
        };
        assert_eq!(names(&plain), names(&odd), "{}", operation.id());
    }
    let refused = Call::new("GET", format!("{}/users", odd.base_url(Vendor::Gong))).send().await;
    assert_eq!(refused.status, 401);
    assert!(!refused.json().as_object().unwrap().contains_key("sandboxField"));
}

#[tokio::test]
async fn the_same_requests_are_odd_in_the_same_way() {
    let mut all = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::builder().profile(Profile::Observed).start().await.unwrap();
        let answers = answers(&sandbox, get_gong_user(&sandbox), 3).await;
        all.push(answers.iter().map(|(answer, _)| answer["user"].clone()).collect::<Vec<_>>());
    }
    assert_eq!(all[0], all[1]);
}
