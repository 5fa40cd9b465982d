use super::*;
use crate::model::{
    BuildState, CheckId, CheckResult, Confidence, Finding, ModuleRef, PlanReport, ResultVerdict,
    Subcommand, SubjectId, Unproven,
};

fn recount(report: &mut Report) {
    totals::recount(&mut report.counts, &report.findings, &report.results);
}

fn package(name: &str, matched: bool, build: BuildState) -> Subject {
    let module = Some(ModuleRef { path: "m".into(), ..ModuleRef::default() });
    Subject {
        matched,
        build: Some(build),
        module,
        ..Subject::new(SubjectKind::Package, name, name)
    }
}

fn result(name: &str, verdict: ResultVerdict) -> CheckResult {
    CheckResult {
        check: CheckId::new("cross-compile"),
        subject: SubjectId::new(SubjectKind::Package, name),
        verdict,
        reason: None,
        gating: false,
    }
}

fn finding(name: &str, severity: Severity) -> Finding {
    Finding {
        check: CheckId::new("cross-compile"),
        severity,
        confidence: Confidence::High,
        class: None,
        message: format!("{name} does not build"),
        help: None,
        package: None,
        module: None,
        subject: SubjectId::new(SubjectKind::Package, name),
        location: None,
        anchor: None,
        reachability: None,
        evidence: Vec::new(),
        waived: None,
        known: false,
        origin: Vec::new(),
    }
}

/// A report of these packages, each matched, linked and fine.
fn report(names: &[&str]) -> Report {
    let subjects: Vec<Subject> =
        names.iter().map(|name| package(name, true, BuildState::Linked)).collect();
    let mut report = Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: ToolRef { name: "gowoa".into(), version: "0.1.0".into() },
        started: "2026-11-23T13:10:42Z".into(),
        duration_ms: 1000,
        host: Host { name: "h".into(), platform: "linux/amd64".into() },
        plan: PlanReport {
            target: "windows/arm64".into(),
            patterns: vec!["./...".into()],
            fail_on: Some(Severity::Error),
            ..PlanReport::default()
        },
        verdict: ReportVerdict::Pass,
        counts: totals::of_subjects(&subjects),
        phases: Vec::new(),
        problems: Vec::new(),
        unproven: vec![Unproven {
            label: "not run".into(),
            text: "no test was executed".into(),
            names: Vec::new(),
        }],
        subjects,
        results: names.iter().map(|name| result(name, ResultVerdict::Pass)).collect(),
        findings: Vec::new(),
    };
    recount(&mut report);
    report
}

/// The same with an error in each of these.
fn failing(names: &[&str], wrong: &[&str]) -> Report {
    let mut report = report(names);
    for name in wrong {
        report.findings.push(finding(name, Severity::Error));
        for result in &mut report.results {
            if result.subject.as_str() == format!("package:{name}") {
                result.verdict = ResultVerdict::Fail;
            }
        }
    }
    report.verdict = ReportVerdict::Fail;
    recount(&mut report);
    report
}

fn all(reports: &[Report], fail_on: Threshold) -> Merged {
    let mut inputs = reports
        .iter()
        .zip(["a", "b", "c"])
        .map(|(report, label)| Input { label: label.into(), report: report.clone() });
    let first = inputs.next().unwrap();
    merge(first, inputs.collect(), fail_on)
}

fn ids(report: &Report) -> Vec<&str> {
    report.subjects.iter().map(|subject| subject.id.as_str()).collect()
}

#[test]
fn one_report_stays_what_it_is() {
    for one in [report(&["m/a", "m/b"]), failing(&["m/a", "m/b"], &["m/b"])] {
        let merged = all(std::slice::from_ref(&one), None);
        assert_eq!(merged.report, one);
        assert!(merged.notes.is_empty());
        // And the same twice is the same.
        let twice = all(&[one.clone(), one.clone()], None);
        assert_eq!(twice.report, one);
        assert_eq!(twice.notes, ["b is the same report as a and counts once"]);
    }
}

#[test]
fn shards_add_up() {
    let merged = all(&[report(&["m/a"]), failing(&["m/b", "m/c"], &["m/c"])], None).report;
    assert_eq!(ids(&merged), ["package:m/a", "package:m/b", "package:m/c"]);
    assert_eq!(merged.verdict, ReportVerdict::Fail);
    let Counts { modules, packages, matched, linked, errors, .. } = merged.counts;
    assert_eq!((modules, packages, matched, linked, errors), (1, 3, 3, 3, 1));
    assert_eq!(merged.plan.patterns, ["./..."]);
    assert_eq!(merged.duration_ms, 2000);
    assert_eq!(merged.unproven.len(), 1);
    assert_eq!(merged.unproven[0].text, "no test was executed");
    let lines: Vec<String> =
        merged.phases.iter().map(|phase| format!("{} {}", phase.name, phase.summary)).collect();
    assert_eq!(lines, ["a check on linux/amd64: pass", "b check on linux/amd64: fail"]);
}

