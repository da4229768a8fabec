//! The queue of one pool: who waits, in which order, and for what.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit, TryAcquireError};

use super::flight::Fastest;
use super::store::{Rate, Reserved, Store, Ticket};
use super::{Permit, PoolLimits, Refused};
use crate::at_once::at_once;
use crate::clock::Clock;

/// How long a caller waits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Patience {
    /// In all; `None` for as long as it takes.
    pub(crate) whole: Option<Duration>,
    /// For the end of a pause; `None` for as long as it lasts.
    pub(crate) pause: Option<Duration>,
}

/// The same, from when the caller came.
#[derive(Clone, Copy)]
struct Until {
    deadline: Option<Duration>,
    pause: Option<Duration>,
}

/// What all pools of a quota share.
pub(super) struct Shared {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) closed: AtomicBool,
    /// How much longer than its window a slot is held, for windows of a given length.
    pub(super) margin: Box<dyn Fn(Duration) -> Duration + Send + Sync>,
    pub(super) jitter: Duration,
}

/// One pool and its queue.
///
/// The queue is `gate`, a fair semaphore of one: only its holder, the head, asks the store, so that slots are
/// granted in the order of arrival. No lock is held across an await, and a dropped waiter takes its
/// place in the queue with it, because the place is a part of its future.
pub(super) struct Lane {
    name: String,
    rates: Vec<Rate>,
    /// A limit is 0: nothing may ever go.
    shut: bool,
    jitter: Duration,
    gate: Semaphore,
    slots: Option<Arc<Semaphore>>,
    /// Nobody declared it: it was made to be paused.
    implied: bool,
    waiting: AtomicUsize,
    /// A slot may have become free earlier than the head was told.
    freed: Notify,
    /// The pool was paused or closed: all who wait think again.
    news: Notify,
    fastest: Mutex<Fastest>,
    shared: Arc<Shared>,
}

impl Lane {
    pub(super) fn new(name: String, limits: &PoolLimits, shared: Arc<Shared>) -> Self {
        let jitter = shared.jitter;
        let windows = limits.windows.iter().filter(|window| window.seconds > 0);
        let rates = windows.map(|window| {
            let per = Duration::from_secs(window.seconds.into());
            Rate { limit: window.limit, per, margin: (shared.margin)(per) }
        });
        let (rates, none): (Vec<_>, Vec<_>) = rates.partition(|rate| rate.limit > 0);
        let slots = limits.concurrency.map(|most| (most as usize).min(Semaphore::MAX_PERMITS));
        Self {
            name,
            rates,
            shut: !none.is_empty() || slots == Some(0),
            jitter,
            implied: false,
            gate: Semaphore::new(1),
            slots: slots.map(|most| Arc::new(Semaphore::new(most))),
            waiting: AtomicUsize::new(0),
            freed: Notify::new(),
            news: Notify::new(),
            fastest: Mutex::new(Fastest::new()),
            shared,
        }
    }

    pub(super) fn rates(&self) -> &[Rate] {
        &self.rates
    }

    /// A pool that nobody declared.
    pub(super) fn implied(name: String, shared: Arc<Shared>) -> Self {
        let limits = PoolLimits { windows: Vec::new(), concurrency: None };
        Self { implied: true, ..Self::new(name, &limits, shared) }
    }

    pub(super) fn is_implied(&self) -> bool {
        self.implied
    }

    /// Waits in the queue for a slot under way and for one in every window.
    pub(super) async fn acquire(self: &Arc<Self>, patience: Patience) -> Result<Permit, Refused> {
        if self.shut {
            return Err(self.exhausted(Duration::MAX));
        }
        let deadline = patience.whole.map(|patience| self.now().saturating_add(patience));
        let until = Until { deadline, pause: patience.pause };
        let place = Place::behind(&self.waiting);
        let mut turn = None;
        // Mostly nobody waits and everything is free. That needs neither timer nor listener.
        if let Ok(mine) = self.gate.try_acquire() {
            turn = Some(mine);
            if let Ok(slot) = self.free_slot()
                && let Reserved::Granted(ticket) = self.shared.store.reserve(&self.name, &self.rates).await
            {
                return Ok(Permit::new(Arc::clone(self), ticket, slot));
            }
        }
        // A wait is long, and so it can be somewhere else than in every call's future.
        Box::pin(self.queued(place, turn, until)).await
    }

    /// A place under way that is free now, if the pool limits them.
    fn free_slot(&self) -> Result<Option<OwnedSemaphorePermit>, TryAcquireError> {
        self.slots.as_ref().map(|slots| Arc::clone(slots).try_acquire_owned()).transpose()
    }

