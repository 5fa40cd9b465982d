//! Which DLLs an image imports, at start and at the first call. Names are as
//! the image has them; nobody looks for the DLLs here.

use object::LittleEndian as LE;
use object::pe::{ImageDelayloadDescriptor, ImageImportDescriptor};
use object::pod::{Pod, from_bytes};

use super::bytes::{c_string, u32_at, u64_at};
use super::pe::Image;
use crate::facts::image::{ImportedDll, Part};

/// Index of the import table among the data directories.
const IMPORT_DIRECTORY: usize = 1;
/// Index of the delay-load import table among the data directories.
const DELAY_IMPORT_DIRECTORY: usize = 13;
/// DLLs that are read of one directory.
const MAX_DLLS: usize = 1024;
/// Imported functions that are counted in one directory. Tables may overlap in
/// a malformed image, so the sum is bounded and not only each of them.
const MAX_SYMBOLS: usize = 1 << 20;
/// Bytes of a DLL name; Windows' own limit for a path component is 255.
const MAX_NAME: usize = 260;
/// `dlattrRva`: the descriptor holds RVAs. Without it, which only linkers
/// before Visual C++ 7 wrote, it holds virtual addresses.
const DELAY_HOLDS_RVAS: u32 = 1;

/// Reads the import table (PE format, The .idata Section).
pub(super) fn read(image: &Image<'_>) -> Part<Vec<ImportedDll>> {
    let Some((rva, _)) = image.directory(IMPORT_DIRECTORY) else { return Ok(Vec::new()) };
    let table = Table { image, words: "the import table", delay_loaded: false };
    table.read(rva, |descriptor: &ImageImportDescriptor| {
        let lookup = descriptor.original_first_thunk.get(LE);
        // Linkers that leave out the lookup table have the names in the table
        // that the loader overwrites.
        let thunks = if lookup == 0 { descriptor.first_thunk.get(LE) } else { lookup };
        Row { name: descriptor.name.get(LE), thunks }
    })
}

/// Reads the delay-load import table (PE format, Delay-Load Import Tables).
pub(super) fn read_delayed(image: &Image<'_>) -> Part<Vec<ImportedDll>> {
    let Some((rva, _)) = image.directory(DELAY_IMPORT_DIRECTORY) else { return Ok(Vec::new()) };
    let table = Table { image, words: "the delay-load import table", delay_loaded: true };
    table.read(rva, |descriptor: &ImageDelayloadDescriptor| {
        let rvas = descriptor.attributes.get(LE) & DELAY_HOLDS_RVAS != 0;
        let base = if rvas { 0 } else { image.image_base as u32 };
        let rva = |address: u32| if address == 0 { 0 } else { address.wrapping_sub(base) };
        Row {
            name: rva(descriptor.dll_name_rva.get(LE)),
            thunks: rva(descriptor.import_name_table_rva.get(LE)),
        }
    })
}

/// What is wanted of a descriptor of either table.
struct Row {
    /// RVA of the name; 0 ends the table.
    name: u32,
    /// RVA of the list of functions.
    thunks: u32,
}

/// One of the two tables.
struct Table<'i, 'a> {
    image: &'i Image<'a>,
    /// Its name in messages.
    words: &'static str,
    delay_loaded: bool,
}

impl Table<'_, '_> {
    /// Walks the descriptors. The size in the data directory is not looked at:
    /// the loader goes on to the descriptor without a name as well.
    fn read<D: Pod>(&self, rva: u32, row: impl Fn(&D) -> Row) -> Part<Vec<ImportedDll>> {
        let words = self.words;
        let found = self
            .image
            .at_rva(rva)
            .ok_or_else(|| format!("{words} at RVA {rva:#x} is not in the bytes of any section"))?;
        let mut rest = found.bytes;
        let mut dlls = Vec::new();
        let mut left = MAX_SYMBOLS;
        loop {
            let (descriptor, next) = from_bytes::<D>(rest).map_err(|()| {
                format!("{words} at offset {:#x} has no end within its section", found.offset)
            })?;
            let row = row(descriptor);
            if row.name == 0 {
                return Ok(dlls);
            }
            if dlls.len() == MAX_DLLS {
                return Err(format!("{words} has more than the {MAX_DLLS} DLLs that are read"));
            }
            let dll = self.dll(&row, left)?;
            left -= dll.symbols;
            dlls.push(dll);
            rest = next;
        }
    }

    /// One DLL of the table.
    fn dll(&self, row: &Row, limit: usize) -> Part<ImportedDll> {
        let words = self.words;
        let found = self.image.at_rva(row.name).ok_or_else(|| {
            format!("{words} has a DLL name at RVA {:#x}, which no section holds", row.name)
        })?;
        let name = c_string(found.bytes, MAX_NAME).ok_or_else(|| {
            format!("{words} has a DLL name without an end at offset {:#x}", found.offset)
        })?;
        let name = String::from_utf8_lossy(name).into_owned();
        let symbols = self
            .count(row.thunks, limit)
            .map_err(|problem| format!("{words} has for {name:?} a list of functions {problem}"))?;
        Ok(ImportedDll {
            name,
            name_offset: found.offset,
            symbols,
            delay_loaded: self.delay_loaded,
        })
    }

    /// Counts the entries of a list of functions up to its zero.
    fn count(&self, rva: u32, limit: usize) -> Part<usize> {
        let found = self
            .image
            .at_rva(rva)
            .ok_or_else(|| format!("at RVA {rva:#x}, which no section holds"))?;
        let size = if self.image.pe32_plus { 8 } else { 4 };
        for count in 0..=limit {
            let at = count as u64 * size;
            let thunk = if self.image.pe32_plus {
                u64_at(found.bytes, at)
            } else {
                u32_at(found.bytes, at).map(u64::from)
            };
            match thunk {
                Some(0) => return Ok(count),
                Some(_) => {}
                None => return Err(format!("without an end at offset {:#x}", found.offset)),
            }
        }
        Err(format!("beyond the {MAX_SYMBOLS} entries that are counted of one table"))
    }
}
