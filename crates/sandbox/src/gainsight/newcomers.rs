//! The mood of shifting offsets: between two pages of a list one more record comes before them.

use crate::mood::Mood;
use crate::world::Scene;

/// So many come at most in one sequence of pages: somebody who pages one by one must come to an end.
const MOST: usize = 20;

/// The lists that are read page by page.
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    People,
    Users,
    Scim,
    Team,
}

/// How many have come in the sequence of pages that is read, list by list.
#[derive(Debug, Default)]
pub(super) struct Newcomers([usize; 4]);

impl Newcomers {
    /// Whether one more comes before the page that is asked for. Who asks for the first page begins anew,
    /// and nobody comes before it.
    pub(super) fn come(&mut self, list: List, first_page: bool, scene: &Scene<'_>) -> bool {
        let [people, users, scim, team] = &mut self.0;
        let count = match list {
            List::People => people,
            List::Users => users,
            List::Scim => scim,
            List::Team => team,
        };
        if first_page {
            *count = 0;
        }
        let one_more = !first_page && scene.moods.is(Mood::ShiftingOffsets) && *count < MOST;
        *count += usize::from(one_more);
        one_more
    }
}
