use super::*;
use crate::model::{AnchorKind, CheckId, Report, SubjectId, Waived};
use crate::render::sample;

const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

fn report(findings: Vec<Finding>) -> Report {
    Report { verdict: ReportVerdict::Pass, findings, ..sample::empty_report() }
}

fn finding(severity: Severity, name: &str) -> Finding {
    sample::finding("cross-compile", severity, &SubjectId(format!("package:{name}")), name)
}

fn at_line(line: u32, finding: Finding) -> Finding {
    let anchor = Anchor {
        file: "go.mod".into(),
        line: Some(line),
        column: None,
        kind: AnchorKind::Requirement,
    };
    Finding { anchor: Some(anchor), ..finding }
}

#[test]
fn nine_of_each_type_and_how_many_more() {
    let mut findings: Vec<Finding> =
        (0..12).map(|n| finding(Severity::Error, &format!("e{n}"))).collect();
    findings.extend((0..9).map(|n| finding(Severity::Warning, &format!("w{n}"))));
    findings.extend((0..10).map(|n| finding(Severity::Note, &format!("n{n}"))));
    let report = Report { verdict: ReportVerdict::Fail, ..report(findings) };
    let all = of(&report, &ALL);
    let count = |severity| all.iter().filter(|one| one.severity == severity).count();
    assert_eq!(ALL.map(count), [10, 9, 10]);
    assert_eq!(all[9].text, "3 more errors: see the job summary, or the log of this step");
    assert_eq!(all[28].text, "1 more note: see the job summary, or the log of this step");
    assert!(all[0].text.starts_with("e0\n"));
}

#[test]
fn findings_of_a_check_at_one_line_share_an_annotation() {
    let mut other = at_line(3, finding(Severity::Note, "other"));
    other.check = CheckId::new("slow-path");
    let mut findings: Vec<Finding> =
        (0..8).map(|n| at_line(3, finding(Severity::Note, &format!("n{n}")))).collect();
    findings.push(other);
    findings.push(at_line(4, finding(Severity::Note, "next line")));
    let report = report(findings);
    let all = of(&report, &ALL);
    assert_eq!(all.len(), 3);
    assert_eq!(
        all[0].text,
        "n0\nalso: n1\nalso: n2\nalso: n3\nalso: n4\nalso: n5\nalso: 2 more of the kind\n\
         more: gowoa explain cross-compile"
    );
}

#[test]
fn a_path_that_is_none_of_a_repository_is_no_place() {
    for path in ["", "/etc/passwd", "../a", "a//b", "./a", "a\\b", "a\nb", &"x/".repeat(3_000)] {
        let mut found = at_line(3, finding(Severity::Error, "e"));
        found.anchor.as_mut().unwrap().file = path.to_owned();
        let report = report(vec![found]);
        assert!(of(&report, &ALL)[0].anchor.is_none(), "{path}");
        assert!(each(&report).next().unwrap().annotation.anchor.is_none(), "{path}");
    }
}

#[test]
fn what_stands_at_its_own_line_does_not_name_another_path() {
    let mut found = at_line(3, finding(Severity::Error, "e"));
    let at = Location { file: Some("cmd/main.go".into()), line: Some(3), ..Location::default() };
    found.location = Some(at);
    found.anchor.as_mut().unwrap().file = "services/app/cmd/main.go".to_owned();
    let text = |found: &Finding| of(&report(vec![found.clone()]), &ALL)[0].text.clone();
    assert!(text(&found).contains("at: cmd/main.go:3\n"), "{}", text(&found));
    found.anchor.as_mut().unwrap().kind = AnchorKind::Location;
    assert!(!text(&found).contains("at:"), "{}", text(&found));
}

#[test]
fn each_finding_has_one_of_its_own_with_its_proof() {
    let report = sample::sample_report();
    let open = report.findings.iter().filter(|finding| finding.is_open()).count();
    let all: Vec<OfFinding<'_>> = each(&report).collect();
    assert_eq!(all.len(), open);
    assert!(all.is_sorted_by_key(|one| Reverse(one.annotation.severity)));
    insta::assert_snapshot!(all[0].proof);
}

#[test]
fn waived_and_known_findings_have_none() {
    let waived = Some(Waived { reason: "r".into(), expires: None });
    let waived = Finding { waived, ..finding(Severity::Error, "waived") };
    let known = Finding { known: true, ..finding(Severity::Error, "known") };
    assert!(of(&report(vec![waived, known]), &ALL).is_empty());
}

#[test]
fn what_is_no_pass_is_an_error_whatever_the_report_holds() {
    for verdict in [ReportVerdict::Incomplete, ReportVerdict::Fail] {
        let report = Report { verdict, ..report(Vec::new()) };
        let [one] = of(&report, &ALL).try_into().ok().unwrap();
        assert_eq!(one.severity, Severity::Error);
        assert!(one.text.starts_with(verdict.as_str()), "{}", one.text);
    }
    let problem = Problem {
        message: "the dependencies of 1 package could not be resolved".into(),
        details: (0..7).map(|n| format!("line {n}")).collect(),
        next: Some("go mod tidy".into()),
    };
    let report = Report {
        verdict: ReportVerdict::Incomplete,
        problems: vec![problem],
        ..report(vec![finding(Severity::Error, "e")])
    };
    let all = of(&report, &ALL);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].title, "gowoa: incomplete");
    assert_eq!(
        all[0].text,
        "the dependencies of 1 package could not be resolved\n  line 0\n  line 1\n  line 2\n  line 3\n  \
         line 4\n  2 more lines\nnext: go mod tidy"
    );
}

#[test]
fn the_sample_reads_as_a_reviewer_wants_it() {
    let report = sample::sample_report();
    let text: String = of(&report, &ALL)
        .iter()
        .map(|one| {
            let at = one.anchor.map(|a| format!("{}:{:?} ", a.file, a.line)).unwrap_or_default();
            format!("{} {at}[{}]\n{}\n\n", one.severity, one.title, one.text)
        })
        .collect();
    insta::assert_snapshot!(text);
}

#[test]
fn a_text_is_cut_where_the_runner_would_cut_it() {
    let mut long = finding(Severity::Error, &"🦀".repeat(100_000));
    long.help = Some("\u{1b}".repeat(100_000));
    long.evidence = vec![Evidence::Cause { text: "##[".repeat(9000), file: None, line: None }];
    long.subject = SubjectId("x".repeat(100_000));
    let report = Report { verdict: ReportVerdict::Fail, ..report(vec![long]) };
    let [one] = of(&report, &ALL).try_into().ok().unwrap();
    assert!(one.text.encode_utf16().count() <= LONGEST_MESSAGE);
    assert!(one.text.ends_with('…'));
    assert!(one.title.chars().count() <= LONGEST_TITLE);
    assert!(!one.text.contains("##["));
    let one = each(&report).next().unwrap();
    assert!(one.proof.encode_utf16().count() <= LONGEST_MESSAGE && !one.proof.contains("##["));
}
