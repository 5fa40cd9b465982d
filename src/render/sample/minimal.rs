//! A report with as little as a report can have.

use crate::model::{
    Anchor, AnchorKind, ChainLink, ControlOutcome, Evidence, Finding, ListingLine, Location,
    ModuleRef, PhaseReport, PlanReport, Problem, Report, ReportVerdict, ResultVerdict, Severity,
    SubjectId, SubjectKind, Unproven, Waived,
};

use super::{CROSS, empty_report, finding, result, subject};

/// A report with one of everything and no optional field: what is written here is always written.
pub(crate) fn minimal_report() -> Report {
    let id = SubjectId::new(SubjectKind::Package, "p");
    let bare = finding(CROSS, Severity::Error, &id, "m");
    let text = |text: &str| text.to_owned();
    let module = ModuleRef { path: text("m"), version: None, replaced_by: None, vendored: false };
    let evidence = vec![
        Evidence::Output { command: text("go"), status: None, text: text("t") },
        Evidence::Cause { text: text("t"), file: None, line: None },
        Evidence::Control { target: text("t"), outcome: ControlOutcome::Fails, text: None },
        Evidence::Chain { links: vec![ChainLink { package: text("p"), module: None }] },
        Evidence::Stops { packages: Vec::new() },
        Evidence::Files { amd64_only: Vec::new(), arm64_only: Vec::new() },
        Evidence::Field { name: text("n"), value: text("v"), file_offset: None },
        Evidence::Code {
            rva: 0,
            file_offset: 0,
            bytes: String::new(),
            x86: Vec::new(),
            a64: Vec::new(),
        },
        Evidence::Source { file: text("f"), line: 1, text: text("t") },
        Evidence::Listing {
            command: text("go"),
            lines: vec![ListingLine {
                function: text("f"),
                file: None,
                line: None,
                text: text("t"),
            }],
        },
        Evidence::Linked {
            image: text("i"),
            functions: Vec::new(),
            reflection: false,
            link_proof: false,
            path: Vec::new(),
        },
        Evidence::Tried {
            module: text("m"),
            target: text("t"),
            outcome: ControlOutcome::Unknown,
            text: None,
        },
        Evidence::Rule { id: text("R"), summary: text("s"), url: None },
        Evidence::Reproduce { command: text("go") },
    ];
    let one_each = Finding {
        module: Some(module),
        location: Some(Location::default()),
        anchor: Some(Anchor {
            file: text("f"),
            line: None,
            column: None,
            kind: AnchorKind::Module,
        }),
        evidence,
        waived: Some(Waived { reason: text("r"), expires: None }),
        ..bare.clone()
    };
    Report {
        plan: PlanReport { target: text("windows/arm64"), ..PlanReport::default() },
        verdict: ReportVerdict::Fail,
        phases: vec![PhaseReport {
            name: text("list"),
            summary: text(""),
            duration_ms: 0,
            go_ms: None,
        }],
        problems: vec![Problem { message: text("m"), details: Vec::new(), next: None }],
        unproven: vec![Unproven { label: text("l"), text: text("t"), names: Vec::new() }],
        subjects: vec![subject(SubjectKind::Package, "p")],
        results: vec![result(CROSS, &id, ResultVerdict::Fail, "")],
        findings: vec![bare, one_each],
        ..empty_report()
    }
}
