//! Where Go's function table is and how many functions it has. It survives
//! `-ldflags=-s`, so it tells a Go image from another even without symbols.
//!
//! An image that carries other Go programs in its data holds their tables as well.
//! Its own is the one that the runtime's module data in it points to.

use super::bytes::{u32_at, u64_at};
use super::pe::Image;
use crate::facts::image::{Part, PclnTab};

/// Tables that are looked at before the search gives up: one Go program has
/// one, and another for each Go program embedded in it.
const MAX_TABLES: usize = 256;
/// The magic numbers by the first Go version that writes them
/// (internal/abi, `PCLnTabMagic`).
const MAGICS: [(u32, &str); 4] = [
    (0xffff_fff1, "go1.20"),
    (0xffff_fff0, "go1.18"),
    (0xffff_fffa, "go1.16"),
    (0xffff_fffb, "go1.2"),
];
/// Least bytes of the table for one function: two 32-bit offsets.
const LEAST_FUNCTION_SIZE: u64 = 8;

/// What the runtime knows of the code of one module (runtime, `moduledata`), as
/// far as it is needed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ModuleData {
    /// RVA of the function table that it points to.
    pub(super) table: u32,
    /// RVA behind the last part of that table.
    pub(super) table_end: u32,
    /// RVA from which the starts of functions count.
    pub(super) text: u32,
    /// RVAs of which one is where the data of functions begins (`gofunc`), which trees of inlined calls count from:
    /// the word has moved, and what is there tells which it is.
    pub(super) function_data: [Option<u32>; FUNCTION_DATA.len()],
}

/// Finds the function table of the image.
pub(super) fn read(image: &Image<'_>) -> Part<Option<PclnTab>> {
    let tables = tables(image)?;
    let [first, second, ..] = tables.as_slice() else { return Ok(tables.first().copied()) };
    let addresses: Vec<u32> = tables.iter().map(|table| table.rva).collect();
    let mut own: Vec<u32> = module_data(image, &addresses)?.iter().map(|data| data.table).collect();
    own.dedup();
    let found = match own.as_slice() {
        [own] => tables.iter().find(|table| table.rva == *own),
        _ => None,
    };
    found.copied().map(Some).ok_or_else(|| {
        format!(
            "{} Go function tables, the first at offset {:#x} and {:#x}, and module data \
             points to {} of them: which is the image's own is not known",
            tables.len(),
            first.offset,
            second.offset,
            own.len()
        )
    })
}

/// Every function table in the data, in order of offset.
fn tables(image: &Image<'_>) -> Part<Vec<PclnTab>> {
    let mut tables = Vec::new();
    for (section, found) in image.searchable(|section| !section.executable())? {
        // The runtime reads the header as a struct, so it is aligned to a pointer.
        let step = if image.pe32_plus { 8 } else { 4 };
        for (index, chunk) in found.bytes.chunks_exact(step).enumerate() {
            // Cheapest test first: this runs over all data of the image.
            if !matches!(chunk, [0xf0..=0xfb, 0xff, 0xff, 0xff, ..]) {
                continue;
            }
            let at = index * step;
            let Some(bytes) = found.bytes.get(at..) else { continue };
            let Some((since, functions)) = header(bytes, step) else { continue };
            let rva = u32::try_from(at).ok().and_then(|at| section.rva.checked_add(at));
            let Some(rva) = rva else { continue };
            if tables.len() == MAX_TABLES {
                return Err(format!("more than {MAX_TABLES} Go function tables in one image"));
            }
            tables.push(PclnTab { offset: found.offset + at as u64, rva, since, functions });
        }
    }
    Ok(tables)
}

/// Words of `moduledata` from Go 1.16 on: the pointer to the table's header, six
/// slices of three words, `findfunctab`, then `minpc` and those behind it. The fifth
/// slice is the last part of the function table.
const PCLN_TABLE: u64 = 13;
const MIN_PC: u64 = 20;
const MAX_PC: u64 = 21;
const TEXT: u64 = 22;
const END_OF_TEXT: u64 = 23;
/// `gofunc`, which is word 40 from Go 1.20 to 1.26, and the words where it could be if others come before it.
const FUNCTION_DATA: [u64; 4] = [40, 41, 42, 43];

