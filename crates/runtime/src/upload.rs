//! Multipart forms that are streamed: memory does not grow with the file. What is in memory or in a file can be
//! sent again; what comes from a stream cannot.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt as _, TryStream, TryStreamExt as _};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::multipart;
use reqwest::{Body, Request, RequestBuilder};
use tokio::fs::File;
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
    /// What is read from its beginning each time it is asked for.
    Repeatable(Arc<dyn Fn() -> Pieces + Send + Sync>, u64),
    Sized(Body, u64),
    Unsized(Body),
}

/// Content, piece by piece.
type Pieces = BoxStream<'static, io::Result<Bytes>>;

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
    /// vendors refuse uploads of unknown length. If the request has to be sent again, the file is opened again.
    ///
    /// # Errors
    /// What opening the file or asking for its length reports.
    pub async fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).await?;
        let length = file.metadata().await?.len();
        let (opened, again) = (Mutex::new(Some(file)), path.to_owned());
        let read = move || {
            let (opened, path) =
                (opened.lock().unwrap_or_else(PoisonError::into_inner).take(), again.clone());
            let file = async move {
                match opened {
                    Some(file) => Ok(file),
                    None => File::open(path).await,
                }
            };
            stream::once(file).map_ok(ReaderStream::new).try_flatten()
        };
        let part = Self::repeatable(length, read);
        Ok(match path.file_name() {
            Some(name) => part.file_name(name.to_string_lossy()),
            None => part,
        })
    }

    /// `length` bytes that can be read more than once: `read` is called for each attempt and gives all of them,
    /// from the first. If it gives another number of bytes, the attempt fails.
    ///
    /// ```
    /// # use futures::stream;
    /// use revops_runtime::upload::Part;
    ///
    /// let rows = || stream::iter([Ok("user_id\n".into()), Ok("u1\n".into())]);
    /// let part = Part::repeatable(11, rows).file_name("users.csv");
    /// ```
    pub fn repeatable<S>(length: u64, read: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self::new(Content::Repeatable(Arc::new(move || read().boxed()), length))
    }

    /// A stream of unknown length, sent in chunks. What was read of it is gone, so the request is sent once.
    pub fn stream<S>(stream: S) -> Self
    where
        S: TryStream + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        Bytes: From<S::Ok>,
    {
        Self::new(Content::Unsized(Body::wrap_stream(stream)))
    }

    /// A stream of `length` bytes. What was read of it is gone, so the request is sent once.
    pub fn stream_with_length<S>(stream: S, length: u64) -> Self
    where
        S: TryStream + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        Bytes: From<S::Ok>,
    {
        let pieces = stream.map_ok(Bytes::from).map_err(|error| io::Error::other(error.into()));
        Self::new(Content::Sized(sized(pieces.into_stream().boxed(), length), length))
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

    /// The same part once more, if it can be had.
    fn again(&self) -> Option<Self> {
        let content = match &self.content {
            Content::Bytes(bytes) => Content::Bytes(bytes.clone()),
            Content::Repeatable(read, length) => Content::Repeatable(Arc::clone(read), *length),
            Content::Sized(..) | Content::Unsized(_) => return None,
        };
        Some(Self { content, file_name: self.file_name.clone(), media_type: self.media_type.clone() })
    }
}

impl fmt::Debug for Part {
    /// Its length, if known; not its content, nor its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Repeatable(_, length) | Content::Sized(_, length) => Some(*length),
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

    /// The request with this form as its body, for generated code.
    ///
    /// # Errors
    /// A sentence naming the part whose media type is none, or whose file name could break the form.
    #[doc(hidden)]
    pub fn onto(self, request: RequestBuilder) -> Result<Outgoing, String> {
        let form = self.again();
        Ok(Outgoing { request: request.multipart(self.into_multipart()?), form })
    }

    /// The same form once more, if all of its parts can be had.
    fn again(&self) -> Option<Self> {
        self.0.iter().map(|(name, part)| Some((*name, part.again()?))).collect::<Option<_>>().map(Self)
    }

    /// The same request once more, with this form as its body again.
    pub(crate) fn copied(&self, http: &reqwest::Client, request: &Request) -> Option<Box<Request>> {
        let form = self.again()?.into_multipart().ok()?;
        let builder = http.request(request.method().clone(), request.url().clone()).multipart(form);
        let mut copy = builder.build().ok()?;
        *copy.version_mut() = request.version();
        // Each form has a boundary of its own, which its Content-Type names.
        for (name, value) in request.headers() {
            if name != CONTENT_TYPE && name != CONTENT_LENGTH {
                copy.headers_mut().append(name, value.clone());
            }
        }
        Some(Box::new(copy))
    }

    /// What the HTTP client sends.
    fn into_multipart(self) -> Result<multipart::Form, String> {
        let mut form = multipart::Form::new();
        for (name, part) in self.0 {
            let mut made = match part.content {
                Content::Bytes(bytes) => {
                    let length = bytes.len() as u64;
                    multipart::Part::stream_with_length(bytes, length)
                }
                Content::Repeatable(read, length) => {
                    multipart::Part::stream_with_length(sized(read(), length), length)
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

/// What gives more than it should breaks off: the surplus would be sent in place of the form's end.
fn sized(pieces: Pieces, length: u64) -> Body {
    let mut left = length;
    let mut judge = move |piece: Bytes| {
        left = left.checked_sub(piece.len() as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "the content is longer than it was said to be")
        })?;
        Ok(piece)
    };
    Body::wrap_stream(pieces.map(move |it| it.and_then(&mut judge)))
}

/// A request on its way to [`call`](crate::call), and the form that its body is made of where it can be made
/// again.
#[derive(Debug)]
#[must_use]
pub struct Outgoing {
    pub(crate) request: RequestBuilder,
    pub(crate) form: Option<Form>,
}

impl From<RequestBuilder> for Outgoing {
    fn from(request: RequestBuilder) -> Self {
        Self { request, form: None }
    }
}
