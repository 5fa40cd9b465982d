//! JUnit files in the hands of those who show them: their own parsers where they can be had (`scripts/peers.sh`,
//! `scripts/junit-consumers.sh`), their rules written after their sources where not.
//!
//! The numbered cases of docs/junit.md are tests beside the renderer (`src/render/junit/tests`); here every consumer has to
//! come to the same numbers, and to show what was meant.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gowoa::model::Report;
use gowoa::render::Format;
use gowoa::render::junit::Dialect;
use roxmltree::{Document, Node, ParsingOptions};

use crate::harness::{hostile, hostile_seed, many, peer, render, run, sample, skip};
use crate::peers;

const RICH: Format = Format::Junit { dialect: Dialect::Rich };
const STRICT: Format = Format::Junit { dialect: Dialect::Strict };

/// Total, red and skipped cases.
type Counts = (u64, u64, u64);

/// The reports that every consumer reads, with a name.
fn reports() -> Vec<(&'static str, Report)> {
    let mut empty = sample();
    empty.subjects.clear();
    empty.results.clear();
    empty.findings.clear();
    empty.problems.clear();
    vec![("empty", empty), ("sample", sample()), ("seed", hostile_seed()), ("many", many(200))]
}

fn parsed(xml: &str) -> Document<'_> {
    let options = ParsingOptions { nodes_limit: u32::MAX, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).unwrap()
}

fn children<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |child| child.has_tag_name(name))
}

fn child<'a>(node: Node<'a, 'a>, name: &'static str) -> Option<Node<'a, 'a>> {
    children(node, name).next()
}

/// Everything that stands in an element.
fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect()
}

/// What the totals of the suites claim.
fn claimed(document: &Document<'_>) -> Counts {
    let sum = |name: &str| {
        children(document.root_element(), "testsuite")
            .map(|suite| suite.attribute(name).unwrap().parse::<u64>().unwrap())
            .sum::<u64>()
    };
    (sum("tests"), sum("failures") + sum("errors"), sum("skipped"))
}

/// A result as Azure Pipelines keeps it.
struct AzureResult {
    title: String,
    storage: String,
    outcome: &'static str,
    error: String,
    stack: String,
}

/// azure-pipelines-agent, `src/Agent.Worker/TestResults/ResultReader/JunitResultReader.cs`: a case without a name is
/// dropped; of failures and errors the first counts, its `message` is the error and its text the stack; `skipped` is
/// NotExecuted with the attribute `message`.
fn azure(document: &Document<'_>) -> Vec<AzureResult> {
    let mut all = Vec::new();
    for suite in children(document.root_element(), "testsuite") {
        for case in children(suite, "testcase") {
            let Some(title) = case.attribute("name").filter(|name| !name.is_empty()) else {
                continue;
            };
            let red = child(case, "failure").or_else(|| child(case, "error"));
            let skipped = child(case, "skipped");
            let outcome = match (red, skipped) {
                (Some(_), _) => "Failed",
                (None, Some(_)) => "NotExecuted",
                (None, None) => "Passed",
            };
            let told = red.or(skipped);
            let message = told.and_then(|node| node.attribute("message")).unwrap_or_default();
            all.push(AzureResult {
                title: title.to_owned(),
                storage: case.attribute("classname").unwrap_or_default().to_owned(),
                outcome,
                error: message.to_owned(),
                stack: red.map(text).unwrap_or_default(),
            });
        }
    }
    all
}

/// gitlab-org/gitlab, `lib/gitlab/ci/parsers/test/junit.rb` and `lib/gitlab/ci/reports/test_suite.rb`: failure, else
/// error, else skipped, else success; the text of the element is the output; a second case of the same class and name
/// is not added.
fn gitlab(document: &Document<'_>) -> Counts {
    let mut cases = BTreeMap::new();
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let status = ["failure", "error", "skipped"].into_iter().find(|s| child(case, s).is_some());
        let key = (case.attribute("classname"), case.attribute("name"));
        cases.entry(key).or_insert(status);
    }
    let count = |wanted: &dyn Fn(Option<&str>) -> bool| {
        cases.values().filter(|status| wanted(**status)).count() as u64
    };
    let red = |status: Option<&str>| matches!(status, Some("failure" | "error"));
    (cases.len() as u64, count(&red), count(&|status| status == Some("skipped")))
}

/// jenkinsci/junit-plugin, `SuiteResult.java` and `CaseResult.java`: suites without a case are passed over; a case is
/// skipped first, then failed by error or failure; times are read by `TimeToFloat.java`, which takes commas out.
fn jenkins(document: &Document<'_>) -> Counts {
    let mut counts = (0, 0, 0);
    for suite in document.descendants().filter(|node| node.has_tag_name("testsuite")) {
        assert!(child(suite, "testcase").is_some(), "a suite that Jenkins passes over");
        let time = suite.attribute("time").unwrap();
        assert!(!time.contains(',') && time.parse::<f32>().is_ok_and(f32::is_finite), "{time}");
        for case in children(suite, "testcase") {
            counts.0 += 1;
            if child(case, "skipped").is_some() {
                counts.2 += 1;
            } else if child(case, "error").or_else(|| child(case, "failure")).is_some() {
                counts.1 += 1;
            }
        }
    }
    counts
}

