//! Finds Go and asks it what it is.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::facts::{Target, Toolchain};

use super::command::GoCommand;
use super::process::{ProcessError, run};

/// `go build -json` exists since this release.
pub const MINIMUM: (u32, u32) = (1, 24);

/// Go's environment is a few kilobytes; what is longer is cut and then not JSON.
const ENV_LIMIT: usize = 4 << 20;

/// Why Go cannot be used. Every message names what was found and the next step.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// Nothing on PATH.
    #[error("no `go` on PATH")]
    NotFound,
    /// `--go` names something that cannot be started.
    #[error("--go {path}: {reason}", path = path.display())]
    NotAProgram {
        /// The path given.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// It could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// `go env` failed.
    #[error("`{command}` failed{}", status.map(|code| format!(" with status {code}")).unwrap_or_default())]
    Failed {
        /// The command as a shell line.
        command: String,
        /// Its status.
        status: Option<i32>,
        /// Its words.
        stderr: String,
    },
    /// It printed something that is not Go's environment.
    #[error("`{command}` did not print Go's environment: {reason}")]
    Garbage {
        /// The command as a shell line.
        command: String,
        /// What is wrong.
        reason: String,
    },
    /// Older than [`MINIMUM`].
    #[error("{program} is {version}; gowoa needs Go {}.{} or newer", MINIMUM.0, MINIMUM.1, program = program.display())]
    TooOld {
        /// The program.
        program: PathBuf,
        /// Its version.
        version: String,
    },
    /// It cannot make windows/arm64.
    #[error("{program} ({version}) cannot build for windows/arm64", program = program.display())]
    NoTarget {
        /// The program.
        program: PathBuf,
        /// Its version.
        version: String,
        /// Its words.
        stderr: String,
    },
}

impl ToolchainError {
    /// What the user can do.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::NotFound => {
                "install Go 1.24 or newer (https://go.dev/dl/) or name it with --go PATH"
            }
            Self::NotAProgram { .. } | Self::Process(ProcessError::Spawn { .. }) => {
                "give --go the path of a go program that this user may execute"
            }
            Self::Process(_) => {
                "run the command by hand; a Go that answers slowly gets more time with --timeout"
            }
            Self::Failed { stderr, .. } if stderr.contains("requires go >=") => {
                "install the Go version that is asked for, or allow the download with GOTOOLCHAIN=auto"
            }
            Self::Failed { .. } => "run the command by hand and mend what it says",
            Self::Garbage { .. } => {
                "check that this is the go command of a Go distribution (`go version`)"
            }
            Self::TooOld { .. } => "install a newer Go, or name one with --go PATH",
            Self::NoTarget { .. } => "use a Go distribution from https://go.dev/dl/",
        }
    }

    /// The tool's own words, where there are any.
    pub fn words(&self) -> &str {
        match self {
            Self::Failed { stderr, .. } | Self::NoTarget { stderr, .. } => stderr,
            _ => "",
        }
    }
}

/// Finds the program: `--go`, else `go` on PATH. Returns it with the word for where it came from.
///
/// # Errors
/// [`ToolchainError::NotFound`] or [`ToolchainError::NotAProgram`].
pub fn find(go: Option<&Path>, path: Option<&OsStr>) -> Result<(PathBuf, String), ToolchainError> {
    match go {
        Some(given) => {
            let here = std::env::current_dir().unwrap_or_default();
            let found = which::which_in(given, path, &here).map_err(|_| {
                let reason = why_not(given, &here).into();
                ToolchainError::NotAProgram { path: given.to_owned(), reason }
            })?;
            Ok((found, "--go".into()))
        }
        None => {
            let here = std::env::current_dir().unwrap_or_default();
            let found = which::which_in("go", path, here).map_err(|_| ToolchainError::NotFound)?;
            Ok((found, "PATH".into()))
        }
    }
}

