//! Judges a request that has found its operation: credential, path, query, headers, body.

use std::collections::BTreeMap;

use axum::body::Body;
use http::request::Parts;

use crate::body::{drain, judge_body};
use crate::credentials::{self, Access};
use crate::headers::judge_headers;
use crate::operation::Operation;
use crate::parameters::{Values, judge_path, judge_query};
use crate::payload::Payload;
use crate::userpilot::Submission;
use crate::violation::Reason;

/// A request that was judged right.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    /// The path parameters, typed by their schemas.
    pub(crate) path: Values,
    /// The query parameters that were sent, typed by their schemas.
    pub(crate) query: Values,
    /// What came with it.
    pub(crate) body: Payload,
    /// The work it submits, if it is read by now.
    pub(crate) submission: Option<Submission>,
}

/// Everything that is wrong with the request, in the order of judging; a request without the
/// right credential is judged no further. `access` is what the moods make of its credential.
pub(crate) async fn judge(
    operation: &'static Operation,
    path: BTreeMap<&'static str, String>,
    parts: &Parts,
    body: Body,
    access: Access,
) -> Result<Call, Vec<Reason>> {
    if let Err(reason) = credentials::judge(operation.vendor(), &operation.schemes, &parts.headers, access) {
        drain(body).await;
        return Err(vec![reason]);
    }
    let mut reasons = Vec::new();
    let path = judge_path(operation, path, &mut reasons);
    let query = judge_query(operation, parts.uri.query().unwrap_or_default(), &mut reasons);
    judge_headers(operation, parts, &mut reasons);
    let body = judge_body(operation.body.as_ref(), &parts.headers, body, &mut reasons).await;
    if reasons.is_empty() {
        Ok(Call { operation, path, query, body, submission: None })
    } else {
        Err(reasons)
    }
}
