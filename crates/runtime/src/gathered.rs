//! A body while it arrives, in no more memory than it has bytes and a segment.

use bytes::{Bytes, BytesMut};

/// How much is made room for at a time.
const SEGMENT: usize = 256 * 1024;

/// The pieces of a body. One of one piece is not copied; one of more is copied into segments, as pieces can
/// be small parts of large buffers, and a buffer that doubles would take three times the body while it grows.
#[derive(Default)]
pub(crate) struct Gathered {
    only: Option<Bytes>,
    segments: Vec<BytesMut>,
    len: usize,
}

impl Gathered {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, piece: Bytes) {
        self.len += piece.len();
        if self.len == piece.len() {
            self.only = Some(piece);
            return;
        }
        if let Some(first) = self.only.take() {
            self.copy(&first);
        }
        self.copy(&piece);
    }

    fn copy(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let room = self.segments.last().map_or(0, |segment| segment.capacity() - segment.len());
            if room == 0 {
                // A body of a few small pieces is not given a whole segment.
                let size = if self.segments.is_empty() { (self.len * 2).min(SEGMENT) } else { SEGMENT };
                self.segments.push(BytesMut::with_capacity(size));
                continue;
            }
            let (now, later) = piece.split_at(room.min(piece.len()));
            if let Some(segment) = self.segments.last_mut() {
                segment.extend_from_slice(now);
            }
            piece = later;
        }
    }

    pub(crate) fn finish(mut self) -> Bytes {
        match (self.only, self.segments.len()) {
            (Some(only), _) => only,
            (None, 0 | 1) => self.segments.pop().unwrap_or_default().freeze(),
            (None, _) => {
                let mut whole = BytesMut::with_capacity(self.len);
                for segment in self.segments {
                    whole.extend_from_slice(&segment);
                }
                whole.freeze()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_size_are_the_body() {
        for size in [1, 7, 4096, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT] {
            let body: Vec<u8> = (0..=250_u8).cycle().take(size * 3 + 5).collect();
            let mut gathered = Gathered::default();
            for piece in body.chunks(size) {
                gathered.push(Bytes::copy_from_slice(piece));
            }
            assert_eq!(gathered.len(), body.len());
            assert_eq!(gathered.finish(), body, "{size}");
        }
        assert!(Gathered::default().finish().is_empty());
    }
}
