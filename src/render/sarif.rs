//! SARIF 2.1.0, for code scanning.
//!
//! Code scanning shows a result at a line of a file of the repository and knows nothing else, so the primary
//! location is the finding's anchor; the exe, the object or the file of a dependency that it is really about is
//! a related location. A rule stands there for every check that ran, also where it found nothing.
//!
//! What does not look clean must not read clean: an incomplete report has `executionSuccessful: false`, its
//! problems as notifications, and one result of the rule `rules::INCOMPLETE` for each, since code scanning shows
//! no notification and would close the alerts of the run before.
//!
//! There is no `automationDetails`. GitHub's `upload-sarif` fills it in where it is absent, with its `category` or
//! else with workflow, job and matrix, so that the legs of a matrix stand side by side. An id made here would know
//! the settings of gowoa alone, and take `category` out of the user's hands.
//!
//! The types are our own (`log`). The crate `serde-sarif` generates all of the schema's with a build script over
//! `schemafy`, five hundred optional fields where forty are written, and checks nothing beyond them.
//!
//! GitHub's limits: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

mod log;
mod place;
mod result;
mod rules;
mod text;
mod words;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::log::{
    Artifact, Descriptor, Driver, Invocation, Level, Log, Message, Notification, Run, SarifResult,
    Tool,
};
use self::text::Foreign;
use crate::model::{CheckInfo, Finding, Problem, Report, ReportVerdict, Unproven};

/// Results of a run that GitHub accepts; it shows 5,000 of them. Ours are sorted worst first.
const MOST_RESULTS: usize = 25_000;
/// Files that are listed with their hashes. There is no limit of GitHub's; a release has tens.
const MOST_ARTIFACTS: usize = 1_000;
/// Problems, and things that were not proven, that are written out.
const MOST_NOTIFICATIONS: usize = 100;
/// The longest text of a notification, in characters.
const LONGEST_NOTIFICATION: usize = 2_000;
/// GitHub takes 10 MB after gzip. What is ours compresses well, what is foreign may not compress at all: after
/// this many bytes of it, results are written in brief.
const FULL_UNTIL: usize = 6_000_000;
/// And after this many, they are counted and left out.
const BRIEF_UNTIL: usize = 9_000_000;

/// Writes it: indented, `\n` at the end, the same bytes for the same report.
pub fn render(report: &Report, checks: &[CheckInfo]) -> String {
    let mut foreign = Foreign::default();
    let artifacts = artifacts(report, &mut foreign);
    let mut results = results(report, &artifacts, &mut foreign);
    let rules = rules::of(report, checks, &mut results.written);
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        // `automationDetails.id` would stand here. It is left to `upload-sarif`: see above.
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "gowoa",
                    semantic_version: version(&report.tool.version),
                    language: "en",
                    rules,
                    notifications: rules::notifications(),
                },
            },
            invocations: [invocation(report, results.left_out, &mut foreign)],
            original_uri_base_ids: place::bases(),
            column_kind: "utf16CodeUnits",
            artifacts,
            results: results.written,
            properties: properties(report, &mut foreign),
        }],
    };
    // Every map has text for keys.
    let mut text = serde_json::to_string_pretty(&log).expect("a log has only string keys");
    text.push('\n');
    text
}

/// The version where it is one in the sense of semver.org, which the field asks for.
fn version(version: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let semantic = version.len() <= 100
        && version.chars().all(plain)
        && numbers.split('.').count() == 3
        && numbers.split('.').all(|number| number.parse::<u64>().is_ok());
    semantic.then(|| version.to_owned())
}

/// The files that were looked at, with what they are known by.
fn artifacts(report: &Report, foreign: &mut Foreign) -> Vec<Artifact> {
    let files = report.subjects.iter().filter(|subject| place::is_file(subject.kind));
    let artifact = |subject: &crate::model::Subject| {
        let hash = subject
            .sha256
            .as_deref()
            .filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        Some(Artifact {
            location: place::of_file(&subject.name, foreign)?,
            length: subject.size.and_then(|size| i32::try_from(size).ok()),
            roles: ["analysisTarget"],
            hashes: hash.map(|hash| ("sha-256", hash.to_owned())).into_iter().collect(),
            subject: subject.id.clone(),
        })
    };
    files.filter_map(artifact).take(MOST_ARTIFACTS).collect()
}

/// What was written, and how much was not.
struct Results {
    written: Vec<SarifResult>,
    left_out: usize,
}

