//! Starts `gowoa` in a clean environment and reads what it leaves.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gowoa::policy::saved;
use serde_json::Value;

/// Variables of the machine that would change what Go or gowoa does.
const SCRUBBED: &[&str] = &[
    "GOFLAGS",
    "GOWORK",
    "GOOS",
    "GOARCH",
    "CGO_ENABLED",
    "CC",
    "CXX",
    "GOEXPERIMENT",
    "GO111MODULE",
    // Where these tests run in CI, its summary and its annotations are not for them.
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "TF_BUILD",
];

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Run {
    /// Exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error: the text for people.
    pub(crate) stderr: String,
    /// The JSON report, where one was made.
    pub(crate) report: Option<Value>,
}

/// A run to be made.
pub(crate) struct Gowoa {
    command: Command,
    report: tempfile::TempDir,
}

impl Gowoa {
    /// `gowoa check` in a directory, offline.
    pub(crate) fn check(dir: &Path) -> Self {
        Self::start("check", dir)
    }

    /// `gowoa inspect` in a directory.
    pub(crate) fn inspect(dir: &Path) -> Self {
        Self::start("inspect", dir)
    }

    /// `gowoa screen` in a directory, offline.
    pub(crate) fn screen(dir: &Path) -> Self {
        Self::start("screen", dir)
    }

    /// `gowoa report` in a directory.
    pub(crate) fn report(dir: &Path) -> Self {
        Self::start("report", dir)
    }

    /// `gowoa rules` in a directory; it makes no report.
    pub(crate) fn rules(dir: &Path) -> Self {
        Self::bare("rules", dir)
    }

    /// `gowoa screen --why`, which makes no report.
    pub(crate) fn why(dir: &Path, asked: &str) -> Self {
        Self::bare("screen", dir).args(&["--why", asked])
    }

    fn start(subcommand: &str, dir: &Path) -> Self {
        let gowoa = Self::bare(subcommand, dir);
        let report = format!("json={}", gowoa.report.path().join("report.json").display());
        gowoa.args(&["--report", &report])
    }

    fn bare(subcommand: &str, dir: &Path) -> Self {
        let report = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gowoa"));
        for key in SCRUBBED {
            command.env_remove(key);
        }
        let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("gowoa-cache");
        command
            .current_dir(dir)
            .env("GOWOA_CACHE", &cache)
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", "local");
        command.env("GOFLAGS", "-buildvcs=false").arg(subcommand);
        Self { command, report }
    }

    /// One more argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// More arguments.
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    /// A variable.
    pub(crate) fn env(mut self, key: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// The command itself, for tests that start it in their own way.
    pub(crate) fn into_command(self) -> (Command, tempfile::TempDir) {
        (self.command, self.report)
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Run {
        let Output { status, stdout, stderr } = self.command.output().unwrap();
        let path = self.report.path().join("report.json");
        let report = fs_err::read_to_string(path).ok().map(|text| {
            agrees_with_itself(&text);
            serde_json::from_str(&text).unwrap()
        });
        Run {
            code: status.code(),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
            report,
        }
    }
}

/// What the program writes it has to believe itself: `gowoa report` does no more than this.
fn agrees_with_itself(text: &str) {
    let report = gowoa::render::json::parse(text).unwrap();
    assert_eq!(saved::contradiction(&report), None);
    assert_eq!(saved::verdict(&report), report.verdict, "{text}");
}

impl Run {
    /// The report, which must be there.
    pub(crate) fn report(&self) -> &Value {
        self.report
            .as_ref()
            .unwrap_or_else(|| panic!("no report; exit {:?}\n{}", self.code, self.stderr))
    }
}

/// The project's own directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
