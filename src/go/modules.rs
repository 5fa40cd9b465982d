//! Modules and workspaces: what is where, and copies to work on so that the user's tree stays as it is.
//!
//! `go` itself writes go.work.sum while it lists a workspace, and go.mod and go.sum under `-mod=mod`.
//! gowoa therefore works on copies: GOWORK names a copy of go.work with absolute paths, `-modfile` a copy
//! of go.mod.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::command::GoCommand;
use super::process::{ProcessError, run};

/// Directories deeper than this below the start are not searched for go.mod files.
const DEPTH_LIMIT: usize = 24;
/// At most this many modules are named; a tree with more is a mirror, not a project.
const MODULE_LIMIT: usize = 2_000;

/// A workspace of thousands of modules stays far below this; what is longer is cut and then not JSON.
const WORK_LIMIT: usize = 16 << 20;

/// `go work edit -json`, as far as it is needed (`go help work edit`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawWork {
    go: Option<String>,
    toolchain: Option<String>,
    godebug: Option<Vec<RawSetting>>,
    r#use: Option<Vec<RawUse>>,
    replace: Option<Vec<RawReplace>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawSetting {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawUse {
    disk_path: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawReplace {
    old: RawVersion,
    new: RawVersion,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawVersion {
    path: String,
    #[serde(default)]
    version: String,
}

/// Why the workspace could not be read.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// `go work edit` could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// go.work could not be read or has errors.
    #[error("cannot read {file}: {reason}", file = file.display())]
    Unreadable {
        /// The go.work file.
        file: PathBuf,
        /// Go's words.
        reason: String,
    },
    /// The copy could not be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A workspace: the modules it uses, and the file that GOWORK shall name.
#[derive(Debug)]
pub struct Workspace {
    /// Directories of the used modules, absolute.
    pub uses: Vec<PathBuf>,
    /// What GOWORK is set to.
    pub file: PathBuf,
}

/// Reads the workspace of `gowork` and puts a copy into `scratch`, unless the workspace is vendored (then
/// Go writes nothing and needs the vendor directory beside go.work).
///
/// # Errors
/// See [`WorkspaceError`].
pub async fn workspace(
    go: &GoCommand,
    gowork: &Path,
    scratch: &Path,
) -> Result<Workspace, WorkspaceError> {
    let mut stdout = Vec::new();
    let finished = run(&go.work_edit_json(gowork), |chunk| {
        let room = WORK_LIMIT.saturating_sub(stdout.len());
        stdout.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
    })
    .await?;
    let unreadable =
        |reason: String| WorkspaceError::Unreadable { file: gowork.to_owned(), reason };
    if !finished.success() {
        return Err(unreadable(finished.stderr.trim().to_owned()));
    }
    let raw: RawWork =
        serde_json::from_slice(&stdout).map_err(|error| unreadable(error.to_string()))?;
    let root = gowork.parent().unwrap_or(Path::new("."));
    let uses: Vec<PathBuf> =
        raw.r#use.iter().flatten().map(|used| plain(&root.join(&used.disk_path))).collect();
    if root.join("vendor").join("modules.txt").is_file() {
        return Ok(Workspace { uses, file: gowork.to_owned() });
    }
    fs_err::create_dir_all(scratch)?;
    let file = scratch.join("go.work");
    fs_err::write(&file, work_text(&raw, root, &uses))?;
    let sums = root.join("go.work.sum");
    let sums_copy = scratch.join("go.work.sum");
    if sums.is_file() {
        fs_err::copy(&sums, &sums_copy)?;
    } else if sums_copy.is_file() {
        fs_err::remove_file(&sums_copy)?;
    }
    Ok(Workspace { uses, file })
}

fn work_text(raw: &RawWork, root: &Path, uses: &[PathBuf]) -> String {
    let mut text = String::new();
    if let Some(go) = &raw.go {
        text.push_str(&format!("go {go}\n"));
    }
    if let Some(toolchain) = &raw.toolchain {
        text.push_str(&format!("toolchain {toolchain}\n"));
    }
    for setting in raw.godebug.iter().flatten() {
        text.push_str(&format!("godebug {}={}\n", setting.key, setting.value));
    }
    for used in uses {
        text.push_str(&format!("use {}\n", go_string(&used.to_string_lossy())));
    }
    for RawReplace { old, new } in raw.replace.iter().flatten() {
        // A replacement without a version is a directory.
        let by = if new.version.is_empty() {
            plain(&root.join(&new.path)).to_string_lossy().into_owned()
        } else {
            new.path.clone()
        };
        let old = format!("{} {}", go_string(&old.path), old.version);
        text.push_str(&format!("replace {} => {} {}\n", old.trim(), go_string(&by), new.version));
    }
    text
}

/// A string literal of go.mod syntax (an interpreted Go string).
fn go_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A path without `.` elements and with `..` taken back, without asking the file system.
pub fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Copies go.mod (or the `-modfile` that the user named) and its sums into `scratch`; returns the copy.
///
/// # Errors
/// Those of reading and writing, with the path.
pub fn copy_modfile(gomod: &Path, scratch: &Path) -> std::io::Result<PathBuf> {
    fs_err::create_dir_all(scratch)?;
    let copy = scratch.join("gowoa.mod");
    fs_err::copy(gomod, &copy)?;
    let sums = gomod.with_extension("sum");
    let sums_copy = copy.with_extension("sum");
    if sums.is_file() {
        fs_err::copy(&sums, &sums_copy)?;
    } else if sums_copy.is_file() {
        fs_err::remove_file(&sums_copy)?;
    }
    Ok(copy)
}

/// Every directory with a go.mod below `root`, sorted, in the directories that Go's own patterns visit
/// (not `vendor`, `testdata`, nor names that begin with `.` or `_`), and without `node_modules`.
/// `root` itself is left out.
pub fn nested(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut queue = vec![(root.to_owned(), 0)];
    while let Some((dir, depth)) = queue.pop() {
        // A directory that cannot be read has no module that Go could build either.
        let Ok(entries) = fs_err::read_dir(&dir) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_dir && !skipped(&name) && depth < DEPTH_LIMIT {
                queue.push((entry.path(), depth + 1));
            } else if name == "go.mod" && !is_dir && dir != root && found.len() < MODULE_LIMIT {
                found.push(dir.clone());
            }
        }
    }
    found.sort();
    found
}

fn skipped(name: &str) -> bool {
    name.starts_with(['.', '_']) || matches!(name, "vendor" | "testdata" | "node_modules")
}

/// Splits GOFLAGS as cmd/go does: fields at white space; a field may be quoted with `'` or `"`.
/// (cmd/internal/quoted.Split)
pub fn split_flags(text: &str) -> Vec<String> {
    let mut flags = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (flag, tail) = if first == '"' || first == '\'' {
            let body = rest.get(1..).unwrap_or_default();
            body.split_once(first).unwrap_or((body, ""))
        } else {
            rest.split_once(char::is_whitespace).unwrap_or((rest, ""))
        };
        flags.push(flag.to_owned());
        rest = tail.trim_start();
    }
    flags
}

/// The value of `-name=value` (one or two dashes) in a list of flags; the last one wins.
pub fn flag_value<'a>(flags: impl IntoIterator<Item = &'a String>, name: &str) -> Option<&'a str> {
    flags
        .into_iter()
        .filter_map(|flag| parse_flag(flag))
        .filter(|(n, _)| *n == name)
        .last()
        .map(|(_, v)| v)
}