/// What keeps the report from an answer, then the findings, those that count and the worst first.
fn results(report: &Report, artifacts: &[Artifact], foreign: &mut Foreign) -> Results {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| Reverse((finding.is_open(), finding.severity)));
    let mut writer = result::Writer::new(report, artifacts);
    let mut written = writer.incomplete(foreign);
    let mut left_out = 0;
    for finding in findings {
        if written.len() == MOST_RESULTS || foreign.bytes > BRIEF_UNTIL {
            left_out += 1;
            continue;
        }
        let full = foreign.bytes < FULL_UNTIL;
        written.push(writer.finding(finding, full, foreign));
    }
    Results { written, left_out }
}

/// How the run went: whether there is an answer, and what was left open.
fn invocation(report: &Report, left_out: usize, foreign: &mut Foreign) -> Invocation {
    let start = OffsetDateTime::parse(&report.started, &Rfc3339).ok();
    let end = start.and_then(|start| {
        let milliseconds = i64::try_from(report.duration_ms).ok()?;
        start.checked_add(time::Duration::milliseconds(milliseconds))
    });
    let written = |time: Option<OffsetDateTime>| time.and_then(|time| time.format(&Rfc3339).ok());
    let mut notifications = Vec::new();
    if left_out > 0 {
        let message = format!(
            "{left_out} results are left out here, none worse than those that are not: GitHub takes \
             {MOST_RESULTS} results and 10 MB. The JSON report has all of them."
        );
        notifications.push(notification(rules::LEFT_OUT, message));
    }
    for problem in report.problems.iter().take(MOST_NOTIFICATIONS) {
        notifications.push(notification(rules::PROBLEM, of_problem(problem, foreign)));
    }
    for unproven in report.unproven.iter().take(MOST_NOTIFICATIONS) {
        notifications.push(notification(rules::UNPROVEN, of_unproven(unproven, foreign)));
    }
    Invocation {
        execution_successful: report.verdict != ReportVerdict::Incomplete,
        start_time_utc: written(start),
        end_time_utc: written(end),
        tool_execution_notifications: notifications,
    }
}

fn notification(index: usize, text: String) -> Notification {
    let (id, level) = rules::NOTIFICATIONS
        .get(index)
        .map_or(("could-not-look", Level::Error), |kind| (kind.id, kind.level));
    let descriptor = Descriptor { id: id.to_owned(), index };
    Notification { descriptor, level, message: Message::new(text) }
}

fn of_problem(problem: &Problem, foreign: &mut Foreign) -> String {
    let mut text = words::sentence(&foreign.line(&problem.message, LONGEST_NOTIFICATION));
    for detail in problem.details.iter().take(words::MOST_LINES) {
        text.push('\n');
        text.push_str(&foreign.line(detail, words::LONGEST_LINE));
    }
    if let Some(next) = &problem.next {
        text.push_str("\nnext: ");
        text.push_str(&foreign.text(next, words::LONGEST_LINE));
    }
    text
}

fn of_unproven(unproven: &Unproven, foreign: &mut Foreign) -> String {
    let label = foreign.line(&unproven.label, words::LONGEST_LINE);
    let text = foreign.line(&unproven.text, LONGEST_NOTIFICATION);
    let names = words::list(&unproven.names, foreign);
    let names = if names.is_empty() { names } else { format!("\n{names}") };
    format!("{}{names}", words::sentence(&format!("{label}: {text}")))
}

/// What the report says of the whole, in its own words.
fn properties(report: &Report, foreign: &mut Foreign) -> BTreeMap<&'static str, Value> {
    let counts = &report.counts;
    let fail_on = report.plan.fail_on.map_or("never", |severity| severity.as_str());
    let mut properties = BTreeMap::from([
        ("verdict", json!(report.verdict.as_str())),
        ("failOn", json!(fail_on)),
        ("target", json!(foreign.line(&report.plan.target, words::LONGEST_LINE))),
        (
            "counts",
            json!({
                "errors": counts.errors,
                "warnings": counts.warnings,
                "notes": counts.notes,
                "waived": counts.waived,
                "known": counts.known,
                "inconclusive": counts.inconclusive,
            }),
        ),
    ]);
    if let Some(go) = &report.plan.go_version {
        properties.insert("goVersion", json!(foreign.line(go, words::LONGEST_LINE)));
    }
    properties
}

/// The ids of the checks that ran.
fn ran(report: &Report) -> BTreeSet<&str> {
    report.results.iter().map(|result| result.check.as_str()).collect()
}

#[cfg(test)]
mod tests;
