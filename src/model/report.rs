//! Everything that was checked, with every verdict.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CheckId, Finding, Severity, Subject, SubjectId};

/// Version of the JSON form: `major.minor`.
pub const SCHEMA_VERSION: &str = "1.4";

/// The answer in one word; the same three words stand in JSON, in outputs and in the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportVerdict {
    /// No finding at or above the threshold that is neither waived nor known, and everything could be judged.
    Pass,
    /// At least one such finding.
    Fail,
    /// A check of error severity could not tell, or nothing at all could be judged. Outranks `fail`.
    Incomplete,
}

impl ReportVerdict {
    /// The word used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }
}

impl fmt::Display for ReportVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The program that made the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRef {
    /// `gowoa`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The machine that made the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Host name.
    pub name: String,
    /// `GOOS/GOARCH` of the machine, such as `linux/amd64`.
    pub platform: String,
}

/// What gowoa was asked to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subcommand {
    /// `gowoa check`: build, then judge.
    #[default]
    Check,
    /// `gowoa inspect`: judge files that are there.
    Inspect,
    /// `gowoa screen`: judge the dependencies of a project, or one module.
    Screen,
}

impl Subcommand {
    /// The word on the command line and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Inspect => "inspect",
            Self::Screen => "screen",
        }
    }
}

/// The settings the report was made with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanReport {
    /// The subcommand; `check` where a report of schema 1.0 does not say.
    #[serde(default)]
    pub subcommand: Subcommand,
    /// `--expect` of `gowoa inspect`: the platform that must be there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expect: Option<String>,
    /// Always `windows/arm64` today.
    pub target: String,
    /// Go's version, such as `go1.26.8`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub go_version: Option<String>,
    /// Where that Go was found: `PATH` or `--go`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub go_origin: Option<String>,
    /// `--go` as the user gave it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub go: Option<String>,
    /// Package patterns; the paths of `gowoa inspect`.
    pub patterns: Vec<String>,
    /// Whether cgo is on.
    pub cgo: bool,
    /// The C compiler, where cgo is on and one was found.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub c_compiler: Option<String>,
    /// Build tags.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// Flags given to `go build` beside the tags, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub go_flags: Vec<String>,
    /// Variables that change what is built (GOFLAGS, GOARM64, GOEXPERIMENT, GOFIPS140 …), where they differ from Go's defaults.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty", default)]
    pub environment: std::collections::BTreeMap<String, String>,
    /// Whether test binaries were built.
    pub tests: bool,
    /// Whether no network was allowed.
    pub offline: bool,
    /// Findings at or above this severity fail the report; absent for `never`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fail_on: Option<Severity>,
    /// `--module` of `gowoa screen`: `module@version` as it was resolved.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub module: Option<String>,
    /// `--listing`: which packages had their assembly listed: `off`, `flagged` or `all`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub listing: Option<String>,
    /// Rules files of the user's own.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rules: Vec<String>,
    /// The configuration file (`gowoa.toml`) whose waivers hold.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub config: Option<String>,
    /// The report whose findings are known already.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<String>,
    /// Where gowoa was started, `/`-separated and relative to the root of the repository; absent at the root, and where
    /// no repository is around.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started_in: Option<String>,
    /// `-C` as the user gave it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub directory: Option<String>,
    /// What paths of the report are relative to (the root of the module or workspace), itself relative to the root of
    /// the repository; absent where these are one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base: Option<String>,
    /// `--all-modules`.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub all_modules: bool,
    /// `--no-config`.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub no_config: bool,
    /// Which of `--config`, `--fail-on`, `--baseline` and `--tags` were given on the command line: the others are gowoa's
    /// defaults, or it found them in `gowoa.toml`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub given: Vec<String>,
    /// Of a report that was merged: what the reports are called, by directory where these differ. Settings that they do
    /// not share are absent then.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reports: Vec<String>,
}

impl PlanReport {
    /// `--config`, in `given`.
    pub const CONFIG: &str = "--config";
    /// `--fail-on`, in `given`.
    pub const FAIL_ON: &str = "--fail-on";
    /// `--baseline`, in `given`.
    pub const BASELINE: &str = "--baseline";
    /// `--tags`, in `given`.
    pub const TAGS: &str = "--tags";

