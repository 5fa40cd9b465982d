//! `go list`: the packages of one target, streamed.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::Notify;

use crate::facts::{FileSet, ListError, ModuleFacts};
use crate::model::ModuleRef;

use super::json::JsonStream;
use super::process::{CommandLine, Finished, ProcessError, run};

/// How much one list may be: a hundred times the largest repositories, and still no more than fits into memory.
const MOST: Most = Most { bytes: 512 << 20, packages: 500_000 };

/// Bounds of one list.
#[derive(Debug, Clone, Copy)]
struct Most {
    /// What is printed.
    bytes: usize,
    /// What of it is kept.
    packages: usize,
}

/// One package as `go list -json` prints it (`go help list`).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawPackage {
    import_path: String,
    name: String,
    dir: PathBuf,
    standard: bool,
    dep_only: bool,
    r#match: Vec<String>,
    go_files: Vec<String>,
    cgo_files: Vec<String>,
    #[serde(rename = "SFiles")]
    s_files: Vec<String>,
    syso_files: Vec<String>,
    #[serde(rename = "CgoLDFLAGS")]
    cgo_ld_flags: Vec<String>,
    embed_files: Vec<String>,
    #[serde(rename = "HFiles")]
    h_files: Vec<String>,
    ignored_go_files: Vec<String>,
    test_go_files: Vec<String>,
    #[serde(rename = "XTestGoFiles")]
    x_test_go_files: Vec<String>,
    imports: Vec<String>,
    import_map: std::collections::BTreeMap<String, String>,
    error: Option<RawError>,
    module: Option<RawModule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawError {
    pos: String,
    err: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawModule {
    path: String,
    version: String,
    main: bool,
    dir: Option<PathBuf>,
    replace: Option<Box<Self>>,
}

/// A package of one list.
#[derive(Debug)]
pub struct Listed {
    /// Import path.
    pub import_path: String,
    /// Package name.
    pub name: String,
    /// Directory.
    pub dir: PathBuf,
    /// Whether it belongs to the standard library.
    pub standard: bool,
    /// The patterns that match it; empty for a dependency.
    pub matches: Vec<String>,
    /// Its module.
    pub module: Option<ModuleFacts>,
    /// Its files.
    pub files: FileSet,
}

/// All packages of one list.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order of `go list`: dependencies first.
    pub packages: Vec<Listed>,
    /// How many more packages of the standard library there were; they are not kept.
    pub standard: usize,
    /// How long `go list` took.
    pub took: Duration,
}

/// Why a list could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ListFailure {
    /// The process could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// It ended with an error.
    #[error("`{command}` failed{}", status.map(|code| format!(" with status {code}")).unwrap_or_default())]
    Failed {
        /// The command as a shell line.
        command: String,
        /// Its exit status.
        status: Option<i32>,
        /// Its words.
        stderr: String,
    },
    /// It printed something else than packages.
    #[error("`{command}` printed something else than packages: {reason}")]
    Garbage {
        /// The command as a shell line.
        command: String,
        /// What is wrong with the output.
        reason: String,
    },
    /// It printed without end, and was stopped.
    #[error("`{command}` printed more than {} MiB or {packages} packages and was stopped", bytes >> 20)]
    TooMuch {
        /// The command as a shell line.
        command: String,
        /// The limit in bytes.
        bytes: usize,
        /// The limit in packages.
        packages: usize,
    },
}

/// Runs a list command and parses its packages as they arrive.
pub async fn list(command: &CommandLine) -> Result<Listing, ListFailure> {
    list_within(command, MOST).await
}

async fn list_within(command: &CommandLine, most: Most) -> Result<Listing, ListFailure> {
    let mut stream = JsonStream::default();
    let mut listing = Listing::default();
    let begin = Instant::now();
    let (mut bytes, full) = (0_usize, Notify::new());
    let take = |chunk: &[u8]| {
        bytes = bytes.saturating_add(chunk.len());
        if bytes > most.bytes || listing.packages.len() > most.packages {
            full.notify_one();
            return;
        }
        stream.push(chunk, |raw: RawPackage| listing.add(raw));
    };
    // Whoever drops the run ends the process.
    let finished = tokio::select! {
        biased;
        () = full.notified() => None,
        finished = run(command, take) => Some(finished?),
    };
    let finished =
        finished.filter(|_| bytes <= most.bytes && listing.packages.len() <= most.packages);
    let Some(finished) = finished else {
        let Most { bytes, packages } = most;
        return Err(ListFailure::TooMuch { command: command.to_string(), bytes, packages });
    };
    listing.took = begin.elapsed();
    let Finished { code, stderr } = &finished;
    if !finished.success() {
        return Err(ListFailure::Failed {
            command: command.to_string(),
            status: *code,
            stderr: stderr.clone(),
        });
    }
    let garbage = |reason| ListFailure::Garbage { command: command.to_string(), reason };
    stream.finish().map_err(garbage)?;
    if listing.packages.iter().any(|package| package.import_path.is_empty()) {
        return Err(garbage("a package has no ImportPath".into()));
    }
    Ok(listing)
}

