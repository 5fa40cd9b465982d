//! What a rules file looks like: entries of OSV (<https://ossf.github.io/osv-schema/>, 1.7), one or a list of them.
//!
//! Every value is validated while it is read, so that serde_json's line and column are those of the value that is
//! wrong. A field that OSV has and gowoa does not read is accepted; one that neither knows is refused: a slip of
//! the pen must not silence a rule. `docs/rules.md` describes the format for people.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer};

use crate::facts::rules::RuleEffect;
use crate::model::Severity;

use super::class;
use super::version::{GoVersion, Version};

/// One entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id, unique over all files.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// One sentence: what is wrong.
    #[serde(deserialize_with = "sentence")]
    pub summary: String,
    /// More of it.
    #[serde(default)]
    pub details: String,
    /// Which modules, versions and packages.
    #[serde(deserialize_with = "some")]
    pub affected: Vec<Affected>,
    /// Where that is known from; at least one.
    #[serde(deserialize_with = "some")]
    pub references: Vec<Reference>,
    /// What OSV leaves to each database.
    pub database_specific: Specific,
    /// When the rule was taken back: it holds no more.
    #[serde(default)]
    pub withdrawn: Option<String>,
    #[serde(default, rename = "schema_version")]
    _schema_version: Option<String>,
    #[serde(default, rename = "modified")]
    _modified: Option<String>,
    #[serde(default, rename = "published")]
    _published: Option<String>,
    #[serde(default, rename = "aliases")]
    _aliases: Vec<String>,
    #[serde(default, rename = "related")]
    _related: Vec<String>,
}

/// Versions and packages of one module.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affected {
    /// The module.
    pub package: Module,
    /// Ranges of versions; a version in one of them is affected.
    #[serde(default)]
    pub ranges: Vec<Range>,
    /// Single versions that are affected.
    #[serde(default)]
    pub versions: Vec<Version>,
    /// What OSV leaves to each ecosystem.
    #[serde(default)]
    pub ecosystem_specific: Conditions,
}

/// A module of Go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// `Go`.
    #[serde(deserialize_with = "go")]
    pub ecosystem: String,
    /// Module path.
    #[serde(deserialize_with = "path")]
    pub name: String,
}

/// Versions from the one event to the next.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawRange")]
pub struct Range {
    /// The first affected version, and the first that is not; an open end is affected.
    pub spans: Vec<(Version, End)>,
}

/// Where a range ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Before this version.
    Fixed(Version),
    /// After this version.
    Last(Version),
    /// Nowhere.
    Open,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRange {
    #[serde(rename = "type", deserialize_with = "semver")]
    _kind: (),
    #[serde(deserialize_with = "some")]
    events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Event {
    Introduced(Version),
    Fixed(Version),
    LastAffected(Version),
}

/// When a rule holds: packages, and the Go that builds them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// Packages; none stands for every package of the module.
    #[serde(default)]
    pub imports: Vec<Import>,
    /// Versions of Go with which it matters.
    #[serde(default)]
    pub go: GoRange,
    /// Build tags, each of which alone makes it right.
    #[serde(default)]
    pub unless_tags: Vec<String>,
}

/// One package.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// Import path.
    #[serde(deserialize_with = "path")]
    pub path: String,
    /// GOOS values; none stands for windows.
    #[serde(default)]
    pub goos: Vec<String>,
    /// GOARCH values; none stands for arm64.
    #[serde(default)]
    pub goarch: Vec<String>,
    /// Functions, as the linker names them without the package: `F`, `T.M`, `(*T).M`.
    #[serde(default)]
    pub symbols: Vec<String>,
}

/// Versions of Go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoRange {
    /// The first with which the rule matters.
    #[serde(default)]
    pub introduced: Option<GoVersion>,
    /// The first with which it does not.
    #[serde(default)]
    pub fixed: Option<GoVersion>,
}

/// Where something is known from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// OSV's word: `FIX`, `REPORT`, `WEB` and so on.
    #[serde(rename = "type", deserialize_with = "reference_kind")]
    pub kind: String,
    /// Where.
    #[serde(deserialize_with = "url")]
    pub url: String,
}

/// gowoa's own part of an entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Specific {
    /// The class of failure.
    pub class: Class,
    /// How bad it is where the code is used.
    pub severity: Severity,
    /// The module that breaks in truth; this one only selects a bad version of it.
    #[serde(default)]
    pub through: Option<String>,
    /// What to do.
    #[serde(default)]
    pub advice: Advice,
    /// What `gowoa rules verify` tries.
    #[serde(default)]
    pub verify: Vec<Try>,
}

/// A class with what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The word.
    pub word: String,
    /// What it means.
    pub effect: RuleEffect,
}

/// What to do, beside the nearest version that no range has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// The version to take, where it is another than the end of the range.
    #[serde(default)]
    pub upgrade: Option<Version>,
    /// Another way out, in words.
    #[serde(default)]
    pub workaround: Option<String>,
}

/// One version that is tried.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// The module, where it is not the first one that is affected.
    #[serde(default)]
    pub module: Option<String>,
    /// The version.
    pub version: Version,
    /// Modules that are required beside it, as `path@version`.
    #[serde(default)]
    pub with: Vec<String>,
    /// The packages that are imported, where they are not those of the rule.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Functions, variables and constants that are referred to, as `import/path.Name`.
    #[serde(default)]
    pub refer: Vec<String>,
    /// Build tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// A text that stands in a source file of the first package at an affected version, and in a fixed one not:
    /// all that can be shown of a class that only a run shows.
    #[serde(default)]
    pub source: Option<SourceText>,
    /// What has to come of it.
    pub expect: Expect,
}

