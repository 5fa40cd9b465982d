//! The functions of Go's function table (runtime, `pcHeader`, `functab` and `_func`).
//!
//! Since Go 1.18 an entry has two 32-bit offsets, from the start of the text and from the start
//! of the table; before, two 64-bit words, an address and an offset.

use super::symbols::Table as Symbols;
use super::{CodeRanges, Entry, MAX_FUNCTIONS, Source, c_name};
use crate::facts::code::NamedBy;
use crate::facts::image::{ImageFacts, Part, PclnTab};
use crate::image::bytes::{slice, u32_at, u64_at};
use crate::image::pclntab::{ModuleData, module_data};
use crate::image::pe::Image;

/// The linker version that Go's own linker writes (cmd/link, pe.go).
const GO_LINKER: (u8, u8) = (3, 0);

/// What a name is looked up in.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// The bytes from the table's header on.
    table: &'a [u8],
    layout: Layout,
    /// Offset of the entries.
    functions: u64,
    /// Offset of the names.
    names: u64,
    /// Offset of the lists of files of the compilation units.
    units: u64,
    /// Offset of the names of files.
    files: u64,
    /// Offset of the tables that tell a value by address.
    values: u64,
    /// RVAs of the whole table, where the module data says how long it is.
    pub(super) place: Option<std::ops::Range<u32>>,
}

/// Sizes that changed with Go 1.18.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Bytes of one entry.
    entry: u64,
    /// Bytes of `_func.entry`, behind which the offset of the name is.
    func_start: u64,
    /// Words of the header before the offset of the names.
    words: u64,
    /// Whether the header has a word for the start of the text.
    text_start: bool,
}

impl Layout {
    /// The layout by the version that introduced the table's magic number; `None` before Go 1.16,
    /// which knew no windows/arm64 (that came with Go 1.17).
    fn since(since: &str) -> Option<Self> {
        match since {
            "go1.18" | "go1.20" => {
                Some(Self { entry: 8, func_start: 4, words: 3, text_start: true })
            }
            "go1.16" => Some(Self { entry: 16, func_start: 8, words: 2, text_start: false }),
            _ => None,
        }
    }
}

/// An unsigned number of at most 32 bits, seven a byte, the lowest first.
fn varint(bytes: &[u8]) -> Option<u32> {
    let mut value = 0;
    for (shift, &byte) in (0..32).step_by(7).zip(bytes) {
        value |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The compilation unit of a function that has none.
const NO_UNIT: u32 = u32::MAX;
/// Bytes of the header before its words of 8 bytes.
const HEAD: u64 = 8;

impl<'a> Names<'a> {
    /// The name of a function.
    pub(super) fn name(&self, row: u32) -> Option<&'a [u8]> {
        let name = self.name_offset(u64::from(row))?;
        c_name(self.table, self.names.checked_add(u64::from(name))?)
    }

    /// Every name, each ended by a zero byte.
    pub(super) fn text(&self) -> Option<&'a [u8]> {
        slice(self.table, self.names, self.units.checked_sub(self.names)?)
    }

    /// Where in that text the name of a function begins.
    pub(super) fn name_offset(&self, row: u64) -> Option<u32> {
        let (_, func) = self.entry(row)?;
        u32_at(self.table, self.functions.checked_add(func)? + self.layout.func_start)
    }

    /// Whether Go's compiler or assembler made a function: the linker notes no compilation unit for those of
    /// host objects (cmd/link, `writeFuncs`).
    pub(super) fn of_go(&self, row: u32) -> bool {
        let unit = self.entry(u64::from(row)).and_then(|(_, func)| {
            u32_at(self.table, self.functions.checked_add(func)? + self.layout.func_start + 28)
        });
        unit.is_some_and(|unit| unit != NO_UNIT)
    }

    /// The directory of the file that a function begins in.
    pub(super) fn directory(&self, row: u32) -> Option<&'a [u8]> {
        let (_, func) = self.entry(u64::from(row))?;
        // `_func` has five 32-bit fields between the start and `pcfile`, and three between that
        // and `cuOffset`.
        let fields = self.functions.checked_add(func)? + self.layout.func_start;
        let file = u64::from(u32_at(self.table, fields + 16)?);
        let unit = u64::from(u32_at(self.table, fields + 28)?);
        // The first value of such a table is written as a zigzag number, counted from -1.
        let value = self.table.get(usize::try_from(self.values.checked_add(file)?).ok()?..)?;
        let number = u64::from(varint(value)?).checked_sub(2)? / 2;
        let name = u32_at(self.table, self.units.checked_add(4 * (unit + number))?)?;
        let name = c_name(self.table, self.files.checked_add(u64::from(name))?)?;
        let slash = name.iter().rposition(|&byte| byte == b'/' || byte == b'\\')?;
        name.get(..slash)
    }

    /// Start of a function, as it is written, and the offset of what is known of it.
    fn entry(&self, row: u64) -> Option<(u64, u64)> {
        let at = self.functions + row * self.layout.entry;
        if self.layout.entry == 8 {
            return Some((
                u64::from(u32_at(self.table, at)?),
                u64::from(u32_at(self.table, at + 4)?),
            ));
        }
        Some((u64_at(self.table, at)?, u64_at(self.table, at + 8)?))
    }
}

