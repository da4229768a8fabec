//! What an answer, or the lack of one, means.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use serde_json::Value;

use crate::api::{AnswerRule, AnswerTest, Meaning, Retry};
use crate::error::Answer;
use crate::retry_after::retry_after;
use crate::{Delivery, Error, Kind, Operation, advice, decode};

/// Judges a whole answer: a success as it is, a success without records, or an error.
pub(crate) fn judge(operation: &'static Operation, mut answer: Answer) -> Result<Answer, Error> {
    let rule = operation.answers.iter().find(|rule| fits(rule, &answer));
    match rule.map(|rule| rule.means) {
        Some(Meaning::Empty) => {
            // A list at the top of the body is an empty list; everything else has its list inside.
            answer.body = Bytes::from_static(if operation.records == Some("") { b"[]" } else { b"{}" });
            Ok(answer)
        }
        Some(meaning) => Err(meant(operation, meaning, answer)),
        // It was done and there is nothing to say: whether that is enough the caller of `judge` decides.
        None if answer.status == StatusCode::NO_CONTENT => Ok(answer),
        None if !is_success(operation, answer.status) && !is_kindred(operation, answer.status) => {
            Err(by_status(operation, answer))
        }
        None if operation.accept.is_some_and(|media_type| media_type.ends_with("json"))
            && decode::is_markup(&answer.body) =>
        {
            let detail = "a web page came instead of an answer; a proxy, a login or a maintenance page stands in the way";
            Err(failed(operation, Kind::UnexpectedContent, detail, answer))
        }
        None => Ok(answer),
    }
}

/// Judges an answer by its head alone, as its body could not be read for the reason of `fault`. A status that
/// means no success is what happened, and the body a detail of it.
pub(crate) fn judge_head(operation: &'static Operation, head: Answer, fault: Error) -> Result<Answer, Error> {
    let status = head.status;
    if status.is_success() || is_success(operation, status) {
        return Err(fault.answered(head));
    }
    let named = || operation.answers.iter().filter(|rule| rule.status == Some(status.as_u16()));
    // Where the body tells what the status means, and it can be had once more, it is asked for.
    if named().next().is_some()
        && named().all(|rule| rule.at.is_some())
        && fault.is_retryable()
        && matches!(operation.retry, Retry::Safe | Retry::UpsertSafe)
    {
        return Err(fault.delivered(Delivery::Answered).answered(head));
    }
    judge(operation, head).map_err(|error| {
        let reason = format!("its body could not be read: {}", fault.detail());
        error.because(&reason).caused_by(fault)
    })
}

/// Whether a status is among the successes the document names.
pub(crate) fn is_success(operation: &Operation, status: StatusCode) -> bool {
    let code = status.as_u16();
    operation.success.iter().any(|named| *named == code || *named == code / 100)
}

/// Whether a success that the document does not name is as good as one that it does: a write was done, or taken
/// on. What there is to decode is seen when it is. Of a read this says nothing: an answer that is still being
/// made could pass for one without records.
fn is_kindred(operation: &Operation, status: StatusCode) -> bool {
    matches!(status.as_u16(), 200..=203) && operation.retry != Retry::Safe
}

/// What is said of a success that the document does not name and whose content cannot be made out.
pub(crate) const UNNAMED_SUCCESS: &str = "a success that the document does not name; it was probably applied";

/// Whether an answer of this status can be handed over without looking into its body.
pub(crate) fn is_plain_success(operation: &Operation, status: StatusCode) -> bool {
    is_success(operation, status)
        && !operation.answers.iter().any(|rule| rule.status.is_none_or(|code| code == status.as_u16()))
}

fn fits(rule: &AnswerRule, answer: &Answer) -> bool {
    let (status, is_success) = (answer.status.as_u16(), |status: u16| matches!(status, 200..=299));
    // A failure inside a success is one in every success.
    if rule.status.is_some_and(|named| named != status && !(is_success(named) && is_success(status))) {
        return false;
    }
    let Some(pointer) = rule.at else { return rule.test == AnswerTest::Any };
    let found = decode::at_pointer(&answer.body, pointer);
    match (rule.test, found) {
        (AnswerTest::Any, found) => found.is_some(),
        (AnswerTest::Flag(flag), Some(Value::Bool(found))) => flag == found,
        (AnswerTest::Text(text), Some(Value::String(found))) => text == found,
        (AnswerTest::Contains(text), Some(Value::String(found))) => {
            found.to_lowercase().contains(&text.to_lowercase())
        }
        _ => false,
    }
}

