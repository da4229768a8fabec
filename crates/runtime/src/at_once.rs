//! What a future has to say without waiting.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Polls `work` once. Most waits here are over before they begin, and then need neither timer nor listener.
pub(crate) async fn at_once<F: Future + ?Sized>(mut work: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await
}
