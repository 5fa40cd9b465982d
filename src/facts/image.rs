//! What was read from one PE image, without judgement: plain data that the
//! checks look at and the evidence points into.
//!
//! Sources named at the fields: "PE format" is Microsoft's *PE Format* page,
//! `COFF.h` is LLVM's `llvm/Object/COFF.h`, "winnt.h" the Windows SDK header,
//! "debug/buildinfo" and "cmd/link" are packages of the Go distribution.
//!
//! An image is read directory by directory, and each directory fails apart:
//! that is what [`Part`] says.

use std::borrow::Cow;
use std::fmt;

use super::resource::Resources;
use super::signature::Signature;

/// One separately read part of an image: its facts, or what was malformed and
/// where. A failed part never takes the other facts with it.
pub type Part<T> = Result<T, String>;

/// Everything that was read from one PE image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFacts {
    /// Length of the file in bytes.
    pub size: u64,
    /// `Machine`, as it is in the file (PE format, COFF File Header).
    pub machine: u16,
    /// File offset of the two bytes of `Machine`.
    pub machine_offset: u64,
    /// What the image is: `machine` together with `hybrid`. Where `hybrid`
    /// could not be read this rests on the header alone, and whoever judges it
    /// has to say so.
    pub kind: MachineKind,
    /// Whether the optional header is PE32+ (magic 0x20B) and not PE32 (0x10B).
    pub pe32_plus: bool,
    /// `Characteristics` (PE format, COFF File Header).
    pub characteristics: u16,
    /// File offset of the two bytes of `Characteristics`.
    pub characteristics_offset: u64,
    /// `Subsystem`: 2 is Windows GUI, 3 is console, 1 is native (PE format,
    /// Optional Header).
    pub subsystem: u16,
    /// File offset of the two bytes of `Subsystem`.
    pub subsystem_offset: u64,
    /// `DllCharacteristics`, the hardening flags (PE format, Optional Header).
    pub dll_characteristics: u16,
    /// File offset of the two bytes of `DllCharacteristics`.
    pub dll_characteristics_offset: u64,
    /// `ImageBase`: the preferred virtual address of the first byte.
    pub image_base: u64,
    /// `AddressOfEntryPoint` as an RVA; 0 is none, which only a DLL may have.
    pub entry_point: u32,
    /// `MajorLinkerVersion` and `MinorLinkerVersion`; Go's own linker writes 3.0.
    pub linker_version: (u8, u8),
    /// The sections in file order (PE format, Section Table).
    pub sections: Vec<Section>,
    /// The load configuration as far as it tells a hybrid image from a plain one.
    pub hybrid: Part<Hybrid>,
    /// The DLLs the loader resolves when the image starts, in file order.
    pub imports: Part<Vec<ImportedDll>>,
    /// The DLLs that are resolved at the first call, in file order.
    pub delay_imports: Part<Vec<ImportedDll>>,
    /// The header of a .NET assembly; `None` for native images.
    pub clr: Part<Option<ClrHeader>>,
    /// Go's build information; `None` if the image carries none.
    pub build_info: Part<Option<BuildInfo>>,
    /// Go's function table; `None` if the image carries none.
    pub pclntab: Part<Option<PclnTab>>,
    /// The resources; `None` if the image has no resource directory.
    pub resources: Part<Option<Resources>>,
    /// The Authenticode signature; `None` if the image is not signed.
    pub signature: Part<Option<Signature>>,
}

impl ImageFacts {
    /// Why `kind` rests on the header alone, if it does: what could have made
    /// the image a hybrid was not readable.
    #[must_use]
    pub fn kind_doubt(&self) -> Option<&str> {
        match &self.hybrid {
            Err(problem) => Some(problem),
            Ok(hybrid) => match &hybrid.arm64x {
                Err(problem) if self.kind == MachineKind::Arm64 => Some(problem),
                _ => None,
            },
        }
    }

    /// Whether the image is a DLL (`IMAGE_FILE_DLL`, 0x2000).
    #[must_use]
    pub fn dll(&self) -> bool {
        self.characteristics & 0x2000 != 0
    }

