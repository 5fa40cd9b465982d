use super::*;
use crate::model::{Anchor, AnchorKind, SubjectId};
use crate::render::annotations::oracle::{self, Command};
use crate::render::sample;

/// What the agent takes the text for; every line has to be a command.
fn commands(text: &str) -> Vec<Command> {
    oracle::lines(text)
        .into_iter()
        .map(|line| oracle::azure(line).unwrap_or_else(|| panic!("no command: {line}")))
        .collect()
}

#[test]
fn what_the_agent_reads_is_what_was_meant() {
    let mut report = sample::empty_report();
    let text = "100 % of it; [c] %3B %AZP25 ]\nsecond line %0A";
    let mut finding =
        sample::finding("arch-table", Severity::Warning, &SubjectId("package:a".into()), text);
    finding.anchor = Some(Anchor {
        file: "dir;a/x]y%5D.go".into(),
        line: Some(7),
        column: None,
        kind: AnchorKind::Location,
    });
    let note = sample::finding("slow-path", Severity::Note, &SubjectId("package:a".into()), "n");
    report.findings = vec![finding, note];
    report.verdict = crate::model::ReportVerdict::Pass;
    let [command] = commands(&render(&report)).try_into().unwrap();
    assert_eq!(command.name, "task.logissue");
    assert_eq!(command.property("type"), "warning");
    assert_eq!(command.property("sourcepath"), "dir;a/x]y%5D.go");
    assert_eq!((command.property("linenumber"), command.property("columnnumber")), ("7", ""));
    assert_eq!(command.property("code"), "arch-table");
    assert_eq!(
        command.data,
        "100 % of it; [c] %3B %AZP25 ]\n  second line %0A\nmore: gowoa explain arch-table"
    );
    report.findings[0].anchor = None;
    let [command] = commands(&render(&report)).try_into().unwrap();
    assert!(command.data.starts_with("arch-table: 100 %"), "{}", command.data);
}

#[test]
fn nothing_of_a_hostile_report_is_a_command_of_its_own() {
    let text = render(&sample::hostile_report());
    let all = commands(&text);
    assert!((11..=30).contains(&all.len()), "{} of at most ten a type", all.len());
    for command in all {
        assert_eq!(command.name, "task.logissue");
        assert!(["error", "warning"].contains(&command.property("type")));
        let known = ["type", "sourcepath", "linenumber", "columnnumber", "code"];
        assert!(command.properties.keys().all(|name| known.contains(&name.as_str())));
        assert!(!command.data.contains("##vso"));
    }
    for line in oracle::lines(&text) {
        assert!(oracle::github(line).is_none(), "{line}");
        assert!(!line.chars().any(|c| c.is_control()), "{line}");
    }
}

#[test]
fn a_summary_is_uploaded_from_any_path() {
    for path in ["/agent/a b/gowoa.md", r"C:\agent\_temp\gow;oa%3B].md"] {
        let [command] = commands(&upload_summary(path)).try_into().unwrap();
        assert_eq!((command.name.as_str(), command.data.as_str()), ("task.uploadsummary", path));
    }
}
