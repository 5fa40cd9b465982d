//! tar archives, of every flavour that the tar crate reads: old, ustar, GNU and pax.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::budget::Opened;
use super::{FirstError, Member, PackageError, Visit, Wanted, malformed};

/// Bytes of a header, and of everything else in an archive: they come in multiples of it.
const BLOCK: usize = 512;
/// Bytes of the headers of one member: its own, GNU long names, pax records, maps of holes. The tar crate
/// keeps them in memory before it hands out the member. Names have 4 KiB at most; one extended attribute,
/// which pax keeps there as well, has up to 64 KiB on Linux.
const MAX_HEADERS: u64 = 256 << 10;
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
    let left = Cell::new(MAX_HEADERS);
    let problem = |error| match left.get() {
        0 => {
            PackageError::Limit { which: "bytes in the headers of one member", value: MAX_HEADERS }
        }
        _ => malformed("the tar archive", error),
    };
    let mut archive = ::tar::Archive::new(Headers { bytes: Cursor::new(bytes), left: &left });
    let mut first = FirstError::default();
    // With seeking, what stands between headers is not read.
    let mut entries = archive.entries_with_seek().map_err(problem)?;
    loop {
        left.set(MAX_HEADERS);
        let Some(entry) = entries.next() else { break };
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
            // Its holes are in no block: it has to be put together. The budget limits what is read of it.
            left.set(u64::MAX);
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

/// An archive of which no more than so many bytes can be read before `left` is set again; 0 where more were
/// asked for.
struct Headers<'a> {
    bytes: Cursor<&'a [u8]>,
    left: &'a Cell<u64>,
}

impl Read for Headers<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The last byte is never given, so 0 is left only where one more was asked for.
        let left = self.left.get().saturating_sub(1);
        if left == 0 && !buffer.is_empty() {
            self.left.set(0);
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.bytes.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.set(self.left.get() - read as u64);
        Ok(read)
    }
}

impl Seek for Headers<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.bytes.seek(to)?;
        // Behind the end there is no next header; to find none there would look like the end of the archive.
        if at > self.bytes.get_ref().len() as u64 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "a member ends behind its end",
            ));
        }
        Ok(at)
    }
}

/// The bytes of a member, which stand in the archive as they are.
fn stored(bytes: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    bytes.get(start..end)
}
