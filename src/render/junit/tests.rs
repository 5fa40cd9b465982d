//! The file as its readers see it.

mod mapping;
mod readers;
mod strings;

use super::rules::{self, Node};
use super::*;
use crate::model::{CheckId, ResultVerdict, Severity, SubjectId, SubjectKind};
use crate::render::sample::{
    empty_report, finding, hostile_report, minimal_report, result, sample_report, subject,
};

const BOTH: [Dialect; 2] = [Dialect::Rich, Dialect::Strict];

fn xml(report: &Report, dialect: Dialect) -> String {
    render(report, dialect).unwrap()
}

fn tree(report: &Report, dialect: Dialect) -> Node {
    Node::parse(&xml(report, dialect))
}

/// The cases of a file, with the name of their suite.
fn cases(root: &Node) -> Vec<&Node> {
    root.all("testsuite").flat_map(|suite| suite.all("testcase")).collect()
}

/// The case of this name.
fn case<'a>(root: &'a Node, name: &str) -> &'a Node {
    let all = cases(root);
    let found = all.iter().find(|case| case.get("name") == Some(name));
    found.unwrap_or_else(|| {
        let names: Vec<_> = all.iter().filter_map(|case| case.get("name")).collect();
        panic!("no case {name:?} among {names:#?}")
    })
}

/// A report with one failed check on package `p` and this message.
fn one_finding(message: &str) -> Report {
    let p = subject(SubjectKind::Package, "p");
    Report {
        results: vec![result("cross-compile", &p.id, ResultVerdict::Fail, "")],
        findings: vec![finding("cross-compile", Severity::Error, &p.id, message)],
        subjects: vec![p],
        verdict: ReportVerdict::Fail,
        ..empty_report()
    }
}

/// The failure of a report with this message.
fn failure(message: &str, dialect: Dialect) -> Node {
    let root = tree(&one_finding(message), dialect);
    case(&root, "p").child("failure").unwrap().clone()
}

#[test]
fn rich_sample() {
    insta::assert_snapshot!("rich", xml(&sample_report(), Dialect::Rich));
}

#[test]
fn strict_sample() {
    insta::assert_snapshot!("strict", xml(&sample_report(), Dialect::Strict));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for dialect in BOTH {
        for report in [sample_report(), hostile_report(), empty_report()] {
            assert_eq!(xml(&report, dialect), xml(&report.clone(), dialect));
        }
    }
}

#[test]
fn strict_keeps_the_rules_of_both_schemas() {
    for report in [sample_report(), hostile_report(), empty_report(), minimal_report()] {
        let root = tree(&report, Dialect::Strict);
        assert_eq!(rules::jenkins(&root), Vec::<String>::new());
        assert_eq!(rules::windyroad(&root), Vec::<String>::new());
    }
}

/// The checker itself: it sees what the schemas forbid.
#[test]
fn the_rules_are_not_blind() {
    let rich = tree(&sample_report(), Dialect::Rich);
    for broken in [rules::jenkins(&rich), rules::windyroad(&rich)] {
        assert!(broken.iter().any(|rule| rule == "testcase: attribute line"), "{broken:?}");
        assert!(broken.iter().any(|rule| rule == "testsuites: attribute skipped"), "{broken:?}");
    }
    let strict = xml(&sample_report(), Dialect::Strict);
    for (from, to) in [
        ("time=\"49.321\"", "time=\"49.3211\""),
        (" errors=\"", " wrong=\""),
        ("<property ", "<prop "),
        (" name=\"", " title=\""),
    ] {
        let changed = Node::parse(&strict.replace(from, to));
        assert!(!rules::jenkins(&changed).is_empty(), "jenkins, {to}");
    }
    for (from, to) in [
        ("T13:10:42\"", "T13:10:42Z\""),
        ("time=\"49.321\"", "time=\"4.9e1\""),
        ("<system-err/>", ""),
        (" classname=\"", " class=\""),
        ("<skipped ", "<skipped type=\"x\" "),
        ("</failure>", "</failure><skipped/>"),
        ("hostname=\"runner-1\"", "hostname=\"\""),
    ] {
        let changed = Node::parse(&strict.replace(from, to));
        assert!(!rules::windyroad(&changed).is_empty(), "windyroad, {to}");
    }
}

#[test]
fn the_last_look_refuses_what_would_not_arrive() {
    let good = xml(&sample_report(), Dialect::Rich);
    verify::verify(&good).unwrap();
    for (from, to) in [
        ("<?xml", "\u{feff}<?xml"),
        ("undefined", "\u{1b}undefined"),
        ("undefined", "\u{fffe}undefined"),
        ("undefined", "&nbsp;undefined"),
        ("undefined", "&#0;undefined"),
        ("</testsuite>", ""),
        ("</testsuites>", ""),
        ("</failure>", "</failure><skipped/>"),
        (" classname=\"", " class=\""),
        ("tests=\"", "tests=\"1"),
        ("name=\"example.com/app/raw\"", "name=\"example.com/app/db\""),
        ("name=\"example.com/app/raw\"", "name=\"example.com/app/raw\" name=\"x\""),
        ("<testsuites ", "<testsuites x=\"<\" "),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let refused = verify::verify(&bad).is_err();
        // quick-xml lets `<` pass in an attribute; the escape never writes it.
        assert!(refused || from == "<testsuites ", "{to}");
    }
}
