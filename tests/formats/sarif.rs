//! SARIF in the hands of other programs: the validator of Microsoft's SDK with GitHub's rules, the schema, and a
//! reader in Python.

use std::path::Path;
use std::sync::LazyLock;

use gowoa::model::{Report, ReportVerdict};
use gowoa::render::Format;
use serde_json::Value;

use crate::harness::{self, hostile, hostile_seed, many, peer, render, run, sample, skip};

/// The one that the validator would take minutes to write notes about.
const LARGE: &str = "ten-thousand";

/// Complaints of the validator that stand, and why.
const ACCEPTED: &[(&str, &str)] = &[
    ("SARIF2002", "GitHub shows message.text; a template with arguments it would not fill in"),
    ("SARIF2003", "the Report does not know the repository's address and commit"),
    ("SARIF2005", "gowoa has no home page yet"),
    ("SARIF2006", "the schema is not fetched from the network"),
    (
        "SARIF2009",
        "rules have the names of checks, which users know; CODE1001 would be a second name",
    ),
    ("SARIF2010", "no snippets: a renderer reads no file, and code scanning has the file"),
    ("SARIF2011", "the same of the lines around"),
    ("SARIF2012", "the pages of the checks stand in help.markdown; there is no address yet"),
    ("SARIF2013", "no contents of files, as no snippets"),
];

/// The logs, by name: made once for all tests.
static LOGS: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(logs);

fn logs() -> Vec<(&'static str, String)> {
    let clean = Report {
        verdict: ReportVerdict::Pass,
        findings: Vec::new(),
        problems: Vec::new(),
        unproven: Vec::new(),
        ..sample()
    };
    let nothing = Report {
        verdict: ReportVerdict::Incomplete,
        results: Vec::new(),
        subjects: Vec::new(),
        ..clean.clone()
    };
    let reports = [
        ("sample", sample()),
        ("seed", hostile_seed()),
        ("hostile", hostile()),
        ("clean", clean),
        ("nothing", nothing),
        (LARGE, many(10_000)),
    ];
    reports.map(|(name, report)| (name, render(Format::Sarif, &report))).into()
}

/// What the log says of its results at that level.
fn count(log: &Value, level: &str) -> usize {
    let results = log["runs"][0]["results"].as_array().unwrap();
    results.iter().filter(|result| result["level"] == level).count()
}

#[test]
fn the_validator_of_the_sdk_finds_nothing_wrong_with_the_rules_of_github() {
    // The program itself: the wrapper that npm puts on the path hands `;` to a shell.
    let Some((_, peers)) = harness::node_module("@microsoft/sarif-multitool-linux") else { return };
    let program = peers.join("node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (name, text) in LOGS.iter() {
        let complaints = validate(&program, dir.path(), name, text);
        wrong.extend(complaints.into_iter().map(|complaint| format!("{name}: {complaint}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It would see what is wrong.
    let text = render(Format::Sarif, &sample());
    let broken = text.replacen("\"ruleIndex\": 0", "\"ruleIndex\": 4711", 1);
    assert!(!validate(&program, dir.path(), "broken", &broken).is_empty());
}

/// What `Sarif.Multitool validate` says, accepted complaints left out. Its exit code says nothing.
fn validate(program: &Path, dir: &Path, name: &str, text: &str) -> Vec<String> {
    let (file, answer) = (format!("{name}.sarif"), format!("{name}.answer"));
    fs_err::write(dir.join(&file), text).unwrap();
    let levels = if name == LARGE { "Error;Warning" } else { "Error;Warning;Note" };
    let arguments = [
        "validate",
        &file,
        "--rule-kind",
        "Sarif;Ghas",
        "--level",
        levels,
        "--max-file-size-in-kb",
        "100000",
        "--log",
        "ForceOverwrite",
        "--output",
        &answer,
    ];
    let words = run(program, dir, &arguments).unwrap_or_else(|words| words);
    let answer =
        fs_err::read_to_string(dir.join(answer)).unwrap_or_else(|e| panic!("{e}: {words}"));
    let answer: Value = serde_json::from_str(answer.trim_start_matches('\u{feff}')).unwrap();
    let run = &answer["runs"][0];
    let mut complaints = Vec::new();
    for result in run["results"].as_array().into_iter().flatten() {
        let id = result["ruleId"].as_str().unwrap_or_default();
        if !ACCEPTED.iter().any(|(accepted, _)| id == *accepted) {
            complaints.push(format!("{id}: {} {}", result["level"], result["message"]));
        }
    }
    // A file that was too large for it would be no complaint otherwise.
    for kind in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
        let all = run["invocations"][0][kind].as_array().into_iter().flatten();
        complaints.extend(all.map(|one| format!("{kind}: {}", one["message"])));
    }
    complaints.truncate(20);
    complaints
}

#[test]
fn it_is_valid_under_the_schema() {
    // The validator brings the schema along.
    let Some((_, peers)) = harness::node_module("@microsoft/sarif-multitool-linux") else { return };
    let schema = peers.join("node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json");
    let Some(program) = peer("check-jsonschema") else { return };
    let dir = tempfile::tempdir().unwrap();
    let valid = |text: &str| {
        fs_err::write(dir.path().join("log.sarif"), text).unwrap();
        let schema = schema.to_str().unwrap();
        let arguments = ["--regex-variant", "nonunicode", "--schemafile", schema, "log.sarif"];
        run(&program, dir.path(), &arguments)
    };
    // Ten thousand findings of the same kinds say nothing more here, and take minutes.
    for (name, text) in LOGS.iter().filter(|(name, _)| *name != LARGE) {
        valid(text).unwrap_or_else(|words| panic!("{name}: {words:.4000}"));
        let broken = text.replacen("\"columnKind\"", "\"columnKinds\"", 1);
        assert!(valid(&broken).is_err(), "{name}: the schema is not looked at");
    }
}

#[test]
fn a_reader_in_python_counts_what_was_written() {
    let Some(program) = peer("sarif") else { return };
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in LOGS.iter() {
        fs_err::write(dir.path().join("log.sarif"), text).unwrap();
        let said = run(&program, dir.path(), &["summary", "log.sarif"])
            .unwrap_or_else(|words| panic!("{name}: {words:.4000}"));
        let log: Value = serde_json::from_str(text).unwrap();
        for level in ["error", "warning", "note"] {
            let count = count(&log, level);
            assert!(said.contains(&format!("{level}: {count}")), "{name}, {count} {level}: {said}");
        }
    }
}

#[test]
fn a_failed_build_is_shown_at_the_line_of_go_mod() {
    if which::which("go").is_err() {
        return skip("go is not on PATH");
    }
    let dir = tempfile::tempdir().unwrap();
    let project = harness::root().join("testdata/go/undefined-symbol");
    let project = project.to_str().unwrap();
    let gowoa = Path::new(env!("CARGO_BIN_EXE_gowoa"));
    let arguments = ["check", "-C", project, "--report", "sarif=log.sarif"];
    assert!(run(gowoa, dir.path(), &arguments).is_err(), "the fixture is to fail");
    let log = fs_err::read_to_string(dir.path().join("log.sarif")).unwrap();
    let log: Value = serde_json::from_str(&log).unwrap();
    assert!(count(&log, "error") > 0);
    // Line and column of the compiler's message.
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(*region, serde_json::json!({ "startLine": 5, "startColumn": 15 }));
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("testdata/go/undefined-symbol/"), "{uri}");
        assert!(harness::root().join(uri).is_file(), "{uri}");
    }
}
