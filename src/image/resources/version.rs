//! The version resource (Microsoft, `VS_VERSIONINFO`): blocks in blocks, each with a length, a key in
//! UTF-16, a value and children, aligned to four bytes.

use crate::facts::image::Part;
use crate::facts::resource::VersionInfo;
use crate::image::bytes::{slice, u16_at, u32_at};

/// `dwSignature` of `VS_FIXEDFILEINFO`.
const SIGNATURE: u32 = 0xfeef_04bd;
/// Strings that are kept; programs have about ten a language.
const MAX_STRINGS: usize = 256;
/// UTF-16 units that are kept of a key or value.
const MAX_UNITS: usize = 1024;

/// Reads the resource that begins at `offset` of the file.
pub(super) fn read(bytes: &[u8], offset: u64) -> Part<VersionInfo> {
    let malformed = |what: &str| format!("the version resource at offset {offset:#x} {what}");
    let root = Block::at(bytes, 0).ok_or_else(|| malformed("is cut short"))?;
    if root.key != "VS_VERSION_INFO" {
        return Err(malformed(&format!("has the key {:?} and not VS_VERSION_INFO", root.key)));
    }
    let mut version = VersionInfo::default();
    let mut children = root.value;
    if root.value_length > 0 {
        if u32_at(bytes, root.value) != Some(SIGNATURE) {
            return Err(malformed("lacks the signature 0xfeef04bd of its fixed part"));
        }
        let number = |at| u32_at(bytes, root.value + at);
        if let (Some(high), Some(low)) = (number(8), number(12)) {
            let halves = |number: u32| ((number >> 16) as u16, number as u16);
            let ((major, minor), (patch, build)) = (halves(high), halves(low));
            version.file_version = Some((major, minor, patch, build));
        }
        version.file_type = number(36);
        children += u64::from(root.value_length);
    }
    // StringFileInfo holds a StringTable for each language, and that the strings.
    for info in Blocks::new(bytes, children, root.end).filter(|block| block.key == "StringFileInfo")
    {
        for table in Blocks::new(bytes, info.value, info.end) {
            for string in Blocks::new(bytes, table.value, table.end) {
                if version.strings.len() < MAX_STRINGS {
                    let value = text(bytes, string.value, string.end);
                    version.strings.push((string.key, value));
                }
            }
        }
    }
    Ok(version)
}

/// One block; offsets are from the start of the resource.
struct Block {
    end: u64,
    value_length: u16,
    key: String,
    /// Where the value begins, or the children of a block without one.
    value: u64,
}

impl Block {
    fn at(bytes: &[u8], at: u64) -> Option<Self> {
        let length = u64::from(u16_at(bytes, at)?);
        let value_length = u16_at(bytes, at + 2)?;
        slice(bytes, at, length)?;
        let end = at + length;
        let key = text(bytes, at + 6, end);
        let value = aligned(at + 6 + 2 * (key.encode_utf16().count() as u64 + 1));
        // A block has at least its three numbers, so that a walk gets on.
        (length >= 6).then_some(Self { end, value_length, key, value })
    }
}

/// The blocks from one offset to another.
struct Blocks<'a> {
    bytes: &'a [u8],
    at: u64,
    end: u64,
}

impl<'a> Blocks<'a> {
    fn new(bytes: &'a [u8], at: u64, end: u64) -> Self {
        Self { bytes, at: aligned(at), end }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if self.at >= self.end {
            return None;
        }
        let block = Block::at(self.bytes, self.at).filter(|block| block.end <= self.end)?;
        self.at = aligned(block.end);
        Some(block)
    }
}

fn aligned(at: u64) -> u64 {
    at.next_multiple_of(4)
}

/// UTF-16 up to its zero or to `end`.
fn text(bytes: &[u8], at: u64, end: u64) -> String {
    let units = (0..MAX_UNITS as u64)
        .map(|index| at + 2 * index)
        .take_while(|at| at + 2 <= end)
        .map_while(|at| u16_at(bytes, at).filter(|&unit| unit != 0));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
