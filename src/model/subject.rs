//! One thing that is checked.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ImageMap, ModuleRef};

/// Unique within a report: `package:example.com/app`, `test:example.com/app`, `image:app.exe`, `build:.`,
/// `object:example.com/app/rsrc_windows_arm64.syso`, `container:dist/app.zip`, `file:app`, `inputs:dist`, `config:gowoa.toml`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectId(pub String);

impl SubjectId {
    /// The id of a subject of this kind and name.
    pub fn new(kind: SubjectKind, name: &str) -> Self {
        Self(format!("{}:{name}", kind.as_str()))
    }

    /// The id as it stands in every format.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of thing a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// The build as a whole: its flags and its toolchain.
    Build,
    /// A Go package.
    Package,
    /// The test binary of a Go package.
    Test,
    /// A PE image.
    Image,
    /// A COFF object, an archive of them, or an import library.
    Object,
    /// A zip, a tar and so on.
    Container,
    /// A program or library of another system, such as an ELF file.
    File,
    /// Everything that one call of `gowoa inspect` was given.
    Inputs,
    /// The configuration file.
    Config,
}

impl SubjectKind {
    /// The word used in ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Package => "package",
            Self::Test => "test",
            Self::Image => "image",
            Self::Object => "object",
            Self::Container => "container",
            Self::File => "file",
            Self::Inputs => "inputs",
            Self::Config => "config",
        }
    }
}

/// How the files of a package for windows/arm64 compare with those for windows/amd64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileSetClass {
    /// The same Go, assembly, object and embedded files.
    Portable,
    /// Go files of one architecture each, and nothing missing.
    ArchVariant,
    /// Assembly for arm64 is there.
    NativeAssembly,
    /// Assembly on amd64, Go code on arm64.
    GenericFallback,
    /// Assembly on amd64 only, with the same Go files: something must be missing.
    AssemblyDropped,
    /// Go files on amd64 only, and nothing in their place.
    FilesLost,
    /// No Go file is left on arm64; amd64 has some.
    Excluded,
    /// Exists only with cgo.
    CgoOnly,
    /// Exists without cgo, but with cgo it has other files.
    CgoPartial,
    /// A resource or object file (`.syso`) exists on amd64 only.
    ResourcesLost,
}

impl FileSetClass {
    /// The word used in JSON and on the terminal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::ArchVariant => "arch-variant",
            Self::NativeAssembly => "native-assembly",
            Self::GenericFallback => "generic-fallback",
            Self::AssemblyDropped => "assembly-dropped",
            Self::FilesLost => "files-lost",
            Self::Excluded => "excluded",
            Self::CgoOnly => "cgo-only",
            Self::CgoPartial => "cgo-partial",
            Self::ResourcesLost => "resources-lost",
        }
    }
}

/// How far a package or test binary came in the build for windows/arm64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildState {
    /// Compiled and linked into an exe.
    Linked,
    /// Compiled; nothing links it.
    Compiled,
    /// Failed to compile or link.
    Failed,
    /// Not built because a dependency fails.
    Stopped,
    /// Has no files for this target.
    Excluded,
    /// Fails for windows/amd64 too and builds for the host.
    NotWindows,
    /// Was not tried.
    NotBuilt,
}

impl BuildState {
    /// The word used in JSON and on the terminal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Compiled => "compiled",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Excluded => "excluded",
            Self::NotWindows => "not-windows",
            Self::NotBuilt => "not-built",
        }
    }
}

/// One thing that was checked, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Unique within the report.
    pub id: SubjectId,
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Import path, or a `/`-separated file path.
    pub name: String,
    /// Its module.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub module: Option<ModuleRef>,
    /// Whether the user's patterns match it (packages).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub matched: bool,
    /// Whether it is a command (`package main`).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub command: bool,
    /// File-set class (packages).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub class: Option<FileSetClass>,
    /// How far it came (packages and test binaries).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub build: Option<BuildState>,
    /// Machine in words, such as `ARM64` (images, objects, files).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub machine: Option<String>,
    /// Size in bytes (files of any kind).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size: Option<u64>,
    /// SHA-256, lower-case hexadecimal (files of any kind).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<String>,
    /// The packages it is made from (images): the command, or the libraries of a link proof.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub packages: Vec<String>,
    /// What each stretch of it is (images, where the map was asked for).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub map: Option<ImageMap>,
}

impl Subject {
    /// A subject of which nothing is known but its name. `unique`: its name within the whole report.
    pub fn new(kind: SubjectKind, unique: &str, name: &str) -> Self {
        Self {
            id: SubjectId::new(kind, unique),
            kind,
            name: name.to_owned(),
            module: None,
            matched: false,
            command: false,
            class: None,
            build: None,
            machine: None,
            size: None,
            sha256: None,
            packages: Vec::new(),
            map: None,
        }
    }
}
