//! The search for first bytes: every magic number in one pass over the memory.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use rayon::prelude::*;

/// Bytes that are searched for all magic numbers before the next ones: they stay in the second-level cache.
const PIECE: usize = 256 << 10;

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

/// Every occurrence in a part of the file, in order of offset.
pub(super) fn scan(bytes: &[u8], range: &Range<usize>) -> Vec<Hit> {
    static FINDERS: LazyLock<Vec<(Magic, Finder<'static>)>> = LazyLock::new(|| {
        MAGICS.iter().map(|(magic, needle)| (*magic, Finder::new(*needle))).collect()
    });
    let finders = &*FINDERS;
    let pieces: Vec<usize> = range.clone().step_by(PIECE).collect();
    let mut hits: Vec<Hit> = pieces
        .into_par_iter()
        .flat_map_iter(|start| {
            // Beyond the piece as far as a magic number that begins in it.
            let end = (start + PIECE + LONGEST - 1).min(range.end);
            let piece = bytes.get(start..end).unwrap_or_default();
            finders.iter().flat_map(move |(magic, finder)| {
                let found = finder.find_iter(piece).take_while(|&at| at < PIECE);
                found.map(move |at| Hit { magic: *magic, at: start + at })
            })
        })
        .collect();
    hits.sort_by_key(|hit| hit.at);
    hits
}
