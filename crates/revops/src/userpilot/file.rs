//! What is known of a file before it is sent: what kind it is, how long, and whether it begins as it should.

use std::io;
use std::path::Path;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use serde_json::Value;
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

/// The longest file: 50 MB, by the larger measure, so that nothing is refused here which the vendor might
/// take.
pub(super) const MAX_FILE: u64 = 50 * 1024 * 1024;
/// A header that is longer is none.
const MAX_HEADER: usize = 1024 * 1024;
/// The columns or members that say who is meant, of which a file must have one.
const IDS: [&str; 2] = ["user_id", "company_id"];
/// How much is read at a time.
const PIECE: usize = 64 * 1024;

pub(super) type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// A file that begins as it should.
pub(super) struct Opened {
    pub(super) kind: Kind,
    pub(super) pieces: Pieces,
    pub(super) length: Option<u64>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Csv,
    JsonLines,
}

impl Kind {
    /// By the name of the file.
    pub(super) fn of(name: &str) -> Result<Self, String> {
        let extension = Path::new(name).extension().and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
        match extension.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("ndjson" | "jsonl") => Ok(Self::JsonLines),
            _ => {
                Err("a file to be imported ends in `.csv`, `.ndjson` or `.jsonl`; it was not sent".to_owned())
            }
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::JsonLines => "application/x-ndjson",
        }
    }

    /// Whether so much is enough to judge the file by.
    fn is_enough(self, head: &[u8]) -> bool {
        let (mut quoted, mut begun) = (false, false);
        head.len() >= MAX_HEADER
            || head.iter().any(|byte| {
                let is_end = matches!(byte, b'\n' | b'\r');
                quoted ^= *byte == b'"';
                begun |= !byte.is_ascii_whitespace();
                is_end
                    && match self {
                        Self::Csv => !quoted,
                        Self::JsonLines => begun,
                    }
            })
    }

    fn judge(self, head: &[u8]) -> Result<(), String> {
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err("it is UTF-16, and must be UTF-8; it was not sent".to_owned());
        }
        match self {
            Self::Csv => judge_header(head),
            Self::JsonLines => {
                let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
                match head.first() {
                    Some(b'{') => judge_line(head),
                    Some(b'[') => {
                        Err("it is one JSON list, and should be one object a line; it was not sent"
                            .to_owned())
                    }
                    Some(_) => Err("its first line is no JSON object; it was not sent".to_owned()),
                    None => Err("it is empty; it was not sent".to_owned()),
                }
            }
        }
    }
}

/// Judges the first line of newline-delimited JSON; one that is too long to be read here is let pass.
fn judge_line(head: &[u8]) -> Result<(), String> {
    let end = head.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    if end.is_none() && head.len() >= MAX_HEADER - 4 {
        return Ok(());
    }
    let Ok(Value::Object(first)) =
        serde_json::from_slice(head.get(..end.unwrap_or(head.len())).unwrap_or(head))
    else {
        return Err("its first line is no whole JSON object, of which there is one a line; it was not sent"
            .to_owned());
    };
    let is_id = |name: &&str| first.get(*name).is_some_and(|id| !id.is_null() && id != "");
    if IDS.iter().any(is_id) {
        return Ok(());
    }
    Err("its first line has neither a `user_id` nor a `company_id`; it was not sent".to_owned())
}

fn judge_header(head: &[u8]) -> Result<(), String> {
    let mut header = csv::ByteRecord::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(head);
    let is_read = reader.read_byte_record(&mut header).unwrap_or(false);
    if !is_read {
        return Err("it is empty and has no header; it was not sent".to_owned());
    }
    let times = |id: &str| header.iter().filter(|column| column.trim_ascii() == id.as_bytes()).count();
    if let Some(id) = IDS.iter().find(|id| times(id) > 1) {
        return Err(format!("its header has {} columns `{id}`; it was not sent", times(id)));
    }
    if IDS.iter().any(|id| times(id) == 1) {
        return Ok(());
    }
    let is_alike =
        |column: &[u8]| IDS.iter().any(|id| column.trim_ascii().eq_ignore_ascii_case(id.as_bytes()));
    let hint = if header.iter().any(is_alike) {
        " (one is written otherwise: case matters)"
    } else if header.len() == 1 {
        " (columns are separated by commas)"
    } else {
        ""
    };
    Err(format!("its header has neither a column `user_id` nor `company_id`{hint}; it was not sent"))
}

/// What a reader gives, piece by piece.
pub(super) fn pieces(
    reader: impl AsyncRead + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    ReaderStream::with_capacity(Box::pin(reader), PIECE)
}

/// Opens a file and judges it.
pub(super) async fn open(path: &Path, kind: Kind) -> Result<Opened, String> {
    let unreadable = |error: io::Error| format!("the file cannot be read: {}; it was not sent", error.kind());
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let facts = file.metadata().await.map_err(unreadable)?;
    if !facts.is_file() {
        return Err("it is no file; it was not sent".to_owned());
    }
    let length = facts.len();
    if length > MAX_FILE {
        return Err(format!("the file has {length} bytes, and may have {MAX_FILE} (50 MB); it was not sent"));
    }
    judge(pieces(file).boxed(), kind, Some(length)).await
}

/// Judges a file by how it begins.
pub(super) async fn judge(mut pieces: Pieces, kind: Kind, length: Option<u64>) -> Result<Opened, String> {
    let mut head = BytesMut::new();
    while !kind.is_enough(&head) {
        match pieces.next().await {
            Some(Ok(piece)) => head.extend_from_slice(&piece),
            Some(Err(error)) => {
                return Err(format!("the file cannot be read: {}; it was not sent", error.kind()));
            }
            None => break,
        }
    }
    kind.judge(&head)?;
    let pieces = stream::iter([Ok(head.freeze())]).chain(pieces).boxed();
    Ok(Opened { kind, pieces, length })
}