#[test]
fn a_package_that_two_shards_know_is_one_in_the_wider_view() {
    let mut second = report(&["m/a", "m/b"]);
    second.subjects[0] = package("m/a", false, BuildState::Compiled);
    second.results[0].verdict = ResultVerdict::NotApplicable;
    second.results[0].reason = Some("not asked for".into());
    second.counts = totals::of_subjects(&second.subjects);
    for order in [[report(&["m/a"]), second.clone()], [second, report(&["m/a"])]] {
        let merged = all(&order, None).report;
        assert_eq!(ids(&merged), ["package:m/a", "package:m/b"]);
        assert_eq!(merged.subjects[0], package("m/a", true, BuildState::Linked));
        assert_eq!(merged.results[0].verdict, ResultVerdict::Pass);
        let Counts { packages, matched, compiled, linked, .. } = merged.counts;
        assert_eq!((packages, matched, compiled, linked), (2, 2, 2, 2));
    }
}

#[test]
fn what_two_reports_say_differently_stays_twice() {
    let merged = all(&[report(&["m/a"]), failing(&["m/a"], &["m/a"])], None);
    let report = merged.report;
    assert_eq!(ids(&report), ["package:b!m/a", "package:m/a"]);
    assert_eq!(report.verdict, ReportVerdict::Fail);
    assert_eq!(report.findings[0].subject.as_str(), "package:b!m/a");
    assert_eq!(report.results[0].subject.as_str(), "package:b!m/a");
    assert_eq!(report.counts.packages, 2);
    assert_eq!(
        merged.notes,
        [
            "1 package or file is in more than one report, with different results: the name of each says which report it is of"
        ]
    );
    // An id that is taken is not taken again.
    let mut taken = super::tests::report(&["m/a"]);
    taken.subjects[0].id = SubjectId("package:b!m/a".into());
    taken.results[0].subject = SubjectId("package:b!m/a".into());
    let fails = failing(&["m/a"], &["m/a"]);
    let merged = all(&[all(&[taken, super::tests::report(&["m/a"])], None).report, fails], None);
    assert_eq!(ids(&merged.report), ["package:b!m/a", "package:b-2!m/a", "package:m/a"]);
}

#[test]
fn incomplete_outranks_fail_outranks_pass() {
    let problem = Problem { message: "no Go".into(), details: Vec::new(), next: None };
    let mut incomplete = report(&["m/x"]);
    incomplete.problems.push(problem);
    incomplete.verdict = ReportVerdict::Incomplete;
    let pass = report(&["m/a"]);
    let fail = failing(&["m/b"], &["m/b"]);
    let verdict = |reports: &[Report]| all(reports, None).report.verdict;
    assert_eq!(verdict(&[pass.clone(), fail.clone()]), ReportVerdict::Fail);
    assert_eq!(verdict(&[fail.clone(), pass.clone()]), ReportVerdict::Fail);
    assert_eq!(verdict(&[incomplete.clone(), fail, pass.clone()]), ReportVerdict::Incomplete);
    let merged = all(&[pass, incomplete.clone()], None).report;
    assert_eq!(merged.problems[0].message, "b: no Go");
    // What all say needs no name.
    let other = Report { duration_ms: 7, ..incomplete.clone() };
    assert_eq!(all(&[incomplete, other], None).report.problems[0].message, "no Go");
    // A result that gates is enough.
    let mut gating = report(&["m/g"]);
    gating.results[0].verdict = ResultVerdict::Inconclusive;
    gating.results[0].gating = true;
    assert_eq!(verdict(&[gating]), ReportVerdict::Incomplete);
}

#[test]
fn the_strictest_threshold_holds_and_is_told() {
    let mut warning = report(&["m/w"]);
    warning.findings.push(finding("m/w", Severity::Warning));
    let mut strict = report(&["m/s"]);
    strict.plan.fail_on = Some(Severity::Warning);
    let mut never = report(&["m/n"]);
    never.plan.fail_on = None;
    let merged = all(&[warning.clone(), strict], None);
    assert_eq!(merged.report.plan.fail_on, Some(Severity::Warning));
    assert_eq!(merged.report.verdict, ReportVerdict::Fail);
    assert!(merged.notes[0].contains("the strictest, warning, holds"), "{:?}", merged.notes);
    let merged = all(&[never, warning], None);
    assert_eq!(merged.report.plan.fail_on, Some(Severity::Error));
    assert_eq!(merged.report.verdict, ReportVerdict::Pass);
}

