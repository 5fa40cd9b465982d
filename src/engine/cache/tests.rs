use super::*;
use crate::model::{
    BuildState, CheckId, CheckResult, Counts, Finding, Host, ResultVerdict, Severity, Subject,
    SubjectKind, ToolRef, Waived,
};
use crate::policy::tests::finding;

fn package(path: &str) -> PackageFacts {
    PackageFacts { import_path: path.into(), matched: true, ..PackageFacts::default() }
}

/// A screening of the package `p`, which was linked and found good.
fn report() -> Report {
    let subject = Subject {
        matched: true,
        build: Some(BuildState::Linked),
        ..Subject::new(SubjectKind::Package, "p", "p")
    };
    let result = CheckResult {
        check: CheckId::new("x"),
        subject: subject.id.clone(),
        verdict: ResultVerdict::Pass,
        reason: None,
        gating: false,
    };
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: ToolRef { name: "gowoa".into(), version: env!("CARGO_PKG_VERSION").into() },
        started: "2026-01-01T00:00:00Z".into(),
        duration_ms: 1,
        host: Host { name: "h".into(), platform: "linux/amd64".into() },
        plan: plan(),
        verdict: ReportVerdict::Pass,
        counts: Counts { packages: 1, matched: 1, compiled: 1, linked: 1, ..Counts::default() },
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
    report.verdict = ReportVerdict::Fail;
    report.counts.errors = 1;
    report.results[0].verdict = ResultVerdict::Fail;
    report
        .findings
        .push(Finding { subject: report.subjects[0].id.clone(), ..finding(Severity::Error) });
    report
}

fn plan() -> PlanReport {
    PlanReport {
        subcommand: crate::model::Subcommand::Screen,
        target: "windows/arm64".into(),
        go_version: Some("go1.26.8".into()),
        patterns: vec!["./...".into()],
        fail_on: Some(Severity::Error),
        ..PlanReport::default()
    }
}

fn expected<'a>(packages: &'a [&'a PackageFacts]) -> Known<'a> {
    let platform = "linux/amd64".into();
    Known { plan: plan(), module: None, platform, waives: false, packages }
}

#[test]
fn an_entry_counts_only_for_its_key_and_its_packages() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::of(dir.path());
    let (p, q) = (package("p"), package("q"));
    for told in [report(), failed()] {
        cache.put("k", &told);
        assert_eq!(cache.get("k", &expected(&[&p])), Some(told.clone()));
        assert_eq!(cache.get("other", &expected(&[&p])), None);
        assert_eq!(cache.get("k", &expected(&[&q])), None, "another graph");
        assert_eq!(cache.get("k", &expected(&[&p, &q])), None, "a package more");
        let unasked = PackageFacts { matched: false, ..package("p") };
        assert_eq!(cache.get("k", &expected(&[&unasked])), None, "asked for by nobody");
    }
}

/// Whoever can write the cache can write the sum as well.
#[test]
fn a_forged_entry_is_not_believed() {
    type Lie = (&'static str, fn(&mut Report));
    let lies: [Lie; 18] = [
        ("verdict", |report| report.verdict = ReportVerdict::Pass),
        ("findings", |report| report.findings.clear()),
        ("findings and count", |report| {
            report.findings.clear();
            report.counts.errors = 0;
            report.verdict = ReportVerdict::Pass;
        }),
        ("counts", |report| report.counts = Counts::default()),
        ("a claim less", |report| report.counts.packages = 0),
        ("a claim more", |report| report.counts.tests_built = 1),
        ("code", |report| report.counts.code_bytes = 1),
        ("waived", |report| {
            report.findings[0].waived = Some(Waived { reason: "r".into(), expires: None });
            report.counts = Counts { errors: 0, waived: 1, ..report.counts.clone() };
            report.verdict = ReportVerdict::Pass;
        }),
        ("known", |report| {
            report.findings[0].known = true;
            report.counts = Counts { errors: 0, known: 1, ..report.counts.clone() };
            report.verdict = ReportVerdict::Pass;
        }),
        ("patterns", |report| report.plan.patterns = vec!["zz".into()]),
        ("target", |report| report.plan.target = "plan9/arm64".into()),
        ("tags", |report| report.plan.tags = vec!["x".into()]),
        ("cgo", |report| report.plan.cgo = true),
        ("threshold", |report| {
            report.plan.fail_on = None;
            report.verdict = ReportVerdict::Pass;
        }),
        ("module", |report| report.plan.module = Some("m@v1.0.0".into())),
        ("Go", |report| report.plan.go_version = Some("go1.99".into())),
        ("machine", |report| report.host.platform = "plan9/arm64".into()),
        ("program", |report| report.tool.version = "0".into()),
    ];
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::of(dir.path());
    let p = package("p");
    for (name, lie) in lies {
        let mut forged = failed();
        lie(&mut forged);
        cache.put("k", &forged);
        assert_eq!(cache.get("k", &expected(&[&p])), None, "{name}");
    }
}

/// Where the tree is and how it was named is no setting, and a module is asked about without its version.
#[test]
fn what_changes_no_answer_is_not_compared() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::of(dir.path());
    let p = package("p");
    let mut told = report();
    told.plan.base = Some("below".into());
    told.plan.directory = Some("project".into());
    told.plan.module = Some("example.com/m@v1.2.3".into());
    cache.put("k", &told);
    let packages = [&p];
    let asked = |module| Known { module: Some(module), ..expected(&packages) };
    assert_eq!(cache.get("k", &asked("example.com/m")), Some(told));
    assert_eq!(cache.get("k", &asked("example.com/n")), None);
}

#[test]
fn what_was_not_judged_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::of(dir.path());
    cache.put("k", &Report { verdict: ReportVerdict::Incomplete, ..report() });
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_known_report_says_whose_it_is() {
    let lists = vec![PhaseReport {
        name: "list".into(),
        summary: String::new(),
        duration_ms: 5,
        go_ms: None,
    }];
    let told = known(report(), "2026-02-02T00:00:00Z", lists);
    assert_eq!(told.started, "2026-02-02T00:00:00Z");
    assert!(told.phases[1].summary.contains("2026-01-01T00:00:00Z"));
}
