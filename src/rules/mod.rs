//! The rules database: versions of modules that are known not to work on windows/arm64.
//!
//! The rules are data: `rules/*.json` in the repository, one file a module, built into the program. A user adds
//! files of the same format. [`matcher`] holds them against what a build selected; nothing here reads files or
//! starts processes.

pub mod class;
pub mod file;
pub mod matcher;
pub mod version;

#[cfg(test)]
mod tests;

use crate::model::Severity;

use file::{Advice, Affected, Class, Entry, Reference, Try};

/// A rules file is read up to this length, in bytes; gowoa's own are a hundredth of it.
pub const FILE_LIMIT: usize = 16 << 20;

/// The name and text of a file of `rules/`.
macro_rules! embedded {
    ($name:literal) => {
        (
            concat!("rules/", $name, ".json"),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $name, ".json")),
        )
    };
}

/// gowoa's own rules, by file; a test holds the list against the directory.
const EMBEDDED: &[(&str, &str)] = &[
    embedded!("cgo"),
    embedded!("github.com-Microsoft-go-winio"),
    embedded!("github.com-alexbrainman-odbc"),
    embedded!("github.com-go-delve-delve"),
    embedded!("github.com-go-ole-go-ole"),
    embedded!("github.com-google-gopacket"),
    embedded!("github.com-shirou-gopsutil"),
    embedded!("golang.org-x-exp"),
    embedded!("golang.org-x-sys"),
    embedded!("run-time"),
];

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// The file of the user's that it comes from; absent for gowoa's own.
    pub file: Option<String>,
    /// One sentence: what is wrong.
    pub summary: String,
    /// More of it; may be empty.
    pub details: String,
    /// The class of failure.
    pub class: Class,
    /// How bad.
    pub severity: Severity,
    /// The module that breaks in truth.
    pub through: Option<String>,
    /// What to do.
    pub advice: Advice,
    /// Which modules, versions and packages.
    pub affected: Vec<Affected>,
    /// Where that is known from.
    pub references: Vec<Reference>,
    /// What `gowoa rules verify` tries.
    pub tries: Vec<Try>,
}

/// All rules.
#[derive(Debug, Clone, Default)]
pub struct Database {
    rules: Vec<Rule>,
}

/// Why a rules file cannot be used. The fault is the file's.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// It could not be read.
    #[error("cannot read the rules file {file}: {reason}")]
    Unreadable {
        /// As given.
        file: String,
        /// Why.
        reason: String,
    },
    /// Longer than [`FILE_LIMIT`].
    #[error("the rules file {file} is longer than {} MiB", FILE_LIMIT >> 20)]
    TooLong {
        /// As given.
        file: String,
    },
    /// A value that is wrong.
    #[error("{file}:{line}:{column}: {reason}")]
    Invalid {
        /// As given.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// Two rules of one id.
    #[error("{file}:{line}: the id {id} is taken by {other}")]
    Duplicate {
        /// As given.
        file: String,
        /// Line of the id, from 1.
        line: usize,
        /// The id.
        id: String,
        /// The file that has it, or `gowoa itself`.
        other: String,
    },
}

impl RulesError {
    /// What the user can do.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "give --rules the path of a file that can be read",
            Self::TooLong { .. } => "give a rules file; docs/rules.md describes the format",
            Self::Invalid { .. } => "correct that line; docs/rules.md describes the format",
            Self::Duplicate { .. } => "give the rule an id of your own, such as ACME-2026-0001",
        }
    }
}

impl Database {
    /// gowoa's own rules.
    ///
    /// # Errors
    /// A file of gowoa's own that is wrong: a bug, and a test keeps it from happening.
    pub fn embedded() -> Result<Self, RulesError> {
        let mut database = Self::default();
        for (name, text) in EMBEDDED {
            database.read(text.as_bytes(), name, None)?;
        }
        Ok(database)
    }

    /// Adds the rules of a user's file.
    ///
    /// # Errors
    /// What is wrong with it, with the line.
    pub fn add(&mut self, bytes: &[u8], file: &str) -> Result<(), RulesError> {
        self.read(bytes, file, Some(file))
    }

    fn read(&mut self, bytes: &[u8], name: &str, file: Option<&str>) -> Result<(), RulesError> {
        if bytes.len() > FILE_LIMIT {
            return Err(RulesError::TooLong { file: name.to_owned() });
        }
        let entries = file::read(bytes).map_err(|error| invalid(name, &error))?;
        for entry in entries {
            if let Some(other) = self.rules.iter().find(|rule| rule.id == entry.id) {
                return Err(RulesError::Duplicate {
                    file: name.to_owned(),
                    line: line_of(bytes, &entry.id),
                    id: entry.id,
                    other: other.file.clone().unwrap_or_else(|| "gowoa itself".into()),
                });
            }
            if entry.withdrawn.is_none() {
                self.rules.push(Rule::of(entry, file));
            }
        }
        Ok(())
    }

    /// Every rule.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether any rule is about this module.
    pub fn knows(&self, module: &str) -> bool {
        self.of_module(module).next().is_some()
    }

    /// The rules about a module, each with what it says of it.
    fn of_module(&self, module: &str) -> impl Iterator<Item = (&Rule, &Affected)> {
        self.rules.iter().flat_map(move |rule| {
            let of = move |affected: &&Affected| affected.package.name == module;
            rule.affected.iter().filter(of).map(move |affected| (rule, affected))
        })
    }
}

impl Rule {
    fn of(entry: Entry, file: Option<&str>) -> Self {
        let specific = entry.database_specific;
        Self {
            id: entry.id,
            file: file.map(str::to_owned),
            summary: entry.summary,
            details: entry.details,
            class: specific.class,
            severity: specific.severity,
            through: specific.through,
            advice: specific.advice,
            affected: entry.affected,
            references: entry.references,
            tries: specific.verify,
        }
    }
}

fn invalid(file: &str, error: &serde_json::Error) -> RulesError {
    // serde_json appends the place; the message carries it in front.
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    RulesError::Invalid {
        file: file.to_owned(),
        line: error.line().max(1),
        column: error.column().max(1),
        reason: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
    }
}

/// The line of an id whose entry was read before; the last one where it occurs more than once.
fn line_of(bytes: &[u8], id: &str) -> usize {
    let quoted = format!("\"{id}\"");
    let at = memchr::memmem::rfind(bytes, quoted.as_bytes()).unwrap_or(0);
    bytes.get(..at).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count() + 1
}
