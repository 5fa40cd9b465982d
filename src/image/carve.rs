//! What an image carries in its data: other images, and containers that may hold some.
//!
//! [`carve`] looks at the bytes of every section that is not executable and behind the last section, for
//! the first bytes of images and containers. It is one pass and decompresses nothing. [`name()`] then says
//! what the finds that are worth it are called, and leaves out those that lie inside another.
//!
//! Nothing is found in code: what stands in executable sections is the business of those who read code.

mod name;
mod scan;

use std::ops::Range;

pub use name::name;

use super::bytes::{slice, u16_at, u32_at};
use super::pe;
use crate::facts::image::{ImageFacts, MachineKind, Section};
use scan::{Hit, Magic};

/// Finds in one image. The most met is about 700, gzipped descriptors in a Docker daemon; each find costs
/// its caller the start of a decompression.
const MAX_FOUND: usize = 4096;
/// `e_lfanew` of a real image: behind the MS-DOS header, and not far, since the headers are one page.
const PE_HEADER: Range<u32> = 0x40..0x1000;
/// Directory 4 holds a file offset and not an RVA: the certificate table.
const CERTIFICATE_TABLE: usize = 4;
/// Bytes of an end record of a zip without its comment (APPNOTE.TXT 4.3.16).
const ZIP_END: u64 = 22;
/// The block of a tar header, and where its magic stands.
const TAR_BLOCK: usize = 512;
const TAR_MAGIC: usize = 257;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A PE image.
    Image,
    /// A zip archive with its end record.
    Zip,
    /// Something that begins as a member of a zip, and no end record.
    ZipStart,
    /// A cabinet file.
    Cabinet,
    /// A tar archive.
    Tar,
    /// The head of a gzip, zstd, bzip2 or xz stream, whose end only decompression tells.
    Stream,
}

/// One find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carved {
    /// What it is.
    pub found: Found,
    /// Its bytes in the file. Those of tar archives and streams go on to the end of the section, until
    /// [`name()`] finds out more.
    pub range: Range<usize>,
    /// Where to say that it is: for a zip, its first member; else the start of `range`.
    pub offset: u64,
    /// The section that holds it; `None` behind the last one.
    pub section: Option<String>,
    /// The embed path, the variable or the resource; empty where none is known.
    pub name: String,
    /// Whether it is a resource.
    pub resource: bool,
}

/// All finds of one image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carving {
    /// In order of offset.
    pub found: Vec<Carved>,
    /// Whether there were more than are looked at.
    pub more: bool,
}

/// A part of the file that is searched.
#[derive(Debug, Clone)]
struct Region<'a> {
    range: Range<usize>,
    section: Option<&'a Section>,
}

/// Finds the heads of images and containers in the data of an image.
#[must_use]
pub fn carve(bytes: &[u8], facts: &ImageFacts) -> Carving {
    let mut carving = Carving::default();
    let mut cut = false;
    for region in regions(bytes, facts) {
        let (hits, more) = scan::scan(bytes, &region.range);
        search(bytes, &region, &hits, &mut carving);
        cut |= more;
    }
    carving.more |= cut;
    carving.found.sort_by_key(|carved| (carved.range.start, std::cmp::Reverse(carved.range.end)));
    carving
}

/// Finds what one region has.
fn search(bytes: &[u8], region: &Region<'_>, hits: &[Hit], carving: &mut Carving) {
    let (mut zips, mut tries) = (Vec::new(), 0);
    // End records first: what stands inside a whole zip is no start of a broken one.
    let first_start = hits.iter().find(|hit| hit.magic == Magic::ZipStart).map(|hit| hit.at);
    for hit in hits.iter().filter(|hit| hit.magic == Magic::ZipEnd) {
        if let Some(zip) = zip_by_end(bytes, region, hit.at, first_start)
            && carving.add(zip.clone())
        {
            zips.push(zip.range);
        }
    }
    zips.sort_by_key(|zip| zip.start);
    let mut zips = zips.into_iter().peekable();
    let (mut zip_end, mut tar_end, mut start_seen) = (0, 0, false);
    for hit in hits {
        while let Some(zip) = zips.next_if(|zip| zip.start <= hit.at) {
            zip_end = zip.end.max(zip_end);
        }
        match hit.magic {
            // Each member begins with it; the first says enough.
            Magic::ZipStart if start_seen || hit.at < zip_end => continue,
            // The headers of the further members of an archive.
            Magic::Ustar if hit.at < tar_end => continue,
            // Headers without sections cost as much as those of images.
            Magic::Mz if tries >= MAX_FOUND => {
                carving.more = true;
                return;
            }
            Magic::Mz => tries += 1,
            _ => {}
        }
        let Some(carved) = judge(bytes, region, *hit) else { continue };
        match carved.found {
            Found::Tar => tar_end = carved.range.end,
            Found::ZipStart => start_seen = true,
            _ => {}
        }
        if !carving.add(carved) {
            return;
        }
    }
}

