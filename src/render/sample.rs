//! Reports for the tests of every renderer: the same samples go through all formats.

mod complete;
mod findings;
mod hostile;
mod map;
mod merged;
mod minimal;
mod settings;

use crate::model::{
    BuildState, ChainLink, CheckId, CheckResult, Confidence, ControlOutcome, Counts, Evidence,
    FileSetClass, Finding, Host, Location, ModuleRef, PhaseReport, PlanReport, Problem,
    Reachability, Report, ReportVerdict, ResultVerdict, SCHEMA_VERSION, Severity, Subject,
    SubjectId, SubjectKind, ToolRef, Unproven, Waived,
};

pub(crate) use complete::complete_report;
pub(crate) use hostile::{NASTY, hostile_report, hostile_seed};
pub(crate) use merged::merged_report;
pub(crate) use minimal::minimal_report;
use settings::sample_plan;

const CROSS: &str = "cross-compile";
const GO_OLE: &str = "github.com/go-ole/go-ole";

/// The reports that `tests/formats` reads, which sees the crate from outside.
#[test]
fn the_reports_in_testdata_are_these() {
    for (name, report) in [("sample", complete_report()), ("hostile", hostile_seed())] {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/reports/").to_owned() + name + ".json";
        let text = ascii(&super::json::render(&report));
        assert_eq!(super::json::parse(&text).unwrap(), report);
        if std::env::var_os("UPDATE").is_some() {
            fs_err::write(&path, &text).unwrap();
        }
        let committed = fs_err::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(committed == text, "{path} is old: UPDATE=1 cargo test --lib render::sample");
    }
}

/// The same JSON in ASCII: what a hostile report hides is to be seen by who reads the file.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || (c.is_ascii() && !c.is_control()) {
            text.push(c);
        } else {
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// A report in which nothing was found and nothing was checked; its verdict is `incomplete`.
pub(crate) fn empty_report() -> Report {
    Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: ToolRef { name: "gowoa".to_owned(), version: "0.1.0".to_owned() },
        started: "2026-11-23T13:10:42Z".to_owned(),
        duration_ms: 49_321,
        host: Host { name: "runner-1".to_owned(), platform: "linux/amd64".to_owned() },
        plan: PlanReport {
            target: "windows/arm64".to_owned(),
            patterns: vec!["./...".to_owned()],
            fail_on: Some(Severity::Error),
            ..PlanReport::default()
        },
        verdict: ReportVerdict::Incomplete,
        counts: Counts::default(),
        phases: Vec::new(),
        problems: Vec::new(),
        unproven: Vec::new(),
        subjects: Vec::new(),
        results: Vec::new(),
        findings: Vec::new(),
    }
}

/// A module path with a version.
pub(crate) fn module(path: &str, version: &str) -> ModuleRef {
    ModuleRef {
        path: path.to_owned(),
        version: Some(version.to_owned()),
        replaced_by: None,
        vendored: false,
    }
}

/// A subject of which only the name is known.
pub(crate) fn subject(kind: SubjectKind, name: &str) -> Subject {
    Subject::new(kind, name, name)
}

/// A package of a file-set class that came as far as `build`.
pub(crate) fn package(name: &str, class: FileSetClass, build: BuildState) -> Subject {
    Subject { class: Some(class), build: Some(build), ..subject(SubjectKind::Package, name) }
}

/// The verdict of a check on a subject; a reason where the verdict needs one.
pub(crate) fn result(
    check: &'static str,
    id: &SubjectId,
    verdict: ResultVerdict,
    reason: &str,
) -> CheckResult {
    CheckResult {
        check: CheckId::new(check),
        subject: id.clone(),
        verdict,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        gating: false,
    }
}

/// A finding of which only the message is known.
pub(crate) fn finding(
    check: &'static str,
    severity: Severity,
    id: &SubjectId,
    message: &str,
) -> Finding {
    Finding {
        check: CheckId::new(check),
        severity,
        confidence: Confidence::High,
        class: None,
        message: message.to_owned(),
        help: None,
        package: None,
        module: None,
        subject: id.clone(),
        location: None,
        anchor: None,
        reachability: None,
        evidence: Vec::new(),
        waived: None,
        known: false,
        origin: Vec::new(),
    }
}

