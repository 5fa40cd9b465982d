//! What an image carries beside its own code, and what a package embeds: other images, and containers with images.

use std::collections::BTreeMap;

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
    /// Whether a section of it is executable. A DLL without code holds resources, and is loaded as data.
    pub code: bool,
    /// `Subsystem` of its header (PE format, Optional Header).
    pub subsystem: u16,
    /// `Machine` of its header.
    pub header_machine: u16,
    /// Where that field is in the outer file; `None` inside compressed data.
    pub machine_offset: Option<u64>,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Its version resource, where it has one.
    pub version: Option<VersionInfo>,
}

impl EmbeddedImage {
    /// The way to it in one line: `dist.zip > amd64/wintun.dll`.
    #[must_use]
    pub fn place(&self) -> String {
        place(&self.path)
    }

    /// Its own name, without those of the containers; empty where none is known.
    #[must_use]
    pub fn own_name(&self) -> &str {
        self.path.last().map_or("", |step| &step.name)
    }

    /// Whether it is for the firmware and not for Windows: an EFI application, a driver or a ROM of EFI, a boot
    /// application (PE format, Windows Subsystem: 10 to 13 and 16). A Linux kernel is an EFI application, too.
    #[must_use]
    pub fn firmware(&self) -> bool {
        matches!(self.subsystem, 10..=13 | 16)
    }

    /// A string of its version resource, such as `ProductName`.
    #[must_use]
    pub fn version_string(&self, key: &str) -> Option<&str> {
        let strings = &self.version.as_ref()?.strings;
        strings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// The steps in one line.
#[must_use]
pub fn place(path: &[EmbeddedStep]) -> String {
    path.iter().map(EmbeddedStep::label).collect::<Vec<_>>().join(" > ")
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
    /// Where it stands: `data`, `resource`, `gzip`, `zip`, `tar`, `zstd`, `cab`, `bzip2`, `xz`; `file` for a file
    /// that a package embeds.
    pub within: &'static str,
    /// Name of the member, the embed path or the Go variable; empty where none is known.
    pub name: String,
    /// File offset in the outer file; `None` inside compressed data.
    pub offset: Option<u64>,
    /// Section of the outer image, where that is one; `None` behind its last section. For a file that a package
    /// embeds: its name.
    pub section: Option<String>,
}

impl EmbeddedStep {
    /// What to call it: its name, else where it is.
    #[must_use]
    pub fn label(&self) -> String {
        let place = match (&self.section, self.offset) {
            (Some(section), Some(offset)) => format!("{} at {offset:#x} in {section}", self.within),
            (_, Some(offset)) => format!("{} at {offset:#x}", self.within),
            (_, None) => self.within.to_owned(),
        };
        if self.name.is_empty() { place } else { self.name.clone() }
    }
}

/// All that was found inside one image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbeddedFacts {
    /// The images, in order of offset.
    pub images: Vec<EmbeddedImage>,
    /// What could not be opened, and why, such as a container beyond a limit.
    pub unopened: Vec<Unopened>,
}

/// What the files carry that `//go:embed` puts into a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbedFacts {
    /// Images and what could not be opened; the first step to each is a file of the package.
    pub found: EmbeddedFacts,
    /// For a file with something behind the last section of its image: SHA-256 of it all, and of the image alone,
    /// which is what can be told of it in an exe.
    pub cut: BTreeMap<String, String>,
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
