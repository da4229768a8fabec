//! One attempt: send, wait for the first byte, read the body within its limits.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use progenitor_client::ByteStream;
use reqwest::{Body, Request, Response};
use tokio::time::{Instant, timeout, timeout_at};

use crate::at_once::at_once;
use crate::error::Answer;
use crate::gathered::Gathered;
use crate::options::{Options, Timeouts};
use crate::{Delivery, Error, Kind, Operation, classify};

/// Sends the request and waits for the head of the answer, but not past the deadline that is `left` away.
pub(crate) async fn send(
    http: &reqwest::Client,
    operation: &'static Operation,
    mut request: Box<Request>,
    timeouts: &Timeouts,
    left: Option<Duration>,
) -> Result<Response, Error> {
    let progress = watch_upload(&mut request);
    let answer = http.execute(*request);
    let answer = match progress {
        // The request is in memory: sending it takes no time worth telling from waiting.
        None => {
            let limit = left.map_or(timeouts.first_byte, |left| left.min(timeouts.first_byte));
            timeout(limit, answer).await.map_err(|_| silent(operation, limit))?
        }
        Some(progress) => until_silent(answer, &progress, timeouts.first_byte, operation).await?,
    };
    answer.map_err(|error| classify::unanswered(operation, error))
}

fn silent(operation: &'static Operation, limit: Duration) -> Error {
    Error::new(Kind::Timeout, Some(operation), format!("no answer began within {} s", limit.as_secs_f64()))
        .delivered(Delivery::MaybeProcessed)
}

/// Waits for `answer` as long as the upload goes on, and `limit` from its last byte on.
async fn until_silent<T>(
    answer: impl Future<Output = T>,
    progress: &Progress,
    limit: Duration,
    operation: &'static Operation,
) -> Result<T, Error> {
    let mut answer = std::pin::pin!(answer);
    let mut seen = progress.polls();
    loop {
        match timeout_at(Instant::now() + limit, &mut answer).await {
            Ok(answer) => return Ok(answer),
            Err(_) if progress.polls() != seen => seen = progress.polls(),
            Err(_) => return Err(silent(operation, limit)),
        }
    }
}

/// How often an upload has been asked for its next piece.
#[derive(Clone, Default)]
struct Progress(Arc<AtomicU64>);

impl Progress {
    fn polls(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Puts a counter around a streamed body. A body in memory needs none.
fn watch_upload(request: &mut Request) -> Option<Progress> {
    let is_streamed = request.body().is_some_and(|body| body.as_bytes().is_none());
    let body = if is_streamed { request.body_mut().take()? } else { return None };
    let progress = Progress::default();
    *request.body_mut() = Some(Body::wrap(Watched { body, progress: progress.clone() }));
    Some(progress)
}

struct Watched {
    body: Body,
    progress: Progress,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_ready() {
            self.progress.0.fetch_add(1, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Reads a whole body: no more than the cap once decompressed, and no slower than the least rate.
pub(crate) async fn read(
    operation: &'static Operation,
    mut answer: Response,
    options: &Options,
) -> Result<Answer, Error> {
    let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
    let timeouts = &options.timeouts;
    let mut body = Gathered::default();
    let mut stretch = None;
    let mut brought = 0;
    loop {
        let piece = {
            let mut piece = pin!(answer.chunk());
            match at_once(piece.as_mut()).await {
                Poll::Ready(piece) => piece,
                Poll::Pending => {
                    let end = *stretch.get_or_insert_with(|| Instant::now() + timeouts.stall);
                    match timeout_at(end, piece).await {
                        Ok(piece) => piece,
                        Err(_) if brought >= timeouts.min_bytes => {
                            (brought, stretch) = (0, None);
                            continue;
                        }
                        Err(_) => return Err(stalled(operation, timeouts)),
                    }
                }
            }
        };
        let Some(piece) = piece.map_err(|error| classify::unanswered(operation, error))? else { break };
        brought += piece.len();
        if body.len() + piece.len() > options.max_response {
            let detail = format!(
                "the answer is larger than {} bytes, which is as much as is read",
                options.max_response
            );
            return Err(Error::new(Kind::TooLarge, Some(operation), detail).delivered(Delivery::Answered));
        }
        body.push(piece);
    }
    Ok(Answer { status, headers, body: body.finish() })
}

/// A body as it arrives, given up when it stalls. Only time spent waiting for the vendor counts: whoever
/// reads may take as long as they like. Among the causes of an error of this stream is an [`Error`].
pub(crate) fn stream(operation: &'static Operation, answer: Response, timeouts: Timeouts) -> ByteStream {
    let start = (answer, timeouts, Duration::ZERO, 0);
    let pieces = futures::stream::try_unfold(
        start,
        move |(mut answer, timeouts, mut waited, mut brought)| async move {
            loop {
                let asked = Instant::now();
                let left = timeouts.stall.saturating_sub(waited);
                let Ok(piece) = timeout(left, answer.chunk()).await else {
                    return Err(stalled(operation, &timeouts));
                };
                let Some(piece) = piece.map_err(|error| classify::unanswered(operation, error))? else {
                    return Ok(None);
                };
                waited += asked.elapsed();
                brought += piece.len();
                if brought >= timeouts.min_bytes {
                    (waited, brought) = (Duration::ZERO, 0);
                }
                if !piece.is_empty() {
                    return Ok(Some((piece, (answer, timeouts, waited, brought))));
                }
            }
        },
    );
    // The way to an error of the HTTP client that has a cause of ours.
    let answer = Response::from(hyper::Response::new(Body::wrap_stream(pieces)));
    ByteStream::new(Box::pin(answer.bytes_stream()))
}

fn stalled(operation: &'static Operation, timeouts: &Timeouts) -> Error {
    let detail = format!(
        "the answer stalled: less than {} bytes in {} s",
        timeouts.min_bytes,
        timeouts.stall.as_secs_f64()
    );
    Error::new(Kind::Timeout, Some(operation), detail).delivered(Delivery::MaybeProcessed)
}
