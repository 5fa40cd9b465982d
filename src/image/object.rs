//! The bytes of a COFF object, an import record or an archive in, facts about its members out.
//!
//! Sources: "PE format" is Microsoft's *PE Format* page with its archive and import library formats; the
//! form for many sections is `ANON_OBJECT_HEADER_BIGOBJ` of winnt.h.

mod archive;

use ::object::read::coff::{CoffFile, CoffHeader, ImportFile, ImportName, Symbol};
use ::object::{LittleEndian as LE, pe};

use super::bytes::{slice, u16_at, u32_at};
use super::identify::{FileKind, identify};
use crate::facts::image::MachineKind;
use crate::facts::object::{ObjectContents, ObjectForm, ObjectMember};

/// Bytes of a name that are kept: symbols, DLLs and members. Mangled C++ names reach a few hundred.
const MAX_NAME: usize = 512;
/// Where `Machine` stands in an import record and in an object for many sections (PE format, Import
/// Header; winnt.h, `ANON_OBJECT_HEADER`).
const ANONYMOUS_MACHINE: u64 = 6;
/// `ClassID` of an object for many sections, at offset 12 (winnt.h names no constant; LLVM's `COFF.h` has
/// it as `BigObjMagic`).
const BIGOBJ_CLASS: (u64, &[u8]) =
    (12, b"\xc7\xa1\xba\xd1\xee\xba\xa9\x4b\xaf\x20\xfa\xf6\x6a\xa4\xdc\xb8");
/// Bitcode with a header in front of it, as Apple's compilers write it (LLVM, *Bitcode Wrapper Format*).
const BITCODE_WRAPPER: &[u8] = b"\xde\xc0\x17\x0b";
/// The empty entry that every compiled resource file begins with (winuser.h, `RESOURCEHEADER`).
const RES_HEAD: &[u8] = b"\0\0\0\0\x20\0\0\0\xff\xff\0\0\xff\xff\0\0";
/// Sections that are not loaded: debug information, directives to the linker (PE format, Section Flags:
/// `IMAGE_SCN_LNK_INFO`, `IMAGE_SCN_LNK_REMOVE`, `IMAGE_SCN_MEM_DISCARDABLE`).
const NOT_LOADED: u32 = 0x0000_0200 | 0x0000_0800 | 0x0200_0000;
/// `IMAGE_SCN_CNT_CODE` and `IMAGE_SCN_MEM_EXECUTE`.
const CODE: u32 = 0x0000_0020 | 0x2000_0000;
/// `IMAGE_SCN_CNT_UNINITIALIZED_DATA`: the section has a size and no bytes.
const NO_BYTES: u32 = 0x0000_0080;
/// `EM_AARCH64` (the ELF generic ABI) and `CPU_TYPE_ARM64` (`mach/machine.h`).
const ELF_AARCH64: u16 = 183;
const MACH_O_ARM64: u32 = 0x0100_000c;
/// `IMAGE_FILE_MACHINE_ARM64EC`.
const ARM64EC: u16 = 0xa641;
/// `IMAGE_SCN_GPREL`: in an ARM64EC object the section holds x86-64 code (llvm/llvm-project#135280).
const X64_SECTION: u32 = 0x0000_8000;

/// Reads one file that a linker takes.
///
/// # Errors
/// The file is neither an object nor an archive, in words; or an archive whose beginning is malformed.
/// What is malformed further in is reported as the member that it concerns.
pub fn read_object(bytes: &[u8]) -> Result<ObjectContents, String> {
    if identify(bytes) == FileKind::Archive {
        return archive::read(bytes);
    }
    let form = form(bytes, 0, Names::Keep);
    match form {
        ObjectForm::NoMachine { what } if !bitcode(bytes) => {
            Err(format!("neither a COFF object nor an archive: this is {what}"))
        }
        form => Ok(ObjectContents::Member(ObjectMember {
            name: String::new(),
            offset: 0,
            size: bytes.len() as u64,
            form,
        })),
    }
}

/// Whether the functions of an object are named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Yes.
    Keep,
    /// No: an archive can have many members.
    Drop,
}

/// What the bytes of an object or member are; `base` is where they begin in the file.
fn form(bytes: &[u8], base: u64, names: Names) -> ObjectForm {
    let kind = identify(bytes);
    match kind {
        FileKind::CoffImport { machine } => import(bytes, base, machine),
        FileKind::CoffObject { machine } => object_for(machine, bytes, base, names),
        FileKind::Elf { .. }
        | FileKind::MachO { .. }
        | FileKind::MachOUniversal
        | FileKind::Wasm => {
            let a64 = matches!(
                kind,
                FileKind::Elf { machine: ELF_AARCH64 } | FileKind::MachO { cpu: MACH_O_ARM64 }
            );
            ObjectForm::Foreign { what: kind.words().into_owned(), a64 }
        }
        _ if bitcode(bytes) => ObjectForm::NoMachine { what: FileKind::Bitcode.words().into() },
        _ if bytes.starts_with(RES_HEAD) => {
            ObjectForm::NoMachine { what: "a compiled resource file (.res)".into() }
        }
        _ if fits_any_machine(bytes) => object_for(0, bytes, base, names),
        _ => match machine_of_object(bytes) {
            Some(machine) => object_for(machine, bytes, base, names),
            None => ObjectForm::NoMachine { what: kind.words().into_owned() },
        },
    }
}

/// The machine of what begins as an object and is none for [`identify`], which is strict where anything may come: it
/// was cut short, or has thousands of sections, as C++ objects have with a section a function.
fn machine_of_object(bytes: &[u8]) -> Option<u16> {
    let machine = u16_at(bytes, 0)?;
    let known = !matches!(MachineKind::from_header(machine), MachineKind::Other(_));
    (known && u16_at(bytes, 16)? == 0).then_some(machine)
}