#[test]
fn azure_gitlab_and_jenkins_count_what_the_file_claims() {
    for (name, report) in reports().into_iter().chain([("10 MB", hostile())]) {
        for format in [RICH, STRICT] {
            let xml = render(format, &report);
            let document = parsed(&xml);
            let claimed = claimed(&document);
            assert!(claimed.0 > 0, "{name}: Jenkins calls a file without cases broken");
            let azure = azure(&document);
            let of =
                |outcome| azure.iter().filter(|result| result.outcome == outcome).count() as u64;
            assert_eq!((azure.len() as u64, of("Failed"), of("NotExecuted")), claimed, "{name}");
            assert_eq!(gitlab(&document), claimed, "{name}: {format} in GitLab");
            assert_eq!(jenkins(&document), claimed, "{name}: {format} in Jenkins");
        }
    }
}

#[test]
fn azure_shows_what_was_meant() {
    for (name, report) in reports() {
        let xml = render(RICH, &report);
        for result in azure(&parsed(&xml)) {
            assert!(result.title.encode_utf16().count() <= 512, "{name}");
            assert!(!result.storage.is_empty(), "{name}: {}", result.title);
            match result.outcome {
                "Failed" => {
                    assert!(!result.error.is_empty(), "{name}: {}", result.title);
                    // GitLab shows the text alone, mikepenz its first two lines: the message leads it.
                    let first = result.stack.lines().next().unwrap_or_default();
                    let same = first.chars().take(200).eq(result.error.chars().take(200));
                    assert!(same, "{name}: {first:?} and {:?}", result.error);
                }
                "NotExecuted" => assert!(!result.error.is_empty(), "{name}: {}", result.title),
                _ => assert!(result.error.is_empty() && result.stack.is_empty(), "{name}"),
            }
        }
        // `JunitResultReader.cs` attaches the file of this pattern, from any path of the agent.
        assert!(!xml.to_lowercase().contains("[[attachment|"), "{name}");
    }
}

/// 30 MB a file and 250,000 objects: over either, GitLab shows nothing (docs.gitlab.com/ci/testing/unit_test_reports,
/// gitlab-org/gitlab#507482). What counts as an object is not said: here elements, attributes and texts.
#[test]
fn ten_thousand_findings_stay_below_the_limits_of_gitlab() {
    let report = many(10_000);
    for format in [RICH, STRICT] {
        let xml = render(format, &report);
        assert!(xml.len() < 30_000_000, "{format}: {} bytes", xml.len());
        let document = parsed(&xml);
        let objects: usize = document
            .descendants()
            .map(|node| match (node.is_element(), node.text().map(str::trim)) {
                (true, _) => 1 + node.attributes().len(),
                (false, Some("") | None) => 0,
                (false, Some(_)) => 1,
            })
            .sum();
        assert!(objects < 250_000, "{format}: {objects} objects");
    }
}

/// A place of `scripts/junit-consumers.sh`; says that the test is skipped where it lacks.
fn consumer(name: &str) -> Option<PathBuf> {
    let file = peers::directory().join("junit").join(name);
    if file.is_file() {
        return Some(file);
    }
    skip(&format!(
        "no {name}: run scripts/junit-consumers.sh, or name its directory in GOWOA_PEERS"
    ));
    None
}

/// Each report in each dialect as a file, for a reader that wants one.
fn files(directory: &Path) -> Vec<(String, Format, PathBuf, Counts)> {
    let mut all = Vec::new();
    for (name, report) in reports() {
        for format in [RICH, STRICT] {
            let xml = render(format, &report);
            let path = directory.join(format!("{name}-{format}.xml"));
            fs_err::write(&path, &xml).unwrap();
            all.push((format!("{name} as {format}"), format, path, claimed(&parsed(&xml))));
        }
    }
    all
}

#[test]
fn both_schemas_take_the_strict_dialect_and_xmllint_both() {
    let Some(xmllint) = peer("xmllint") else { return };
    let dir = tempfile::tempdir().unwrap();
    let schemas: Vec<PathBuf> =
        ["junit-10.xsd", "JUnit.xsd"].into_iter().filter_map(consumer).collect();
    for (name, format, path, _) in files(dir.path()) {
        let file = path.to_str().unwrap();
        run(&xmllint, dir.path(), &["--noout", "--huge", file])
            .unwrap_or_else(|words| panic!("{name}: {words:.2000}"));
        for schema in &schemas {
            let schema = schema.to_str().unwrap();
            let valid = run(&xmllint, dir.path(), &["--noout", "--huge", "--schema", schema, file]);
            match format {
                STRICT => drop(valid.unwrap_or_else(|words| panic!("{name}: {words:.2000}"))),
                // The test would see it if xmllint looked at nothing.
                _ => assert!(valid.is_err(), "{name} is valid and should not be"),
            }
        }
    }
}

