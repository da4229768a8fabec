//! Multipart forms that are streamed: memory does not grow with the file.

use std::fmt;
use std::io;
use std::path::Path;

use bytes::Bytes;
use futures::TryStream;
use reqwest::Body;
use reqwest::multipart;
use tokio_util::io::ReaderStream;

/// One part of a multipart form: text, bytes, a file or a stream.
#[must_use]
pub struct Part {
    content: Content,
    file_name: Option<String>,
    media_type: Option<String>,
}

enum Content {
    Bytes(Bytes),
    Sized(Body, u64),
    Unsized(Body),
}

impl Part {
    /// A text field.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Content::Bytes(Bytes::from(text.into())))
    }

    /// Bytes that are in memory already.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Content::Bytes(bytes.into()))
    }

    /// A file, read as it is sent and named after its last path segment. Its length is sent ahead, as several
    /// vendors refuse uploads of unknown length.
    ///
    /// # Errors
    /// What opening the file or asking for its length reports.
    pub async fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let file = tokio::fs::File::open(path).await?;
        let length = file.metadata().await?.len();
        let part = Self::stream_with_length(ReaderStream::new(file), length);
        Ok(match path.file_name() {
            Some(name) => part.file_name(name.to_string_lossy()),
            None => part,
        })
    }

    /// A stream of unknown length, sent in chunks.
    pub fn stream<S>(stream: S) -> Self
    where
        S: TryStream + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        Bytes: From<S::Ok>,
    {
        Self::new(Content::Unsized(Body::wrap_stream(stream)))
    }

    /// A stream of `length` bytes.
    pub fn stream_with_length<S>(stream: S, length: u64) -> Self
    where
        S: TryStream + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        Bytes: From<S::Ok>,
    {
        Self::new(Content::Sized(Body::wrap_stream(stream), length))
    }

    /// The file name the vendor is told.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// The part's media type, such as `text/csv`.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    fn new(content: Content) -> Self {
        Self { content, file_name: None, media_type: None }
    }
}

impl fmt::Debug for Part {
    /// Its length, if known; not its content, nor its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Sized(_, length) => Some(*length),
            Content::Unsized(_) => None,
        };
        f.debug_struct("Part").field("length", &length).finish_non_exhaustive()
    }
}

/// A multipart form. Generated code builds it from the typed form of an operation.
#[derive(Debug, Default)]
#[must_use]
pub struct Form(Vec<(&'static str, Part)>);

impl Form {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// The form with one more part.
    pub fn part(mut self, name: &'static str, part: Part) -> Self {
        self.0.push((name, part));
        self
    }

    /// What the HTTP client sends.
    ///
    /// # Errors
    /// A sentence naming the part whose media type is none, or whose file name could break the form.
    #[doc(hidden)]
    pub fn into_multipart(self) -> Result<multipart::Form, String> {
        let mut form = multipart::Form::new();
        for (name, part) in self.0 {
            let mut made = match part.content {
                Content::Bytes(bytes) => {
                    let length = bytes.len() as u64;
                    multipart::Part::stream_with_length(bytes, length)
                }
                Content::Sized(body, length) => multipart::Part::stream_with_length(body, length),
                Content::Unsized(body) => multipart::Part::stream(body),
            };
            if let Some(file_name) = part.file_name {
                if file_name.chars().any(char::is_control) {
                    return Err(format!("the file name of the part `{name}` holds control characters"));
                }
                made = made.file_name(file_name);
            }
            if let Some(media_type) = part.media_type {
                made = made
                    .mime_str(&media_type)
                    .map_err(|_| format!("the media type of the part `{name}` cannot be read"))?;
            }
            form = form.part(name, made);
        }
        Ok(form)
    }
}
