//! Which cases a report becomes, and how each ends.

use super::*;
use crate::model::{BuildState, FileSetClass, Finding, Waived};
use crate::render::sample::package;

fn outcome(case: &Node) -> &str {
    let outcomes = ["failure", "error", "skipped"];
    case.children.iter().map(|c| c.name.as_str()).find(|n| outcomes.contains(n)).unwrap_or("pass")
}

/// Suite, name and outcome of every case, one a line.
fn table(report: &Report) -> String {
    let root = tree(report, Dialect::Rich);
    cases(&root)
        .iter()
        .map(|case| {
            let get = |key| case.get(key).unwrap();
            format!("{:<7} {} | {}\n", outcome(case), get("classname"), get("name"))
        })
        .collect()
}

#[test]
fn the_sample_as_a_table() {
    insta::assert_snapshot!(table(&sample_report()), @"
    error   gowoa | the dependencies of 1 package could not be resolved
    error   gowoa | tools/go.mod was not visited
    error   cross-compile | example.com/app/db
    skipped cross-compile | example.com/app/epoll
    skipped cross-compile | example.com/app/host
    failure cross-compile | example.com/app/raw
    failure cross-compile | github.com/go-ole/go-ole
    skipped cross-compile | github.com/old/dep
    pass    cross-compile | 2 packages, 1 test pass, 1 package not applicable
    skipped float-syscall | github.com/go-ole/go-ole
    pass    hardening | dist/app.exe
    failure machine-type | dist/app.exe
    pass    needs-cgo | github.com/old/dep
    skipped needs-cgo | 1 package not applicable
    pass    package-excluded | github.com/amd/only
    pass    package-excluded | 1 package passes, 1 package not applicable
    skipped signature | 1 image not applicable
    pass    slow-path | golang.org/x/crypto/argon2
    skipped slow-path | 1 package not applicable
    pass    unsupported-flags | 1 build passes
    ");
}

#[test]
fn never_failing_leaves_failures_out() {
    let mut report = sample_report();
    report.plan.fail_on = None;
    assert!(!table(&report).contains("failure"));
    report.plan.fail_on = Some(Severity::Note);
    assert_eq!(table(&report).matches("failure").count(), 7);
}

#[test]
fn a_finding_below_the_threshold_passes_and_is_still_told() {
    for dialect in BOTH {
        let mut report = one_finding("below");
        report.findings[0].severity = Severity::Warning;
        report.verdict = ReportVerdict::Pass;
        let root = tree(&report, dialect);
        assert_eq!(outcome(case(&root, "p")), "pass");
        let holder = match dialect {
            Dialect::Rich => case(&root, "p"),
            Dialect::Strict => root.child("testsuite").unwrap(),
        };
        assert!(holder.child("system-out").unwrap().text.contains("warning: below"));
    }
}

#[test]
fn waived_is_skipped_only_where_all_is_waived() {
    let mut report = one_finding("first");
    report.verdict = ReportVerdict::Pass;
    report.findings[0].waived = Some(Waived { reason: "known".to_owned(), expires: None });
    let root = tree(&report, Dialect::Strict);
    let skipped = case(&root, "p").child("skipped").unwrap().clone();
    assert_eq!(skipped.get("message"), Some("waived: known"));
    assert!(skipped.text.starts_with("error: first\n  waived"), "{}", skipped.text);

    let mut second = report.findings[0].clone();
    second.waived = None;
    second.message = "second".to_owned();
    report.findings.push(second);
    let root = tree(&report, Dialect::Strict);
    let failure = case(&root, "p").child("failure").unwrap();
    assert_eq!(failure.get("message"), Some("second"));
    assert!(failure.text.starts_with("second\n\nerror: first\n"), "{}", failure.text);

    report.findings[1].severity = Severity::Note;
    assert_eq!(outcome(case(&tree(&report, Dialect::Rich), "p")), "pass");
}

#[test]
fn known_is_skipped_only_where_nothing_else_counts() {
    let mut report = one_finding("first");
    report.verdict = ReportVerdict::Pass;
    report.findings[0].known = true;
    let root = tree(&report, Dialect::Strict);
    let skipped = case(&root, "p").child("skipped").unwrap().clone();
    assert_eq!(skipped.get("message"), Some("known: in the baseline"));
    assert!(
        skipped.text.starts_with("error: first\n  known    in the baseline"),
        "{}",
        skipped.text
    );

    // Waived or known, neither counts.
    let waived = Some(Waived { reason: "later".to_owned(), expires: None });
    report.findings.push(Finding { waived, known: false, ..report.findings[0].clone() });
    assert_eq!(outcome(case(&tree(&report, Dialect::Rich), "p")), "skipped");

    let new = Finding { known: false, message: "new".to_owned(), ..report.findings[0].clone() };
    report.findings.push(new);
    let root = tree(&report, Dialect::Strict);
    let failure = case(&root, "p").child("failure").unwrap();
    assert_eq!(failure.get("message"), Some("new"));
    assert!(failure.text.contains("error: first\n  known"), "{}", failure.text);
}

#[test]
fn the_body_has_its_order() {
    let root = tree(&sample_report(), Dialect::Strict);
    let body = &case(&root, "github.com/go-ole/go-ole").child("failure").unwrap().text;
    insta::assert_snapshot!(body, @r#"
    github.com/go-ole/go-ole v1.2.5 does not build for windows/arm64: undefined: VARIANT
      fix      go get github.com/go-ole/go-ole@v1.3.0   (built in this run for windows/arm64: ok)
      at       github.com/go-ole/go-ole@v1.2.5/com.go:238:21
      reach    stops the build
      cause    variant_amd64.go defines VARIANT; no file does for arm64
               github.com/go-ole/go-ole@v1.2.5/variant_amd64.go:7
      control  windows/amd64 builds with the same flags: an arm64 problem
      control  linux/amd64 fails too
        com.go:3:8: no such package
      control  windows/386 could not be judged
      chain    example.com/app/host
               -> github.com/shirou/gopsutil/v3/host v3.21.9
               -> github.com/go-ole/go-ole v1.2.5
      stops    example.com/app/host, example.com/app/report
      output   GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host (exit 1)
        # github.com/go-ole/go-ole
        com.go:238:21: undefined: VARIANT
      see it   GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host
    "#);
}

#[test]
fn an_unproven_report_says_so_in_its_first_suite() {
    for dialect in BOTH {
        let root = tree(&sample_report(), dialect);
        let out = &root.child("testsuite").unwrap().child("system-out").unwrap().text;
        assert!(out.contains("not proven: not run: no test was executed\n"), "{out}");
    }
}

#[test]
fn a_left_out_package_is_shown_once() {
    let p = package("p", FileSetClass::Excluded, BuildState::NotWindows);
    let q = package("q", FileSetClass::Portable, BuildState::Linked);
    let na = ResultVerdict::NotApplicable;
    let report = Report {
        verdict: ReportVerdict::Pass,
        results: vec![
            result("arch-table", &p.id, na, "not built"),
            result("arch-table", &q.id, ResultVerdict::Pass, ""),
            result("cross-compile", &p.id, na, "builds for linux only"),
            result("cross-compile", &q.id, ResultVerdict::Pass, ""),
            result("slow-path", &q.id, na, "no assembly"),
        ],
        subjects: vec![p, q],
        ..empty_report()
    };
    insta::assert_snapshot!(table(&report), @r#"
    pass    arch-table | 1 package passes, 1 package not applicable
    skipped cross-compile | p
    pass    cross-compile | 1 package passes
    skipped slow-path | 1 package not applicable
    "#);
    let root = tree(&report, Dialect::Rich);
    let skipped = case(&root, "p").child("skipped").unwrap();
    assert_eq!(skipped.get("message"), Some("builds for linux only"));
}

#[test]
fn a_report_that_is_no_pass_never_looks_like_one() {
    let q = package("q", FileSetClass::Portable, BuildState::Linked);
    for verdict in [ReportVerdict::Fail, ReportVerdict::Incomplete] {
        let report = Report {
            verdict,
            results: vec![result("slow-path", &q.id, ResultVerdict::NotApplicable, "no assembly")],
            subjects: vec![q.clone()],
            ..empty_report()
        };
        assert_eq!(outcome(case(&tree(&report, Dialect::Rich), "verdict")), "error");
    }
}

#[test]
fn a_failed_check_without_a_finding_is_an_error() {
    let mut report = one_finding("gone");
    report.findings.clear();
    assert_eq!(outcome(case(&tree(&report, Dialect::Rich), "p")), "error");
}

#[test]
fn a_finding_without_a_result_is_shown() {
    let mut report = one_finding("lost");
    report.results.clear();
    report.subjects.clear();
    assert_eq!(outcome(case(&tree(&report, Dialect::Rich), "package:p")), "failure");
}

#[test]
fn an_inconclusive_that_decides_is_an_error_and_another_is_skipped() {
    let root = tree(&sample_report(), Dialect::Strict);
    let gating = case(&root, "example.com/app/db").child("error").unwrap();
    assert_eq!(gating.get("type"), Some("inconclusive"));
    assert_eq!(gating.text, "missing go.sum entry\n  the report is incomplete because of this");
    // One that does not decide must not turn a run red whose report passes.
    let other = case(&root, "example.com/app/host").child("skipped").unwrap();
    assert!(other.get("message").is_some_and(|message| message.starts_with("could not tell: ")));
}

#[test]
fn a_check_without_an_id_still_has_a_suite() {
    let mut report = one_finding("x");
    report.results[0].check = CheckId::new("");
    report.findings[0].check = CheckId::new("");
    for dialect in BOTH {
        let root = tree(&report, dialect);
        assert_eq!(root.child("testsuite").unwrap().get("name"), Some("(no name)"));
    }
}

#[test]
fn packages_and_tests_of_one_name_keep_their_names() {
    let (package, test) = (subject(SubjectKind::Package, "p"), subject(SubjectKind::Test, "p"));
    let bad = |id: &SubjectId| finding("cross-compile", Severity::Error, id, "bad");
    let mut report = Report {
        results: vec![
            result("cross-compile", &package.id, ResultVerdict::Pass, ""),
            result("cross-compile", &test.id, ResultVerdict::Fail, ""),
        ],
        findings: vec![bad(&test.id)],
        subjects: vec![package, test],
        verdict: ReportVerdict::Fail,
        ..empty_report()
    };
    insta::assert_snapshot!(table(&report), @r#"
    failure cross-compile | p (test)
    pass    cross-compile | 1 package passes
    "#);
    report.results[0].verdict = ResultVerdict::Fail;
    report.findings.push(bad(&report.subjects[0].id));
    insta::assert_snapshot!(table(&report), @r#"
    failure cross-compile | p
    failure cross-compile | p (test)
    "#);
}
