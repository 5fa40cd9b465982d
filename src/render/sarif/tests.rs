//! The log as other programs read it: through JSON.

use std::io::Write as _;

use serde_json::Value;

use super::*;
use crate::model::{
    Anchor, AnchorKind, CheckId, ResultVerdict, Severity, SubjectId, SubjectKind, Waived,
};
use crate::render::sample::{
    NASTY, empty_report, finding, hostile_report, minimal_report, result as ran_result,
    sample_report,
};

/// What the checks of the samples say of themselves, all the same.
fn checks() -> Vec<CheckInfo> {
    let ids = ["cross-compile", "hardening", "machine-type", "needs-cgo", "package-excluded"];
    let more = ["float-syscall", "signature", "slow-path", "unsupported-flags", "embedded-image"];
    let info = |id| CheckInfo {
        id: CheckId::new(id),
        title: "what it finds",
        severity: Severity::Error,
        page: "# heading\n\nWhat it finds,\nin a sentence.\n\n## More\n\nMore [of it](https://go.dev).\n",
    };
    ids.into_iter().chain(more).map(info).collect()
}

/// The one run of the log that a report becomes.
fn run(report: &Report) -> Value {
    let text = render(report, &checks());
    let mut log: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log["version"], "2.1.0");
    log["runs"][0].take()
}

fn results(run: &Value) -> &Vec<Value> {
    run["results"].as_array().unwrap()
}

fn anchored(severity: Severity, message: &str, file: &str, line: u32) -> Finding {
    let anchor =
        Anchor { file: file.to_owned(), line: Some(line), column: None, kind: AnchorKind::Package };
    let id = SubjectId::new(SubjectKind::Package, message);
    Finding { anchor: Some(anchor), ..finding("cross-compile", severity, &id, message) }
}

fn report_of(findings: Vec<Finding>) -> Report {
    Report { verdict: ReportVerdict::Fail, findings, ..empty_report() }
}

#[test]
fn the_sample() {
    let mut run = run(&sample_report());
    let [rules, results] = [&run["tool"]["driver"]["rules"], &run["results"]];
    // One of a kind: a rule, what could not be judged, a dependency, and an image.
    let shown = [&rules[0], &results[2], &results[3], &results[5]].map(Clone::clone);
    run["tool"]["driver"]["rules"] = Value::from("…");
    run["results"] = Value::from(shown.to_vec());
    insta::assert_snapshot!(serde_json::to_string_pretty(&run).unwrap());
}

#[test]
fn every_result_has_its_rule_and_one_place_in_the_repository() {
    for report in [sample_report(), hostile_report(), minimal_report(), empty_report()] {
        let run = run(&report);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in results(&run) {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let locations = result["locations"].as_array().unwrap();
            assert_eq!(locations.len(), 1);
            let place = &locations[0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uriBaseId"], "SRCROOT");
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains(".."), "{uri}");
            assert!(place["region"]["startLine"].as_i64().unwrap() >= 1);
            let text = result["message"]["text"].as_str().unwrap();
            assert!(text.lines().next().unwrap().trim().len() > 1, "{text}");
            assert!(result["partialFingerprints"]["gowoaFinding/v1"].is_string());
        }
    }
}

#[test]
fn a_column_is_given_where_the_report_has_it_and_where_it_is_one() {
    let mut finding = anchored(Severity::Error, "m", "a.go", 7);
    let region = |finding: &Finding| {
        let run = run(&report_of(vec![finding.clone()]));
        assert_eq!(run["columnKind"], "utf16CodeUnits");
        results(&run)[0]["locations"][0]["physicalLocation"]["region"].clone()
    };
    assert_eq!(region(&finding), serde_json::json!({ "startLine": 7 }));
    let mut at = |line, column| {
        let anchor = finding.anchor.as_mut().expect("an anchor");
        (anchor.line, anchor.column) = (line, column);
        region(&finding)
    };
    assert_eq!(at(Some(7), Some(15)), serde_json::json!({ "startLine": 7, "startColumn": 15 }));
    for column in [0, u32::MAX] {
        assert_eq!(at(Some(7), Some(column)), serde_json::json!({ "startLine": 7 }));
    }
    // A column of no line is none.
    assert_eq!(at(None, Some(15)), serde_json::json!({ "startLine": 1 }));
}

