//! What came with a request, read once by the judge and kept for whoever answers.

use bytes::Bytes;
use serde_json::Value;

/// The body of a request that was judged right.
#[derive(Debug, Default)]
pub(crate) enum Payload {
    /// None was sent.
    #[default]
    Empty,
    /// A JSON document.
    Json(Value),
    /// The parts of a form, in the order in which they came.
    Form(Vec<FormPart>),
}

/// One part of a form.
#[derive(Debug)]
pub(crate) struct FormPart {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    /// As many bytes as [`FormPart::LIMIT`] admits.
    pub(crate) content: Bytes,
    /// How many bytes were sent.
    pub(crate) length: u64,
}

impl FormPart {
    /// Beyond this a part is counted and not kept: 50 MiB, the largest file a vendor documents,
    /// and one byte to tell a file that is larger.
    pub(crate) const LIMIT: usize = 50 * 1024 * 1024 + 1;
}

impl Payload {
    /// The JSON document; `null` if none came.
    pub(crate) fn json(&self) -> &Value {
        const NULL: &Value = &Value::Null;
        match self {
            Self::Json(value) => value,
            Self::Empty | Self::Form(_) => NULL,
        }
    }

    /// The part of this name.
    pub(crate) fn part(&self, name: &str) -> Option<&FormPart> {
        match self {
            Self::Form(parts) => parts.iter().find(|part| part.name == name),
            Self::Empty | Self::Json(_) => None,
        }
    }
}
