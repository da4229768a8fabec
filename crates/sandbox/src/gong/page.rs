//! One page of users, and the cursor that leads to the next.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Query;
use crate::mood::Mood;
use crate::world::Scene;

/// Gong's page has no other size.
const SIZE: usize = 100;
/// A page in the mood of small ones.
const SMALL_SIZE: usize = 7;
/// Gong's cursors end at some time it does not tell.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Where a page begins. As text it holds its query, its end in time and a sum of all, so that the
/// server keeps nothing for a client that never comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    position: usize,
    /// Counted from 0.
    page: usize,
}

impl Cursor {
    /// From text that [`Cursor::page`] wrote for the same query not too long ago.
    pub(super) fn read(text: &str, query: &Query, now: DateTime<Utc>) -> Result<Self, &'static str> {
        const GARBLED: &str = "cursor: not one that was given out";
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| GARBLED)?;
        let text = String::from_utf8(bytes).map_err(|_| GARBLED)?;
        let (content, sum) = text.rsplit_once('.').ok_or(GARBLED)?;
        if sum != format!("{:x}", digest(content)) {
            return Err(GARBLED);
        }
        let fields: Vec<&str> = content.split('.').collect();
        let [position, page, end, of] = fields.as_slice() else { return Err(GARBLED) };
        let number = |text: &str| text.parse().map_err(|_| GARBLED);
        let cursor = Self { position: number(position)?, page: number(page)? };
        if *of != format!("{:x}", digest(query)) {
            return Err("cursor: given out for another query");
        }
        if end.parse().map_or(true, |end: i64| now.timestamp_millis() >= end) {
            return Err("cursor: expired");
        }
        Ok(cursor)
    }

    fn write(self, query: &Query, now: DateTime<Utc>) -> String {
        let end = now.timestamp_millis().saturating_add(LIFETIME.num_milliseconds());
        let content = format!("{}.{}.{end}.{:x}", self.position, self.page, digest(query));
        URL_SAFE_NO_PAD.encode(format!("{content}.{:x}", digest(content.as_str())))
    }

    /// The page that begins here: what Gong says about it, and its users.
    pub(super) fn page<'a>(
        self,
        matching: &'a [&'a Value],
        query: &Query,
        scene: &Scene<'_>,
    ) -> (Value, &'a [&'a Value]) {
        let size = if scene.moods.is(Mood::SmallPages) { SMALL_SIZE } else { SIZE };
        let start = self.position.min(matching.len());
        let end = (start + size).min(matching.len());
        let users = matching.get(start..end).unwrap_or_default();
        let mut records = json!({
            "totalRecords": matching.len(),
            "currentPageSize": users.len(),
            "currentPageNumber": self.page,
        });
        if end < matching.len() {
            let next = Self { position: end, page: self.page + 1 };
            records["cursor"] = next.write(query, scene.now).into();
        }
        (records, users)
    }
}

/// Tells one from another within this process; it protects nothing.
fn digest(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: Query = Query::All { avatars: false };

    #[test]
    fn a_cursor_is_read_as_it_was_written_until_it_expires() {
        let now = DateTime::UNIX_EPOCH;
        let cursor = Cursor { position: 200, page: 2 };
        let text = cursor.write(&QUERY, now);
        let last = now + LIFETIME - TimeDelta::milliseconds(1);
        assert_eq!(Cursor::read(&text, &QUERY, last), Ok(cursor));
        assert_eq!(Cursor::read(&text, &QUERY, now + LIFETIME), Err("cursor: expired"));
        let other = Query::All { avatars: true };
        assert_eq!(Cursor::read(&text, &other, now), Err("cursor: given out for another query"));
    }

    #[test]
    fn a_cursor_of_which_a_letter_changed_is_refused() {
        let text = Cursor { position: 100, page: 1 }.write(&QUERY, DateTime::UNIX_EPOCH);
        for at in 0..text.len() {
            let mut letters: Vec<char> = text.chars().collect();
            letters[at] = if letters[at] == 'A' { 'Q' } else { 'A' };
            let garbled: String = letters.into_iter().collect();
            assert!(Cursor::read(&garbled, &QUERY, DateTime::UNIX_EPOCH).is_err(), "{garbled}");
        }
        assert!(Cursor::read("", &QUERY, DateTime::UNIX_EPOCH).is_err());
    }
}
