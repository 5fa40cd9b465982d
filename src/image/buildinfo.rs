//! Go's build information: finds the blob that the linker puts near the start
//! of the data, takes its two strings out, and has [`modinfo`]
//! read the second.
//!
//! The format is that of Go's debug/buildinfo, in both its forms: inline
//! strings since Go 1.18, pointers to string headers before.

use super::bytes::{slice, u32_at, u64_at};
use super::modinfo;
use super::pe::{Image, Mapped};
use crate::facts::image::{BuildInfo, Part};

/// What the blob begins with.
const MAGIC: &[u8] = b"\xff Go buildinf:";
/// The blob's address is a multiple of this.
const ALIGNMENT: u32 = 16;
/// Bytes of the blob before its inline strings.
const HEADER_SIZE: u64 = 32;
/// Bytes that one string may have; a thousand modules take about 100 KB.
const MAX_STRING: u64 = 1 << 20;
/// Flag in byte 15: the strings are inline.
const FLAG_INLINE: u8 = 2;
/// Flag in byte 15: the pointers are big-endian, which no Windows machine is.
const FLAG_BIG_ENDIAN: u8 = 1;
/// Bytes of the sentinels in front of the module text and behind it.
const SENTINEL: usize = 16;

/// Reads the build information; `None` if the image has none.
pub(super) fn read(image: &Image<'_>) -> Part<Option<BuildInfo>> {
    let Some(blob) = find(image)? else { return Ok(None) };
    let at = blob.offset;
    let (version, module) = strings(image, blob)
        .map_err(|problem| format!("the Go build information at offset {at:#x} {problem}"))?;
    if version.is_empty() {
        return Err(format!("the Go build information at offset {at:#x} has no Go version"));
    }
    let text = String::from_utf8_lossy(unframe(module));
    let mut info = modinfo::parse(&text)
        .map_err(|problem| format!("the Go build information at offset {at:#x}: {problem}"))?;
    info.offset = at;
    info.go_version = String::from_utf8_lossy(version).into_owned();
    Ok(Some(info))
}

/// Finds the first blob in the data that may be written to, which is where the
/// linker puts it. Read-only data may hold the blobs of embedded programs.
fn find<'a>(image: &Image<'a>) -> Part<Option<Mapped<'a>>> {
    let data = image.searchable(|section| section.writable() && !section.executable())?;
    Ok(data.into_iter().find_map(|(section, found)| {
        // Aligned is the address, so an odd section start shifts the grid.
        let first = usize::try_from(section.rva.wrapping_neg() % ALIGNMENT).ok()?;
        let mut grid = found.bytes.get(first..)?.chunks(ALIGNMENT as usize);
        let index = grid.position(|chunk| chunk.starts_with(MAGIC))?;
        let start = first + index * ALIGNMENT as usize;
        Some(Mapped { offset: found.offset + start as u64, bytes: found.bytes.get(start..)? })
    }))
}

/// Version and module text, or what keeps them from being read.
fn strings<'a>(image: &Image<'a>, blob: Mapped<'a>) -> Part<(&'a [u8], &'a [u8])> {
    let header = slice(blob.bytes, 0, HEADER_SIZE).ok_or("is cut short")?;
    let &[pointer_size, flags] = header.get(14..16).ok_or("is cut short")? else {
        return Err("is cut short".to_owned());
    };
    if flags & FLAG_INLINE != 0 {
        let rest = blob.bytes.get(HEADER_SIZE as usize..).ok_or("is cut short")?;
        let (version, rest) = inline_string(rest).ok_or("has a malformed version string")?;
        let (module, _) = inline_string(rest).ok_or("has a malformed module string")?;
        return Ok((version, module));
    }
    if flags & FLAG_BIG_ENDIAN != 0 {
        return Err("has big-endian pointers, which no Windows machine has".to_owned());
    }
    let size = match pointer_size {
        4 | 8 => u64::from(pointer_size),
        other => return Err(format!("has pointers of {other} bytes")),
    };
    let string = |at| pointed_string(image, header, at, size);
    let version = string(16).ok_or("points to a version string that is not in the file")?;
    let module = string(16 + size).ok_or("points to a module string that is not in the file")?;
    Ok((version, module))
}

/// A string behind its length as a varint, and what follows it.
fn inline_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = uvarint(bytes)?;
    if length > MAX_STRING {
        return None;
    }
    rest.split_at_checked(usize::try_from(length).ok()?)
}

/// An unsigned varint as encoding/binary writes it, and what follows it.
fn uvarint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    // MAX_STRING needs three bytes; ten are what 64 bits can take.
    let mut value = 0_u64;
    for (index, &byte) in bytes.iter().take(10).enumerate() {
        let part = u64::from(byte & 0x7f);
        let shift = 7 * u32::try_from(index).ok()?;
        if part != 0 && part.leading_zeros() < shift {
            return None;
        }
        value |= part.checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

/// A string by way of the pointer to its Go header {address, length}. A null
/// pointer is the empty string.
fn pointed_string<'a>(
    image: &Image<'a>,
    header: &[u8],
    at: u64,
    pointer_size: u64,
) -> Option<&'a [u8]> {
    let number = |bytes: &[u8], at: u64| match pointer_size {
        4 => u32_at(bytes, at).map(u64::from),
        _ => u64_at(bytes, at),
    };
    let pointer = number(header, at)?;
    if pointer == 0 {
        return Some(&[]);
    }
    let string = image.at_va(pointer)?;
    let address = number(string.bytes, 0)?;
    let length = number(string.bytes, pointer_size)?;
    if length == 0 {
        return Some(&[]);
    }
    if length > MAX_STRING {
        return None;
    }
    slice(image.at_va(address)?.bytes, 0, length)
}

/// Takes the sentinels off the module text. As in debug/buildinfo, a text
/// without them is none: the command was built without modules.
fn unframe(module: &[u8]) -> &[u8] {
    let end = module.len().saturating_sub(SENTINEL);
    match module.get(SENTINEL..end) {
        Some(text) if text.ends_with(b"\n") => text,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_end_and_do_not_overflow() {
        assert_eq!(uvarint(&[0x08, 1]), Some((8, &[1][..])));
        assert_eq!(uvarint(&[0xb8, 0x03]), Some((440, &[][..])));
        assert_eq!(uvarint(&[0x80]), None);
        assert_eq!(uvarint(&[]), None);
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(uvarint(&largest), Some((u64::MAX, &[][..])));
        assert_eq!(uvarint(&[0xff; 11]), None);
        let too_large = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(uvarint(&too_large), None);
    }

    #[test]
    fn a_text_without_sentinels_is_none() {
        let mut framed = vec![1; 16];
        framed.extend_from_slice(b"path\tx\n");
        framed.extend_from_slice(&[2; 16]);
        assert_eq!(unframe(&framed), b"path\tx\n");
        assert_eq!(unframe(b"path\tx\n"), b"");
        assert_eq!(unframe(&[1; 40]), b"");
    }
}
