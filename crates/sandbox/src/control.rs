//! What a sandbox answers as itself and not as a vendor: its status page, the same as JSON, and a few
//! controls for programs in other languages.

use std::time::Duration;

use axum::response::Response;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::fault::Act;
use crate::plan::{Fault, Moment, PlainStatus, When};
use crate::server::Shared;
use crate::{Mood, Pool, Target, Vendor, Window};

/// As far as the clock can be moved by one request: a hundred years of 365 days.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The answer, if the request is not meant for a vendor. Its body has no meaning.
pub(crate) fn answer(shared: &Shared, parts: &Parts) -> Option<Response> {
    let path = parts.uri.path();
    let allowed = allowed(path)?;
    if !allowed.contains(&parts.method) {
        let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        let mut refusal = text(StatusCode::METHOD_NOT_ALLOWED, format!("this is for {}\n", names.join(", ")));
        if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
            refusal.headers_mut().insert(ALLOW, names);
        }
        return Some(refusal);
    }
    let changes = parts.method == Method::POST || parts.method == Method::DELETE;
    // A page of another site that is open in a browser can reach loopback, too.
    if changes && parts.headers.contains_key(ORIGIN) {
        return Some(text(StatusCode::FORBIDDEN, "the controls are not for web pages\n".to_owned()));
    }
    #[cfg(feature = "page")]
    if !changes && let Some(told) = crate::told::told(shared, path) {
        return Some(written(StatusCode::OK, "application/json", format!("{told:#}\n")));
    }
    let query = Query::read(parts.uri.query().unwrap_or_default());
    let done = match (&parts.method, path) {
        #[cfg(feature = "page")]
        (_, "/") => {
            let host = crate::authority::asked(&parts.headers, shared.address);
            return Some(written(
                StatusCode::OK,
                "text/html; charset=utf-8",
                crate::page::page(shared, &host),
            ));
        }
        #[cfg(feature = "page")]
        (_, "/favicon.ico") => return Some(written(StatusCode::NO_CONTENT, "image/x-icon", String::new())),
        (_, "/advance") => advance(shared, &query),
        (&Method::DELETE, _) => {
            shared.with(|world| world.plans.clear());
            Ok("no fault is planned\n".to_owned())
        }
        (_, "/faults") => plan(shared, &query),
        (_, "/quotas") => quota(shared, &query),
        (_, "/reset") => {
            shared.reset();
            Ok("it is as it was at the start\n".to_owned())
        }
        _ => mood(shared, path.strip_prefix("/moods/").unwrap_or_default(), &query),
    };
    Some(match done {
        Ok(line) => text(StatusCode::OK, line),
        Err(line) => text(StatusCode::BAD_REQUEST, format!("{line}\n")),
    })
}

/// The methods of a path that is the sandbox's own.
fn allowed(path: &str) -> Option<&'static [Method]> {
    match path {
        #[cfg(feature = "page")]
        "/" | "/state.json" | "/requests.json" | "/violations.json" | "/usergems.json"
        | "/userpilot.json" | "/gainsight.json" | "/gong.json" => Some(&[Method::GET, Method::HEAD]),
        // Browsers ask for it unasked.
        "/favicon.ico" => Some(&[Method::GET, Method::HEAD]),
        "/advance" | "/quotas" | "/reset" => Some(&[Method::POST]),
        "/faults" => Some(&[Method::POST, Method::DELETE]),
        _ if path.starts_with("/moods/") => Some(&[Method::POST]),
        _ => None,
    }
}

fn advance(shared: &Shared, query: &Query) -> Result<String, String> {
    let seconds: f64 = query.number("seconds")?;
    let by = Duration::try_from_secs_f64(seconds).map_err(|error| format!("seconds: {error}"))?;
    if by > CENTURY {
        return Err("seconds: a hundred years at most (3153600000)".to_owned());
    }
    let now = shared.with(|world| {
        world.clock.advance(by);
        world.clock.now()
    });
    Ok(format!("it is {}\n", now.format("%Y-%m-%dT%H:%M:%SZ")))
}

fn mood(shared: &Shared, name: &str, query: &Query) -> Result<String, String> {
    let mood: Mood = name.parse().map_err(|error: crate::UnknownMood| error.to_string())?;
    let on = match query.get("on").unwrap_or("true") {
        "true" => true,
        "false" => false,
        _ => return Err("on: true or false".to_owned()),
    };
    shared.with(|world| world.moods.set(mood, on));
    Ok(format!("{mood} is {}\n", if on { "on" } else { "off" }))
}

