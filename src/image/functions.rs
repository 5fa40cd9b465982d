//! Which function holds an address: every table of an image that names functions, as one.
//!
//! Go's function table is there also in stripped images and has no holes, so where it speaks
//! nothing else is asked. Elsewhere a function begins where the COFF symbol table, the export
//! directory or the ARM64 unwind data says so, in this order of trust for its name. What no
//! table covers stays a gap.
//!
//! A large image has some 100,000 functions. An entry is 12 bytes; the names stay in the image
//! and are looked up when somebody asks.

mod exports;
mod inlined;
mod linked;
mod owner;
mod pclntab;
mod symbols;
mod unwind;

use std::borrow::Cow;
use std::ops::Range;

use super::pe::{self, Image};
use super::{ImageError, bytes};
use crate::facts::code::{Function, NamedBy};
use crate::facts::image::{ImageFacts, Part, Section};
use crate::facts::symbol::compiler_made;

pub use linked::linked_functions;
use owner::Owners;

/// Functions that are kept of one image: ten times what the largest Go programs have, and 24 MB.
const MAX_FUNCTIONS: usize = 2_000_000;
/// Bytes of a name that are looked at; Go's longest, of nested generic types, have a few thousand.
const MAX_NAME: usize = 8192;
/// Functions on either side of one without a package in its name that may tell it: what a large
/// host object brings, and more than an assembly file has.
const MAX_NEIGHBOURS: usize = 1024;

/// One function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// RVA of the first byte.
    start: u32,
    /// RVA behind the last byte; 0 while it is not known.
    end: u32,
    /// Which row of which table.
    source: Source,
}

/// A row of one of the tables, in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Source(u32);

impl Source {
    /// Bits of the row number: more rows than any table of a 4 GiB file has.
    const ROW_BITS: u32 = 30;

    /// The row of a table; `None` beyond the number of rows that can be.
    fn new(by: NamedBy, row: usize) -> Option<Self> {
        let row = u32::try_from(row).ok().filter(|row| row >> Self::ROW_BITS == 0)?;
        let table = match by {
            NamedBy::Pclntab => 0,
            NamedBy::Symbol => 1,
            NamedBy::Export => 2,
            NamedBy::Unwind => 3,
        };
        Some(Self(table << Self::ROW_BITS | row))
    }

    /// The table. Its order is the order of trust.
    fn by(self) -> NamedBy {
        match self.0 >> Self::ROW_BITS {
            0 => NamedBy::Pclntab,
            1 => NamedBy::Symbol,
            2 => NamedBy::Export,
            _ => NamedBy::Unwind,
        }
    }

    /// The number of the row.
    fn row(self) -> u32 {
        self.0 & ((1 << Self::ROW_BITS) - 1)
    }
}

/// Whose a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner<'a> {
    /// Of a Go package; the path as it is escaped in symbols.
    Package(&'a str),
    /// Made by Go's compiler or linker, or local to an assembly file: of the package around it.
    Compiler,
    /// Of no Go package that the name tells.
    Unknown,
}

/// The functions of an image, in order of address.
#[derive(Debug)]
pub struct FunctionTable<'a> {
    image: Image<'a>,
    entries: Vec<Entry>,
    go: Option<pclntab::Names<'a>>,
    symbols: symbols::Table<'a>,
    exports: Option<exports::Names<'a>>,
    owners: Owners<'a>,
    problems: Vec<String>,
}