/// EnricoMi/publish-unit-test-result-action reads with junitparser (`python/publish/junit.py`).
#[test]
fn junitparser_counts_what_the_file_claims() {
    const READ: &str = "\
import sys, json
from junitparser import JUnitXml, Failure, Error, Skipped
xml = JUnitXml.fromfile(sys.argv[1])
cases = [case for suite in xml for case in suite]
kind = lambda case, *kinds: any(isinstance(result, kinds) for result in case.result)
red = [case for case in cases if kind(case, Failure, Error)]
print(json.dumps([len(cases), len(red), sum(kind(case, Skipped) for case in cases),
    sum(suite.tests for suite in xml), all(case.name and case.classname for case in cases),
    all(result.message for case in red for result in case.result)]))
";
    let Some(python) = peer("python") else { return };
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("read.py"), READ).unwrap();
    if run(&python, dir.path(), &["-c", "import junitparser"]).is_err() {
        return skip("no junitparser: run scripts/peers.sh");
    }
    for (name, _, path, (total, red, skipped)) in files(dir.path()) {
        let said = run(&python, dir.path(), &["read.py", path.to_str().unwrap()])
            .unwrap_or_else(|words| panic!("{name}: {words:.2000}"));
        assert_eq!(
            said.trim(),
            format!("[{total}, {red}, {skipped}, {total}, true, true]"),
            "{name}"
        );
    }
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&fs_err::read_to_string(path).unwrap()).unwrap()
}

fn counts(value: &serde_json::Value) -> Counts {
    let get = |name: &str| value[name].as_u64().unwrap();
    (get("total"), get("failed"), get("skipped"))
}

/// dorny/test-reporter with its own parsers. `phpunit-junit` is the reporter that reads `file` and `line`.
#[test]
fn dorny_counts_what_the_file_claims_and_finds_the_lines() {
    let (Some(node), Some(script)) = (peer("node"), consumer("dorny.mjs")) else { return };
    let dir = tempfile::tempdir().unwrap();
    let script = script.to_str().unwrap();
    let anchors: Vec<(String, u64)> = sample()
        .findings
        .iter()
        .filter_map(|finding| finding.anchor.as_ref())
        .filter_map(|anchor| Some((anchor.file.clone(), u64::from(anchor.line?))))
        .collect();
    let tracked: Vec<&str> = anchors.iter().map(|(file, _)| file.as_str()).collect();
    let tracked = tracked.join("\n");
    for (name, format, path, claimed) in files(dir.path()) {
        for reporter in ["phpunit-junit", "java-junit"] {
            let arguments = [script, reporter, path.to_str().unwrap(), &tracked, "out.json"];
            run(&node, dir.path(), &arguments)
                .unwrap_or_else(|words| panic!("{name}, {reporter}: {words:.2000}"));
            let read = json(&dir.path().join("out.json"));
            assert_eq!(counts(&read), claimed, "{name}, {reporter}");
            if reporter == "java-junit" || format != RICH || !name.starts_with("sample") {
                continue;
            }
            let shown: Vec<(String, u64)> = read["cases"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|case| {
                    let error = &case["error"];
                    Some((error["path"].as_str()?.to_owned(), error["line"].as_u64()?))
                })
                .collect();
            assert!(!shown.is_empty(), "no case of the sample has a line");
            assert!(shown.iter().all(|place| anchors.contains(place)), "{shown:?}");
        }
    }
}

/// mikepenz/action-junit-report with its own parser.
#[test]
fn mikepenz_counts_what_the_file_claims_and_finds_the_lines() {
    let (Some(node), Some(script)) = (peer("node"), consumer("mikepenz.mjs")) else { return };
    let dir = tempfile::tempdir().unwrap();
    for finding in sample().findings {
        let Some(anchor) = finding.anchor else { continue };
        let file = dir.path().join(anchor.file);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, "").unwrap();
    }
    for (name, _, path, claimed) in files(dir.path()) {
        run(&node, dir.path(), &[script.to_str().unwrap(), path.to_str().unwrap(), "out.json"])
            .unwrap_or_else(|words| panic!("{name}: {words:.2000}"));
        let read = json(&dir.path().join("out.json"));
        assert_eq!(counts(&read), claimed, "{name}");
        let annotations = read["annotations"].as_array().unwrap();
        let red: Vec<_> =
            annotations.iter().filter(|one| one["annotation_level"] == "failure").collect();
        assert_eq!(red.len() as u64, claimed.1, "{name}");
        assert!(red.iter().all(|one| one["message"].as_str().is_some_and(|m| !m.is_empty())));
        if name == "sample as junit" {
            let at = |path: &str, line: u64| {
                red.iter().any(|one| one["path"] == path && one["start_line"] == line)
            };
            let first = sample().findings.into_iter().find_map(|finding| finding.anchor).unwrap();
            assert!(at(&first.file, u64::from(first.line.unwrap())), "{red:#?}");
        }
    }
}
