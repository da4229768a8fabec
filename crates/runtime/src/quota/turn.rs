//! One's turn at what a vendor does one at a time, among all who share a quota.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{Either, select};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Clock;

/// For how long whoever has the turn may be silent. It is longer than the longest wait between two questions after a
/// job, and short enough for the others if a stream that has the turn is not read any more.
const SILENCE: Duration = Duration::from_secs(60);

/// One's turn ([`Quota::turn`](super::Quota::turn)); it ends when it is dropped.
#[must_use = "the turn ends when it is dropped"]
pub struct Turn {
    held: Option<(OwnedSemaphorePermit, Arc<Queue>)>,
}

impl Turn {
    /// A sign of life. Without one for a minute the others no longer wait for the end of this turn.
    pub fn alive(&self) {
        if let Some((_, queue)) = &self.held {
            queue.alive();
        }
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("held", &self.held.is_some()).finish()
    }
}

/// The queues of an account, by pool.
pub(super) struct Turns {
    clock: Arc<dyn Clock>,
    queues: Mutex<BTreeMap<String, Arc<Queue>>>,
}

struct Queue {
    clock: Arc<dyn Clock>,
    gate: Arc<Semaphore>,
    /// When whoever has the turn gave the last sign of life.
    alive: Mutex<Duration>,
}

impl Turns {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, queues: Mutex::default() }
    }

    pub(super) async fn of(&self, pool: &str) -> Turn {
        let queue = {
            let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(queues.entry(pool.to_owned()).or_insert_with(|| {
                let (gate, alive) = (Arc::new(Semaphore::new(1)), Mutex::default());
                Arc::new(Queue { clock: Arc::clone(&self.clock), gate, alive })
            }))
        };
        Turn { held: queue.wait().await.map(|permit| (permit, queue)) }
    }

    /// Lets nobody wait any more.
    pub(super) fn close(&self) {
        for queue in self.queues.lock().unwrap_or_else(PoisonError::into_inner).values() {
            queue.gate.close();
        }
    }
}

impl Queue {
    /// The turn; nothing if whoever has it is silent, or nobody is to have it any more.
    async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        let mut turn = pin!(Arc::clone(&self.gate).acquire_owned());
        loop {
            let silent = {
                let alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
                alive.saturating_add(SILENCE).saturating_sub(self.clock.now())
            };
            match select(turn.as_mut(), self.clock.sleep(silent)).await {
                Either::Left((turn, _)) => {
                    self.alive();
                    return turn.ok();
                }
                Either::Right(_) if silent.is_zero() => return None,
                Either::Right(_) => {}
            }
        }
    }

    fn alive(&self) {
        *self.alive.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.now();
    }
}