/// `-name=value`, `--name=value` or `-name` (a value of `true`).
pub fn parse_flag(flag: &str) -> Option<(&str, &str)> {
    let body = flag.strip_prefix('-')?;
    let body = body.strip_prefix('-').unwrap_or(body);
    Some(body.split_once('=').unwrap_or((body, "true")))
}

/// Why a flag would make something else of the build than what gowoa looks at, whoever gives it.
pub fn forbidden(name: &str) -> Option<&'static str> {
    match name {
        "o" => Some("exes land in --out-dir"),
        "n" => Some("with -n go builds nothing, and nothing would be proven"),
        "json" | "C" | "c" | "exec" => Some("gowoa sets it itself"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goflags_split_as_cmd_go_does() {
        assert_eq!(split_flags("-mod=mod  -tags=a,b"), ["-mod=mod", "-tags=a,b"]);
        assert_eq!(split_flags("'-ldflags=-s -w' -v"), ["-ldflags=-s -w", "-v"]);
        assert!(split_flags("  ").is_empty());
        let flags = split_flags("-mod=mod --mod=vendor -race");
        assert_eq!(flag_value(&flags, "mod"), Some("vendor"));
        assert_eq!(flag_value(&flags, "race"), Some("true"));
        assert_eq!(flag_value(&flags, "msan"), None);
    }

    #[test]
    fn a_copied_workspace_names_absolute_directories() {
        let raw: RawWork = serde_json::from_str(
            r#"{"Go":"1.24","Use":[{"DiskPath":"./a"},{"DiskPath":"../b c"}],
                "Replace":[{"Old":{"Path":"x/y"},"New":{"Path":"./y"}},
                           {"Old":{"Path":"x/z","Version":"v1.0.0"},"New":{"Path":"q/z","Version":"v1.2.0"}}]}"#,
        )
        .unwrap();
        let root = Path::new("/src/ws");
        let uses: Vec<PathBuf> =
            raw.r#use.iter().flatten().map(|used| plain(&root.join(&used.disk_path))).collect();
        let text = work_text(&raw, root, &uses);
        assert_eq!(
            text,
            "go 1.24\nuse \"/src/ws/a\"\nuse \"/src/b c\"\nreplace \"x/y\" => \"/src/ws/y\" \n\
             replace \"x/z\" v1.0.0 => \"q/z\" v1.2.0\n"
        );
    }

    #[test]
    fn nested_modules_are_found_where_go_would_look() {
        let root = tempfile::tempdir().unwrap();
        for dir in ["a", "b/c", "vendor/x", "testdata/y", ".git/z", "_w", "node_modules/n"] {
            let dir = root.path().join(dir);
            fs_err::create_dir_all(&dir).unwrap();
            fs_err::write(dir.join("go.mod"), "module m\n").unwrap();
        }
        fs_err::write(root.path().join("go.mod"), "module m\n").unwrap();
        let found = nested(root.path());
        assert_eq!(found, [root.path().join("a"), root.path().join("b/c")]);
    }
}
