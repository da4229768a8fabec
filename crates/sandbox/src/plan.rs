//! Faults that are planned for operations: which act comes in which call's place.

use std::fmt;

use http::StatusCode;

use crate::fault::{Act, Reply};
use crate::refusal::{Meant, body};
pub(crate) use crate::target::Aim;
use crate::{Sandbox, Target};

/// No document has the operation that a fault was planned for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOperation(Target);

impl fmt::Display for UnknownOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no document has an operation `{}`; `Sandbox::operations` lists them", self.0)
    }
}

impl std::error::Error for UnknownOperation {}

/// Whether the operation is applied before its answer goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// State is as if the request had never come.
    Before,
    /// State has changed; the client cannot know.
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// The call of this number, from 1.
    Call(u64),
    /// So many calls from the next one on.
    Next(u64),
    /// Each call of a number that this divides.
    Every(u64),
}

impl When {
    fn is(self, call: u64) -> bool {
        match self {
            Self::Call(number) => call == number,
            Self::Next(count) => call <= count,
            Self::Every(step) => call.is_multiple_of(step),
        }
    }

    /// Whether no call after this one can be it.
    fn is_over(self, call: u64) -> bool {
        match self {
            Self::Call(last) | Self::Next(last) => call >= last,
            Self::Every(_) => false,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(number) => write!(f, "call {number}"),
            Self::Next(count) => write!(f, "the first {count}"),
            Self::Every(step) => write!(f, "every {step}"),
        }
    }
}

/// What comes in place of an answer.
#[derive(Clone)]
pub(crate) enum Fault {
    Act(Act),
    /// A status with the vendor's own words.
    Status(Box<PlainStatus>),
}

/// A status that is answered as the vendor would, as far as nothing else is asked for.
#[derive(Clone, Debug)]
pub(crate) struct PlainStatus {
    pub(crate) status: StatusCode,
    /// Seconds or a date.
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Option<String>,
}

impl PlainStatus {
    /// A status that is no error has no body unless it was given one.
    pub(crate) fn act(&self, meant: Meant) -> Act {
        let failed = self.status.is_client_error() || self.status.is_server_error();
        let words = || failed.then(|| body(meant, self.status, "a planned fault").to_string());
        let mut reply = Reply::status(self.status.as_u16());
        if let Some(text) = self.body.clone().or_else(words) {
            reply = reply.header("content-type", meant.media_type()).body(text);
        }
        match self.retry_after.clone() {
            Some(value) => reply.header("retry-after", value).into(),
            None => reply.into(),
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act(act) => fmt::Display::fmt(act, f),
            Self::Status(plain) => write!(f, "{}", plain.status.as_u16()),
        }
    }
}

impl Fault {
    /// Whether it may turn out to be none, so that another may come in its place.
    fn may_let_pass(&self) -> bool {
        matches!(self, Self::Act(act) if act.may_let_pass())
    }
}

#[derive(Debug)]
struct Entry {
    /// Its number among all that were ever planned.
    id: u64,
    target: Target,
    moment: Moment,
    when: When,
    fault: Fault,
    calls: u64,
    played: u64,
    /// How often its turn came and was another's.
    owed: u64,
}

impl Entry {
    fn is_over(&self) -> bool {
        self.owed == 0 && self.when.is_over(self.calls)
    }
}

/// A fault that may come in a call, if those before it let the request pass.
#[derive(Debug)]
pub(crate) struct Due {
    id: u64,
    pub(crate) moment: Moment,
    pub(crate) fault: Fault,
    claim: Claim,
}

/// By what a fault that is due may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// The turn is its own already.
    Taken,
    /// It comes again and again, and this is one of its calls.
    EachTime,
    /// It is owed a turn, unless another call takes that before.
    Owed,
}

/// A fault that is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedFault {
    /// Which requests it is for.
    pub target: Target,
    /// Whether the operation is applied before it.
    pub applied: bool,
    /// Which of the calls, in words.
    pub when: String,
    /// What it is, in words; no value of a header or body is among them.
    pub act: String,
    /// How many calls there were since it was planned.
    pub calls: u64,
    /// How often it came; a call that it let pass is none of them.
    pub played: u64,
}

/// All faults that are planned, the first planned first.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    entries: Vec<Entry>,
    planned: u64,
}

impl Plans {
    pub(crate) fn add(&mut self, target: Target, moment: Moment, when: When, fault: Fault) {
        let id = self.planned;
        self.planned += 1;
        self.entries.push(Entry { id, target, moment, when, fault, calls: 0, played: 0, owed: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn list(&self) -> Vec<PlannedFault> {
        let entries = self.entries.iter().map(|it| PlannedFault {
            target: it.target.clone(),
            applied: it.moment == Moment::After,
            when: it.when.to_string(),
            act: it.fault.to_string(),
            calls: it.calls,
            played: it.played,
        });
        entries.collect()
    }

    /// Counts a call for every fault that is for it. Of those whose turn it is, the one planned first has it; the
    /// others wait for the next call that is theirs. Where it may let the request pass, those that would come in
    /// its place are given behind it.
    pub(crate) fn due(&mut self, aim: Aim) -> Vec<Due> {
        let mut due: Vec<Due> = Vec::new();
        self.entries.retain_mut(|entry| {
            if !entry.target.is(aim) {
                return true;
            }
            entry.calls += 1;
            let mut claim = Claim::Owed;
            if entry.when.is(entry.calls) {
                // What comes again and again makes up for one turn, not for all it has missed.
                (claim, entry.owed) = match entry.when {
                    When::Every(_) => (Claim::EachTime, 1),
                    When::Call(_) | When::Next(_) => (Claim::Owed, entry.owed + 1),
                };
            }
            if entry.owed > 0 && due.last().is_none_or(|last| last.fault.may_let_pass()) {
                if due.is_empty() {
                    entry.owed -= 1;
                    claim = Claim::Taken;
                }
                due.push(Due { id: entry.id, moment: entry.moment, fault: entry.fault.clone(), claim });
            }
            !entry.is_over()
        });
        due
    }

    /// Takes the turn of a fault, and says whether there is still one to take.
    pub(crate) fn take(&mut self, due: &Due) -> bool {
        if due.claim == Claim::Taken {
            return true;
        }
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == due.id) else { return false };
        let is_its_turn = due.claim == Claim::EachTime || entry.owed > 0;
        entry.owed = entry.owed.saturating_sub(1);
        self.entries.retain(|entry| !entry.is_over());
        is_its_turn
    }

    /// Counts a fault that has taken its turn and did not let the request pass.
    pub(crate) fn count(&mut self, due: &Due) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == due.id) {
            entry.played += 1;
        }
    }
}

