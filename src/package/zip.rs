//! zip archives (APPNOTE.TXT, by section), by their central directory; each entry is held against its
//! local header.
//!
//! The `zip` crate keeps entries by name, so that of two entries with one name it shows the last. Programs
//! that unpack archives differ in which of them they take, so gowoa has to see both. The crate serves as
//! the other side in the tests.

use std::io::Read;

use super::budget::Opened;
use super::stream;
use super::{FirstError, Member, PackageError, Visit, Wanted, malformed};

/// What is malformed, as it stands in errors.
const WHAT: &str = "the zip archive";
/// Bytes of a central header before its name (4.3.12).
const CENTRAL: u64 = 46;
/// Bytes of a local header before its name (4.3.7).
const LOCAL: u64 = 30;
/// Bytes of the end record before its comment (4.3.16).
const END: usize = 22;
/// A comment has at most this many bytes, so the end record is found in what stands before.
const MAX_COMMENT: usize = 0xffff;
/// Bytes of the locator of the zip64 end record (4.3.15).
const LOCATOR: u64 = 20;
/// "The value is in the zip64 extra field" (4.5.3).
const IN_EXTRA: u32 = u32::MAX;

/// The members in the order of the central directory.
pub(super) fn members(
    bytes: &[u8],
    opened: &mut Opened<'_>,
    wanted: &mut Wanted<'_>,
    visit: &mut Visit<'_>,
) -> Result<(), PackageError> {
    let directory = Directory::find(bytes)?;
    let mut first = FirstError::default();
    let mut at = directory.start;
    let mut count = 0_u64;
    // As long as there are headers, whatever the end record says of their number.
    while let Some((entry, next)) = Entry::central(bytes, at) {
        at = next;
        count += 1;
        opened.count()?;
        if !entry.regular() {
            continue;
        }
        let name = super::name(entry.head.name);
        if wanted(&name, Some(entry.size)) {
            first.take(member(bytes, &entry, directory.base, name, opened, visit))?;
        }
    }
    if count & directory.count_mask != directory.count {
        let problem =
            format!("its directory has {count} entries and should have {}", directory.count);
        first.take(Err(malformed(WHAT, problem)))?;
    }
    first.finish()
}

/// Where the central directory is.
struct Directory {
    /// What has to be added to every offset in the archive: it may stand behind other data.
    base: u64,
    /// Where its first header begins in `bytes`.
    start: u64,
    /// How many entries it has.
    count: u64,
    /// The bits of the number that the end record can hold.
    count_mask: u64,
}

impl Directory {
    fn find(bytes: &[u8]) -> Result<Self, PackageError> {
        let end = find_end(bytes)
            .ok_or_else(|| malformed(WHAT, "it has no end record; it may be cut short"))?;
        let number = |offset| u32_at(bytes, end + offset).map_or(0, u64::from);
        let zip64 = zip64_end(bytes, end);
        // Where the directory ends, its size, and its offset as the archive counts.
        let (directory_end, size, offset, count, count_mask) = match zip64 {
            Some(found) => found,
            None => {
                let count = u16_at(bytes, end + 10).map_or(0, u64::from);
                (end, number(12), number(16), count, 0xffff)
            }
        };
        let start = directory_end
            .checked_sub(size)
            .ok_or_else(|| malformed(WHAT, "its directory is larger than the archive"))?;
        let base = start
            .checked_sub(offset)
            .ok_or_else(|| malformed(WHAT, "its directory is not where the end record says"))?;
        Ok(Self { base, start, count, count_mask })
    }
}

/// The last end record whose comment fits.
fn find_end(bytes: &[u8]) -> Option<u64> {
    let first = bytes.len().saturating_sub(END + MAX_COMMENT);
    let tail = bytes.get(first..)?;
    memchr::memmem::rfind_iter(tail, b"PK\x05\x06").map(|at| (first + at) as u64).find(|&at| {
        let comment = u16_at(bytes, at + 20).map(u64::from);
        comment.is_some_and(|comment| at + END as u64 + comment <= bytes.len() as u64)
    })
}

