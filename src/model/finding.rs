//! One thing wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CheckId, Evidence, SubjectId};

/// How bad a finding is. Ordered: `Note < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing breaks.
    Note,
    /// Works, but not as the author meant, or breaks in some uses.
    Warning,
    /// Does not build, does not start, or is not what it says it is.
    Error,
}

impl Severity {
    /// The word used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure the check is. Separate from severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A guess worth a look.
    Low,
    /// The pattern is strong, the effect was not seen.
    Medium,
    /// Seen: a tool failed, or bytes say so.
    High,
}

impl Confidence {
    /// The word used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How the finding's package gets into what is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reachability {
    /// The package belongs to the main module, or the user named it: the finding keeps its severity.
    MainModule,
    /// A dependency that keeps packages of the main module from building: keeps its severity.
    StopsBuild,
    /// The function itself is linked into an exe: keeps its severity.
    LinkedFunction,
    /// The package is linked, or a root of the build imports it: error drops to warning.
    LinkedPackage,
    /// In the package graph only, linked nowhere: drops to a note.
    GraphOnly,
}

impl Reachability {
    /// The word used in JSON and on the terminal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MainModule => "main-module",
            Self::StopsBuild => "stops-build",
            Self::LinkedFunction => "linked-function",
            Self::LinkedPackage => "linked-package",
            Self::GraphOnly => "graph-only",
        }
    }

    /// The severity that a finding of `declared` severity has at this reachability.
    pub fn limit(self, declared: Severity) -> Severity {
        match self {
            Self::MainModule | Self::StopsBuild | Self::LinkedFunction => declared,
            Self::LinkedPackage => declared.min(Severity::Warning),
            Self::GraphOnly => Severity::Note,
        }
    }
}

/// A module and the version that was selected.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ModuleRef {
    /// Module path.
    pub path: String,
    /// Selected version; absent for the main module and for replacements by a directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// What replaces it: `path@version` or a directory as go.mod spells it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaced_by: Option<String>,
    /// Whether the build takes it from `vendor/`.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub vendored: bool,
}

impl fmt::Display for ModuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        if let Some(by) = &self.replaced_by {
            write!(f, " (replaced by {by})")?;
        }
        Ok(())
    }
}

/// Where a finding is. Only what applies is present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// `/`-separated, relative to the module root, or `module@version/…` for a dependency.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Line in `file`, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u32>,
    /// Column in bytes, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<u32>,
    /// Section of an image, such as `.text`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub section: Option<String>,
    /// Address relative to the image base, in bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rva: Option<u32>,
    /// Offset in the file, in bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file_offset: Option<u64>,
    /// Function that holds the place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub function: Option<String>,
}

/// What an [`Anchor`] points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnchorKind {
    /// The place of the finding itself.
    Location,
    /// The line of go.mod that selects the version of the module concerned.
    Requirement,
    /// A file of the package concerned.
    Package,
    /// The go.mod of the project: nothing closer is in the repository.
    Module,
}

impl AnchorKind {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Requirement => "requirement",
            Self::Package => "package",
            Self::Module => "module",
        }
    }
}

/// The line of a source file in the user's repository that a finding is shown at by what knows files of
/// the repository alone: annotations, code scanning, test reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// `/`-separated, relative to the root of the repository.
    pub file: String,
    /// Line in `file`, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u32>,
    /// Column in UTF-16 code units, from 1, as code scanning and editors count; compilers count bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<u32>,
    /// What stands there.
    pub kind: AnchorKind,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// The reason its owner gave.
    pub reason: String,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires: Option<String>,
}

/// What [`Finding::help`] says of a version that was built in the run of the report. Reports are read weeks later; texts
/// for who reads them at once say `built just now`.
pub const IN_THIS_RUN: &str = "built in this run";

/// One thing wrong: what, where, why, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check that found it.
    pub check: CheckId,
    /// How bad, after reachability.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The class of failure, kebab-case, such as `undefined-symbol`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub class: Option<String>,
    /// One line that stands on its own.
    pub message: String,
    /// What to do next; may have several lines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
    /// Import path.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub package: Option<String>,
    /// Its module.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub module: Option<ModuleRef>,
    /// The subject that was judged.
    pub subject: SubjectId,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<Location>,
    /// The nearest line of a source file in the user's repository; absent where there is no such file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub anchor: Option<Anchor>,
    /// Which reachability decided the severity.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reachability: Option<Reachability>,
    /// What proves it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub evidence: Vec<Evidence>,
    /// Present where the finding does not count.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waived: Option<Waived>,
    /// Whether the baseline has it: it is shown and does not count.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub known: bool,
    /// Of a report that was merged: the reports that have the finding, by the directory each was made in where these
    /// differ, else by its label. Empty where all have it, and in a report that was not merged.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub origin: Vec<String>,
}

impl Finding {
    /// Whether it counts for what it is: neither waived nor in the baseline.
    pub const fn is_open(&self) -> bool {
        self.waived.is_none() && !self.known
    }

    /// Whether it fails a report with this threshold (`None`: `never`).
    pub fn fails(&self, fail_on: Option<Severity>) -> bool {
        self.is_open() && fail_on.is_some_and(|threshold| self.severity >= threshold)
    }
}