#[test]
fn a_new_threshold_judges_again() {
    let fail = failing(&["m/b"], &["m/b"]);
    let judged = |report: &Report, threshold| {
        all(std::slice::from_ref(report), Some(threshold)).report.verdict
    };
    assert_eq!(judged(&fail, None), ReportVerdict::Pass);
    assert_eq!(judged(&fail, Some(Severity::Note)), ReportVerdict::Fail);
    // A `fail` that no finding explains has a reason that this program does not know.
    let odd = Report { verdict: ReportVerdict::Fail, ..report(&["m/a"]) };
    assert_eq!(judged(&odd, None), ReportVerdict::Fail);
    let incomplete = Report { verdict: ReportVerdict::Incomplete, ..report(&["m/a"]) };
    assert_eq!(judged(&incomplete, None), ReportVerdict::Incomplete);
    // A saved `pass` that the findings contradict is none.
    let edited = Report { verdict: ReportVerdict::Pass, ..fail };
    assert_eq!(all(&[edited], None).report.verdict, ReportVerdict::Fail);
}

#[test]
fn settings_that_differ_are_not_claimed_of_all() {
    let mut a = report(&["m/a"]);
    let mut b = report(&["m/b"]);
    a.plan.tags = vec!["x".into()];
    a.plan.go_version = Some("go1.27.3".into());
    b.plan.go_version = Some("go1.26.8".into());
    b.plan.subcommand = Subcommand::Screen;
    b.host.platform = "windows/arm64".into();
    b.tool.version = "0.2.0".into();
    b.started = "2026-11-23T12:00:00Z".into();
    let merged = all(&[a, b], None);
    let report = merged.report;
    assert!(report.plan.tags.is_empty());
    assert_eq!(report.plan.subcommand, Subcommand::Check);
    assert_eq!(report.plan.go_version.as_deref(), Some("go1.27.3, go1.26.8"));
    assert_eq!(report.host.platform, "linux/amd64, windows/arm64");
    assert_eq!(report.tool.version, "0.1.0, 0.2.0");
    assert_eq!(report.started, "2026-11-23T12:00:00Z");
    assert_eq!(report.phases[0].summary, "check on linux/amd64, go1.27.3, tags x: pass");
    assert!(merged.notes[0].contains("different versions (0.1.0, 0.2.0)"));
}

#[test]
fn images_that_are_the_same_count_once() {
    let image = |name: &str, sha: &str| Subject {
        sha256: Some(sha.into()),
        machine: Some("ARM64".into()),
        ..Subject::new(SubjectKind::Image, name, name)
    };
    let with = |subjects: Vec<Subject>, code_bytes, duration_ms| {
        let counts = Counts { code_bytes, ..totals::of_subjects(&subjects) };
        Report { subjects, counts, results: Vec::new(), duration_ms, ..report(&[]) }
    };
    let a = with(vec![image("a.exe", "11")], 100, 1);
    let again = with(vec![image("a.exe", "11")], 100, 2);
    let b = with(vec![image("b.exe", "22")], 50, 3);
    let counts = all(&[a, again, b], None).report.counts;
    assert_eq!((counts.images, counts.code_bytes), (2, 150));
}

/// What the reports say of a package, in the directory that each was made in.
fn in_directories(directories: [Option<&str>; 2]) -> Report {
    let mut reports = directories.map(|base| {
        let mut report = failing(&["d.e/m", "m/p"], &["d.e/m", "m/p"]);
        report.plan.base = base.map(str::to_owned);
        report
    });
    // The same dependency, required on another line.
    reports[1].findings[0].help = Some("go get d.e/m@v2".into());
    all(&reports, None).report
}