    /// Whether the image is a .NET assembly that is bound to no machine. Only one that says x86 can be: one
    /// that says x64 is loaded there alone, whatever its flags.
    #[must_use]
    pub fn any_cpu(&self) -> bool {
        let header = self.clr.as_ref().ok().and_then(Option::as_ref);
        self.kind == MachineKind::X86 && header.is_some_and(ClrHeader::any_cpu)
    }

    /// Whether the image may be loaded anywhere: ASLR
    /// (`IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE`, 0x40).
    #[must_use]
    pub fn aslr(&self) -> bool {
        self.dll_characteristics & 0x0040 != 0
    }

    /// Whether ASLR may use all 64 bits
    /// (`IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA`, 0x20).
    #[must_use]
    pub fn high_entropy_va(&self) -> bool {
        self.dll_characteristics & 0x0020 != 0
    }

    /// Whether data pages are not executable
    /// (`IMAGE_DLLCHARACTERISTICS_NX_COMPAT`, 0x100).
    #[must_use]
    pub fn nx_compat(&self) -> bool {
        self.dll_characteristics & 0x0100 != 0
    }

    /// Whether control flow guard is on
    /// (`IMAGE_DLLCHARACTERISTICS_GUARD_CF`, 0x4000). Go's linker never sets it.
    #[must_use]
    pub fn guard_cf(&self) -> bool {
        self.dll_characteristics & 0x4000 != 0
    }

    /// Whether the base relocations were taken out of the image
    /// (`IMAGE_FILE_RELOCS_STRIPPED`, 0x1): it loads at `image_base` or not at all.
    #[must_use]
    pub fn relocations_stripped(&self) -> bool {
        self.characteristics & 0x0001 != 0
    }

    /// The DLLs of both import directories, as far as they could be read.
    pub fn imported_dlls(&self) -> impl Iterator<Item = &ImportedDll> {
        self.imports.iter().flatten().chain(self.delay_imports.iter().flatten())
    }

    /// The first section whose bytes reach beyond the end of the file: the sign
    /// of a file that was cut short.
    #[must_use]
    pub fn truncated_section(&self) -> Option<&Section> {
        self.sections.iter().find(|section| section.file_end() > self.size)
    }
}

/// What an image is made for, in the words of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MachineKind {
    /// Plain ARM64: 0xAA64 without hybrid metadata.
    Arm64,
    /// ARM64EC: 0x8664 with CHPE metadata (or 0xA641, the number of objects).
    Arm64Ec,
    /// ARM64X: 0xAA64 with CHPE metadata or an ARM64X dynamic relocation (or
    /// 0xA64E, the number of objects).
    Arm64X,
    /// x86-64: 0x8664 without hybrid metadata.
    X64,
    /// 32-bit x86: 0x14C.
    X86,
    /// 32-bit ARM in Thumb-2: `IMAGE_FILE_MACHINE_ARMNT`, 0x1C4.
    Arm32,
    /// 32-bit x86 with ARM64 code inside: 0x14C with CHPE metadata (or 0x3A64).
    ChpeX86,
    /// Any other value of `Machine`.
    Other(u16),
}

impl MachineKind {
    /// The kind that the `Machine` field alone tells, which cannot see ARM64EC
    /// and ARM64X images (PE format, Machine Types; `COFF.h` for the hybrids).
    #[must_use]
    pub fn from_header(machine: u16) -> Self {
        match machine {
            0xaa64 => Self::Arm64,
            0xa641 => Self::Arm64Ec,
            0xa64e => Self::Arm64X,
            0x8664 => Self::X64,
            0x014c => Self::X86,
            0x01c4 => Self::Arm32,
            0x3a64 => Self::ChpeX86,
            other => Self::Other(other),
        }
    }

