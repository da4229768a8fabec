//! One chunk, sent until each of its items has its outcome.
//!
//! It knows items by their place alone, and not what they are or what the vendor gives for them: what is here is
//! compiled once and not for every kind of item.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;

use super::{ChunkReply, ItemReply, Outcome, Reason};
use crate::backoff::Backoff;
use crate::delivery::{Delivery, Failure, Refusal};

/// When an item is sent again.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) resends: u32,
    pub(super) upsert_safe: bool,
    pub(super) backoff: Backoff,
    pub(super) streak: Streak,
}

/// Whether every item of a chunk that was refused as a whole was refused alone, too, and none was taken since: the
/// reason is in all of them, and to halve the next chunk would be a request for each item, for nothing.
#[derive(Debug, Default)]
pub(super) struct Streak(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// How often items were taken, in whichever chunk.
    taken: u64,
    is_on: bool,
}

impl Streak {
    fn is_on(&self) -> bool {
        self.seen().is_on
    }

    fn taken(&self) -> u64 {
        self.seen().taken
    }

    /// An item was taken.
    fn end(&self) {
        let mut seen = self.seen();
        *seen = Seen { taken: seen.taken.wrapping_add(1), is_on: false };
    }

    /// All items of a chunk were refused alone. It is no streak if others were taken since there were so many.
    fn begin(&self, taken: u64) {
        let mut seen = self.seen();
        seen.is_on |= seen.taken == taken;
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of the items of a chunk at any moment, so that it can be told even if the chunk is dropped.
pub(super) struct Ledger(Mutex<Vec<(usize, State)>>);

enum State {
    /// It was not applied.
    Idle,
    /// It is being sent; or it was, and nobody knows whether it was applied, why being said.
    Doubt(Option<Reason>),
    Final(Outcome<()>),
}

impl Ledger {
    /// What became of each item, now that nothing more will be sent.
    pub(super) fn close(&self) -> Vec<(usize, Outcome<()>)> {
        let close = |(index, state)| {
            let outcome = match state {
                State::Final(outcome) => outcome,
                State::Idle => Outcome::NotApplied { reason: "cancelled before it was sent".into() },
                State::Doubt(reason) => Outcome::Unknown {
                    reason: reason.unwrap_or_else(|| "cancelled while it was being sent".into()),
                },
            };
            (index, outcome)
        };
        std::mem::take(&mut *self.lock()).into_iter().map(close).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(usize, State)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the items at these places of the chunk.
pub(super) type Post = Box<dyn Fn(&[usize]) -> BoxFuture<'static, Result<ChunkReply<()>, Failed>> + Send>;

/// Why there was no answer to each item.
pub(super) struct Failed {
    reason: Reason,
    delivery: Delivery,
    is_retryable: bool,
    is_doubted: bool,
    rejects_whole: bool,
    refusal: Option<Refusal>,
}

impl Failed {
    pub(super) fn of<E: Failure + ToString>(error: E) -> Self {
        Self {
            delivery: error.delivery(),
            is_retryable: error.is_retryable(),
            refusal: error.refusal(),
            is_doubted: error.is_doubted(),
            rejects_whole: error.rejects_whole(),
            reason: Reason::new(error.to_string(), error.into_error().map(Arc::new)),
        }
    }
}

/// A chunk and the items that are to be sent, each by its place in the ledger.
pub(super) struct Chunk {
    pub(super) ledger: Arc<Ledger>,
    items: Vec<usize>,
    post: Post,
}

/// A part of a chunk that is sent at once, by places in `items`; how often it was sent again, and whether it
/// waits before it is.
struct Piece {
    items: Vec<usize>,
    resent: u32,
    wait: bool,
    /// It is not sent if this item of the chunk was refused and none is taken meanwhile, because of this.
    unless_hopeless: Option<(usize, Reason)>,
}

impl Piece {
    fn of(items: Vec<usize>) -> Self {
        Self { items, resent: 0, wait: false, unless_hopeless: None }
    }

    fn again(self) -> Self {
        Self { resent: self.resent + 1, wait: true, ..self }
    }
}

impl Chunk {
    /// Of slots each with the index of its item, and with its outcome if it is not to be sent.
    pub(super) fn new(slots: Vec<(usize, Option<Outcome<()>>)>, post: Post) -> Self {
        let (mut states, mut items) = (Vec::new(), Vec::new());
        for (place, (index, decided)) in slots.into_iter().enumerate() {
            let state = match decided {
                None => {
                    items.push(place);
                    State::Idle
                }
                Some(decided) => State::Final(decided),
            };
            states.push((index, state));
        }
        Self { ledger: Arc::new(Ledger(Mutex::new(states))), items, post }
    }

    /// Sends the items until each has its outcome.
    pub(super) async fn send(self, policy: Arc<Policy>) -> Arc<Ledger> {
        let (taken, mut is_split) = (policy.streak.taken(), false);
        let mut pieces = vec![Piece::of((0..self.items.len()).collect())];
        while let Some(mut piece) = pieces.pop() {
            if piece.items.is_empty() {
                continue;
            }
            if let Some((tried, reason)) = piece.unless_hopeless.take()
                && policy.streak.is_on()
                && self.is_refused(tried)
            {
                self.skip(&policy, &piece, &reason);
                continue;
            }
            if piece.wait {
                let wait =
                    policy.backoff.clone().nth(piece.resent.saturating_sub(1) as usize).unwrap_or_default();
                tokio::time::sleep(wait).await;
            }
            let doubts = self.begin(&piece);
            match (self.post)(&piece.items).await {
                Ok(reply) => pieces.push(self.answered(&policy, &piece, &doubts, reply)),
                Err(error) => {
                    let parts = self.failed(&policy, piece, &doubts, error);
                    is_split |= parts.len() > 1;
                    pieces.extend(parts);
                }
            }
        }
        if is_split && (0..self.items.len()).all(|item| self.is_refused(item)) {
            policy.streak.begin(taken);
        }
        self.ledger
    }

    fn is_refused(&self, item: usize) -> bool {
        let states = self.ledger.lock();
        let state = self.items.get(item).and_then(|slot| states.get(*slot));
        matches!(state, Some((_, State::Final(Outcome::Refused { .. }))))
    }

    /// Leaves out what need not be tried.
    fn skip(&self, policy: &Policy, piece: &Piece, reason: &Reason) {
        let reason =
            reason.clone().and("it was not sent alone, as every item before it that was had been refused");
        let doubts = self.begin(piece);
        self.set(piece, &doubts, |doubt| gave_up(policy, doubt, &reason, 0));
    }

    /// From here on nobody can know whether the items were applied. Returns what was not known before.
    fn begin(&self, piece: &Piece) -> Vec<Option<Reason>> {
        let begin = |state: &mut State| {
            if let State::Doubt(reason) = state {
                return reason.clone();
            }
            *state = State::Doubt(None);
            None
        };
        self.update(piece, begin)
    }

    /// Takes in what was answered and returns what is to be sent again, which may be nothing.
    fn answered(
        &self,
        policy: &Policy,
        piece: &Piece,
        doubts: &[Option<Reason>],
        mut reply: ChunkReply<()>,
    ) -> Piece {
        let (mut again, mut place) = (Vec::new(), 0);
        let mut is_taken = false;
        self.update(piece, |state| {
            let (reply, doubt) = (reply.take(place), doubts.get(place).cloned().flatten());
            *state = match reply {
                Some(ItemReply::Done(())) => {
                    is_taken = true;
                    State::Final(Outcome::Done(()))
                }
                Some(ItemReply::Refused(reason)) => State::Final(Outcome::Refused { reason: reason.into() }),
                Some(ItemReply::Again(_)) if piece.resent < policy.resends => {
                    again.extend(piece.items.get(place));
                    doubtful(doubt)
                }
                Some(ItemReply::Again(reason)) => gave_up(policy, doubt, &reason.into(), piece.resent),
                None => unknown(policy, "the vendor's answer does not mention it".into()),
            };
            place += 1;
        });
        if is_taken {
            policy.streak.end();
        }
        Piece { resent: piece.resent, ..Piece::of(again) }.again()
    }

    /// Takes in why there was no answer to each item and returns what is to be sent again, the last first.
    fn failed(
        &self,
        policy: &Policy,
        mut piece: Piece,
        doubts: &[Option<Reason>],
        failed: Failed,
    ) -> Vec<Piece> {
        let Failed { reason, delivery, is_retryable, is_doubted, rejects_whole, refusal } = failed;
        let may_resend = piece.resent < policy.resends;
        let own = (is_doubted && delivery != Delivery::MaybeProcessed).then(|| reason.clone());
        let doubts: Vec<Option<Reason>> = doubts.iter().map(|doubt| doubt.clone().or(own.clone())).collect();
        let doubts = doubts.as_slice();
        if rejects_whole && piece.items.len() > 1 {
            self.set(&piece, doubts, doubtful);
            let is_hopeless = policy.streak.is_on();
            let second = piece.items.split_off(if is_hopeless { 1 } else { piece.items.len() / 2 });
            let tried = piece.items.first().copied().unwrap_or_default();
            let unless_hopeless = is_hopeless.then_some((tried, reason));
            let second = Piece { resent: piece.resent, unless_hopeless, ..Piece::of(second) };
            // The first part is taken next.
            return vec![second, Piece { wait: false, ..piece }];
        }
        match delivery {
            Delivery::NotSent if rejects_whole => {
                self.set(&piece, doubts, |_| State::Final(Outcome::Refused { reason: reason.clone() }));
            }
            Delivery::MaybeProcessed if policy.upsert_safe && may_resend => {
                self.set(&piece, doubts, |_| State::Doubt(Some(reason.clone())));
                return vec![piece.again()];
            }
            Delivery::MaybeProcessed => {
                self.set(&piece, doubts, |_| unknown(policy, reason.clone()));
            }
            Delivery::NotSent | Delivery::Answered if is_retryable && may_resend => {
                self.set(&piece, doubts, doubtful);
                return vec![piece.again()];
            }
            Delivery::NotSent => {
                self.set(&piece, doubts, |doubt| gave_up(policy, doubt, &reason, piece.resent));
            }
            Delivery::Answered if matches!(refusal, Some(Refusal::Content | Refusal::Conflict)) => {
                // What is wrong with an item was wrong with it each time.
                let is_lasting = rejects_whole && refusal == Some(Refusal::Content);
                self.set(&piece, doubts, |doubt| match doubt.filter(|_| !is_lasting) {
                    Some(doubt) => unknown(policy, doubt.and(&format!("later refused: {reason}"))),
                    None => State::Final(Outcome::Refused { reason: reason.clone() }),
                });
            }
            Delivery::Answered if is_retryable || refusal == Some(Refusal::TurnedAway) => {
                self.set(&piece, doubts, |doubt| gave_up(policy, doubt, &reason, piece.resent));
            }
            // An answer that says neither yes nor no, such as one that cannot be read.
            Delivery::Answered => {
                self.set(&piece, doubts, |_| unknown(policy, reason.clone()));
            }
        }
        Vec::new()
    }

    fn set(&self, piece: &Piece, doubts: &[Option<Reason>], state: impl Fn(Option<Reason>) -> State) {
        let mut doubts = doubts.iter();
        self.update(piece, |current| *current = state(doubts.next().cloned().flatten()));
    }

    fn update<U>(&self, piece: &Piece, mut update: impl FnMut(&mut State) -> U) -> Vec<U> {
        let mut states = self.ledger.lock();
        let slots = piece.items.iter().filter_map(|item| self.items.get(*item).copied());
        slots.filter_map(|slot| states.get_mut(slot).map(|(_, state)| update(state))).collect()
    }
}

/// The item was not applied this time; what was not known before is still not known.
fn doubtful(doubt: Option<Reason>) -> State {
    match doubt {
        Some(reason) => State::Doubt(Some(reason)),
        None => State::Idle,
    }
}

/// The item is not sent again.
fn gave_up(policy: &Policy, doubt: Option<Reason>, reason: &Reason, resent: u32) -> State {
    match doubt {
        Some(reason) => unknown(policy, reason),
        // The first time may have ended before anything was sent, so only further ones are counted.
        None if resent == 0 => State::Final(Outcome::NotApplied { reason: reason.clone() }),
        None => {
            let reason = reason.clone().and(&format!("sent {} times", resent + 1));
            State::Final(Outcome::NotApplied { reason })
        }
    }
}

/// Nobody will know whether the item was applied; where that makes no difference, it is said.
fn unknown(policy: &Policy, reason: Reason) -> State {
    let reason = if policy.upsert_safe {
        reason.and("it is matched by a key, so it may be sent again")
    } else {
        reason
    };
    State::Final(Outcome::Unknown { reason })
}
