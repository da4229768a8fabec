//! The right to send one request, held as a value.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::lane::Lane;
use super::store::Ticket;

/// The right to send one request, from [`Quota::acquire`](super::Quota::acquire).
///
/// While it lives it holds one of the pool's places under way, if the pool limits them; keep it until the
/// answer has been read. Its slot in the windows is another matter: a request that was sent has spent it, and
/// one that was not gives it back.
///
/// | before it is dropped | the slot |
/// |---|---|
/// | neither was called | is given back, and the next in the queue may have it |
/// | [`sent`](Permit::sent) | is spent, from then and a bit: nobody knows when the request arrived |
/// | `sent`, then [`answered`](Permit::answered) | is spent, from the latest it can have arrived |
///
/// One permit is for one attempt; a retry acquires another.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), revops_runtime::quota::Refused> {
/// use revops_runtime::api::Window;
/// use revops_runtime::quota::{PoolLimits, Quota};
///
/// let day = Window { limit: 2, seconds: 86_400 };
/// let quota = Quota::builder(&[]).pool("users", PoolLimits { windows: vec![day], concurrency: None }).build();
///
/// drop(quota.acquire("users", None).await?);
/// assert_eq!(quota.remaining("users")[0].left, 2); // given back
///
/// let mut permit = quota.acquire("users", None).await?;
/// permit.sent(); // and now the request goes
/// permit.answered(); // and now its headers have come
/// drop(permit);
/// assert_eq!(quota.remaining("users")[0].left, 1);
/// # Ok(()) }
/// ```
#[must_use = "a permit that is dropped before `sent` gives its slot back"]
pub struct Permit {
    /// `None` if no pool is concerned.
    held: Option<Held>,
}

struct Held {
    lane: Arc<Lane>,
    ticket: Ticket,
    state: State,
    _slot: Option<OwnedSemaphorePermit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reserved,
    Sent(Duration),
    Answered,
}

impl Permit {
    pub(super) fn new(lane: Arc<Lane>, ticket: Ticket, slot: Option<OwnedSemaphorePermit>) -> Self {
        Self { held: Some(Held { lane, ticket, state: State::Reserved, _slot: slot }) }
    }

    /// A permit of no pool.
    pub(super) fn free() -> Self {
        Self { held: None }
    }

    /// Says that the request leaves now: call it right before handing the request to the network, for from
    /// here on the slot is spent whatever happens. A second call does nothing.
    ///
    /// **A request sent without this call is not counted.**
    pub fn sent(&mut self) {
        if let Some(held) = &mut self.held
            && held.state == State::Reserved
        {
            held.state = State::Sent(held.lane.sent(held.ticket));
        }
    }

    /// Says that the head of the answer has come, whatever its status. It tells how late the request can have
    /// arrived at most, which lets the slot be used again earlier by up to the quota's
    /// [`jitter`](super::QuotaBuilder::jitter). Not calling it costs that much and is otherwise safe; do not
    /// call it when the attempt ended without an answer. Before `sent`, and a second time, it does nothing.
    pub fn answered(&mut self) {
        if let Some(held) = &mut self.held
            && let State::Sent(sent) = held.state
        {
            held.lane.answered(held.ticket, sent);
            held.state = State::Answered;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.state == State::Reserved {
            self.lane.give_back(self.ticket);
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("state", &self.held.as_ref().map(|held| held.state)).finish()
    }
}