#[test]
fn rules_are_those_of_every_check_that_ran() {
    let report = sample_report();
    let run = run(&report);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    // One that passed, and one that was never asked.
    assert!(ids.contains(&"unsupported-flags") && !ids.contains(&"embedded-image"), "{ids:?}");
    assert!(ids.is_sorted());
    for rule in rules {
        let tags = rule["properties"]["tags"].as_array().unwrap();
        assert!(tags.len() <= 10);
        assert!(rule["help"]["markdown"].as_str().unwrap().len() > 50, "{}", rule["id"]);
        if rule["id"] == "signature" {
            assert_eq!(rule["name"], "SignatureCheck");
            assert_eq!(rule["shortDescription"]["text"], "What it finds.");
            assert_eq!(rule["fullDescription"]["text"], "What it finds, in a sentence.");
        }
        assert!(rule["properties"].get("security-severity").is_none());
    }
}

#[test]
fn an_incomplete_run_does_not_look_clean() {
    let run = run(&empty_report());
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["properties"]["verdict"], "incomplete");
    let results = results(&run);
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ruleId"], rules::INCOMPLETE);
    assert_eq!(results[0]["level"], "error");
}

#[test]
fn a_pass_has_no_result_and_every_rule() {
    let id = SubjectId::new(SubjectKind::Package, "p");
    let passed = ran_result("cross-compile", &id, ResultVerdict::Pass, "");
    let report = Report { verdict: ReportVerdict::Pass, results: vec![passed], ..empty_report() };
    let run = run(&report);
    assert!(results(&run).is_empty());
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "cross-compile");
}