    /// Whether the command line had this flag of those that `gowoa.toml` can stand for.
    pub fn was_given(&self, flag: &str) -> bool {
        self.given.iter().any(|given| given == flag)
    }
}

/// Totals. Every count is of subjects of this report unless it says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Modules whose packages were checked.
    pub modules: u64,
    /// Packages, the standard library not counted.
    pub packages: u64,
    /// Of those, the ones that the patterns match.
    pub matched: u64,
    /// Commands among the matched packages.
    pub commands: u64,
    /// Packages that compile for windows/arm64.
    pub compiled: u64,
    /// Packages that are linked into an exe.
    pub linked: u64,
    /// Programs that gowoa generated to link library packages, and that linked.
    pub link_proofs: u64,
    /// Test binaries built.
    pub tests_built: u64,
    /// Programs or tests that were run.
    pub run: u64,
    /// Images inspected.
    pub images: u64,
    /// Bytes of code in executable sections of those images.
    pub code_bytes: u64,
    /// 32-bit words of code that were looked at one by one.
    #[serde(default)]
    pub code_words: u64,
    /// Functions that the tables of those images name or bound.
    #[serde(default)]
    pub functions: u64,
    /// Objects and libraries that were looked at.
    #[serde(default)]
    pub objects: u64,
    /// Findings of severity error, waived and known ones left out.
    pub errors: u64,
    /// Findings of severity warning, waived and known ones left out.
    pub warnings: u64,
    /// Findings of severity note, waived and known ones left out.
    pub notes: u64,
    /// Waived findings.
    pub waived: u64,
    /// Findings that the baseline has, waived ones left out.
    #[serde(default)]
    pub known: u64,
    /// Results that are `inconclusive`.
    pub inconclusive: u64,
}

/// The word of one check on one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResultVerdict {
    /// Looked, nothing wrong.
    Pass,
    /// Found something; see `findings`.
    Fail,
    /// The question does not arise.
    NotApplicable,
    /// Could not tell.
    Inconclusive,
}

impl ResultVerdict {
    /// The word used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// One check on one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check.
    pub check: CheckId,
    /// The subject.
    pub subject: SubjectId,
    /// What the check says.
    pub verdict: ResultVerdict,
    /// Why, for `not-applicable` and `inconclusive`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Whether an `inconclusive` keeps the report from an answer.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub gating: bool,
}

/// Something that kept gowoa from looking: the report is `incomplete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What, in one line.
    pub message: String,
    /// The tool's own words, one line each.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub details: Vec<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// Something that was not proven, said as plainly as what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproven {
    /// Short label, such as `not run`.
    pub label: String,
    /// What was not proven, and why.
    pub text: String,
    /// The packages or files concerned.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub names: Vec<String>,
}

/// One phase of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseReport {
    /// `list`, `source`, `build`, `control`, `listing`, `tests`, `inspect`.
    pub name: String,
    /// What it covered, such as `2 modules, 61 packages`.
    pub summary: String,
    /// Wall time in milliseconds.
    pub duration_ms: u64,
    /// Of it, the time that `go` itself took: of calls that ran side by side, the slowest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub go_ms: Option<u64>,
}

/// Everything that was checked, with every verdict. All formats are views of this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`] of the program that made it.
    pub schema_version: String,
    /// The program that made it.
    pub tool: ToolRef,
    /// When the work began: RFC 3339 in UTC, whole seconds.
    pub started: String,
    /// Wall time in milliseconds.
    pub duration_ms: u64,
    /// The machine it was made on.
    pub host: Host,
    /// The settings it was made with.
    pub plan: PlanReport,
    /// The answer.
    pub verdict: ReportVerdict,
    /// Totals.
    pub counts: Counts,
    /// The phases in order.
    pub phases: Vec<PhaseReport>,
    /// What kept gowoa from looking.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub problems: Vec<Problem>,
    /// What was not proven.
    pub unproven: Vec<Unproven>,
    /// What was checked, sorted by id.
    pub subjects: Vec<Subject>,
    /// Every check on every subject, sorted by subject and check.
    pub results: Vec<CheckResult>,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
}