    /// The one name this kind has in every report.
    #[must_use]
    pub fn words(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Arm64 => "ARM64",
            Self::Arm64Ec => "ARM64EC",
            Self::Arm64X => "ARM64X",
            Self::X64 => "x64",
            Self::X86 => "x86",
            Self::Arm32 => "ARM32",
            Self::ChpeX86 => "CHPE x86",
            Self::Other(0x0200) => "Itanium",
            Self::Other(0x0ebc) => "EFI byte code",
            Self::Other(0x5064) => "RISC-V 64",
            Self::Other(0x6264) => "LoongArch 64",
            Self::Other(machine) => return Cow::Owned(format!("unknown machine {machine:#06x}")),
        })
    }
}

impl fmt::Display for MachineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

/// One row of the section table (PE format, Section Table).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The name, lossily decoded; a `/123` of Go's debug sections is looked up
    /// in the string table.
    pub name: String,
    /// `VirtualAddress`: RVA of the first byte when loaded.
    pub rva: u32,
    /// `VirtualSize`: bytes when loaded.
    pub virtual_size: u32,
    /// `PointerToRawData`: file offset of the first byte.
    pub file_offset: u32,
    /// `SizeOfRawData`: bytes in the file.
    pub file_size: u32,
    /// `Characteristics`: content and access flags.
    pub characteristics: u32,
}

impl Section {
    /// File offset behind the last byte; may lie beyond the end of the file.
    #[must_use]
    pub fn file_end(&self) -> u64 {
        if self.file_size == 0 {
            return 0;
        }
        u64::from(self.file_offset) + u64::from(self.file_size)
    }

    /// Whether it may be executed (`IMAGE_SCN_MEM_EXECUTE`) or says it holds
    /// code (`IMAGE_SCN_CNT_CODE`).
    #[must_use]
    pub fn executable(&self) -> bool {
        self.characteristics & 0x2000_0020 != 0
    }

    /// Whether it may be written to (`IMAGE_SCN_MEM_WRITE`).
    #[must_use]
    pub fn writable(&self) -> bool {
        self.characteristics & 0x8000_0000 != 0
    }
}

/// What the load configuration says about other machines' code in the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hybrid {
    /// File offset of the load configuration directory; `None` if the image
    /// has none (Go before 1.27).
    pub load_config_offset: Option<u64>,
    /// The CHPE metadata, if the load configuration points to some.
    pub chpe: Option<Chpe>,
    /// The ARM64X dynamic relocations, if there are some. A link of nothing but
    /// ARM64 objects with `-machine:arm64x` has these and no CHPE metadata.
    pub arm64x: Part<Option<Arm64xRelocations>>,
}

impl Hybrid {
    /// Whether the image carries the dynamic relocations that turn it into an
    /// x64 image for x64 processes; false also where they could not be read.
    #[must_use]
    pub fn arm64x_dynamic_relocations(&self) -> bool {
        matches!(self.arm64x, Ok(Some(_)))
    }
}

/// Compiled Hybrid Portable Executable metadata: the image has code of two machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chpe {
    /// `CHPEMetadataPointer`, a virtual address (winnt.h, the load
    /// configuration: offset 0xC8 in the 64-bit form, 0x7C in the 32-bit one).
    pub pointer: u64,
    /// File offset of the pointer.
    pub pointer_offset: u64,
    /// What the pointer leads to. It fails apart: the pointer alone already
    /// proves that the image is a hybrid.
    pub metadata: Part<ChpeMetadata>,
}

/// `IMAGE_ARM64EC_METADATA` (`COFF.h`, `chpe_metadata`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChpeMetadata {
    /// File offset of the metadata.
    pub offset: u64,
    /// `Version`; 1 and 2 are in use.
    pub version: u32,
    /// File offset of the code map; `None` if it is empty.
    pub code_map_offset: Option<u64>,
    /// Which code is for which machine, in file order.
    pub code_ranges: Vec<CodeRange>,
}

/// One entry of the CHPE code map (`COFF.h`, `chpe_range_entry`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRange {
    /// RVA of the first byte.
    pub start: u32,
    /// Length in bytes.
    pub length: u32,
    /// Whose code it is.
    pub code: CodeType,
}

/// The low two bits of a code map entry (`COFF.h`, `chpe_range_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeType {
    /// 0: plain ARM64.
    Arm64,
    /// 1: ARM64EC.
    Arm64Ec,
    /// 2: x86-64, emulated.
    Amd64,
    /// 3: without a meaning so far.
    Reserved,
}