impl Carving {
    /// Adds a find, if it is not one too many.
    fn add(&mut self, carved: Carved) -> bool {
        self.more |= self.found.len() >= MAX_FOUND;
        if !self.more {
            self.found.push(carved);
        }
        !self.more
    }
}

/// The parts of the file that are searched, each byte once: sections that are not executable, and what
/// stands behind all sections.
fn regions<'a>(bytes: &[u8], facts: &'a ImageFacts) -> Vec<Region<'a>> {
    let end_of = |section: &Section| usize::try_from(section.file_end()).unwrap_or(usize::MAX);
    let mut sections: Vec<&Section> = facts.sections.iter().filter(|s| s.file_size > 0).collect();
    sections.sort_by_key(|section| section.file_offset);
    let mut regions = Vec::new();
    let mut seen = 0;
    for section in sections {
        // Sections that share bytes, which no linker writes, are searched once.
        let start = (section.file_offset as usize).max(seen);
        let end = end_of(section).min(bytes.len());
        if start < end {
            if !section.executable() {
                regions.push(Region { range: start..end, section: Some(section) });
            }
            seen = end;
        }
    }
    if seen > 0 && seen < bytes.len() {
        regions.push(Region { range: seen..bytes.len(), section: None });
    }
    regions
}

/// What begins at a hit, if it is more than a few equal bytes.
fn judge(bytes: &[u8], region: &Region<'_>, hit: Hit) -> Option<Carved> {
    let rest = bytes.get(hit.at..region.range.end)?;
    let (found, length) = match hit.magic {
        Magic::Mz => (Found::Image, image_length(rest)?),
        Magic::Cabinet => (Found::Cabinet, cabinet_length(rest)?),
        Magic::Gzip => (Found::Stream, gzip(rest).then_some(rest.len())?),
        Magic::Zstd | Magic::Xz => (Found::Stream, rest.len()),
        Magic::Bzip2 => (Found::Stream, bzip2(rest).then_some(rest.len())?),
        Magic::Ustar => return tar(bytes, region, hit.at),
        Magic::ZipStart => (Found::ZipStart, zip_start(rest).then_some(rest.len())?),
        Magic::ZipEnd => return None,
    };
    Some(carved(region, found, hit.at..hit.at + length))
}

fn carved(region: &Region<'_>, found: Found, range: Range<usize>) -> Carved {
    Carved {
        found,
        offset: range.start as u64,
        range,
        section: region.section.map(|section| section.name.clone()),
        name: String::new(),
        resource: region.section.is_some_and(|section| section.name == ".rsrc"),
    }
}

/// Bytes of an image: up to the end of its last section or of its certificates, and never more than there
/// are. `None` where the headers are not those of an image.
#[must_use]
pub fn image_length(rest: &[u8]) -> Option<usize> {
    let machine = u16_at(rest, pe_head(rest, 0)? + 4)?;
    if matches!(MachineKind::from_header(machine), MachineKind::Other(_)) {
        return None;
    }
    let (image, _) = pe::headers(rest).ok()?;
    let length = rest.len() as u64;
    // A template of headers in a linker's data has no sections behind it.
    let inside = |section: &Section| section.file_size > 0 && section.file_end() <= length;
    if !image.sections.iter().any(inside) {
        return None;
    }
    let sections = image.sections.iter().map(Section::file_end).max().unwrap_or(0);
    let (at, size) = image.directory(CERTIFICATE_TABLE).unwrap_or_default();
    let certificates = u64::from(at) + u64::from(size);
    usize::try_from(sections.max(certificates.min(length)).min(length)).ok()
}

/// Where the PE header of an MS-DOS header at `at` is, counted from there.
fn pe_head(bytes: &[u8], at: usize) -> Option<u64> {
    let rest = bytes.get(at..)?;
    let header = u32_at(rest, 0x3c).filter(|header| PE_HEADER.contains(header))?;
    (slice(rest, header.into(), 4)? == b"PE\0\0").then_some(header.into())
}

/// Bytes of a cabinet: its header says so (Microsoft Cabinet Format, CFHEADER).
fn cabinet_length(rest: &[u8]) -> Option<usize> {
    let zeros = u32_at(rest, 4)? == 0 && u32_at(rest, 12)? == 0 && u32_at(rest, 20)? == 0;
    let version = u16_at(rest, 24)?;
    let length = u32_at(rest, 8)? as usize;
    (zeros && version == 0x0103 && length > 36 && length <= rest.len()).then_some(length)
}

