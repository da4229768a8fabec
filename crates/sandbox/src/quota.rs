//! What each vendor lets a caller spend in a window of time.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::json;

use crate::answer::Answer;
use crate::{Operation, Sandbox, Vendor};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The calls that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Pool {
    /// Gong: all calls, 3 a second and 10,000 a day.
    Gong,
    /// Gainsight: people, 100 a minute and 50,000 a day.
    GainsightObjects,
    /// Gainsight: users, company team and SCIM, 100 an hour and 1,000 a day.
    GainsightUsers,
    /// `UserGems`: all calls, 20 a second.
    UserGems,
    /// Userpilot: identification of single users, 600 a minute.
    UserpilotIdentify,
    /// Userpilot: tracking, 600 a minute.
    UserpilotTrack,
}

impl Pool {
    /// Every pool.
    pub const ALL: [Self; 6] = [
        Self::Gong,
        Self::GainsightObjects,
        Self::GainsightUsers,
        Self::UserGems,
        Self::UserpilotIdentify,
        Self::UserpilotTrack,
    ];

    /// What the vendor is known to allow.
    #[must_use]
    pub fn windows(self) -> Vec<Window> {
        match self {
            Self::Gong => vec![Window::new(3, SECOND), Window::new(10_000, DAY)],
            Self::GainsightObjects => vec![Window::new(100, MINUTE), Window::new(50_000, DAY)],
            Self::GainsightUsers => vec![Window::new(100, HOUR), Window::new(1_000, DAY)],
            Self::UserGems => vec![Window::new(20, SECOND)],
            Self::UserpilotIdentify | Self::UserpilotTrack => vec![Window::new(600, MINUTE)],
        }
    }

    /// The pool that an operation draws on; some draw on none.
    fn of(operation: &Operation) -> Option<Self> {
        match operation.vendor() {
            Vendor::Gong => Some(Self::Gong),
            Vendor::UserGems => Some(Self::UserGems),
            Vendor::Gainsight if operation.path().starts_with("/data/objects/") => {
                Some(Self::GainsightObjects)
            }
            Vendor::Gainsight => Some(Self::GainsightUsers),
            Vendor::Userpilot => match operation.path() {
                "/v1/identify" => Some(Self::UserpilotIdentify),
                "/v1/track" => Some(Self::UserpilotTrack),
                _ => None,
            },
        }
    }

    /// 429 as the vendor says it. Only Gong says when to come again.
    fn refusal(self, wait: Duration) -> Answer {
        let status = StatusCode::TOO_MANY_REQUESTS;
        match self {
            Self::Gong => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let body = json!({"requestId": "sandbox", "errors": ["Limit of requests was reached"]});
                Answer::json(status, body).with_header(RETRY_AFTER, &seconds.max(1).to_string())
            }
            Self::GainsightObjects | Self::GainsightUsers => {
                let body = json!({
                    "result": false,
                    "errorCode": "GU_2400",
                    "errorDesc": "Too many request",
                    "requestId": "sandbox",
                    "data": null,
                    "message": null,
                });
                Answer::json(status, body)
            }
            Self::UserGems => Answer::json(status, json!({"message": "Too Many Requests"})),
            Self::UserpilotIdentify | Self::UserpilotTrack => {
                let error = json!({
                    "error": "Too Many Requests",
                    "error_code": "429",
                    "message": "The limit of requests was reached",
                    "details": "Try again later",
                });
                Answer::json(status, json!({"errors": [error]}))
            }
        }
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Gong => "Gong",
            Self::GainsightObjects => "Gainsight objects",
            Self::GainsightUsers => "Gainsight users",
            Self::UserGems => "UserGems",
            Self::UserpilotIdentify => "Userpilot identify",
            Self::UserpilotTrack => "Userpilot track",
        })
    }
}

/// So many calls in so much time. It begins with its first call and does not slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// How many calls.
    pub limit: u64,
    /// In how much time.
    pub per: Duration,
}

impl Window {
    /// So many calls in so much time.
    #[must_use]
    pub fn new(limit: u64, per: Duration) -> Self {
        Self { limit, per }
    }
}

/// A window with what was spent of it.
#[derive(Debug)]
struct Meter {
    window: Window,
    begun: Duration,
    spent: u64,
}

impl Meter {
    fn spent(&self, now: Duration) -> u64 {
        if now >= self.begun.saturating_add(self.window.per) { 0 } else { self.spent }
    }

    /// How long until another call is admitted; nothing if it is now.
    fn wait(&self, now: Duration) -> Option<Duration> {
        (self.spent(now) >= self.window.limit)
            .then(|| self.begun.saturating_add(self.window.per).saturating_sub(now))
    }

    fn spend(&mut self, now: Duration) {
        if self.spent(now) == 0 {
            (self.begun, self.spent) = (now, 0);
        }
        self.spent += 1;
    }
}

