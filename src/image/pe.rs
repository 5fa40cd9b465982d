//! The headers and the section table of a PE image, and the one way from an
//! address inside it to bytes of the file.
//!
//! The headers are read with `object`. Addresses are resolved here and not by
//! `object`, because evidence needs the file offset of what was read.

use object::LittleEndian as LE;
use object::pe::{ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64, ImageSectionHeader};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader};

use super::bytes;
use super::{FileKind, ImageError, identify};
use crate::facts::image::{Part, Section};

/// Sections accepted in one image. The Windows loader stops at 96 (PE format,
/// COFF File Header); Go writes about 15 with debug information.
const MAX_SECTIONS: u16 = 1024;
/// Bytes of a section name that are kept, from the string table or the header.
const MAX_SECTION_NAME: usize = 256;
/// Bytes of one COFF symbol record, behind which the string table begins.
const SYMBOL_SIZE: u64 = 18;

/// From `Machine` to `Characteristics` (PE format, COFF File Header).
pub(super) const CHARACTERISTICS_FROM_MACHINE: u64 = 18;
/// From `Machine` to `Subsystem`: the file header has 20 bytes, and the field
/// is at 68 of the optional header in both its forms.
pub(super) const SUBSYSTEM_FROM_MACHINE: u64 = 20 + 68;
/// From `Machine` to `DllCharacteristics`, which follows `Subsystem`.
pub(super) const DLL_CHARACTERISTICS_FROM_MACHINE: u64 = 20 + 70;

/// The values of the headers that go into the facts as they are.
#[derive(Debug)]
pub(super) struct Headers {
    pub(super) machine: u16,
    pub(super) machine_offset: u64,
    pub(super) characteristics: u16,
    pub(super) subsystem: u16,
    pub(super) dll_characteristics: u16,
    pub(super) entry_point: u32,
    pub(super) linker_version: (u8, u8),
    /// `PointerToSymbolTable` and `NumberOfSymbols`.
    pub(super) symbols: (u32, u32),
}

/// An image that is ready to be looked into: what every directory reader needs.
#[derive(Debug)]
pub(super) struct Image<'a> {
    /// The whole file.
    pub(super) bytes: &'a [u8],
    /// 64-bit optional header.
    pub(super) pe32_plus: bool,
    /// Preferred virtual address.
    pub(super) image_base: u64,
    /// The section table.
    pub(super) sections: Vec<Section>,
    /// The data directories as (RVA, size).
    directories: Vec<(u32, u32)>,
}

/// Bytes found behind an address: from there to the end of the section's part
/// of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mapped<'a> {
    /// File offset of the first byte.
    pub(super) offset: u64,
    /// The bytes.
    pub(super) bytes: &'a [u8],
}

impl<'a> Image<'a> {
    /// A data directory, if it is there and not empty.
    pub(super) fn directory(&self, index: usize) -> Option<(u32, u32)> {
        self.directories.get(index).copied().filter(|&(rva, _)| rva != 0)
    }

    /// The bytes behind an RVA. `None` if no section holds it, if it lies in
    /// the part of a section that only memory has, or behind the end of a file
    /// that was cut short.
    pub(super) fn at_rva(&self, rva: u32) -> Option<Mapped<'a>> {
        self.sections.iter().find_map(|section| {
            let delta = rva.checked_sub(section.rva)?;
            let rest = section.file_size.checked_sub(delta).filter(|&rest| rest > 0)?;
            let offset = u64::from(section.file_offset) + u64::from(delta);
            let bytes = self.until(offset, u64::from(rest))?;
            Some(Mapped { offset, bytes })
        })
    }

    /// The bytes behind a virtual address at the preferred image base.
    pub(super) fn at_va(&self, va: u64) -> Option<Mapped<'a>> {
        let rva = va.checked_sub(self.image_base)?;
        self.at_rva(u32::try_from(rva).ok()?)
    }

    /// The bytes of a section in the file, as many as there are.
    pub(super) fn section_bytes(&self, section: &Section) -> Option<Mapped<'a>> {
        let offset = u64::from(section.file_offset);
        let bytes = self.until(offset, u64::from(section.file_size))?;
        Some(Mapped { offset, bytes })
    }

    /// The sections of one sort with their bytes, for a search through them.
    /// Sections that share bytes of the file, which no linker writes, would make
    /// the search as long as the section table wants, so they are refused.
    pub(super) fn searchable(
        &self,
        sort: impl Fn(&Section) -> bool,
    ) -> Part<Vec<(&Section, Mapped<'a>)>> {
        let found: Vec<_> = self
            .sections
            .iter()
            .filter(|section| sort(section))
            .filter_map(|section| Some((section, self.section_bytes(section)?)))
            .collect();
        let total: u64 = found.iter().map(|(_, mapped)| mapped.bytes.len() as u64).sum();
        if total > self.bytes.len() as u64 {
            return Err(format!("the sections overlap: together they claim {total:#x} bytes"));
        }
        Ok(found)
    }

    /// At most `len` bytes from `offset`, at least one.
    fn until(&self, offset: u64, len: u64) -> Option<&'a [u8]> {
        let left = (self.bytes.len() as u64).checked_sub(offset)?;
        bytes::slice(self.bytes, offset, len.min(left)).filter(|bytes| !bytes.is_empty())
    }
}

