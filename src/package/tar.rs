//! tar archives, of every flavour that the tar crate reads: old, ustar, GNU and pax.

use super::budget::Opened;
use super::{FirstError, Member, PackageError, Visit, Wanted, malformed};

/// Bytes of a header, and of everything else in an archive: they come in multiples of it.
const BLOCK: usize = 512;
/// Where the sum of the header stands (POSIX `pax`, ustar Header Block).
const SUM: std::ops::Range<usize> = 148..156;

/// Whether the first block is the header of a member.
pub(super) fn header(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(..BLOCK) else { return false };
    if block.get(257..262) == Some(b"ustar") {
        return true;
    }
    // Before 1988 there was no magic, but a sum of all bytes, those of the sum taken as spaces.
    let stated = block.get(SUM).and_then(octal);
    let sum = block
        .iter()
        .enumerate()
        .map(|(at, &byte)| if SUM.contains(&at) { u64::from(b' ') } else { u64::from(byte) });
    block.first().is_some_and(|&first| first != 0) && stated == Some(sum.sum())
}

/// An octal number between spaces, ended by a zero or a space.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
}

/// The members in file order.
pub(super) fn members(
    bytes: &[u8],
    opened: &mut Opened<'_>,
    wanted: &mut Wanted<'_>,
    visit: &mut Visit<'_>,
) -> Result<(), PackageError> {
    let problem = |error| malformed("the tar archive", error);
    let mut archive = ::tar::Archive::new(bytes);
    let mut first = FirstError::default();
    for entry in archive.entries().map_err(problem)? {
        let mut entry = entry.map_err(problem)?;
        opened.count()?;
        let kind = entry.header().entry_type();
        let sparse = kind.is_gnu_sparse();
        if !kind.is_file() && !sparse && !kind.is_contiguous() {
            continue;
        }
        let name = super::name(&entry.path_bytes());
        if !wanted(&name, Some(entry.size())) {
            continue;
        }
        if sparse {
            // Its holes are in no block: it has to be put together.
            let outcome = opened.read(&name, &mut entry).map(|spool| {
                visit(Member { name, bytes: spool, offset: None }, opened.budget());
            });
            first.take(outcome)?;
            continue;
        }
        let offset = entry.raw_file_position();
        let stored = stored(bytes, offset, entry.size())
            .ok_or_else(|| malformed(&name, "it ends behind the end of the archive"))?;
        let outcome = opened.lend(stored).map(|bytes| {
            visit(Member { name, bytes, offset: Some(offset) }, opened.budget());
        });
        first.take(outcome)?;
    }
    first.finish()
}

/// The bytes of a member, which stand in the archive as they are.
fn stored(bytes: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    bytes.get(start..end)
}