/// The zip64 end record (4.3.14) where there is one: end and size of the directory, its offset, its number
/// of entries and the mask of that.
fn zip64_end(bytes: &[u8], end: u64) -> Option<(u64, u64, u64, u64, u64)> {
    let locator = end.checked_sub(LOCATOR)?;
    slice(bytes, locator, 4).filter(|magic| magic == b"PK\x06\x07")?;
    let stated = u64_at(bytes, locator + 8)?;
    // The locator counts from the start of the archive, which may stand behind other data: then the record
    // is where it usually is, before the locator, with no data of its own.
    let usual = locator.checked_sub(56);
    let is_record = |at: &u64| slice(bytes, *at, 4) == Some(b"PK\x06\x06");
    let record = Some(stated).filter(is_record).or(usual.filter(is_record))?;
    let (count, size, start) =
        (u64_at(bytes, record + 32)?, u64_at(bytes, record + 40)?, u64_at(bytes, record + 48)?);
    Some((record, size, start, count, u64::MAX))
}

/// What a central and a local header both say.
struct Head<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    packed: u32,
    extra: &'a [u8],
}

impl<'a> Head<'a> {
    /// A header of `length` bytes before its name, in which the flags stand at `flags`.
    fn read(bytes: &'a [u8], at: u64, magic: &[u8], flags: u64, length: u64) -> Option<Self> {
        slice(bytes, at, 4).filter(|found| *found == magic)?;
        let at = |offset: u64| at.checked_add(offset);
        let name = u64::from(u16_at(bytes, at(flags + 20)?)?);
        let extra = u64::from(u16_at(bytes, at(flags + 22)?)?);
        Some(Self {
            name: slice(bytes, at(length)?, name)?,
            flags: u16_at(bytes, at(flags)?)?,
            method: u16_at(bytes, at(flags + 2)?)?,
            packed: u32_at(bytes, at(flags + 12)?)?,
            extra: slice(bytes, at(length + name)?, extra)?,
        })
    }

    fn local(bytes: &'a [u8], at: u64) -> Option<Self> {
        Self::read(bytes, at, b"PK\x03\x04", 6, LOCAL)
    }

    fn central(bytes: &'a [u8], at: u64) -> Option<Self> {
        Self::read(bytes, at, b"PK\x01\x02", 8, CENTRAL)
    }
}

/// One entry of the central directory.
struct Entry<'a> {
    head: Head<'a>,
    crc: u32,
    packed: u64,
    size: u64,
    /// Where its local header is, as the archive counts.
    local: u64,
    /// `S_IFMT` of its Unix mode; 0 where another system made it.
    file_type: u32,
}

impl<'a> Entry<'a> {
    /// The entry at `at`, and where the next one begins.
    fn central(bytes: &'a [u8], at: u64) -> Option<(Self, u64)> {
        const UNIX: u8 = 3;
        const DARWIN: u8 = 19;
        let head = Head::central(bytes, at)?;
        let comment = u64::from(u16_at(bytes, at + 32)?);
        let next = at + CENTRAL + head.name.len() as u64 + head.extra.len() as u64 + comment;
        let made_by = u16_at(bytes, at + 4)?.to_le_bytes().last().copied()?;
        let attributes = u32_at(bytes, at + 38)?;
        let mut wide = zip64_values(head.extra);
        let mut value = |narrow: u32| match narrow {
            IN_EXTRA => wide.next().unwrap_or(narrow.into()),
            narrow => narrow.into(),
        };
        let size = value(u32_at(bytes, at + 24)?);
        let packed = value(head.packed);
        let local = value(u32_at(bytes, at + 42)?);
        let unix = made_by == UNIX || made_by == DARWIN;
        let file_type = if unix { attributes >> 16 & 0o170_000 } else { 0 };
        Some((Self { crc: u32_at(bytes, at + 16)?, head, packed, size, local, file_type }, next))
    }

    /// Whether it is a file and no directory, link or device.
    fn regular(&self) -> bool {
        const REGULAR: u32 = 0o100_000;
        let directory = self.head.name.ends_with(b"/") || self.head.name.ends_with(b"\\");
        !directory && matches!(self.file_type, 0 | REGULAR)
    }
}