impl CodeType {
    /// The name in reports.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Arm64 => "ARM64",
            Self::Arm64Ec => "ARM64EC",
            Self::Amd64 => "x64",
            Self::Reserved => "reserved",
        }
    }
}

/// The table entry with symbol 6, `IMAGE_DYNAMIC_RELOCATION_ARM64X` (winnt.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arm64xRelocations {
    /// `Version` of the table of dynamic relocations: 1 or 2.
    pub table_version: u32,
    /// File offset of the table entry.
    pub offset: u64,
    /// Bytes of fix-ups behind the entry.
    pub fixup_size: u32,
}

/// One DLL of an import directory (PE format, The .idata Section).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedDll {
    /// The name as the image has it, lossily decoded.
    pub name: String,
    /// File offset of the first byte of the name.
    pub name_offset: u64,
    /// How many functions are imported from it, by name or by ordinal.
    pub symbols: usize,
    /// Whether it is loaded at the first call only (PE format, Delay-Load
    /// Import Tables).
    pub delay_loaded: bool,
}

/// The header of a .NET assembly (ECMA-335, II.25.3.3). Its `Machine` field
/// tells nothing about where it runs if it holds only intermediate language:
/// such an assembly says x86 and is compiled for the machine it starts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClrHeader {
    /// File offset of the header.
    pub offset: u64,
    /// `Flags`: 1 only intermediate language, 2 32-bit required, 0x20000 32-bit
    /// preferred.
    pub flags: u32,
}

impl ClrHeader {
    /// Whether the flags bind the assembly to no machine: only intermediate
    /// language, and 32 bits are at most a preference. See
    /// [`ImageFacts::any_cpu`] for the machine.
    #[must_use]
    pub fn any_cpu(&self) -> bool {
        const IL_ONLY: u32 = 0x1;
        const REQUIRED_32: u32 = 0x2;
        const PREFERRED_32: u32 = 0x2_0000;
        // "Preferred" is written as both bits; "required" as the second alone.
        let required = self.flags & (REQUIRED_32 | PREFERRED_32) == REQUIRED_32;
        self.flags & IL_ONLY != 0 && !required
    }
}

/// Go's record of how the image was built (debug/buildinfo).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildInfo {
    /// File offset of the blob, which begins with `\xff Go buildinf:`.
    pub offset: u64,
    /// The version of the toolchain, such as `go1.26.8`.
    pub go_version: String,
    /// The import path of the command (the `path` line); empty without modules.
    pub path: String,
    /// The main module (the `mod` line).
    pub main: Option<Module>,
    /// The other modules (the `dep` lines), in the order of the record.
    pub deps: Vec<Module>,
    /// The build settings (the `build` lines), unquoted, in the order of the record.
    pub settings: Vec<(String, String)>,
}

impl BuildInfo {
    /// The value of a build setting, such as `GOOS`, `GOARCH`, `CGO_ENABLED`,
    /// `GOARM64`, `-ldflags` or `vcs.revision`.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// One module of the build information.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Module {
    /// The module path.
    pub path: String,
    /// The version; `(devel)` or empty for a main module without one.
    pub version: String,
    /// The `h1:` checksum; empty for a replaced module and for most main modules.
    pub sum: String,
    /// What a `replace` directive put in its place.
    pub replace: Option<Replacement>,
}

/// What stands in for a module (the `=>` line).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replacement {
    /// The module path, or a directory.
    pub path: String,
    /// The version; empty for a directory.
    pub version: String,
    /// The `h1:` checksum; empty for a directory.
    pub sum: String,
}

/// Go's table of functions, which survives `-ldflags=-s` (cmd/link, pclntab).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PclnTab {
    /// File offset of the header.
    pub offset: u64,
    /// RVA of the header.
    pub rva: u32,
    /// The first Go version that writes this form: its magic number in words.
    pub since: &'static str,
    /// Number of functions.
    pub functions: u64,
}
