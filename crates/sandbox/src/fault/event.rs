//! What happened, in order, and what was received.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::{Act, Received, Script};

/// One thing that happened on one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// When.
    pub at: Instant,
    /// The number of the connection, from 0.
    pub connection: u64,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A connection was accepted.
    Accepted,
    /// The handshake of TLS failed, usually because the client does not trust the certificate.
    HandshakeFailed,
    /// The head of the request of this number was read.
    Head(u64),
    /// Its body was read, too.
    Body(u64),
    /// The script had no act for it.
    Unscripted(u64),
    /// All of the answer to it was sent: so many bytes.
    Answered(u64, u64),
    /// The answer to it was cut after so many bytes.
    Cut(u64, u64),
    /// The request of this number was refused in the way of HTTP/2.
    Refused(u64),
    /// What came was no HTTP/1 request, or one above the limits.
    Rejected,
    /// A connection was used again that ends on that.
    Reused,
    /// We closed the connection.
    Closed,
    /// We reset the connection.
    Reset,
    /// Nothing more will be sent on the connection.
    Hanging,
    /// The peer closed or reset the connection.
    PeerClosed,
}

/// What a server and its connections share.
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) changed: Notify,
    pub(super) discard_bodies: bool,
}

struct State {
    script: Script,
    keep: usize,
    connections: u64,
    /// How many heads were read.
    heads: u64,
    received: VecDeque<Received>,
    events: VecDeque<Event>,
}

impl Shared {
    pub(super) fn new(script: Script) -> Self {
        let (keep, discard_bodies) = (script.keep, script.discard_bodies);
        let state = State {
            script,
            keep,
            connections: 0,
            heads: 0,
            received: VecDeque::new(),
            events: VecDeque::new(),
        };
        Self { state: Mutex::new(state), changed: Notify::new(), discard_bodies }
    }

    /// The number of a new connection and what is done about it.
    pub(super) fn accept(&self) -> (u64, super::Opening) {
        let (number, opening) = self.with(|state| {
            let number = state.connections;
            state.connections += 1;
            (number, state.script.opening(number).clone())
        });
        self.record(number, EventKind::Accepted);
        (number, opening)
    }

    /// The number of a new request.
    pub(super) fn number(&self) -> u64 {
        self.with(|state| {
            state.heads += 1;
            state.heads - 1
        })
    }

    pub(super) fn act(&self, received: &Received) -> Option<Act> {
        self.with(|state| state.script.next(received))
    }

    pub(super) fn receive(&self, received: &Received) {
        self.with(|state| push(&mut state.received, received.clone(), state.keep));
        self.changed.notify_waiters();
    }

    pub(super) fn record(&self, connection: u64, kind: EventKind) {
        let event = Event { at: Instant::now(), connection, kind };
        self.with(|state| push(&mut state.events, event, state.keep.saturating_mul(4)));
        self.changed.notify_waiters();
    }

    pub(super) fn requests(&self) -> Vec<Received> {
        self.with(|state| state.received.iter().cloned().collect())
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.with(|state| state.events.iter().cloned().collect())
    }

    /// How many connections and requests there were.
    pub(super) fn counts(&self) -> (u64, u64) {
        self.with(|state| (state.connections, state.heads))
    }

    pub(super) fn replace(&self, script: Script) {
        self.with(|state| state.script = script);
    }

    fn with<T>(&self, use_state: impl FnOnce(&mut State) -> T) -> T {
        use_state(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn push<T>(ring: &mut VecDeque<T>, item: T, keep: usize) {
    ring.push_back(item);
    while ring.len() > keep {
        ring.pop_front();
    }
}
