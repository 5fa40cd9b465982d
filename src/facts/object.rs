//! What was read of the COFF objects, archives and import libraries that a build links.

/// One file that the linker takes: a `.syso`, or an object or library that `#cgo LDFLAGS` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFile {
    /// Name in the Report: `/`-separated, relative to the module root, or `module@version/…`.
    pub name: String,
    /// Import path of the package it belongs to; absent for a file that was given.
    pub package: Option<String>,
    /// How it gets into the link.
    pub linked_by: LinkedBy,
    /// What was read; or why it could not be read.
    pub contents: Result<ObjectContents, String>,
    /// Whether the failure to read it is the environment's (not found, no permission).
    pub missing: bool,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
}

/// How an object gets into the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkedBy {
    /// SysoFiles of the package: the file name matches the target.
    Syso,
    /// `#cgo LDFLAGS` of the package name it; the flag.
    LdFlags(String),
    /// Nothing was built: the file was given to `gowoa inspect`.
    Given,
}

/// What such a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectContents {
    /// One COFF object, or one import record.
    Member(ObjectMember),
    /// An ar archive: a static or an import library. The linker's own members are left out.
    Archive {
        /// The members in file order, at most [`ObjectContents::MAX_MEMBERS`].
        members: Vec<ObjectMember>,
        /// Members that were not looked at, because there are too many.
        more: u64,
    },
}

impl ObjectContents {
    /// Members of one archive that are looked at.
    pub const MAX_MEMBERS: usize = 100_000;
}

/// One object of a library, or an object by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMember {
    /// The member's name; empty for an object by itself.
    pub name: String,
    /// File offset of its first byte.
    pub offset: u64,
    /// Its length in bytes.
    pub size: u64,
    /// What it is.
    pub form: ObjectForm,
}

/// The form of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectForm {
    /// COFF (PE format, COFF File Header), also with many sections (winnt.h, `ANON_OBJECT_HEADER_BIGOBJ`).
    Coff {
        /// `Machine`.
        machine: u16,
        /// File offset of the two bytes of `Machine`.
        machine_offset: u64,
        /// Whether it is the form for many sections.
        bigobj: bool,
        /// Bytes in sections that hold code.
        code_bytes: u64,
        /// Whether it holds resources and no code (`.rsrc` sections only).
        resources_only: bool,
        /// Bytes in code sections that an ARM64EC object marks as x86-64 (`IMAGE_SCN_GPREL`).
        x64_code_bytes: u64,
    },
    /// A short import record (PE format, Import Library Format).
    Import {
        /// `Machine`.
        machine: u16,
        /// File offset of the two bytes of `Machine`.
        machine_offset: u64,
        /// The DLL that it imports from.
        dll: String,
        /// The symbol.
        symbol: String,
    },
    /// LLVM bitcode, CodeView type records and other things that carry no machine a reader can trust.
    NoMachine {
        /// What it is, in words.
        what: String,
    },
    /// A file of another system: ELF, Mach-O and so on.
    Foreign {
        /// What it is, in words, such as `an ELF file for x86-64`.
        what: String,
    },
    /// It begins as an object and is malformed.
    Malformed {
        /// What is wrong, with the offset.
        problem: String,
    },
}
