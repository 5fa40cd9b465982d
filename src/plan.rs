//! The Plan: validated settings, the only thing the engine sees of the command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::facts::BuildFlags;
use crate::facts::given::Platform;
use crate::model::Severity;
use crate::policy::Exceptions;

/// What to check, how to build it, and what counts.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How much of it is judged.
    pub scope: Scope,
    /// Directory to work in (absolute).
    pub dir: PathBuf,
    /// `-C`, as the user gave it.
    pub given_dir: Option<PathBuf>,
    /// Package patterns as the user gave them; empty for the default.
    pub patterns: Vec<String>,
    /// `--go`.
    pub go: Option<PathBuf>,
    /// Flags for Go.
    pub flags: BuildFlags,
    /// Whether cgo is on.
    pub cgo: bool,
    /// Whether test binaries are built too.
    pub tests: bool,
    /// Which packages have the compiler list their code.
    pub listing: ListingScope,
    /// Whether a workspace around `dir` is left aside (GOWORK=off): gowoa's own temporary modules belong to none.
    pub alone: bool,
    /// The one module that is asked about, in a temporary module: `gowoa screen --module`.
    pub module: Option<AskedModule>,
    /// Whether a screening may answer from the report of an earlier run of the same tree.
    pub cached: bool,
    /// Whether every module below `dir` is checked.
    pub all_modules: bool,
    /// Whether newer versions of modules that fail are built, to be advised.
    pub advise: bool,
    /// Rules files of the user's own, as given.
    pub rules_files: Vec<PathBuf>,
    /// No network.
    pub offline: bool,
    /// Where the exes land; absent for gowoa's cache.
    pub out_dir: Option<PathBuf>,
    /// Whether the map of each image is wanted: by whoever asked for it, or for a format that draws it.
    pub map: bool,
    /// `--why`: a package or a function of one, as the user gave it; the linker is asked for its way there.
    pub why: Option<String>,
    /// Findings at or above this severity fail the report; absent for `never`.
    pub fail_on: Option<Severity>,
    /// Waivers and baseline: what is found and does not count.
    pub exceptions: Exceptions,
    /// Flags about what is judged and what counts that the user gave, where `gowoa.toml` could say it too.
    pub given: Vec<String>,
    /// Time limit of each list and build.
    pub work_limit: Duration,
    /// Time limit of short calls.
    pub probe_limit: Duration,
}

/// Which packages have the compiler list their code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListingScope {
    /// None.
    Off,
    /// Those whose code for arm64 differs from that for amd64, and those with findings in their source.
    Flagged,
    /// All, the standard library included.
    All,
}

impl ListingScope {
    /// The word in the Report and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Flagged => "flagged",
            Self::All => "all",
        }
    }
}

/// A module that somebody asks about without a project of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedModule {
    /// Its path.
    pub path: String,
    /// A version, or a query that `go get` knows, such as `latest`.
    pub version: String,
    /// Import paths of the packages that are asked about; empty for all that a program can import.
    pub packages: Vec<String>,
}

/// How much a build is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Packages, tests, objects and images: `gowoa check`.
    Check,
    /// Packages and objects alone: `gowoa screen`. Images are facts, and no subjects.
    Screen,
}

/// What `gowoa inspect` looks at, and what counts.
#[derive(Debug, Clone)]
pub struct InspectPlan {
    /// Files, directories and archives as the user gave them; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// `--expect`: the platform that must be there, and what an unlabelled file is taken for.
    pub expect: Option<Platform>,
    /// Whether the map of each image is wanted.
    pub map: bool,
    /// Findings at or above this severity fail the report; absent for `never`.
    pub fail_on: Option<Severity>,
    /// Waivers and baseline: what is found and does not count.
    pub exceptions: Exceptions,
    /// Flags about what is judged and what counts that the user gave, where `gowoa.toml` could say it too.
    pub given: Vec<String>,
}
