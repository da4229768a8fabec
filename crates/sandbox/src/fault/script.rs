//! Which act comes when.

use std::collections::HashMap;

use super::{Act, Opening, Received, Reply};

/// What a fault server does, in order.
///
/// When the acts run out, a request is answered 501 and recorded as
/// [`EventKind::Unscripted`](super::EventKind::Unscripted), so that a test sees the request it
/// did not think of.
///
/// ```
/// use revops_sandbox::fault::{Act, Opening, Reply, Script, Turns};
///
/// let script = Script::new()
///     // The first connection dies at once, the others are served.
///     .on_connection(Opening::reset())
///     // The requests of all paths but `/token`.
///     .on_request(Reply::status(503).header("retry-after", "7"))
///     .times(2, Act::reset_before_answer())
///     .on_request(Reply::json(200, "{}"))
///     .then_repeat()
///     // A path with turns of its own.
///     .at("/token", Turns::always(Reply::json(200, r#"{"access_token":"new"}"#)));
/// ```
#[derive(Clone, Debug)]
pub struct Script {
    connections: Vec<Opening>,
    every_connection: Opening,
    turns: Turns,
    paths: HashMap<String, Turns>,
    pub(super) discard_bodies: bool,
    pub(super) keep: usize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            connections: Vec::new(),
            every_connection: Opening::serve(),
            turns: Turns::default(),
            paths: HashMap::new(),
            discard_bodies: false,
            keep: 1000,
        }
    }
}

impl Script {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for every request.
    #[must_use]
    pub fn always(act: impl Into<Act>) -> Self {
        Self { turns: Turns::always(act), ..Self::default() }
    }

    /// Every request is answered 503.
    #[must_use]
    pub fn outage() -> Self {
        Self::always(Reply::status(503))
    }

    /// What is done about the next connection; those that follow are served.
    #[must_use]
    pub fn on_connection(mut self, opening: Opening) -> Self {
        self.connections.push(opening);
        self
    }

    /// What is done about the connections after those named before.
    #[must_use]
    pub fn on_every_connection(mut self, opening: Opening) -> Self {
        self.every_connection = opening;
        self
    }

    /// What is done about the next request.
    #[must_use]
    pub fn on_request(mut self, act: impl Into<Act>) -> Self {
        self.turns = self.turns.on_request(act);
        self
    }

    /// What is done about each of the next requests.
    #[must_use]
    pub fn times(mut self, times: usize, act: impl Into<Act>) -> Self {
        self.turns = self.turns.times(times, act);
        self
    }

    /// The last act is repeated for ever.
    #[must_use]
    pub fn then_repeat(mut self) -> Self {
        self.turns = self.turns.then_repeat();
        self
    }

    /// All acts begin again after the last.
    #[must_use]
    pub fn then_cycle(mut self) -> Self {
        self.turns = self.turns.then_cycle();
        self
    }

    /// The requests of one path, given without its query, take these turns instead.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>, turns: Turns) -> Self {
        self.paths.insert(path.into(), turns);
        self
    }

    /// Counts the bodies of requests instead of keeping them, and so takes them at any length;
    /// otherwise 64 MiB is the most.
    #[must_use]
    pub fn discard_bodies(mut self) -> Self {
        self.discard_bodies = true;
        self
    }

    /// Keeps the last so many requests with their bodies, and four times as many events; 1,000 unless told
    /// otherwise.
    #[must_use]
    pub fn keep(mut self, requests: usize) -> Self {
        self.keep = requests;
        self
    }

    pub(super) fn opening(&self, connection: u64) -> &Opening {
        let index = usize::try_from(connection).unwrap_or(usize::MAX);
        self.connections.get(index).unwrap_or(&self.every_connection)
    }

    pub(super) fn next(&mut self, received: &Received) -> Option<Act> {
        self.paths.get_mut(received.path()).unwrap_or(&mut self.turns).next()
    }
}

/// Acts, one request after another.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    acts: Vec<(usize, Act)>,
    end: End,
    index: usize,
    used: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum End {
    #[default]
    Stop,
    Repeat,
    Cycle,
}

impl Turns {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for every request.
    #[must_use]
    pub fn always(act: impl Into<Act>) -> Self {
        Self::new().on_request(act).then_repeat()
    }

    /// What is done about the next request.
    #[must_use]
    pub fn on_request(self, act: impl Into<Act>) -> Self {
        self.times(1, act)
    }

    /// What is done about each of the next requests.
    #[must_use]
    pub fn times(mut self, times: usize, act: impl Into<Act>) -> Self {
        if times > 0 {
            self.acts.push((times, act.into()));
        }
        self
    }

    /// The last act is repeated for ever.
    #[must_use]
    pub fn then_repeat(mut self) -> Self {
        self.end = End::Repeat;
        self
    }

    /// All acts begin again after the last.
    #[must_use]
    pub fn then_cycle(mut self) -> Self {
        self.end = End::Cycle;
        self
    }

    fn next(&mut self) -> Option<Act> {
        if self.index == self.acts.len() {
            match self.end {
                End::Stop => return None,
                End::Repeat => return self.acts.last().map(|(_, act)| act.clone()),
                End::Cycle => self.index = 0,
            }
        }
        let (times, act) = self.acts.get(self.index)?;
        self.used += 1;
        if self.used == *times {
            self.used = 0;
            self.index += 1;
        }
        Some(act.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(mut turns: Turns, count: usize) -> Vec<Option<u16>> {
        let status = |act: Act| match act.kind {
            super::super::act::Kind::Reply(reply) => reply.status,
            _ => None,
        };
        (0..count).map(|_| turns.next().and_then(status)).collect()
    }

    #[test]
    fn turns_come_in_order_and_end_as_told() {
        let turns = || {
            Turns::new().on_request(Reply::status(1)).times(2, Reply::status(2)).times(0, Reply::status(9))
        };
        assert_eq!(statuses(turns(), 5), [Some(1), Some(2), Some(2), None, None]);
        assert_eq!(statuses(turns().then_repeat(), 5), [1, 2, 2, 2, 2].map(Some));
        assert_eq!(statuses(turns().then_cycle(), 7), [1, 2, 2, 1, 2, 2, 1].map(Some));
        assert_eq!(statuses(Turns::new().then_cycle(), 1), [None]);
    }
}
