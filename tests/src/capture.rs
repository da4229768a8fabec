//! A reader that stops reading, for uploads that must not be held in memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;

/// How often a sender may run without producing anything before it counts as stopped.
const PATIENCE: u32 = 2000;
/// How much of both ends of a body is kept.
const KEPT: usize = 1024;

/// A server for one upload.
#[derive(Debug)]
pub struct Reader(TcpListener);

/// What one upload was.
#[derive(Debug)]
pub struct Upload {
    /// The request line.
    pub line: String,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// How much had been produced when the sender stopped, while nothing of the body had been read.
    pub ahead: u64,
    /// How long the body was, without its transfer coding.
    pub length: u64,
    /// How it began.
    pub start: Vec<u8>,
    /// How it ended.
    pub end: Vec<u8>,
}

impl Reader {
    /// Listens on a port of its own.
    ///
    /// # Panics
    /// If this machine has none.
    pub async fn start() -> Self {
        Self(TcpListener::bind(("127.0.0.1", 0)).await.expect("a port on loopback"))
    }

    /// Where it listens.
    ///
    /// # Panics
    /// If the socket cannot tell.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("an address"))
    }

    /// Reads the head of one request and no more until the sender, who counts in `produced`, has stopped;
    /// then reads the rest and sends `answer`.
    ///
    /// # Panics
    /// If the connection breaks, or what arrives is not HTTP.
    pub async fn receive(self, produced: &AtomicU64, answer: &str) -> Upload {
        let (stream, _) = self.0.accept().await.expect("a connection");
        let mut stream = BufReader::new(stream);
        let line = line(&mut stream).await;
        let mut headers = BTreeMap::new();
        loop {
            let header = self::line(&mut stream).await;
            let Some((name, value)) = header.split_once(':') else { break };
            assert!(headers.insert(name.to_lowercase(), value.trim().to_owned()).is_none(), "{name} twice");
        }
        let ahead = stopped(produced).await;
        let mut upload = Upload { line, headers, ahead, length: 0, start: Vec::new(), end: Vec::new() };
        match upload.headers.get("content-length").cloned() {
            Some(length) => upload.read(&mut stream, length.parse().expect("a length")).await,
            None => loop {
                let size = self::line(&mut stream).await;
                let size = u64::from_str_radix(&size, 16).expect("the size of a chunk");
                upload.read(&mut stream, size).await;
                assert_eq!(self::line(&mut stream).await, "");
                if size == 0 {
                    break;
                }
            },
        }
        stream.write_all(answer.as_bytes()).await.expect("the sender listens");
        upload
    }
}

impl Upload {
    async fn read(&mut self, stream: &mut BufReader<TcpStream>, length: u64) {
        let mut buffer = vec![0; 1 << 16];
        let mut rest = length;
        while rest > 0 {
            let room = usize::try_from(rest).unwrap_or(usize::MAX).min(buffer.len());
            let read = stream.read(&mut buffer[..room]).await.expect("the rest of the body");
            assert!(read > 0, "the body ended {rest} bytes early");
            let piece = &buffer[..read];
            let missing = KEPT.saturating_sub(self.start.len());
            self.start.extend(piece.iter().take(missing));
            self.end.extend(&piece[read.saturating_sub(KEPT)..]);
            self.end.drain(..self.end.len().saturating_sub(KEPT));
            self.length += read as u64;
            rest -= read as u64;
        }
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).await.expect("a line");
    line.trim_end().to_owned()
}

/// Lets the sender run until it produces no more.
async fn stopped(produced: &AtomicU64) -> u64 {
    let (mut last, mut idle) = (0, 0);
    while last == 0 || idle < PATIENCE {
        yield_now().await;
        let now = produced.load(Ordering::Relaxed);
        idle = if now == last { idle + 1 } else { 0 };
        last = now;
    }
    last
}
