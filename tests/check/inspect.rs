//! `gowoa inspect` from the outside.
//!
//! Every `inspect.toml` of `testdata/checks` and `testdata/dist` describes a directory, which is made of the
//! small images of `testdata/pe` for the test, and what gowoa must say of it; the list of findings is
//! complete, but for those of checks that it names under `ignore`. The keys are in `testdata/dist/README.md`.

mod dist;
mod hostile;
mod places;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::fixtures::array;
use crate::harness::{Gowoa, Run, root};
use crate::projects::{assert_sane, assert_xml};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    about: String,
    #[serde(default = "dist_alone")]
    args: Vec<String>,
    exit: i32,
    verdict: String,
    /// Name in `dist/`, or of a member with ` > `, and what it is made of.
    files: BTreeMap<String, String>,
    #[serde(default)]
    finding: Vec<CaseFinding>,
    #[serde(default)]
    result: Vec<CaseResult>,
    /// Parts of the problems of an incomplete report.
    #[serde(default)]
    problem: Vec<String>,
    /// Checks whose findings are not listed: they judge what is in an image.
    #[serde(default)]
    ignore: Vec<String>,
}

fn dist_alone() -> Vec<String> {
    vec!["dist".into()]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFinding {
    check: String,
    severity: String,
    class: String,
    subject: String,
    #[serde(default)]
    contains: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseResult {
    check: String,
    subject: String,
    verdict: String,
    #[serde(default)]
    contains: String,
}

/// One case and what came of it.
struct Case {
    name: String,
    file: CaseFile,
    run: Run,
    junit: String,
}

fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let mut dirs = Vec::new();
        let mut queue = vec![root().join("testdata/checks"), root().join("testdata/dist")];
        while let Some(dir) = queue.pop() {
            if dir.join("inspect.toml").is_file() {
                dirs.push(dir);
                continue;
            }
            let entries = fs_err::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path());
            queue.extend(entries.filter(|path| path.is_dir()));
        }
        dirs.sort();
        dirs.par_iter().map(|dir| Case::run(dir)).collect()
    })
}

impl Case {
    fn run(dir: &Path) -> Self {
        let name = dir.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let text = fs_err::read_to_string(dir.join("inspect.toml")).unwrap();
        let file: CaseFile =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/inspect.toml: {error}"));
        let place = tempfile::tempdir().unwrap();
        dist::make(&place.path().join("dist"), &file.files);
        let junit: PathBuf = place.path().join("junit.xml");
        let args: Vec<&str> = file.args.iter().map(String::as_str).collect();
        let run = Gowoa::inspect(place.path())
            .arg("--report")
            .arg(format!("junit={}", junit.display()))
            .args(&args)
            .run();
        let junit = fs_err::read_to_string(junit).unwrap_or_default();
        Self { name, file, run, junit }
    }

    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let report = self.run.report();
        if self.run.code != Some(self.file.exit) {
            wrong.push(format!("exit {:?}, expected {}", self.run.code, self.file.exit));
        }
        if report["verdict"] != self.file.verdict.as_str() {
            wrong.push(format!("verdict {}, expected {}", report["verdict"], self.file.verdict));
        }
        let told = report["problems"].to_string();
        for part in self.file.problem.iter().filter(|part| !told.contains(part.as_str())) {
            wrong.push(format!("no problem tells {part:?}: {told}"));
        }
        let mut left: Vec<&Value> = array(&report["findings"])
            .iter()
            .filter(|finding| !self.file.ignore.iter().any(|check| finding["check"] == **check))
            .collect();
        for wanted in &self.file.finding {
            match left.iter().position(|finding| wanted.is(finding)) {
                Some(place) => {
                    left.remove(place);
                }
                None => wrong.push(format!("missing finding: {wanted:?}")),
            }
        }
        wrong.extend(left.iter().map(|finding| format!("unexpected finding: {finding}")));
        for wanted in &self.file.result {
            let found = array(&report["results"]).iter().find(|result| {
                result["check"] == wanted.check.as_str()
                    && result["subject"] == wanted.subject.as_str()
            });
            let right = found.is_some_and(|result| {
                let reason = result["reason"].as_str().unwrap_or_default();
                result["verdict"] == wanted.verdict.as_str() && reason.contains(&wanted.contains)
            });
            if !right {
                wrong.push(format!("missing result: {wanted:?}; found {found:?}"));
            }
        }
        wrong
    }
}

impl CaseFinding {
    fn is(&self, finding: &Value) -> bool {
        let text = finding.to_string();
        finding["check"] == self.check.as_str()
            && finding["severity"] == self.severity.as_str()
            && finding["class"] == self.class.as_str()
            && finding["subject"] == self.subject.as_str()
            && self.contains.iter().all(|part| text.contains(part.as_str()))
    }
}

/// Verdict words by check, of every case: what the matrix of all fixtures looks at.
pub(crate) fn verdicts() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let words = |case: &Case| {
        let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for result in array(&case.run.report()["results"]) {
            let text = |key: &str| result[key].as_str().unwrap_or_default().to_owned();
            words.entry(text("check")).or_default().insert(text("verdict"));
        }
        words
    };
    cases().iter().map(|case| (case.name.clone(), words(case))).collect()
}

#[test]
fn every_directory_is_judged_as_written() {
    let cases = cases();
    assert!(cases.len() > 20, "the cases were not found");
    let wrong: Vec<String> = cases
        .iter()
        .flat_map(|case| {
            let wrong = case.wrong().into_iter();
            wrong.map(|what| format!("{}: {what}\n  ({})", case.name, case.file.about))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_report_is_whole() {
    let schema = fs_err::read_to_string(root().join("docs/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for case in cases() {
        assert_sane(&case.run);
        assert_xml(&case.junit);
        if let Some(error) = validator.iter_errors(case.run.report()).next() {
            panic!("{}: {}: {error:.200}", case.name, error.instance_path());
        }
        let ids: BTreeSet<&str> = array(&case.run.report()["subjects"])
            .iter()
            .map(|subject| subject["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), array(&case.run.report()["subjects"]).len(), "{}", case.name);
    }
}
