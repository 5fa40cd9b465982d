use super::*;
use crate::model::{Anchor, AnchorKind, SubjectId};
use crate::render::annotations::oracle::{self, Command};
use crate::render::sample;

/// What the runner takes the text for; every line has to be a command.
fn commands(text: &str) -> Vec<Command> {
    oracle::lines(text)
        .into_iter()
        .map(|line| oracle::github(line).unwrap_or_else(|| panic!("no command: {line}")))
        .collect()
}

#[test]
fn what_the_runner_reads_is_what_was_meant() {
    let mut report = sample::empty_report();
    let mut finding = sample::finding(
        "cross-compile",
        Severity::Error,
        &SubjectId("package:a%3A,b".into()),
        "100 % of it: a, b; [c]\nsecond line %0A",
    );
    finding.help = Some("go get x@v1,\ngo build".into());
    finding.anchor = Some(Anchor {
        file: "dir,a/x:y%20.go".into(),
        line: Some(7),
        column: Some(3),
        kind: AnchorKind::Location,
    });
    report.findings = vec![finding];
    report.verdict = crate::model::ReportVerdict::Fail;
    let [command] = commands(&render(&report)).try_into().unwrap();
    assert_eq!(command.name, "error");
    assert_eq!(command.property("file"), "dir,a/x:y%20.go");
    assert_eq!((command.property("line"), command.property("col")), ("7", "3"));
    assert_eq!(command.property("title"), "cross-compile: a%3A,b");
    assert_eq!(
        command.data,
        "100 % of it: a, b; [c]\n  second line %0A\nnext: go get x@v1,\n  go build\n\
         more: gowoa explain cross-compile"
    );
}

#[test]
fn a_pass_without_findings_says_nothing() {
    let report = crate::model::Report {
        verdict: crate::model::ReportVerdict::Pass,
        ..sample::empty_report()
    };
    assert_eq!(render(&report), "");
    assert_eq!(super::super::azure::render(&report), "");
}

#[test]
fn nothing_of_a_hostile_report_is_a_command_of_its_own() {
    let text = render(&sample::hostile_report());
    let all = commands(&text);
    assert!((11..=30).contains(&all.len()), "{} of at most ten a type", all.len());
    for command in all {
        assert!(["error", "warning", "notice"].contains(&command.name.as_str()));
        assert!(command.data.encode_utf16().count() <= 4096);
        let known = ["file", "line", "col", "title"];
        assert!(command.properties.keys().all(|name| known.contains(&name.as_str())));
    }
    // Nor would the other system's agent find one in it.
    for line in oracle::lines(&text) {
        assert!(oracle::azure(line).is_none() && !oracle::azure_warns(line), "{line}");
        assert!(!line.contains("##["), "{line}");
        assert!(!line.chars().any(|c| c.is_control()), "{line}");
    }
}

#[test]
fn an_error_without_a_report() {
    let [command] =
        commands(&error("gowoa", "no go on PATH\nnext: install Go")).try_into().unwrap();
    assert_eq!(command.property("title"), "gowoa");
    assert_eq!(command.data, "no go on PATH\n  next: install Go");
}
