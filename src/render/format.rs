//! The formats a report is written in, and the one way from a Report to their bytes.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;

use crate::model::{CheckInfo, Report};

use super::junit::{self, Dialect};
use super::{azure, github, html, json, map, markdown, sarif, terminal};

/// A format that goes to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The whole report; `json`.
    Json,
    /// `junit`, or `junit-strict`.
    Junit {
        /// Which readers it is for.
        dialect: Dialect,
    },
    /// SARIF 2.1.0, for code scanning; `sarif`.
    Sarif,
    /// The job summary as GitHub shows it; `markdown`.
    Markdown,
    /// The same as Azure Pipelines shows it: no graphs, nothing folded; `markdown-azure`.
    MarkdownAzure,
    /// One page for a browser; `html`.
    Html,
    /// Workflow commands of GitHub Actions, which become annotations; `github`.
    Github,
    /// Logging commands of Azure Pipelines; `azure`.
    Azure,
    /// What the terminal shows, every finding in full; `text`.
    Text,
    /// The map of each image, SVG; asked for with `--map`, not with `--report`.
    Map,
}

impl Format {
    /// The formats of `--report`, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Json,
        Self::Junit { dialect: Dialect::Rich },
        Self::Junit { dialect: Dialect::Strict },
        Self::Sarif,
        Self::Markdown,
        Self::MarkdownAzure,
        Self::Html,
        Self::Github,
        Self::Azure,
        Self::Text,
    ];

    /// What `--report-dir` writes: a file for each kind of reader.
    pub const STANDARD: [Self; 5] = [
        Self::Json,
        Self::Junit { dialect: Dialect::Rich },
        Self::Sarif,
        Self::Markdown,
        Self::Html,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit { dialect: Dialect::Rich } => "junit",
            Self::Junit { dialect: Dialect::Strict } => "junit-strict",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
            Self::MarkdownAzure => "markdown-azure",
            Self::Html => "html",
            Self::Github => "github",
            Self::Azure => "azure",
            Self::Text => "text",
            Self::Map => "map",
        }
    }

    /// The name of its file in a report directory.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Json => "report.json",
            Self::Junit { .. } => "junit.xml",
            Self::Sarif => "report.sarif",
            Self::Markdown | Self::MarkdownAzure => "summary.md",
            Self::Html => "report.html",
            Self::Github => "github.txt",
            Self::Azure => "azure.txt",
            Self::Text => "report.txt",
            Self::Map => "map.svg",
        }
    }

    /// Whether it shows the map of each image, so that the Report has to have it.
    pub const fn draws_images(self) -> bool {
        matches!(self, Self::Html | Self::Map)
    }

    /// The report in this format, UTF-8 without a byte order mark. `checks`: what is to be said of the checks
    /// themselves, in formats that explain them.
    ///
    /// # Errors
    /// [`junit::Error`], a bug of gowoa: a format that reads its own output again found it broken.
    pub fn render(self, report: &Report, checks: &[CheckInfo]) -> Result<String, junit::Error> {
        Ok(match self {
            Self::Json => json::render(report),
            Self::Junit { dialect } => return junit::render(report, dialect),
            Self::Sarif => sarif::render(report, checks),
            Self::Markdown => markdown::render(report),
            Self::MarkdownAzure => markdown::render_with(report, &markdown::Options::AZURE),
            Self::Html => html::render(report, checks),
            Self::Github => github::render(report),
            Self::Azure => azure::render(report),
            Self::Text => {
                terminal::render(report, &terminal::Options { all: true, ..Default::default() })
            }
            Self::Map => map::render(report),
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A report was asked for in words that mean no format. The user's input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// No such format.
    #[error("there is no report format {0:?}; choose {choices}", choices = choices())]
    Unknown(String),
    /// No path.
    #[error(
        "{0:?} names no file; write FORMAT=PATH, such as json=report.json, or - for standard output"
    )]
    NoPath(OsString),
}

/// `json, junit … or text`.
fn choices() -> String {
    let names = Format::ALL.map(Format::as_str);
    let [first @ .., last] = &names;
    format!("{} or {last}", first.join(", "))
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Self, FormatError> {
        let named = Self::ALL.into_iter().find(|format| format.as_str() == name);
        named.ok_or_else(|| FormatError::Unknown(name.to_owned()))
    }
}