/// Reads the table that the facts name. `None` where there is none, or where it is a form that
/// no windows/arm64 program has.
pub(super) fn read<'a>(
    image: &Image<'a>,
    facts: &ImageFacts,
    symbols: &Symbols<'_>,
) -> Part<Option<(Names<'a>, Vec<Entry>)>> {
    // Where the table could not be found, the facts say why already.
    let Ok(Some(table)) = &facts.pclntab else { return Ok(None) };
    let Some(layout) = Layout::since(table.since).filter(|_| image.pe32_plus) else {
        return Ok(None);
    };
    let at = format!("the Go function table at offset {:#x}", table.offset);
    if table.functions > MAX_FUNCTIONS as u64 {
        return Err(format!(
            "{at} states {} functions, more than the {MAX_FUNCTIONS} that are read",
            table.functions
        ));
    }
    let mut names = names(image, table, layout).ok_or_else(|| format!("{at} is cut short"))?;
    let module = module_data(image, &[table.rva])?.first().copied();
    names.place = module.map(|module| table.rva..module.table_end);
    let text = match module {
        Some(ModuleData { text, .. }) => Some(text),
        None => text_start(image, facts, &names, symbols),
    };
    let Some(text) = text else {
        return Err(format!("{at} says nowhere at which address its functions are"));
    };
    let entries = entries(&names, table.functions, text, image.image_base)
        .ok_or_else(|| format!("{at} is not in order of address, or cut short"))?;
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(None) };
    let inside = CodeRanges::new(&image.sections).end_of(first.start);
    let inside = inside.is_some_and(|end| last.end <= end);
    if !inside {
        return Err(format!(
            "{at} is about RVA {:#x} to {:#x}, which is not the code of any section",
            first.start, last.end
        ));
    }
    Ok(Some((names, entries)))
}

/// What names are looked up in, and the number of functions; for those who need no addresses. `None` as with
/// [`read`].
pub(super) fn names_of<'a>(
    image: &Image<'a>,
    facts: &ImageFacts,
) -> Part<Option<(Names<'a>, u64)>> {
    let table = match &facts.pclntab {
        Ok(Some(table)) => table,
        Ok(None) => return Ok(None),
        Err(problem) => return Err(problem.clone()),
    };
    let Some(layout) = Layout::since(table.since).filter(|_| image.pe32_plus) else {
        return Ok(None);
    };
    let names = names(image, table, layout);
    let names = names.filter(|_| table.functions <= MAX_FUNCTIONS as u64);
    let at = table.offset;
    names
        .map(|names| Some((names, table.functions)))
        .ok_or_else(|| format!("the Go function table at offset {at:#x} is cut short, or too long"))
}

/// The parts of the table, by its header.
fn names<'a>(image: &Image<'a>, table: &PclnTab, layout: Layout) -> Option<Names<'a>> {
    let bytes = image.at_rva(table.rva)?.bytes;
    let word = |index: u64| u64_at(bytes, HEAD + 8 * index);
    let names = word(layout.words)?;
    let (units, files, values) =
        (word(layout.words + 1)?, word(layout.words + 2)?, word(layout.words + 3)?);
    let functions = word(layout.words + 4)?;
    let size = table.functions.checked_mul(layout.entry)?;
    slice(bytes, functions, size)?;
    slice(bytes, names, 1)?;
    Some(Names { table: bytes, layout, functions, names, units, files, values, place: None })
}

/// RVA that the starts of the functions count from, where no module data points to the table: by
/// the header up to Go 1.25, the symbol `runtime.text`, and for Go's own linker the first section.
/// `None` where nobody tells it.
fn text_start(
    image: &Image<'_>,
    facts: &ImageFacts,
    names: &Names<'_>,
    symbols: &Symbols<'_>,
) -> Option<u32> {
    let rva = |va: u64| u32::try_from(va.checked_sub(image.image_base)?).ok();
    let header = names.layout.text_start.then(|| u64_at(names.table, HEAD + 16)).flatten();
    if let Some(text) = header.filter(|&text| text != 0).and_then(rva) {
        return Some(text);
    }
    if let Some(text) = symbols.runtime_text(image) {
        return Some(text);
    }
    // An image of another linker may hold the table of a Go program that is not its own.
    let first = image.sections.iter().find(|section| section.executable());
    first.filter(|_| facts.linker_version == GO_LINKER).map(|section| section.rva)
}

/// The functions in order of address, each up to the next. The end of the last is the start of
/// an entry without a function.
fn entries(names: &Names<'_>, count: u64, text: u32, base: u64) -> Option<Vec<Entry>> {
    let start_of = |row: u64| {
        let (start, _) = names.entry(row)?;
        let rva = if names.layout.entry == 8 {
            u64::from(text).checked_add(start)?
        } else {
            start.checked_sub(base)?
        };
        u32::try_from(rva).ok()
    };
    // The entry behind the last has its start only.
    let last = names.functions + count * names.layout.entry;
    let last = if names.layout.entry == 8 {
        u64::from(text).checked_add(u64::from(u32_at(names.table, last)?))?
    } else {
        u64_at(names.table, last)?.checked_sub(base)?
    };
    let last = u32::try_from(last).ok()?;

    let mut entries = Vec::with_capacity(usize::try_from(count).ok()?);
    let mut start = start_of(0)?;
    for row in 0..count {
        let end = if row + 1 < count { start_of(row + 1)? } else { last };
        if end < start {
            return None;
        }
        // Functions of no bytes share an address with the next.
        if end > start {
            let source = Source::new(NamedBy::Pclntab, usize::try_from(row).ok()?)?;
            entries.push(Entry { start, end, source });
        }
        start = end;
    }
    Some(entries)
}
