//! Every `case.toml` below `testdata/checks`: one image of `testdata/pe`, every check about images, the
//! verdict of each.
//!
//! A `go build` makes sound ARM64 exes, so what these checks look for cannot come from a fixture module.
//! The keys are explained in `testdata/checks/README.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gowoa::checks::{CHECKS, Context, SubjectFacts};
use gowoa::facts::{Expected, ImageFile, UnitFacts};
use gowoa::model::{SubjectId, SubjectKind, Verdict};
use serde::Deserialize;

use crate::harness::root;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    about: String,
    image: String,
    verdict: String,
    reason: Option<String>,
    #[serde(default)]
    finding: Vec<CaseFinding>,
    others: BTreeMap<String, String>,
    #[serde(default)]
    expected: Promise,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFinding {
    severity: String,
    class: String,
    #[serde(default)]
    contains: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Promise {
    go_version: String,
    cgo_enabled: String,
    package: String,
    modules: Vec<PromisedModule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PromisedModule {
    path: String,
    version: Option<String>,
}

/// One case and what every check about images says of it.
pub(crate) struct Case {
    /// Relative to the repository, with `/`: `testdata/checks/imports/fail/unknown`.
    pub(crate) name: String,
    file: CaseFile,
    /// By id of the check.
    pub(crate) verdicts: BTreeMap<String, Verdict>,
}

/// Every case, sorted by name.
pub(crate) fn cases() -> Vec<Case> {
    let mut dirs = Vec::new();
    let mut queue = vec![root().join("testdata/checks")];
    while let Some(dir) = queue.pop() {
        if dir.join("case.toml").is_file() {
            dirs.push(dir);
            continue;
        }
        let entries = fs_err::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path());
        queue.extend(entries.filter(|path| path.is_dir()));
    }
    dirs.sort();
    dirs.iter().map(|dir| case(dir)).collect()
}

fn case(dir: &Path) -> Case {
    let name = dir.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
    let text = fs_err::read_to_string(dir.join("case.toml")).unwrap();
    let file: CaseFile =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
    let image = image(&file);
    let unit = UnitFacts { name: ".".into(), ..UnitFacts::default() };
    let subject = SubjectId::new(SubjectKind::Image, &image.name);
    let cx = Context { unit: &unit, subject: &subject };
    let verdicts = CHECKS
        .iter()
        .filter(|check| check.meta().subjects.contains(&SubjectKind::Image))
        .map(|check| (check.meta().id.to_string(), check.judge(SubjectFacts::Image(&image), cx)))
        .collect();
    Case { name, file, verdicts }
}

/// The image as the engine would hand it to the checks.
fn image(file: &CaseFile) -> ImageFile {
    let path = root().join("testdata/pe").join(&file.image);
    let bytes = fs_err::read(&path).unwrap();
    let modules = file.expected.modules.iter();
    let expected = Expected {
        go_version: file.expected.go_version.clone(),
        cgo_enabled: file.expected.cgo_enabled.clone(),
        package: file.expected.package.clone(),
        modules: modules.map(|module| (module.path.clone(), module.version.clone())).collect(),
    };
    let mut image = ImageFile {
        package: Some(file.expected.package.clone()),
        expected: Some(expected),
        ..ImageFile::unread(file.image.clone(), PathBuf::from(&file.image))
    };
    gowoa::engine::read_image(&bytes, &mut image);
    image
}

/// Writes the table `others` of every case anew (`UPDATE_GOLDEN=1`), as a new check needs it. The verdicts of
/// the check that a case is about stay as they were written by hand.
fn update(cases: &[Case]) {
    for case in cases {
        let check = case.name.split('/').nth(2).unwrap_or_default();
        let path = root().join(&case.name).join("case.toml");
        let text = fs_err::read_to_string(&path).unwrap();
        let (head, tail) = text.split_once("[others]\n").unwrap_or((&text, ""));
        let rest = tail.find("\n[").map_or("", |at| &tail[at..]);
        let mut lines: Vec<String> = case
            .verdicts
            .iter()
            .filter(|(id, _)| *id != check)
            .map(|(id, verdict)| format!("{id} = \"{}\"", word(verdict)))
            .collect();
        lines.sort_by_key(|line| {
            let id = line.split(' ').next().unwrap_or_default().to_owned();
            CHECKS.iter().position(|check| check.meta().id.as_str() == id)
        });
        let head = head.trim_end();
        let text = format!("{head}\n\n[others]\n{}\n{rest}", lines.join("\n"));
        fs_err::write(path, text).unwrap();
    }
}

/// The verdict in the word of the reports.
pub(crate) fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail(_) => "fail",
        Verdict::NotApplicable(_) => "not-applicable",
        Verdict::Inconclusive { .. } => "inconclusive",
    }
}

#[test]
fn every_image_is_judged_as_written() {
    let cases = cases();
    assert!(cases.len() > 15, "the cases were not found");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        update(&cases);
        return;
    }
    let wrong: Vec<String> = cases
        .iter()
        .flat_map(|case| {
            let wrong = compare(case).into_iter();
            wrong.map(|what| format!("{}: {what}\n  ({})", case.name, case.file.about))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    let check = case.name.split('/').nth(2).unwrap_or_default();
    let mut expected = case.file.others.clone();
    expected.insert(check.to_owned(), case.file.verdict.clone());
    let found: BTreeMap<String, String> =
        case.verdicts.iter().map(|(id, verdict)| (id.clone(), word(verdict).to_owned())).collect();
    if found != expected {
        wrong.push(format!("verdicts {found:?}, expected {expected:?}"));
    }
    let Some(verdict) = case.verdicts.get(check) else { return wrong };
    let reason = match verdict {
        Verdict::NotApplicable(reason) | Verdict::Inconclusive { reason, .. } => reason.as_str(),
        Verdict::Pass | Verdict::Fail(_) => "",
    };
    if !reason.contains(case.file.reason.as_deref().unwrap_or_default()) {
        wrong.push(format!("the reason is {reason:?}"));
    }
    let mut left = match verdict {
        Verdict::Fail(findings) => findings.iter().collect(),
        _ => Vec::new(),
    };
    for wanted in &case.file.finding {
        let place = left.iter().position(|finding| {
            let text = format!("{}\n{}", finding.message, serde_json::to_string(finding).unwrap());
            finding.severity.as_str() == wanted.severity
                && finding.class.as_deref() == Some(&wanted.class)
                && wanted.contains.iter().all(|part| text.contains(part.as_str()))
        });
        match place {
            Some(place) => {
                left.remove(place);
            }
            None => wrong.push(format!("missing finding: {wanted:?}")),
        }
    }
    wrong.extend(left.iter().map(|finding| format!("unexpected finding: {finding:?}")));
    wrong
}