#[test]
fn problems_and_what_could_not_be_judged_are_results() {
    let run = run(&sample_report());
    let texts: Vec<&str> = results(&run)
        .iter()
        .filter(|result| result["ruleId"] == rules::INCOMPLETE)
        .map(|result| result["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts.len(), 3, "{texts:#?}");
    assert!(texts[0].starts_with("the dependencies of 1 package could not be resolved."));
    assert!(texts[0].contains("next: go mod tidy"));
    assert!(texts[2].starts_with(
        "package:example.com/app/db could not be judged by cross-compile: missing go.sum"
    ));
    let levels: Vec<&Value> = run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notification| &notification["level"])
        .collect();
    assert_eq!(levels, ["error", "error", "note", "note"]);
}

#[test]
fn a_waiver_suppresses_and_the_baseline_is_told() {
    let waived = Finding {
        waived: Some(Waived {
            reason: "until v2".to_owned(),
            expires: Some("2027-01-31".to_owned()),
        }),
        ..anchored(Severity::Error, "waived", "a.go", 1)
    };
    let known = Finding { known: true, ..anchored(Severity::Error, "known", "a.go", 1) };
    let fresh = anchored(Severity::Note, "fresh", "a.go", 1);
    let run = run(&report_of(vec![waived, known, fresh]));
    let results = results(&run);
    // What counts comes first, however small.
    assert_eq!(results[0]["message"]["text"], "fresh.");
    assert_eq!(results[0]["baselineState"], "new");
    assert_eq!(results[1]["suppressions"][0]["justification"], "until v2 (until 2027-01-31)");
    assert_eq!(results[2]["baselineState"], "unchanged");
    assert!(results[2].get("suppressions").is_none());
}

#[test]
fn a_fingerprint_survives_an_edit_above_and_an_update() {
    let of = |version: &str, line: u32| {
        let mut one = anchored(Severity::Error, "m", "go.mod", line);
        one.location = Some(crate::model::Location {
            file: Some(format!("example.com/m@{version}/a.go")),
            line: Some(line),
            ..Default::default()
        });
        one.module = Some(crate::render::sample::module("example.com/m", version));
        run(&report_of(vec![one.clone(), one]))["results"].clone()
    };
    let (before, after) = (of("v1.0.0", 3), of("v1.2.0", 30));
    let print = |results: &Value, at: usize| {
        results[at]["partialFingerprints"]["gowoaFinding/v1"].as_str().unwrap().to_owned()
    };
    assert_eq!(print(&before, 0), print(&after, 0));
    // Equal findings are told apart by their number.
    assert!(print(&before, 0).ends_with(":1") && print(&before, 1).ends_with(":2"));
}

#[test]
fn hostile_text_is_neither_link_nor_control() {
    let report = hostile_report();
    let text = render(&report, &checks());
    assert_eq!(text, render(&report, &checks()));
    let log: Value = serde_json::from_str(&text).unwrap();
    let mut texts = 0;
    each_text(&log["runs"][0], &mut |key, text| {
        // Our own pages have links.
        if key != "markdown" && !text.starts_with('#') {
            texts += 1;
            assert!(!text.contains("]("), "{key}: {text:.200}");
            let hidden = text.chars().find(|c| *c != '\n' && crate::render::text::is_hidden(*c));
            assert_eq!(hidden, None, "{key}: {text:.200}");
            assert!(text.len() < 40_000, "{key} has {} bytes", text.len());
        }
    });
    assert!(texts > 300, "{texts}");
    assert!(text.len() < 3_000_000, "{} bytes", text.len());
}

fn each_text(value: &Value, look: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_text(item, look)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) => look(key, text),
                    _ => each_text(value, look),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn a_path_that_leads_elsewhere_is_not_the_primary_place() {
    for file in ["/etc/passwd", "../up.go", "C:\\x.go", ""] {
        let run = run(&report_of(vec![anchored(Severity::Error, "m", file, 7)]));
        let place = &results(&run)[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "go.mod", "{file}");
        assert_eq!(place["region"]["startLine"], 1);
        assert_eq!(results(&run)[0]["properties"]["anchor"], "none");
    }
}

/// Text that gzip can do little with.
fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + u8::try_from((state >> 33) % 90).unwrap_or_default())
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn thirty_thousand_findings_of_noise_keep_within_the_limits_of_github() {
    let severities = [Severity::Note, Severity::Error, Severity::Warning];
    // What repeats after more than 32 KiB is new to gzip.
    let noise = noise(1_000_000);
    let noise = |from: usize, length: usize| &noise[from % 900_000..][..length];
    let findings: Vec<Finding> = (0..30_000)
        .map(|i| Finding {
            help: Some(noise(i * 1_217, 900).to_owned()),
            ..anchored(severities[i % 3], noise(i * 331, 300), "main.go", 1)
        })
        .collect();
    let text = render(&report_of(findings), &checks());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap().len();
    assert!(packed < 10_000_000, "{packed} bytes");
    let log: Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    let results = results(run);
    assert!(results.len() <= MOST_RESULTS);
    assert!(results.iter().take(10_000).all(|result| result["level"] == "error"));
    let note =
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(
        note.starts_with(&format!("{} results are left out", 30_000 - results.len())),
        "{note}"
    );
}

#[test]
fn twenty_five_thousand_results_and_no_more() {
    let findings =
        (0..30_000).map(|i| anchored(Severity::Error, &format!("finding {i}"), "a.go", 1));
    let run = run(&report_of(findings.collect()));
    assert_eq!(results(&run).len(), MOST_RESULTS);
    let prints: BTreeSet<&str> = results(&run)
        .iter()
        .map(|result| result["partialFingerprints"]["gowoaFinding/v1"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), MOST_RESULTS);
}

#[test]
fn numbers_that_readers_cannot_hold_are_left_out() {
    let mut report = sample_report();
    for finding in &mut report.findings {
        if let Some(location) = &mut finding.location {
            location.line = Some(u32::MAX);
            location.file_offset = Some(u64::MAX);
            location.rva = Some(u32::MAX);
        }
    }
    report.duration_ms = u64::MAX;
    report.started = NASTY[5].to_owned();
    for subject in &mut report.subjects {
        subject.size = subject.size.map(|_| u64::MAX);
    }
    let run = run(&report);
    assert!(run["invocations"][0].get("startTimeUtc").is_none());
    each_number(&run, &mut |number| assert!(number <= i64::from(i32::MAX), "{number}"));
}

fn each_number(value: &Value, look: &mut impl FnMut(i64)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_number(item, look)),
        Value::Object(fields) => fields.values().for_each(|value| each_number(value, look)),
        Value::Number(number) => look(number.as_i64().unwrap()),
        _ => {}
    }
}

#[test]
fn versions_are_semantic_or_absent() {
    for good in ["0.1.0", "1.2.3-rc.1", "1.2.3+abc"] {
        assert_eq!(version(good).as_deref(), Some(good));
    }
    for bad in ["", "1.2", "v1.2.3", "1.2.3\n", "1.2.x"] {
        assert_eq!(version(bad), None, "{bad}");
    }
}

#[test]
fn a_check_of_a_newer_gowoa_is_a_rule_all_the_same() {
    let mut one = anchored(Severity::Error, "m", "a.go", 1);
    one.check = CheckId::new("from-the-future");
    let run = run(&report_of(vec![one]));
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "from-the-future");
}
