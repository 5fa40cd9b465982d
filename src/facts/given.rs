//! The files that `gowoa inspect` was given, and what each should be.

use std::fmt;

/// A pair of GOOS and GOARCH.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// GOOS, such as `windows`.
    pub goos: String,
    /// GOARCH, such as `arm64`.
    pub goarch: String,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.goos, self.goarch)
    }
}

/// What a file should be, and who says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// GOOS, where something says it.
    pub goos: Option<String>,
    /// GOARCH, where something says it.
    pub goarch: Option<String>,
    /// Who says so.
    pub by: ClaimedBy,
}

impl Claim {
    /// What gowoa builds.
    #[must_use]
    pub fn of_build() -> Self {
        Self { goos: Some("windows".into()), goarch: Some("arm64".into()), by: ClaimedBy::Build }
    }

    /// The GOARCH that the file should be for: what is claimed, else arm64.
    #[must_use]
    pub fn goarch(&self) -> &str {
        self.goarch.as_deref().unwrap_or("arm64")
    }

    /// The GOOS that the file should be for: what is claimed, else windows.
    #[must_use]
    pub fn goos(&self) -> &str {
        self.goos.as_deref().unwrap_or("windows")
    }

    /// Whether the file is meant for windows/arm64.
    #[must_use]
    pub fn windows_arm64(&self) -> bool {
        self.goos() == "windows" && self.goarch() == "arm64"
    }
}

/// Who says what a file should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ClaimedBy {
    /// Nobody: gowoa takes it for windows/arm64.
    #[default]
    Default,
    /// `--expect`.
    Expect,
    /// goreleaser's `dist/artifacts.json`.
    Artifacts,
    /// Its own name.
    OwnName,
    /// The name of the container or directory that holds it: that name.
    Outer(String),
    /// gowoa built it.
    Build,
}

/// What a file is by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// In words, such as `a PE image for x64`.
    pub words: String,
    /// GOOS that it runs on, where the format tells it.
    pub goos: Option<String>,
    /// GOARCH that it runs on, where the format tells it; `None` for scripts and for assemblies of any CPU.
    pub goarch: Option<String>,
    /// What else shows it, such as `Go build info: GOARCH=amd64`.
    pub more: Vec<String>,
    /// Offset and value of the machine field: name, value, file offset.
    pub field: Option<(String, String, u64)>,
}

/// One program, library or object among the files that were given, or a member of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenFile {
    /// Name in the Report: `dist/tool.zip > bin/tool.exe`.
    pub name: String,
    /// The names from the outermost file to the innermost; the last is the file itself.
    pub steps: Vec<String>,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What it should be.
    pub claim: Claim,
    /// What it is.
    pub content: Content,
    /// Whether it carries a signature; `None` where that is not known or cannot be.
    pub signed: Option<bool>,
}

/// A container that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenContainer {
    /// Name in the Report.
    pub name: String,
    /// What it is, such as `a zip archive`.
    pub what: String,
    /// What it should hold.
    pub claim: Claim,
    /// Members that were read.
    pub members: u64,
    /// Programs, libraries and objects among them.
    pub programs: u64,
    /// What kept it from being read to its end.
    pub problem: Option<super::embedded::Unopened>,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Size in bytes.
    pub size: u64,
}

/// Everything that one call of `gowoa inspect` was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenFacts {
    /// The paths as they were given, joined for the Report.
    pub name: String,
    /// `--expect`.
    pub expect: Option<Platform>,
    /// Programs, libraries and objects, sorted by name; images and objects are listed here as well.
    pub files: Vec<GivenFile>,
    /// Containers, sorted by name.
    pub containers: Vec<GivenContainer>,
    /// Files that are none of these: how many, by what they are.
    pub others: Vec<(String, u64)>,
    /// goreleaser's metadata says that these platforms were made: platform, file.
    pub artifacts: Vec<(Platform, String)>,
}
