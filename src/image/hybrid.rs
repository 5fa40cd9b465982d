//! Whether an image holds code for more than one machine: the load
//! configuration, the CHPE metadata behind it, and the ARM64X dynamic
//! relocations.
//!
//! `goblin` parses the fields of the load configuration, out of a slice that is
//! cut here to the size the directory states for itself: the size in the data
//! directory is not that of the structure in old x86 images.

use goblin::pe::data_directories::DataDirectory;
use goblin::pe::load_config::{LoadConfigData, LoadConfigDirectory};
use goblin::pe::options::ParseOptions;

use super::bytes::{slice, u32_at, u64_at};
use super::pe::{Image, Mapped};
use crate::facts::image::{
    Arm64xRelocations, Chpe, ChpeMetadata, CodeRange, CodeType, Hybrid, Part,
};

/// Index of the load configuration among the data directories (PE format,
/// Optional Header Data Directories).
const LOAD_CONFIG_DIRECTORY: usize = 10;
/// Code ranges that are read of one image. Each is a run of pages of one
/// machine, so even large system DLLs have few.
const MAX_CODE_RANGES: u32 = 1 << 16;
/// Bytes of one code range entry.
const CODE_RANGE_SIZE: u64 = 8;
/// Entries that are walked in the table of dynamic relocations; seven symbols
/// have a meaning so far.
const MAX_DYNAMIC_RELOCATIONS: usize = 256;
/// `IMAGE_DYNAMIC_RELOCATION_ARM64X` (winnt.h).
const SYMBOL_ARM64X: u64 = 6;

/// Where the fields are in the load configuration (winnt.h,
/// `IMAGE_LOAD_CONFIG_DIRECTORY64` and `32`).
struct Offsets {
    /// `CHPEMetadataPointer`.
    chpe: u64,
    /// Bytes of that pointer.
    pointer: u64,
    /// `DynamicValueRelocTableOffset`, four bytes, before the two of
    /// `DynamicValueRelocTableSection`.
    dynamic: u64,
}

/// The fields of the 64-bit load configuration.
const OFFSETS_64: Offsets = Offsets { chpe: 0xc8, pointer: 8, dynamic: 0xe0 };
/// The fields of the 32-bit load configuration.
const OFFSETS_32: Offsets = Offsets { chpe: 0x7c, pointer: 4, dynamic: 0x88 };

/// Reads what the load configuration says about other machines' code.
pub(super) fn read(image: &Image<'_>) -> Part<Hybrid> {
    let Some((rva, _)) = image.directory(LOAD_CONFIG_DIRECTORY) else {
        return Ok(Hybrid { load_config_offset: None, chpe: None, arm64x: Ok(None) });
    };
    let found = image.at_rva(rva).ok_or_else(|| {
        format!("the load configuration at RVA {rva:#x} is not in the bytes of any section")
    })?;
    let directory = stated_size(found)?;
    let size = directory.bytes.len() as u64;
    let fields = fields(directory, image.pe32_plus)?;
    let offsets = if image.pe32_plus { OFFSETS_64 } else { OFFSETS_32 };

    // A field only counts if the stated size covers it. goblin cannot tell: in a
    // directory that ends inside an 8-byte field it reads the smaller fields
    // that follow from the bytes left over.
    let chpe = fields
        .chpe_metadata_pointer
        .filter(|&pointer| pointer != 0 && size >= offsets.chpe + offsets.pointer)
        .map(|pointer| Chpe {
            pointer,
            pointer_offset: directory.offset + offsets.chpe,
            metadata: metadata(image, pointer),
        });
    let table = fields
        .dynamic_value_reloc_table_offset
        .zip(fields.dynamic_value_reloc_table_section)
        .filter(|&(_, section)| section != 0 && size >= offsets.dynamic + 6);
    let arm64x = match table {
        Some((offset, section)) => dynamic_relocations(image, section, offset),
        None => Ok(None),
    };
    Ok(Hybrid { load_config_offset: Some(directory.offset), chpe, arm64x })
}

