//! Bodies compressed well, badly, or to a bomb.

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

use super::Content;

/// The ten bytes every member begins with: no name, no time, unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// The last block, empty.
const LAST: [u8; 2] = [3, 0];
const BLOCK: u64 = 1 << 20;

/// A right gzip member of these bytes.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(bytes);
    let mut member = HEAD.to_vec();
    member.extend(deflate(bytes));
    member.extend(LAST);
    member.extend(crc.sum().to_le_bytes());
    member.extend(crc.amount().to_le_bytes());
    member
}

/// The same, with a wrong checksum and a bit turned in the middle.
pub(super) fn corrupt(bytes: &[u8]) -> Vec<u8> {
    let mut member = gzip(bytes);
    let (middle, sum) = (member.len() / 2, member.len() - 8);
    for place in [middle, sum] {
        member[place] ^= 0x55;
    }
    member
}

/// A right gzip member of `decoded` zeros, about a thousandth of that on the wire.
///
/// The compressed form of a block of zeros that refers to nothing before it is the same for
/// every block, so it is made once and repeated.
pub(super) fn bomb(decoded: u64) -> Content {
    let zeros = vec![0; usize::try_from(BLOCK).unwrap_or_default()];
    let rest = usize::try_from(decoded % BLOCK).unwrap_or_default();
    let (mut block, mut crc, mut last) = (Crc::new(), Crc::new(), Crc::new());
    block.update(&zeros);
    last.update(&zeros[..rest]);
    for _ in 0..decoded / BLOCK {
        crc.combine(&block);
    }
    crc.combine(&last);
    let mut tail = deflate(&zeros[..rest]);
    tail.extend(LAST);
    tail.extend(crc.sum().to_le_bytes());
    // The format keeps the length modulo 2^32.
    tail.extend(&decoded.to_le_bytes()[..4]);
    Content::new(HEAD.to_vec()).and_times(Bytes::from(deflate(&zeros)), decoded / BLOCK).and(tail)
}

/// Blocks that end on a byte and refer to nothing before them.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut blocks = Vec::new();
    loop {
        blocks.reserve(4096);
        let consumed = usize::try_from(compress.total_in()).unwrap_or(bytes.len());
        let status = compress.compress_vec(&bytes[consumed..], &mut blocks, FlushCompress::Full);
        // A full buffer may hide bytes still to come; room left over tells that there are none.
        let done = compress.total_in() == bytes.len() as u64 && blocks.len() < blocks.capacity();
        if done || !matches!(status, Ok(Status::Ok)) {
            return blocks;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn decode(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut decoded = Vec::new();
        GzDecoder::new(bytes).read_to_end(&mut decoded).map(|_| decoded)
    }

    #[test]
    fn members_decode_to_what_they_were_made_of() {
        let noise: Vec<u8> = (0..15_000_u32)
            .flat_map(|i| i.wrapping_mul(2_654_435_761).rotate_left(7).to_le_bytes())
            .collect();
        for bytes in [&b""[..], b"{}", &noise] {
            assert_eq!(decode(&gzip(bytes)).unwrap(), bytes);
            decode(&corrupt(bytes)).unwrap_err();
        }
    }

    #[test]
    fn bombs_of_any_size_are_right_members() {
        for size in [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 17] {
            let wire: Vec<Bytes> = bomb(size).pieces(999).collect();
            let decoded = decode(&wire.concat()).unwrap();
            assert_eq!(decoded.len() as u64, size);
            assert!(decoded.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn a_gigabyte_is_about_a_megabyte_on_the_wire() {
        assert!(bomb(1 << 30).len().unwrap() < 1_100_000);
    }
}