impl<'a> FunctionTable<'a> {
    /// Reads the tables of an image. A table that cannot be read fails apart, see
    /// [`FunctionTable::problems`].
    ///
    /// # Errors
    /// The headers cannot be read, which [`super::read`] says of the same bytes.
    pub fn read(bytes: &'a [u8], facts: &'a ImageFacts) -> Result<Self, ImageError> {
        let (image, headers) = pe::headers(bytes)?;
        let mut problems = Vec::new();
        let mut keep = |problem: String| problems.push(problem);

        let symbols = symbols::Table::new(&image, &headers).unwrap_or_else(|problem| {
            keep(problem);
            symbols::Table::default()
        });
        let go = pclntab::read(&image, facts, &symbols).unwrap_or_else(|problem| {
            keep(problem);
            None
        });
        let (go, mut entries) = go.map_or((None, Vec::new()), |(go, found)| (Some(go), found));
        let covered =
            entries.first().zip(entries.last()).map(|(first, last)| first.start..last.end);

        let code = CodeRanges::new(&image.sections);
        let mut more = Vec::new();
        let mut add = |start: u32, end: u32, source: &dyn Fn() -> Option<Source>| {
            let inside = covered.as_ref().is_some_and(|covered| covered.contains(&start));
            if !inside && code.end_of(start).is_some() {
                more.extend(source().map(|source| Entry { start, end, source }));
            }
            more.len() < MAX_FUNCTIONS
        };
        symbols.functions(&image, &mut |start, row| {
            // The end of Go's text is outside of what its table covers.
            let of = || Source::new(NamedBy::Symbol, row).filter(|_| !symbols.around_text(row));
            add(start, 0, &of)
        });
        let exports = exports::Names::new(&image).unwrap_or_else(|problem| {
            keep(problem);
            None
        });
        if let Some(exports) = &exports {
            exports
                .functions(&mut |start, row| add(start, 0, &|| Source::new(NamedBy::Export, row)));
        }
        if headers.machine == ARM64 {
            let unwind = unwind::functions(&image, &mut |start, end, row| {
                add(start, end, &|| Source::new(NamedBy::Unwind, row))
            });
            unwind.unwrap_or_else(&mut keep);
        }
        if more.len() >= MAX_FUNCTIONS {
            keep(format!("more than the {MAX_FUNCTIONS} functions that are read"));
        }

        settle(&mut more, covered.as_ref().map(|covered| covered.start), &code);
        entries.append(&mut more);
        // Both parts are sorted already, which makes this one pass.
        entries.sort_by_key(|entry| entry.start);
        let owners = Owners::new(facts, symbols.host_sections(&image, &code));
        Ok(Self { image, entries, go, symbols, exports, owners, problems })
    }

    /// How many functions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no table names or bounds a function.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The tables that are there and could not be read, and why.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The function that holds an RVA; `None` in a gap.
    #[must_use]
    pub fn find(&self, rva: u32) -> Option<usize> {
        let index = self.from(rva).checked_sub(1)?;
        self.entries.get(index).filter(|entry| rva < entry.end).map(|_| index)
    }

    /// The first function that begins behind an RVA; the number of functions where none does.
    #[must_use]
    pub fn from(&self, rva: u32) -> usize {
        self.entries.partition_point(|entry| entry.start <= rva)
    }

    /// RVA where Go's own functions begin.
    pub(super) fn go_start(&self) -> Option<u32> {
        let first = self.entries.iter().find(|entry| entry.source.by() == NamedBy::Pclntab);
        first.map(|entry| entry.start)
    }

    /// First RVA of a function and the RVA behind its last byte.
    #[must_use]
    pub fn bounds(&self, index: usize) -> Option<(u32, u32)> {
        self.entries.get(index).map(|entry| (entry.start, entry.end))
    }

