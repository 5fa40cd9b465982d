//! The functions of an image, object file or archive, of any machine: just enough for measuring.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use object::read::archive::ArchiveFile;
use object::{File, Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};

/// A region of code: a function, or what lies between two functions.
#[derive(Debug, Clone)]
pub struct Region {
    /// Its name; empty where nothing names it.
    pub name: String,
    /// Its address, as far as there is one.
    pub address: u64,
    /// Its bytes, without the filler at the end.
    pub bytes: Vec<u8>,
}

/// What was read of one file.
#[derive(Debug)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// The machine, as the COFF header has it.
    pub machine: u16,
    /// The code.
    pub code: Vec<Region>,
    /// Addresses inside each section of A64 code that its instructions lead to, ascending.
    pub uses: Vec<u64>,
    /// The sections that hold constants: what is not code.
    pub data: Vec<Vec<u8>>,
}

impl Source {
    /// The name of the file without its directories.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// 64, 32 or 0 for x86-64, 386 and anything else.
    #[must_use]
    pub fn bits(&self) -> u32 {
        match self.machine {
            0x8664 => 64,
            0x014c => 32,
            _ => 0,
        }
    }
}

/// Reads a file; members of an archive are taken together.
#[must_use]
pub fn read(path: &Path) -> Source {
    let bytes = fs_err::read(path).expect("a file to read");
    let mut source = Source {
        path: path.into(),
        machine: 0,
        code: Vec::new(),
        uses: Vec::new(),
        data: Vec::new(),
    };
    if let Ok(archive) = ArchiveFile::parse(&*bytes) {
        for member in archive.members().flatten() {
            if let Ok(data) = member.data(&*bytes) {
                add(&mut source, data);
            }
        }
    } else {
        add(&mut source, &bytes);
    }
    source
}

/// Adds one image or object; anything else is passed over.
fn add(source: &mut Source, bytes: &[u8]) {
    let Ok(file) = File::parse(bytes) else { return };
    source.machine = match file.architecture() {
        object::Architecture::Aarch64 => 0xaa64,
        object::Architecture::X86_64 => 0x8664,
        object::Architecture::I386 => 0x014c,
        _ => return,
    };
    for section in file.sections() {
        let Ok(data) = section.data() else { continue };
        match section.kind() {
            SectionKind::Text => {
                if source.machine == 0xaa64 && file.kind() != object::ObjectKind::Relocatable {
                    source.uses.extend(gowoa::isa::scan::uses(data, section.address()));
                }
                let starts = starts(&file, bytes, &section, data, source.machine);
                source.code.extend(split(section.address(), data, &starts, source.machine));
            }
            SectionKind::Data | SectionKind::ReadOnlyData | SectionKind::ReadOnlyString => {
                source.data.push(data.to_vec());
            }
            _ => {}
        }
    }
}

/// Where regions begin in one section, with their names, by the best table that there is.
fn starts(
    file: &File<'_>,
    bytes: &[u8],
    section: &object::Section<'_, '_>,
    data: &[u8],
    machine: u16,
) -> BTreeMap<u64, String> {
    let mut starts = symbols(file, section);
    if matches!(file, File::Pe32(_) | File::Pe64(_)) {
        let first = section.name() == Ok(".text");
        if first && let Some(found) = pclntab(file, bytes, section.address()) {
            return found;
        }
        for (begin, end) in unwind(file, machine) {
            starts.entry(begin).or_default();
            // What follows an A64 function without unwind data of its own stays with it: its tables.
            if machine != 0xaa64 {
                starts.entry(end).or_default();
            }
        }
        if starts.is_empty() && machine != 0xaa64 {
            starts = after_filler(section.address(), data);
        }
    }
    starts.entry(section.address()).or_default();
    starts
}

/// The symbols in a section. Labels inside functions do not matter here.
fn symbols(file: &File<'_>, section: &object::Section<'_, '_>) -> BTreeMap<u64, String> {
    file.symbols()
        .filter(|symbol| symbol.section_index() == Some(section.index()))
        .filter(|symbol| matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Label))
        .map(|symbol| (symbol.address(), symbol.name().unwrap_or_default().to_owned()))
        .collect()
}