/// Why a path is not a program.
fn why_not(given: &Path, here: &Path) -> &'static str {
    // A bare name is looked for on PATH.
    if given.components().count() == 1 && !given.is_absolute() {
        return "there is no such program on PATH";
    }
    match fs_err::metadata(here.join(given)) {
        Ok(metadata) if metadata.is_dir() => "it is a directory",
        Ok(_) => "it is not executable",
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "there is no such file",
        Err(_) => "it cannot be looked at",
    }
}

/// Asks a Go program for its version and environment, as they hold in the directory of `go`.
///
/// # Errors
/// When it cannot be run, prints something else, or is too old.
pub async fn ask(go: &GoCommand, origin: String) -> Result<Toolchain, ToolchainError> {
    let command = go.env();
    let mut stdout = Vec::new();
    let finished = run(&command, |chunk| {
        let room = ENV_LIMIT.saturating_sub(stdout.len());
        stdout.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
    })
    .await?;
    let command = command.to_string();
    if !finished.success() {
        return Err(ToolchainError::Failed {
            command,
            status: finished.code,
            stderr: finished.stderr,
        });
    }
    let garbage = |reason: String| ToolchainError::Garbage { command: command.clone(), reason };
    if stdout.iter().all(u8::is_ascii_whitespace) {
        return Err(garbage("it printed nothing".into()));
    }
    let env: BTreeMap<String, String> =
        serde_json::from_slice(&stdout).map_err(|error| garbage(error.to_string()))?;
    let get = |key: &str| env.get(key).filter(|value| !value.is_empty()).cloned();
    let version = get("GOVERSION").ok_or_else(|| garbage("it has no GOVERSION".into()))?;
    let host = match (get("GOHOSTOS"), get("GOHOSTARCH")) {
        (Some(goos), Some(goarch)) => Target { goos, goarch },
        _ => return Err(garbage("it has no GOHOSTOS and GOHOSTARCH".into())),
    };
    let release =
        release_of(&version).ok_or_else(|| garbage(format!("GOVERSION is {version:?}")))?;
    if release < MINIMUM {
        return Err(ToolchainError::TooOld { program: go.program.clone(), version });
    }
    Ok(Toolchain { origin, version, host, env })
}

/// Makes sure that this Go can make windows/arm64.
///
/// # Errors
/// [`ToolchainError::NoTarget`] with Go's words.
pub async fn prove_target(go: &GoCommand, version: &str) -> Result<(), ToolchainError> {
    let finished = run(&go.probe_target(&Target::windows_arm64()), |_| {}).await?;
    if !finished.success() && finished.stderr.contains("unsupported GOOS/GOARCH") {
        return Err(ToolchainError::NoTarget {
            program: go.program.clone(),
            version: version.to_owned(),
            stderr: finished.stderr,
        });
    }
    Ok(())
}

/// `(major, minor)` of `go1.26.8`, `go1.27rc1`, `go1.24.1 X:foo` or `devel go1.28-abc`.
pub fn release_of(version: &str) -> Option<(u32, u32)> {
    let number = version.split_whitespace().find_map(|word| word.strip_prefix("go"))?;
    let mut parts = number.splitn(3, '.');
    let major = parts.next()?.parse().ok()?;
    let digits: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
    Some((major, digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::release_of;

    #[test]
    fn releases_are_read_from_every_form_of_version() {
        assert_eq!(release_of("go1.26.8"), Some((1, 26)));
        assert_eq!(release_of("go1.27rc1"), Some((1, 27)));
        assert_eq!(release_of("go1.24.1 X:nocoverageredesign"), Some((1, 24)));
        assert_eq!(release_of("devel go1.28-abcdef Mon Nov 2"), Some((1, 28)));
        assert_eq!(release_of("go1.9"), Some((1, 9)));
        assert_eq!(release_of("nonsense"), None);
        assert_eq!(release_of("go1"), None);
        assert_eq!(release_of(""), None);
    }
}
