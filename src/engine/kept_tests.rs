//! `tests.json` beside kept test binaries (`--tests --out-dir`): what another machine needs to run them as `go test`
//! would, and to notice that one is missing.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::facts::{PackageFacts, TestFacts};
use crate::platform::map::Mapped;

use super::anchor::{named, repository, slashes};
use super::inspect::sha256;

/// The file, in the directory of the exes.
pub(super) const NAME: &str = "tests.json";
/// Version of its form: a number that grows where an older reader would read it wrong.
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize)]
struct File<'a> {
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

/// What is written, gathered: the tables stay where they are, and reading takes place on a thread of its own.
#[derive(Debug)]
pub(super) struct Kept {
    /// Where gowoa works.
    dir: PathBuf,
    /// Where the binaries are.
    out: PathBuf,
    /// Import path, directory of the package where it is known, binary where there is one.
    tests: Vec<(String, Option<PathBuf>, Option<PathBuf>)>,
}

impl Kept {
    /// The tests of a unit whose binaries land in `out`.
    pub(super) fn of(
        dir: &Path,
        out: &Path,
        table: &BTreeMap<String, PackageFacts>,
        tests: &BTreeMap<String, TestFacts>,
    ) -> Self {
        let test = |test: &TestFacts| {
            let package = table.get(&test.package).map(|package| package.dir.clone());
            (test.package.clone(), package, test.exe.clone())
        };
        Self { dir: dir.to_owned(), out: out.to_owned(), tests: tests.values().map(test).collect() }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of reading a binary and of writing.
    pub(super) fn write(self) -> io::Result<()> {
        let dir = fs_err::canonicalize(&self.dir)?;
        let root = repository(&dir).unwrap_or(&dir);
        let mut tests = Vec::with_capacity(self.tests.len());
        for (package, of_package, exe) in &self.tests {
            let mut listed = Test {
                package,
                directory: of_package.as_ref().and_then(|dir| below(dir, root)),
                exe: None,
                sha256: None,
            };
            if let Some(exe) = exe {
                listed.exe = exe.strip_prefix(&self.out).ok().map(slashes);
                listed.sha256 = Some(sha256(&Mapped::open(exe)?));
            }
            tests.push(listed);
        }
        let mut text = serde_json::to_string_pretty(&File {
            version: VERSION,
            target: "windows/arm64",
            tests,
        })?;
        text.push('\n');
        fs_err::write(self.out.join(NAME), text)
    }
}

/// A directory relative to another one, with links resolved.
fn below(dir: &Path, root: &Path) -> Option<String> {
    let below = named(&fs_err::canonicalize(dir).ok()?, root)?;
    Some(if below.is_empty() { ".".to_owned() } else { below })
}
