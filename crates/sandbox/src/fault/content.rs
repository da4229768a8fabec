//! The bytes of a body, produced while they are sent: ten gigabytes take no more memory than ten.

use std::fmt;

use bytes::{Bytes, BytesMut};

/// A body: pieces one after another, each repeated as often as wanted.
///
/// ```
/// use revops_sandbox::fault::Content;
///
/// let array = Content::new("[").and_times("0,", 3).and("0]");
/// assert_eq!(array.len(), Some(9)); // [0,0,0,0]
/// assert_eq!(Content::new("").and_forever("no end ").len(), None);
/// ```
#[derive(Clone, Default)]
pub struct Content {
    segments: Vec<Segment>,
}

#[derive(Clone)]
struct Segment {
    bytes: Bytes,
    /// `None` is for ever.
    times: Option<u64>,
}

impl Content {
    /// A body of these bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self::default().and(bytes)
    }

    /// Further bytes.
    #[must_use]
    pub fn and(self, bytes: impl Into<Bytes>) -> Self {
        self.and_times(bytes, 1)
    }

    /// Further bytes, `times` over.
    #[must_use]
    pub fn and_times(self, bytes: impl Into<Bytes>, times: u64) -> Self {
        self.push(bytes.into(), Some(times))
    }

    /// Further bytes, again and again without an end.
    #[must_use]
    pub fn and_forever(self, bytes: impl Into<Bytes>) -> Self {
        self.push(bytes.into(), None)
    }

    /// This many zeros.
    #[must_use]
    pub fn zeros(count: u64) -> Self {
        const BLOCK: &[u8] = &[0; 65_536];
        let rest = usize::try_from(count % 65_536).unwrap_or_default();
        Self::default().and_times(BLOCK, count / 65_536).and(&BLOCK[..rest])
    }

    /// Valid JSON, arrays in arrays `depth` deep.
    #[must_use]
    pub fn nested(depth: usize) -> Self {
        Self::new("[".repeat(depth)).and("]".repeat(depth))
    }

    /// How long it is; `None` if it never ends.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        let length = |segment: &Segment| Some(segment.times?.saturating_mul(segment.bytes.len() as u64));
        self.segments.iter().try_fold(0_u64, |sum, segment| Some(sum.saturating_add(length(segment)?)))
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    fn push(mut self, bytes: Bytes, times: Option<u64>) -> Self {
        // An empty piece would keep an endless body from ever yielding a byte.
        if !bytes.is_empty() && times != Some(0) {
            self.segments.push(Segment { bytes, times });
        }
        self
    }

    /// Its bytes, `size` at a time; the last piece may be shorter.
    pub(super) fn pieces(&self, size: usize) -> Pieces<'_> {
        Pieces { segments: &self.segments, turn: 0, offset: 0, size: size.max(1) }
    }
}

/// Only its length: a body is nobody's business in a log.
impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Content").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl<B: Into<Bytes>> From<B> for Content {
    fn from(bytes: B) -> Self {
        Self::new(bytes)
    }
}

pub(super) struct Pieces<'a> {
    segments: &'a [Segment],
    /// How often the first segment has been given.
    turn: u64,
    /// How much of it has been given this time.
    offset: usize,
    size: usize,
}

impl Pieces<'_> {
    /// At most `wanted` bytes, of one segment.
    fn slice(&mut self, wanted: usize) -> Option<Bytes> {
        let (segment, rest) = self.segments.split_first()?;
        let end = segment.bytes.len().min(self.offset.saturating_add(wanted));
        let slice = segment.bytes.slice(self.offset..end);
        self.offset = end;
        if end == segment.bytes.len() {
            self.offset = 0;
            self.turn = self.turn.wrapping_add(1);
            if segment.times == Some(self.turn) {
                self.turn = 0;
                self.segments = rest;
            }
        }
        Some(slice)
    }
}

impl Iterator for Pieces<'_> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let first = self.slice(self.size)?;
        if first.len() == self.size || self.segments.is_empty() {
            return Some(first);
        }
        let mut piece = BytesMut::with_capacity(self.size);
        piece.extend_from_slice(&first);
        while piece.len() < self.size {
            match self.slice(self.size - piece.len()) {
                Some(more) => piece.extend_from_slice(&more),
                None => break,
            }
        }
        Some(piece.freeze())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_bytes_whatever_their_size() {
        let content = Content::new("[").and_times("ab,", 5).and("").and("c]");
        let whole = "[ab,ab,ab,ab,ab,c]";
        assert_eq!(content.len(), Some(whole.len() as u64));
        for size in 1..30 {
            let pieces: Vec<Bytes> = content.pieces(size).collect();
            assert_eq!(pieces.concat(), whole.as_bytes(), "{size}");
            assert!(pieces.iter().rev().skip(1).all(|piece| piece.len() == size), "{size}");
        }
    }

    #[test]
    fn a_body_without_an_end_yields_as_long_as_it_is_asked() {
        let content = Content::new("<").and_forever("xy");
        let pieces: Vec<Bytes> = content.pieces(4).take(3).collect();
        assert_eq!(pieces.concat(), b"<xyxyxyxyxyx");
    }

    #[test]
    fn zeros_are_as_many_as_asked() {
        for count in [0, 1, 65_535, 65_536, 200_001] {
            let given: usize = Content::zeros(count).pieces(1000).map(|piece| piece.len()).sum();
            assert_eq!(given as u64, count);
        }
    }
}