fn meant(operation: &'static Operation, meaning: Meaning, answer: Answer) -> Error {
    let (kind, detail) = match meaning {
        // `Empty` is no error; it is handled where it is judged.
        Meaning::Empty | Meaning::Refused => {
            (Kind::Refused, "the vendor did not do it, and says why in the body")
        }
        Meaning::Invalid => (Kind::Invalid, INVALID),
        Meaning::Credential => (Kind::Credential, CREDENTIAL),
        Meaning::Permission => (Kind::Permission, PERMISSION),
        Meaning::NotFound => (Kind::NotFound, NOT_FOUND),
        Meaning::Conflict => (Kind::Conflict, CONFLICT),
        Meaning::Busy => {
            (Kind::Busy, "the vendor is busy with an earlier request; try again when it has ended")
        }
        Meaning::Quota => return quota(operation, answer),
        Meaning::Unavailable => (Kind::Unavailable, UNAVAILABLE),
    };
    failed(operation, kind, detail, answer)
}

const INVALID: &str = "the vendor refused the request as invalid; the body says why";
const CREDENTIAL: &str = "the vendor refused the credential; check the key and, for accounts with a host of their own, the base URL";
const PERMISSION: &str = "the credential may not do this, or not from here";
const NOT_FOUND: &str = "the vendor has no such thing";
const CONFLICT: &str = "it conflicts with what the vendor holds or is doing";
const UNAVAILABLE: &str = "the vendor could not answer; try again later";

fn by_status(operation: &'static Operation, answer: Answer) -> Error {
    let (kind, detail) = match answer.status.as_u16() {
        400 | 422 => (Kind::Invalid, INVALID),
        401 => (Kind::Credential, CREDENTIAL),
        403 => (Kind::Permission, PERMISSION),
        404 | 410 => (Kind::NotFound, NOT_FOUND),
        407 => (Kind::Proxy, "the proxy asks for a credential of its own"),
        408 | 425 => (Kind::Timeout, "the vendor did not get to the request in time"),
        409 => (Kind::Conflict, CONFLICT),
        429 => return quota(operation, answer),
        501 | 505 => (Kind::UnexpectedStatus, "the vendor does not do this, and will not if asked again"),
        511 => (Kind::Proxy, "a network on the way wants a login first; nothing reached the vendor"),
        500..=599 => (Kind::Unavailable, UNAVAILABLE),
        300..=303 | 305..=399 => (
            Kind::Redirect,
            "the vendor pointed elsewhere, which is not followed; check the base URL and the credential",
        ),
        200..=299 => (Kind::UnexpectedStatus, UNNAMED_SUCCESS),
        code => {
            let told = "a status that means neither success nor any failure known here";
            (Kind::UnexpectedStatus, advice::of_status(code).unwrap_or(told))
        }
    };
    failed(operation, kind, detail, answer)
}

fn quota(operation: &'static Operation, answer: Answer) -> Error {
    let wait = retry_after(&answer.headers);
    let detail = match wait {
        Some(wait) => format!("the vendor's quota is used up; it asks to wait {} s", wait.as_secs()),
        None => "the vendor's quota is used up".to_owned(),
    };
    // Presumed not applied; no vendor says so outright.
    failed(operation, Kind::Quota { retry_after: wait }, detail, answer).delivered(Delivery::NotSent)
}

fn failed(operation: &'static Operation, kind: Kind, detail: impl Into<String>, answer: Answer) -> Error {
    let status = answer.status;
    let asks_to_wait = retry_after(&answer.headers).is_some();
    let delivery = match kind {
        // An overloaded server that says when to come back did not look at the request.
        Kind::Unavailable if status == StatusCode::SERVICE_UNAVAILABLE && asks_to_wait => Delivery::NotSent,
        // A proxy that wants a credential passes nothing on without it.
        Kind::Proxy => Delivery::NotSent,
        Kind::Unavailable | Kind::Timeout | Kind::UnexpectedContent => Delivery::MaybeProcessed,
        _ => Delivery::Answered,
    };
    Error::new(kind, Some(operation), detail).delivered(delivery).answered(answer)
}

