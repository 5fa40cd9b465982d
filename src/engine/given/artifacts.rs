//! goreleaser's `dist/artifacts.json`: which file was made for which platform.
//!
//! The form is that of goreleaser's `internal/artifact.Artifact`: an array of objects with `name`, `path`
//! (relative to the project, so `dist/…`), `goos`, `goarch` and `type`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::facts::given::{Artifact, Platform};
use crate::platform::map::Mapped;

/// The file's name.
pub(super) const FILE_NAME: &str = "artifacts.json";
/// Bytes above which such a file is not read: a release of a thousand files has half a megabyte.
const MAX_BYTES: usize = 64 << 20;
/// Directories that may stand before a path of `dist/` itself: goreleaser's `dist` setting may be nested.
const MAX_PREFIX: usize = 4;

/// One entry; what gowoa does not use is left out.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(default)]
    path: String,
    #[serde(default)]
    goos: String,
    #[serde(default)]
    goarch: String,
}

/// What one such file says.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// What each file was made for, by its path.
    files: HashMap<PathBuf, Platform>,
    /// Everything that it lists with a platform, in its order.
    pub(super) artifacts: Vec<Artifact>,
}

impl Metadata {
    /// What the file of this path was made for.
    pub(super) fn platform(&self, path: &Path) -> Option<&Platform> {
        self.files.get(path)
    }

    /// Adds what another such file says.
    pub(super) fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
        self.artifacts.extend(other.artifacts);
    }
}

/// Reads such a file; the error says why it is not goreleaser's.
pub(super) fn read(path: &Path) -> Result<Metadata, String> {
    let bytes = Mapped::open(path).map_err(|error| error.to_string())?;
    if bytes.len() > MAX_BYTES {
        return Err(format!("it has more than {MAX_BYTES} bytes"));
    }
    let entries = parse(&bytes)?;
    let dist = path.parent().unwrap_or(Path::new("")).to_owned();
    let prefix = prefix(&entries, &|tail| dist.join(tail).is_file());
    let mut metadata = Metadata::default();
    for entry in entries {
        let platform = Platform { goos: entry.goos, goarch: entry.goarch };
        let place = tail(&entry.path, prefix).map(|tail| dist.join(tail));
        let present = place.as_ref().is_some_and(|place| place.is_file());
        if let Some(place) = place {
            metadata.files.insert(place, platform.clone());
        }
        metadata.artifacts.push(Artifact { platform, path: entry.path, present });
    }
    Ok(metadata)
}

/// The entries that have a path and a platform.
fn parse(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let entries: Vec<Entry> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let complete =
        |entry: &Entry| ![&entry.path, &entry.goos, &entry.goarch].iter().any(|s| s.is_empty());
    Ok(entries.into_iter().filter(complete).collect())
}

/// How many directories of the paths lead to `dist/` itself: the number with which most files are there.
fn prefix(entries: &[Entry], there: &dyn Fn(&Path) -> bool) -> usize {
    let found = |prefix: usize| {
        entries.iter().filter(|entry| tail(&entry.path, prefix).is_some_and(|t| there(&t))).count()
    };
    // `dist/` where none is there; of equals the first counts.
    let mut best = (1, found(1));
    for prefix in (0..=MAX_PREFIX).filter(|prefix| *prefix != 1) {
        let count = found(prefix);
        if count > best.1 {
            best = (prefix, count);
        }
    }
    best.0
}

/// A path without its first directories; `None` where nothing is left, or where it leads out of them.
fn tail(path: &str, prefix: usize) -> Option<PathBuf> {
    let parts: Vec<&str> =
        path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.contains(&"..") {
        return None;
    }
    let tail = parts.get(prefix..).filter(|tail| !tail.is_empty())?;
    Some(tail.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As goreleaser 2 writes it, cut short.
    const REAL: &str = r#"[
{"name":"metadata.json","path":"dist/metadata.json","internal_type":35,"type":"Metadata"},
{"name":"tool.exe","path":"dist/tool_windows_arm64_v8.0/tool.exe","goos":"windows","goarch":"arm64",
 "goarm64":"v8.0","target":"windows_arm64_v8.0","internal_type":4,"type":"Binary",
 "extra":{"Binary":"tool","Builder":"go","Ext":".exe","ID":"tool"}},
{"name":"tool_1.0_windows_arm64.zip","path":"dist/tool_1.0_windows_arm64.zip","goos":"windows",
 "goarch":"arm64","internal_type":1,"type":"Archive","extra":{"Binaries":["tool.exe"],"Format":"zip"}},
{"name":"checksums.txt","path":"dist/checksums.txt","internal_type":12,"type":"Checksum","extra":{}}]"#;

    #[test]
    fn entries_with_a_platform_count() {
        let entries = parse(REAL.as_bytes()).unwrap();
        let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(
            paths,
            ["dist/tool_windows_arm64_v8.0/tool.exe", "dist/tool_1.0_windows_arm64.zip"]
        );
    }

    #[test]
    fn the_directory_may_have_been_renamed() {
        let entries = parse(REAL.as_bytes()).unwrap();
        let here = |names: &'static [&'static str]| {
            move |path: &Path| names.contains(&path.to_str().unwrap().replace('\\', "/").as_str())
        };
        assert_eq!(prefix(&entries, &here(&["tool_1.0_windows_arm64.zip"])), 1);
        assert_eq!(prefix(&entries, &here(&["dist/tool_1.0_windows_arm64.zip"])), 0);
        assert_eq!(prefix(&entries, &here(&[])), 1);
    }

    #[test]
    fn a_path_never_leads_out() {
        assert_eq!(tail("dist/../../secret", 1), None);
        assert_eq!(tail("dist", 1), None);
        assert_eq!(tail("/dist/./a/b", 1), Some(PathBuf::from("a/b")));
    }

    #[test]
    fn another_json_is_refused_with_its_words() {
        assert!(parse(b"{\"artifacts\": []}").unwrap_err().contains("expected a sequence"));
        assert!(parse(b"\xff").is_err());
        assert!(parse(b"[{\"goos\": 1}]").is_err());
    }
}
