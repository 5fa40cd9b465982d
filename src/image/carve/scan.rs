//! The search for first bytes: every magic number in one pass over the memory.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use rayon::prelude::*;

/// Bytes that are searched for all magic numbers before the next ones: they stay in the second-level cache.
const PIECE: usize = 256 << 10;
/// Pieces that are searched at once; between them the hits are counted.
const AT_ONCE: usize = 32;
/// Hits of one magic number in one piece: as many as heads of 32 bytes. The local header of a zip, the
/// smallest, has 30 and a name.
const MAX_IN_PIECE: usize = PIECE / 32;
/// Hits in one part of the file, 16 MiB of memory. A zip has one for each member: the source tree of Go 15,000.
const MAX_HITS: usize = 1 << 20;

/// The magic numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    /// A PE image, or two letters.
    Mz,
    /// gzip with deflate.
    Gzip,
    /// A Zstandard frame.
    Zstd,
    /// An xz stream.
    Xz,
    /// A bzip2 stream.
    Bzip2,
    /// A cabinet.
    Cabinet,
    /// Inside a tar header.
    Ustar,
    /// A local header of a zip.
    ZipStart,
    /// The end record of a zip.
    ZipEnd,
}

const MAGICS: &[(Magic, &[u8])] = &[
    (Magic::Mz, b"MZ"),
    (Magic::Gzip, b"\x1f\x8b\x08"),
    (Magic::Zstd, b"\x28\xb5\x2f\xfd"),
    (Magic::Xz, b"\xfd7zXZ\0"),
    (Magic::Bzip2, b"BZh"),
    (Magic::Cabinet, b"MSCF\0\0\0\0"),
    (Magic::Ustar, b"ustar"),
    (Magic::ZipStart, b"PK\x03\x04"),
    (Magic::ZipEnd, b"PK\x05\x06"),
];
/// The longest magic number.
const LONGEST: usize = 8;

/// One occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) magic: Magic,
    /// Its first byte.
    pub(super) at: usize,
}

/// Every occurrence in a part of the file, in order of offset, and whether there are more than are kept. The
/// two letters of an image without the rest of its head are none: they stand in every text.
pub(super) fn scan(bytes: &[u8], range: &Range<usize>) -> (Vec<Hit>, bool) {
    let pieces: Vec<usize> = range.clone().step_by(PIECE).collect();
    let (mut hits, mut more) = (Vec::new(), false);
    for pieces in pieces.chunks(AT_ONCE) {
        let found: Vec<Hit> =
            pieces.par_iter().flat_map_iter(|&start| piece(bytes, start, range.end)).collect();
        let piece = |hit: &Hit| (hit.magic, (hit.at - range.start) / PIECE);
        let mut alike = found.chunk_by(|one, next| piece(one) == piece(next));
        more |= alike.any(|hits| hits.len() >= MAX_IN_PIECE);
        hits.extend(found);
        if hits.len() > MAX_HITS {
            hits.truncate(MAX_HITS);
            more = true;
            break;
        }
    }
    hits.sort_by_key(|hit| hit.at);
    (hits, more)
}

/// The occurrences that begin in one piece, by magic number.
fn piece(bytes: &[u8], start: usize, range_end: usize) -> impl Iterator<Item = Hit> {
    static FINDERS: LazyLock<Vec<(Magic, Finder<'static>)>> = LazyLock::new(|| {
        MAGICS.iter().map(|(magic, needle)| (*magic, Finder::new(*needle))).collect()
    });
    let finders = &*FINDERS;
    // Beyond the piece as far as a magic number that begins in it.
    let end = (start + PIECE + LONGEST - 1).min(range_end);
    let piece = bytes.get(start..end).unwrap_or_default();
    finders.iter().flat_map(move |(magic, finder)| {
        let found = finder.find_iter(piece).take_while(|&at| at < PIECE);
        found
            .map(move |at| Hit { magic: *magic, at: start + at })
            .filter(|hit| hit.magic != Magic::Mz || super::pe_head(bytes, hit.at).is_some())
            .take(MAX_IN_PIECE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_are_no_head() {
        let mut bytes = b"MZ".repeat(PIECE);
        assert_eq!(scan(&bytes, &(0..bytes.len())), (Vec::new(), false));
        // 0x40 behind the first of these is the head of an image.
        let at = PIECE - 2;
        bytes[at + 0x3c..at + 0x44].copy_from_slice(b"\x40\0\0\0PE\0\0");
        let hit = Hit { magic: Magic::Mz, at };
        assert_eq!(scan(&bytes, &(0..bytes.len())), (vec![hit], false));
    }

    #[test]
    fn hits_are_kept_up_to_a_limit() {
        let heads = |pieces: usize| b"\x1f\x8b\x08".repeat(pieces * PIECE / 3);
        let (hits, more) = scan(&heads(2), &(0..2 * PIECE - 2));
        assert_eq!((hits.len(), more), (2 * MAX_IN_PIECE, true));
        let pieces = MAX_HITS / MAX_IN_PIECE + AT_ONCE;
        let bytes = heads(pieces);
        let (hits, more) = scan(&bytes, &(0..bytes.len()));
        assert_eq!((hits.len(), more), (MAX_HITS, true));
    }
}
