use super::*;
use crate::model::{
    BuildState, CheckResult, Counts, Host, PlanReport, Problem, Severity, Subcommand, Subject,
    SubjectKind, ToolRef,
};
use crate::policy::merge::{Input, merge};
use crate::policy::tests::finding;

fn id() -> SubjectId {
    SubjectId::new(SubjectKind::Package, "m/a")
}

/// A report of one package that was matched, linked and found good.
fn report() -> Report {
    let subject = Subject {
        matched: true,
        build: Some(BuildState::Linked),
        ..Subject::new(SubjectKind::Package, "m/a", "m/a")
    };
    let result = CheckResult {
        check: CheckId::new("x"),
        subject: id(),
        verdict: ResultVerdict::Pass,
        reason: None,
        gating: false,
    };
    Report {
        schema_version: "1.3".into(),
        tool: ToolRef { name: "gowoa".into(), version: "0.1.0".into() },
        started: "2026-11-27T15:23:55Z".into(),
        duration_ms: 1,
        host: Host { name: "h".into(), platform: "linux/amd64".into() },
        plan: PlanReport {
            target: TARGET.into(),
            fail_on: Some(Severity::Error),
            ..PlanReport::default()
        },
        verdict: ReportVerdict::Pass,
        counts: totals::of_subjects(std::slice::from_ref(&subject)),
        phases: Vec::new(),
        problems: Vec::new(),
        unproven: Vec::new(),
        subjects: vec![subject],
        results: vec![result],
        findings: Vec::new(),
    }
}

/// The same with an error in the package.
fn failed() -> Report {
    let mut report = report();
    report.findings.push(crate::model::Finding { subject: id(), ..finding(Severity::Error) });
    report.results[0].verdict = ResultVerdict::Fail;
    report.verdict = ReportVerdict::Fail;
    report.counts.errors = 1;
    report
}

/// What `gowoa report` makes of it alone.
fn told(report: &Report) -> (ReportVerdict, Vec<String>) {
    let merged = merge(Input { label: "r".into(), report: report.clone() }, Vec::new(), None);
    (merged.report.verdict, merged.notes)
}

fn says(report: &Report) -> String {
    contradiction(report).unwrap().to_string()
}

#[test]
fn what_gowoa_writes_agrees_with_itself() {
    for report in [report(), failed()] {
        assert_eq!(contradiction(&report), None);
        assert_eq!(told(&report), (report.verdict, Vec::new()));
    }
}

#[test]
fn totals_are_counted_again() {
    let hidden = Report { counts: Counts { errors: 0, ..failed().counts }, ..failed() };
    assert_eq!(says(&hidden), "counts.errors is 0, and its findings and results make it 1");
    let fields: [fn(&mut Counts) -> &mut u64; 5] = [
        |counts| &mut counts.warnings,
        |counts| &mut counts.notes,
        |counts| &mut counts.waived,
        |counts| &mut counts.known,
        |counts| &mut counts.inconclusive,
    ];
    for field in fields {
        let mut more = report();
        *field(&mut more.counts) += 1;
        assert!(says(&more).contains(" is 1, and its findings and results make it 0"));
    }
    let mut proud = report();
    proud.counts.compiled = 900;
    assert_eq!(says(&proud), "counts.compiled is 900, and its subjects show 1");
}

#[test]
fn a_fail_without_a_finding_is_refused() {
    let mut silent = report();
    silent.results[0].verdict = ResultVerdict::Fail;
    assert_eq!(says(&silent), "results: x is fail for package:m/a, and no finding says why");
    // A finding of another subject does not say why.
    let mut other = failed();
    other.findings[0].subject = SubjectId::new(SubjectKind::Package, "m/b");
    assert!(says(&other).starts_with("results: x is fail for package:m/a"));
}

#[test]
fn the_worse_answer_holds() {
    use ReportVerdict::{Fail, Incomplete, Pass};
    let green = Report { verdict: Pass, ..failed() };
    assert_eq!(
        told(&green),
        (Fail, vec!["r says pass, and its content makes it fail, which holds".into()])
    );
    let problem = Problem { message: "no Go".into(), details: Vec::new(), next: None };
    let cut = Report { problems: vec![problem], ..report() };
    assert_eq!(told(&cut).0, Incomplete);
    let mut gating = report();
    gating.results[0] = CheckResult {
        verdict: ResultVerdict::Inconclusive,
        gating: true,
        ..gating.results[0].clone()
    };
    gating.counts.inconclusive = 1;
    assert_eq!((contradiction(&gating), told(&gating).0), (None, Incomplete));
    // What is worse than its content stays so.
    for verdict in [Fail, Incomplete] {
        assert_eq!(told(&Report { verdict, ..report() }), (verdict, Vec::new()));
    }
}

#[test]
fn nothing_judged_is_no_pass() {
    let empty =
        Report { subjects: Vec::new(), results: Vec::new(), counts: Counts::default(), ..report() };
    // A package that nobody asked for, and one that did not compile.
    let (mut unasked, mut unbuilt) = (report(), report());
    unasked.subjects[0].matched = false;
    unbuilt.subjects[0].build = Some(BuildState::NotBuilt);
    let mut skipped = report();
    skipped.results[0].verdict = ResultVerdict::NotApplicable;
    for report in [empty, unasked, unbuilt, skipped] {
        let (verdict, notes) = told(&report);
        assert_eq!(verdict, ReportVerdict::Incomplete);
        assert_eq!(notes, ["r says pass, and its content makes it incomplete, which holds"]);
    }
    // Of files that were given, each that is judged counts.
    let mut given = report();
    given.plan.subcommand = Subcommand::Inspect;
    given.subjects[0].matched = false;
    assert_eq!(told(&given).0, ReportVerdict::Pass);
}

#[test]
fn what_the_plan_cannot_have_made_is_no_report() {
    let mut elsewhere = report();
    elsewhere.plan.target = "linux/amd64".into();
    assert_eq!(
        says(&elsewhere),
        "plan.target is \"linux/amd64\", and gowoa builds for windows/arm64"
    );

    let mut known = failed();
    known.findings[0].known = true;
    (known.counts.errors, known.counts.known) = (0, 1);
    assert_eq!(says(&known), "findings are known from a baseline, and plan.baseline names none");
    known.plan.baseline = Some("known.json".into());
    assert_eq!(contradiction(&known), None);
}

#[test]
fn what_failed_to_build_does_not_pass() {
    let mut report = report();
    report.subjects[0].build = Some(BuildState::Failed);
    report.counts = totals::of_subjects(&report.subjects);
    report.results[0].check = CheckId::new("cross-compile");
    let words = says(&report);
    assert!(words.starts_with("results: cross-compile is pass for "), "{words}");
}
