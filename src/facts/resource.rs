//! What was read of the resource section of an image (PE format, The .rsrc Section).

use super::image::{MachineKind, Part};

/// The resources of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resources {
    /// RVA of the root directory.
    pub rva: u32,
    /// File offset of the root directory.
    pub offset: u64,
    /// Bytes that the data directory states.
    pub size: u32,
    /// Name of the section that holds the tree.
    pub section: String,
    /// The data entries in tree order.
    pub entries: Vec<ResourceEntry>,
    /// What is malformed in the tree itself, with the file offset.
    pub problems: Vec<ResourceProblem>,
    /// What was left out because of a limit, in words.
    pub unread: Option<String>,
    /// Every manifest (type 24).
    pub manifests: Vec<Manifest>,
    /// The version resource (type 16), where there is one.
    pub version: Option<Part<VersionInfo>>,
}

impl Resources {
    /// Which of the resources that programs are known by are there.
    #[must_use]
    pub fn kinds(&self) -> ResourceKinds {
        ResourceKinds::of(self.entries.iter().filter_map(|entry| entry.kind_id))
    }

    /// The data entry of a manifest.
    #[must_use]
    pub fn entry_of(&self, manifest: &Manifest) -> Option<&ResourceEntry> {
        self.entries.iter().find(|entry| entry.entry_offset == manifest.entry_offset)
    }
}

/// Something malformed in the resource tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceProblem {
    /// In words.
    pub message: String,
    /// Where, in bytes from the start of the file.
    pub offset: u64,
}

/// One data entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceEntry {
    /// The type: a name such as `RT_MANIFEST` for a known number, `#25` for another, or the name itself.
    pub kind: String,
    /// The type's number, where it has one.
    pub kind_id: Option<u32>,
    /// Name or `#number`.
    pub name: String,
    /// Language identifier.
    pub language: u32,
    /// File offset of the entry itself (`IMAGE_RESOURCE_DATA_ENTRY`, 16 bytes).
    pub entry_offset: u64,
    /// RVA of the data, as the entry says.
    pub rva: u32,
    /// Bytes of data, as the entry says.
    pub size: u32,
    /// File offset of the data; `None` if it is not in the bytes of the section that holds the tree.
    pub offset: Option<u64>,
    /// Whether the data overlaps the tree's own directories and entries: the sign of an address that was
    /// never relocated.
    pub overlaps_tree: bool,
    /// Whether every byte of the data is zero.
    pub zero: bool,
}

impl ResourceEntry {
    /// Type and name: `RT_MANIFEST #1`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// One application manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Name of the resource: `#1` for programs, `#2` for DLLs.
    pub name: String,
    /// File offset of its data entry.
    pub entry_offset: u64,
    /// File offset of the text.
    pub offset: u64,
    /// What it says, or why it is not well-formed XML.
    pub contents: Part<ManifestContents>,
}

/// What a manifest says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManifestContents {
    /// `processorArchitecture` of the assembly's own identity; `None` if it does not say.
    pub architecture: Option<String>,
    /// `name` and `processorArchitecture` of the assemblies that it depends on.
    pub dependencies: Vec<(String, Option<String>)>,
    /// `level` of `requestedExecutionLevel`.
    pub execution_level: Option<String>,
}

/// The version resource (`VS_VERSIONINFO`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionInfo {
    /// File version of the fixed part, four numbers.
    pub file_version: Option<(u16, u16, u16, u16)>,
    /// `dwFileType`: 1 program, 2 DLL, 3 driver.
    pub file_type: Option<u32>,
    /// Strings such as `FileDescription`, in the order of the resource.
    pub strings: Vec<(String, String)>,
}

/// Which resources an object or an image has: the part that is compared between architectures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ResourceKinds {
    /// `RT_GROUP_ICON`.
    pub icon: bool,
    /// `RT_MANIFEST`.
    pub manifest: bool,
    /// `RT_VERSION`.
    pub version: bool,
}

impl ResourceKinds {
    /// `RT_GROUP_ICON`, `RT_VERSION` and `RT_MANIFEST` (winuser.h).
    pub const ICON: u32 = 14;
    /// See `ICON`.
    pub const VERSION: u32 = 16;
    /// See `ICON`.
    pub const MANIFEST: u32 = 24;

    /// The kinds among these numbers of types.
    #[must_use]
    pub fn of(types: impl Iterator<Item = u32>) -> Self {
        let mut kinds = Self::default();
        for id in types {
            match id {
                Self::ICON => kinds.icon = true,
                Self::MANIFEST => kinds.manifest = true,
                Self::VERSION => kinds.version = true,
                _ => {}
            }
        }
        kinds
    }

    /// Whether none of them is there.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// What these have and the others lack.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Self {
            icon: self.icon && !others.icon,
            manifest: self.manifest && !others.manifest,
            version: self.version && !others.version,
        }
    }

    /// Their names in words.
    #[must_use]
    pub fn words(self) -> Vec<String> {
        let all = [(self.icon, "icon"), (self.manifest, "manifest"), (self.version, "version")];
        all.iter().filter(|(there, _)| *there).map(|(_, word)| (*word).to_owned()).collect()
    }
}

/// What the `.syso` files of a package bring for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SysoResources {
    /// The file as the Report names it.
    pub file: String,
    /// Machine of the object.
    pub machine: MachineKind,
    /// What it has.
    pub kinds: ResourceKinds,
}

/// The resources that the `.syso` files of a command bring.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SysoOfCommand {
    /// For windows/arm64.
    pub arm64: Vec<SysoResources>,
    /// For windows/amd64.
    pub amd64: Vec<SysoResources>,
}
