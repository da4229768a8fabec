//! Serves connections, and takes one away from HTTP for as long as a fault is played on it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use http::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::fault::{self, Act, Line, Received};
use crate::handle::handle;
use crate::server::Shared;

/// How long a connection that was asked to end may take to finish what it is answering.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that was asked to end and has no request under way may take this long to send the
/// rest of an answer.
const LAST_WORD: Duration = Duration::from_millis(50);
/// How many know that a connection is busy while it is not: it, and its service.
const IDLE: usize = 2;

/// By it a request gives its connection away.
#[derive(Clone, Debug)]
pub(crate) struct HandOver {
    /// The number of the connection, from 0.
    pub(crate) connection: u64,
    acts: mpsc::Sender<(Act, Received)>,
}

impl HandOver {
    /// Has the act played in place of an answer; whoever waits for that is dropped with the
    /// connection's service.
    pub(crate) async fn play(&self, act: Act, received: Received) -> Infallible {
        // A connection that is gone has no use for the act.
        let _ = self.acts.send((act, received)).await;
        std::future::pending().await
    }
}

/// The body of an answer that is still being sent.
struct Answering {
    body: Body,
    _begun: Arc<()>,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Accepts until the sender of `stop` is dropped, and then waits for what is being answered.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    let mut stopped = stop.clone();
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            // Nothing is ever sent: it changes by the end of its sender.
            _ = stopped.changed() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Too many open files, most likely: some will be closed.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        connections.spawn(connection(stream, number, Arc::clone(&shared), stop.clone()));
        number += 1;
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let _ = tokio::time::timeout(PATIENCE, async { while connections.join_next().await.is_some() {} }).await;
}

/// Serves one connection until it ends.
async fn connection(stream: TcpStream, number: u64, shared: Arc<Shared>, mut stop: watch::Receiver<()>) {
    let mut line = Line::new(stream);
    loop {
        let Some((left, act, received)) = requests(line, number, &shared, &mut stop).await else { return };
        let played = tokio::select! {
            // Some acts never end.
            _ = stop.changed() => None,
            played = fault::play(left, act, &received) => played,
        };
        let Some(given_back) = played else { return };
        line = given_back;
    }
}

/// Serves requests until the connection ends or an act is to be played on it.
async fn requests(
    line: Line,
    connection: u64,
    shared: &Arc<Shared>,
    stop: &mut watch::Receiver<()>,
) -> Option<(Line, Act, Received)> {
    let (acts, mut taken) = mpsc::channel(1);
    let hand_over = HandOver { connection, acts };
    // Each request under way has one more of it, until its answer was handed to the connection.
    let busy = Arc::new(());
    let begun = Arc::clone(&busy);
    let service = service_fn(move |request: Request<Incoming>| {
        let (shared, hand_over, begun) = (Arc::clone(shared), hand_over.clone(), Arc::clone(&begun));
        async move {
            let response = handle(shared, hand_over, request.map(Body::new)).await;
            Ok::<Response, Infallible>(response.map(|body| Body::new(Answering { body, _begun: begun })))
        }
    });
    let mut http = Box::pin(http1::Builder::new().serve_connection(TokioIo::new(line), service));
    let mut stopping = false;
    let (act, received) = loop {
        tokio::select! {
            // What was answered before is sent before an act is played.
            biased;
            _ = &mut http => return None,
            taken = taken.recv() => break taken?,
            _ = stop.changed(), if !stopping => {
                stopping = true;
                http.as_mut().graceful_shutdown();
            }
            // What has no request by now has half a head at most.
            () = tokio::time::sleep(LAST_WORD), if stopping => {
                if Arc::strong_count(&busy) <= IDLE { return None; }
            }
        }
    };
    let parts = Pin::into_inner(http).into_parts();
    Some((parts.io.into_inner().put_back(parts.read_buf), act, received))
}