/// A text in a source file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceText {
    /// File name in the directory of the package.
    #[serde(deserialize_with = "file_name")]
    pub file: String,
    /// The text.
    #[serde(deserialize_with = "sentence")]
    pub contains: String,
}

/// What has to come of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// It shows what the class says.
    Affected,
    /// It does not.
    Fine,
}

/// Reads the entries of a file: one, or a list of them.
///
/// # Errors
/// What serde_json says, with line and column.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, serde_json::Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let list = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if list { serde_json::from_slice(bytes) } else { Ok(vec![serde_json::from_slice(bytes)?]) }
}

impl TryFrom<RawRange> for Range {
    type Error = String;

    fn try_from(raw: RawRange) -> Result<Self, String> {
        let mut spans: Vec<(Version, End)> = Vec::new();
        let mut open: Option<Version> = None;
        for event in raw.events {
            let (end, version) = match (event, &open) {
                (Event::Introduced(version), None) => {
                    let after = spans.last().is_none_or(|(_, end)| match end {
                        End::Fixed(last) => *last <= version,
                        End::Last(last) => *last < version,
                        End::Open => false,
                    });
                    if !after {
                        return Err(format!(
                            "the range ends at {version}: introduced is out of order"
                        ));
                    }
                    open = Some(version);
                    continue;
                }
                (Event::Introduced(version), Some(_)) => {
                    return Err(format!(
                        "introduced {version} follows on introduced; between them belongs fixed"
                    ));
                }
                (Event::Fixed(version), _) => (End::Fixed(version.clone()), version),
                (Event::LastAffected(version), _) => (End::Last(version.clone()), version),
            };
            let Some(start) = open.take() else {
                return Err(format!("nothing was introduced before {version}"));
            };
            let empty = match &end {
                End::Fixed(fixed) => *fixed <= start,
                End::Last(last) => *last < start,
                End::Open => false,
            };
            if empty {
                return Err(format!("the range from {start} to {version} is empty"));
            }
            spans.push((start, end));
        }
        spans.extend(open.map(|start| (start, End::Open)));
        Ok(Self { spans })
    }
}

impl Range {
    /// The span that has a version.
    pub fn span(&self, version: &Version) -> Option<&(Version, End)> {
        self.spans.iter().find(|(start, end)| {
            start <= version
                && match end {
                    End::Fixed(fixed) => version < fixed,
                    End::Last(last) => version <= last,
                    End::Open => true,
                }
        })
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::invalid_value(Unexpected::Str(&text), &"a version of a module, such as 1.2.3")
        })
    }
}

impl<'de> Deserialize<'de> for GoVersion {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::invalid_value(Unexpected::Str(&text), &"a version of Go, such as 1.27")
        })
    }
}

impl<'de> Deserialize<'de> for Class {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        match class::effect(&word) {
            Some(effect) => Ok(Self { word, effect }),
            None => {
                let known: Vec<&str> = class::CLASSES.iter().map(|(word, ..)| *word).collect();
                Err(D::Error::custom(format!(
                    "{word:?} is no class; the classes are {}",
                    known.join(", ")
                )))
            }
        }
    }
}

/// Reads a text that has to satisfy something.
fn text<'de, D: Deserializer<'de>>(
    from: D,
    expected: &str,
    holds: impl Fn(&str) -> bool,
) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if holds(&text) {
        Ok(text)
    } else {
        Err(D::Error::invalid_value(Unexpected::Str(&text), &expected))
    }
}

fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text(from, "an id of letters, digits, - and _, such as ACME-2026-0001", |id| {
        !id.is_empty() && id.chars().all(plain)
    })
}

fn sentence<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from, "one line of text", |line| !line.trim().is_empty() && !line.contains(['\n', '\r']))
}

fn path<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~/!+".contains(c);
    text(from, "a path as Go code imports it, without a version", |path| {
        !path.is_empty() && !path.starts_with(['-', '/']) && path.chars().all(plain)
    })
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from, "an https URL", |url| {
        url.starts_with("https://") && !url.contains(char::is_whitespace)
    })
}

fn file_name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from, "the name of a file in the package's directory", |name| {
        !name.is_empty() && !name.contains(['/', '\\', ':']) && name != ".."
    })
}

fn reference_kind<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    /// The types of OSV 1.7.
    const KINDS: &[&str] = &[
        "ADVISORY",
        "ARTICLE",
        "DETECTION",
        "DISCUSSION",
        "REPORT",
        "FIX",
        "INTRODUCED",
        "PACKAGE",
        "EVIDENCE",
        "WEB",
    ];
    text(from, "a type of OSV, such as FIX, REPORT or WEB", |kind| KINDS.contains(&kind))
}

fn go<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from, "Go: gowoa knows no other ecosystem", |name| name == "Go")
}

fn semver<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    text(from, "SEMVER: versions of Go modules are of no other type", |name| name == "SEMVER")
        .map(|_| ())
}

fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(from)?;
    if list.is_empty() { Err(D::Error::invalid_length(0, &"at least one")) } else { Ok(list) }
}
