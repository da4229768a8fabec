//! A random mix of faults that is the same every time.

use std::fmt;
use std::sync::Arc;

use super::act::Kind;
use super::{Act, How, Received, Reply};

/// Faults by chance, for endurance runs.
///
/// The choice depends on the seed and the number of the request alone, so a run that sends its
/// requests in the same order meets the same faults. It is planned for a fault server in a
/// [`Script`](super::Script), or for a sandbox, whose operations answer what the mix lets pass, and what any other
/// mix lets pass that is due in the same call:
///
/// ```
/// use revops_sandbox::fault::Mayhem;
/// use revops_sandbox::{Sandbox, Vendor};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await?;
/// // Some are lost before they were applied, and of some only the answer.
/// sandbox.before(Vendor::Gong).every(1, Mayhem::seeded(7).reset(0.05).status(503, 0.1))?;
/// sandbox.after("upsertPeople").every(1, Mayhem::seeded(7).reset(0.1))?;
/// # Ok(())
/// # }
/// ```
///
/// ```
/// use revops_sandbox::fault::{Act, Mayhem, Reply, Script};
///
/// let mayhem = Mayhem::seeded(7)
///     .reset(0.05)
///     .status(503, 0.1)
///     .cut(0.03)
///     .act(0.02, Reply::status(429).header("retry-after", "1"))
///     .otherwise(Act::choose(|received| Reply::json(200, received.body.clone()).into()));
/// let script = Script::always(mayhem);
/// ```
#[derive(Clone)]
pub struct Mayhem {
    seed: u64,
    faults: Vec<(f64, Fault)>,
    otherwise: Act,
}

#[derive(Clone)]
enum Fault {
    Act(Act),
    /// The good answer, ended somewhere in its body.
    Cut,
}

impl Mayhem {
    /// A mix without any fault yet, in which every request has the server's [own answer](Act::own_answer): that
    /// of the operation in a sandbox, 200 and `{}` from a fault server.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, faults: Vec::new(), otherwise: Act::own_answer() }
    }

    /// This share of the requests, from 0 to 1, is read and then reset without an answer.
    #[must_use]
    pub fn reset(self, share: f64) -> Self {
        self.act(share, Act::reset_before_answer())
    }

    /// This share of the requests is answered with this status and nothing more.
    #[must_use]
    pub fn status(self, status: u16, share: f64) -> Self {
        self.act(share, Reply::status(status))
    }

    /// This share of the requests is answered well, but reset somewhere in the body.
    #[must_use]
    pub fn cut(mut self, share: f64) -> Self {
        self.faults.push((share, Fault::Cut));
        self
    }

    /// This is done about this share of the requests, when they were read.
    #[must_use]
    pub fn act(mut self, share: f64, act: impl Into<Act>) -> Self {
        self.faults.push((share, Fault::Act(act.into())));
        self
    }

    /// This is done about the rest.
    #[must_use]
    pub fn otherwise(mut self, act: impl Into<Act>) -> Self {
        self.otherwise = act.into();
        self
    }

    fn choose(&self, received: &Received) -> Act {
        let mut left = chance(self.seed, received.number, 0);
        for (share, fault) in &self.faults {
            if left < *share {
                return match fault {
                    Fault::Act(act) => act.clone(),
                    Fault::Cut => self.cut_of(received),
                };
            }
            left -= share;
        }
        self.otherwise.clone()
    }

    fn cut_of(&self, received: &Received) -> Act {
        let act = self.otherwise.clone().resolve(received);
        let (share, delay) = (chance(self.seed, received.number, 1), act.delay);
        match act.kind {
            Kind::Reply(reply) => Act::from(cut_at(*reply, share)).after(delay),
            Kind::Own(None) => Act::spoilt(move |own| cut_at(own, share)).after(delay),
            _ => act,
        }
    }
}

/// The reply, reset when this share of its body was sent.
fn cut_at(reply: Reply, share: f64) -> Reply {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "any place in the body will do, and the share is from 0 to 1"
    )]
    let after = (share * reply.content.len().unwrap_or(65_536) as f64) as u64;
    reply.cut_body(after, How::Reset)
}

impl From<Mayhem> for Act {
    fn from(mayhem: Mayhem) -> Self {
        let mayhem = Arc::new(mayhem);
        Self::choose(move |received| mayhem.choose(received))
    }
}

impl fmt::Debug for Mayhem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mayhem").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// A number from 0 to below 1: the mixing step of `SplitMix64` over what it depends on.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
fn chance(seed: u64, number: u64, salt: u64) -> f64 {
    let mut mixed = seed
        .wrapping_add(salt.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_met_and_repeated_by_the_same_seed() {
        let statuses = |seed| -> Vec<Option<u16>> {
            let act = Act::from(Mayhem::seeded(seed).reset(0.05).status(503, 0.1));
            let status = |number| {
                let own = Reply::json(200, "{}");
                act.clone().resolve(&Received::new(number, 0)).with_own(own).status_code()
            };
            (0..10_000).map(status).collect()
        };
        let run = statuses(7);
        let count = |status| run.iter().filter(|it| **it == status).count();
        assert!((450..550).contains(&count(None)), "{}", count(None));
        assert!((900..1100).contains(&count(Some(503))), "{}", count(Some(503)));
        assert_eq!(run, statuses(7));
        assert_ne!(run, statuses(8));
    }
}
