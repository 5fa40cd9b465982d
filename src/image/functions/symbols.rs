//! The COFF symbol table (PE format, COFF Symbol Table). Go writes one unless it was told
//! `-ldflags=-s`; C linkers for Windows mostly do not.

use std::ops::Range;

use super::{CodeRanges, c_name};
use crate::facts::image::{Part, Section};
use crate::image::bytes::{slice, u32_at};
use crate::image::pe::{Headers, Image};

/// Bytes of one record.
const RECORD_SIZE: usize = 18;
/// Sections of host objects that are kept: an object has a few, a program some hundred objects.
const MAX_HOST_SECTIONS: usize = 1 << 16;
/// Symbols among which `runtime.text` is looked for: Go writes it behind those of the sections.
const MAX_BEFORE_TEXT: usize = 1024;

/// `IMAGE_SYM_CLASS_EXTERNAL`.
const CLASS_EXTERNAL: u8 = 2;
/// `IMAGE_SYM_CLASS_STATIC`.
const CLASS_STATIC: u8 = 3;
/// `IMAGE_SYM_DTYPE_FUNCTION`, in bits 4 and 5 of the type.
const TYPE_FUNCTION: u16 = 2;

/// The table and its strings; empty where the image has none.
#[derive(Debug, Default)]
pub(super) struct Table<'a> {
    /// File offset of the first record.
    offset: u64,
    records: &'a [u8],
    strings: &'a [u8],
}

/// One record.
struct Symbol<'a> {
    raw_name: &'a [u8],
    /// Offset in the section.
    value: u32,
    /// Index of the section, from 1.
    section: u16,
    kind: u16,
    class: u8,
    /// Records of other forms that follow.
    auxiliary: u8,
}

impl<'a> Table<'a> {
    /// Finds the table behind the COFF header.
    pub(super) fn new(image: &Image<'a>, headers: &Headers) -> Part<Self> {
        let (offset, count) = headers.symbols;
        if offset == 0 || count == 0 {
            return Ok(Self::default());
        }
        let size = u64::from(count) * RECORD_SIZE as u64;
        let records = slice(image.bytes, u64::from(offset), size).ok_or_else(|| {
            format!("the COFF symbol table at offset {offset:#x} states {count} symbols, and the file ends before")
        })?;
        let strings = u64::from(offset) + size;
        let length = u32_at(image.bytes, strings).unwrap_or(0);
        let strings = slice(image.bytes, strings, u64::from(length)).unwrap_or_default();
        Ok(Self { offset: u64::from(offset), records, strings })
    }

    /// File offsets of the records and the strings.
    pub(super) fn place(&self) -> Option<Range<u64>> {
        let size = self.records.len() as u64 + self.strings.len() as u64;
        (size > 0).then(|| self.offset..self.offset + size)
    }

    /// Visits the functions with the number of their record, until the visitor has enough.
    pub(super) fn functions(&self, image: &Image<'_>, visit: &mut dyn FnMut(u32, usize) -> bool) {
        self.each(|row, symbol| {
            // Compilers and Go type their functions. An assembler's label has no type, and one that
            // other files may use is taken for a function.
            let function = symbol.function() || symbol.class == CLASS_EXTERNAL && symbol.kind == 0;
            if !function || symbol.class != CLASS_EXTERNAL && symbol.class != CLASS_STATIC {
                return true;
            }
            let Some(rva) = symbol.rva(image) else { return true };
            visit(rva, row)
        });
    }

    /// Whether a record is one of the two that Go puts around its text, which are no functions.
    pub(super) fn around_text(&self, row: usize) -> bool {
        let name = self.symbol(row).and_then(|symbol| self.name_of(&symbol));
        matches!(name, Some(b"runtime.text" | b"runtime.etext"))
    }

    /// RVA of `runtime.text`, the start of Go's text.
    pub(super) fn runtime_text(&self, image: &Image<'_>) -> Option<u32> {
        let mut found = None;
        self.each(|row, symbol| {
            if self.name_of(&symbol) == Some(b"runtime.text") {
                found = symbol.rva(image);
            }
            found.is_none() && row < MAX_BEFORE_TEXT
        });
        found
    }

