//! Judges the body: its presence, its media type, and what is in it.

use std::collections::BTreeSet;

use axum::body::{Body, BodyDataStream, HttpBody};
use bytes::BytesMut;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use multer::{Constraints, Multipart, SizeLimit};
use serde_json::Value;

use crate::headers::same_media_type;
use crate::operation::{Media, RequestBody};
use crate::payload::{FormPart, Payload};
use crate::repeated::repeated;
use crate::violation::{Place, Reason};

/// A JSON body above this is refused; ten thousand records of a bulk operation are below.
const JSON_LIMIT: usize = 32 * 1024 * 1024;
/// All parts of a form together; the largest file that a vendor documents has 50 MB.
const FORM_LIMIT: u64 = 64 * 1024 * 1024;
/// No document has a form of more than a few.
const MAX_PARTS: usize = 100;

/// Judges `body`, and reads it to its end also when it is wrong: a client that is still sending
/// would otherwise see a broken connection and not the answer.
pub(crate) async fn judge_body(
    documented: Option<&RequestBody>,
    headers: &HeaderMap,
    body: Body,
    reasons: &mut Vec<Reason>,
) -> Payload {
    let Some(documented) = documented else {
        if drain(body).await > 0 {
            reasons.push(whole("the operation takes no body, one was sent"));
        }
        return Payload::Empty;
    };
    if body.is_end_stream() {
        judge_absence(documented, reasons);
        return Payload::Empty;
    }
    let content_types: Vec<String> = headers.get_all(CONTENT_TYPE).iter().map(lossy).collect();
    let text = match content_types.as_slice() {
        [sent] => match documented.media.iter().find(|media| same_media_type(&media.name, sent)) {
            Some(media) if media.name == mime::MULTIPART_FORM_DATA.essence_str() => {
                return judge_form(media, sent, body, reasons).await;
            }
            Some(media) => {
                if !is_utf8(sent) {
                    let text = "JSON is UTF-8, the `charset` says another encoding";
                    reasons.push(Reason::new(Place::MediaType, "/content-type", text));
                }
                return judge_json(documented, media, body, reasons).await;
            }
            None => {
                let essence = sent.split(';').next().unwrap_or_default().trim();
                Some(format!("`{essence}` is not declared, expected {}", expected(documented)))
            }
        },
        [] => Some(format!("a body without `Content-Type`, expected {}", expected(documented))),
        // Which is meant cannot be known, and the headers were found wrong already.
        _ => None,
    };
    // A chunked body shows only at its end that it is empty.
    if drain(body).await == 0 {
        judge_absence(documented, reasons);
    } else {
        reasons.extend(text.map(|text| Reason::new(Place::MediaType, "/content-type", text)));
    }
    Payload::Empty
}

fn judge_absence(documented: &RequestBody, reasons: &mut Vec<Reason>) {
    if documented.required {
        reasons.push(whole("a body is required, none was sent"));
    }
}

fn expected(documented: &RequestBody) -> String {
    let names: Vec<String> = documented.media.iter().map(|media| format!("`{}`", media.name)).collect();
    names.join(" or ")
}

async fn judge_json(
    documented: &RequestBody,
    media: &Media,
    mut body: Body,
    reasons: &mut Vec<Reason>,
) -> Payload {
    let bytes = match Limited::new(&mut body, JSON_LIMIT).collect().await.map(Collected::to_bytes) {
        Ok(bytes) if bytes.is_empty() => {
            judge_absence(documented, reasons);
            return Payload::Empty;
        }
        Ok(bytes) => bytes,
        Err(error) => {
            drain(body).await;
            reasons.push(if error.is::<LengthLimitError>() {
                too_large(JSON_LIMIT as u64)
            } else {
                whole("the body broke off")
            });
            return Payload::Empty;
        }
    };
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(value) => {
            let twice = repeated(&bytes).into_iter();
            reasons.extend(
                twice.map(|pointer| {
                    Reason::new(Place::Body, pointer, "an object has two members of this name")
                }),
            );
            let objections = media.schema.judge(&value).into_iter();
            reasons.extend(objections.map(|it| Reason::new(Place::Body, it.pointer, it.text)));
            Payload::Json(value)
        }
        Err(error) => {
            reasons.push(whole(&format!("the body is not JSON: {error}")));
            Payload::Empty
        }
    }
}

async fn judge_form(media: &Media, content_type: &str, body: Body, reasons: &mut Vec<Reason>) -> Payload {
    let mut stream = body.into_data_stream();
    let parts = match multer::parse_boundary(content_type) {
        Ok(boundary) => {
            let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(FORM_LIMIT));
            read_parts(Multipart::with_constraints(&mut stream, boundary, limits)).await
        }
        Err(error) => Err(error),
    };
    drain_stream(stream).await;
    let parts = match parts {
        Ok(parts) => parts,
        Err(multer::Error::StreamSizeExceeded { limit }) => {
            reasons.push(too_large(limit));
            return Payload::Empty;
        }
        Err(error) => {
            reasons.push(whole(&format!("the body is not a form: {error}")));
            return Payload::Empty;
        }
    };
    if parts.len() > MAX_PARTS {
        reasons.push(whole(&format!("the form has more than {MAX_PARTS} parts")));
        return Payload::Empty;
    }
    let schema = media.schema.value();
    let mut object = |name: &str, text: &str| {
        reasons.push(Reason::new(Place::Body, format!("/{name}"), format!("part `{name}` {text}")));
    };
    let mut seen = BTreeSet::new();
    for FormPart { name, .. } in &parts {
        if schema["properties"].get(name).is_none() {
            object(name, "is not declared");
        } else if !seen.insert(name.as_str()) {
            object(name, "came more than once");
        }
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for name in required.filter(|name| !seen.contains(name)) {
        object(name, "is required and missing");
    }
    Payload::Form(parts)
}

/// Every part; of a content that is larger than the limit only the beginning is held.
async fn read_parts(mut form: Multipart<'_>) -> multer::Result<Vec<FormPart>> {
    let mut parts = Vec::new();
    while parts.len() <= MAX_PARTS
        && let Some(mut field) = form.next_field().await?
    {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(ToString::to_string);
        let (mut content, mut length) = (BytesMut::new(), 0_u64);
        while let Some(chunk) = field.chunk().await? {
            length += chunk.len() as u64;
            let room = FormPart::LIMIT.saturating_sub(content.len()).min(chunk.len());
            content.extend_from_slice(chunk.get(..room).unwrap_or_default());
        }
        parts.push(FormPart { name, file_name, content_type, content: content.freeze(), length });
    }
    Ok(parts)
}

/// Reads a body to its end and says how many bytes came.
pub(crate) async fn drain(body: Body) -> u64 {
    drain_stream(body.into_data_stream()).await
}

async fn drain_stream(stream: BodyDataStream) -> u64 {
    let mut body = Body::from_stream(stream);
    let mut length = 0;
    while let Some(Ok(frame)) = body.frame().await {
        length += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    length
}

fn lossy(value: &http::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// Without a `charset` it is.
fn is_utf8(content_type: &str) -> bool {
    let sent = content_type.parse::<mime::Mime>().ok();
    sent.as_ref().and_then(|sent| sent.get_param(mime::CHARSET)).is_none_or(|charset| charset == mime::UTF_8)
}

fn too_large(limit: u64) -> Reason {
    Reason::new(Place::Size, "", format!("the body is larger than {limit} bytes"))
}

fn whole(text: &str) -> Reason {
    Reason::new(Place::Body, "", text)
}
