//! What a sandbox answers as itself and not as a vendor: its status page, and a few controls for
//! programs in other languages.

use std::time::Duration;

use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::fault::{Act, Reply};
use crate::plan::{Fault, Moment, Target, When};
use crate::server::Shared;
use crate::{Mood, Vendor};

/// The answer, if the request is not meant for a vendor. Its body has no meaning.
pub(crate) fn answer(shared: &Shared, parts: &Parts) -> Option<Response> {
    let path = parts.uri.path();
    let query = Query::read(parts.uri.query().unwrap_or_default());
    // A page of another site that is open in a browser can reach loopback, too.
    let from_a_site = parts.headers.contains_key(ORIGIN);
    let done = match (&parts.method, path) {
        #[cfg(feature = "page")]
        (&Method::GET, "/") => return Some(html(crate::page::page(shared))),
        (&Method::POST | &Method::DELETE, _) if from_a_site && is_control(path) => {
            return Some(text(StatusCode::FORBIDDEN, "the controls are not for web pages\n".to_owned()));
        }
        (&Method::POST, "/advance") => advance(shared, &query),
        (&Method::POST, "/faults") => plan(shared, &query),
        (&Method::DELETE, "/faults") => {
            shared.with(|world| world.plans.clear());
            Ok("no fault is planned\n".to_owned())
        }
        (&Method::POST, _) => mood(shared, path.strip_prefix("/moods/")?, &query),
        _ => return None,
    };
    Some(match done {
        Ok(line) => text(StatusCode::OK, line),
        Err(line) => text(StatusCode::BAD_REQUEST, format!("{line}\n")),
    })
}

fn is_control(path: &str) -> bool {
    matches!(path, "/advance" | "/faults") || path.starts_with("/moods/")
}

fn advance(shared: &Shared, query: &Query) -> Result<String, String> {
    let seconds: f64 = query.number("seconds")?;
    let by = Duration::try_from_secs_f64(seconds).map_err(|error| format!("seconds: {error}"))?;
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
    if !target.exists(shared.catalog.operations.iter()) {
        return Err(format!("operation: no document has `{target}`"));
    }
    let when = match (query.get("call"), query.get("every")) {
        (Some(_), Some(_)) => return Err("call or every, not both".to_owned()),
        (None, Some(_)) => When::Every(query.number("every")?),
        (Some(_), None) => When::Call(query.number("call")?),
        (None, None) => When::Call(1),
    };
    let moment = match query.get("applied").unwrap_or("false") {
        "true" => Moment::After,
        "false" => Moment::Before,
        _ => return Err("applied: true or false".to_owned()),
    };
    let act = match query.get("act").unwrap_or_default() {
        "reset" => Act::reset_before_answer(),
        "close" => Act::close_before_answer(),
        "hang" => Act::hang(),
        status => status
            .parse()
            .ok()
            .filter(|status| (200..600).contains(status))
            .map(|status| match query.get("retry-after") {
                Some(value) => Reply::status(status).header("retry-after", value.to_owned()),
                None => Reply::status(status),
            })
            .ok_or("act: reset, close, hang or a status from 200 to 599")?
            .into(),
    };
    let line = format!("{target}: {when}\n");
    shared.with(|world| world.plans.add(target, moment, when, Fault::Act(act)));
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

#[cfg(feature = "page")]
fn html(page: String) -> Response {
    written(StatusCode::OK, "text/html; charset=utf-8", page)
}

fn written(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