/// The values of the zip64 extra field (4.5.3): those that are 0xFFFFFFFF in the header, in fixed order.
fn zip64_values(extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = extra;
    let field = std::iter::from_fn(move || {
        let (id, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let data = rest.get(4..4 + length)?;
        rest = rest.get(4 + length..)?;
        Some((id, data))
    })
    .find(|&(id, _)| id == 1);
    let data = field.map(|(_, data)| data).unwrap_or_default();
    data.chunks_exact(8).filter_map(|eight| eight.try_into().ok()).map(u64::from_le_bytes)
}

/// Hands out one member.
fn member(
    bytes: &[u8],
    entry: &Entry<'_>,
    base: u64,
    name: String,
    opened: &mut Opened<'_>,
    visit: &mut Visit<'_>,
) -> Result<(), PackageError> {
    /// Traditional encryption, and strong encryption (4.4.4).
    const ENCRYPTED: u16 = 1 | 1 << 6;
    if entry.head.flags & ENCRYPTED != 0 {
        return Err(PackageError::Encrypted { member: name });
    }
    let start = data_start(bytes, entry, base).map_err(|problem| malformed(&name, problem))?;
    let data = slice(bytes, start, entry.packed)
        .ok_or_else(|| malformed(&name, "it ends behind the end of the archive"))?;
    if entry.head.method == 0 {
        if entry.packed != entry.size {
            return Err(malformed(name, "it is stored, and its two sizes differ"));
        }
        // Its sum is not held against it: an image with a wrong one is no less an image.
        let stored = opened.lend(data)?;
        visit(Member { name, bytes: stored, offset: Some(start) }, opened.budget());
        return Ok(());
    }
    let mut reader = decoder(entry.head.method, data, &name)?;
    let mut summed = flate2::CrcReader::new(&mut reader);
    let read = opened.read(&name, &mut summed);
    if read.is_err() {
        // A decoder may take in much before it fails, and many entries may name the same bytes.
        opened.spend(entry.packed);
    }
    let spool = read?;
    if spool.len() as u64 != entry.size {
        return Err(malformed(
            name,
            format!("it unpacks to {} bytes, not {}", spool.len(), entry.size),
        ));
    }
    if summed.crc().sum() != entry.crc {
        return Err(malformed(name, "its checksum is wrong"));
    }
    visit(Member { name, bytes: spool, offset: None }, opened.budget());
    Ok(())
}

/// What unpacks the method (4.4.5).
fn decoder<'a>(
    method: u16,
    data: &'a [u8],
    name: &str,
) -> Result<Box<dyn Read + 'a>, PackageError> {
    let unknown = match method {
        8 => return Ok(Box::new(flate2::bufread::DeflateDecoder::new(data))),
        12 => return Ok(stream::bzip2(data)),
        // 20 was its first number.
        20 | 93 => return Ok(stream::zstd(data)),
        95 => return Ok(stream::xz(data)),
        1 => "Shrink".to_owned(),
        6 => "Implode".to_owned(),
        9 => "Deflate64".to_owned(),
        14 => "LZMA".to_owned(),
        98 => "PPMd".to_owned(),
        99 => return Err(PackageError::Encrypted { member: name.to_owned() }),
        other => format!("method {other}"),
    };
    Err(PackageError::Method { member: name.to_owned(), method: unknown })
}

/// Where the data of a member begins. A local header that contradicts the central directory is an error:
/// programs that unpack by local headers would get something else than gowoa saw.
fn data_start(bytes: &[u8], entry: &Entry<'_>, base: u64) -> Result<u64, &'static str> {
    /// The sizes follow the data, and are zero or anything in the header (4.4.4).
    const SIZES_FOLLOW: u16 = 1 << 3;
    let at = base.checked_add(entry.local).ok_or("its offset is too large")?;
    let local = Head::local(bytes, at)
        .ok_or("there is no local header where the central directory says")?;
    if entry.head.name != local.name {
        return Err("its name in the central directory and in its local header differ");
    }
    if entry.head.method != local.method {
        return Err("its method in the central directory and in its local header differ");
    }
    let sized = local.flags & SIZES_FOLLOW == 0 && local.packed != IN_EXTRA;
    if sized && u64::from(local.packed) != entry.packed {
        return Err("its size in the central directory and in its local header differ");
    }
    Ok(at + LOCAL + local.name.len() as u64 + local.extra.len() as u64)
}

/// `length` bytes at `offset`.
fn slice(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
}

fn u16_at(bytes: &[u8], at: u64) -> Option<u16> {
    Some(u16::from_le_bytes(slice(bytes, at, 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: u64) -> Option<u32> {
    Some(u32::from_le_bytes(slice(bytes, at, 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: u64) -> Option<u64> {
    Some(u64::from_le_bytes(slice(bytes, at, 8)?.try_into().ok()?))
}
