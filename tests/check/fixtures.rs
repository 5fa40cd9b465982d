//! Every fixture module against its `expect.toml`.
//!
//! All checks run over all fixtures, and the expected findings are the complete list: a check that fires on
//! somebody else's fixture shows up here. `FIXTURE=name` runs those whose path contains the name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{Gowoa, Run, root};

/// What an expect.toml says; the table of keys is in `testdata/go/README.md`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    about: String,
    #[serde(default)]
    pub(crate) args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    exit: i32,
    verdict: Option<String>,
    error: Option<String>,
    #[serde(default)]
    finding: Vec<ExpectedFinding>,
    #[serde(default)]
    result: Vec<ExpectedResult>,
    #[serde(default)]
    classes: BTreeMap<String, String>,
    /// Parts of the text for people.
    #[serde(default)]
    terminal: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFinding {
    check: String,
    severity: String,
    package: Option<String>,
    class: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedResult {
    check: String,
    package: Option<String>,
    /// Id of the subject, where it is not a package.
    subject: Option<String>,
    verdict: String,
    #[serde(default)]
    contains: Vec<String>,
}

/// One fixture and what came of it. Every test looks at the same run.
pub(crate) struct Fixture {
    /// Relative to the repository, with `/`: `testdata/go/sample`.
    pub(crate) name: String,
    pub(crate) dir: PathBuf,
    pub(crate) expected: Expectation,
    pub(crate) run: Run,
    /// The files of `--report`, where a report was made.
    pub(crate) files: Option<Files>,
    /// Whether something in the fixture's directory changed.
    written: bool,
}

/// A report in every format, as it was written.
pub(crate) struct Files {
    pub(crate) json: String,
    pub(crate) junit: String,
    pub(crate) junit_strict: String,
}

/// The word that chooses some of the fixtures: `FIXTURE=name`.
pub(crate) fn filter() -> String {
    std::env::var("FIXTURE").unwrap_or_default()
}

/// Every fixture that the filter lets pass, run once, sorted by name.
pub(crate) fn runs() -> &'static [Fixture] {
    static RUNS: OnceLock<Vec<Fixture>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let filter = filter();
        let mut dirs = fixtures();
        dirs.retain(|path| path.to_string_lossy().contains(&filter));
        assert!(!dirs.is_empty(), "no fixture matches {filter:?}");
        dirs.par_iter().map(|dir| Fixture::run(dir)).collect()
    })
}

impl Fixture {
    fn run(dir: &Path) -> Self {
        let name = dir.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let text = fs_err::read_to_string(dir.join("expect.toml")).unwrap();
        let expected: Expectation =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/expect.toml: {error}"));
        let before = tree(dir);
        let out = tempfile::tempdir().unwrap();
        let path = |name: &str| out.path().join(name);
        let mut gowoa = Gowoa::check(dir).arg("--report-dir").arg(out.path());
        gowoa = gowoa
            .arg("--report")
            .arg(format!("junit-strict={}", path("junit-strict.xml").display()));
        let run = expected.start(gowoa).run();
        let read = |name| fs_err::read_to_string(path(name)).ok();
        let files = run.report.is_some().then(|| Files {
            json: read("report.json").unwrap_or_default(),
            junit: read("junit.xml").unwrap_or_default(),
            junit_strict: read("junit-strict.xml").unwrap_or_default(),
        });
        Self { name, dir: dir.to_owned(), expected, run, files, written: tree(dir) != before }
    }

    /// What is not as it is written in the expect.toml.
    fn wrong(&self) -> String {
        let mut wrong = String::new();
        compare(&self.expected, &self.run, &mut wrong);
        if self.written {
            wrong.push_str("  the tree was written to\n");
        }
        if !wrong.is_empty() {
            let _ = writeln!(wrong, "  ({})", self.expected.about);
        }
        wrong
    }
}

impl Expectation {
    /// Puts the fixture's arguments and variables on top of a call.
    pub(crate) fn start(&self, gowoa: Gowoa) -> Gowoa {
        let gowoa = self.environment(gowoa);
        self.args.iter().fold(gowoa, |gowoa, arg| gowoa.arg(arg))
    }

    /// The variables alone.
    pub(crate) fn environment(&self, gowoa: Gowoa) -> Gowoa {
        self.env.iter().fold(gowoa, |gowoa, (key, value)| gowoa.env(key, value))
    }
}

