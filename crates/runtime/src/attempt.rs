//! One attempt: send, wait for the first byte, read the body within its limits.

mod sending;

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use progenitor_client::ByteStream;
use reqwest::{Body, Request, Response};
use tokio::time::{Instant, timeout, timeout_at};

use crate::at_once::at_once;
use crate::gathered::Gathered;
use crate::options::{Options, Timeouts};
use crate::{Delivery, Error, Kind, Operation, classify};

/// A point in time that is never reached, for limits that no clock can be set to.
const NEVER: Duration = Duration::from_secs(30 * 365 * 86_400);

/// When `wait` from `begin` on will be over.
pub(crate) fn after(begin: Instant, wait: Duration) -> Instant {
    begin.checked_add(wait).unwrap_or_else(|| begin + NEVER)
}

/// Sends the request and waits for the head of the answer, but not past the deadline that is `left` away.
pub(crate) async fn send(
    http: &reqwest::Client,
    operation: &'static Operation,
    mut request: Box<Request>,
    timeouts: &Timeouts,
    left: Option<Duration>,
) -> Result<Response, Error> {
    let progress = sending::watch(&mut request);
    let answer = http.execute(*request);
    let answer = match progress {
        // The request is in memory and small: sending it takes no time worth telling from waiting.
        None => {
            let limit = left.map_or(timeouts.first_byte, |left| left.min(timeouts.first_byte));
            timeout(limit, answer).await.map_err(|_| silent(operation, limit))?
        }
        Some(progress) => {
            let sending = sending::until_silent(answer, progress, timeouts, left, operation);
            // Rare, and so not a part of every call's future.
            Box::pin(sending).await?
        }
    };
    answer.map_err(|error| classify::unanswered(operation, error))
}

pub(crate) fn silent(operation: &'static Operation, limit: Duration) -> Error {
    Error::new(Kind::Timeout, Some(operation), format!("no answer began within {} s", limit.as_secs_f64()))
        .delivered(Delivery::MaybeProcessed)
}

/// Reads a whole body: no more than the cap once decompressed, and no slower than the least rate. What the head
/// says stays with the answer, whatever becomes of its body.
pub(crate) async fn read(
    operation: &'static Operation,
    answer: &mut Response,
    options: &Options,
) -> Result<Bytes, Error> {
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
                    let end = *stretch.get_or_insert_with(|| after(Instant::now(), timeouts.stall));
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
    Ok(body.finish())
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
