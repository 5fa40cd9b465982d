//! `tests.json` beside kept test binaries (`--tests --out-dir`): what another machine needs to run them as `go test`
//! would, and to notice that one is missing.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::Serialize;

use crate::facts::{PackageFacts, TestFacts};

use super::inspect::sha256;
use super::unit::Unit;

/// The file, in the directory of the exes.
pub(super) const NAME: &str = "tests.json";
/// Version of its form: a number that grows where an older reader would read it wrong.
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    version: u32,
    /// `GOOS/GOARCH` of the binaries.
    target: &'static str,
    /// Every package that has tests, whether there is a binary of them or not.
    tests: Vec<Test<'a>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Test<'a> {
    /// Import path.
    package: &'a str,
    /// Where its tests run: `/`-separated, relative to the root of the repository (`.`), or of the checked directory
    /// where there is none. Absent for a package that lies outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<String>,
    /// The binary: `/`-separated, relative to this file. Absent where none was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    exe: Option<String>,
    /// Its SHA-256, lower-case hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// Writes the file.
///
/// # Errors
/// Those of reading a binary and of writing.
pub(super) fn write(
    unit: &Unit,
    dir: &Path,
    table: &BTreeMap<String, PackageFacts>,
    tests: &BTreeMap<String, TestFacts>,
) -> io::Result<()> {
    let dir = fs_err::canonicalize(dir)?;
    let root = dir.ancestors().find(|above| above.join(".git").exists()).unwrap_or(&dir);
    let mut kept = Kept { version: VERSION, target: "windows/arm64", tests: Vec::new() };
    for test in tests.values() {
        let package = table.get(&test.package);
        let mut listed = Test {
            package: &test.package,
            directory: package.and_then(|package| below(&package.dir, root)),
            exe: None,
            sha256: None,
        };
        if let Some(exe) = &test.exe {
            listed.exe = exe.strip_prefix(&unit.out).ok().map(slashes);
            listed.sha256 = Some(sha256(&fs_err::read(exe)?));
        }
        kept.tests.push(listed);
    }
    let mut text = serde_json::to_string_pretty(&kept)?;
    text.push('\n');
    fs_err::write(unit.out.join(NAME), text)
}

/// A directory relative to another one, with links resolved.
fn below(dir: &Path, root: &Path) -> Option<String> {
    let dir = fs_err::canonicalize(dir).ok()?;
    let below = slashes(dir.strip_prefix(root).ok()?);
    Some(if below.is_empty() { ".".to_owned() } else { below })
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