    /// Where the code of host objects begins, and the number of the record that names its
    /// package: Go's linker makes a symbol `package(section)` for each.
    pub(super) fn host_sections(
        &self,
        image: &Image<'_>,
        code: &CodeRanges,
    ) -> Vec<(u32, &'a [u8])> {
        let mut found = Vec::new();
        self.each(|_, symbol| {
            // The type is the cheapest to ask, and leaves out the data.
            if symbol.function()
                && let Some(name) = self.name_of(&symbol).filter(|name| name.ends_with(b")"))
                && let Some(package) = package_of_section(name)
                && let Some(rva) = symbol.rva(image)
                && code.end_of(rva).is_some()
            {
                found.push((rva, package));
            }
            found.len() < MAX_HOST_SECTIONS
        });
        found.sort_by_key(|&(rva, _)| rva);
        found
    }

    /// The name in a record.
    pub(super) fn name(&self, row: u32) -> Option<&'a [u8]> {
        self.name_of(&self.symbol(usize::try_from(row).ok()?)?)
    }

    /// The record with a number.
    fn symbol(&self, row: usize) -> Option<Symbol<'a>> {
        let start = row.checked_mul(RECORD_SIZE)?;
        let record = self.records.get(start..start + RECORD_SIZE)?;
        let (raw_name, rest) = record.split_at_checked(8)?;
        let &[v0, v1, v2, v3, s0, s1, k0, k1, class, auxiliary] = rest else { return None };
        Some(Symbol {
            raw_name,
            value: u32::from_le_bytes([v0, v1, v2, v3]),
            section: u16::from_le_bytes([s0, s1]),
            kind: u16::from_le_bytes([k0, k1]),
            class,
            auxiliary,
        })
    }

    /// Visits the records that are symbols, until the visitor has enough.
    fn each(&self, mut visit: impl FnMut(usize, Symbol<'a>) -> bool) {
        let mut row = 0;
        while let Some(symbol) = self.symbol(row) {
            let next = row + 1 + usize::from(symbol.auxiliary);
            if !visit(row, symbol) {
                return;
            }
            row = next;
        }
    }

    /// The name: in the record up to eight bytes, else in the string table.
    fn name_of(&self, symbol: &Symbol<'a>) -> Option<&'a [u8]> {
        if symbol.raw_name.starts_with(&[0; 4]) {
            return c_name(self.strings, u64::from(u32_at(symbol.raw_name, 4)?));
        }
        symbol.raw_name.split(|&byte| byte == 0).next()
    }
}

impl Symbol<'_> {
    /// Whether the type says that it is a function.
    fn function(&self) -> bool {
        (self.kind >> 4) & 3 == TYPE_FUNCTION
    }

    /// Its RVA; `None` for symbols of no section, which are undefined, absolute or of a debugger.
    fn rva(&self, image: &Image<'_>) -> Option<u32> {
        let section: &Section = image.sections.get(usize::from(self.section).checked_sub(1)?)?;
        section.rva.checked_add(self.value)
    }
}

/// `example.com/pkg` of `example.com/pkg(.text)`; the section's name begins with a dot.
fn package_of_section(name: &[u8]) -> Option<&[u8]> {
    let open = name.windows(2).position(|pair| pair == b"(.")?;
    name.get(..open).filter(|package| !package.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_symbol_of_a_section_names_its_package() {
        assert_eq!(package_of_section(b"main(.text)"), Some(&b"main"[..]));
        assert_eq!(package_of_section(b"a.b/c(.text$mn)"), Some(&b"a.b/c"[..]));
        assert_eq!(package_of_section(b"main.(*T)"), None);
        assert_eq!(package_of_section(b"(.text)"), None);
    }

    #[test]
    fn a_name_is_in_the_record_or_behind_the_table() {
        let mut records = b"eight_ch\0\0\0\0\x01\0\x20\0\x02\0".to_vec();
        records.extend_from_slice(b"\0\0\0\0\x04\0\0\0\0\0\0\0\x01\0\x20\0\x02\0");
        let table = Table { offset: 0, records: &records, strings: b"\x09\0\0\0long\0" };
        assert_eq!(table.name(0), Some(&b"eight_ch"[..]));
        assert_eq!(table.name(1), Some(&b"long"[..]));
        assert_eq!(table.name(2), None);
    }
}