/// The module data that points to one of the function tables at these RVAs, sorted by
/// them, in the data that may be written to. Only 64-bit images are searched. The
/// module data of an embedded program points to addresses of that program: it counts
/// only if it fits this image, which no program met so far does by chance.
pub(super) fn module_data(image: &Image<'_>, tables: &[u32]) -> Part<Vec<ModuleData>> {
    let mut sorted = tables.to_vec();
    sorted.sort_unstable();
    let mut data = Vec::new();
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return Ok(data) };
    if !image.pe32_plus {
        return Ok(data);
    }
    let spread = u64::from(high - low);
    let base = image.image_base.wrapping_add(u64::from(low));
    for (_, found) in image.searchable(|section| section.writable() && !section.executable())? {
        for (index, word) in found.bytes.chunks_exact(8).enumerate() {
            let Some(pointer) = u64_at(word, 0) else { continue };
            if pointer.wrapping_sub(base) > spread {
                continue;
            }
            let table = u32::try_from(pointer.wrapping_sub(image.image_base)).ok();
            let table = table.filter(|table| sorted.binary_search(table).is_ok());
            let Some(bytes) = found.bytes.get(index * 8..) else { continue };
            data.extend(table.and_then(|table| module_data_at(image, bytes, table)));
            if data.len() == MAX_TABLES {
                break;
            }
        }
    }
    data.sort_unstable_by_key(|data| data.table);
    Ok(data)
}

/// The module data, if its text lies in one section with code, in the right order.
fn module_data_at(image: &Image<'_>, bytes: &[u8], table: u32) -> Option<ModuleData> {
    let rva = |word: u64| {
        let address = u64_at(bytes, 8 * word)?;
        u32::try_from(address.checked_sub(image.image_base)?).ok()
    };
    let (text, min, max, end) = (rva(TEXT)?, rva(MIN_PC)?, rva(MAX_PC)?, rva(END_OF_TEXT)?);
    let section = image.sections.iter().find(|section| {
        let size = section.virtual_size.max(section.file_size);
        section.executable() && text >= section.rva && text - section.rva < size
    })?;
    let behind = u64::from(section.rva) + u64::from(section.virtual_size.max(section.file_size));
    let ordered = text <= min && min < max && max <= end && u64::from(end) <= behind;
    let last =
        rva(PCLN_TABLE)?.checked_add(u32::try_from(u64_at(bytes, 8 * (PCLN_TABLE + 1))?).ok()?)?;
    let function_data = FUNCTION_DATA.map(rva);
    (ordered && last > table).then_some(ModuleData { table, table_end: last, text, function_data })
}

/// Version and number of functions, if this is a header of the pointer size.
fn header(bytes: &[u8], pointer: usize) -> Option<(&'static str, u64)> {
    let magic = u32_at(bytes, 0)?;
    let (_, since) = MAGICS.iter().find(|(known, _)| *known == magic)?;
    let &[0, 0, 1 | 2 | 4, size] = bytes.get(4..8)? else { return None };
    if usize::from(size) != pointer {
        return None;
    }
    let functions = if pointer == 8 { u64_at(bytes, 8)? } else { u64::from(u32_at(bytes, 8)?) };
    let room = bytes.len() as u64 / LEAST_FUNCTION_SIZE;
    (functions > 0 && functions <= room).then_some((since, functions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_needs_every_field_to_be_possible() {
        let mut bytes = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 4, 8, 3];
        bytes.resize(64, 0);
        assert_eq!(header(&bytes, 8), Some(("go1.20", 3)));
        assert_eq!(header(&bytes, 4), None, "the pointer size is another");
        assert_eq!(header(&bytes[..20], 8), None, "three functions do not fit");
        bytes[6] = 3;
        assert_eq!(header(&bytes, 8), None, "no machine has such instructions");
        bytes[6] = 4;
        bytes[0] = 0xf2;
        assert_eq!(header(&bytes, 8), None, "the magic number is unknown");
    }
}