    /// The name of a function as its table has it; `RVA 0x1234` where it has none.
    #[must_use]
    pub fn name(&self, index: usize) -> Option<Cow<'a, str>> {
        let entry = self.entries.get(index)?;
        let row = entry.source.row();
        let name = match entry.source.by() {
            NamedBy::Pclntab => self.go.as_ref().and_then(|go| go.name(row)),
            NamedBy::Symbol => self.symbols.name(row),
            NamedBy::Export => {
                self.exports.as_ref().and_then(|exports| exports.name(&self.image, row))
            }
            NamedBy::Unwind => None,
        };
        let name = name.filter(|name| !name.is_empty());
        Some(
            name.map_or_else(
                || Cow::Owned(format!("RVA {:#x}", entry.start)),
                String::from_utf8_lossy,
            ),
        )
    }

    /// The import path of the Go package that a function belongs to, where that can be told.
    #[must_use]
    pub fn package(&self, index: usize) -> Option<String> {
        let name = self.name(index)?;
        if let Some(package) = self.package_in_name(index, &name) {
            return Some(package);
        }
        let of_go = self.entries.get(index)?.source.by() == NamedBy::Pclntab;
        (of_go && !compiler_made(&name)).then(|| self.package_around(index)).flatten()
    }

    /// The package that a function has in its name. Names of C and Rust have dots too, such as
    /// `copy.constprop.0`, so of a function that is not known to be Go's it has to be a listed one.
    fn package_in_name(&self, index: usize, name: &str) -> Option<String> {
        let source = self.entries.get(index)?.source;
        let go = self.go.as_ref().filter(|_| source.by() == NamedBy::Pclntab);
        let of_go = go.is_some_and(|go| go.of_go(source.row()));
        self.owners.package_of_symbol(name, of_go)
    }

    /// Everything that is known of a function.
    #[must_use]
    pub fn describe(&self, index: usize) -> Option<Function> {
        let entry = self.entries.get(index)?;
        let package = self.package(index);
        let module = package.as_deref().and_then(|package| self.owners.module(package));
        Some(Function {
            name: self.name(index)?.into_owned(),
            package,
            module,
            named_by: entry.source.by(),
            rva: entry.start,
            length: entry.end.saturating_sub(entry.start),
        })
    }

    /// Whether Go's function table has the function that begins here.
    pub(super) fn in_pclntab(&self, rva: u32) -> bool {
        let entry = self.find(rva).and_then(|index| self.entries.get(index));
        entry.is_some_and(|entry| entry.source.by() == NamedBy::Pclntab)
    }

    /// Whose a function is by its name alone, which costs little.
    pub(super) fn owner(&self, index: usize) -> Owner<'a> {
        let entry = self.entries.get(index).filter(|entry| entry.source.by() == NamedBy::Pclntab);
        let name = entry.and_then(|entry| self.go.as_ref()?.name(entry.source.row()));
        let Some(name) = name.and_then(|name| std::str::from_utf8(name).ok()) else {
            return Owner::Unknown;
        };
        let row = entry.map_or(0, |entry| entry.source.row());
        let of_go = self.go.as_ref().is_some_and(|go| go.of_go(row));
        match self.owners.prefix(name, of_go) {
            Some(prefix) => Owner::Package(prefix),
            None if compiler_made(name) => Owner::Compiler,
            // Functions of assembly files know their file, those of host objects do not.
            None => match self.go.as_ref().and_then(|go| go.directory(row)) {
                Some(_) => Owner::Compiler,
                None => Owner::Unknown,
            },
        }
    }

    /// Calls `found` with each function and the name of one that was inlined into it, as often as that was done.
    ///
    /// # Errors
    /// The table has no such information, or it cannot be read; then nothing is known.
    pub(super) fn inlined(&self, found: &mut dyn FnMut(usize, &'a [u8])) -> Part<()> {
        inlined::each(self, found)
    }

    /// RVAs of Go's function table, where the module data says how long it is.
    pub(super) fn go_table(&self) -> Option<Range<u32>> {
        self.go.as_ref().and_then(|go| go.place.clone())
    }

    /// File offsets of the COFF symbol table and its strings.
    pub(super) fn symbol_table(&self) -> Option<Range<u64>> {
        self.symbols.place()
    }

    /// The import path that a prefix of symbols stands for.
    pub(super) fn import_path(&self, prefix: &str) -> String {
        self.owners.import_path(prefix)
    }

    /// Whether a function belongs to Go's standard library.
    #[must_use]
    pub fn standard(&self, index: usize) -> bool {
        let package = self.package(index);
        package.is_some_and(|package| self.owners.standard(&package))
    }

    /// The image, for those who look at the bytes of its functions.
    pub(super) fn image(&self) -> &Image<'a> {
        &self.image
    }

    /// The package of a function whose name has none: one of a host object, or one that an
    /// assembly file keeps to itself, such as `sigtramp`. The linker lays out host objects first,
    /// and where it writes symbols it makes one, `package(section)`, where the code of each begins
    /// (cmd/link, loadpe). An assembly file has the package of its directory.
    fn package_around(&self, index: usize) -> Option<String> {
        let entry = self.entries.get(index)?;
        let directory = self.go.as_ref().and_then(|go| go.directory(entry.source.row()));
        // A Go function in between says that the host object ended before.
        let mut host = self.owners.host_object(entry.start);
        for index in (0..index).rev().take(MAX_NEIGHBOURS) {
            let neighbour = self.entries.get(index)?;
            if let Some((_, package)) = host.take_if(|(begins, _)| neighbour.start < *begins) {
                return Some(package);
            }
            let Some((package, same)) = self.go_neighbour(index, directory) else { continue };
            if same {
                return Some(package);
            }
            host = None;
        }
        let behind = (index + 1..self.entries.len()).take(MAX_NEIGHBOURS);
        behind
            .filter_map(|index| self.go_neighbour(index, directory))
            .find_map(|(package, same)| same.then_some(package))
    }

    /// The package that a Go function has in its name, and whether it is from that directory.
    fn go_neighbour(&self, index: usize, directory: Option<&[u8]>) -> Option<(String, bool)> {
        let entry = self.entries.get(index)?;
        if entry.source.by() != NamedBy::Pclntab {
            return None;
        }
        let package = self.package_in_name(index, &self.name(index)?)?;
        let from = self.go.as_ref().and_then(|go| go.directory(entry.source.row()));
        Some((package, directory.is_some() && from == directory))
    }
}