/// A report with every kind of subject, verdict, finding and evidence, every optional field filled
/// somewhere, and verdict `incomplete`.
pub(crate) fn sample_report() -> Report {
    let subjects = sample_subjects();
    let mut results = sample_results();
    results.sort_by(|a, b| (&a.subject, &a.check).cmp(&(&b.subject, &b.check)));
    Report {
        plan: sample_plan(),
        counts: Counts {
            modules: 2,
            packages: 9,
            matched: 5,
            commands: 1,
            compiled: 3,
            linked: 2,
            link_proofs: 1,
            tests_built: 1,
            run: 0,
            images: 1,
            code_bytes: 3_145_728,
            code_words: 786_000,
            functions: 5_120,
            objects: 0,
            errors: 3,
            warnings: 3,
            notes: 2,
            waived: 1,
            known: 1,
            inconclusive: 2,
        },
        phases: vec![
            PhaseReport {
                name: "list".to_owned(),
                summary: "2 modules, 9 packages".to_owned(),
                duration_ms: 903,
                go_ms: Some(801),
            },
            PhaseReport {
                name: "build".to_owned(),
                summary: "3 packages, 1 command, 1 link proof".to_owned(),
                duration_ms: 48_211,
                go_ms: None,
            },
        ],
        problems: sample_problems(),
        unproven: vec![
            Unproven {
                label: "not run".to_owned(),
                text: "no test was executed".to_owned(),
                names: Vec::new(),
            },
            Unproven {
                label: "not linked".to_owned(),
                text: "1 package compiles and nothing links it".to_owned(),
                names: vec!["golang.org/x/crypto/argon2".to_owned()],
            },
        ],
        subjects,
        results,
        findings: sample_findings(),
        ..empty_report()
    }
}

fn sample_problems() -> Vec<Problem> {
    vec![
        Problem {
            message: "the dependencies of 1 package could not be resolved".to_owned(),
            details: vec![
                "example.com/app/db: missing go.sum entry for module providing package \
                     modernc.org/sqlite"
                    .to_owned(),
            ],
            next: Some("go mod tidy, or check with --mod=mod".to_owned()),
        },
        Problem {
            message: "tools/go.mod was not visited".to_owned(),
            details: Vec::new(),
            next: None,
        },
    ]
}

fn pkg(name: &str) -> SubjectId {
    SubjectId::new(SubjectKind::Package, name)
}

fn image() -> SubjectId {
    SubjectId::new(SubjectKind::Image, "dist/app.exe")
}

fn sample_subjects() -> Vec<Subject> {
    use BuildState as B;
    use FileSetClass as C;
    let mut subjects = vec![
        subject(SubjectKind::Build, "."),
        Subject {
            matched: true,
            command: true,
            ..package("example.com/app", C::Portable, B::Linked)
        },
        Subject { matched: true, ..package("example.com/app/db", C::Portable, B::NotBuilt) },
        Subject { matched: true, ..package("example.com/app/host", C::Portable, B::Stopped) },
        Subject { matched: true, ..package("example.com/app/raw", C::AssemblyDropped, B::Failed) },
        Subject { matched: true, ..package("example.com/app/epoll", C::Excluded, B::NotWindows) },
        Subject {
            module: Some(module(GO_OLE, "v1.2.5")),
            ..package(GO_OLE, C::FilesLost, B::Failed)
        },
        Subject {
            module: Some(ModuleRef {
                replaced_by: Some("../fork".to_owned()),
                vendored: true,
                ..module("github.com/old/dep", "v0.9.0")
            }),
            ..package("github.com/old/dep", C::CgoPartial, B::Failed)
        },
        Subject {
            module: Some(module("github.com/amd/only", "v1.0.0")),
            ..package("github.com/amd/only", C::Excluded, B::Excluded)
        },
        Subject {
            module: Some(module("golang.org/x/crypto", "v0.55.0")),
            ..package("golang.org/x/crypto/argon2", C::GenericFallback, B::Compiled)
        },
        Subject { build: Some(B::Linked), ..subject(SubjectKind::Test, "example.com/app") },
        Subject {
            machine: Some("ARM64".to_owned()),
            size: Some(4_194_304),
            sha256: Some(
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            ),
            packages: vec!["example.com/app".to_owned()],
            map: Some(map::map()),
            ..subject(SubjectKind::Image, "dist/app.exe")
        },
    ];
    subjects.sort_by(|a, b| a.id.cmp(&b.id));
    subjects
}

