//! The `x-` extensions we read, each with the values it may have; any other value is an error.

use serde_json::Value;

use crate::meta::{AnswerMeta, AnswerTestMeta, CursorMeta, PoolMeta, RetryMeta};
use crate::{Error, pointer};

/// Every extension that is read.
pub(crate) const NAMES: [&str; 12] = [
    "x-answers",
    "x-cursor",
    "x-env",
    "x-error-schema",
    "x-max-additional-properties",
    "x-observed-headers",
    "x-observed-path",
    "x-prefix",
    "x-quota",
    "x-records",
    "x-required",
    "x-retry",
];

/// The members that `x-env` can have: of the root, and of a security scheme.
pub(crate) const ENV: [&str; 5] = ["base_url", "key", "password", "token", "username"];

/// Checks the values that `holder` has, as far as it alone says whether they mean something.
pub(crate) fn check(holder: &Value, at: &str) -> Result<(), Error> {
    retry(holder, at)?;
    json_pointer(holder, at, "x-records")?;
    cursor(holder, at)?;
    answers(holder, at)?;
    for name in ["x-error-schema", "x-observed-path", "x-prefix"] {
        text(holder, at, name)?;
    }
    flag(holder, at, "x-required")?;
    count(holder, at, "x-max-additional-properties")?;
    headers(holder, at)?;
    // An operation names its pool, and a server variable its environment variable; others hold objects.
    if holder.get("x-quota").is_some_and(|value| !value.is_string()) {
        pools(holder).map_err(|error| error.below(at))?;
    }
    if holder.get("x-env").is_some_and(|value| !value.is_string()) {
        texts(holder, at, "x-env")?;
    }
    Ok(())
}

/// `x-retry` of an operation.
pub(crate) fn retry(operation: &Value, at: &str) -> Result<RetryMeta, Error> {
    match operation.get("x-retry").map(Value::as_str) {
        None => Ok(RetryMeta::default()),
        Some(Some("safe")) => Ok(RetryMeta::Safe),
        Some(Some("upsert-safe")) => Ok(RetryMeta::UpsertSafe),
        Some(Some("never")) => Ok(RetryMeta::Never),
        Some(Some("check-first")) => Ok(RetryMeta::CheckFirst),
        Some(_) => Err(unknown(at, "x-retry", "one of `safe`, `upsert-safe`, `never`, `check-first`")),
    }
}

/// The text of `name`, if it is there.
pub(crate) fn text(holder: &Value, at: &str, name: &str) -> Result<Option<String>, Error> {
    match holder.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(unknown(at, name, "a text")),
    }
}

/// `x-required` and its like: `true`, or absent.
pub(crate) fn flag(holder: &Value, at: &str, name: &str) -> Result<bool, Error> {
    match holder.get(name) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(unknown(at, name, "`true` or `false`")),
    }
}

/// A whole number that is not negative.
pub(crate) fn count(holder: &Value, at: &str, name: &str) -> Result<Option<u32>, Error> {
    match holder.get(name) {
        None => Ok(None),
        Some(value) => match value.as_u64().and_then(|number| u32::try_from(number).ok()) {
            Some(number) => Ok(Some(number)),
            None => Err(unknown(at, name, "a whole number")),
        },
    }
}

/// `x-records` and other JSON pointers: empty, or starting with `/`.
pub(crate) fn json_pointer(holder: &Value, at: &str, name: &str) -> Result<Option<String>, Error> {
    match text(holder, at, name)? {
        Some(pointer) if !pointer.is_empty() && !pointer.starts_with('/') => {
            Err(unknown(at, name, "a JSON pointer: empty, or starting with `/`"))
        }
        other => Ok(other),
    }
}

/// `x-observed-path`: a template with the same variables as `path`.
pub(crate) fn observed_path(operation: &Value, at: &str, path: &str) -> Result<Option<String>, Error> {
    let Some(observed) = text(operation, at, "x-observed-path")? else { return Ok(None) };
    if !observed.starts_with('/') || variables(&observed) != variables(path) {
        return Err(unknown(
            at,
            "x-observed-path",
            "a path starting with `/` with the same variables in the same order",
        ));
    }
    Ok(Some(observed))
}