#[test]
fn every_fixture_is_judged_as_written_beside_it() {
    let wrong: Vec<String> = runs()
        .iter()
        .map(|fixture| (&fixture.name, fixture.wrong()))
        .filter(|(_, wrong)| !wrong.is_empty())
        .map(|(name, wrong)| format!("{name}\n{wrong}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} fixtures:\n\n{}",
        wrong.len(),
        runs().len(),
        wrong.join("\n")
    );
}

/// Every directory of testdata that holds an expect.toml.
fn fixtures() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut queue = vec![root().join("testdata/go"), root().join("testdata/checks")];
    while let Some(dir) = queue.pop() {
        if dir.join("expect.toml").is_file() {
            found.push(dir);
            continue;
        }
        let Ok(entries) = fs_err::read_dir(&dir) else { continue };
        queue.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    found.sort();
    found
}

fn compare(expected: &Expectation, run: &Run, wrong: &mut String) {
    let mut say = |text: String| {
        let _ = writeln!(wrong, "  {text}");
    };
    if run.code != Some(expected.exit) {
        say(format!("exit {:?}, expected {}", run.code, expected.exit));
    }
    for part in expected.error.iter().chain(&expected.terminal) {
        if !run.stderr.contains(part.as_str()) {
            say(format!("the text lacks {part:?}:\n{}", run.stderr));
        }
    }
    let (Some(verdict), Some(report)) = (&expected.verdict, &run.report) else {
        if expected.verdict.is_some() != run.report.is_some() {
            say(format!("report made: {}\n{}", run.report.is_some(), run.stderr));
        }
        return;
    };
    if report["verdict"] != verdict.as_str() {
        say(format!("verdict {}, expected {verdict}: {}", report["verdict"], report["problems"]));
    }
    compare_findings(expected, report, &mut say);
    for result in &expected.result {
        compare_result(result, report, &mut say);
    }
    for (package, class) in &expected.classes {
        let subject = array(&report["subjects"])
            .iter()
            .find(|s| s["kind"] == "package" && s["name"] == package.as_str());
        let found = subject.map(|s| s["class"].clone()).unwrap_or_default();
        if found != class.as_str() {
            say(format!("class of {package}: {found}, expected {class}"));
        }
    }
}

fn compare_findings(expected: &Expectation, report: &Value, say: &mut impl FnMut(String)) {
    let mut left: Vec<&Value> = array(&report["findings"]).iter().collect();
    for wanted in &expected.finding {
        let found = left.iter().position(|finding| {
            let same = |key: &str, value: &Option<String>| {
                value.as_ref().is_none_or(|value| finding[key] == value.as_str())
            };
            let text = finding.to_string();
            finding["check"] == wanted.check.as_str()
                && finding["severity"] == wanted.severity.as_str()
                && same("package", &wanted.package)
                && same("class", &wanted.class)
                && wanted.contains.iter().all(|part| {
                    let escaped = serde_json::to_string(part).unwrap_or_default();
                    text.contains(escaped.trim_matches('"'))
                })
        });
        match found {
            Some(index) => {
                left.remove(index);
            }
            None => say(format!("missing finding: {wanted:?}")),
        }
    }
    for finding in left {
        say(format!("unexpected finding: {finding}"));
    }
}

fn compare_result(wanted: &ExpectedResult, report: &Value, say: &mut impl FnMut(String)) {
    let found: Vec<&Value> = array(&report["results"])
        .iter()
        .filter(|result| result["check"] == wanted.check.as_str())
        .filter(|result| match (&wanted.package, &wanted.subject) {
            (_, Some(subject)) => result["subject"] == subject.as_str(),
            (Some(package), None) => {
                subjects_of(package, report).any(|id| result["subject"] == *id)
            }
            (None, None) => true,
        })
        .collect();
    let right = |result: &&&Value| {
        let reason = result["reason"].as_str().unwrap_or_default();
        result["verdict"] == wanted.verdict.as_str()
            && wanted.contains.iter().all(|part| reason.contains(part.as_str()))
    };
    if !found.iter().any(|result| right(&result)) {
        say(format!("missing result: {wanted:?}; found {found:?}"));
    }
}

/// Ids of the package itself and of the images made from it.
fn subjects_of<'a>(package: &'a str, report: &'a Value) -> impl Iterator<Item = &'a Value> {
    let of = move |subject: &&Value| match subject["kind"].as_str() {
        Some("package") => subject["name"] == package,
        Some("image") => array(&subject["packages"]).iter().any(|path| path == package),
        _ => false,
    };
    array(&report["subjects"]).iter().filter(of).map(|subject| &subject["id"])
}

/// The items of an array; none where it is no array.
pub(crate) fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Path, length and change time of everything below a directory.
fn tree(dir: &Path) -> BTreeMap<PathBuf, (u64, Option<std::time::SystemTime>)> {
    let mut found = BTreeMap::new();
    let mut queue = vec![dir.to_owned()];
    while let Some(dir) = queue.pop() {
        for entry in fs_err::read_dir(&dir).unwrap().flatten() {
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                queue.push(entry.path());
            }
            let changed = metadata.modified().ok();
            found.insert(
                entry.path(),
                (if metadata.is_dir() { 0 } else { metadata.len() }, changed),
            );
        }
    }
    found
}