fn sample_results() -> Vec<CheckResult> {
    use ResultVerdict as V;
    let stopped = "github.com/go-ole/go-ole does not build; see there";
    let not_windows = "it fails for windows/amd64 too and builds for linux/amd64";
    let test = SubjectId::new(SubjectKind::Test, "example.com/app");
    vec![
        result("unsupported-flags", &SubjectId::new(SubjectKind::Build, "."), V::Pass, ""),
        result(CROSS, &pkg("example.com/app"), V::Pass, ""),
        result(CROSS, &test, V::Pass, ""),
        CheckResult {
            gating: true,
            ..result(CROSS, &pkg("example.com/app/db"), V::Inconclusive, "missing go.sum entry")
        },
        result(CROSS, &pkg("example.com/app/host"), V::Inconclusive, stopped),
        result(CROSS, &pkg("example.com/app/raw"), V::Fail, ""),
        result(CROSS, &pkg("example.com/app/epoll"), V::NotApplicable, not_windows),
        result(CROSS, &pkg(GO_OLE), V::Fail, ""),
        result(CROSS, &pkg("github.com/old/dep"), V::Fail, ""),
        result(CROSS, &pkg("github.com/amd/only"), V::NotApplicable, "see package-excluded"),
        result(CROSS, &pkg("golang.org/x/crypto/argon2"), V::Pass, ""),
        result("package-excluded", &pkg("example.com/app"), V::Pass, ""),
        result("package-excluded", &pkg("example.com/app/epoll"), V::NotApplicable, not_windows),
        result("package-excluded", &pkg("github.com/amd/only"), V::Fail, ""),
        result("needs-cgo", &pkg("example.com/app"), V::NotApplicable, "it has no cgo files"),
        result("needs-cgo", &pkg("github.com/old/dep"), V::Fail, ""),
        result("slow-path", &pkg("golang.org/x/crypto/argon2"), V::Fail, ""),
        result("slow-path", &pkg("example.com/app"), V::NotApplicable, "it has no assembly"),
        result("machine-type", &image(), V::Fail, ""),
        result("hardening", &image(), V::Fail, ""),
        result("signature", &image(), V::NotApplicable, "it is not signed"),
    ]
}

fn sample_findings() -> Vec<Finding> {
    let mut findings =
        vec![go_ole_finding(), raw_finding(), findings::of_image(), waived_finding()];
    let hardening = |message: &str| Finding {
        confidence: Confidence::Medium,
        ..finding("hardening", Severity::Warning, &image(), message)
    };
    findings.push(hardening("address space layout randomisation is off"));
    findings.push(hardening("high-entropy addresses are off"));
    findings.push(Finding {
        class: Some("stub".to_owned()),
        package: Some("github.com/old/dep".to_owned()),
        reachability: Some(Reachability::LinkedFunction),
        ..finding(
            "needs-cgo",
            Severity::Warning,
            &pkg("github.com/old/dep"),
            "github.com/old/dep is a stub without cgo: every call returns an error",
        )
    });
    findings.push(Finding {
        confidence: Confidence::Low,
        module: Some(module("golang.org/x/crypto", "v0.55.0")),
        reachability: Some(Reachability::LinkedPackage),
        evidence: vec![Evidence::Files {
            amd64_only: vec!["blamka_amd64.s".to_owned()],
            arm64_only: Vec::new(),
        }],
        ..finding(
            "slow-path",
            Severity::Note,
            &pkg("golang.org/x/crypto/argon2"),
            "golang.org/x/crypto/argon2 runs Go code on arm64, amd64 has assembly",
        )
    });
    findings.push(findings::of_floats());
    findings.push(Finding {
        reachability: Some(Reachability::GraphOnly),
        ..finding(
            "package-excluded",
            Severity::Note,
            &pkg("github.com/amd/only"),
            "build constraints leave no file of github.com/amd/only for arm64",
        )
    });
    findings
}