/// Cuts the load configuration to the size in its first field.
fn stated_size(found: Mapped<'_>) -> Part<Mapped<'_>> {
    let offset = found.offset;
    let size = u32_at(found.bytes, 0)
        .ok_or_else(|| format!("the load configuration at offset {offset:#x} has no size field"))?;
    let bytes = slice(found.bytes, 0, u64::from(size)).ok_or_else(|| {
        let left = found.bytes.len();
        format!(
            "the load configuration at offset {offset:#x} states {size:#x} bytes, \
             but its section has {left:#x} left"
        )
    })?;
    Ok(Mapped { offset, bytes })
}

/// Parses the fields that the stated size covers.
fn fields(directory: Mapped<'_>, is_64: bool) -> Part<LoadConfigDirectory> {
    // Images older than the field state 0: a directory without fields.
    let Ok(size) = u32::try_from(directory.bytes.len()) else {
        return Err("the load configuration is larger than a PE image can be".to_owned());
    };
    if size == 0 {
        return Ok(LoadConfigDirectory::default());
    }
    // The slice begins with the directory, so there is no address to resolve.
    let mut options = ParseOptions::default();
    options.resolve_rva = false;
    let here = DataDirectory { virtual_address: 0, size };
    LoadConfigData::parse_with_opts(directory.bytes, here, &[], 1, &options, is_64)
        .map(|data| data.directory)
        .map_err(|error| {
            format!("the load configuration at offset {:#x}: {error}", directory.offset)
        })
}

/// Reads the CHPE metadata of a 64-bit image (`COFF.h`, `chpe_metadata`).
fn metadata(image: &Image<'_>, pointer: u64) -> Part<ChpeMetadata> {
    if !image.pe32_plus {
        return Err("the CHPE metadata of 32-bit x86 images is not read".to_owned());
    }
    let found = image.at_va(pointer).ok_or_else(|| {
        format!("the CHPE metadata at address {pointer:#x} is not in the bytes of any section")
    })?;
    let field = |at| {
        u32_at(found.bytes, at)
            .ok_or_else(|| format!("the CHPE metadata at offset {:#x} is cut short", found.offset))
    };
    let version = field(0)?;
    let code_map = field(4)?;
    let count = field(8)?;
    let (code_map_offset, code_ranges) = code_ranges(image, code_map, count)?;
    Ok(ChpeMetadata { offset: found.offset, version, code_map_offset, code_ranges })
}

/// Reads the code map: which code is for which machine.
fn code_ranges(image: &Image<'_>, rva: u32, count: u32) -> Part<(Option<u64>, Vec<CodeRange>)> {
    if count == 0 {
        return Ok((None, Vec::new()));
    }
    if count > MAX_CODE_RANGES {
        return Err(format!(
            "the CHPE code map states {count} ranges, more than the {MAX_CODE_RANGES} that are read"
        ));
    }
    let found = image.at_rva(rva).ok_or_else(|| {
        format!("the CHPE code map at RVA {rva:#x} is not in the bytes of any section")
    })?;
    let entries = slice(found.bytes, 0, u64::from(count) * CODE_RANGE_SIZE).ok_or_else(|| {
        format!(
            "the CHPE code map at offset {:#x} states {count} ranges, \
             but its section ends before the last",
            found.offset
        )
    })?;
    let mut ranges = Vec::with_capacity(entries.len() / 8);
    for at in (0..u64::from(count)).map(|index| index * CODE_RANGE_SIZE) {
        if let (Some(start), Some(length)) = (u32_at(entries, at), u32_at(entries, at + 4)) {
            ranges.push(code_range(start, length));
        }
    }
    Ok((Some(found.offset), ranges))
}

/// One entry: the type is in the low two bits of the start.
fn code_range(start: u32, length: u32) -> CodeRange {
    let code = match start & 3 {
        0 => CodeType::Arm64,
        1 => CodeType::Arm64Ec,
        2 => CodeType::Amd64,
        _ => CodeType::Reserved,
    };
    CodeRange { start: start & !3, length, code }
}

/// Looks for the ARM64X entry in the table of dynamic relocations (winnt.h,
/// `IMAGE_DYNAMIC_RELOCATION_TABLE`), which is addressed by section number and
/// offset.
fn dynamic_relocations(
    image: &Image<'_>,
    section: u16,
    offset: u32,
) -> Part<Option<Arm64xRelocations>> {
    let place = format!("the table of dynamic relocations in section {section} at {offset:#x}");
    let table = usize::from(section)
        .checked_sub(1)
        .and_then(|index| image.sections.get(index))
        .and_then(|section| image.section_bytes(section))
        .and_then(|found| {
            let bytes = found.bytes.get(usize::try_from(offset).ok()?..)?;
            Some(Mapped { offset: found.offset + u64::from(offset), bytes })
        })
        .ok_or_else(|| format!("{place} is not in the file"))?;
    let version = u32_at(table.bytes, 0);
    let size = u32_at(table.bytes, 4);
    let (Some(version), Some(size)) = (version, size) else {
        return Err(format!("{place} is cut short"));
    };
    let walk = match version {
        1 => entry_v1,
        2 => entry_v2,
        other => return Err(format!("{place} has version {other}, and only 1 and 2 are known")),
    };
    let entries = slice(table.bytes, 8, u64::from(size))
        .ok_or_else(|| format!("{place} states {size:#x} bytes, and its section has fewer"))?;

    let mut at = 0;
    for _ in 0..MAX_DYNAMIC_RELOCATIONS {
        if at >= entries.len() as u64 {
            return Ok(None);
        }
        let here = table.offset + 8 + at;
        let entry = walk(entries, at, image.pe32_plus)
            .ok_or_else(|| format!("{place} has a malformed entry at offset {here:#x}"))?;
        if entry.symbol == SYMBOL_ARM64X {
            return Ok(Some(Arm64xRelocations {
                table_version: version,
                offset: here,
                fixup_size: entry.fixups,
            }));
        }
        at = entry.next;
    }
    Err(format!("{place} has more than the {MAX_DYNAMIC_RELOCATIONS} entries that are read"))
}

/// One entry of the table of dynamic relocations.
struct Entry {
    /// What the fix-ups are about.
    symbol: u64,
    /// Bytes of fix-ups.
    fixups: u32,
    /// Where the next entry begins; always behind this one.
    next: u64,
}

/// `IMAGE_DYNAMIC_RELOCATION64` and `32`: symbol, size, fix-ups; not padded.
fn entry_v1(entries: &[u8], at: u64, is_64: bool) -> Option<Entry> {
    let (symbol, head) =
        if is_64 { (u64_at(entries, at)?, 12) } else { (u64::from(u32_at(entries, at)?), 8) };
    let fixups = u32_at(entries, at + head - 4)?;
    within(entries, Entry { symbol, fixups, next: at + head + u64::from(fixups) })
}

/// `IMAGE_DYNAMIC_RELOCATION64_V2` and `32`: header size, fix-up size, symbol.
fn entry_v2(entries: &[u8], at: u64, is_64: bool) -> Option<Entry> {
    let head = u32_at(entries, at)?;
    let fixups = u32_at(entries, at + 4)?;
    let (symbol, least) = if is_64 {
        (u64_at(entries, at + 8)?, 16)
    } else {
        (u64::from(u32_at(entries, at + 8)?), 12)
    };
    if head < least {
        return None;
    }
    within(entries, Entry { symbol, fixups, next: at + u64::from(head) + u64::from(fixups) })
}

/// The entry, if all of it is in the table.
fn within(entries: &[u8], entry: Entry) -> Option<Entry> {
    (entry.next <= entries.len() as u64).then_some(entry)
}
