//! What is known again, and what is new.

use super::*;
use crate::model::{CheckId, Counts, Location, SubjectId, ToolRef, Waived};
use crate::policy::tests::finding;

const VERSION: &str = "1.0.0";

fn report(findings: Vec<Finding>) -> Report {
    Report {
        schema_version: "1.2".into(),
        tool: ToolRef { name: "gowoa".into(), version: VERSION.into() },
        started: "2026-11-27T15:23:55Z".into(),
        duration_ms: 7,
        host: Host { name: "box".into(), platform: "linux/amd64".into() },
        plan: PlanReport {
            target: "windows/arm64".into(),
            fail_on: Some(Severity::Error),
            ..PlanReport::default()
        },
        verdict: ReportVerdict::Pass,
        counts: Counts { packages: 3, ..Counts::default() },
        phases: Vec::new(),
        problems: Vec::new(),
        unproven: Vec::new(),
        subjects: Vec::new(),
        results: Vec::new(),
        findings,
    }
}

/// Which of the findings of a run the baseline has.
fn known(baseline: Vec<Finding>, mut now: Vec<Finding>) -> Vec<bool> {
    Baseline::new("b.json".into(), &report(baseline), VERSION).apply(&mut now);
    now.iter().map(|finding| finding.known).collect()
}

fn at(line: u32) -> Finding {
    Finding {
        package: Some("m.example/p".into()),
        subject: SubjectId("package:m.example/p".into()),
        location: Some(Location {
            file: Some("m.example@v1.2.3/p/f.go".into()),
            line: Some(line),
            function: Some("F".into()),
            ..Location::default()
        }),
        ..finding(Severity::Warning)
    }
}

#[test]
fn lines_words_and_versions_may_move() {
    let mut moved = at(90);
    moved.location.as_mut().unwrap().file =
        Some("m.example@v2.0.0-rc.1+incompatible/p/f.go".into());
    moved.message = "v2.0.0 says it in other words".into();
    assert_eq!(known(vec![at(1)], vec![moved]), [true]);
}

#[test]
fn another_place_or_kind_is_new() {
    let mut others = vec![at(1); 6];
    others[0].check = CheckId::new("y");
    others[1].class = Some("c".into());
    others[2].package = Some("m.example/q".into());
    others[3].subject = SubjectId("test:m.example/p".into());
    others[4].location.as_mut().unwrap().file = Some("m.example@v1.2.3/p/g.go".into());
    others[5].location.as_mut().unwrap().function = Some("G".into());
    assert_eq!(known(vec![at(1); 9], others), [false; 6]);
}

#[test]
fn equal_findings_are_counted() {
    assert_eq!(known(vec![at(1)], vec![at(5), at(6)]), [true, false]);
    assert_eq!(known(vec![at(1), at(2), at(3)], vec![at(5), at(6)]), [true, true]);
    assert_eq!(known(vec![], vec![at(5)]), [false]);
    // The one on the line of the baseline is the old one, whichever comes first.
    assert_eq!(known(vec![at(6)], vec![at(5), at(6)]), [false, true]);
    assert_eq!(known(vec![at(6), at(9)], vec![at(5), at(6), at(7)]), [true, true, false]);
}

#[test]
fn what_has_become_worse_is_new() {
    let worse = Finding { severity: Severity::Error, ..at(1) };
    let better = Finding { severity: Severity::Note, ..at(1) };
    assert_eq!(known(vec![at(1)], vec![worse.clone()]), [false]);
    assert_eq!(known(vec![at(1)], vec![better.clone()]), [true]);
    // An entry that is not bad enough for the one is left for the other.
    assert_eq!(known(vec![better.clone()], vec![worse.clone(), better.clone()]), [false, true]);
    assert_eq!(known(vec![better.clone(), worse.clone()], vec![better, worse]), [true, true]);
}

#[test]
fn waivers_and_the_baseline_do_not_mix() {
    let waived = Finding { waived: Some(Waived { reason: "r".into(), expires: None }), ..at(1) };
    // A waiver that ended brings its finding back.
    assert_eq!(known(vec![waived.clone()], vec![at(1)]), [false]);
    // What is waived now uses up no entry.
    assert_eq!(known(vec![at(1)], vec![waived, at(1)]), [false, true]);
}

#[test]
fn what_has_no_package_is_told_by_its_words() {
    let of_image = |message: &str| Finding {
        message: message.into(),
        subject: SubjectId("image:app.exe".into()),
        ..finding(Severity::Error)
    };
    let (old, new) = ("app.exe imports A.dll (12 symbols)", "app.exe imports B.dll (12 symbols)");
    let moved = "app.exe imports A.dll (13 symbols)";
    assert_eq!(known(vec![of_image(old)], vec![of_image(new), of_image(moved)]), [false, true]);
    // The words of another gowoa are not compared, or its every change would make all findings new.
    let mut now = vec![of_image(new)];
    Baseline::new("b".into(), &report(vec![of_image(old)]), "1.0.1").apply(&mut now);
    assert!(now[0].known);
}

#[test]
fn a_baseline_keeps_what_it_is_told_by_and_nothing_of_the_machine() {
    let mut first = at(1);
    first.known = true;
    first.help = Some("cd /srv/somebody".into());
    first.evidence =
        vec![crate::model::Evidence::Reproduce { command: "/usr/local/go/bin/go build".into() }];
    let mut full = report(vec![Finding { severity: Severity::Error, ..first.clone() }]);
    full.plan.config = Some("/srv/somebody/gowoa.toml".into());
    full.plan.patterns = vec!["/srv/somebody/app/...".into()];
    full.counts.known = 1;
    let kept = reduced(&full);
    assert_eq!(kept.host.name, "");
    assert_eq!(kept.plan.patterns, Vec::<String>::new());
    assert_eq!((kept.plan.config.as_ref(), kept.plan.fail_on), (None, Some(Severity::Error)));
    assert_eq!((kept.counts.errors, kept.counts.known, kept.counts.packages), (1, 0, 0));
    assert_eq!(crate::policy::saved::contradiction(&kept), None);
    assert_eq!(kept.verdict, ReportVerdict::Fail, "as it is without a baseline");
    assert!(kept.findings[0].evidence.is_empty() && kept.findings[0].help.is_none());
    assert!(!kept.findings[0].known);
    // It knows the same findings as the whole report.
    let mut now = full.findings.clone();
    now[0].known = false;
    Baseline::new("b".into(), &kept, VERSION).apply(&mut now);
    assert!(now[0].known);
    // Written again, it stays the same.
    assert_eq!(reduced(&kept), kept);
}
