//! The reports that the tests of the terminal format render.

use crate::model::*;

pub(super) fn empty(verdict: ReportVerdict) -> Report {
    Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: ToolRef { name: "gowoa".to_owned(), version: "0.1.0".to_owned() },
        started: "2026-11-23T12:00:00Z".to_owned(),
        duration_ms: 49_200,
        host: Host { name: "build-1".to_owned(), platform: "linux/amd64".to_owned() },
        plan: PlanReport {
            target: "windows/arm64".to_owned(),
            go_version: Some("go1.26.8".to_owned()),
            go_origin: Some("PATH".to_owned()),
            fail_on: Some(Severity::Error),
            ..PlanReport::default()
        },
        verdict,
        counts: Counts::default(),
        phases: vec![],
        problems: vec![],
        unproven: vec![],
        subjects: vec![],
        results: vec![],
        findings: vec![],
    }
}

pub(super) fn module(path: &str, version: &str) -> Option<ModuleRef> {
    Some(ModuleRef {
        path: path.to_owned(),
        version: Some(version.to_owned()),
        replaced_by: None,
        vendored: false,
    })
}

pub(super) fn subject(kind: SubjectKind, name: &str, build: Option<BuildState>) -> Subject {
    Subject {
        id: SubjectId::new(kind, name),
        kind,
        name: name.to_owned(),
        module: None,
        matched: kind == SubjectKind::Package,
        command: false,
        class: (kind == SubjectKind::Package).then_some(FileSetClass::Portable),
        build,
        machine: None,
        size: None,
        sha256: None,
        packages: vec![],
        map: None,
    }
}

pub(super) fn result(
    subject: &Subject,
    check: &'static str,
    verdict: ResultVerdict,
) -> CheckResult {
    let check = CheckId::new(check);
    CheckResult { check, subject: subject.id.clone(), verdict, reason: None, gating: false }
}

pub(super) fn finding(
    check: &'static str,
    severity: Severity,
    package: &str,
    message: &str,
) -> Finding {
    Finding {
        check: CheckId::new(check),
        severity,
        confidence: Confidence::High,
        class: None,
        message: message.to_owned(),
        help: None,
        package: Some(package.to_owned()),
        module: None,
        subject: SubjectId::new(SubjectKind::Package, package),
        location: None,
        anchor: None,
        reachability: Some(Reachability::MainModule),
        evidence: vec![],
        waived: None,
        known: false,
        origin: Vec::new(),
    }
}

pub(super) fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

pub(super) fn phase(name: &str, summary: &str, duration_ms: u64) -> PhaseReport {
    PhaseReport { name: name.to_owned(), summary: summary.to_owned(), duration_ms, go_ms: None }
}

pub(super) fn pass() -> Report {
    let mut report = empty(ReportVerdict::Pass);
    report.phases = vec![
        phase("list", "2 modules, 61 packages", 940),
        phase("build", "58 packages, 3 commands, 2 link proofs", 48_210),
        phase("inspect", "2 images, 31 MB of code", 130),
    ];
    for (name, state) in [
        ("example.com/app", BuildState::Linked),
        ("example.com/app/internal/epoll", BuildState::NotWindows),
        ("example.com/app/internal/netlink", BuildState::NotWindows),
    ] {
        report.subjects.push(subject(SubjectKind::Package, name, Some(state)));
    }
    for name in ["app.exe", "link-proof.exe"] {
        let image = subject(SubjectKind::Image, name, None);
        report.results.push(result(&image, "machine-type", ResultVerdict::Pass));
        report.results.push(result(&image, "build-info", ResultVerdict::Pass));
        report.subjects.push(image);
    }
    let argon = "golang.org/x/crypto/argon2";
    let message = format!("{argon} runs Go code on arm64, amd64 has assembly");
    report.findings = vec![finding("slow-path", Severity::Note, argon, &message)];
    report.counts = Counts {
        modules: 2,
        packages: 61,
        matched: 61,
        commands: 3,
        compiled: 58,
        linked: 58,
        link_proofs: 2,
        images: 2,
        notes: 1,
        ..Counts::default()
    };
    report
}

pub(super) fn go_ole() -> Finding {
    let link = |package: &str, module| ChainLink { package: package.to_owned(), module };
    let ole = "github.com/go-ole/go-ole";
    let gopsutil = "github.com/shirou/gopsutil/v3";
    let output = "# github.com/go-ole/go-ole\n../pkg/mod/github.com/go-ole/go-ole@v1.2.5/com.go:238:21: \
                  undefined: VARIANT\ncom.go:251:30: undefined: VARIANT";
    Finding {
        class: Some("undefined-symbol".to_owned()),
        help: Some(
            "go get github.com/go-ole/go-ole@v1.3.0\nor drop the package that imports it"
                .to_owned(),
        ),
        module: module(ole, "v1.2.5"),
        location: Some(Location {
            file: Some("github.com/go-ole/go-ole@v1.2.5/com.go".to_owned()),
            line: Some(238),
            column: Some(21),
            ..Location::default()
        }),
        reachability: Some(Reachability::StopsBuild),
        evidence: vec![
            Evidence::Reproduce {
                command: "GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host".to_owned(),
            },
            Evidence::Stops {
                packages: strings(&["example.com/app/host", "example.com/app/report"]),
            },
            Evidence::Chain {
                links: vec![
                    link("example.com/app/host", None),
                    link("github.com/shirou/gopsutil/v3/host", module(gopsutil, "v3.21.9")),
                    link(ole, module(ole, "v1.2.5")),
                ],
            },
            Evidence::Control {
                target: "windows/amd64".to_owned(),
                outcome: ControlOutcome::Builds,
                text: None,
            },
            Evidence::Cause {
                text: "variant_amd64.go defines VARIANT; no file does for arm64".to_owned(),
                file: Some("github.com/go-ole/go-ole@v1.2.5/variant_amd64.go".to_owned()),
                line: Some(9),
            },
            Evidence::Output {
                command: "go build".to_owned(),
                status: Some(1),
                text: output.to_owned(),
            },
        ],
        ..finding("cross-compile", Severity::Error, ole, "undefined: VARIANT")
    }
}

