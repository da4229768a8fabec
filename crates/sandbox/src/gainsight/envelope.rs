//! The envelope around every answer outside SCIM, and the refusals it carries.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::mood::Mood;
use crate::world::Scene;

/// The query itself is wrong: fields, aliases, operators.
pub(super) const QUERY: &str = "GSOBJ_VQP1001";
/// A value is not of its field's kind.
pub(super) const DATA_TYPE: &str = "GSOBJ_VDT1001";
/// A write is refused for what it says.
pub(super) const WRITE: &str = "GSOBJ_1006";
/// A user cannot be updated with these values.
pub(super) const USER_UPDATE: &str = "GU_2402";
/// No user is found by what was given.
pub(super) const USER_LOOKUP: &str = "GU_2403";
/// Another user has this already.
pub(super) const USER_CONFLICT: &str = "GU_2411";

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 400: a code of the vendor's and a reason that a person can act on.
    Wrong(&'static str, String),
    /// 404 for a record: the vendor sends no code with it.
    NoRecord(String),
    /// 404 for a user.
    NoUser(String),
    /// A read that found nothing, where the vendor takes that for an error.
    Nothing,
}

/// What came of a call: the `data` of the answer, if it has any.
pub(super) type Outcome = Result<Option<Value>, Refusal>;

/// The answer to the call that was counted as `number`.
pub(super) fn answer(outcome: Outcome, number: u64, scene: &Scene<'_>) -> Answer {
    let request_id = format!("00000000-0000-4000-8000-{number:012x}");
    match outcome {
        Ok(data) => {
            let mut body = Map::new();
            body.insert("result".to_owned(), json!(true));
            body.insert("requestId".to_owned(), json!(request_id));
            body.extend(data.map(|data| ("data".to_owned(), data)));
            Answer::json(StatusCode::OK, Value::Object(body))
        }
        Err(refusal) => {
            let in_200 = scene.moods.is(Mood::FailureIn200);
            let (status, body) = refusal.told(&request_id, in_200, scene.url);
            Answer::json(if in_200 { StatusCode::OK } else { status }, body)
        }
    }
}

impl Refusal {
    fn told(self, request_id: &str, in_200: bool, url: &str) -> (StatusCode, Value) {
        let coded = |code: &str, text: &str| json!({"result": false, "errorCode": code, "errorDesc": text, "requestId": request_id});
        match self {
            Self::Wrong(code, text) => (StatusCode::BAD_REQUEST, coded(code, &text)),
            Self::NoUser(text) => (StatusCode::NOT_FOUND, coded(USER_LOOKUP, &text)),
            Self::NoRecord(text) => {
                let body = json!({
                    "result": false,
                    "title": "OBJECT_NOT_FOUND",
                    "detail": text,
                    "instance": url,
                    "errorDesc": text,
                    "requestId": request_id,
                });
                (StatusCode::NOT_FOUND, body)
            }
            // The vendor has two ways to say it, one for each status.
            Self::Nothing if in_200 => {
                let text = "No data found for given criteria";
                let body = json!({"result": false, "errorDesc": text, "requestId": request_id});
                (StatusCode::BAD_REQUEST, body)
            }
            Self::Nothing => {
                (StatusCode::BAD_REQUEST, coded("GSOBJ_1011", "No entity matches the given criteria"))
            }
        }
    }
}
