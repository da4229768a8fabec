//! A body on its way out: whose turn it is, and since when.

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use reqwest::{Body, Request};
use tokio::time::{Instant, timeout_at};

use super::{after, silent};
use crate::options::Timeouts;
use crate::{Delivery, Error, Kind, Operation};

/// A body in memory of no more than this is on its way at once.
const SMALL: usize = 64 * 1024;

/// How much is handed over at a time, so that a slow line is seen to take some of a large piece.
const PIECE: usize = 16 * 1024;

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The connection's: it has not asked for the body yet.
    Connection,
    /// The vendor's: it has not taken the last piece yet.
    Vendor,
    /// The caller's: the body has no further piece yet.
    Caller,
    /// The vendor's: everything was handed over.
    Over,
}

/// Whose turn it is, and since when.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<(Turn, Instant)>>);

impl Progress {
    fn get(&self) -> (Turn, Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, turn: Turn) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A pause began when it was first asked in vain.
        if current.0 != Turn::Caller || turn != Turn::Caller {
            *current = (turn, Instant::now());
        }
    }
}

/// Watches a body that takes time to send. A small one in memory does not.
pub(super) fn watch(request: &mut Request) -> Option<Progress> {
    let takes_time = request.body()?.as_bytes().is_none_or(|bytes| bytes.len() > SMALL);
    let body = if takes_time { request.body_mut().take()? } else { return None };
    let progress = Progress(Arc::new(Mutex::new((Turn::Connection, Instant::now()))));
    *request.body_mut() = Some(Body::wrap(Watched { body, rest: Bytes::new(), progress: progress.clone() }));
    Some(progress)
}

struct Watched {
    body: Body,
    /// What the body gave and is not handed over yet.
    rest: Bytes,
    progress: Progress,
}

impl Watched {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                other => return other,
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl Drop for Watched {
    /// A body of known length is not asked whether that was all.
    fn drop(&mut self) {
        if self.progress.get().0 != Turn::Over {
            self.progress.set(Turn::Over);
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let polled = self.poll(context);
        self.progress.set(match polled {
            Poll::Pending => Turn::Caller,
            Poll::Ready(Some(_)) if !self.is_end_stream() => Turn::Vendor,
            Poll::Ready(_) => Turn::Over,
        });
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower().saturating_add(rest));
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper.saturating_add(rest));
        }
        whole
    }
}

/// Waits for `answer`: for as long as the caller's stream takes, and the vendor takes what it gives; from the
/// last piece on no longer than for any answer. A deadline ends the caller's pauses and the wait at the end.
pub(super) async fn until_silent<T>(
    answer: impl Future<Output = T>,
    progress: Progress,
    timeouts: &Timeouts,
    left: Option<Duration>,
    operation: &'static Operation,
) -> Result<T, Error> {
    let mut answer = pin!(answer);
    let deadline = left.map(|left| after(Instant::now(), left));
    let in_time = |end: Instant| deadline.map_or(end, |deadline| end.min(deadline));
    // The turn may change while this sleeps, so it looks often enough for the shorter limit.
    let tick = timeouts.first_byte.min(timeouts.stall).max(Duration::from_millis(1));
    loop {
        let (turn, since) = progress.get();
        let end = match turn {
            Turn::Connection | Turn::Over => Some(in_time(after(since, timeouts.first_byte))),
            Turn::Vendor => Some(after(since, timeouts.stall)),
            Turn::Caller => deadline.map(|deadline| deadline.max(after(since, timeouts.stall))),
        };
        let now = Instant::now();
        if end.is_some_and(|end| end <= now) {
            return Err(match turn {
                Turn::Connection | Turn::Over => silent(operation, now.duration_since(since)),
                Turn::Vendor => stuck(operation, "the vendor took nothing of", timeouts.stall),
                Turn::Caller => {
                    stuck(operation, "the deadline has passed, and nothing came of", timeouts.stall)
                }
            });
        }
        let next = after(now, tick);
        if let Ok(answer) = timeout_at(end.map_or(next, |end| end.min(next)), &mut answer).await {
            return Ok(answer);
        }
    }
}

fn stuck(operation: &'static Operation, what: &str, limit: Duration) -> Error {
    let detail = format!("the upload stalled: {what} its body for {} s", limit.as_secs_f64());
    Error::new(Kind::Timeout, Some(operation), detail).delivered(Delivery::MaybeProcessed)
}