/// Reads the headers and the section table.
pub(super) fn headers(bytes: &[u8]) -> Result<(Image<'_>, Headers), ImageError> {
    let found = identify(bytes);
    if !matches!(found, FileKind::Pe { .. }) {
        return Err(ImageError::NotAnImage { found });
    }
    let magic = object::read::pe::optional_header_magic(bytes)
        .map_err(|error| malformed("optional header", 0, error))?;
    match magic {
        object::pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC => headers_of::<ImageNtHeaders32>(bytes),
        object::pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC => headers_of::<ImageNtHeaders64>(bytes),
        other => Err(malformed(
            "optional header",
            optional_header_offset(bytes),
            format_args!("the magic number is {other:#06x}, neither PE32 nor PE32+"),
        )),
    }
}

/// The error for a header that is no good.
fn malformed(what: &'static str, offset: u64, problem: impl ToString) -> ImageError {
    ImageError::Header { what, offset, problem: problem.to_string() }
}

/// Where the optional header begins: behind the signature and the file header.
fn optional_header_offset(bytes: &[u8]) -> u64 {
    bytes::u32_at(bytes, 0x3c).map_or(0, |start| u64::from(start) + 4 + 20)
}

/// Reads the headers in their 32-bit or 64-bit form.
fn headers_of<Pe: ImageNtHeaders>(bytes: &[u8]) -> Result<(Image<'_>, Headers), ImageError> {
    let dos = ImageDosHeader::parse(bytes).map_err(|error| malformed("MS-DOS header", 0, error))?;
    let start = u64::from(dos.nt_headers_offset());
    let mut offset = start;
    let (nt, directories) =
        Pe::parse(bytes, &mut offset).map_err(|error| malformed("PE header", start, error))?;
    let file = nt.file_header();
    let optional = nt.optional_header();

    let count = file.number_of_sections.get(LE);
    if count > MAX_SECTIONS {
        let problem = format!("{count} sections, more than the {MAX_SECTIONS} that are read");
        return Err(malformed("section table", offset, problem));
    }
    let table =
        nt.sections(bytes, offset).map_err(|error| malformed("section table", offset, error))?;
    let strings = u64::from(file.pointer_to_symbol_table.get(LE))
        + SYMBOL_SIZE * u64::from(file.number_of_symbols.get(LE));

    let image = Image {
        bytes,
        pe32_plus: nt.is_type_64(),
        image_base: optional.image_base(),
        sections: table.iter().map(|header| section(bytes, strings, header)).collect(),
        directories: directories
            .iter()
            .map(|entry| (entry.virtual_address.get(LE), entry.size.get(LE)))
            .collect(),
    };
    let headers = Headers {
        machine: file.machine.get(LE).0,
        machine_offset: start + 4,
        characteristics: file.characteristics.get(LE).0,
        subsystem: optional.subsystem().0,
        dll_characteristics: optional.dll_characteristics().0,
        entry_point: optional.address_of_entry_point(),
        linker_version: (optional.major_linker_version(), optional.minor_linker_version()),
        symbols: (file.pointer_to_symbol_table.get(LE), file.number_of_symbols.get(LE)),
    };
    Ok((image, headers))
}

/// One section, with its long name where it has one.
fn section(bytes: &[u8], strings: u64, header: &ImageSectionHeader) -> Section {
    let raw = header.raw_name();
    let name = long_name(bytes, strings, raw).unwrap_or(raw);
    Section {
        name: String::from_utf8_lossy(name).into_owned(),
        rva: header.virtual_address.get(LE),
        virtual_size: header.virtual_size.get(LE),
        file_offset: header.pointer_to_raw_data.get(LE),
        file_size: header.size_of_raw_data.get(LE),
        characteristics: header.characteristics.get(LE).0,
    }
}

/// The name behind `/123` in the string table, which `object` would search to
/// the end of the file for its zero.
fn long_name<'a>(bytes: &'a [u8], strings: u64, raw: &[u8]) -> Option<&'a [u8]> {
    let digits = std::str::from_utf8(raw.strip_prefix(b"/")?).ok()?;
    let offset = strings.checked_add(digits.parse::<u64>().ok()?)?;
    let rest = bytes.get(usize::try_from(offset).ok()?..)?;
    bytes::c_string(rest, MAX_SECTION_NAME)
}