    async fn queued<'a>(
        self: &'a Arc<Self>,
        place: Place<'a>,
        turn: Option<SemaphorePermit<'a>>,
        until: Until,
    ) -> Result<Permit, Refused> {
        let _turn = if let Some(turn) = turn {
            turn
        } else {
            let turn = self.within(until, place.ahead, self.gate.acquire()).await?;
            turn.map_err(|_| Refused::Closed)?
        };
        let slot = match &self.slots {
            None => None,
            Some(slots) => {
                let slot = self.within(until, 0, Arc::clone(slots).acquire_owned()).await?;
                Some(slot.map_err(|_| Refused::Closed)?)
            }
        };
        loop {
            // Listening starts before asking, so that no slot is freed unheard in between.
            let mut freed = pin!(self.freed.notified());
            freed.as_mut().enable();
            let wait = match self.shared.store.reserve(&self.name, &self.rates).await {
                Reserved::Granted(ticket) => {
                    return Ok(Permit::new(Arc::clone(self), ticket, slot));
                }
                Reserved::Wait(wait) => wait.max(Duration::from_millis(1)),
            };
            self.bears_pause(until).await?;
            if until.deadline.is_some_and(|deadline| self.now().saturating_add(wait) > deadline) {
                return Err(self.exhausted(wait));
            }
            let mut sleep = self.shared.clock.sleep(wait);
            let either = poll_fn(|cx| {
                let over = sleep.as_mut().poll(cx).is_ready() || freed.as_mut().poll(cx).is_ready();
                if over { Poll::Ready(()) } else { Poll::Pending }
            });
            self.within(until, 0, either).await?;
        }
    }

    /// Whether a pause, if there is one, is no longer than the caller waits for.
    async fn bears_pause(&self, until: Until) -> Result<(), Refused> {
        let Some(most) = until.pause else { return Ok(()) };
        let wait = self.shared.store.paused(&self.name).await;
        if wait <= most { Ok(()) } else { Err(Refused::Paused { pool: self.name.clone(), wait }) }
    }

    /// Awaits `work`, but not beyond the deadline, not after the pool is closed, not through a pause that is
    /// too long, and not at all if it is certain by now that the deadline comes before the slot.
    async fn within<F: Future>(&self, until: Until, mut ahead: usize, work: F) -> Result<F::Output, Refused> {
        let mut work = pin!(work);
        // The first poll takes the place in the queue, and mostly it is all there is to wait for.
        if let Poll::Ready(done) = at_once(work.as_mut()).await {
            return Ok(done);
        }
        loop {
            let mut news = pin!(self.news.notified());
            news.as_mut().enable();
            if self.shared.closed.load(Ordering::SeqCst) {
                return Err(Refused::Closed);
            }
            self.bears_pause(until).await?;
            let mut late = None;
            if let Some(deadline) = until.deadline {
                let wait = self.shared.store.forecast(&self.name, &self.rates, ahead).await;
                let left = deadline.saturating_sub(self.now());
                if wait > left {
                    return Err(self.exhausted(wait));
                }
                late = Some(self.shared.clock.sleep(left));
            }
            let next = poll_fn(|cx| {
                if let Poll::Ready(done) = work.as_mut().poll(cx) {
                    return Poll::Ready(Next::Done(done));
                }
                if news.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Next::News);
                }
                match late.as_mut().map(|late| late.as_mut().poll(cx)) {
                    Some(Poll::Ready(())) => Poll::Ready(Next::Late),
                    _ => Poll::Pending,
                }
            });
            match next.await {
                Next::Done(done) => return Ok(done),
                // Some of those ahead may have gone; nobody knows how many.
                Next::News => ahead = 0,
                Next::Late => {
                    let wait = self.shared.store.forecast(&self.name, &self.rates, 0).await;
                    return Err(self.exhausted(wait));
                }
            }
        }
    }

    /// The request of `ticket` leaves now. It counts as if it arrived as late as any, until it is known better.
    pub(super) fn sent(&self, ticket: Ticket) -> Duration {
        self.shared.store.sent(&self.name, ticket, self.jitter);
        self.now()
    }

    /// The request of `ticket` that left at `sent` is answered, and so it arrived at most this late.
    pub(super) fn answered(&self, ticket: Ticket, sent: Duration) {
        let took = self.now().saturating_sub(sent);
        let late = self.fastest.lock().unwrap_or_else(PoisonError::into_inner).excess(took);
        if late < self.jitter {
            self.shared.store.earlier(&self.name, ticket, self.jitter.saturating_sub(late));
            self.freed.notify_waiters();
        }
    }

    pub(super) fn give_back(&self, ticket: Ticket) {
        self.shared.store.give_back(&self.name, ticket);
        self.freed.notify_waiters();
    }

    pub(super) fn pause(&self, wait: Duration) {
        self.shared.store.pause(&self.name, wait);
        self.news.notify_waiters();
    }

    /// Wakes all who wait; the caller has set `closed` before.
    pub(super) fn close(&self) {
        self.gate.close();
        if let Some(slots) = &self.slots {
            slots.close();
        }
        self.news.notify_waiters();
    }

    fn now(&self) -> Duration {
        self.shared.clock.now()
    }

    fn exhausted(&self, wait: Duration) -> Refused {
        Refused::Exhausted { pool: self.name.clone(), wait }
    }
}

/// Why a wait ended.
enum Next<T> {
    Done(T),
    News,
    Late,
}

/// A place in the queue, counted while it lives.
struct Place<'a> {
    waiting: &'a AtomicUsize,
    ahead: usize,
}

impl<'a> Place<'a> {
    fn behind(waiting: &'a AtomicUsize) -> Self {
        Self { waiting, ahead: waiting.fetch_add(1, Ordering::SeqCst) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}
