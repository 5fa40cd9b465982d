//! What was read of the COFF objects, archives and import libraries that a build links.

use super::given::Claim;
use super::image::MachineKind;

/// One file that the linker takes: a `.syso`, or an object or library that `#cgo LDFLAGS` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFile {
    /// Name in the Report: `/`-separated, relative to the module root, or `module@version/…`.
    pub name: String,
    /// Import paths of the packages that bring it, sorted; empty for a file that was given.
    pub packages: Vec<String>,
    /// How it gets into the link.
    pub linked_by: LinkedBy,
    /// What it should be.
    pub claim: Claim,
    /// What was read; or why it could not be read.
    pub contents: Result<ObjectContents, String>,
    /// Whether the failure to read it is the environment's (not found, no permission).
    pub missing: bool,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Exes of this build whose Go function table names a function of this object; asked only where the
    /// object is for another machine than the build.
    pub linked_into: Vec<String>,
}

impl ObjectFile {
    /// A file that nothing was read of yet.
    #[must_use]
    pub fn unread(name: String, linked_by: LinkedBy, claim: Claim) -> Self {
        Self {
            name,
            packages: Vec::new(),
            linked_by,
            claim,
            contents: Err("not read".into()),
            missing: false,
            sha256: None,
            size: None,
            linked_into: Vec::new(),
        }
    }
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

    /// The members; an object by itself is its only one.
    #[must_use]
    pub fn members(&self) -> &[ObjectMember] {
        match self {
            Self::Member(member) => std::slice::from_ref(member),
            Self::Archive { members, .. } => members,
        }
    }

    /// The machines of the members, each once, in file order: `ARM64`, or `ARM64 and x64`; `None` where no
    /// member carries one.
    #[must_use]
    pub fn machine_words(&self) -> Option<String> {
        let mut words: Vec<String> = Vec::new();
        for kind in self.members().iter().filter_map(|member| member.form.machine()) {
            let word = kind.words().into_owned();
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let last = words.pop()?;
        Some(if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) })
    }

    /// The machines of the import records, each once, in file order; empty where there are none. Both
    /// machines of an ARM64X import library are here: ARM64EC and ARM64.
    #[must_use]
    pub fn import_machines(&self) -> Vec<MachineKind> {
        let mut kinds = Vec::new();
        for member in self.members() {
            let ObjectForm::Import { machine, .. } = member.form else { continue };
            let kind = MachineKind::from_header(machine);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }
}

/// One object of a library, or an object by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMember {
    /// The member's name; empty for an object by itself.
    pub name: String,
    /// File offset of its first byte; 0 for a member of a thin archive, whose bytes are elsewhere.
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
        /// `Machine`; 0 is an object that fits any machine (`IMAGE_FILE_MACHINE_UNKNOWN`).
        machine: u16,
        /// File offset of the two bytes of `Machine`.
        machine_offset: u64,
        /// Whether it is the form for many sections.
        bigobj: bool,
        /// Bytes in sections that hold code.
        code_bytes: u64,
        /// Whether it holds resources and nothing else that is linked (`.rsrc` sections only).
        resources_only: bool,
        /// Bytes in code sections that an ARM64EC object marks as x86-64 (`IMAGE_SCN_GPREL`); they are
        /// among `code_bytes`.
        x64_code_bytes: u64,
        /// External functions that it defines, at most [`ObjectForm::MAX_FUNCTIONS`]; not read of the
        /// members of an archive.
        functions: Vec<String>,
    },
    /// A short import record (PE format, Import Library Format).
    Import {
        /// `Machine`.
        machine: u16,
        /// File offset of the two bytes of `Machine`.
        machine_offset: u64,
        /// The DLL that it imports from.
        dll: String,
        /// The symbol that it defines; an ARM64EC one has a name of its own, such as `#CreateFileW`.
        symbol: String,
        /// What it asks the DLL for: a name, or `#` and an ordinal.
        import: String,
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
        /// Whether its code is for 64-bit ARM: Go's linker reads ELF and Mach-O for any system, and links it.
        a64: bool,
    },
    /// It begins as an object and is malformed.
    Malformed {
        /// What is wrong, with the offset.
        problem: String,
    },
}

impl ObjectForm {
    /// Functions of one object that are named.
    pub const MAX_FUNCTIONS: usize = 64;

    /// What it is for; `None` where it carries no machine, or says that it fits any.
    #[must_use]
    pub fn machine(&self) -> Option<MachineKind> {
        match *self {
            Self::Coff { machine, .. } | Self::Import { machine, .. } if machine != 0 => {
                Some(MachineKind::from_header(machine))
            }
            _ => None,
        }
    }
}
