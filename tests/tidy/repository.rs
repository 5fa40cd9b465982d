//! The files of the repository: what git tracks or would add; in a package without git, everything.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Directories that hold no file of the project.
const SKIPPED: &[&str] = &[".git", "target"];

/// The project's own directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file, relative, with `/`, sorted.
pub(crate) fn files() -> &'static [String] {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut files = tracked().unwrap_or_else(walked);
        files.retain(|path| root().join(path).is_file());
        files.sort();
        files.dedup();
        files
    })
}

fn tracked() -> Option<Vec<String>> {
    if !root().join(".git").exists() {
        return None;
    }
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let files: Vec<String> =
        text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    (output.status.success() && !files.is_empty()).then_some(files)
}

fn walked() -> Vec<String> {
    let mut files = Vec::new();
    let mut queue = vec![PathBuf::new()];
    while let Some(dir) = queue.pop() {
        for entry in fs_err::read_dir(root().join(&dir)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = dir.join(&name);
            if !root().join(&path).is_dir() {
                files.push(path.to_str().unwrap().replace('\\', "/"));
            } else if !SKIPPED.contains(&name.as_str()) {
                queue.push(path);
            }
        }
    }
    files
}

/// A text file.
pub(crate) fn text(path: &str) -> String {
    fs_err::read_to_string(root().join(path)).unwrap()
}

/// Every text file with its content. A file with a NUL in it, or not in UTF-8, is none.
pub(crate) fn texts() -> &'static [(String, String)] {
    static TEXTS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let read = |path: &String| {
            let bytes = fs_err::read(root().join(path)).unwrap();
            let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
            text.map(|text| (path.clone(), text))
        };
        files().iter().filter_map(read).collect()
    })
}

/// Names in a directory, sorted; what an editor or a test run left hidden there does not count.
pub(crate) fn names(dir: &str) -> Vec<String> {
    let Ok(entries) = fs_err::read_dir(root().join(dir)) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}
