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
    /// RVAs of which one is where the data of functions begins.
    pub(super) function_data: Vec<u32>,
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
    /// Whether trees of inlined calls have the form of Go 1.20.
    trees: bool,
}

impl Layout {
    /// The layout by the version that introduced the table's magic number; `None` before Go 1.16,
    /// which knew no windows/arm64 (that came with Go 1.17).
    fn since(since: &str) -> Option<Self> {
        match since {
            "go1.18" | "go1.20" => {
                let trees = since == "go1.20";
                Some(Self { entry: 8, func_start: 4, words: 3, text_start: true, trees })
            }
            "go1.16" => {
                Some(Self { entry: 16, func_start: 8, words: 2, text_start: false, trees: false })
            }
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

/// The same, and what is behind it.
fn take_varint(rest: &mut &[u8]) -> Option<u32> {
    let value = varint(rest)?;
    let length = rest.iter().take_while(|&&byte| byte & 0x80 != 0).count() + 1;
    *rest = rest.get(length..)?;
    Some(value)
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

    /// The name at an offset of the names, if one begins there.
    pub(super) fn name_at(&self, offset: u32) -> Option<&'a [u8]> {
        let at = self.names.checked_add(u64::from(offset))?;
        let text = slice(self.table, self.names, self.units.checked_sub(self.names)?)?;
        let before = offset.checked_sub(1).map_or(Some(0), |at| text.get(at as usize).copied())?;
        c_name(self.table, at).filter(|name| before == 0 && !name.is_empty())
    }

    /// Whether trees of inlined calls have the form that is read here.
    pub(super) fn has_trees(&self) -> bool {
        self.layout.trees
    }

    /// The tree of the calls that were inlined into a function (runtime, `funcInfo` and `inlinedCall`): its offset
    /// in the data of functions, and how many calls it has. `None` where nothing was inlined.
    pub(super) fn inline_tree(&self, row: u32) -> Option<(u32, u32)> {
        /// `FUNCDATA_InlTree` and `PCDATA_InlTreeIndex` of internal/abi.
        const TREE: u64 = 3;
        const TREE_INDEX: u32 = 2;
        let (_, func) = self.entry(u64::from(row))?;
        let at = self.functions.checked_add(func)?;
        let tables = u32_at(self.table, at + 28)?;
        let data = u64::from(*self.table.get(usize::try_from(at + 43).ok()?)?);
        if tables <= TREE_INDEX || data <= TREE {
            return None;
        }
        let index = u32_at(self.table, at + 44 + 4 * u64::from(TREE_INDEX))?;
        let tree = u32_at(self.table, at + 44 + 4 * (u64::from(tables) + TREE))?;
        // No table at all, or no data.
        if index == 0 || tree == u32::MAX {
            return None;
        }
        Some((tree, self.highest(index)?.checked_add(1)?))
    }

    /// The highest value of a table that tells a value by address (runtime, `step`): pairs of the difference to the
    /// value before, which begins at -1, and of the bytes of code that it is for.
    fn highest(&self, table: u32) -> Option<u32> {
        let start = usize::try_from(self.values.checked_add(u64::from(table))?).ok()?;
        let mut rest = self.table.get(start..)?;
        let (mut value, mut highest, mut first) = (-1_i64, -1_i64, true);
        loop {
            let difference = take_varint(&mut rest)?;
            if difference == 0 && !first {
                return u32::try_from(highest).ok();
            }
            first = false;
            let half = i64::from(difference >> 1);
            value += if difference & 1 == 0 { half } else { -half - 1 };
            take_varint(&mut rest)?;
            highest = highest.max(value);
        }
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
    names.function_data = module.iter().flat_map(|module| module.function_data).flatten().collect();
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
    Some(Names {
        table: bytes,
        layout,
        functions,
        names,
        units,
        files,
        values,
        place: None,
        function_data: Vec::new(),
    })
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
