//! What a call has to do with the quota: waiting its turn, and making all wait when the vendor asks for it.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use super::Call;
use crate::at_once::at_once;
use crate::quota::{Patience, Permit, Refused};
use crate::{Error, Kind, telemetry};

/// Waits shorter than this are not worth telling an operator.
const TOLD_WAIT: Duration = Duration::from_secs(10);

/// The longest pause a vendor's word puts on a pool, which all who share it then wait for or fail on. What is
/// longer is told in the error, and asked for again after this: it may have been a slip of the vendor's.
const LONGEST_PAUSE: Duration = Duration::from_secs(7 * 86_400);

impl Call<'_> {
    /// Room in the quota; an operation of no pool has it always.
    pub(super) async fn permit(&self) -> Result<Permit, Error> {
        let pool = self.operation.pool.unwrap_or_default();
        let cap = self.connection.options().retry.retry_after_cap;
        let patience = Patience { whole: self.left(), pause: Some(cap) };
        let mut permit = pin!(self.connection.quota().acquire_for(pool, patience));
        let permit = match at_once(permit.as_mut()).await {
            Poll::Ready(permit) => permit,
            Poll::Pending => {
                let asked = Instant::now();
                let permit = permit.await;
                if asked.elapsed() >= TOLD_WAIT {
                    telemetry::waiting(self.operation, pool, asked.elapsed());
                }
                permit
            }
        };
        permit.map_err(|refused| self.refused(&refused))
    }

    fn refused(&self, refused: &Refused) -> Error {
        let made = |kind| Error::new(kind, Some(self.operation), refused.to_string());
        match refused {
            Refused::Closed => made(Kind::Closed),
            // Nothing but another limit changes this.
            Refused::Exhausted { wait: Duration::MAX, .. } => {
                made(Kind::Quota { retry_after: None }).lasting()
            }
            // It depends on requests under way, and nobody knows.
            Refused::Exhausted { wait: Duration::ZERO, .. } => made(Kind::Quota { retry_after: None }),
            Refused::Exhausted { wait, .. } => made(Kind::Quota { retry_after: Some(*wait) }),
            Refused::Paused { wait, .. } => {
                let cap = self.connection.options().retry.retry_after_cap.as_secs();
                let reason = format!("that is longer than the {cap} s this client waits for");
                made(Kind::Quota { retry_after: Some(*wait) }).because(&reason)
            }
        }
    }

    /// Makes everybody wait who spends from the pool. How long each of them waits is theirs to say.
    pub(super) fn pause(&self, asked: Option<Duration>) {
        let Some(pool) = self.operation.pool else { return };
        let asked = asked.unwrap_or(self.connection.options().retry.base);
        self.connection.quota().pause(pool, asked.min(LONGEST_PAUSE));
    }

    /// How long the pool may have no room where the vendor says that it is spent and not for how long: its
    /// shortest window, which has begun nobody knows when, and twice as long each time that was not enough, as
    /// far as this client waits at all.
    pub(super) fn without_room(&self) -> Option<Duration> {
        let windows = self.connection.quota().remaining(self.operation.pool?);
        let shortest = windows.iter().map(|window| window.per).min()?;
        let longer = shortest.saturating_mul(2_u32.saturating_pow(self.attempts.saturating_sub(1)));
        Some(longer.min(self.connection.options().retry.retry_after_cap))
    }
}
