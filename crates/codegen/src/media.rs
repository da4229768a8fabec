//! Which of the media types a document offers is spoken, and how it is written.

use serde_json::{Map, Value};

/// The families that progenitor and the runtime know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// `application/json`.
    Json,
    /// `application/scim+json` and its like: JSON under another name.
    JsonSuffix,
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// `multipart/form-data`.
    Multipart,
    /// Anything else, handed over as bytes.
    Raw,
}

/// The family of a media type; parameters such as `charset` do not matter.
pub(crate) fn family(media_type: &str) -> Family {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Family::Json,
        "application/x-www-form-urlencoded" => Family::UrlEncoded,
        "multipart/form-data" => Family::Multipart,
        other if other.ends_with("+json") => Family::JsonSuffix,
        _ => Family::Raw,
    }
}

/// The media type to speak among those of a `content` object: JSON before other forms, the document's order
/// among equals.
pub(crate) fn choose(content: &Map<String, Value>) -> Option<(&str, Family)> {
    content
        .keys()
        .map(|media_type| (media_type.as_str(), family(media_type)))
        .min_by_key(|(_, family)| *family)
}
