//! Where the log of a pool is kept: in this process, or wherever an implementation of [`Store`] puts it.

use std::time::Duration;

use futures::future::BoxFuture;

/// One window of a pool as a store keeps it: at most `limit` requests in any `per`, and `margin` more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many requests. Never 0.
    pub limit: u32,
    /// The length of the vendor's window. Never zero.
    pub per: Duration,
    /// How much longer than `per` a request occupies its slot.
    pub margin: Duration,
}

impl Rate {
    /// How long a request occupies its slot: `per` and `margin`.
    #[must_use]
    pub fn span(&self) -> Duration {
        self.per.saturating_add(self.margin)
    }
}

/// The name of one reservation, chosen by the store and unique in its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(u64);

impl Ticket {
    /// A ticket of this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What a store answers to one who wants to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// The slot is taken. It counts as used now, however much time goes by, until
    /// [`sent`](Store::sent) or [`give_back`](Store::give_back) says otherwise.
    Granted(Ticket),
    /// No slot is free. Asking again makes no sense before this time has passed.
    Wait(Duration),
}

/// What is left of one window of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    /// How many requests the window allows.
    pub limit: u32,
    /// The length of the window.
    pub per: Duration,
    /// How many requests may go now; 0 while the pool is paused.
    pub left: u32,
    /// When all of the window is free again if nothing more is sent; zero if nothing is used and the pool is
    /// not paused.
    pub resets_in: Duration,
}

/// Keeps, for each pool, when its last requests were sent.
///
/// [`InProcess`](super::InProcess) is the default. The trait is shaped so that a store shared by several
/// processes can implement it, such as a Redis script or a locked file:
///
/// - no point in time crosses it, only durations from now, because clocks of two processes share no epoch;
/// - the windows come with every question, so that a store needs no configuration of its own;
/// - what needs an answer, [`reserve`](Store::reserve), [`forecast`](Store::forecast) and
///   [`paused`](Store::paused), is async. The rest are notes: they return at once, and a store across a network puts them in order and delivers them
///   when it can, at the latest with its next question. A note about a ticket it no longer knows is ignored;
/// - there are no errors: a store that loses its other side decides for its owner whether to go on with what
///   it knows or to answer [`Reserved::Wait`].
///
/// The caller asks for one reservation of a pool at a time, in the order of arrival.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use futures::future::BoxFuture;
/// use revops_runtime::quota::{InProcess, Rate, Remaining, Reserved, Store, Ticket};
///
/// /// Writes down what is granted, and leaves the rest to another store.
/// struct Audited(InProcess);
///
/// impl Store for Audited {
///     fn reserve<'a>(&'a self, pool: &'a str, rates: &'a [Rate]) -> BoxFuture<'a, Reserved> {
///         Box::pin(async move {
///             let reserved = self.0.reserve(pool, rates).await;
///             println!("{pool}: {reserved:?}");
///             reserved
///         })
///     }
///     fn forecast<'a>(&'a self, pool: &'a str, rates: &'a [Rate], ahead: usize) -> BoxFuture<'a, Duration> {
///         self.0.forecast(pool, rates, ahead)
///     }
///     fn sent(&self, pool: &str, ticket: Ticket, late: Duration) { self.0.sent(pool, ticket, late) }
///     fn earlier(&self, pool: &str, ticket: Ticket, by: Duration) { self.0.earlier(pool, ticket, by) }
///     fn give_back(&self, pool: &str, ticket: Ticket) { self.0.give_back(pool, ticket) }
///     fn pause(&self, pool: &str, wait: Duration) { self.0.pause(pool, wait) }
///     fn paused<'a>(&'a self, pool: &'a str) -> BoxFuture<'a, Duration> { self.0.paused(pool) }
///     fn remaining(&self, pool: &str, rates: &[Rate]) -> Vec<Remaining> { self.0.remaining(pool, rates) }
/// }
/// ```
pub trait Store: Send + Sync {
    /// Takes a slot in every window of `pool` or in none. Dropping the future before it ends must leave no
    /// slot taken, or one that the store frees by itself.
    fn reserve<'a>(&'a self, pool: &'a str, rates: &'a [Rate]) -> BoxFuture<'a, Reserved>;

    /// How long a request would wait at least if `ahead` others went first. It may be too short, never too
    /// long: callers are refused on its word.
    fn forecast<'a>(&'a self, pool: &'a str, rates: &'a [Rate], ahead: usize) -> BoxFuture<'a, Duration>;

    /// The request is being sent, and counts as if it had been sent `late` after now.
    fn sent(&self, pool: &str, ticket: Ticket, late: Duration);

    /// The request, known as sent, counts from a time earlier `by` that much than was said.
    fn earlier(&self, pool: &str, ticket: Ticket, by: Duration);

    /// The reserved slot was not used.
    fn give_back(&self, pool: &str, ticket: Ticket);

    /// Grants nothing of this pool before `wait` has passed; a longer pause already in force stays.
    fn pause(&self, pool: &str, wait: Duration);

    /// How long a pause still lasts; zero if there is none. Only asked where somebody has to wait.
    fn paused<'a>(&'a self, pool: &'a str) -> BoxFuture<'a, Duration>;

    /// What is left of each window, in the order of `rates`, as far as the store knows without asking anybody.
    fn remaining(&self, pool: &str, rates: &[Rate]) -> Vec<Remaining>;
}