fn bitcode(bytes: &[u8]) -> bool {
    identify(bytes) == FileKind::Bitcode || bytes.starts_with(BITCODE_WRAPPER)
}

/// A COFF object whose machine is 0 has no other mark: its counts have to be possible.
fn fits_any_machine(bytes: &[u8]) -> bool {
    let header = || {
        let sections = u64::from(u16_at(bytes, 2)?);
        let symbols_at = u64::from(u32_at(bytes, 8)?);
        let plausible = u16_at(bytes, 0)? == 0
            && (1..0x1000).contains(&sections)
            && u16_at(bytes, 16)? == 0
            && 20 + 40 * sections <= bytes.len() as u64
            && symbols_at <= bytes.len() as u64;
        Some(plausible)
    };
    header().unwrap_or(false)
}

/// One short import record.
fn import(bytes: &[u8], base: u64, machine: u16) -> ObjectForm {
    match ImportFile::parse(bytes) {
        Ok(record) => ObjectForm::Import {
            machine,
            machine_offset: base + ANONYMOUS_MACHINE,
            dll: text(record.dll()),
            symbol: text(record.symbol()),
            import: match record.import() {
                ImportName::Name(name) => text(name),
                ImportName::Ordinal(ordinal) => format!("#{ordinal}"),
            },
        },
        Err(error) => malformed("import record", base, &error.to_string()),
    }
}

/// One object, in either form.
fn object_for(machine: u16, bytes: &[u8], base: u64, names: Names) -> ObjectForm {
    if !bytes.starts_with(b"\0\0\xff\xff") {
        return coff::<pe::ImageFileHeader>(machine, bytes, base, names);
    }
    let (at, class) = BIGOBJ_CLASS;
    if slice(bytes, at, class.len() as u64) == Some(class) {
        return coff::<pe::AnonObjectHeaderBigobj>(machine, bytes, base, names);
    }
    // What cl /GL leaves: a machine in the header, and code that is made for one at link time.
    ObjectForm::NoMachine { what: "an object of another class, such as link-time code".into() }
}

fn coff<H: CoffHeader>(machine: u16, bytes: &[u8], base: u64, names: Names) -> ObjectForm {
    let file = match CoffFile::<&[u8], H>::parse(bytes) {
        Ok(file) => file,
        Err(error) => return malformed("COFF object", base, &error.to_string()),
    };
    let bigobj = H::is_type_bigobj();
    let mut sums = Sums::default();
    for (index, section) in file.coff_section_table().enumerate() {
        if let Err(problem) = sums.add(section, bytes.len() as u64) {
            return malformed("COFF object", base, &format!("section {} {problem}", index.0));
        }
    }
    if machine == 0 && sums.code > 0 {
        // "Fits any machine" is for data; what code it is nobody says.
        return ObjectForm::NoMachine { what: "a COFF object with code and no machine".into() };
    }
    ObjectForm::Coff {
        machine,
        machine_offset: base + if bigobj { ANONYMOUS_MACHINE } else { 0 },
        bigobj,
        code_bytes: sums.code,
        resources_only: sums.resources > 0 && sums.others == 0,
        x64_code_bytes: if machine == ARM64EC { sums.marked } else { 0 },
        functions: if names == Names::Keep { functions(&file) } else { Vec::new() },
    }
}

/// What the sections of an object add up to, in bytes.
#[derive(Default)]
struct Sums {
    code: u64,
    marked: u64,
    resources: u64,
    others: u64,
}

impl Sums {
    /// Counts a section; an error says what is wrong with it. `end` is the size of the object.
    fn add(&mut self, section: &pe::ImageSectionHeader, end: u64) -> Result<(), String> {
        let flags = section.characteristics.get(LE).0;
        let size = u64::from(section.size_of_raw_data.get(LE));
        if flags & NO_BYTES == 0 && size > 0 {
            let begin = u64::from(section.pointer_to_raw_data.get(LE));
            if begin + size > end {
                return Err(format!("reaches {} bytes beyond the end", begin + size - end));
            }
        }
        if flags & NOT_LOADED != 0 {
            return Ok(());
        }
        if flags & CODE != 0 {
            self.code += size;
            if flags & X64_SECTION != 0 {
                self.marked += size;
            }
        }
        // Resources are in one section, or in `.rsrc$01` (the tree) and `.rsrc$02` (the data).
        if section.name.starts_with(b".rsrc\0") || section.name.starts_with(b".rsrc$") {
            self.resources += size;
        } else {
            self.others += size;
        }
        Ok(())
    }
}

/// The external functions that an object defines, as many as are kept.
fn functions<'a, H: CoffHeader>(file: &CoffFile<'a, &'a [u8], H>) -> Vec<String> {
    let sections = file.coff_section_table();
    let symbols = file.coff_symbol_table();
    let defined = symbols.iter().filter(|(_, symbol)| {
        let section = symbol.section().and_then(|index| sections.section(index).ok());
        symbol.storage_class() == pe::IMAGE_SYM_CLASS_EXTERNAL
            && section.is_some_and(|section| section.characteristics.get(LE).0 & CODE != 0)
    });
    let names = defined.filter_map(|(_, symbol)| symbol.name(symbols.strings()).ok());
    names.map(text).take(ObjectForm::MAX_FUNCTIONS).collect()
}

fn malformed(what: &str, base: u64, problem: &str) -> ObjectForm {
    ObjectForm::Malformed { problem: format!("malformed {what} at offset {base:#x}: {problem}") }
}

/// A name as text, cut to what is kept.
fn text(name: &[u8]) -> String {
    let kept = name.get(..MAX_NAME).unwrap_or(name);
    String::from_utf8_lossy(kept).into_owned()
}
