//! How much of what each vendor holds, for the status page.

use crate::{gainsight, gong, usergems, userpilot};

/// Nothing to count, unless a state says otherwise.
pub(crate) trait Summary {
    /// What there is, in plural, and how many of it.
    fn summary(&self) -> Vec<(&'static str, usize)> {
        Vec::new()
    }
}

impl Summary for gainsight::State {}
impl Summary for gong::State {}
impl Summary for usergems::State {}
impl Summary for userpilot::State {}
