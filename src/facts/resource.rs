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
    /// The data entries in tree order.
    pub entries: Vec<ResourceEntry>,
    /// What is malformed in the tree itself, with the file offset.
    pub problems: Vec<ResourceProblem>,
    /// Every manifest (type 24).
    pub manifests: Vec<Manifest>,
    /// The version resource (type 16), where there is one.
    pub version: Option<Part<VersionInfo>>,
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

/// One application manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Name of the resource: `#1` for programs, `#2` for DLLs.
    pub name: String,
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

/// What the `.syso` files of a package bring for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SysoResources {
    /// File name.
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