/// `IMAGE_FILE_MACHINE_ARM64`: the one header whose exception directory has the ARM64 form.
const ARM64: u16 = 0xaa64;

/// The RVAs of sections with code, in order of address.
#[derive(Debug)]
struct CodeRanges(Vec<Range<u32>>);

impl CodeRanges {
    fn new(sections: &[Section]) -> Self {
        let code = sections.iter().filter(|section| section.executable());
        let mut ranges: Vec<_> = code.map(section_range).collect();
        ranges.sort_by_key(|range| range.start);
        Self(ranges)
    }

    /// The end of the section whose code holds an RVA.
    fn end_of(&self, rva: u32) -> Option<u32> {
        let before = self.0.partition_point(|range| range.start <= rva).checked_sub(1)?;
        self.0.get(before).filter(|range| range.contains(&rva)).map(|range| range.end)
    }
}

/// The RVAs that a section takes, as far as both its sizes agree that there are bytes.
pub(super) fn section_range(section: &Section) -> Range<u32> {
    // Linkers of the nineties left VirtualSize 0 and meant the size in the file.
    let size = match section.virtual_size {
        0 => section.file_size,
        size => size.min(section.file_size),
    };
    section.rva..section.rva.saturating_add(size)
}

/// Sorts entries, leaves one for each address, and gives each its end. `go` is where Go's own
/// functions begin: none of these reaches into them.
fn settle(entries: &mut Vec<Entry>, go: Option<u32>, code: &CodeRanges) {
    entries.sort_unstable_by_key(|entry| (entry.start, entry.source.0));
    // The name of the most trusted table, the end of the one that knows it.
    entries.dedup_by(|next, kept| {
        if next.start == kept.start && kept.end == 0 {
            kept.end = next.end;
        }
        next.start == kept.start
    });
    let mut limit = None;
    for entry in entries.iter_mut().rev() {
        let mut end = code.end_of(entry.start).unwrap_or(entry.start);
        for stop in limit.into_iter().chain(go.filter(|&go| go > entry.start)) {
            end = end.min(stop);
        }
        if entry.end <= entry.start || entry.end > end {
            entry.end = end;
        }
        limit = Some(entry.start);
    }
}

/// A name in a table of strings, up to its zero.
fn c_name(table: &[u8], offset: u64) -> Option<&[u8]> {
    let rest = table.get(usize::try_from(offset).ok()?..)?;
    bytes::c_string(rest, MAX_NAME)
}