/// The requests that a fault is planned for; from [`Sandbox::before`] and [`Sandbox::after`].
#[derive(Debug)]
#[must_use = "it plans nothing until it is told what and when"]
pub struct Plan<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) target: Target,
    pub(crate) moment: Moment,
}

impl Plan<'_> {
    /// In the next call.
    ///
    /// # Errors
    ///
    /// If there is no such operation; so with the other methods.
    pub fn once(self, act: impl Into<Act>) -> Result<(), UnknownOperation> {
        self.on_call(1, act)
    }

    /// In the call of this number, counted from 1 and from now on; 0 is taken for 1. If another
    /// fault that was planned before has its turn in the same call, this one comes in the next, unless
    /// the other lets the request pass ([`Act::own_answer`]).
    ///
    /// # Errors
    ///
    /// If there is no such operation.
    pub fn on_call(self, number: u64, act: impl Into<Act>) -> Result<(), UnknownOperation> {
        self.add(When::Call(number.max(1)), Fault::Act(act.into()))
    }

    /// In each of the next calls; 0 plans nothing.
    ///
    /// # Errors
    ///
    /// If there is no such operation.
    pub fn times(self, count: u64, act: impl Into<Act>) -> Result<(), UnknownOperation> {
        if count == 0 {
            return self.known().map(drop);
        }
        self.add(When::Next(count), Fault::Act(act.into()))
    }

    /// In every so many-th call, until [`Sandbox::clear_faults`]; 1 is all of them, and so
    /// is 0.
    ///
    /// # Errors
    ///
    /// If there is no such operation.
    pub fn every(self, step: u64, act: impl Into<Act>) -> Result<(), UnknownOperation> {
        self.add(When::Every(step.max(1)), Fault::Act(act.into()))
    }

    /// In the call of this number: its own answer, changed, as in
    /// `spoil(1, |answer| answer.cut_body(100, How::Reset))`. The operation is applied, as
    /// otherwise there would be no answer.
    ///
    /// # Errors
    ///
    /// If there is no such operation.
    pub fn spoil(
        self,
        number: u64,
        change: impl Fn(Reply) -> Reply + Send + Sync + 'static,
    ) -> Result<(), UnknownOperation> {
        let applied = Self { moment: Moment::After, ..self };
        applied.add(When::Call(number.max(1)), Fault::Act(Act::spoilt(change)))
    }

    fn known(self) -> Result<Self, UnknownOperation> {
        if self.target.exists(self.sandbox.operations()) {
            Ok(self)
        } else {
            Err(UnknownOperation(self.target))
        }
    }

    fn add(self, when: When, fault: Fault) -> Result<(), UnknownOperation> {
        let Self { sandbox, target, moment } = self.known()?;
        sandbox.with(|world| world.plans.add(target, moment, when, fault));
        Ok(())
    }
}

impl Sandbox {
    /// Plans a fault that comes before the operation: state stays as it is.
    ///
    /// ```
    /// use revops_sandbox::fault::{Act, Reply};
    /// use revops_sandbox::{Sandbox, Vendor};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.before("upsertPeople").on_call(3, Act::reset_before_answer())?;
    /// sandbox.before(Vendor::Gong).every(10, Reply::status(503).header("retry-after", "1"))?;
    /// assert_eq!(sandbox.planned_faults().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The operation is called as [`Target::Operation`] says. The request is neither judged nor counted
    /// against a quota, unless the act comes to [`Act::own_answer`]. What an [`Act::choose`] sees of it has the
    /// names of headers in lower case and no head; of its body the first 64 MiB.
    pub fn before(&self, target: impl Into<Target>) -> Plan<'_> {
        Plan { sandbox: self, target: target.into(), moment: Moment::Before }
    }

    /// Plans a fault that comes after the operation was applied: the write has happened and its
    /// answer is lost. An [`Act::choose`] sees the request without its body; it is asked when the operation was
    /// applied, or before that if a fault that comes before the operation is due in its place.
    pub fn after(&self, target: impl Into<Target>) -> Plan<'_> {
        Plan { sandbox: self, target: target.into(), moment: Moment::After }
    }

    /// The faults that are still to come, the first planned first.
    #[must_use]
    pub fn planned_faults(&self) -> Vec<PlannedFault> {
        self.with(|world| world.plans.list())
    }

    /// Forgets all faults that were planned.
    pub fn clear_faults(&self) {
        self.with(|world| world.plans.clear());
    }
}