pub(super) fn fail() -> Report {
    let mut report = pass();
    report.verdict = ReportVerdict::Fail;
    report.findings.insert(0, go_ole());
    let image = &report.subjects[3];
    report.findings.push(Finding {
        package: None,
        subject: image.id.clone(),
        confidence: Confidence::Medium,
        reachability: None,
        location: Some(Location {
            section: Some(".text".to_owned()),
            rva: Some(0x4_c1a0),
            file_offset: Some(0x4_b5a0),
            function: Some("main.fastSum".to_owned()),
            ..Location::default()
        }),
        evidence: vec![Evidence::Field {
            name: "DllCharacteristics".to_owned(),
            value: "0x0100".to_owned(),
            file_offset: Some(0x16e),
        }],
        ..finding("hardening", Severity::Warning, "", "the image has no ASLR")
    });
    report.findings.push(Finding {
        waived: Some(Waived {
            reason: "only used on Linux".to_owned(),
            expires: Some("2027-03-01".to_owned()),
        }),
        ..finding(
            "package-excluded",
            Severity::Error,
            "example.com/app/old",
            "no Go files for arm64",
        )
    });
    report.counts =
        Counts { compiled: 56, linked: 56, errors: 1, warnings: 1, waived: 1, ..report.counts };
    let build = result(&report.subjects[3], "hardening", ResultVerdict::Fail);
    report.results.push(build);
    report
}

pub(super) fn incomplete() -> Report {
    let mut report = empty(ReportVerdict::Incomplete);
    report.phases = vec![phase("list", "1 module, 58 packages", 128_400)];
    report.problems = vec![Problem {
        message: "the dependencies of 3 packages could not be resolved".to_owned(),
        details: strings(&[
            "example.com/app/db: missing go.sum entry for module providing package modernc.org/sqlite",
        ]),
        next: Some("go mod tidy, or check with --mod=mod".to_owned()),
    }];
    for name in ["example.com/app", "example.com/app/db", "example.com/app/gen"] {
        let package = subject(SubjectKind::Package, name, Some(BuildState::Compiled));
        let mut result = result(&package, "cross-compile", ResultVerdict::Pass);
        if name != "example.com/app" {
            result.verdict = ResultVerdict::Inconclusive;
            result.gating = name.ends_with("db");
            result.reason =
                Some("fails everywhere: pattern dist: no matching files found".to_owned());
        }
        report.results.push(result);
        report.subjects.push(package);
    }
    report.counts = Counts {
        modules: 1,
        packages: 58,
        compiled: 55,
        linked: 0,
        inconclusive: 2,
        ..Counts::default()
    };
    report.unproven = vec![Unproven {
        label: "nested".to_owned(),
        text: "2 modules below this one were not visited".to_owned(),
        names: strings(&["tools/go.mod", "examples/go.mod"]),
    }];
    report
}

pub(super) fn incomplete_and_fail() -> Report {
    let mut report = incomplete();
    report.findings = vec![go_ole()];
    report.counts.errors = 1;
    report.problems.push(Problem {
        message: "the module proxy cannot be reached".to_owned(),
        details: strings(&["dial tcp: lookup proxy.example.com: no such host"]),
        next: Some("set GOPROXY\nor use --offline".to_owned()),
    });
    report
}

pub(super) fn many() -> Report {
    let mut report = fail();
    report.counts.errors = 300;
    report.counts.notes = 8;
    report.findings.retain(|f| f.severity == Severity::Error);
    for number in 0..299 {
        let package = format!("example.com/app/p{number:03}");
        let mut one = finding("cross-compile", Severity::Error, &package, "missing function body");
        one.class = Some("missing-body".to_owned());
        report.findings.push(one);
    }
    for number in 0..8 {
        let package = format!("example.com/app/n{number}");
        report.findings.push(finding("slow-path", Severity::Note, &package, "generic code"));
    }
    report
}

pub(super) fn hostile() -> Report {
    let mut report = fail();
    report.plan.go_version = Some("go1\x1b[2J".to_owned());
    report.findings.truncate(1);
    let bad = &mut report.findings[0];
    bad.package = Some("::error file=x::pwn".to_owned());
    bad.module = module("m", "v1\n##[error]forged");
    bad.message =
        "::set-env name=a::b\u{202e}\nPASS  forged\r\n##vso[task.setvariable]x".to_owned();
    bad.location = None;
    bad.help = Some("\x1b]8;;https://evil\x07go get\tx".to_owned());
    let lines: Vec<String> = (0..40).map(|n| format!("::debug::{n}\u{200b}")).collect();
    bad.evidence = vec![
        Evidence::Output { command: "go build".to_owned(), status: None, text: lines.join("\n") },
        Evidence::Chain {
            links: (0..30).map(|n| ChainLink { package: format!("p{n}"), module: None }).collect(),
        },
        Evidence::Stops { packages: (0..50).map(|n| format!("s{n}")).collect() },
    ];
    report
}
