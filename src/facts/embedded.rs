//! What an image carries beside its own code: other images, and containers with images.

use super::image::MachineKind;
use super::resource::VersionInfo;

/// One PE image inside another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedImage {
    /// What leads to it, outermost first; the last is the image itself. Never empty.
    pub path: Vec<EmbeddedStep>,
    /// What it is for.
    pub machine: MachineKind,
    /// DLL, EXE or driver.
    pub kind: EmbeddedKind,
    /// Whether it is a .NET assembly bound to no machine.
    pub any_cpu: bool,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Its version resource, where it has one.
    pub version: Option<VersionInfo>,
}

/// What an embedded image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EmbeddedKind {
    /// A program.
    Exe,
    /// A DLL.
    Dll,
    /// A kernel driver (`Subsystem` is native).
    Driver,
}

impl EmbeddedKind {
    /// The word in reports.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Exe => "EXE",
            Self::Dll => "DLL",
            Self::Driver => "driver",
        }
    }
}

/// One step on the way to an embedded image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedStep {
    /// Where it stands: `data`, `resource`, `gzip`, `zip`, `tar`, `zstd`, `cab`.
    pub within: &'static str,
    /// Name of the member, the embed path or the Go variable; empty where none is known.
    pub name: String,
    /// File offset in the outer file; `None` inside compressed data.
    pub offset: Option<u64>,
    /// Section of the outer image, where that is one.
    pub section: Option<String>,
}

/// All that was found inside one image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbeddedFacts {
    /// The images, in order of offset.
    pub images: Vec<EmbeddedImage>,
    /// What could not be opened, and why, such as a container beyond a limit.
    pub unopened: Vec<Unopened>,
}

/// A container that was not looked into to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unopened {
    /// What it is and where, in words.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Whether a limit of gowoa stopped it (else it is malformed, encrypted, or of an unknown method).
    pub limit: bool,
}