/// Go's function table (cmd/link, pclntab; magic of Go 1.20): addresses and names.
fn pclntab(file: &File<'_>, bytes: &[u8], text: u64) -> Option<BTreeMap<u64, String>> {
    let quantum = if file.architecture() == object::Architecture::Aarch64 { 4 } else { 1 };
    let pointer = if file.is_64() { 8 } else { 4 };
    let magic = [0xf1, 0xff, 0xff, 0xff, 0, 0, quantum, pointer];
    let at = bytes.windows(8).position(|window| window == magic)?;
    let table = bytes.get(at..)?;
    let size = usize::from(pointer);
    let word = |index: usize| -> Option<usize> {
        let bytes = table.get(8 + index * size..)?.get(..size)?;
        Some(bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
    };
    let number = |offset: usize| -> Option<usize> {
        Some(u32::from_le_bytes(table.get(offset..offset + 4)?.try_into().ok()?) as usize)
    };
    let (count, names, functab) = (word(0)?, word(3)?, word(7)?);
    let mut found = BTreeMap::new();
    for index in 0..count {
        let entry = number(functab + index * 8)?;
        let function = functab + number(functab + index * 8 + 4)?;
        let name = table.get(names + number(function + 4)?..)?;
        let name = name.split(|&byte| byte == 0).next()?;
        found.insert(text + entry as u64, String::from_utf8_lossy(name).into_owned());
    }
    found.insert(text + number(functab + count * 8)? as u64, "behind the last function".into());
    Some(found)
}

/// Begin and end of the functions in the unwind data (PE format, The .pdata Section).
fn unwind(file: &File<'_>, machine: u16) -> Vec<(u64, u64)> {
    let base = file.relative_address_base();
    let Some(section) = file.section_by_name(".pdata") else { return Vec::new() };
    let data = section.data().unwrap_or_default();
    let number = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 4).map_or(0, |bytes| u32::from_le_bytes(bytes.try_into().unwrap()))
    };
    let size = if machine == 0xaa64 { 8 } else { 12 };
    data.chunks_exact(size)
        .map(|record| {
            let begin = number(record, 0);
            let second = number(record, 4);
            let end = match (machine, second & 3) {
                (0xaa64, 0) => begin + (word_at(file, second).unwrap_or(0) & 0x3_ffff) * 4,
                (0xaa64, _) => begin + (second >> 2 & 0x7ff) * 4,
                _ => second,
            };
            (begin, end)
        })
        .filter(|&(begin, end)| begin != 0 && end > begin)
        .map(|(begin, end)| (base + u64::from(begin), base + u64::from(end)))
        .collect()
}

/// A 32-bit word at an RVA.
fn word_at(file: &File<'_>, rva: u32) -> Option<u32> {
    let address = file.relative_address_base() + u64::from(rva);
    let bytes = file.sections().find_map(|section| section.data_range(address, 4).ok()?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// A guess where there is no table: a multiple of 16 behind a run of `int3`.
fn after_filler(address: u64, data: &[u8]) -> BTreeMap<u64, String> {
    (16..data.len())
        .step_by(16)
        .filter(|&at| data.get(at - 2..at) == Some(&[0xcc, 0xcc]) && data.get(at) != Some(&0xcc))
        .map(|at| (address + at as u64, String::new()))
        .collect()
}

/// Cuts a section at the starts.
fn split(address: u64, data: &[u8], starts: &BTreeMap<u64, String>, machine: u16) -> Vec<Region> {
    let end = address + data.len() as u64;
    let inside: Vec<_> = starts.range(address..end).collect();
    let mut regions = Vec::new();
    for (index, (begin, name)) in inside.iter().enumerate() {
        let until = inside.get(index + 1).map_or(end, |next| *next.0);
        let (from, to) = ((*begin - address) as usize, (until - address) as usize);
        let Some(mut bytes) = data.get(from..to) else { continue };
        if machine != 0xaa64 {
            while let [rest @ .., 0 | 0xcc | 0x90] = bytes {
                bytes = rest;
            }
        }
        if !bytes.is_empty() {
            regions.push(Region { name: (*name).clone(), address: **begin, bytes: bytes.to_vec() });
        }
    }
    regions
}