#[test]
fn a_finding_says_which_directory_it_is_of() {
    let merged = in_directories([Some("services/a"), Some("services/b")]);
    assert_eq!(merged.plan.reports, ["services/a", "services/b"]);
    let origins = |name: &str| -> Vec<Vec<&str>> {
        let findings = merged.findings.iter().filter(|finding| finding.message.starts_with(name));
        findings.map(|finding| finding.origin.iter().map(String::as_str).collect()).collect()
    };
    assert_eq!(origins("d.e/m"), [["services/a"], ["services/b"]]);
    // What all of them have needs no name.
    assert_eq!(origins("m/p"), [Vec::<&str>::new()]);
    assert!(ids(&merged).contains(&"package:services/b!d.e/m"));
    assert_eq!(merged.phases[0].name, "services/a");
    let at_root = in_directories([None, Some("b")]);
    assert_eq!(at_root.plan.reports, [".", "b"]);
    // Of one directory the labels tell them apart.
    for same in [[None, None], [Some("a"), Some("a")]] {
        let merged = in_directories(same);
        assert_eq!(merged.plan.reports, ["a", "b"]);
        let first = merged.findings.iter().find(|f| f.subject.as_str() == "package:d.e/m");
        assert_eq!(first.unwrap().origin, ["a"]);
    }
}

#[test]
fn a_report_that_was_merged_keeps_the_names_of_its_reports() {
    let first = in_directories([Some("services/a"), Some("services/b")]);
    let mut other = failing(&["x/y"], &["x/y"]);
    other.plan.base = Some("services/c".into());
    let merged = all(&[first, other], None).report;
    assert_eq!(merged.plan.reports, ["services/a", "services/b", "services/c"]);
    let of = |name: &str| {
        let found = merged.findings.iter().find(|finding| finding.message.starts_with(name));
        found.unwrap().origin.join(" ")
    };
    assert_eq!(of("x/y"), "services/c");
    assert_eq!(of("m/p"), "services/a services/b");
    assert_eq!(of("d.e/m"), "services/a");
}

/// A merged report, and the two that it was made of: they disagree about `m/p`, and share `m/q`.
fn merged_with_its_parts() -> (Report, [Report; 2]) {
    let mut parts =
        [failing(&["m/p", "m/q"], &["m/p", "m/q"]), failing(&["m/p", "m/q"], &["m/p", "m/q"])];
    parts[1].findings[0].help = Some("other".into());
    for part in &mut parts {
        part.counts.link_proofs = 1;
    }
    let mut merged = all(&parts, None).report;
    // Two builds that are one to the totals are one here as well.
    merged.counts.link_proofs = 1;
    (merged, parts)
}

#[test]
fn a_report_that_is_in_another_counts_once() {
    let (merged, [a, b]) = merged_with_its_parts();
    assert_eq!(merged.counts.errors, 3);
    let with = |inputs: [(&str, &Report); 2]| {
        let [first, second] =
            inputs.map(|(label, report)| Input { label: label.into(), report: report.clone() });
        merge(first, vec![second], None).report
    };
    for inputs in [
        [("p", &merged), ("a", &a)],
        [("a", &a), ("p", &merged)],
        [("p", &merged), ("b", &b)],
        [("b", &b), ("p", &merged)],
    ] {
        let again = with(inputs);
        let names = inputs.map(|(name, _)| name);
        assert_eq!(again.counts, merged.counts, "{names:?}");
        let origins = |report: &Report| -> BTreeSet<(String, Vec<String>)> {
            let of = |finding: &Finding| {
                (format!("{:?} {}", finding.help, finding.message), finding.origin.clone())
            };
            report.findings.iter().map(of).collect()
        };
        assert_eq!(origins(&again), origins(&merged), "{names:?}");
    }
}

#[test]
fn a_merged_report_is_called_by_its_label() {
    let (merged, _) = merged_with_its_parts();
    let names = |other: &Report| {
        let inputs = [("ab", &merged), ("c", other)];
        let [first, second] =
            inputs.map(|(label, report)| Input { label: label.into(), report: report.clone() });
        let report = merge(first, vec![second], None).report;
        report.phases.iter().map(|phase| phase.name.clone()).collect::<Vec<_>>().join(" ")
    };
    let mut other = report(&["m/x"]);
    assert_eq!(names(&other), "ab c");
    other.plan.base = Some("services/c".into());
    assert_eq!(names(&other), "ab services/c");
}

#[test]
fn findings_of_one_package_come_in_the_order_of_the_reports() {
    let mut reports = [(); 3].map(|()| failing(&["m/p"], &["m/p"]));
    for (report, help) in reports.iter_mut().zip(["z", "y", "x"]) {
        report.findings[0].help = Some(help.into());
    }
    let merged = all(&reports, None).report;
    let origins: Vec<String> = merged.findings.iter().map(|f| f.origin.join(" ")).collect();
    assert_eq!(origins, ["a", "b", "c"]);
}

#[test]
fn a_threshold_that_is_asked_for_was_given() {
    let one = [report(&["m/a"])];
    assert!(all(&one, Some(None)).report.plan.was_given(PlanReport::FAIL_ON));
    assert!(all(&one, None).report.plan.given.is_empty());
}
