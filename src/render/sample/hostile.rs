//! A report made of the worst strings.

use crate::model::{
    BuildState, Evidence, FileSetClass, Finding, Host, Location, ModuleRef, Problem, Report,
    ResultVerdict, Severity, Subject, SubjectId, SubjectKind, Unproven, Waived,
};

use super::{CROSS, empty_report, finding, package, result, subject};

/// Strings that break careless writers of XML, terminals and workflow logs.
pub(crate) const NASTY: &[&str] = &[
    "ends a CDATA section ]]> here, twice ]]]]>>",
    "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}\u{9b}1mC1 \u{1b}]8;;unterminated",
    "every control: \0\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{b}\u{c}\u{e}\u{f}\u{10}\u{11}\u{12}\
     \u{13}\u{14}\u{15}\u{16}\u{17}\u{18}\u{19}\u{1a}\u{1b}\u{1c}\u{1d}\u{1e}\u{1f}\u{7f}\u{80}\u{9f}",
    "not characters \u{fffe}\u{ffff}, and a replaced surrogate \u{fffd}",
    "::error file=a,line=1::owned\n::set-output name=x::y\r\n##[error]old ##vso[task.complete result=Succeeded]x",
    "<script>alert('x')</script> & \"quoted\" &amp; &#0;",
    "a lone \n newline,\ta tab,\r a return, \"quotes\" and 'apostrophes'",
    "[[ATTACHMENT|/etc/passwd]] [[[attachment|C:\\secret]]",
    "C:\\Users\\me\\go\\src\\app\\main.go:1:2",
    "emoji 🦀👩‍👩‍👧, CJK 漢字, right-to-left \u{202e}gnp.exe",
    "recombined ]\0]\u{1b}[0m> and #\0#[x]",
    "",
    " \n\t ",
];

/// A report made of the worst strings: every text field is hostile, names collide and are far too
/// long, locations point outside, one message and one output have a megabyte.
pub(crate) fn hostile_report() -> Report {
    let subjects = hostile_subjects();
    let mut results = Vec::new();
    let mut findings = Vec::new();
    for (i, s) in subjects.iter().enumerate() {
        let nasty = NASTY[i % NASTY.len()];
        let verdict = match i % 4 {
            0 | 1 => ResultVerdict::Fail,
            2 => ResultVerdict::Inconclusive,
            _ => ResultVerdict::NotApplicable,
        };
        results.push(result(CROSS, &s.id, verdict, nasty));
        if verdict == ResultVerdict::Fail {
            findings.push(hostile_finding(i, s, nasty));
        }
    }
    results.push(result("<&\"']]>\0", &subjects[0].id, ResultVerdict::Fail, ""));
    let bytes = "]]>&<\u{1b}[1m".repeat(100_000);
    findings.push(finding(CROSS, Severity::Error, &subjects[0].id, &bytes));
    findings.push(finding("no-result", Severity::Error, &SubjectId("nobody".to_owned()), "lost"));
    Report {
        host: Host { name: "\0\u{1b}[0m".to_owned(), platform: NASTY[5].to_owned() },
        duration_ms: u64::MAX,
        problems: NASTY
            .iter()
            .map(|s| Problem {
                message: (*s).to_owned(),
                details: vec![(*s).to_owned()],
                next: Some((*s).to_owned()),
            })
            .collect(),
        unproven: vec![Unproven {
            label: NASTY[0].to_owned(),
            text: NASTY[1].to_owned(),
            names: NASTY.iter().map(|s| (*s).to_owned()).collect(),
        }],
        subjects,
        results,
        findings,
        ..empty_report()
    }
}

fn hostile_finding(i: usize, subject: &Subject, nasty: &str) -> Finding {
    let files =
        ["C:\\a\\b.go", "/etc/passwd", "..\\..\\up.go", "sub\\dir\\x.go", "./y.go", "m@v1/z.go"];
    let severity = if i.is_multiple_of(3) { Severity::Warning } else { Severity::Error };
    Finding {
        class: Some(nasty.to_owned()),
        help: Some(nasty.to_owned()),
        package: Some(subject.name.clone()),
        module: Some(ModuleRef {
            path: nasty.to_owned(),
            version: None,
            replaced_by: Some(nasty.to_owned()),
            vendored: false,
        }),
        location: Some(Location {
            file: Some(files[i % files.len()].to_owned()),
            line: Some(u32::MAX),
            column: Some(1),
            section: Some(nasty.to_owned()),
            rva: Some(u32::MAX),
            file_offset: Some(u64::MAX),
            function: Some(nasty.to_owned()),
        }),
        evidence: vec![
            Evidence::Output {
                command: nasty.to_owned(),
                status: Some(i32::MIN),
                text: nasty.repeat(20_000),
            },
            Evidence::Stops { packages: vec![nasty.to_owned(); 5_000] },
            Evidence::Reproduce { command: nasty.to_owned() },
        ],
        waived: (i % 8 == 4).then(|| Waived { reason: nasty.to_owned(), expires: None }),
        ..finding(CROSS, severity, &subject.id, nasty)
    }
}

/// Names that are hostile, equal, equal once cleaned, far too long, and equal once cut.
fn hostile_subjects() -> Vec<Subject> {
    let long = "n".repeat(2_000);
    let mut subjects = Vec::new();
    let names = NASTY.iter().map(|s| (*s).to_owned()).chain([
        "same".to_owned(),
        "same".to_owned(),
        "sa\0me".to_owned(),
        "sa\u{1}me".to_owned(),
        format!("{long}漢"),
        format!("{long}漢"),
        "🦀".repeat(600),
    ]);
    for (i, name) in names.enumerate() {
        let id = SubjectId(format!("package:{i:03}:{name}"));
        subjects.push(Subject { id, ..package(&name, FileSetClass::Portable, BuildState::Failed) });
    }
    subjects.push(Subject {
        build: Some(BuildState::NotWindows),
        ..subject(SubjectKind::Package, "not\u{fffe}windows")
    });
    subjects.push(subject(SubjectKind::Test, "same"));
    subjects
}