/// The flags that exist, and an operating system that does (RFC 1952, 2.3.1).
fn gzip(rest: &[u8]) -> bool {
    let flags = rest.get(3).is_some_and(|flags| flags & 0xe0 == 0);
    flags && rest.get(9).is_some_and(|&system| system <= 13 || system == 255)
}

/// A level, and the magic of a block.
fn bzip2(rest: &[u8]) -> bool {
    let level = rest.get(3).is_some_and(|level| (b'1'..=b'9').contains(level));
    level && rest.get(4..10) == Some(b"\x31\x41\x59\x26\x53\x59")
}

/// A tar archive whose first header holds this magic. The sum of the header has to be right, since the
/// magic stands as a word in every program that reads tar archives.
fn tar(bytes: &[u8], region: &Region<'_>, magic: usize) -> Option<Carved> {
    let start = magic.checked_sub(TAR_MAGIC).filter(|&start| start >= region.range.start)?;
    let rest = bytes.get(start..region.range.end)?;
    let mut length = 0_usize;
    // From header to header; the archive ends with blocks of zeros.
    while let Some(size) = rest.get(length..).and_then(tar_member) {
        length = length
            .checked_add(TAR_BLOCK)?
            .checked_add(size.checked_next_multiple_of(TAR_BLOCK)?)?;
    }
    let end = length.saturating_add(2 * TAR_BLOCK).min(rest.len());
    // The headers of the further members are found as well, and left out: they lie inside this one.
    (length > 0).then(|| carved(region, Found::Tar, start..start + end))
}

/// Bytes of the member whose header begins here, if it is a header.
fn tar_member(rest: &[u8]) -> Option<usize> {
    const SIZE: Range<usize> = 124..136;
    const SUM: Range<usize> = 148..156;
    let header = rest.get(..TAR_BLOCK)?;
    let octal = |field: Range<usize>| {
        let text = std::str::from_utf8(header.get(field)?).ok()?;
        usize::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
    };
    let bytes = header.iter().enumerate();
    let sum: usize =
        bytes.map(|(at, &byte)| usize::from(if SUM.contains(&at) { b' ' } else { byte })).sum();
    (octal(SUM)? == sum).then(|| octal(SIZE))?
}

/// A zip by its end record. Its directory has to be where the record says, counted from the first member or
/// from the start of the file, as self-extracting archives do.
fn zip_by_end(
    bytes: &[u8],
    region: &Region<'_>,
    end: usize,
    first_start: Option<usize>,
) -> Option<Carved> {
    let at = end as u64;
    let comment = u16_at(bytes, at + 20)?;
    let (size, offset) = (u32_at(bytes, at + 12)?, u32_at(bytes, at + 16)?);
    let directory = at.checked_sub(size.into())?;
    // An archive in the 64-bit form has its directory before two more records; its reader finds it.
    let wide = offset == u32::MAX || size == u32::MAX;
    let (base, first) = if wide {
        let first = first_start.filter(|&first| first < end)?;
        (first, first)
    } else {
        slice(bytes, directory, 4).filter(|magic| magic == b"PK\x01\x02")?;
        let base = directory.checked_sub(offset.into())?;
        let first = base.checked_add(u64::from(u32_at(bytes, directory + 42)?))?;
        slice(bytes, first, 4).filter(|magic| magic == b"PK\x03\x04")?;
        (usize::try_from(base).ok()?, usize::try_from(first).ok()?)
    };
    let last = at + ZIP_END + u64::from(comment);
    let range = base..usize::try_from(last).ok()?.min(region.range.end);
    Some(Carved { offset: first as u64, ..carved(region, Found::Zip, range) })
}

/// Whether a local header is one: a version and a method that exist, and a name of plain characters.
fn zip_start(header: &[u8]) -> bool {
    let fields = || {
        let (version, method) = (u16_at(header, 4)?, u16_at(header, 8)?);
        let name = slice(header, 30, u16_at(header, 26)?.into())?;
        Some((version, method, name))
    };
    // 6.3 is the newest version (4.4.3.2); methods above 20 are Zstandard and its neighbours (4.4.5).
    fields().is_some_and(|(version, method, name)| {
        (10..=63).contains(&(version & 0xff))
            && (method <= 20 || (93..=99).contains(&method))
            && !name.is_empty()
            && name.iter().all(|byte| (0x20..0x7f).contains(byte) || *byte >= 0x80)
    })
}
