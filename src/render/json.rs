//! JSON: the Report as it is, and back again.
//!
//! The form is the protocol (`docs/report.schema.json`). Additions raise the minor version and old
//! readers skip them; what is renamed or removed raises the major version and old readers refuse it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::model::{Report, SCHEMA_VERSION};

/// Why a text is not a report that this program reads.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The text is not JSON: the file was cut off, or is something else. The user's input.
    #[error("not a JSON report: {0}")]
    NotJson(serde_json::Error),
    /// It is JSON without a usable `schema_version`: not made by gowoa. The user's input.
    #[error(
        "not a gowoa report: `schema_version` is {found}, and should be text such as \"{SCHEMA_VERSION}\""
    )]
    NoVersion {
        /// What stands there instead.
        found: String,
    },
    /// Made by a gowoa with another major version of the form.
    #[error(
        "the report has schema version {found} and this gowoa reads {SCHEMA_VERSION}; {}",
        if *.newer { "read it with the gowoa that made it, or a newer one" }
        else { "make the report again with this gowoa" }
    )]
    OtherMajor {
        /// The report's version.
        found: String,
        /// Whether the report's major version is above this program's.
        newer: bool,
    },
    /// The version fits and the content does not: damaged, edited by hand, or a newer minor version
    /// that uses a word this program does not know.
    #[error(
        "the report (schema version {version}) is damaged or newer than this gowoa ({SCHEMA_VERSION}): {source}"
    )]
    Content {
        /// The report's version.
        version: String,
        /// What does not fit, with line and column.
        source: serde_json::Error,
    },
}

/// Writes the report: indented, `\n` at the end, the same bytes for the same report.
pub fn render(report: &Report) -> String {
    // Field order is the order of declaration and the one map is a BTreeMap, so nothing varies.
    let mut text = serde_json::to_string_pretty(report).expect("a Report has only string keys");
    text.push('\n');
    text
}

/// Reads a report of this major version; what a newer minor version added is skipped.
pub fn parse(text: &str) -> Result<Report, ParseError> {
    // PowerShell puts a byte order mark in front of redirected output.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let missing = || ParseError::NoVersion { found: "missing".to_owned() };
    if !text.trim_start().starts_with('{') {
        // serde would read an array as a struct, field by field.
        let json = serde_json::from_str::<IgnoredAny>(text);
        return Err(json.map_or_else(ParseError::NotJson, |_| missing()));
    }
    let head: Head = serde_json::from_str(text).map_err(ParseError::NotJson)?;
    let version = match head.schema_version {
        Some(serde_json::Value::String(version)) => version,
        Some(other) => return Err(ParseError::NoVersion { found: excerpt(&other.to_string()) }),
        None => return Err(missing()),
    };
    let found = major(&version)
        .ok_or_else(|| ParseError::NoVersion { found: format!("{:?}", excerpt(&version)) })?;
    let own = major(SCHEMA_VERSION).unwrap_or_default();
    if found != own {
        return Err(ParseError::OtherMajor { found: excerpt(&version), newer: found > own });
    }
    serde_json::from_str(text).map_err(|source| ParseError::Content { version, source })
}

/// Only the version: read first, so that a form this program does not know is named as such and not
/// reported as damage.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    schema_version: Option<serde_json::Value>,
}

/// The major number of `major.minor`; `None` where the text is anything else, such as `+1.3` or `1.03`, which no
/// gowoa writes.
fn major(version: &str) -> Option<u64> {
    let number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let plain = digits && (text == "0" || !text.starts_with('0'));
        text.parse::<u64>().ok().filter(|_| plain)
    };
    let (major, minor) = version.split_once('.')?;
    number(minor)?;
    number(major)
}

/// The beginning of a foreign text: enough to recognise it in an error.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
