//! The rules: what is to be said of the checks themselves, and of the kinds of notifications.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::log::{Configuration, Level, Message, Rule, SarifResult};
use super::text::Foreign;
use crate::model::{CheckInfo, Confidence, Report, Severity};

/// The rule of what could not be judged. No check has this name.
pub(super) const INCOMPLETE: &str = "incomplete-report";
/// Rules that GitHub accepts in a run are 25,000; a report names that many only if somebody made it up.
const MOST_RULES: usize = 1_000;
/// Tags of every rule. GitHub shows ten.
const TAGS: [&str; 3] = ["go", "portability", "windows-arm64"];

const INCOMPLETE_PAGE: &str = "\
Something kept gowoa from an answer: a package or a file could not be judged, or nothing was. It is not known \
whether the project builds and runs natively for windows/arm64, and findings may be missing.

The message says what it was and what to do next. When gowoa can look at everything, this result goes away by \
itself.";

/// A kind of notification.
pub(super) struct Kind {
    pub(super) id: &'static str,
    pub(super) level: Level,
    description: &'static str,
}

/// Indices into [`NOTIFICATIONS`].
pub(super) const PROBLEM: usize = 0;
pub(super) const UNPROVEN: usize = 1;
pub(super) const LEFT_OUT: usize = 2;

pub(super) const NOTIFICATIONS: [Kind; 3] = [
    Kind {
        id: "could-not-look",
        level: Level::Error,
        description: "What kept gowoa from looking.",
    },
    Kind { id: "not-proven", level: Level::Note, description: "What was not proven." },
    Kind { id: "left-out", level: Level::Warning, description: "Results that did not fit." },
];

/// The kinds of notifications, as the log declares them.
pub(super) fn notifications() -> Vec<Rule> {
    let rule = |kind: &Kind| Rule {
        id: kind.id.to_owned(),
        name: Some(pascal_case(kind.id)),
        short_description: Message::new(kind.description),
        full_description: Message::new(kind.description),
        help: Message::new(kind.description),
        default_configuration: Configuration { level: kind.level },
        properties: BTreeMap::new(),
    };
    NOTIFICATIONS.iter().map(rule).collect()
}

/// The rules of a report, sorted by id: of every result, and of the checks that ran and found nothing. Gives the
/// results their indices.
pub(super) fn of(report: &Report, checks: &[CheckInfo], results: &mut [SarifResult]) -> Vec<Rule> {
    let mut ids: BTreeSet<String> = results.iter().map(|result| result.rule_id.clone()).collect();
    let mut foreign = Foreign::default();
    for id in super::ran(report) {
        if ids.len() >= MOST_RULES {
            break;
        }
        ids.insert(id_of(id, &mut foreign));
    }
    let known: BTreeMap<&str, &CheckInfo> =
        checks.iter().map(|check| (check.id.as_str(), check)).collect();
    let certain = certainty(report);
    let rules: Vec<Rule> = ids
        .into_iter()
        .map(|id| match known.get(id.as_str()) {
            Some(check) => rule(check, certain.get(id.as_str()).copied()),
            None if id == INCOMPLETE => incomplete(),
            None => unknown(id),
        })
        .collect();
    for result in results {
        let at = rules.binary_search_by(|rule| rule.id.cmp(&result.rule_id));
        // Every id was put there above.
        result.rule_index = at.unwrap_or_default();
    }
    rules
}

/// The id of a check as a rule's; reports of others may have any text there.
pub(super) fn id_of(check: &str, foreign: &mut Foreign) -> String {
    const LONGEST: usize = 100;
    let id = foreign.line(check, LONGEST);
    if id.is_empty() { "unnamed".to_owned() } else { id }
}

/// How sure the least certain finding of each check is.
fn certainty(report: &Report) -> BTreeMap<&str, Confidence> {
    let mut certain = BTreeMap::new();
    for finding in &report.findings {
        let least = certain.entry(finding.check.as_str()).or_insert(finding.confidence);
        *least = finding.confidence.min(*least);
    }
    certain
}

fn rule(check: &CheckInfo, certain: Option<Confidence>) -> Rule {
    let mut properties = properties(check.severity);
    if let Some(certain) = certain {
        properties.insert("precision", json!(precision(certain)));
    }
    Rule {
        id: check.id.to_string(),
        name: Some(pascal_case(check.id.as_str())),
        short_description: Message::new(super::words::sentence(&upper_first(check.title))),
        full_description: Message::new(paragraph(check)),
        help: Message {
            text: check.page.trim_end().to_owned(),
            markdown: Some(check.page.trim_end().to_owned()),
        },
        default_configuration: Configuration { level: check.severity.into() },
        properties,
    }
}

fn incomplete() -> Rule {
    let description = "gowoa could not look at everything.";
    Rule {
        id: INCOMPLETE.to_owned(),
        name: Some(pascal_case(INCOMPLETE)),
        short_description: Message::new(description),
        full_description: Message::new(description),
        help: Message {
            text: INCOMPLETE_PAGE.to_owned(),
            markdown: Some(INCOMPLETE_PAGE.to_owned()),
        },
        default_configuration: Configuration { level: Level::Error },
        properties: properties(Severity::Error),
    }
}

/// A check that this gowoa does not have: the report is a newer one's.
fn unknown(id: String) -> Rule {
    let description = "A check that this version of gowoa does not know.";
    Rule {
        id,
        name: None,
        short_description: Message::new(description),
        full_description: Message::new(description),
        help: Message::new("Read the report with the gowoa that made it, or a newer one."),
        default_configuration: Configuration { level: Level::Warning },
        properties: properties(Severity::Warning),
    }
}

/// What GitHub reads of a rule beside the standard. No `security-severity`: that a program does not run is no
/// weakness to be scored.
fn properties(severity: Severity) -> BTreeMap<&'static str, serde_json::Value> {
    let problem = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    };
    BTreeMap::from([("tags", json!(TAGS)), ("problem.severity", json!(problem))])
}

/// GitHub's word for how sure.
const fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// The first paragraph of the page that is no heading, on one line.
fn paragraph(check: &CheckInfo) -> String {
    let mut paragraphs = check.page.split("\n\n").map(str::trim);
    let first = paragraphs.find(|text| !text.is_empty() && !text.starts_with('#'));
    first.unwrap_or(check.title).lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// `cross-compile` as `CrossCompile`, `signature` as `SignatureCheck`: names are for people, and one that is the
/// id again says nothing (SARIF1001 of the multitool).
fn pascal_case(id: &str) -> String {
    let name: String = id.split('-').map(upper_first).collect();
    if id.contains('-') { name } else { name + "Check" }
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
