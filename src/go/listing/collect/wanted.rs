//! Which packages a listing is read for.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::symbol::escape_path;

/// Which packages are wanted, and what of them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub(super) packages: HashMap<String, WantedPackage>,
    /// Every package outside the standard library.
    pub(super) project: HashSet<String>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct WantedPackage {
    /// What its symbols begin with: `example.com/dep.` or `main.`.
    pub(super) prefix: Vec<u8>,
    /// Directories that the compiler may print before its files, `/`-separated.
    dirs: Vec<String>,
    /// Names of files whose functions are asked for.
    pub(super) files: BTreeSet<String>,
}

impl Wanted {
    /// Asks for a package. `dirs` are what the compiler may print as the directory of its files: the absolute
    /// one and, with `-trimpath`, `module@version/sub`. Functions of `files` are stand-ins.
    pub fn package(
        &mut self,
        import_path: &str,
        command: bool,
        dirs: &[String],
        files: impl IntoIterator<Item = String>,
    ) {
        let path = if command { "main".into() } else { escape_path(import_path) };
        let package = WantedPackage {
            prefix: format!("{path}.").into_bytes(),
            dirs: dirs.iter().map(|dir| slashes(dir.as_bytes())).collect(),
            files: files.into_iter().collect(),
        };
        self.packages.insert(import_path.to_owned(), package);
    }

    /// Tells of a package that it is no part of the standard library.
    pub fn known(&mut self, import_path: &str) {
        self.project.insert(import_path.to_owned());
    }

    /// How many packages are wanted.
    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }
}

impl WantedPackage {
    /// The file's name, where it is one of those that are asked for.
    pub(super) fn asks_for(&self, file: &[u8]) -> bool {
        if self.files.is_empty() {
            return false;
        }
        let file = slashes(file);
        let (dir, name) = file.rsplit_once('/').unwrap_or(("", &file));
        self.files.contains(name) && self.dirs.iter().any(|own| own == dir)
    }
}

/// A path as the compiler prints it, with `/` on every system.
fn slashes(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path);
    // A backslash separates only after a drive letter or a share.
    let windows = text.as_bytes().get(1) == Some(&b':') || text.starts_with(r"\\");
    if windows { text.replace('\\', "/") } else { text.into_owned() }
}