/// A dependency that fails: every kind of evidence a build gives.
fn go_ole_finding() -> Finding {
    Finding {
        class: Some("undefined-symbol".to_owned()),
        help: Some(
            "go get github.com/go-ole/go-ole@v1.3.0   (built in this run for windows/arm64: ok)"
                .to_owned(),
        ),
        package: Some(GO_OLE.to_owned()),
        module: Some(module(GO_OLE, "v1.2.5")),
        location: Some(Location {
            file: Some("github.com/go-ole/go-ole@v1.2.5/com.go".to_owned()),
            line: Some(238),
            column: Some(21),
            ..Location::default()
        }),
        reachability: Some(Reachability::StopsBuild),
        evidence: go_ole_evidence(),
        ..finding(
            CROSS,
            Severity::Error,
            &pkg(GO_OLE),
            "github.com/go-ole/go-ole v1.2.5 does not build for windows/arm64: undefined: VARIANT",
        )
    }
}

/// Out of order on purpose: a renderer has an order of its own.
fn go_ole_evidence() -> Vec<Evidence> {
    vec![
        Evidence::Reproduce {
            command: "GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host".to_owned(),
        },
        Evidence::Output {
            command: "go build -json ./...".to_owned(),
            status: Some(1),
            text: "# github.com/go-ole/go-ole\ncom.go:238:21: undefined: VARIANT".to_owned(),
        },
        Evidence::Stops {
            packages: vec!["example.com/app/host".to_owned(), "example.com/app/report".to_owned()],
        },
        Evidence::Control {
            target: "windows/amd64".to_owned(),
            outcome: ControlOutcome::Builds,
            text: None,
        },
        Evidence::Control {
            target: "linux/amd64".to_owned(),
            outcome: ControlOutcome::Fails,
            text: Some("com.go:3:8: no such package".to_owned()),
        },
        Evidence::Control {
            target: "windows/386".to_owned(),
            outcome: ControlOutcome::Unknown,
            text: None,
        },
        Evidence::Chain {
            links: vec![
                ChainLink { package: "example.com/app/host".to_owned(), module: None },
                ChainLink {
                    package: "github.com/shirou/gopsutil/v3/host".to_owned(),
                    module: Some(module("github.com/shirou/gopsutil/v3", "v3.21.9")),
                },
                ChainLink { package: GO_OLE.to_owned(), module: Some(module(GO_OLE, "v1.2.5")) },
            ],
        },
        Evidence::Cause {
            text: "variant_amd64.go defines VARIANT; no file does for arm64".to_owned(),
            file: Some("github.com/go-ole/go-ole@v1.2.5/variant_amd64.go".to_owned()),
            line: Some(7),
        },
    ]
}

/// A file of the main module: its file and line can be shown in the diff.
fn raw_finding() -> Finding {
    Finding {
        class: Some("missing-assembly".to_owned()),
        package: Some("example.com/app/raw".to_owned()),
        location: Some(Location {
            file: Some("raw/raw_windows.go".to_owned()),
            line: Some(12),
            ..Location::default()
        }),
        reachability: Some(Reachability::MainModule),
        evidence: vec![Evidence::Output {
            command: "go build ./raw".to_owned(),
            status: None,
            text: "raw.add: relocation target example.com/app/raw.add not defined".to_owned(),
        }],
        ..finding(
            CROSS,
            Severity::Error,
            &pkg("example.com/app/raw"),
            "example.com/app/raw compiles and does not link: raw.add has no body for arm64",
        )
    }
}

fn waived_finding() -> Finding {
    Finding {
        waived: Some(Waived {
            reason: "we ship without this feature until v2".to_owned(),
            expires: Some("2027-01-31".to_owned()),
        }),
        ..finding(
            CROSS,
            Severity::Error,
            &pkg("github.com/old/dep"),
            "github.com/old/dep v0.9.0 does not build for windows/arm64",
        )
    }
}
