//! Where Go's function table is and how many functions it has. It survives
//! `-ldflags=-s`, so it tells a Go image from another even without symbols.

use super::bytes::{u32_at, u64_at};
use super::pe::Image;
use crate::facts::image::{Part, PclnTab};

/// Tables that are looked at before the search gives up: one Go program has
/// one, and another for each Go program embedded in it.
const MAX_TABLES: usize = 16;
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

/// Finds the function table. An image that embeds other Go programs has several,
/// and which is its own is not decided here.
pub(super) fn read(image: &Image<'_>) -> Part<Option<PclnTab>> {
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
    match tables.as_slice() {
        [] => Ok(None),
        [table] => Ok(Some(*table)),
        [first, second, ..] => Err(format!(
            "{} Go function tables, the first at offset {:#x} and {:#x}: \
             which is the image's own is not known",
            tables.len(),
            first.offset,
            second.offset
        )),
    }
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