#[derive(Debug)]
struct Account {
    meters: Vec<Meter>,
    /// Windows that were asked for are enforced in any mood.
    asked_for: bool,
    refused: u64,
}

impl Account {
    fn new(windows: impl IntoIterator<Item = Window>, asked_for: bool, refused: u64) -> Self {
        let meter = |window| Meter { window, begun: Duration::ZERO, spent: 0 };
        Self { meters: windows.into_iter().map(meter).collect(), asked_for, refused }
    }

    /// Spends a call in every window, or says how long until all of them admit one.
    fn spend(&mut self, now: Duration) -> Result<(), Duration> {
        if let Some(wait) = self.meters.iter().filter_map(|meter| meter.wait(now)).max() {
            self.refused += 1;
            return Err(wait);
        }
        self.meters.iter_mut().for_each(|meter| meter.spend(now));
        Ok(())
    }
}

/// What was spent of every pool.
#[derive(Debug)]
pub(crate) struct Quotas(BTreeMap<Pool, Account>);

impl Default for Quotas {
    fn default() -> Self {
        Self(Pool::ALL.into_iter().map(|pool| (pool, Account::new(pool.windows(), false, 0))).collect())
    }
}

impl Quotas {
    pub(crate) fn set(&mut self, pool: Pool, windows: impl IntoIterator<Item = Window>) {
        let refused = self.0.get(&pool).map_or(0, |account| account.refused);
        self.0.insert(pool, Account::new(windows, true, refused));
    }

    /// Spends a call, or refuses it until the fullest window is over; a refused call costs
    /// nothing. `mood` tells whether the vendors' own windows are enforced.
    pub(crate) fn spend(&mut self, operation: &Operation, now: Duration, mood: bool) -> Option<Answer> {
        let pool = Pool::of(operation)?;
        let account = self.0.get_mut(&pool).filter(|account| mood || account.asked_for)?;
        account.spend(now).err().map(|wait| pool.refusal(wait))
    }

    pub(crate) fn list(&self, now: Duration, mood: bool) -> Vec<QuotaUse> {
        let used = self.0.iter().map(|(pool, account)| QuotaUse {
            pool: *pool,
            enforced: mood || account.asked_for,
            windows: account.meters.iter().map(|meter| (meter.window, meter.spent(now))).collect(),
            refused: account.refused,
        });
        used.collect()
    }
}

/// How far a pool is used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuotaUse {
    /// Which pool.
    pub pool: Pool,
    /// Whether a call beyond it is refused.
    pub enforced: bool,
    /// The windows, each with the calls that were spent in it; none are counted while it is not
    /// enforced.
    pub windows: Vec<(Window, u64)>,
    /// How many calls were refused with 429.
    pub refused: u64,
}

impl Sandbox {
    /// Gives a pool other windows, with nothing spent, and enforces them from now on in any
    /// mood; none at all lets every call pass.
    ///
    /// ```
    /// use std::time::Duration;
    /// use revops_sandbox::{Pool, Sandbox, Window};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.set_quota(Pool::GainsightUsers, [Window::new(2, Duration::from_secs(10))]);
    /// assert!(sandbox.quotas().iter().any(|used| used.enforced));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_quota(&self, pool: Pool, windows: impl IntoIterator<Item = Window>) {
        self.with(|world| world.quotas.set(pool, windows));
    }

    /// How far every pool is used.
    #[must_use]
    pub fn quotas(&self) -> Vec<QuotaUse> {
        self.with(|world| world.quotas.list(world.clock.elapsed(), world.moods.is(crate::Mood::Quotas)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_window_admits_no_more_than_its_limit_and_a_wait_that_was_told_is_enough(
            limit in 0_u64..5,
            per in 1_u64..50,
            steps in prop::collection::vec(0_u64..20, 1..200),
        ) {
            let per = Duration::from_millis(per);
            let mut account = Account::new([Window::new(limit, per)], true, 0);
            let (mut now, mut admitted) = (Duration::ZERO, Vec::new());
            for step in steps {
                now += Duration::from_millis(step);
                match account.spend(now) {
                    Ok(()) => admitted.push(now),
                    Err(wait) => {
                        prop_assert!(wait <= per);
                        let mut later = Account { meters: Vec::new(), ..account };
                        later.meters.extend(account.meters.iter().map(|it| Meter { ..*it }));
                        prop_assert_eq!(later.spend(now + wait).is_ok(), limit > 0);
                    }
                }
            }
            // Windows do not slide, so two of them can meet; three never do.
            let limit = usize::try_from(limit).unwrap();
            for (index, first) in admitted.iter().enumerate() {
                let together = admitted[index..].iter().take_while(|it| **it < *first + per).count();
                prop_assert!(together <= 2 * limit);
            }
        }
    }
}