/// The names between the braces of a template, in order.
pub(crate) fn variables(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// `x-cursor`: `{response: pointer, request: {in: query|body, name: …}}`.
pub(crate) fn cursor(operation: &Value, at: &str) -> Result<Option<CursorMeta>, Error> {
    let Some(value) = operation.get("x-cursor") else { return Ok(None) };
    let response = value["response"].as_str().filter(|pointer| pointer.starts_with('/'));
    let place = match value["request"]["in"].as_str() {
        Some("query") => Some(false),
        Some("body") => Some(true),
        _ => None,
    };
    match (response, place, value["request"]["name"].as_str()) {
        (Some(response), Some(in_body), Some(name)) => {
            Ok(Some(CursorMeta { response: response.to_owned(), in_body, name: name.to_owned() }))
        }
        _ => Err(unknown(
            at,
            "x-cursor",
            "`{response: <JSON pointer>, request: {in: query or body, name: <name>}}`",
        )),
    }
}

/// `x-quota` at the root: pools by name.
pub(crate) fn pools(root: &Value) -> Result<Vec<PoolMeta>, Error> {
    let Some(value) = root.get("x-quota") else { return Ok(Vec::new()) };
    let form = "pools by name, each with `windows: [{limit, per: <number>s|m|h|d}]` or `concurrency`";
    let Some(pools) = value.as_object() else { return Err(unknown("", "x-quota", form)) };
    let mut made = Vec::with_capacity(pools.len());
    for (name, pool) in pools {
        let at = pointer::join("/x-quota", name);
        let mut windows = Vec::new();
        for window in pool["windows"].as_array().into_iter().flatten() {
            let limit = count(window, &at, "limit")?.filter(|limit| *limit > 0);
            let seconds = window["per"].as_str().and_then(seconds);
            let (Some(limit), Some(seconds)) = (limit, seconds) else {
                return Err(unknown("", "x-quota", form));
            };
            windows.push((limit, seconds));
        }
        let concurrency = count(pool, &at, "concurrency")?;
        if windows.is_empty() && concurrency.is_none() {
            return Err(unknown("", "x-quota", form));
        }
        made.push(PoolMeta { name: name.clone(), windows, concurrency });
    }
    Ok(made)
}

/// `90s`, `1m`, `1h`, `1d` in seconds.
fn seconds(text: &str) -> Option<u32> {
    let number: u32 = text.get(..text.len().checked_sub(1)?)?.parse().ok()?;
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    number.checked_mul(unit).filter(|seconds| *seconds > 0)
}

/// The texts of an object such as `x-env` or `x-observed-headers`.
pub(crate) fn texts(holder: &Value, at: &str, name: &str) -> Result<Vec<(String, String)>, Error> {
    let Some(value) = holder.get(name) else { return Ok(Vec::new()) };
    let pairs = value.as_object().map(|members| {
        members
            .iter()
            .map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect::<Option<Vec<_>>>()
    });
    pairs.flatten().ok_or_else(|| unknown(at, name, "an object whose members are texts"))
}

/// `x-observed-headers`: what a header can carry.
pub(crate) fn headers(holder: &Value, at: &str) -> Result<Vec<(String, String)>, Error> {
    let made = texts(holder, at, "x-observed-headers")?;
    let misfit = made.iter().find(|(name, value)| {
        let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        !is_header_name(name) || !is_printable || value.trim() != value
    });
    match misfit {
        None => Ok(made),
        Some((name, _)) => Err(unknown(
            &pointer::join(at, "x-observed-headers"),
            name,
            "a header's name of letters, digits and `-`, and a text of printable ASCII signs on one line",
        )),
    }
}

/// Whether HTTP takes `name` as the name of a header.
pub(crate) fn is_header_name(name: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_sign)
}

/// What an answer of `x-answers` can mean.
pub(crate) const MEANINGS: [&str; 10] = [
    "busy",
    "conflict",
    "credential",
    "empty",
    "invalid",
    "not-found",
    "permission",
    "quota",
    "refused",
    "unavailable",
];

/// `x-answers`: a list of `{status, at, equals | contains, means}`.
pub(crate) fn answers(holder: &Value, at: &str) -> Result<Vec<AnswerMeta>, Error> {
    let Some(value) = holder.get("x-answers") else { return Ok(Vec::new()) };
    let form = || {
        let form = format!(
            "a list of `{{status, at, equals or contains, means}}`, where `means` is one of {}",
            MEANINGS.join(", ")
        );
        unknown(at, "x-answers", &form)
    };
    value.as_array().ok_or_else(form)?.iter().map(|rule| answer(rule).ok_or_else(form)).collect()
}

fn answer(rule: &Value) -> Option<AnswerMeta> {
    let members = rule.as_object()?;
    if members.keys().any(|key| !["status", "at", "equals", "contains", "means"].contains(&key.as_str())) {
        return None;
    }
    let status = match members.get("status") {
        None => None,
        Some(status) => {
            Some(u16::try_from(status.as_u64()?).ok().filter(|status| (100..600).contains(status))?)
        }
    };
    let place = match members.get("at") {
        None => None,
        Some(place) => Some(place.as_str().filter(|place| place.starts_with('/'))?.to_owned()),
    };
    let test = match (members.get("equals"), members.get("contains")) {
        (None, None) => AnswerTestMeta::Any,
        (Some(Value::Bool(flag)), None) => AnswerTestMeta::Flag(*flag),
        (Some(Value::String(text)), None) => AnswerTestMeta::Text(text.clone()),
        (None, Some(Value::String(text))) => AnswerTestMeta::Contains(text.clone()),
        _ => return None,
    };
    // A rule without a status and without a place would fit everything.
    if status.is_none() && place.is_none() || place.is_none() && test != AnswerTestMeta::Any {
        return None;
    }
    let means = members.get("means")?.as_str().filter(|means| MEANINGS.contains(means))?.to_owned();
    Some(AnswerMeta { status, at: place, test, means })
}

fn unknown(at: &str, name: &str, form: &str) -> Error {
    Error::new(
        "known-extension-value",
        pointer::join(at, name),
        format!("`{name}` has a value that means nothing here"),
    )
    .remedy(format!("Write {form}"))
}