/// Parses the output of `go list -json`.
///
/// # Errors
/// What is not JSON, or cut off.
pub fn parse(output: &[u8]) -> Result<Listing, String> {
    let mut stream = JsonStream::default();
    let mut listing = Listing::default();
    stream.push(output, |raw: RawPackage| listing.add(raw));
    stream.finish().map(|()| listing)
}

impl Listing {
    fn add(&mut self, raw: RawPackage) {
        if raw.standard && raw.dep_only {
            self.standard += 1;
            return;
        }
        self.packages.push(Listed::from(raw));
    }
}

impl From<RawPackage> for Listed {
    fn from(raw: RawPackage) -> Self {
        let mut tests = raw.test_go_files;
        tests.extend(raw.x_test_go_files);
        let map = |import: String| raw.import_map.get(&import).cloned().unwrap_or(import);
        let files = FileSet {
            go: raw.go_files,
            cgo: raw.cgo_files,
            asm: raw.s_files,
            syso: raw.syso_files,
            ldflags: raw.cgo_ld_flags,
            embed: raw.embed_files,
            headers: raw.h_files,
            ignored_go: raw.ignored_go_files,
            tests,
            imports: raw.imports.into_iter().map(map).collect(),
            error: raw.error.map(ListError::from),
        };
        Self {
            import_path: raw.import_path,
            name: raw.name,
            dir: raw.dir,
            standard: raw.standard,
            matches: if raw.dep_only { Vec::new() } else { raw.r#match },
            module: raw.module.map(ModuleFacts::from),
            files,
        }
    }
}

impl From<RawError> for ListError {
    fn from(raw: RawError) -> Self {
        let pos = Some(raw.pos).filter(|pos| !pos.is_empty());
        Self { pos, message: raw.err }
    }
}

impl From<RawModule> for ModuleFacts {
    fn from(raw: RawModule) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let replaced_by = raw.replace.as_ref().map(|by| {
            if by.version.is_empty() {
                by.path.clone()
            } else {
                format!("{}@{}", by.path, by.version)
            }
        });
        let replacement_version = raw.replace.as_ref().and_then(|by| some(by.version.clone()));
        let dir = raw.dir.or_else(|| raw.replace.and_then(|by| by.dir));
        Self {
            // `go list` gives a vendored module no directory.
            reference: ModuleRef {
                path: raw.path,
                version: some(raw.version),
                replaced_by,
                vendored: !raw.main && dir.is_none(),
            },
            replacement_version,
            main: raw.main,
            dir,
            below: String::new(),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A `go` that prints one package again and again.
    fn printer(times: &str) -> CommandLine {
        let script =
            r#"while [ "$1" != 0 ]; do echo '{"ImportPath":"a"}'; set -- $(($1 - 1)); done"#;
        CommandLine {
            program: "/bin/sh".into(),
            shown_as: "go".into(),
            args: ["-c", script, "sh", times].map(Into::into).to_vec(),
            env: Vec::new(),
            dir: "/".into(),
            limit: Duration::from_secs(600),
        }
    }

    #[tokio::test]
    async fn a_list_without_end_is_stopped() {
        let bounds = [(1 << 20, 100), (1000, 500_000)];
        for (bytes, packages) in bounds {
            let most = Most { bytes, packages };
            let failure = list_within(&printer("-1"), most).await.unwrap_err();
            assert!(matches!(failure, ListFailure::TooMuch { .. }), "{failure}");
            let words = failure.to_string();
            assert!(words.starts_with("`go -c "), "{words}");
            assert!(words.ends_with(&format!("{packages} packages and was stopped")), "{words}");
            // A chunk that goes too far and ends the output is told as well.
            let failure = list_within(&printer("200"), most).await.unwrap_err();
            assert!(matches!(failure, ListFailure::TooMuch { .. }), "{failure}");
            assert_eq!(list_within(&printer("20"), most).await.unwrap().packages.len(), 20);
        }
    }
}
