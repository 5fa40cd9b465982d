//! Every `object.toml` below `testdata/checks`: one object or library of `testdata/coff`, every check about objects,
//! the verdict of each.
//!
//! Go reads a `.syso` by itself, and what `#cgo LDFLAGS` name is linked only with a C compiler for ARM64. These cases
//! need none. The keys are explained in `testdata/checks/README.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gowoa::checks::{CHECKS, Context, SubjectFacts};
use gowoa::facts::given::{Claim, ClaimedBy};
use gowoa::facts::object::LinkedBy;
use gowoa::facts::{ModuleFacts, ObjectFile, PackageFacts, UnitFacts};
use gowoa::model::{Finding, ModuleRef, SubjectId, SubjectKind, Verdict};
use serde::Deserialize;

use crate::harness::root;
use crate::images::word;

/// The package that brings the object.
const PACKAGE: &str = "example.com/objects";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    about: String,
    object: String,
    linked_by: String,
    expect: Option<String>,
    #[serde(default)]
    linked: bool,
    version: Option<String>,
    verdict: String,
    reason: Option<String>,
    gating: Option<bool>,
    #[serde(default)]
    finding: Vec<CaseFinding>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFinding {
    severity: String,
    class: String,
    #[serde(default)]
    contains: Vec<String>,
}

/// One case and what every check about objects says of it.
pub(crate) struct Case {
    /// Relative to the repository, with `/`.
    pub(crate) name: String,
    file: CaseFile,
    /// By id of the check.
    pub(crate) verdicts: BTreeMap<String, Verdict>,
}

/// Every case, sorted by name.
pub(crate) fn cases() -> Vec<Case> {
    let mut dirs: Vec<PathBuf> = Vec::new();
    let mut queue = vec![root().join("testdata/checks")];
    while let Some(dir) = queue.pop() {
        if dir.join("object.toml").is_file() {
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
    let text = fs_err::read_to_string(dir.join("object.toml")).unwrap();
    let file: CaseFile =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/object.toml: {error}"));
    let object = object(&file);
    let package = package(&file);
    let unit = UnitFacts {
        name: ".".into(),
        packages: BTreeMap::from([(package.import_path.clone(), package)]),
        ..UnitFacts::default()
    };
    let subject = SubjectId::new(SubjectKind::Object, &object.name);
    let cx = Context { unit: &unit, subject: &subject };
    let verdicts = CHECKS
        .iter()
        .filter(|check| check.meta().subjects.contains(&SubjectKind::Object))
        .map(|check| (check.meta().id.to_string(), check.judge(SubjectFacts::Object(&object), cx)))
        .collect();
    Case { name, file, verdicts }
}

/// The object as the engine would hand it to the checks.
fn object(file: &CaseFile) -> ObjectFile {
    let linked_by = match file.linked_by.as_str() {
        "syso" => LinkedBy::Syso,
        "given" => LinkedBy::Given,
        flag => LinkedBy::LdFlags(flag.to_owned()),
    };
    let mut claim = if linked_by == LinkedBy::Given { Claim::default() } else { Claim::of_build() };
    if let Some((goos, goarch)) = file.expect.as_ref().and_then(|expect| expect.split_once('/')) {
        claim = Claim {
            goos: Some(goos.into()),
            goarch: Some(goarch.into()),
            by: ClaimedBy::Expect,
            goos_by: ClaimedBy::Expect,
        };
    }
    let mut object = ObjectFile::unread(file.object.clone(), linked_by, claim);
    if object.linked_by != LinkedBy::Given {
        object.packages.push(PACKAGE.into());
    }
    match fs_err::read(root().join("testdata/coff").join(&file.object)) {
        Ok(bytes) => object.contents = gowoa::image::read_object(&bytes),
        Err(_) => {
            object.contents = Err("it cannot be read: not found".into());
            object.missing = true;
        }
    }
    object
}

/// A package of the main module, or with a version one of a dependency.
fn package(file: &CaseFile) -> PackageFacts {
    PackageFacts {
        import_path: PACKAGE.into(),
        linked: file.linked,
        module: Some(ModuleFacts {
            reference: ModuleRef {
                path: PACKAGE.into(),
                version: file.version.clone(),
                replaced_by: None,
                vendored: false,
            },
            replacement_version: None,
            main: file.version.is_none(),
            dir: None,
            below: String::new(),
        }),
        ..PackageFacts::default()
    }
}

#[test]
fn every_object_is_judged_as_written() {
    let cases = cases();
    assert!(cases.len() > 10, "the cases were not found");
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
    let Some(verdict) = case.verdicts.get(check) else {
        return vec![format!("{check} is no check about objects")];
    };
    if word(verdict) != case.file.verdict {
        wrong.push(format!("the verdict is {verdict:?}, expected {}", case.file.verdict));
    }
    let (reason, gating) = match verdict {
        Verdict::NotApplicable(reason) => (reason.as_str(), None),
        Verdict::Inconclusive { reason, gating } => (reason.as_str(), Some(*gating)),
        Verdict::Pass | Verdict::Fail(_) => ("", None),
    };
    if !reason.contains(case.file.reason.as_deref().unwrap_or_default()) {
        wrong.push(format!("the reason is {reason:?}"));
    }
    if gating != case.file.gating {
        wrong.push(format!("gating is {gating:?}, expected {:?}", case.file.gating));
    }
    let findings = match verdict {
        Verdict::Fail(findings) => findings.as_slice(),
        _ => &[],
    };
    wrong.extend(compare_findings(&case.file.finding, findings));
    wrong
}

fn compare_findings(wanted: &[CaseFinding], found: &[Finding]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut left: Vec<&Finding> = found.iter().collect();
    for wanted in wanted {
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