fn plan(shared: &Shared, query: &Query) -> Result<String, String> {
    let vendor = match query.get("vendor") {
        None => None,
        Some(slug) => {
            let mut all = Vendor::ALL.into_iter();
            Some(all.find(|it| it.slug() == slug).ok_or_else(|| format!("vendor: there is no `{slug}`"))?)
        }
    };
    let target = match (query.get("operation"), vendor) {
        (None | Some("*"), None) => Target::Everything,
        (None | Some("*"), Some(vendor)) => Target::Vendor(vendor),
        (Some(id), vendor) => Target::Operation(vendor, id.to_owned()),
    };
    if !target.exists(&shared.catalog.operations) {
        return Err(format!("operation: no document has `{target}`"));
    }
    let mut when = None;
    for (name, of) in [("call", When::Call as fn(u64) -> When), ("times", When::Next), ("every", When::Every)]
    {
        if query.get(name).is_some() {
            let number = query.number(name)?;
            if number == 0 {
                return Err(format!("{name}: 1 or more"));
            }
            if when.replace(of(number)).is_some() {
                return Err("one of call, times and every".to_owned());
            }
        }
    }
    let when = when.unwrap_or(When::Call(1));
    let moment = match query.get("applied").unwrap_or("false") {
        "true" => Moment::After,
        "false" => Moment::Before,
        _ => return Err("applied: true or false".to_owned()),
    };
    let fault = match query.get("act").unwrap_or_default() {
        "reset" => Fault::Act(Act::reset_before_answer()),
        "close" => Fault::Act(Act::close_before_answer()),
        "hang" => Fault::Act(Act::hang()),
        status => {
            let status = status.parse().ok().filter(|status| (200..600).contains(status));
            let status = status.and_then(|status| StatusCode::from_u16(status).ok());
            let status = status.ok_or("act: reset, close, hang or a status from 200 to 599")?;
            let retry_after = query.get("retry-after").map(retry_after).transpose()?;
            Fault::Status(Box::new(PlainStatus {
                status,
                retry_after,
                body: query.get("body").map(str::to_owned),
            }))
        }
    };
    let line = format!("{target}: {when}\n");
    shared.with(|world| world.plans.add(target, moment, when, fault));
    Ok(line)
}

/// RFC 9110, section 10.2.3: seconds, or a date.
fn retry_after(text: &str) -> Result<String, String> {
    let seconds = !text.is_empty() && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds || httpdate::parse_http_date(text).is_ok_and(|_| text.is_ascii()) {
        Ok(text.to_owned())
    } else {
        Err("retry-after: seconds, or a date such as `Wed, 21 Oct 2026 07:28:00 GMT`".to_owned())
    }
}

/// Other windows for a pool; without any, every call passes.
fn quota(shared: &Shared, query: &Query) -> Result<String, String> {
    let name = |pool: &Pool| pool.to_string().to_lowercase().replace(' ', "-");
    let sent = query.get("pool").unwrap_or_default();
    let pool = Pool::ALL.into_iter().find(|pool| name(pool) == sent).ok_or_else(|| {
        let names: Vec<String> = Pool::ALL.iter().map(name).collect();
        format!("pool: one of {}", names.join(", "))
    })?;
    let window = if query.get("limit").is_some() || query.get("seconds").is_some() {
        let seconds: f64 = query.number("seconds")?;
        let per = Duration::try_from_secs_f64(seconds).map_err(|error| format!("seconds: {error}"))?;
        Some(Window::new(query.number("limit")?, per))
    } else {
        None
    };
    let line = match window {
        Some(window) => format!("{pool}: {} in {} s\n", window.limit, window.per.as_secs_f64()),
        None => format!("{pool}: every call passes\n"),
    };
    shared.with(|world| world.quotas.set(pool, window));
    Ok(line)
}

/// A decoded query; the first of a name counts.
struct Query(Vec<(String, String)>);

impl Query {
    fn read(query: &str) -> Self {
        let decode =
            |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self(pairs.map(|(name, value)| (decode(name), decode(value))).collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, String> {
        self.get(name).and_then(|value| value.parse().ok()).ok_or_else(|| format!("{name}: a number"))
    }
}

fn text(status: StatusCode, line: String) -> Response {
    written(status, "text/plain; charset=utf-8", line)
}

fn written(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