/// What the HTTP client reports instead of an answer. Its text may hold the URL with its query, which is cut
/// out.
pub(crate) fn unanswered(operation: &'static Operation, error: reqwest::Error) -> Error {
    let chain = causes(&error);
    let is_tls = is_of_tls(&chain);
    let is_proxy = chain.iter().any(|cause| is_refusal_of_proxy(&cause.to_string()));
    let parse =
        chain.iter().filter_map(|cause| cause.downcast_ref::<hyper::Error>()).find(|it| it.is_parse());
    if let Some(detail) = advice::of_own_body(&chain) {
        drop(chain);
        return Error::new(Kind::Invalid, Some(operation), detail)
            .delivered(Delivery::MaybeProcessed)
            .caused_by(error.without_url());
    }
    let (kind, delivery, detail) = if error.is_builder() {
        (Kind::Invalid, Delivery::NotSent, "the request could not be built")
    } else if is_tls && error.is_connect() {
        (Kind::Tls, Delivery::NotSent, "the other side could not prove who it is; nothing was sent")
    } else if is_proxy && error.is_connect() {
        (Kind::Proxy, Delivery::NotSent, "the proxy refused the connection; nothing was sent")
    } else if error.is_connect() {
        (Kind::Connect, Delivery::NotSent, advice::of_connect(&chain))
    } else if chain.iter().filter_map(|cause| cause.downcast_ref()).any(is_unprocessed) {
        (Kind::Transport, Delivery::NotSent, "the server turned the request away before it looked at it")
    } else if error.is_timeout() {
        (Kind::Timeout, Delivery::MaybeProcessed, "no answer in time")
    } else if error.is_body() || error.is_decode() {
        (Kind::Incomplete, Delivery::MaybeProcessed, "the answer was cut short, or its encoding is broken")
    } else if parse.is_some_and(hyper::Error::is_parse_too_large) {
        (
            Kind::TooLarge,
            Delivery::MaybeProcessed,
            "the answer has more headers, or larger ones, than are read",
        )
    } else if parse.is_some() {
        (Kind::Incomplete, Delivery::MaybeProcessed, "what came back is not an answer in HTTP")
    } else {
        (Kind::Transport, Delivery::MaybeProcessed, "the connection broke before the answer began")
    };
    drop(chain);
    Error::new(kind, Some(operation), detail).delivered(delivery).caused_by(error.without_url())
}

/// Whether the HTTP client reports that the other side could not prove who it is.
pub(crate) fn is_untrusted(error: &reqwest::Error) -> bool {
    error.is_connect() && is_of_tls(&causes(error))
}

/// Whether TLS itself failed, and not the connection beneath it.
#[cfg(not(feature = "native-tls"))]
fn is_of_tls(chain: &[&(dyn StdError + 'static)]) -> bool {
    chain.iter().any(|cause| cause.is::<rustls::Error>())
}

/// Whether TLS itself failed, and not the connection beneath it, whose faults the TLS of the system wraps.
#[cfg(feature = "native-tls")]
fn is_of_tls(chain: &[&(dyn StdError + 'static)]) -> bool {
    let found = chain.iter().position(|cause| cause.is::<native_tls::Error>());
    found.is_some_and(|at| !chain.iter().skip(at).any(|cause| cause.is::<std::io::Error>()))
}

/// Whether an answer came whole and its content encoding is broken. What does that does it again.
pub(crate) fn is_garbled(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<reqwest::Error>());
    error.kind() == Kind::Incomplete
        && cause.is_some_and(|cause| {
            let chain = causes(cause);
            let is_transport =
                |cause: &&(dyn StdError + 'static)| cause.is::<hyper::Error>() || cause.is::<h2::Error>();
            chain.iter().any(|cause| cause.is::<std::io::Error>()) && !chain.iter().any(is_transport)
        })
}

/// Whether HTTP/2 says that the request was not processed: its stream was refused, or it came after the last
/// one that a server which shuts down still looks at.
fn is_unprocessed(error: &h2::Error) -> bool {
    let reason = error.reason();
    error.is_remote()
        && (error.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM)
            || error.is_go_away() && reason == Some(h2::Reason::NO_ERROR))
}

/// What the HTTP client says of a proxy that answered and refused; one that was not reached is like any other
/// host that was not.
fn is_refusal_of_proxy(text: &str) -> bool {
    (text.contains("proxy") || text.contains("tunnel"))
        && !text.contains("failed to create underlying connection")
}

fn causes<'a>(error: &'a reqwest::Error) -> Vec<&'a (dyn StdError + 'static)> {
    let mut chain: Vec<&'a (dyn StdError + 'static)> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push(cause);
        // I/O errors hide what they wrap from `source`, and TLS stacks wrap theirs twice.
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
    }
    chain
}

/// The longest of what the vendor asks for in an error.
pub(crate) fn asked_wait(error: &Error) -> Option<Duration> {
    retry_after(error.headers()?)
}
