//! One chunk, sent until each of its items has its outcome.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::input::Slot;
use super::{ChunkReply, ItemReply, Outcome, Reason};
use crate::backoff::Backoff;
use crate::delivery::{Delivery, Failure};

/// When an item is sent again.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) resends: u32,
    pub(super) upsert_safe: bool,
    pub(super) backoff: Backoff,
}

/// What is known of the items of a chunk at any moment, so that it can be told even if the chunk is dropped.
pub(super) struct Ledger<T>(Mutex<Vec<(usize, State<T>)>>);

enum State<T> {
    /// It was not applied.
    Idle,
    /// It is being sent; or it was, and nobody knows whether it was applied, why being said.
    Doubt(Option<Reason>),
    Final(Outcome<T>),
}

impl<T> Ledger<T> {
    /// What became of each item, now that nothing more will be sent.
    pub(super) fn close(&self) -> Vec<(usize, Outcome<T>)> {
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

    fn lock(&self) -> MutexGuard<'_, Vec<(usize, State<T>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A chunk and the items that are to be sent, each with its place in the ledger.
pub(super) struct Chunk<I, T> {
    pub(super) ledger: Arc<Ledger<T>>,
    items: Vec<(usize, I)>,
}

/// A part of a chunk that is sent at once, by places in `items`; how often it was sent again, and whether it
/// waits before it is.
struct Piece {
    items: Vec<usize>,
    resent: u32,
    wait: bool,
}

impl Piece {
    fn again(self) -> Self {
        Self { resent: self.resent + 1, wait: true, ..self }
    }
}

impl<I: Clone, T> Chunk<I, T> {
    pub(super) fn new(slots: Vec<(usize, Slot<I>)>) -> Self {
        let (mut states, mut items) = (Vec::new(), Vec::new());
        for (index, slot) in slots {
            let state = match slot {
                Slot::Send(item) => {
                    items.push((states.len(), item));
                    State::Idle
                }
                Slot::Decided(outcome) => State::Final(match outcome {
                    Outcome::Superseded { by } => Outcome::Superseded { by },
                    Outcome::Refused { reason } | Outcome::NotApplied { reason } => {
                        Outcome::Refused { reason }
                    }
                    Outcome::Unknown { reason } => Outcome::Unknown { reason },
                    Outcome::Done(()) => Outcome::Unknown { reason: "".into() },
                }),
            };
            states.push((index, state));
        }
        Self { ledger: Arc::new(Ledger(Mutex::new(states))), items }
    }

    /// Sends the items until each has its outcome.
    pub(super) async fn send<E, F, Fut>(self, policy: Arc<Policy>, send: Arc<F>) -> Arc<Ledger<T>>
    where
        E: Failure + fmt::Display,
        F: Fn(Vec<I>) -> Fut,
        Fut: Future<Output = Result<ChunkReply<T>, E>>,
    {
        let mut pieces = vec![Piece { items: (0..self.items.len()).collect(), resent: 0, wait: false }];
        while let Some(piece) = pieces.pop() {
            if piece.items.is_empty() {
                continue;
            }
            if piece.wait {
                let wait =
                    policy.backoff.clone().nth(piece.resent.saturating_sub(1) as usize).unwrap_or_default();
                tokio::time::sleep(wait).await;
            }
            let items = piece.items.iter().filter_map(|item| self.items.get(*item));
            let items: Vec<I> = items.map(|(_, item)| item.clone()).collect();
            let doubts = self.begin(&piece);
            match send(items).await {
                Ok(reply) => pieces.push(self.answered(&policy, &piece, &doubts, reply)),
                Err(error) => pieces.extend(self.failed(&policy, piece, &doubts, error)),
            }
        }
        self.ledger
    }

    /// From here on nobody can know whether the items were applied. Returns what was not known before.
    fn begin(&self, piece: &Piece) -> Vec<Option<Reason>> {
        let begin = |state: &mut State<T>| {
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
        mut reply: ChunkReply<T>,
    ) -> Piece {
        let (mut again, mut place) = (Vec::new(), 0);
        self.update(piece, |state| {
            let (reply, doubt) = (reply.take(place), doubts.get(place).cloned().flatten());
            *state = match reply {
                Some(ItemReply::Done(result)) => State::Final(Outcome::Done(result)),
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
        Piece { items: again, ..*piece }.again()
    }

    /// Takes in why there was no answer to each item and returns what is to be sent again, the last first.
    fn failed<E: Failure + fmt::Display>(
        &self,
        policy: &Policy,
        mut piece: Piece,
        doubts: &[Option<Reason>],
        error: E,
    ) -> Vec<Piece> {
        let (text, rejects_whole, delivery) = (error.to_string(), error.rejects_whole(), error.delivery());
        let (is_retryable, is_refusal) = (error.is_retryable(), error.is_refusal());
        let reason = Reason::new(text, error.into_error().map(Arc::new));
        let may_resend = piece.resent < policy.resends;
        if rejects_whole && piece.items.len() > 1 {
            self.set(&piece, doubts, doubtful);
            let second = piece.items.split_off(piece.items.len() / 2);
            let second = Piece { items: second, resent: piece.resent, wait: false };
            // The first half is taken next.
            return vec![second, Piece { wait: false, ..piece }];
        }
        match delivery {
            _ if rejects_whole => {
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
            Delivery::Answered if is_refusal => {
                self.set(&piece, doubts, |doubt| match doubt {
                    Some(doubt) => unknown(policy, doubt),
                    None => State::Final(Outcome::Refused { reason: reason.clone() }),
                });
            }
            Delivery::Answered if is_retryable => {
                self.set(&piece, doubts, |doubt| gave_up(policy, doubt, &reason, piece.resent));
            }
            // An answer that says neither yes nor no, such as one that cannot be read.
            Delivery::Answered => {
                self.set(&piece, doubts, |_| unknown(policy, reason.clone()));
            }
        }
        Vec::new()
    }

    fn set(&self, piece: &Piece, doubts: &[Option<Reason>], state: impl Fn(Option<Reason>) -> State<T>) {
        let mut doubts = doubts.iter();
        self.update(piece, |current| *current = state(doubts.next().cloned().flatten()));
    }

    fn update<U>(&self, piece: &Piece, mut update: impl FnMut(&mut State<T>) -> U) -> Vec<U> {
        let mut states = self.ledger.lock();
        let slots = piece.items.iter().filter_map(|item| self.items.get(*item).map(|(slot, _)| *slot));
        slots.filter_map(|slot| states.get_mut(slot).map(|(_, state)| update(state))).collect()
    }
}

/// The item was not applied this time; what was not known before is still not known.
fn doubtful<T>(doubt: Option<Reason>) -> State<T> {
    match doubt {
        Some(reason) => State::Doubt(Some(reason)),
        None => State::Idle,
    }
}

/// The item is not sent again.
fn gave_up<T>(policy: &Policy, doubt: Option<Reason>, reason: &Reason, resent: u32) -> State<T> {
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
fn unknown<T>(policy: &Policy, reason: Reason) -> State<T> {
    let reason = if policy.upsert_safe {
        reason.and("it is matched by a key, so it may be sent again")
    } else {
        reason
    };
    State::Final(Outcome::Unknown { reason })
}
